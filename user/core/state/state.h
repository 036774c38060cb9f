/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State: which netns holds which links, and which link holds which pod addresses.
 * One way in, state_apply(); applying an event twice changes nothing, so any
 * number of sources may tell the same thing. What really changed leaves as facts,
 * in order. Pure: no clock, no I/O.
 *
 * The node's own netns is kept for its links (the host ends of pairs); its
 * addresses never count, nor do loopback, link-local and tentative ones. Where
 * several nodes share a kernel (`nested`), a netns is this node's only once an
 * event shows a pair's other end in the node's netns or a file of the node names
 * it (EVENT_NETNS_OWN); until then it is kept silently.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/state/inventory.h"

enum fact_kind {
	FACT_NETNS_CREATED,
	FACT_NETNS_FREED,
	FACT_LINK_CREATED,
	FACT_LINK_MOVED,
	FACT_LINK_RENAMED,
	FACT_LINK_DELETED,
	FACT_IP_ASSIGNED,
	FACT_IP_RELEASED,
	FACT_KIND_COUNT,
};

/* Everything is borrowed for the call. */
struct fact {
	enum fact_kind kind;
	uint64_t time_ns;
	const struct netns *netns;
	const struct link *link; /* NULL for a netns */
	const struct address *address; /* NULL for a netns or link */
	uint32_t from_inum; /* FACT_LINK_MOVED */
	const char *from_name; /* FACT_LINK_RENAMED */
	bool first_of_family; /* FACT_IP_ASSIGNED: the netns had none of this family */
};

typedef void (*fact_fn)(const struct fact *fact, void *ctx);

struct state;

/* on_fact is called from within state_apply() and must not call back. The caller owns *out. */
int state_new(const uint32_t limits[static INVENTORY_TABLE_COUNT], fact_fn on_fact, void *ctx,
	      struct state **out);
void state_free(struct state *state);
DEFINE_CLEANUP(state, struct state *, state_free)
#define cleanup_state cleanup(cleanup_state_fn)

/* 0, also when nothing changed; -ENOSPC when a table is full and -ENOMEM: the event is then lost,
 * which the inventory counts. */
int state_apply(struct state *state, const struct event *event);

/* Borrowed. Only diff may write to it: its marks. */
struct inventory *state_inventory(struct state *state);
const struct inventory *state_inventory_const(const struct state *state);
/* Namespaces of this node, and those of them that hold no pod address. */
uint32_t state_own_netns(const struct state *state, uint32_t *out_without_address);

/* Which netns is the node's own, and do several nodes share this kernel? Before the first event. */
void state_set_host(struct state *state, uint32_t host_inum, bool is_nested);
uint32_t state_host(const struct state *state); /* its inode; 0 not known yet */
bool state_is_host(const struct state *state, uint32_t inum);
/* Is a link of this kind kept? All in a pod's netns; in the node's own only ends of pod links. */
bool state_keeps_link(bool in_host, const char *kind);
/* Is it an address that a pod can use now? */
bool state_keeps_address(const struct ip *ip, uint32_t addr_flags);
