/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links, made and changed by rtnetlink. All functions return 0 or -errno, the
 * kernel's own where it refused.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct net;

struct link {
	const char *kind; /* "veth", "macvlan", ...; -EOPNOTSUPP when the kernel has none */
	const char *name;
	const struct net *into; /* made in this namespace; NULL: in the one spoken to */
	const char *peer; /* veth and netkit: name of the other end; else NULL */
	const struct net *peer_into; /* where that end is made; NULL: in the one spoken to */
	uint32_t lower; /* macvlan and ipvlan: ifindex of what they sit on; else 0 */
};

int link_add(struct net *net, const struct link *link);
int link_delete(struct net *net, const char *name);
int link_index(struct net *net, const char *name, uint32_t *out);
int link_set_up(struct net *net, uint32_t ifindex, bool up);
int link_rename(struct net *net, uint32_t ifindex, const char *name);
int link_move(struct net *net, uint32_t ifindex, const struct net *into);
