/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract between kernel and user space: one fact about a network
 * namespace, a link or an address. Every source speaks it: the live hooks, the
 * walker, rtnetlink and the CNI files. Fixed size, no pointers, no implicit
 * padding.
 */
#pragma once

#include <linux/types.h>

enum {
	EVENT_NAME_SIZE = 16, /* IFNAMSIZ */
	EVENT_KIND_SIZE = 16,
};

enum event_kind {
	EVENT_NONE,
	EVENT_NETNS_ADD, /* exists; time_ns is its creation where a live hook says so */
	EVENT_NETNS_DEL, /* dead: comes after every event of its links and addresses */
	EVENT_NETNS_OWN, /* this node's own, says one of its files; names the inode alone */
	EVENT_LINK_ADD, /* in this netns now: created, or arrived when from_inum is set */
	EVENT_LINK_DEL, /* not in this netns any more; its addresses are gone with it */
	EVENT_LINK_LEAVE, /* as LINK_DEL, and a LINK_ADD elsewhere follows */
	EVENT_LINK_NAME, /* has the name ifname now */
	EVENT_ADDR_ADD, /* upsert: add, replace, promote, lifetime, end of DAD */
	EVENT_ADDR_DEL,
	EVENT_KIND_COUNT,
};

enum event_source {
	EVENT_FROM_HOOK, /* kernel programs, in kernel order */
	EVENT_FROM_WALK, /* what a walk saw: no time of its own */
	EVENT_FROM_NETLINK,
	EVENT_FROM_FILE,
};

struct event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 netns_cookie; /* unlike the inode never reused; 0 before Linux 5.12 */
	__u64 peer_cookie; /* netns of a veth's or netkit's other end */
	__u64 from_cookie; /* LINK_ADD by a move: the netns it came from */
	__u64 dev; /* opaque: one device keeps it across moves; 0 unknown */
	__u32 netns_inum; /* inode of /proc/PID/ns/net */
	__u32 peer_inum; /* 0: no peer, or not known yet */
	__u32 from_inum; /* 0: not a move */
	__u32 ifindex;
	__u32 seq; /* per CPU, from 1; gaps are losses; 0 when not from a hook */
	__u32 addr_flags; /* IFA_F_* */
	__u16 cpu;
	__u8 kind; /* enum event_kind */
	__u8 source; /* enum event_source */
	__u8 family; /* AF_INET, AF_INET6; 0 when not about an address */
	__u8 prefix_len; /* in the family's own bits */
	__u8 scope; /* RT_SCOPE_* for IPv4, the address's own for IPv6 */
	__u8 pad;
	__u8 addr[16]; /* IPv4 is v4-mapped */
	char ifname[EVENT_NAME_SIZE];
	char link_kind[EVENT_KIND_SIZE]; /* rtnl_link_ops kind; "" for a physical device */
};

_Static_assert(sizeof(struct event) == 120, "struct event grew or gained padding");
