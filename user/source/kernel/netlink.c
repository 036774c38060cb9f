// SPDX-License-Identifier: Apache-2.0
/*
 * Ids are given and taken back in the same stream as the messages that use them,
 * so a table kept by RTM_NEWNSID and RTM_DELNSID is right at every message. What
 * id stands for what netns only the kernel's own table can say, and it says so for
 * now: where the id changes hands once more in what waits, the netns of its earlier
 * messages is gone and nobody can tell which it was. So everything is received before
 * anything is resolved. Links are left to the walks: only they can tell a move from a
 * deletion.
 */
#include "source/kernel/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "source/kernel/netns_socket.h"

enum {
	RECEIVE_BUFFER = 16 << 20, /* a stall of 100 ms under full churn fits in 8 MiB */
	NSID_MAX = 65536,
	DATAGRAM_MAX = 65536,
	RECEIVED_KEPT = 512, /* memory beyond is given back */
};

struct nsid {
	uint64_t cookie;
	uint32_t inum; /* 0: not known */
	uint32_t changes; /* how often it changes hands in what was received and waits */
};

struct received {
	int id; /* of the netns */
	bool is_change; /* the id was given or taken back */
	bool is_given;
	struct event event;
};

struct netlink {
	struct netlink_config config;
	int fd;
	struct nsid *nsids;
	size_t nsid_count;
	struct received *received;
	size_t received_count, received_capacity;
	struct netlink_stats stats;
	char buffer[DATAGRAM_MAX];
};

static int join(int fd)
{
	static const int groups[] = { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_NSID };
	int size = RECEIVE_BUFFER;
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0)
		return -errno;
	if (setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof(on)) < 0)
		return -errno;
	return netns_socket_join(fd, groups, array_size(groups));
}

int netlink_open(const struct netlink_config *config, struct netlink **out)
{
	cleanup_netlink struct netlink *netlink = calloc(1, sizeof(*netlink));
	int err;

	if (!netlink)
		return -ENOMEM;
	netlink->config = *config;
	netlink->fd = -1;
	err = netns_socket_open(config->host_netns, &netlink->fd);
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
	free(netlink->received);
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
	if (!nsid->inum && !nsid->changes &&
	    config->find_nsid(id, &nsid->cookie, &nsid->inum, config->ctx))
		nsid->inum = 0;
	return nsid->inum ? nsid : NULL;
}

/* ---- what was received, in its order ---- */

static void push(struct netlink *netlink, const struct received *received)
{
	size_t capacity = netlink->received_capacity ? netlink->received_capacity * 2 : 64;
	struct received *grown;

	if (netlink->received_count == netlink->received_capacity) {
		grown = reallocarray(netlink->received, capacity, sizeof(*grown));
		if (!grown) {
			netlink->stats.overflows++;
			return;
		}
		netlink->received = grown;
		netlink->received_capacity = capacity;
	}
	netlink->received[netlink->received_count++] = *received;
}

static void receive_change(struct netlink *netlink, const struct nlmsghdr *message)
{
	struct received received = { .is_change = true,
				     .is_given = message->nlmsg_type == RTM_NEWNSID };
	const struct nlattr *attr;

	if (message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct rtgenmsg))
		return;
	mnl_attr_for_each(attr, message, sizeof(struct rtgenmsg)) {
		struct nsid *nsid;

		if (mnl_attr_get_type(attr) != NETNSA_NSID ||
		    mnl_attr_get_payload_len(attr) != sizeof(uint32_t))
			continue;
		received.id = (int)mnl_attr_get_u32(attr);
		nsid = slot_of(netlink, received.id);
		if (!nsid)
			return;
		nsid->changes++;
		push(netlink, &received);
	}
}

static void receive(struct netlink *netlink, const struct nlmsghdr *message, int id)
{
	struct received received = { .id = id };

	netlink->stats.messages++;
	if (message->nlmsg_type == RTM_NEWNSID || message->nlmsg_type == RTM_DELNSID) {
		if (id < 0)
			receive_change(netlink, message);
		return;
	}
	if (id < 0)
		return; /* the node's own netns: its addresses do not count */
	netlink_decode(message, &received.event);
	if (received.event.kind != EVENT_NONE)
		push(netlink, &received);
}

static void change_hands(struct netlink *netlink, const struct received *received)
{
	struct nsid *nsid = slot_of(netlink, received->id);

	if (!nsid)
		return;
	*nsid = (struct nsid){ .changes = nsid->changes - 1 };
	if (received->is_given)
		known(netlink, received->id);
}

static void deliver(struct netlink *netlink, const struct received *received, uint64_t time_ns)
{
	struct event event = received->event;
	const struct nsid *nsid = known(netlink, received->id);

	if (!nsid) {
		netlink->stats.unknown_nsid++;
		return;
	}
	event.netns_cookie = nsid->cookie;
	event.netns_inum = nsid->inum;
	event.time_ns = time_ns;
	netlink->config.on_event(&event, netlink->config.ctx);
}

static void deliver_all(struct netlink *netlink, uint64_t time_ns)
{
	for (size_t i = 0; i < netlink->received_count; i++) {
		if (netlink->received[i].is_change)
			change_hands(netlink, &netlink->received[i]);
		else
			deliver(netlink, &netlink->received[i], time_ns);
	}
	netlink->received_count = 0;
	if (netlink->received_capacity > RECEIVED_KEPT) {
		free(netlink->received);
		netlink->received = NULL;
		netlink->received_capacity = 0;
	}
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

/* How many datagrams: fewer than max when no more wait; or -errno. */
static int receive_all(struct netlink *netlink, unsigned int max)
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
			receive(netlink, message, nsid);
	}
	return (int)count;
}

int netlink_drain(struct netlink *netlink, unsigned int max, uint64_t time_ns)
{
	int count = receive_all(netlink, max);

	deliver_all(netlink, time_ns);
	return count;
}
