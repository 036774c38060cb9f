/* SPDX-License-Identifier: Apache-2.0 */
/* A page as text, and the parts that it is made of. */
#pragma once

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/page/page.h"
#include "core/page/range_map.h"
#include "core/record/record.h"
#include "core/status/status.h"

enum { FIXTURE_RANGES_MAX = 128 };

struct page_fixture {
	struct status *status;
	struct status_range ranges[FIXTURE_RANGES_MAX];
	struct range drawn[FIXTURE_RANGES_MAX];
	struct range_table *table;
	struct range_marks marks;
	struct page_input input;
};

static inline void fixture_open(struct page_fixture *fixture)
{
	*fixture = (struct page_fixture){ .status = calloc(1, sizeof(*fixture->status)) };
	assert_non_null(fixture->status);
	*fixture->status = (struct status){ .node = "node-1",
					    .version = "1.2.3",
					    .backend = "fentry",
					    .wall_ns = 1709210096500000000,
					    .started_s = 1709210096.5 - 7200,
					    .max_pods = NAN,
					    .ranges = fixture->ranges };
	fixture->input = (struct page_input){ .status = fixture->status, .marks = &fixture->marks };
}

static inline void fixture_close(struct page_fixture *fixture)
{
	free(fixture->status);
	range_table_free(fixture->table);
	free(fixture->marks.marks);
	free(fixture->marks.own);
}

/* Ranges are told in this order. */
static inline struct status_range *fixture_range(struct page_fixture *fixture, const char *name,
						 const char *cidr, enum range_scope scope)
{
	size_t at = fixture->status->range_count++;
	struct status_range *out = &fixture->ranges[at];

	assert_true(at < FIXTURE_RANGES_MAX);
	fixture->drawn[at] = (struct range){ .scope = scope, .source = "config" };
	assert_int_equal(prefix_parse(cidr, &fixture->drawn[at].cidr), 0);
	*out = (struct status_range){ .time_to_exhaustion_s = NAN, .source = "config" };
	snprintf(out->name, sizeof(out->name), "%s", name);
	snprintf(out->cidr, sizeof(out->cidr), "%s", cidr);
	snprintf(out->scope, sizeof(out->scope), "%s", range_scope_name(scope));
	out->usable = out->free = out->capacity = range_capacity(&fixture->drawn[at]);
	return out;
}

static inline void fixture_mark(struct page_fixture *fixture, const char *ip,
				enum range_map_kind kind)
{
	struct range_marks *marks = &fixture->marks;

	if (!(marks->count & (marks->count - 1)))
		marks->marks = reallocarray(marks->marks, marks->count ? 2 * marks->count : 1,
					    sizeof(*marks->marks));
	assert_non_null(marks->marks);
	marks->marks[marks->count].kind = kind;
	assert_int_equal(ip_parse(ip, &marks->marks[marks->count++].ip), 0);
}

/* The caller frees it. */
static inline char *fixture_write(struct page_fixture *fixture)
{
	const struct range_list list = { fixture->drawn, fixture->status->range_count };
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	range_table_free(fixture->table);
	assert_int_equal(range_table_new(&list, 1, &fixture->table), 0);
	fixture->input.ranges = fixture->table;
	range_marks_sort(&fixture->marks);
	assert_int_equal(page_write(&fixture->input, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}
