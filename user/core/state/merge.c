// SPDX-License-Identifier: Apache-2.0
#include "core/state/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"

struct entry {
	const struct event *message;
};

struct index { /* the messages by address, those of one address in their order */
	struct entry *sorted;
	const struct event *end;
	size_t count;
};

struct late { /* an event of the walk and the message it comes before */
	struct event event;
	const struct event *next;
};

struct lates {
	struct late *items;
	size_t count;
};

static int compare_messages(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = diff_compare_place(x->message, y->message);

	return order ? order : (x->message > y->message) - (x->message < y->message);
}

static int open_index(const struct diff *messages, struct index *out)
{
	out->count = messages->count;
	out->end = messages->events + messages->count;
	out->sorted = reallocarray(NULL, messages->count, sizeof(*out->sorted));
	if (!out->sorted)
		return -ENOMEM;
	for (size_t i = 0; i < messages->count; i++)
		out->sorted[i].message = &messages->events[i];
	qsort(out->sorted, out->count, sizeof(*out->sorted), compare_messages);
	return 0;
}

static size_t lower_bound(const struct index *index, const struct event *event)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (diff_compare_place(index->sorted[middle].message, event) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct event *first_message(const struct index *index, const struct event *event)
{
	size_t at = lower_bound(index, event);
	const struct event *message = at < index->count ? index->sorted[at].message : NULL;

	return message && !diff_compare_place(message, event) ? message : NULL;
}

static bool is_same_link(const struct event *a, const struct event *b)
{
	return a->netns_cookie == b->netns_cookie && a->netns_inum == b->netns_inum &&
	       a->ifindex == b->ifindex;
}

/* The end, when nothing leaves this link; NULL when there are no messages of it at all. */
static const struct event *first_removal(const struct index *index, const struct event *event)
{
	struct event link = *event;
	const struct event *first = NULL;

	memset(link.addr, 0, sizeof(link.addr));
	for (size_t i = lower_bound(index, &link); i < index->count; i++) {
		const struct event *message = index->sorted[i].message;

		if (!is_same_link(message, event))
			break;
		if (!first)
			first = index->end;
		if (message->kind == EVENT_ADDR_DEL && message < first)
			first = message;
	}
	return first;
}

/* The messages of a link that the walk found gone came before its end; another device that has its
 * index by now has messages of its own, and nobody can tell whose are whose. */
static bool ends_after_messages(const struct diff *walk, const struct index *index,
				const struct event *end)
{
	if (end->kind != EVENT_LINK_DEL || !first_removal(index, end))
		return false;
	for (size_t i = 0; i < walk->count; i++)
		if (walk->events[i].kind == EVENT_LINK_ADD && is_same_link(&walk->events[i], end))
			return false;
	return true;
}

/* Takes out of *walk what the messages tell, and to *lates what belongs among them. */
static void sort_out(struct diff *walk, const struct index *index, struct lates *lates)
{
	size_t kept = 0;

	for (size_t i = 0; i < walk->count; i++) {
		const struct event *event = &walk->events[i];
		const struct event *message = NULL, *next = NULL;

		if (event->kind == EVENT_ADDR_ADD || event->kind == EVENT_ADDR_DEL)
			message = first_message(index, event);
		if (message && message->kind == event->kind)
			continue;
		if (!message && event->kind == EVENT_ADDR_ADD && event->family == AF_INET6)
			next = first_removal(index, event);
		else if (ends_after_messages(walk, index, event))
			next = index->end;
		if (next)
			lates->items[lates->count++] = (struct late){ *event, next };
		else
			walk->events[kept++] = *event;
	}
	walk->count = kept;
}

static int compare_lates(const void *a, const void *b)
{
	const struct late *x = a, *y = b;
	int order = (x->next > y->next) - (x->next < y->next);

	return order ? order : diff_compare_place(&x->event, &y->event);
}

/* From the end, so that nothing is overwritten before it has moved. */
static void insert(struct diff *messages, struct lates *lates)
{
	size_t from = messages->count, to = messages->count + lates->count;
	size_t late = lates->count;

	qsort(lates->items, lates->count, sizeof(*lates->items), compare_lates);
	messages->count = to;
	while (late) {
		while (&messages->events[from] > lates->items[late - 1].next)
			messages->events[--to] = messages->events[--from];
		messages->events[--to] = lates->items[--late].event;
	}
}

int merge_walk(struct diff *walk, struct diff *messages)
{
	cleanup_free struct late *items = NULL;
	struct lates lates = { 0 };
	struct index index;

	if (!walk->count || !messages->count)
		return 0;
	if (diff_reserve(messages, walk->count))
		return -ENOMEM;
	items = reallocarray(NULL, walk->count, sizeof(*items));
	if (!items || open_index(messages, &index))
		return -ENOMEM;
	lates.items = items;
	sort_out(walk, &index, &lates);
	insert(messages, &lates);
	free(index.sorted);
	return 0;
}
