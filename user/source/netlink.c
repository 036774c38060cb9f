// SPDX-License-Identifier: Apache-2.0
/*
 * Ids are given and taken back in the same stream as the messages that use them,
 * so a table kept by RTM_NEWNSID and RTM_DELNSID is right at every message. What
 * id stands for what netns only the kernel's own table can say; asking at the first
 * sight of an id is milliseconds ahead of its earliest re-use. Links are left to the
 * walks: only they can tell a move from a deletion.
 */
#include "source/netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>

enum {
	RECEIVE_BUFFER = 16 << 20, /* a stall of 100 ms under full churn fits in 8 MiB */
	NSID_MAX = 65536,
	DATAGRAM_MAX = 65536,
};

struct nsid {
	uint64_t cookie;
	uint32_t inum; /* 0: not known */
};

struct netlink {
	struct netlink_config config;
	int fd;
	struct nsid *nsids;
	size_t nsid_count;
	struct netlink_stats stats;
	char buffer[DATAGRAM_MAX];
};

static int enter(int netns)
{
	return setns(netns, CLONE_NEWNET) ? -errno : 0;
}

/* A socket stays in the netns it was made in. */
static int socket_in(int netns, int *out)
{
	cleanup_close int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int err;

	if (own < 0)
		return -errno;
	err = enter(netns);
	if (err)
		return err;
	*out = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	err = *out < 0 ? -errno : 0;
	return enter(own) ? -ENOTRECOVERABLE : err;
}

static int join(int fd)
{
	static const int groups[] = { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_NSID };
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int size = RECEIVE_BUFFER;
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	if (setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof(on)) < 0)
		return -errno;
	for (size_t i = 0; i < array_size(groups); i++)
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i],
			       sizeof(groups[i])) < 0)
			return -errno;
	return 0;
}

int netlink_open(const struct netlink_config *config, struct netlink **out)
{
	cleanup_netlink struct netlink *netlink = calloc(1, sizeof(*netlink));
	int err;

	if (!netlink)
		return -ENOMEM;
	netlink->config = *config;
	netlink->fd = -1;
	err = socket_in(config->host_netns, &netlink->fd);
	if (!err)
		err = join(netlink->fd);
	if (err)
		return err;
	*out = take_ptr(netlink);
	return 0;
}

void netlink_close(struct netlink *netlink)
{
	if (!netlink)
		return;
	close_fd(netlink->fd);
	free(netlink->nsids);
	free(netlink);
}

int netlink_fd(const struct netlink *netlink)
{
	return netlink->fd;
}

struct netlink_stats netlink_stats(const struct netlink *netlink)
{
	return netlink->stats;
}

static void decode_address(const struct nlmsghdr *message, struct event *event)
{
	const struct ifaddrmsg *body = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr, *address = NULL, *local = NULL;

	if (message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*body))
		return;
	event->addr_flags = body->ifa_flags;
	mnl_attr_for_each(attr, message, sizeof(*body)) {
		switch (mnl_attr_get_type(attr)) {
		case IFA_LOCAL:
			local = attr;
			break;
		case IFA_ADDRESS:
			address = attr;
			break;
		case IFA_FLAGS:
			if (mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
				event->addr_flags = mnl_attr_get_u32(attr);
			break;
		}
	}
	if (local)
		address = local; /* on a point-to-point link the other one is the peer's */
	if (address && body->ifa_family == AF_INET && mnl_attr_get_payload_len(address) == 4) {
		event->addr[10] = 0xff;
		event->addr[11] = 0xff;
		memcpy(&event->addr[12], mnl_attr_get_payload(address), 4);
	} else if (address && body->ifa_family == AF_INET6 &&
		   mnl_attr_get_payload_len(address) == 16) {
		memcpy(event->addr, mnl_attr_get_payload(address), 16);
	} else {
		return;
	}
	event->kind = message->nlmsg_type == RTM_NEWADDR ? EVENT_ADDR_ADD : EVENT_ADDR_DEL;
	event->ifindex = body->ifa_index;
	event->family = body->ifa_family;
	event->prefix_len = body->ifa_prefixlen;
	event->scope = body->ifa_scope;
}

void netlink_decode(const struct nlmsghdr *message, struct event *out)
{
	struct event event = { .source = EVENT_FROM_NETLINK };

	if (message->nlmsg_type == RTM_NEWADDR || message->nlmsg_type == RTM_DELADDR)
		decode_address(message, &event);
	*out = event;
}

static struct nsid *slot_of(struct netlink *netlink, int nsid)
{
	size_t count = netlink->nsid_count ? netlink->nsid_count : 256;
	struct nsid *grown;

	if (nsid < 0 || nsid >= NSID_MAX)
		return NULL;
	while (count <= (size_t)nsid)
		count *= 2;
	if (count > netlink->nsid_count) {
		grown = reallocarray(netlink->nsids, count, sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + netlink->nsid_count, 0,
		       (count - netlink->nsid_count) * sizeof(*grown));
		netlink->nsids = grown;
		netlink->nsid_count = count;
	}
	return &netlink->nsids[nsid];
}

static const struct nsid *known(struct netlink *netlink, int id)
{
	struct nsid *nsid = slot_of(netlink, id);
	const struct netlink_config *config = &netlink->config;

	if (!nsid)
		return NULL;
	if (!nsid->inum && config->find_nsid(id, &nsid->cookie, &nsid->inum, config->ctx))
		nsid->inum = 0;
	return nsid->inum ? nsid : NULL;
}

static void track_nsid(struct netlink *netlink, const struct nlmsghdr *message)
{
	const struct nlattr *attr;
	struct nsid *nsid;

	if (message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct rtgenmsg))
		return;
	mnl_attr_for_each(attr, message, sizeof(struct rtgenmsg)) {
		if (mnl_attr_get_type(attr) != NETNSA_NSID ||
		    mnl_attr_get_payload_len(attr) != sizeof(uint32_t))
			continue;
		nsid = slot_of(netlink, (int)mnl_attr_get_u32(attr));
		if (!nsid)
			return;
		*nsid = (struct nsid){ 0 };
		if (message->nlmsg_type == RTM_NEWNSID)
			known(netlink, (int)mnl_attr_get_u32(attr));
	}
}

static void deliver(struct netlink *netlink, const struct nlmsghdr *message, int id,
		    uint64_t time_ns)
{
	const struct nsid *nsid;
	struct event event;

	netlink->stats.messages++;
	if (message->nlmsg_type == RTM_NEWNSID || message->nlmsg_type == RTM_DELNSID) {
		if (id < 0)
			track_nsid(netlink, message);
		return;
	}
	if (id < 0)
		return; /* the node's own netns: its addresses do not count */
	netlink_decode(message, &event);
	if (event.kind == EVENT_NONE)
		return;
	nsid = known(netlink, id);
	if (!nsid) {
		netlink->stats.unknown_nsid++;
		return;
	}
	event.netns_cookie = nsid->cookie;
	event.netns_inum = nsid->inum;
	event.time_ns = time_ns;
	netlink->config.on_event(&event, netlink->config.ctx);
}

static int nsid_of(struct msghdr *header)
{
	struct cmsghdr *control;
	int nsid = -1;

	for (control = CMSG_FIRSTHDR(header); control; control = CMSG_NXTHDR(header, control))
		if (control->cmsg_level == SOL_NETLINK &&
		    control->cmsg_type == NETLINK_LISTEN_ALL_NSID)
			memcpy(&nsid, CMSG_DATA(control), sizeof(nsid));
	return nsid;
}

int netlink_drain(struct netlink *netlink, unsigned int max, uint64_t time_ns)
{
	unsigned int count;

	for (count = 0; count < max; count++) {
		char control[256];
		struct iovec part = { netlink->buffer, sizeof(netlink->buffer) };
		struct msghdr header = { .msg_iov = &part,
					 .msg_iovlen = 1,
					 .msg_control = control,
					 .msg_controllen = sizeof(control) };
		ssize_t size = recvmsg(netlink->fd, &header, MSG_DONTWAIT);
		const struct nlmsghdr *message = (const void *)netlink->buffer;
		int left = (int)size;
		int nsid;

		if (size < 0 && errno == ENOBUFS) {
			netlink->stats.overflows++;
			continue;
		}
		if (size < 0)
			return errno == EAGAIN || errno == EINTR ? (int)count : -errno;
		nsid = nsid_of(&header);
		for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
			deliver(netlink, message, nsid, time_ns);
	}
	return (int)count;
}
