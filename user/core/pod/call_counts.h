/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts of CNI calls, for the metrics: how many of each kind, how long they took,
 * and why they failed. A plugin's name comes from outside: past a few of them the
 * rest count as "other". Pure; bounded.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/base/histogram.h"
#include "core/base/range.h"
#include "core/pod/calls.h"
#include "core/pod/failure.h"

enum {
	CALL_COUNTS_PLUGIN_MAX = 16, /* the last is "other" */
	CALL_COUNTS_MAX = 128, /* kinds of calls; what comes beyond is left out and counted */
	CALL_COUNTS_INCIDENT_MAX = 128, /* ranges and reasons */
};

extern const struct histogram_bounds call_duration_bounds; /* seconds */

struct call_count {
	enum call_command command;
	enum call_result result;
	const char *plugin; /* in plugins[] */
	struct histogram duration;
};

struct incident_count {
	char range[RANGE_NAME_SIZE]; /* "unknown" where the failure names none */
	enum reason reason;
	uint64_t count;
};

/* All zero is empty. */
struct call_counts {
	char plugins[CALL_COUNTS_PLUGIN_MAX][CALL_PLUGIN_SIZE];
	size_t plugin_count;
	struct call_count kinds[CALL_COUNTS_MAX];
	size_t kind_count;
	uint64_t failures[REASON_COUNT]; /* of all commands */
	uint64_t failed_adds[REASON_COUNT]; /* those of ADD */
	struct incident_count incidents[CALL_COUNTS_INCIDENT_MAX];
	size_t incident_count;
	uint64_t left_out; /* calls and incidents past the bounds */
};

/* A call that ended. */
void call_counts_add(struct call_counts *counts, const struct call *call);
void call_counts_failure(struct call_counts *counts, enum call_command command, enum reason reason);
/* A pod's first failure, in the range of this name (NULL: not known). */
void call_counts_incident(struct call_counts *counts, const char *range, enum reason reason);
