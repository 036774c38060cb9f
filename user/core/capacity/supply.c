// SPDX-License-Identifier: Apache-2.0
#include "core/capacity/supply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

/* ---- what a node has one of ---- */

static uint32_t merge_text(char known[static CAPACITY_LABEL_SIZE], const char *said)
{
	if (!*known)
		text_copy(known, CAPACITY_LABEL_SIZE, said);
	return *said && strcmp(known, said) != 0;
}

static uint32_t merge_node(struct supply *supply, const struct capacity *capacity)
{
	if (!supply->max_pods)
		supply->max_pods = capacity->max_pods;
	return (capacity->max_pods && capacity->max_pods != supply->max_pods) +
	       merge_text(supply->node_pool, capacity->node_pool) +
	       merge_text(supply->zone, capacity->zone) +
	       merge_text(supply->instance_type, capacity->instance_type);
}

/* ---- ranges ---- */

/* The voices' ranges one after the other, as they are to be merged. */
struct ranges {
	struct range *all; /* owned */
	struct range_list lists[SUPPLY_VOICES_MAX];
};

static void clear_ranges(struct ranges *ranges)
{
	free(ranges->all);
}
#define cleanup_ranges cleanup(clear_ranges)

static const char *pod_cidr_network(const struct supply_voice *voices, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (*voices[i].capacity->pod_cidr_network)
			return voices[i].capacity->pod_cidr_network;
	return NULL;
}

static void complete(struct range *range, const char *network, uint32_t max_pods)
{
	if (range->scope != RANGE_SCOPE_NODE)
		return;
	range->max_pods = max_pods;
	if (!network || range->reserved >= 0)
		return;
	range->reserved = range_host_local_reserved(&range->cidr);
	text_copy(range->name, sizeof(range->name), network);
}

static int collect(const struct supply_voice *voices, size_t count, uint32_t max_pods,
		   struct ranges *out)
{
	const char *network = pod_cidr_network(voices, count);
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += voices[i].capacity->range_count;
	out->all = calloc(total + 1, sizeof(*out->all));
	if (!out->all)
		return -ENOMEM;
	total = 0;
	for (size_t i = 0; i < count; i++) {
		const struct capacity *capacity = voices[i].capacity;

		out->lists[i] = (struct range_list){ &out->all[total], capacity->range_count };
		for (size_t j = 0; j < capacity->range_count; j++) {
			out->all[total] = capacity->ranges[j];
			complete(&out->all[total++], network, max_pods);
		}
	}
	return 0;
}

static bool contradicts(const struct range *a, const struct range *b)
{
	return a->scope != b->scope ||
	       (a->reserved >= 0 && b->reserved >= 0 && a->reserved != b->reserved) ||
	       (a->node_prefix && b->node_prefix && a->node_prefix != b->node_prefix);
}

static const struct range *find_equal(const struct range_list *list, const struct range *range)
{
	for (size_t i = 0; i < list->count; i++)
		if (!prefix_compare(&list->ranges[i].cidr, &range->cidr))
			return &list->ranges[i];
	return NULL;
}

/* Of equal CIDRs the first one said counts. */
static uint32_t count_contradictions(const struct range_list *lists, size_t at)
{
	uint32_t count = 0;

	for (size_t i = 0; i < lists[at].count; i++) {
		const struct range *said = &lists[at].ranges[i], *known = NULL;

		for (size_t j = 0; j < at && !known; j++)
			known = find_equal(&lists[j], said);
		count += known && contradicts(known, said);
	}
	return count;
}

static bool is_own(const struct range *range, bool is_v4)
{
	return range->scope == RANGE_SCOPE_NODE && ip_is_v4(&range->cidr.base) == is_v4;
}

static bool has_own(const struct range_list *list, bool is_v4)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_own(&list->ranges[i], is_v4))
			return true;
	return false;
}

static bool overlaps(const struct range_list *list, const struct range *range, bool is_v4)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct range *other = &list->ranges[i];

		if (is_own(other, is_v4) && (prefix_holds(&other->cidr, &range->cidr) ||
					     prefix_holds(&range->cidr, &other->cidr)))
			return true;
	}
	return false;
}

/* Both name ranges of this node, and not one of the second's touches one of the first's. */
static bool is_elsewhere(const struct range_list *first, const struct range_list *second,
			 bool is_v4)
{
	if (!has_own(first, is_v4) || !has_own(second, is_v4))
		return false;
	for (size_t i = 0; i < second->count; i++)
		if (is_own(&second->ranges[i], is_v4) && overlaps(first, &second->ranges[i], is_v4))
			return false;
	return true;
}

static uint32_t count_elsewhere(const struct range_list *lists, size_t at)
{
	uint32_t count = 0;

	for (int is_v4 = 0; is_v4 <= 1; is_v4++) {
		bool found = false;

		for (size_t i = 0; i < at && !found; i++)
			found = is_elsewhere(&lists[i], &lists[at], is_v4);
		count += found;
	}
	return count;
}

/* ---- ENIs ---- */

/* Assigned as the first says that knows, attached as the first says that names ENIs without. */
static int merge_enis(const struct supply_voice *voices, size_t count, struct enis *out)
{
	static const struct enis none;
	const struct enis *books = &none, *attached = &none;

	for (size_t i = 0; i < count; i++) {
		const struct enis *enis = &voices[i].capacity->enis;

		if (enis->has_addresses && !books->has_addresses)
			books = enis;
		else if (enis->eni_count && !enis->has_addresses && !attached->eni_count)
			attached = enis;
	}
	return enis_join(books, attached, out);
}

int supply_merge(const struct supply_voice *voices, size_t count, struct supply *out,
		 struct range_table **out_ranges)
{
	cleanup_supply struct supply supply = { 0 };
	cleanup_range_table struct range_table *table = NULL;
	cleanup_ranges struct ranges ranges = { 0 };
	int err;

	if (count > SUPPLY_VOICES_MAX)
		return -E2BIG;
	for (size_t i = 0; i < count; i++)
		supply.disagreements[i] = merge_node(&supply, voices[i].capacity);
	err = collect(voices, count, supply.max_pods, &ranges);
	for (size_t i = 0; !err && i < count; i++)
		supply.disagreements[i] +=
			count_contradictions(ranges.lists, i) + count_elsewhere(ranges.lists, i);
	if (!err)
		err = merge_enis(voices, count, &supply.enis);
	if (!err)
		err = range_table_new(ranges.lists, count, &table);
	if (err)
		return err;
	*out = take(supply, ((struct supply){ 0 }));
	*out_ranges = take_ptr(table);
	return 0;
}

void supply_clear(struct supply *supply)
{
	enis_clear(&supply->enis);
	*supply = (struct supply){ 0 };
}
