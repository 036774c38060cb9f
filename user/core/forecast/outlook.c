// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/outlook.h"

#include <errno.h>
#include <stdlib.h>

struct view { /* of a range */
	struct prefix cidr;
	int parent; /* index of the view around it, or RANGE_NONE */
	struct forecast *forecast; /* owned */
	int64_t used; /* by what was recalled last; < 0 not known */
	bool is_live; /* observed, and of no recollection more */
};

struct outlook {
	struct view *views; /* by prefix_compare() */
	size_t count;
	uint64_t lost;
};

int outlook_new(struct outlook **out)
{
	struct outlook *outlook = calloc(1, sizeof(*outlook));

	if (!outlook)
		return -ENOMEM;
	*out = outlook;
	return 0;
}

static void free_views(struct view *views, size_t count)
{
	for (size_t i = 0; views && i < count; i++)
		forecast_free(views[i].forecast);
	free(views);
}

void outlook_free(struct outlook *outlook)
{
	if (!outlook)
		return;
	free_views(outlook->views, outlook->count);
	free(outlook);
}

static struct view *find(const struct outlook *outlook, const struct prefix *cidr)
{
	size_t low = 0, high = outlook->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = prefix_compare(&outlook->views[middle].cidr, cidr);

		if (!order)
			return &outlook->views[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* All that may fail comes first, so that nothing is lost when it does. */
static int make_views(const struct range_table *ranges, struct view **out)
{
	size_t count = range_table_count(ranges);
	struct view *views = calloc(count + 1, sizeof(*views));

	if (!views)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct range *range = range_table_at(ranges, i);

		views[i] =
			(struct view){ .cidr = range->cidr, .parent = range->parent, .used = -1 };
		if (forecast_new(&views[i].forecast)) {
			free_views(views, count);
			return -ENOMEM;
		}
	}
	*out = views;
	return 0;
}

int outlook_set_ranges(struct outlook *outlook, const struct range_table *ranges)
{
	size_t count = range_table_count(ranges);
	struct view *views;
	int err = make_views(ranges, &views);

	if (err)
		return err;
	for (size_t i = 0; i < count; i++) {
		struct view *known = find(outlook, &views[i].cidr);

		if (!known)
			continue;
		forecast_free(views[i].forecast);
		views[i].forecast = take_ptr(known->forecast);
		views[i].used = known->used;
		views[i].is_live = known->is_live;
	}
	free_views(outlook->views, outlook->count);
	outlook->views = views;
	outlook->count = count;
	return 0;
}

static void tell(struct outlook *outlook, struct view *view, int64_t wall_ns, uint64_t used)
{
	if (forecast_observe(view->forecast, wall_ns, used))
		outlook->lost++;
}

static void observe(struct outlook *outlook, const struct account *account, size_t range,
		    int64_t wall_ns)
{
	struct view *view = &outlook->views[range];

	view->is_live = true;
	tell(outlook, view, wall_ns, account_usage(account, range)->used);
}

void outlook_observe(struct outlook *outlook, const struct account *account, int range,
		     int64_t wall_ns)
{
	for (int i = range; i != RANGE_NONE && (size_t)i < outlook->count;
	     i = outlook->views[i].parent)
		observe(outlook, account, (size_t)i, wall_ns);
}

void outlook_observe_all(struct outlook *outlook, const struct account *account, int64_t wall_ns)
{
	for (size_t i = 0; i < outlook->count; i++)
		observe(outlook, account, i, wall_ns);
}

static void recall(struct outlook *outlook, struct view *view, int64_t wall_ns, int64_t used)
{
	view->used = used > 0 ? used : 0;
	if (!view->is_live)
		tell(outlook, view, wall_ns, (uint64_t)view->used);
}

void outlook_recall(struct outlook *outlook, const struct outlook_past *past)
{
	struct view *view = find(outlook, &past->cidr);
	int64_t used = (int64_t)past->used, delta;

	if (!view || past->used > INT64_MAX / 2)
		return;
	delta = view->used < 0 ? past->delta : used - view->used;
	recall(outlook, view, past->wall_ns, used);
	for (int i = view->parent; i != RANGE_NONE; i = outlook->views[i].parent) {
		struct view *around = &outlook->views[i];

		/* How many it had before anybody told is not known: as many as this one. */
		recall(outlook, around, past->wall_ns,
		       around->used < 0 ? used : around->used + delta);
	}
}

bool outlook_wants_past(const struct outlook *outlook)
{
	for (size_t i = 0; i < outlook->count; i++)
		if (!outlook->views[i].is_live)
			return true;
	return false;
}

void outlook_gap(struct outlook *outlook, int64_t wall_ns)
{
	for (size_t i = 0; i < outlook->count; i++) {
		outlook->views[i].used = -1;
		if (!outlook->views[i].is_live)
			forecast_gap(outlook->views[i].forecast, wall_ns);
	}
}

void outlook_end(struct outlook *outlook, int64_t wall_ns)
{
	for (size_t i = 0; i < outlook->count; i++)
		outlook->views[i].is_live = false;
	outlook_gap(outlook, wall_ns);
}

void outlook_ask(const struct outlook *outlook, size_t range, int64_t now_ns,
		 const struct forecast_room *room, struct forecast_answer *out)
{
	if (range < outlook->count)
		forecast_ask(outlook->views[range].forecast, now_ns, room, out);
	else
		*out = (struct forecast_answer){ 0 };
}

uint64_t outlook_lost(const struct outlook *outlook)
{
	return outlook->lost;
}
