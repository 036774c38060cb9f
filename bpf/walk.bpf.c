// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The walker: every link and address of every network namespace, from the
 * kernel's own lists, without entering one. Run on demand by BPF_PROG_TEST_RUN,
 * which holds RCU for the run, so nothing that is reachable goes away meanwhile.
 *
 * One state machine, flattened so that a bounded loop can drive it, in three
 * forms: direct loads (6.2+), probe reads under bpf_loop (5.17+), probe reads with
 * tail calls (5.10+; one run ends after 33 chunks, user space lets it go on).
 */
#include "ahead.h"

#include "walk.h"

enum step { STEP_NETNS, STEP_LINK, STEP_IPV4, STEP_IPV6 };

enum {
	STEPS_MAX = 1 << 20, /* with WALK_SLOT_MAX slots the array is full long before */
	CHUNK = 512, /* steps between two tail calls: the verifier walks each one */
	ANCESTORS_MAX = 64,
	XA_DEPTH_MAX = 6, /* 64 children each: 2^36 ids */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WALK_SLOT_MAX);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, union walk_slot);
} slots SEC(".maps");

struct walk walk; /* outcome of the last run */

__u32 walk_host_inum; /* netns whose ids nsid_find resolves */
__u32 walk_is_long; /* there are so many namespaces that looking ahead of the walk pays */
const volatile __u32 walk_peers; /* also tell where the other end of each pair is */
__u64 walk_host_net;
__u32 walk_first_inum; /* netns of the kernel's process 1 */

/* Always zero, but in memory that the verifier must take for anything. A state whose every member
 * is "some number" is met again after one turn of the loop; one with constants in it multiplies. */
volatile __u64 nothing;
#define some(number) ((number) + nothing)

static __always_inline union walk_slot *new_slot(struct walk *w)
{
	__u32 key = w->slots;
	union walk_slot *slot = bpf_map_lookup_elem(&slots, &key);

	if (slot)
		w->slots = key + 1;
	else
		w->full = some(1);
	return slot;
}

static __always_inline int step_ipv4(struct walk *w, bool direct)
{
	union walk_slot *slot;

	if (!w->ifa) {
		w->step = some(STEP_IPV6);
		return 0;
	}
	slot = new_slot(w);
	if (!slot)
		return 1;

	slot->addr.kind = WALK_ADDR;
	slot->addr.family = AF_INET;
	slot->addr.prefix_len = get(direct, w->ifa, in_ifaddr, ifa_prefixlen);
	slot->addr.scope = get(direct, w->ifa, in_ifaddr, ifa_scope);
	slot->addr.flags = get(direct, w->ifa, in_ifaddr, ifa_flags);
	*(__u64 *)&slot->addr.addr[0] = 0;
	*(__u32 *)&slot->addr.addr[8] = 0xffff0000;
	*(__u32 *)&slot->addr.addr[12] = get(direct, w->ifa, in_ifaddr, ifa_local);
	w->ifa = (__u64)get(direct, w->ifa, in_ifaddr, ifa_next);
	return 0;
}

static __always_inline int step_ipv6(struct walk *w, bool direct)
{
	union walk_slot *slot;
	__u64 ifp;

	if (!w->ifp || w->ifp == w->ifp_head) {
		w->step = some(STEP_LINK);
		return 0;
	}
	ifp = around(w->ifp, inet6_ifaddr, if_list);
	w->ifp = (__u64)get(direct, ifp, inet6_ifaddr, if_list.next);
	if (get(direct, ifp, inet6_ifaddr, state) == ADDRESS_DEAD)
		return 0;
	slot = new_slot(w);
	if (!slot)
		return 1;

	slot->addr.kind = WALK_ADDR;
	slot->addr.family = AF_INET6;
	slot->addr.prefix_len = (__u8)get(direct, ifp, inet6_ifaddr, prefix_len);
	slot->addr.scope = (__u8)get(direct, ifp, inet6_ifaddr, scope);
	slot->addr.flags = get(direct, ifp, inet6_ifaddr, flags);
	get_16((__u64 *)slot->addr.addr, ifp + bpf_core_field_offset(struct inet6_ifaddr, addr),
	       direct);
	return 0;
}

static __always_inline int put_peer(struct walk *w, const struct net_device *dev, bool direct)
{
	const struct net_device *peer = NULL;
	const struct net *net;
	union walk_slot *slot;

	bpf_probe_read_kernel(&peer, sizeof(peer), pair_peer_address(dev));
	if (!peer)
		return 0;
	slot = new_slot(w);
	if (!slot)
		return 1;
	net = BPF_CORE_READ(peer, nd_net.net);
	slot->netns.kind = WALK_PEER;
	slot->netns.inum = BPF_CORE_READ(net, ns.inum);
	slot->netns.cookie = netns_cookie(net);
	return 0;
}

/* A third of all devices are lo, and its name and kind would be two cache misses each. */
static __always_inline int put_link(struct walk *w, __u64 dev, bool direct)
{
	union walk_slot *slot = new_slot(w);
	__u64 ops, kind, text = 0;

	if (!slot)
		return 1;
	slot->link.kind = WALK_LINK;
	slot->link.ifindex = (__u32)get(direct, dev, net_device, ifindex);
	slot->link.dev = dev;
	if (slot->link.ifindex == LOOPBACK_IFINDEX) {
		*(__u64 *)&slot->link.name[0] = 0x6f6c; /* "lo" */
		*(__u64 *)&slot->link.name[8] = 0;
		*(__u64 *)slot->link.link_kind = 0;
		return 0;
	}
	ops = (__u64)get(direct, dev, net_device, rtnl_link_ops);
	kind = ops ? (__u64)get(direct, ops, rtnl_link_ops, kind) : 0;
	if (kind && direct)
		text = *(const __u64 *)raw(kind);
	else if (kind)
		bpf_probe_read_kernel(&text, sizeof(text), (const void *)kind);
	get_16((__u64 *)slot->link.name, dev + bpf_core_field_offset(struct net_device, name),
	       direct);
	*(__u64 *)slot->link.link_kind = text;
	return walk_peers && is_pair_kind(text) ? put_peer(w, (const void *)dev, direct) : 0;
}

static __always_inline int step_link(struct walk *w, bool direct)
{
	__u64 next = (__u64)get(direct, w->dev, list_head, next);
	__u64 dev, in_dev, in6_dev;

	if (!next || next == w->dev_head) {
		w->step = some(STEP_NETNS);
		return 0;
	}
	w->dev = next;
	dev = around(next, net_device, dev_list);
	if (put_link(w, dev, direct))
		return 1;

	in_dev = (__u64)get(direct, dev, net_device, ip_ptr);
	w->ifa = in_dev ? (__u64)get(direct, in_dev, in_device, ifa_list) : some(0);
	in6_dev = (__u64)get(direct, dev, net_device, ip6_ptr);
	w->ifp_head = some(0);
	w->ifp = some(0);
	if (in6_dev) {
		w->ifp_head = in6_dev + bpf_core_field_offset(struct inet6_dev, addr_list);
		w->ifp = (__u64)get(direct, in6_dev, inet6_dev, addr_list.next);
	}
	w->step = some(STEP_IPV4);
	return 0;
}

static __always_inline int step_netns(struct walk *w, bool direct)
{
	__u64 next = (__u64)get(direct, w->net, list_head, next);
	union walk_slot *slot;
	__u64 net;
	__u32 inum;

	if (!next || next == w->head) {
		w->done = some(1);
		return 1;
	}
	if (direct && walk_is_long && !w->ahead) {
		look_ahead(w->net, w->head);
		w->ahead = some(AHEAD_NETNS_MAX);
	}
	w->ahead--;
	net = around(next, net, list);
	inum = get(direct, net, net, ns.inum);
	if (w->skip_to && w->skip_to != inum) {
		w->net = next;
		return 0;
	}
	w->skip_to = some(0);

	w->netns_slot = w->slots;
	w->netns_inum = inum;
	slot = new_slot(w);
	if (!slot)
		return 1;
	slot->netns.kind = WALK_NETNS;
	slot->netns.is_init = w->net == w->head;
	slot->netns.inum = inum;
	slot->netns.cookie = direct ? get(direct, net, net, net_cookie)
				    : netns_cookie((const void *)net);
	if (inum == walk_host_inum)
		walk_host_net = net;
	w->net = next;
	w->netns++;
	w->dev_head = net + bpf_core_field_offset(struct net, dev_base_head);
	w->dev = w->dev_head;
	w->step = some(STEP_LINK);
	return 0;
}

/* Addresses outnumber links, and links namespaces: ask in that order. Non-zero ends the walk. */
static __always_inline int step(struct walk *w, bool direct)
{
	switch (w->step) {
	case STEP_IPV4:
		return step_ipv4(w, direct);
	case STEP_IPV6:
		return step_ipv6(w, direct);
	case STEP_LINK:
		return step_link(w, direct);
	default:
		return step_netns(w, direct);
	}
}

/* init_net needs no symbol: it is the netns of process 0, the ancestor of all. It is the first
 * of its list, so what stands before it is the list's head. */
static __always_inline int start(struct walk *w, const struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct net *net;

	for (int i = 0; i < ANCESTORS_MAX && BPF_CORE_READ(task, pid); i++) {
		if (BPF_CORE_READ(task, tgid) == 1) /* any thread of it may be the parent */
			walk_first_inum = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
		task = BPF_CORE_READ(task, real_parent);
	}
	if (BPF_CORE_READ(task, pid))
		return -1;
	net = BPF_CORE_READ(task, nsproxy, net_ns);
	if (!net)
		return -1;

	*w = (struct walk){ .dev_head = some(0),
			    .dev = some(0),
			    .ifa = some(0),
			    .ifp_head = some(0),
			    .ifp = some(0),
			    .step = some(STEP_NETNS),
			    .netns = some(0),
			    .done = some(0),
			    .netns_slot = some(0),
			    .netns_inum = some(0),
			    .full = some(0) };
	w->ahead = some(0);
	w->head = (__u64)BPF_CORE_READ(net, list.prev);
	w->net = w->head;
	w->slots = (__u32)ctx->args[0];
	w->skip_to = (__u32)ctx->args[1];
	return 0;
}

static long step_direct(__u32 index, struct walk *w)
{
	return step(w, true);
}

static long step_probe(__u32 index, struct walk *w)
{
	return step(w, false);
}

/* args[0]: first slot to write; args[1]: inode of the netns to go on at, or 0. Returns 0, or -1
 * when the start is not found. */
SEC("raw_tp/sched_process_exit")
int walk_direct(struct bpf_raw_tracepoint_args *ctx)
{
	struct walk w;

	if (start(&w, ctx))
		return -1;
	bpf_loop(STEPS_MAX, step_direct, &w, 0);
	walk = w;
	return 0;
}

SEC("raw_tp/sched_process_exit")
int walk_loop(struct bpf_raw_tracepoint_args *ctx)
{
	struct walk w;

	if (start(&w, ctx))
		return -1;
	bpf_loop(STEPS_MAX, step_probe, &w, 0);
	walk = w;
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} walk_chunks SEC(".maps");

SEC("raw_tp/sched_process_exit")
int walk_tail(struct bpf_raw_tracepoint_args *ctx)
{
	if (start(&walk, ctx))
		return -1;
	bpf_tail_call(ctx, &walk_chunks, 0);
	return -1;
}

SEC("raw_tp/sched_process_exit")
int walk_tail_chunk(struct bpf_raw_tracepoint_args *ctx)
{
	for (int i = 0; i < CHUNK; i++)
		if (step(&walk, false))
			return 0;
	bpf_tail_call(ctx, &walk_chunks, 0);
	return 0; /* 33 chunks done: user space goes on */
}

static __always_inline bool is_xa_node(__u64 entry)
{
	return (entry & 3) == 2;
}

/* The netns that has the id args[0] in the host's netns, as rtnetlink calls it there. */
struct walk_netns nsid_found; /* inum 0: none */

SEC("raw_tp/sched_process_exit")
int nsid_find(struct bpf_raw_tracepoint_args *ctx)
{
	const struct net *host = (const void *)walk_host_net;
	__u64 id = ctx->args[0];
	const struct net *net;
	__u64 entry;

	nsid_found = (struct walk_netns){};
	if (!host)
		return -1;
	entry = (__u64)BPF_CORE_READ(host, netns_ids.idr_rt.xa_head);

	/* An xarray: inner nodes carry the low bits 10; a lone entry with id 0 needs no node. */
	if (!is_xa_node(entry) && id)
		return 0;
	for (int depth = 0; depth < XA_DEPTH_MAX && is_xa_node(entry); depth++) {
		const struct xa_node *node = (const void *)(entry & ~3ULL);
		unsigned char shift = BPF_CORE_READ(node, shift);

		if (depth == 0 && (id >> (shift & 63)) > 63)
			return 0;
		bpf_probe_read_kernel(&entry, sizeof(entry),
				      &node->slots[(id >> (shift & 63)) & 63]);
	}
	if (!entry || (entry & 3))
		return 0;
	net = (const void *)entry;
	nsid_found.inum = BPF_CORE_READ(net, ns.inum);
	nsid_found.cookie = netns_cookie(net);
	return 0;
}
