// SPDX-License-Identifier: Apache-2.0
#include "core/base/range.h"

#include <errno.h>
#include <string.h>

struct range_table {
	size_t count;
	size_t dropped;
	struct range ranges[]; /* by prefix_compare() */
};

static const char *const scope_names[RANGE_SCOPE_COUNT] = {
	[RANGE_SCOPE_NODE] = "node",
	[RANGE_SCOPE_SUBNET] = "subnet",
	[RANGE_SCOPE_CLUSTER] = "cluster",
};

const char *range_scope_name(enum range_scope scope)
{
	return scope < RANGE_SCOPE_COUNT ? scope_names[scope] : NULL;
}

int range_scope_parse(const char *text, enum range_scope *out)
{
	for (enum range_scope scope = 0; scope < RANGE_SCOPE_COUNT; scope++) {
		if (strcmp(text, scope_names[scope]) == 0) {
			*out = scope;
			return 0;
		}
	}
	return -EINVAL;
}

/* How many ranges sort before `prefix`, or are equal to it. */
static size_t count_up_to(const struct range_table *table, const struct prefix *prefix)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_compare(&table->ranges[middle].cidr, prefix) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void merge(struct range_table *table, const struct range *range)
{
	size_t at = count_up_to(table, &range->cidr);
	struct range *known = at ? &table->ranges[at - 1] : NULL;

	if (known && prefix_compare(&known->cidr, &range->cidr) == 0) {
		if (known->reserved < 0)
			known->reserved = range->reserved;
		if (!known->places.is_known && known->reserved == range->reserved)
			known->places = range->places;
		if (!known->node_prefix)
			known->node_prefix = range->node_prefix;
		return;
	}
	if (table->count == RANGE_MAX) {
		table->dropped++;
		return;
	}

	memmove(&table->ranges[at + 1], &table->ranges[at],
		(table->count - at) * sizeof(table->ranges[0]));
	table->ranges[at] = *range;
	table->count++;
}

/* Outer ranges sort first, so what is around a range is its left neighbour or one around that. */
static void link_parents(struct range_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		struct range *range = &table->ranges[i];
		int parent = (int)i - 1;

		while (parent >= 0 && !prefix_holds(&table->ranges[parent].cidr, &range->cidr))
			parent = table->ranges[parent].parent;
		range->parent = parent;
		if (range->reserved < 0)
			range->reserved = 0;
	}
}

int range_table_new(const struct range_list *lists, size_t count, struct range_table **out)
{
	cleanup_range_table struct range_table *table = NULL;
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += lists[i].count;
	if (total > RANGE_MAX)
		total = RANGE_MAX;

	table = calloc(1, sizeof(*table) + total * sizeof(table->ranges[0]));
	if (!table)
		return -ENOMEM;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < lists[i].count; j++)
			merge(table, &lists[i].ranges[j]);
	link_parents(table);

	*out = take_ptr(table);
	return 0;
}

void range_table_free(struct range_table *table)
{
	free(table);
}

size_t range_table_count(const struct range_table *table)
{
	return table->count;
}

size_t range_table_dropped(const struct range_table *table)
{
	return table->dropped;
}

const struct range *range_table_at(const struct range_table *table, size_t index)
{
	return &table->ranges[index];
}

int range_table_find(const struct range_table *table, const struct ip *ip)
{
	struct prefix narrowest = { .base = *ip, .len = 128 };
	int index = (int)count_up_to(table, &narrowest) - 1;

	while (index >= 0 && !prefix_holds_ip(&table->ranges[index].cidr, ip))
		index = table->ranges[index].parent;
	return index;
}

static bool places_are_equal(const struct range_places *a, const struct range_places *b)
{
	if (!a->is_known || !b->is_known)
		return a->is_known == b->is_known;
	return a->has_gateway == b->has_gateway && !ip_compare(&a->first, &b->first) &&
	       !ip_compare(&a->last, &b->last) &&
	       (!a->has_gateway || !ip_compare(&a->gateway, &b->gateway));
}

bool range_is_equal(const struct range *a, const struct range *b)
{
	return !prefix_compare(&a->cidr, &b->cidr) && !strcmp(a->name, b->name) &&
	       a->scope == b->scope && a->reserved == b->reserved &&
	       a->node_prefix == b->node_prefix && a->max_pods == b->max_pods &&
	       places_are_equal(&a->places, &b->places) && !strcmp(a->source, b->source);
}

bool range_table_is_equal(const struct range_table *a, const struct range_table *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!range_is_equal(&a->ranges[i], &b->ranges[i]))
			return false;
	return true;
}

double range_capacity(const struct range *range)
{
	return prefix_size(&range->cidr);
}

double range_usable(const struct range *range)
{
	double usable = range_capacity(range) - range->reserved;

	return usable > 0 ? usable : 0;
}

double range_bound(const struct range *range)
{
	double usable = range_usable(range);

	return range->max_pods && range->max_pods < usable ? range->max_pods : usable;
}

double range_host_local_reserved(const struct prefix *cidr)
{
	return ip_is_v4(&cidr->base) ? 3 : 2;
}
