/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event log: owns the file (or stdout) that records go to, and its old files. Lines are buffered by
 * the caller's turn of the loop and written whole; what fails is counted and the agent lives on.
 * Time is an argument: CLOCK_MONOTONIC.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "sink/log/log_live.h"

struct eventlog;

/* Borrowed for the call. Times within a file never go back by more than a minute. */
struct eventlog_line {
	const char *text; /* with its '\n' */
	size_t size;
	uint64_t seq;
	int64_t wall_ns;
};

struct eventlog_stats {
	uint64_t written; /* records */
	uint64_t lost; /* records that could not be written, or did not fit the buffer */
	struct log_live_stats live;
};

/* Records that were lost in a row, whose place in the log is still empty. */
struct eventlog_hole {
	uint64_t count;
	uint64_t last_seq;
	int64_t last_ns;
};

/* Open PATH for appending, mode 0600, created with its missing last directory; "-" is stdout. What
 * a power cut left is mended, and what an agent before left half done is finished. *out_tail is the
 * newest record, of the live file or else of the newest old one. A disk that is full, read-only or
 * broken is no error: it is tried again. -errno otherwise; the caller says so. The caller owns
 * *out.
 */
int eventlog_open(const char *path, const struct log_policy *policy, struct eventlog **out,
		  struct log_end *out_tail);
void eventlog_close(struct eventlog *log); /* flushes and syncs */
DEFINE_CLEANUP(eventlog, struct eventlog *, eventlog_close)
#define cleanup_eventlog cleanup(cleanup_eventlog_fn)

/* Take one record. Bounded: a full buffer is flushed; what still does not fit is lost and counted,
 * and so is all that follows until half of the buffer is free. What could not be written stays
 * buffered and goes first next time. */
void eventlog_append(struct eventlog *log, const struct eventlog_line *line);
/* A hole that can be filled: the caller appends one line that tells of it, with its last_seq. */
bool eventlog_take_hole(struct eventlog *log, struct eventlog_hole *out);
/* Write what is buffered. Called at the end of each turn of the loop. */
void eventlog_flush(struct eventlog *log, uint64_t now_ns);
/* When there is something to do without a record: sync, compress, try again. 0: nothing. */
uint64_t eventlog_due(const struct eventlog *log);
/* Do what is due, a piece of it: some milliseconds, and what the disk takes to sync. */
void eventlog_work(struct eventlog *log, uint64_t now_ns);
/* Somebody renamed the file: go on in a new one of the same name. */
void eventlog_reopen(struct eventlog *log, uint64_t now_ns);
struct eventlog_stats eventlog_stats(const struct eventlog *log);
