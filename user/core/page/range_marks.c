// SPDX-License-Identifier: Apache-2.0
#include "core/page/range_marks.h"

#include <errno.h>
#include <stdlib.h>

#include "core/books/leaks.h"
#include "core/capacity/span.h"
#include "core/capacity/supply.h"
#include "core/metrics/collect.h"

enum { RESERVED_MAX = 16 }; /* of one stretch of a range */

struct gathering {
	struct range_marks marks;
	size_t room;
};

static void add_mark(struct gathering *gathering, const struct ip *ip, enum range_map_kind kind)
{
	if (gathering->marks.count < gathering->room)
		gathering->marks.marks[gathering->marks.count++] = (struct range_mark){ *ip, kind };
}

static void add_used(const struct ip *ip, void *ctx)
{
	add_mark(ctx, ip, RANGE_MAP_USED);
}

/* A duplicate is in use, twice: it is not lost. */
static void add_leaks(struct gathering *gathering, const struct leaks *leaks)
{
	for (size_t i = 0; leaks && i < leaks_count(leaks); i++)
		if (leaks_at(leaks, i)->kind != LEAK_DUPLICATE)
			add_mark(gathering, &leaks_at(leaks, i)->ip, RANGE_MAP_LEAKED);
}

static void add_enis(struct gathering *gathering, const struct enis *enis, int64_t now_ns)
{
	struct range_marks *marks = &gathering->marks;

	for (size_t i = 0; i < enis->address_count; i++) {
		const struct eni_address *address = &enis->addresses[i];

		if (!address->is_assigned && address->unassigned_ns > 0 &&
		    now_ns - address->unassigned_ns <= ENI_COOLDOWN_NS)
			add_mark(gathering, &address->ip, RANGE_MAP_COOLDOWN);
	}
	for (size_t i = 0; i < enis->eni_count; i++)
		if (enis->enis[i].has_primary)
			add_mark(gathering, &enis->enis[i].primary, RANGE_MAP_RESERVED);
	for (size_t i = 0; i < enis->block_count; i++)
		marks->own[marks->own_count++] = enis->blocks[i].cidr;
}

/* Those few that a range around it would show as free for this node. */
static void add_reserved(struct gathering *gathering, const struct range *range)
{
	struct spans spans;
	double unplaced;

	spans_reserved(range, &spans, &unplaced);
	for (size_t i = 0; i < spans.count; i++) {
		number left = spans.all[i].last - spans.all[i].first;

		for (number at = 0; at <= left && at < RESERVED_MAX; at++) {
			struct ip ip = span_ip(spans.all[i].first + at);

			add_mark(gathering, &ip, RANGE_MAP_RESERVED);
		}
	}
}

static void add_node_ranges(struct gathering *gathering, const struct range_table *ranges)
{
	struct range_marks *marks = &gathering->marks;

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		const struct range *range = range_table_at(ranges, i);

		if (range->scope != RANGE_SCOPE_NODE)
			continue;
		marks->own[marks->own_count++] = range->cidr;
		add_reserved(gathering, range);
	}
}

static size_t count_room(const struct metrics_input *input, const struct enis *enis)
{
	size_t room = account_in_use(input->account) + enis->address_count + enis->eni_count;

	room += input->leaks ? leaks_count(input->leaks) : 0;
	room += range_table_count(account_ranges(input->account)) * SPANS_MAX * RESERVED_MAX;
	return room < RANGE_MARKS_MAX ? room : RANGE_MARKS_MAX;
}

int range_marks_take(const struct metrics_input *input, int64_t now_ns, struct range_marks *out)
{
	static const struct enis none;
	const struct enis *enis = input->supply ? &input->supply->enis : &none;
	const struct range_table *ranges = account_ranges(input->account);
	struct range_marks marks = { 0 };
	struct gathering gathering;
	size_t room = count_room(input, enis);

	marks.marks = calloc(room + 1, sizeof(*marks.marks));
	marks.own = calloc(range_table_count(ranges) + enis->block_count + 1, sizeof(*marks.own));
	if (!marks.marks || !marks.own) {
		range_marks_clear(&marks);
		return -ENOMEM;
	}
	gathering = (struct gathering){ marks, room };
	account_each_used(input->account, add_used, &gathering);
	add_leaks(&gathering, input->leaks);
	add_enis(&gathering, enis, now_ns);
	add_node_ranges(&gathering, ranges);
	range_marks_sort(&gathering.marks);
	*out = gathering.marks;
	return 0;
}

void range_marks_clear(struct range_marks *marks)
{
	free(marks->marks);
	free(marks->own);
	*marks = (struct range_marks){ 0 };
}
