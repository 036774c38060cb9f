/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Told ranges: the ranges of an agent by the range.* records of its log. No I/O.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/base/range.h"
#include "core/record/record.h"

enum { TOLD_SOURCES_MAX = 32, TOLD_SOURCE_SIZE = 32 };

/* All zero is empty. */
struct told_ranges {
	struct range *ranges; /* in no order; RANGE_MAX at most */
	size_t count, room;
	bool are_new; /* since they were settled last */
	uint64_t refused; /* past RANGE_MAX */
	char sources[TOLD_SOURCES_MAX][TOLD_SOURCE_SIZE]; /* that ranges name; never taken back */
	size_t source_count;
};

/* Is it a record of this type that tells of ranges? */
bool told_ranges_has(enum record_type type);
/* One of them. -EINVAL: it lacks what its type has; -ENOMEM. */
int told_ranges_record(struct told_ranges *told, const struct record *record);
bool told_ranges_are_new(const struct told_ranges *told);
/* The table of all, which the caller owns; they are not new then. -ENOMEM. */
int told_ranges_settle(struct told_ranges *told, struct range_table **out);
uint32_t told_ranges_max_pods(const struct told_ranges *told); /* of the node; 0 not known */
/* Another agent: it tells all of its own. */
void told_ranges_reset(struct told_ranges *told);
void told_ranges_clear(struct told_ranges *told);
