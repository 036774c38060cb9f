/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Looking ahead of the walker. Past a few hundred namespaces what it reads is in no
 * cache, and each list has to be followed from one miss to the next. Here many
 * namespaces are followed at once, breadth first: what is read next never hangs on
 * what was read just now, so the processor has several misses under way at a time. All
 * that is read is dropped; the walk behind finds it in the cache.
 */
#pragma once

#include "load.h"

enum {
	AHEAD_NETNS_MAX = 256, /* in one go: with 128 the walk of 1,000 took a tenth longer, with
				  1,024 a third */
	AHEAD_SIZE = 8192, /* things to read in one go; what does not fit is not read ahead */
};

/* In the low bits of an address: all of these are aligned. */
enum ahead_kind {
	AHEAD_NETNS,
	AHEAD_LO, /* the first link of every netns, whose name and kind nobody reads */
	AHEAD_LINK,
	AHEAD_IPV4_OF,
	AHEAD_IPV6_OF,
	AHEAD_IPV4,
	AHEAD_IPV6,
};

struct ahead_item {
	__u64 at; /* with its kind */
	__u64 head; /* of the list it is in */
};

struct ahead {
	__u32 used, taken;
	struct ahead_item items[AHEAD_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ahead);
} ahead SEC(".maps");

struct ahead_list {
	__u64 at, head; /* of all namespaces */
};

/* Not for nothing, whatever the compiler thinks. */
static __always_inline void use(__u64 value)
{
	asm volatile("" : : "r"(value));
}

#define read_ahead(address, type, field) use((__u64)get(true, address, type, field))

static __always_inline struct ahead *the_ahead(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&ahead, &zero);
}

/* 1 unless number is 0, without a branch: one that hangs on a miss and was guessed wrong throws
 * away all that is under way behind it, and every list has an end. */
static __always_inline __u64 is_some(__u64 number)
{
	return (number | -number) >> 63;
}

static __always_inline void ahead_put(struct ahead *queue, enum ahead_kind kind, __u64 at,
				      __u64 head)
{
	__u32 index = queue->used;

	if (index >= AHEAD_SIZE)
		return;
	queue->items[index].at = at | kind;
	queue->items[index].head = head;
	queue->used = index + (__u32)(is_some(at) & is_some(at ^ head));
}

static __always_inline __u64 ahead_link(struct ahead *queue, __u64 at, __u64 head)
{
	const __u64 dev = around(at, net_device, dev_list);

	ahead_put(queue, AHEAD_LINK, (__u64)get(true, at, list_head, next), head);
	ahead_put(queue, AHEAD_IPV4_OF, (__u64)get(true, dev, net_device, ip_ptr), 0);
	ahead_put(queue, AHEAD_IPV6_OF, (__u64)get(true, dev, net_device, ip6_ptr), 0);
	read_ahead(dev, net_device, ifindex);
	return dev;
}

static __always_inline void ahead_ipv6(struct ahead *queue, __u64 at, __u64 head)
{
	const __u64 ifp = around(at, inet6_ifaddr, if_list);

	ahead_put(queue, AHEAD_IPV6, (__u64)get(true, at, list_head, next), head);
	use(*(const __u64 *)raw(ifp + bpf_core_field_offset(struct inet6_ifaddr, addr)));
	read_ahead(ifp, inet6_ifaddr, flags);
}

static long ahead_one(__u32 index, void *ctx)
{
	struct ahead *queue = the_ahead();
	__u64 at, head, list, dev;
	__u32 taken;

	if (!queue)
		return 1;
	taken = queue->taken;
	if (taken >= queue->used || taken >= AHEAD_SIZE)
		return 1;
	at = queue->items[taken].at & ~7ULL;
	head = queue->items[taken].head;
	queue->taken = taken + 1;

	switch (queue->items[taken].at & 7) {
	case AHEAD_NETNS:
		list = at + bpf_core_field_offset(struct net, dev_base_head);
		read_ahead(at, net, ns.inum);
		read_ahead(at, net, net_cookie);
		ahead_put(queue, AHEAD_LO, (__u64)get(true, at, net, dev_base_head.next), list);
		break;
	case AHEAD_LO:
		ahead_link(queue, at, head);
		break;
	case AHEAD_LINK:
		dev = ahead_link(queue, at, head);
		read_ahead(dev, net_device, rtnl_link_ops);
		read_ahead(dev, net_device, name[0]);
		break;
	case AHEAD_IPV4_OF:
		ahead_put(queue, AHEAD_IPV4, (__u64)get(true, at, in_device, ifa_list), 0);
		break;
	case AHEAD_IPV6_OF:
		list = at + bpf_core_field_offset(struct inet6_dev, addr_list);
		ahead_put(queue, AHEAD_IPV6, (__u64)get(true, at, inet6_dev, addr_list.next), list);
		break;
	case AHEAD_IPV4:
		ahead_put(queue, AHEAD_IPV4, (__u64)get(true, at, in_ifaddr, ifa_next), 0);
		read_ahead(at, in_ifaddr, ifa_local);
		read_ahead(at, in_ifaddr, ifa_flags);
		break;
	default:
		ahead_ipv6(queue, at, head);
	}
	return 0;
}

static long ahead_netns(__u32 index, struct ahead_list *list)
{
	struct ahead *queue = the_ahead();

	list->at = (__u64)get(true, list->at, list_head, next);
	if (!queue || !list->at || list->at == list->head)
		return 1;
	ahead_put(queue, AHEAD_NETNS, around(list->at, net, list), 0);
	return 0;
}

/* The next AHEAD_NETNS_MAX namespaces behind `at` in the list of all. Global, so that the verifier
 * looks at it once and not at each turn of the walk. */
__noinline int look_ahead(__u64 at, __u64 head)
{
	struct ahead *queue = the_ahead();
	struct ahead_list list = { .at = at, .head = head };

	if (!queue)
		return 0;
	queue->used = 0;
	queue->taken = 0;
	bpf_loop(AHEAD_NETNS_MAX, ahead_netns, &list, 0);
	bpf_loop(AHEAD_SIZE, ahead_one, NULL, 0);
	return 0;
}
