/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event log: owns the file (or stdout) that records go to. Lines are buffered by
 * the caller's turn of the loop and written whole; a write that fails is counted
 * and the agent lives on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

struct eventlog;

/* What the last whole line in the file said, so that seq goes on and the gap can be told. */
struct eventlog_tail {
	bool found; /* there was a record */
	bool stopped; /* it was agent.stopped: the last agent ended well */
	uint64_t seq;
	int64_t wall_ns;
};

struct eventlog_stats {
	uint64_t written; /* records */
	uint64_t lost; /* records that could not be written, or did not fit the buffer */
	int last_error; /* errno of the last failed write; 0 when the last one worked */
};

/* Open PATH for appending, mode 0600, created with its missing last directory; "-" is stdout. A
 * torn last line (power cut) is closed with a newline so that the next record stands alone. A file
 * whose tail is not our records has found = false. -errno; the caller says so. The caller owns
 * *out. */
int eventlog_open(const char *path, struct eventlog **out, struct eventlog_tail *out_tail);
void eventlog_close(struct eventlog *log); /* flushes */
DEFINE_CLEANUP(eventlog, struct eventlog *, eventlog_close)
#define cleanup_eventlog cleanup(cleanup_eventlog_fn)

/* Take one record with its '\n'. Bounded: a full buffer is flushed; what still does not fit is lost
 * and counted. What could not be written stays buffered and goes first next time. */
void eventlog_append(struct eventlog *log, const char *line, size_t size);
/* Write what is buffered. Called at the end of each turn of the loop. */
void eventlog_flush(struct eventlog *log);
struct eventlog_stats eventlog_stats(const struct eventlog *log);
