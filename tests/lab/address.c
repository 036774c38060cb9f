// SPDX-License-Identifier: Apache-2.0
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "net.h"

struct parsed {
	uint8_t family;
	uint8_t prefix_len;
	uint8_t size; /* of bytes */
	uint8_t bytes[16];
};

static int parse(const char *text, struct parsed *out)
{
	struct parsed parsed = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };
	char ip[INET6_ADDRSTRLEN];
	unsigned int len;

	parsed.size = parsed.family == AF_INET ? 4 : 16;
	if (sscanf(text, "%45[0-9a-f.:]/%u", ip, &len) != 2 || len > parsed.size * 8U ||
	    inet_pton(parsed.family, ip, parsed.bytes) != 1)
		return -EINVAL;

	parsed.prefix_len = len;
	*out = parsed;
	return 0;
}

static int change(struct net *net, uint16_t type, uint16_t flags, const struct address *address)
{
	char buf[NET_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *info;
	struct parsed parsed;
	int err = parse(address->text, &parsed);

	if (err)
		return err;

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	info->ifa_family = parsed.family;
	info->ifa_prefixlen = parsed.prefix_len;
	info->ifa_index = address->ifindex;
	/* As iproute2 does: the kernel wants one scope for a subnet, and lo has 127.0.0.1/8. */
	if (parsed.family == AF_INET && parsed.bytes[0] == 127)
		info->ifa_scope = RT_SCOPE_HOST;

	mnl_attr_put(request, IFA_LOCAL, parsed.size, parsed.bytes);
	mnl_attr_put(request, IFA_ADDRESS, parsed.size, parsed.bytes);
	if (address->flags)
		mnl_attr_put_u32(request, IFA_FLAGS, address->flags);
	if (address->valid_s) {
		struct ifa_cacheinfo cache = {
			.ifa_valid = address->valid_s,
			.ifa_prefered = address->valid_s,
		};

		mnl_attr_put(request, IFA_CACHEINFO, sizeof(cache), &cache);
	}
	return net_talk(net, request, NULL, NULL);
}

int address_add(struct net *net, const struct address *address)
{
	/* So that address_wait() cannot take an earlier life of the address for this one. */
	net_forget(net);
	return change(net, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, address);
}

int address_replace(struct net *net, const struct address *address)
{
	return change(net, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, address);
}

int address_delete(struct net *net, const struct address *address)
{
	return change(net, RTM_DELADDR, 0, address);
}

static void format(int family, const void *bytes, unsigned int len,
		   char out[static ADDRESS_TEXT_SIZE])
{
	char ip[INET6_ADDRSTRLEN];

	inet_ntop(family, bytes, ip, sizeof(ip));
	snprintf(out, ADDRESS_TEXT_SIZE, "%s/%u", ip, len);
}

static struct address_seen see(const struct nlmsghdr *message)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
	struct address_seen seen = { .ifindex = info->ifa_index, .flags = info->ifa_flags };
	const void *address = NULL, *local = NULL;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			local = mnl_attr_get_payload(attr);
		else if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			address = mnl_attr_get_payload(attr);
		else if (mnl_attr_get_type(attr) == IFA_FLAGS)
			seen.flags = mnl_attr_get_u32(attr);
	}

	/* IFA_ADDRESS is the far end where a link has one. */
	if (local || address)
		format(info->ifa_family, local ? local : address, info->ifa_prefixlen, seen.text);
	return seen;
}

static int is_usable(const struct nlmsghdr *heard, void *ctx)
{
	const struct address_seen *wanted = ctx;
	struct address_seen seen = see(heard);

	if (heard->nlmsg_type != RTM_NEWADDR || seen.ifindex != wanted->ifindex ||
	    strcmp(seen.text, wanted->text))
		return MNL_CB_OK;
	if (seen.flags & IFA_F_DADFAILED) {
		errno = EADDRINUSE;
		return MNL_CB_ERROR;
	}
	return seen.flags & IFA_F_TENTATIVE ? MNL_CB_OK : MNL_CB_STOP;
}

int address_wait(struct net *net, const struct address *address, int timeout_ms)
{
	struct address_seen wanted = { .ifindex = address->ifindex };
	struct parsed parsed;
	int err = parse(address->text, &parsed);

	if (err || parsed.family == AF_INET)
		return err;

	format(parsed.family, parsed.bytes, parsed.prefix_len, wanted.text);
	return net_hear(net, timeout_ms, is_usable, &wanted);
}

struct listing {
	int (*fn)(void *ctx, const struct address_seen *seen);
	void *ctx;
};

static int list_one(const struct nlmsghdr *reply, void *ctx)
{
	const struct listing *listing = ctx;
	struct address_seen seen = see(reply);
	int err = listing->fn(listing->ctx, &seen);

	errno = -err;
	return err < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

int address_each(struct net *net, int (*fn)(void *ctx, const struct address_seen *seen), void *ctx)
{
	char buf[NET_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct listing listing = { fn, ctx };

	request->nlmsg_type = RTM_GETADDR;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifaddrmsg));
	return net_talk(net, request, list_one, &listing);
}
