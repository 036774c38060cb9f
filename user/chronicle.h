/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chronicle: the journal, the event logs that it goes to, and what the agent tells
 * of itself: that it started, stopped, and was not there in between.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "core/metrics/collect.h"
#include "core/record/journal.h"
#include "sink/log/log_live.h"

enum { CHRONICLE_LOG_MAX = 8, CHRONICLE_RECENT_SIZE = 256 << 10 };

struct chronicle;
struct recent;
struct loop;

struct chronicle_logs {
	char *const *paths; /* "-" is stdout */
	size_t count;
	struct log_policy policy; /* of each on its own */
};

struct chronicle_config {
	const char *node; /* borrowed for the chronicle's life */
	const char *proc_dir;
	const char *backend; /* a literal */
	struct chronicle_logs logs;
};

/* Opens the logs, goes on with their seq, writes agent.gap where there was an agent before, and
 * agent.started. Says why in the log when it fails. The caller owns *out. */
int chronicle_open(const struct chronicle_config *config, struct loop *loop,
		   struct chronicle **out);
void chronicle_close(struct chronicle *chronicle);
DEFINE_CLEANUP(chronicle, struct chronicle *, chronicle_close)
#define cleanup_chronicle cleanup(cleanup_chronicle_fn)

struct journal *chronicle_journal(struct chronicle *chronicle); /* borrowed */
/* The newest records, as they were written; borrowed. */
const struct recent *chronicle_recent(const struct chronicle *chronicle);
/* Records leave once a turn of the loop, in one write; then the clocks are read for the next. */
void chronicle_end_turn(struct chronicle *chronicle);
/* Somebody renamed the logs: go on in new files of the same names. */
void chronicle_reopen(struct chronicle *chronicle);
/* Set the clocks of a journal to now, where a turn began long after the last one. */
void chronicle_read_clocks(struct journal *journal);
void chronicle_tell_stopped(struct chronicle *chronicle);
void chronicle_measure(const struct chronicle *chronicle, struct metrics_input *out);
