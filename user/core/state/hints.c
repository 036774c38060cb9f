// SPDX-License-Identifier: Apache-2.0
#include "core/state/hints.h"

#include <string.h>
#include <sys/socket.h>

_Static_assert(HINTS_SETS == 1 << (64 - 54), "set_of() takes ten bits");

/* CPUs hand out cookies in blocks side by side: their low bits say nothing. */
static size_t set_of(uint64_t cookie)
{
	return (cookie * 0x9e3779b97f4a7c15ULL) >> 54;
}

static bool remembers(const struct hints_memory *memory, uint64_t cookie)
{
	const uint64_t *set = memory->cookies[set_of(cookie)];

	for (size_t i = 0; i < HINTS_WAYS; i++)
		if (cookie && set[i] == cookie)
			return true;
	return false;
}

static void remember(struct hints_memory *memory, uint64_t cookie)
{
	uint64_t *set = memory->cookies[set_of(cookie)];

	if (remembers(memory, cookie))
		return;
	for (size_t i = HINTS_WAYS - 1; i > 0; i--)
		set[i] = set[i - 1];
	set[0] = cookie;
}

bool hints_is_gone(const struct hints *hints, uint64_t cookie)
{
	return remembers(&hints->gone, cookie);
}

void hints_gone(struct hints *hints, uint64_t cookie)
{
	remember(&hints->gone, cookie);
}

void hints_heard(struct hints *hints, uint64_t cookie)
{
	remember(&hints->heard, cookie);
}

void hints_add(struct hints *hints, const struct event *event)
{
	if (!event->netns_cookie || hints_is_gone(hints, event->netns_cookie))
		return;
	if (hints->seen.count == HINTS_MAX || diff_push(&hints->seen, event))
		hints->dropped++;
}

/* Did the walk find the netns new, or gone? */
static bool is_in(const struct diff *diff, enum event_kind kind, const struct event *hint)
{
	for (size_t i = 0; i < diff->count; i++)
		if (diff->events[i].kind == kind &&
		    diff->events[i].netns_cookie == hint->netns_cookie &&
		    diff->events[i].netns_inum == hint->netns_inum)
			return true;
	return false;
}

enum life { LIVES, DIES, GHOST };

static enum life life_of(const struct event *hint, const struct inventory *inventory,
			 const struct diff *diff)
{
	if (inventory_find_netns(inventory, hint->netns_cookie, hint->netns_inum))
		return is_in(diff, EVENT_NETNS_DEL, hint) ? DIES : LIVES;
	return is_in(diff, EVENT_NETNS_ADD, hint) ? LIVES : GHOST;
}

static bool is_due(const struct hints *hints, const struct event *hint)
{
	return hint->kind != EVENT_NONE && hint->time_ns < hints->walked_ns &&
	       !remembers(&hints->gone, hint->netns_cookie) &&
	       !remembers(&hints->heard, hint->netns_cookie);
}

/* How the walk found the link, in a netns that lives. */
static enum life link_life(const struct event *hint, const struct inventory *inventory,
			   const struct diff *diff)
{
	const struct netns *netns =
		inventory_find_netns(inventory, hint->netns_cookie, hint->netns_inum);
	bool is_known = netns && inventory_find_link(inventory, netns, hint->ifindex);

	for (size_t i = 0; i < diff->count; i++) {
		const struct event *event = &diff->events[i];

		if (event->netns_cookie != hint->netns_cookie || event->ifindex != hint->ifindex)
			continue;
		if (event->kind == EVENT_LINK_DEL || event->kind == EVENT_LINK_LEAVE)
			return DIES;
		if (event->kind == EVENT_LINK_ADD)
			return LIVES;
	}
	return is_known || hint->ifindex == 1 ? LIVES : GHOST;
}

static void tell_link(struct hints *hints, size_t first, enum life life, hints_fn tell, void *ctx)
{
	struct event link = hints->seen.events[first];

	link.kind = EVENT_LINK_ADD;
	if (life == GHOST)
		tell(&link, ctx);
	for (size_t i = first; i < hints->seen.count; i++) {
		struct event *hint = &hints->seen.events[i];

		if (!is_due(hints, hint) || hint->netns_cookie != link.netns_cookie ||
		    hint->ifindex != link.ifindex)
			continue;
		tell(hint, ctx);
		hint->kind = EVENT_NONE;
	}
	link.kind = EVENT_LINK_DEL;
	if (life == GHOST)
		tell(&link, ctx);
}

/* Everything about the netns of the hint at `first`, in one piece. */
static void tell_netns(struct hints *hints, size_t first, enum life life, hints_fn tell, void *ctx)
{
	struct event end = hints->seen.events[first];

	for (size_t i = first; i < hints->seen.count; i++) {
		struct event *hint = &hints->seen.events[i];
		struct event link = *hint;

		if (hint->kind == EVENT_NONE || hint->netns_cookie != end.netns_cookie)
			continue;
		link.kind = EVENT_LINK_ADD;
		tell(&link, ctx);
		tell(hint, ctx);
		end.time_ns = hint->time_ns;
		hint->kind = EVENT_NONE;
	}
	if (life == GHOST) {
		end.kind = EVENT_NETNS_DEL;
		tell(&end, ctx);
	}
}

/* What is younger than the walk waits; there is little of it. */
static void keep_younger(struct hints *hints)
{
	size_t kept = 0;

	for (size_t i = 0; i < hints->seen.count; i++)
		if (hints->seen.events[i].time_ns >= hints->walked_ns)
			hints->seen.events[kept++] = hints->seen.events[i];
	hints->seen.count = kept;
	if (!kept)
		diff_reset(&hints->seen);
}

void hints_resolve(struct hints *hints, const struct inventory *inventory, const struct diff *diff,
		   hints_fn tell, void *ctx)
{
	for (size_t i = 0; i < hints->seen.count && !diff->is_partial; i++) {
		struct event *hint = &hints->seen.events[i];
		enum life life;

		if (!is_due(hints, hint))
			continue;
		life = life_of(hint, inventory, diff);
		if (life != LIVES) {
			tell_netns(hints, i, life, tell, ctx);
			continue;
		}
		life = link_life(hint, inventory, diff);
		if (life != LIVES)
			tell_link(hints, i, life, tell, ctx);
	}
	keep_younger(hints);
}

void hints_precede(struct hints *hints, const struct event *event, hints_fn tell, void *ctx)
{
	if (event->kind != EVENT_ADDR_ADD || event->family != AF_INET6 ||
	    remembers(&hints->heard, event->netns_cookie))
		return;
	for (size_t i = 0; i < hints->seen.count; i++) {
		struct event *hint = &hints->seen.events[i];

		if (hint->netns_cookie != event->netns_cookie || hint->ifindex != event->ifindex)
			continue;
		if (!memcmp(hint->addr, event->addr, sizeof(hint->addr)))
			break;
		if (hint->kind == EVENT_NONE || hint->family != AF_INET ||
		    hint->time_ns < hints->walked_ns)
			continue;
		tell(hint, ctx);
		hint->kind = EVENT_NONE;
	}
}

void hints_clear(struct hints *hints)
{
	diff_clear(&hints->seen);
}
