/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay: the records of an event log, through the core that the agent has: state,
 * account, forecasts, and the metrics that it would have answered. No I/O: records and
 * time are given.
 *
 *	record -> event -> state_apply -> on_fact -> account -> foresight
 *	       -> ranges -> account, foresight
 *	       -> retold (calls, leaks, alerts, losses)
 *
 * agent.started ends what was known: its first records tell again what there is, and its
 * counters began at 0. The past that forecasts are made of stays. What the core makes of
 * a record is compared with what the record says.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/metrics/collect.h"
#include "core/record/record.h"

enum { REPLAY_NODE_SIZE = 256 };

struct replay;

struct replay_stats {
	uint64_t records; /* of all types, since the log's begin */
	uint64_t types[RECORD_TYPE_COUNT + 1]; /* the last: types that are not known */
	uint64_t incomplete; /* lack what their type has, left out */
	uint64_t coalesced; /* left out by the agent in storms, of which only the number is known */
	uint64_t starts; /* agent.started */
	uint64_t missing; /* by the gaps of their numbers */
	uint64_t differing; /* the core makes something else of them than they say */
	uint64_t first_differing; /* number of the first of these; 0: none */
	int64_t first_ns, last_ns; /* times of the records, since the epoch */
	char node[REPLAY_NODE_SIZE]; /* whose they are; "" before the first */
};

/* node: records of others are left out; NULL: of the first one's. Borrowed. -ENOMEM. The caller
 * owns *out. */
int replay_new(const char *node, struct replay **out);
void replay_free(struct replay *replay);
DEFINE_CLEANUP(replay, struct replay *, replay_free)
#define cleanup_replay cleanup(cleanup_replay_fn)

/* The next one. 0; -EXDEV: it is of another node, and none was named; -ENOMEM. What a record lacks,
 * and what does not fit in a table, is counted and survived. */
int replay_record(struct replay *replay, const struct record *record);
/* As it was at this time since the epoch, the last record's or later. Borrowed until the next
 * call. */
void replay_measure(struct replay *replay, int64_t wall_ns, struct metrics_input *out);
const struct replay_stats *replay_stats(const struct replay *replay);
