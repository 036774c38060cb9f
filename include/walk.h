/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the walker writes into its shared array: the kernel's own order, depth
 * first. A link belongs to the netns before it, an address to the link before it.
 */
#pragma once

#include <linux/types.h>

enum {
	WALK_SLOT_MAX = 131072, /* 5 MiB of kernel memory; user space maps what it reads */
};

enum walk_kind {
	WALK_NONE,
	WALK_NETNS,
	WALK_LINK,
	WALK_PEER, /* netns of the other end of the link before it */
	WALK_ADDR,
};

struct walk_netns {
	__u8 kind;
	__u8 is_init; /* the kernel's first netns */
	__u8 pad[2];
	__u32 inum;
	__u64 cookie;
	__u8 unused[24];
};

struct walk_link {
	__u8 kind;
	__u8 pad[3];
	__u32 ifindex;
	__u64 dev;
	char name[16];
	char link_kind[8]; /* cut off after 8 bytes; every kind we tell apart fits */
};

struct walk_addr {
	__u8 kind;
	__u8 family;
	__u8 prefix_len;
	__u8 scope;
	__u32 flags;
	__u8 addr[16]; /* IPv4 is v4-mapped */
	__u8 unused[16];
};

union walk_slot {
	__u8 kind;
	struct walk_netns netns; /* WALK_NETNS and WALK_PEER */
	struct walk_link link;
	struct walk_addr addr;
};

/* Where a walk is, and how the last one ended. */
struct walk {
	__u64 head; /* list_head of all namespaces */
	__u64 net, dev_head, dev, ifa, ifp_head, ifp; /* where we are: kernel addresses */
	__u32 step;
	__u32 slots; /* written */
	__u32 netns; /* counted */
	__u32 done;
	__u32 netns_slot; /* where the records of the netns under way start */
	__u32 netns_inum;
	__u32 skip_to; /* go on at this inode; 0 from the start */
	__u32 full; /* the array had no room */
	__u32 ahead; /* namespaces that were looked at already */
	__u32 pad;
};

_Static_assert(sizeof(struct walk_netns) == 40, "walk_netns");
_Static_assert(sizeof(struct walk_link) == 40, "walk_link");
_Static_assert(sizeof(struct walk_addr) == 40, "walk_addr");
_Static_assert(sizeof(union walk_slot) == 40, "walk_slot");
