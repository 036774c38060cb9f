// SPDX-License-Identifier: Apache-2.0
/*
 * One pass over the walk marks what is known and collects what is new; one pass
 * over the state collects what was not marked. A device that is gone here and new
 * there is a move.
 */
#include "core/state/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "cleanup.h"

static const size_t kept_events = 512; /* 60 kB */

struct reader {
	struct state *state;
	const struct diff_walk *walk;
	struct diff added, gone;
	struct event at; /* netns, link and peer of the slots being read */
	struct netns *netns; /* the same in the state; NULL when not known there */
	struct link *link;
	bool in_host;
};

int diff_reserve(struct diff *diff, size_t more)
{
	size_t capacity = diff->capacity ? diff->capacity : 64;
	struct event *events;

	if (more <= diff->capacity - diff->count)
		return 0;
	while (capacity - diff->count < more)
		capacity *= 2;
	events = reallocarray(diff->events, capacity, sizeof(*events));
	if (!events)
		return -ENOMEM;
	diff->events = events;
	diff->capacity = capacity;
	return 0;
}

int diff_push(struct diff *diff, const struct event *event)
{
	if (diff_reserve(diff, 1))
		return -ENOMEM;
	diff->events[diff->count++] = *event;
	return 0;
}

static int push_added(struct reader *reader, enum event_kind kind)
{
	reader->at.kind = kind;
	return diff_push(&reader->added, &reader->at);
}

static int read_netns(struct reader *reader, const struct walk_netns *slot)
{
	struct inventory *inventory = state_inventory(reader->state);

	reader->at = (struct event){ .netns_cookie = slot->cookie,
				     .netns_inum = slot->inum,
				     .time_ns = reader->walk->is_creation_known
							? reader->walk->time_ns
							: TIME_UNKNOWN,
				     .source = EVENT_FROM_WALK };
	reader->netns = inventory_find_netns(inventory, slot->cookie, slot->inum);
	reader->link = NULL;
	reader->in_host = state_is_host(reader->state, slot->inum);
	if (reader->netns)
		reader->netns->seen = inventory->walks;
	else if (push_added(reader, EVENT_NETNS_ADD))
		return -ENOMEM;
	reader->at.time_ns = reader->walk->time_ns;
	return 0;
}

/* lo stands for its netns; it becomes a link of the state with its first pod address. Another
 * device on the index of one that is known is another link: the known one is gone. */
static int read_link(struct reader *reader, const struct walk_link *slot)
{
	const struct inventory *inventory = state_inventory_const(reader->state);
	struct event *at = &reader->at;
	struct link *link = NULL;

	*at = (struct event){ .netns_cookie = at->netns_cookie,
			      .netns_inum = at->netns_inum,
			      .time_ns = at->time_ns,
			      .source = EVENT_FROM_WALK,
			      .ifindex = slot->ifindex,
			      .dev = slot->dev };
	memcpy(at->ifname, slot->name, sizeof(at->ifname));
	memcpy(at->link_kind, slot->link_kind, strnlen(slot->link_kind, sizeof(slot->link_kind)));

	if (reader->netns)
		link = inventory_find_link(inventory, reader->netns, slot->ifindex);
	if (link && link->dev && link->dev != slot->dev)
		link = NULL;
	reader->link = link;
	if (!link) {
		if (slot->ifindex == 1 || !state_keeps_link(reader->in_host, at->link_kind))
			return 0;
		return push_added(reader, EVENT_LINK_ADD);
	}
	link->seen = inventory->walks;
	if (strncmp(link->name, slot->name, sizeof(slot->name)) != 0)
		return push_added(reader, EVENT_LINK_NAME);
	return 0;
}

/* Follows its link: an event pushed just now for that link learns of the peer, too. */
static int read_peer(struct reader *reader, const struct walk_netns *slot)
{
	struct diff *added = &reader->added;
	struct event *last = added->count ? &added->events[added->count - 1] : NULL;

	reader->at.peer_cookie = slot->cookie;
	reader->at.peer_inum = slot->inum;
	if (last && last->kind == EVENT_LINK_ADD && last->dev == reader->at.dev) {
		last->peer_cookie = slot->cookie;
		last->peer_inum = slot->inum;
		return 0;
	}
	if (reader->netns && !reader->netns->is_own && state_is_host(reader->state, slot->inum))
		return push_added(reader, EVENT_LINK_ADD);
	return 0;
}

static int read_address(struct reader *reader, const struct walk_addr *slot)
{
	struct inventory *inventory = state_inventory(reader->state);
	struct event *at = &reader->at;
	struct address *address = NULL;
	struct ip ip;

	if (reader->in_host)
		return 0;
	memcpy(ip.bytes, slot->addr, sizeof(ip.bytes));
	if (reader->link)
		address = inventory_find_address(inventory, reader->link, &ip);
	if (address) {
		bool is_same = address->seen == inventory->walks ||
			       address->prefix_len == slot->prefix_len;

		address->seen = inventory->walks;
		if (is_same)
			return 0;
	}
	if (!state_keeps_address(&ip, slot->flags))
		return 0;

	memcpy(at->addr, slot->addr, sizeof(at->addr));
	at->family = slot->family;
	at->prefix_len = slot->prefix_len;
	at->scope = slot->scope;
	at->addr_flags = slot->flags;
	return push_added(reader, EVENT_ADDR_ADD);
}

static int read_slot(struct reader *reader, const union walk_slot *slot)
{
	switch (slot->kind) {
	case WALK_NETNS:
		return read_netns(reader, &slot->netns);
	case WALK_LINK:
		return read_link(reader, &slot->link);
	case WALK_PEER:
		return read_peer(reader, &slot->netns);
	case WALK_ADDR:
		return read_address(reader, &slot->addr);
	default:
		return 0;
	}
}

static struct event gone_event(const struct reader *reader, const struct netns *netns,
			       enum event_kind kind)
{
	return (struct event){ .kind = kind,
			       .netns_cookie = netns->key.cookie,
			       .netns_inum = netns->key.inum,
			       .time_ns = reader->walk->time_ns,
			       .source = EVENT_FROM_WALK };
}

static int push_gone_address(struct reader *reader, const struct address *address)
{
	struct event event = gone_event(reader, address->link->netns, EVENT_ADDR_DEL);

	event.ifindex = address->link->key.ifindex;
	memcpy(event.addr, address->key.ip.bytes, sizeof(event.addr));
	event.family = (uint8_t)ip_family(&address->key.ip);
	event.prefix_len = address->prefix_len;
	return diff_push(&reader->gone, &event);
}

static int push_gone_link(struct reader *reader, const struct link *link)
{
	struct event event = gone_event(reader, link->netns, EVENT_LINK_DEL);

	event.ifindex = link->key.ifindex;
	event.dev = link->dev;
	return diff_push(&reader->gone, &event);
}

static int collect_gone_in_link(struct reader *reader, const struct link *link)
{
	const struct address *address;

	if (link->seen != state_inventory(reader->state)->walks)
		return push_gone_link(reader, link);
	DL_FOREACH(link->addresses, address)
		if (address->seen != link->seen && push_gone_address(reader, address))
			return -ENOMEM;
	return 0;
}

static int collect_gone(struct reader *reader)
{
	const struct inventory *inventory = state_inventory(reader->state);
	const struct netns *netns;
	const struct link *link;

	for (netns = inventory->netns; netns; netns = netns->hh.next) {
		if (netns->seen != inventory->walks) {
			struct event event = gone_event(reader, netns, EVENT_NETNS_DEL);

			if (diff_push(&reader->gone, &event))
				return -ENOMEM;
			continue;
		}
		DL_FOREACH(netns->links, link)
			if (collect_gone_in_link(reader, link))
				return -ENOMEM;
	}
	return 0;
}

static void pair_moves(struct diff *gone, struct diff *added)
{
	for (size_t i = 0; i < gone->count; i++) {
		struct event *leave = &gone->events[i];

		if (leave->kind != EVENT_LINK_DEL || !leave->dev)
			continue;
		for (size_t j = 0; j < added->count; j++) {
			struct event *arrive = &added->events[j];

			if (arrive->kind != EVENT_LINK_ADD || arrive->dev != leave->dev)
				continue;
			leave->kind = EVENT_LINK_LEAVE;
			arrive->from_cookie = leave->netns_cookie;
			arrive->from_inum = leave->netns_inum;
			break;
		}
	}
}

int diff_take(struct state *state, const struct diff_walk *walk, struct diff *diff)
{
	struct reader reader = { .state = state, .walk = walk, .gone = *diff };
	int err = 0;

	state_inventory(state)->walks++;
	reader.gone.count = 0;
	for (size_t i = 0; i < walk->count && !err; i++)
		err = read_slot(&reader, &walk->slots[i]);
	if (!err && walk->is_complete)
		err = collect_gone(&reader);
	if (!err) {
		pair_moves(&reader.gone, &reader.added);
		for (size_t i = 0; i < reader.added.count && !err; i++)
			err = diff_push(&reader.gone, &reader.added.events[i]);
	}

	free(reader.added.events);
	*diff = reader.gone;
	diff->is_partial = !walk->is_complete;
	if (err)
		diff->count = 0;
	return err;
}

int diff_compare_place(const struct event *a, const struct event *b)
{
	int order = (a->netns_cookie > b->netns_cookie) - (a->netns_cookie < b->netns_cookie);

	if (!order)
		order = (a->netns_inum > b->netns_inum) - (a->netns_inum < b->netns_inum);
	if (!order)
		order = (a->ifindex > b->ifindex) - (a->ifindex < b->ifindex);
	return order ? order : memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int compare(const void *a, const void *b)
{
	const struct event *x = a, *y = b;
	int order = x->kind - y->kind;

	return order ? order : diff_compare_place(x, y);
}

int diff_confirm(const struct diff *earlier, struct diff *diff)
{
	cleanup_free struct event *sorted = NULL;
	size_t kept = 0;

	if (!earlier->count || !diff->count) {
		diff->count = 0;
		return 0;
	}
	sorted = reallocarray(NULL, earlier->count, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, earlier->events, earlier->count * sizeof(*sorted));
	qsort(sorted, earlier->count, sizeof(*sorted), compare);

	for (size_t i = 0; i < diff->count; i++) {
		const struct event *found =
			bsearch(&diff->events[i], sorted, earlier->count, sizeof(*sorted), compare);

		if (!found)
			continue;
		diff->events[kept] = diff->events[i];
		diff->events[kept++].time_ns = found->time_ns;
	}
	diff->count = kept;
	return 0;
}

void diff_reset(struct diff *diff)
{
	diff->count = 0;
	if (diff->capacity > kept_events)
		diff_clear(diff);
}

void diff_clear(struct diff *diff)
{
	free(diff->events);
	*diff = (struct diff){ 0 };
}
