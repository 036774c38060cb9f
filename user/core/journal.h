/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Journal: puts facts in order, into the words of the event log. Numbers them,
 * gives them both clocks, and hands each line on. Pure: the clock's offset and the
 * way out are given.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/account.h"
#include "core/record.h"
#include "core/state.h"

enum { JOURNAL_LINE_MAX = 4096 };

typedef void (*journal_fn)(const char *line, size_t size, void *ctx);

struct journal {
	uint64_t seq; /* of the last record */
	int64_t wall_offset_ns; /* what CLOCK_MONOTONIC lacks to the time since the epoch */
	uint64_t now_ns; /* of this turn, for records that have no time of their own */
	const char *node; /* borrowed */
	const char *boot_id; /* borrowed */
	journal_fn write;
	void *ctx;
	uint64_t unwritable; /* records that could not be formatted */
};

/* Number and write a record; seq, clocks, node and boot id are filled in. mono_ns is kept when set.
 */
void journal_put(struct journal *journal, struct record *record);
/* A fact of the state. note is NULL for what is not about an address. `initial`: it was so before
 * the agent looked. */
void journal_fact(struct journal *journal, const struct fact *fact, const struct account_note *note,
		  const struct range_table *ranges, bool initial);
/* range.added, .removed and .changed for what differs. */
void journal_ranges(struct journal *journal, const struct range_table *before,
		    const struct range_table *after);
