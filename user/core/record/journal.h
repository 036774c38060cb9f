/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Journal: puts facts in order, into the words of the event log. Numbers them,
 * gives them both clocks, and hands each line on. Pure: the clock's offset and the
 * way out are given.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/capacity/account.h"
#include "core/pod/failure.h"
#include "core/pod/identity.h"
#include "core/record/coalesce.h"
#include "core/record/record.h"
#include "core/state/state.h"

struct alert;
struct call;
struct incident;
struct leak;

/* A failed call of a pod with the longest names, every byte of them escaped, is 7,900. */
enum { JOURNAL_LINE_MAX = 8192 };

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
	int64_t wall_ns; /* of the last record */
	struct coalesce coalesce;
};

/* Number and write a record; seq, clocks, node and boot id are filled in. mono_ns is kept when set.
 * In a storm it is left out and counted, unless it is of what was there before the agent. */
void journal_put(struct journal *journal, struct record *record);
/* Tell what was left out in storms, when that is due by `now_ns`; UINT64_MAX tells all. */
void journal_tell_left_out(struct journal *journal, uint64_t now_ns);
/* What else is known where a fact is told. */
struct journal_setting {
	const struct range_table *ranges;
	const struct account_note *note; /* NULL: not about an address */
	const struct identity *identity; /* of the namespace and the address */
	bool is_initial; /* it was so before the agent looked */
};

void journal_fact(struct journal *journal, const struct fact *fact,
		  const struct journal_setting *setting);
/* A call that ended. failure is NULL when it went well; incident is NULL when none ended by it. */
struct journal_call {
	const struct call *call;
	uint32_t netns; /* inode; 0 not known */
	const struct failure *failure;
	enum reason reason;
	const struct incident *incident;
	const struct range *range; /* the failure is about; NULL not known */
};

void journal_call(struct journal *journal, const struct journal_call *ended);
/* A leak that began, or is over. range is NULL outside of all. now_ns: since the epoch. */
void journal_leak(struct journal *journal, const struct leak *leak, bool is_over,
		  const struct range *range, int64_t now_ns);
/* An alert that fires, or is over. */
void journal_alert(struct journal *journal, const struct alert *alert);
/* range.added, .removed and .changed for what differs. */
void journal_ranges(struct journal *journal, const struct range_table *before,
		    const struct range_table *after);
