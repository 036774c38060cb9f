/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What happened to a namespace, a link or an address, as records of the ring.
 */
#pragma once

#include "ring.h"

#include "event.h"

/* Devices between two namespaces: where each came from. A move takes milliseconds. */
struct moving {
	__u64 cookie;
	__u32 inum;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct moving);
} moving SEC(".maps");

static __always_inline void submit(struct event *event, __u32 kind)
{
	publish(event, kind, event->time_ns);
}

static __always_inline void report_netns(enum event_kind kind, const struct net *net)
{
	__u32 seq;
	struct event *event = reserve(sizeof(*event), LOSS_NETNS, &seq);

	if (!event)
		return;
	*event = (struct event){
		.time_ns = bpf_ktime_get_ns(),
		.netns_cookie = netns_cookie(net),
		.netns_inum = BPF_CORE_READ(net, ns.inum),
		.seq = seq,
		.cpu = (__u16)bpf_get_smp_processor_id(),
		.kind = kind,
	};
	submit(event, kind);
}

static __always_inline void fill_link(struct event *event, const struct net_device *dev)
{
	const struct net *net = BPF_CORE_READ(dev, nd_net.net);
	const char *kind = BPF_CORE_READ(dev, rtnl_link_ops, kind);
	const struct net_device *peer = NULL;

	event->netns_cookie = netns_cookie(net);
	event->netns_inum = BPF_CORE_READ(net, ns.inum);
	event->ifindex = BPF_CORE_READ(dev, ifindex);
	event->dev = (__u64)dev;
	bpf_core_read(event->ifname, sizeof(event->ifname), &dev->name);
	if (!kind)
		return;

	bpf_probe_read_kernel_str(event->link_kind, sizeof(event->link_kind), kind);
	if (!is_pair_kind(*(__u64 *)event->link_kind))
		return;
	bpf_probe_read_kernel(&peer, sizeof(peer), pair_peer_address(dev));
	if (!peer)
		return;
	net = BPF_CORE_READ(peer, nd_net.net);
	event->peer_cookie = netns_cookie(net);
	event->peer_inum = BPF_CORE_READ(net, ns.inum);
}

/* A stack copy would be as large as the record: fill it where it lies, from all zeroes. */
static __always_inline struct event *reserve_about(enum loss loss, enum event_kind kind,
						   const struct net_device *dev)
{
	__u32 seq;
	struct event *event = reserve(sizeof(*event), loss, &seq);

	if (!event)
		return NULL;
	*event = (struct event){
		.time_ns = bpf_ktime_get_ns(),
		.seq = seq,
		.cpu = (__u16)bpf_get_smp_processor_id(),
		.kind = kind,
	};
	fill_link(event, dev);
	return event;
}

static __always_inline void report_link_name(const struct net_device *dev)
{
	struct event *event = reserve_about(LOSS_LINK, EVENT_LINK_NAME, dev);

	if (event)
		submit(event, EVENT_LINK_NAME);
}

/* lo comes first into each netns that is made and never moves: it stands for the netns. */
static __always_inline void report_listed(const struct net_device *dev)
{
	__u64 key = (__u64)dev;
	struct moving *from;
	struct event *event;

	if (BPF_CORE_READ(dev, ifindex) == LOOPBACK_IFINDEX) {
		report_netns(EVENT_NETNS_ADD, BPF_CORE_READ(dev, nd_net.net));
		return;
	}

	event = reserve_about(LOSS_LINK, EVENT_LINK_ADD, dev);
	if (!event)
		return;
	from = bpf_map_lookup_elem(&moving, &key);
	if (from) {
		event->from_cookie = from->cookie;
		event->from_inum = from->inum;
	}
	submit(event, EVENT_LINK_ADD);
	if (from)
		bpf_map_delete_elem(&moving, &key);
}

static __always_inline void report_unlisted(const struct net_device *dev)
{
	__u64 key = (__u64)dev;
	enum event_kind kind = EVENT_LINK_DEL;
	struct moving from = {};
	struct event *event;

	if (BPF_CORE_READ(dev, ifindex) == LOOPBACK_IFINDEX)
		return;
	if (!BPF_CORE_READ(dev, dismantle))
		kind = EVENT_LINK_LEAVE;

	event = reserve_about(LOSS_LINK, kind, dev);
	if (!event)
		return;
	from.cookie = event->netns_cookie;
	from.inum = event->netns_inum;
	submit(event, kind);
	if (kind == EVENT_LINK_LEAVE)
		bpf_map_update_elem(&moving, &key, &from, BPF_ANY);
}

static __always_inline void report_ipv4(enum event_kind kind, const struct in_ifaddr *ifa)
{
	struct event *event = reserve_about(LOSS_ADDR, kind, BPF_CORE_READ(ifa, ifa_dev, dev));
	__be32 local;

	if (!event)
		return;
	local = BPF_CORE_READ(ifa, ifa_local);
	event->addr[10] = 0xff;
	event->addr[11] = 0xff;
	__builtin_memcpy(&event->addr[12], &local, sizeof(local));
	event->family = AF_INET;
	event->prefix_len = BPF_CORE_READ(ifa, ifa_prefixlen);
	event->scope = BPF_CORE_READ(ifa, ifa_scope);
	event->addr_flags = BPF_CORE_READ(ifa, ifa_flags);
	submit(event, kind);
}

static __always_inline void report_ipv6(enum event_kind kind, const struct inet6_ifaddr *ifp,
					__u32 flags)
{
	struct event *event = reserve_about(LOSS_ADDR, kind, BPF_CORE_READ(ifp, idev, dev));

	if (!event)
		return;
	bpf_core_read(event->addr, sizeof(event->addr), &ifp->addr);
	event->family = AF_INET6;
	event->prefix_len = (__u8)BPF_CORE_READ(ifp, prefix_len);
	event->scope = (__u8)BPF_CORE_READ(ifp, scope);
	event->addr_flags = flags;
	submit(event, kind);
}
