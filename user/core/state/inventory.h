/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inventory: the namespaces, links and pod addresses that are known, in bounded
 * hash tables and in lists that keep the order of appearance. It stores and finds;
 * what an event means is state's business. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "core/base/addr.h"
#include "event.h"

#define TIME_UNKNOWN 0 /* of a netns that was there before us */

struct netns_key {
	uint64_t cookie; /* 0 where the kernel has none that lasts */
	uint32_t inum;
	uint32_t pad; /* zero: keys are compared as bytes */
};

struct link_key {
	struct netns_key netns;
	uint32_t ifindex;
	uint32_t pad;
};

struct address_key {
	struct link_key link;
	struct ip ip;
};

struct address {
	struct address_key key;
	uint8_t prefix_len; /* in the family's own bits */
	uint8_t scope;
	uint32_t seen; /* of diff: last walk that saw it */
	uint64_t since_ns; /* assigned */
	struct link *link;
	struct address *prev, *next; /* of the link, oldest first */
	UT_hash_handle hh;
};

struct link {
	struct link_key key;
	uint64_t dev;
	char name[EVENT_NAME_SIZE + 1];
	char kind[EVENT_KIND_SIZE + 1];
	uint32_t seen;
	uint32_t address_count;
	struct netns *netns;
	struct address *addresses;
	struct link *prev, *next; /* of the netns, oldest first */
	UT_hash_handle hh;
};

struct netns {
	struct netns_key key;
	bool is_host;
	bool is_own; /* this node's: its changes are facts */
	uint8_t families; /* had an address of: 1 IPv4, 2 IPv6 */
	uint32_t seen;
	uint32_t address_count;
	uint64_t created_ns; /* TIME_UNKNOWN */
	struct link *links;
	UT_hash_handle hh; /* of all namespaces, oldest first */
};

enum inventory_table {
	INVENTORY_NETNS,
	INVENTORY_LINKS,
	INVENTORY_ADDRESSES,
	INVENTORY_TABLE_COUNT
};

struct inventory {
	struct netns *netns; /* oldest first; go on with ->hh.next */
	struct link *links;
	struct address *addresses;
	uint32_t limits[INVENTORY_TABLE_COUNT];
	uint64_t refused[INVENTORY_TABLE_COUNT]; /* additions that met the limit */
	uint32_t walks; /* of diff: what `seen` is compared with */
};

/* Those of an agent. */
extern const uint32_t inventory_limits[INVENTORY_TABLE_COUNT];

/* "netns", "links", "addresses": the value of the label `table`. */
const char *inventory_table_name(enum inventory_table table);
uint32_t inventory_count(const struct inventory *inventory, enum inventory_table table);
void inventory_clear(struct inventory *inventory);

/* NULL when not known. */
struct netns *inventory_find_netns(const struct inventory *inventory, uint64_t cookie,
				   uint32_t inum);
struct link *inventory_find_link(const struct inventory *inventory, const struct netns *netns,
				 uint32_t ifindex);
struct address *inventory_find_address(const struct inventory *inventory, const struct link *link,
				       const struct ip *ip);

/* Add what is not known yet, as the event describes it. -ENOSPC at the limit, -ENOMEM. *out is
 * owned by the inventory. */
int inventory_add_netns(struct inventory *inventory, const struct event *event, struct netns **out);
int inventory_add_link(struct inventory *inventory, struct netns *netns, const struct event *event,
		       struct link **out);
int inventory_add_address(struct inventory *inventory, struct link *link, const struct event *event,
			  struct address **out);

/* Remove and free; a link takes its addresses along, a netns its links. */
void inventory_remove_address(struct inventory *inventory, struct address *address);
void inventory_remove_link(struct inventory *inventory, struct link *link);
void inventory_remove_netns(struct inventory *inventory, struct netns *netns);
