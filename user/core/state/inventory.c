// SPDX-License-Identifier: Apache-2.0
/*
 * Objects hang in two structures at once: a hash table answers "is this known",
 * the lists of a netns and of a link keep the order in which things appeared.
 */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION hash_words_of
#include "core/state/inventory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "cleanup.h"
#include "core/base/hash_words.h"

_Static_assert(sizeof(struct netns_key) % 8 == 0 && sizeof(struct link_key) % 8 == 0 &&
		       sizeof(struct address_key) % 8 == 0,
	       "keys are whole words: hash_words()");

/* uthash reports a failed allocation by this macro; every HASH_ADD below has a local `oom`. */
/* NOLINTBEGIN(clang-analyzer-core.*): it takes uthash's and utlist's rings for broken ones. */

#undef uthash_nonfatal_oom
#define uthash_nonfatal_oom(element) (oom = true)

static const char *const table_names[] = { "netns", "links", "addresses" };

_Static_assert(array_size(table_names) == INVENTORY_TABLE_COUNT, "a table lacks its name");

const uint32_t inventory_limits[] = {
	[INVENTORY_NETNS] = 16384, [INVENTORY_LINKS] = 65536, [INVENTORY_ADDRESSES] = 65536
};

const char *inventory_table_name(enum inventory_table table)
{
	return table_names[table];
}

uint32_t inventory_count(const struct inventory *inventory, enum inventory_table table)
{
	switch (table) {
	case INVENTORY_NETNS:
		return HASH_COUNT(inventory->netns);
	case INVENTORY_LINKS:
		return HASH_COUNT(inventory->links);
	default:
		return HASH_COUNT(inventory->addresses);
	}
}

static bool has_room(struct inventory *inventory, enum inventory_table table)
{
	if (inventory_count(inventory, table) < inventory->limits[table])
		return true;
	inventory->refused[table]++;
	return false;
}

void inventory_clear(struct inventory *inventory)
{
	while (inventory->netns)
		inventory_remove_netns(inventory, inventory->netns);
}

struct netns *inventory_find_netns(const struct inventory *inventory, uint64_t cookie,
				   uint32_t inum)
{
	const struct netns_key key = { .cookie = cookie, .inum = inum };
	struct netns *netns;

	HASH_FIND(hh, inventory->netns, &key, sizeof(key), netns);
	return netns;
}

struct link *inventory_find_link(const struct inventory *inventory, const struct netns *netns,
				 uint32_t ifindex)
{
	const struct link_key key = { .netns = netns->key, .ifindex = ifindex };
	struct link *link;

	HASH_FIND(hh, inventory->links, &key, sizeof(key), link);
	return link;
}

struct address *inventory_find_address(const struct inventory *inventory, const struct link *link,
				       const struct ip *ip)
{
	const struct address_key key = { .link = link->key, .ip = *ip };
	struct address *address;

	HASH_FIND(hh, inventory->addresses, &key, sizeof(key), address);
	return address;
}

int inventory_add_netns(struct inventory *inventory, const struct event *event, struct netns **out)
{
	cleanup_free struct netns *netns = NULL;
	bool oom = false;

	if (!has_room(inventory, INVENTORY_NETNS))
		return -ENOSPC;
	netns = calloc(1, sizeof(*netns));
	if (!netns)
		return -ENOMEM;
	netns->key = (struct netns_key){ .cookie = event->netns_cookie, .inum = event->netns_inum };
	netns->created_ns = event->kind == EVENT_NETNS_ADD ? event->time_ns : TIME_UNKNOWN;
	HASH_ADD(hh, inventory->netns, key, sizeof(netns->key), netns);
	if (oom)
		return -ENOMEM;
	*out = take_ptr(netns);
	return 0;
}

int inventory_add_link(struct inventory *inventory, struct netns *netns, const struct event *event,
		       struct link **out)
{
	cleanup_free struct link *link = NULL;
	bool oom = false;

	if (!has_room(inventory, INVENTORY_LINKS))
		return -ENOSPC;
	link = calloc(1, sizeof(*link));
	if (!link)
		return -ENOMEM;
	link->key = (struct link_key){ .netns = netns->key, .ifindex = event->ifindex };
	link->netns = netns;
	link->dev = event->dev;
	memcpy(link->name, event->ifname, sizeof(event->ifname));
	memcpy(link->kind, event->link_kind, sizeof(event->link_kind));
	HASH_ADD(hh, inventory->links, key, sizeof(link->key), link);
	if (oom)
		return -ENOMEM;
	DL_APPEND(netns->links, link);
	*out = take_ptr(link);
	return 0;
}

int inventory_add_address(struct inventory *inventory, struct link *link, const struct event *event,
			  struct address **out)
{
	cleanup_free struct address *address = NULL;
	bool oom = false;

	if (!has_room(inventory, INVENTORY_ADDRESSES))
		return -ENOSPC;
	address = calloc(1, sizeof(*address));
	if (!address)
		return -ENOMEM;
	address->key.link = link->key;
	memcpy(address->key.ip.bytes, event->addr, sizeof(event->addr));
	address->prefix_len = event->prefix_len;
	address->scope = event->scope;
	address->since_ns = event->time_ns;
	address->link = link;
	HASH_ADD(hh, inventory->addresses, key, sizeof(address->key), address);
	if (oom)
		return -ENOMEM;
	DL_APPEND(link->addresses, address);
	link->address_count++;
	link->netns->address_count++;
	*out = take_ptr(address);
	return 0;
}

void inventory_remove_address(struct inventory *inventory, struct address *address)
{
	struct link *link = address->link;

	DL_DELETE(link->addresses, address);
	HASH_DEL(inventory->addresses, address);
	link->address_count--;
	link->netns->address_count--;
	free(address);
}

void inventory_remove_link(struct inventory *inventory, struct link *link)
{
	while (link->addresses)
		inventory_remove_address(inventory, link->addresses);
	DL_DELETE(link->netns->links, link);
	HASH_DEL(inventory->links, link);
	free(link);
}

void inventory_remove_netns(struct inventory *inventory, struct netns *netns)
{
	while (netns->links)
		inventory_remove_link(inventory, netns->links);
	HASH_DEL(inventory->netns, netns);
	free(netns);
}

/* NOLINTEND(clang-analyzer-core.*) */
