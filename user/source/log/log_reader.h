/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log reader: the event log as one row of lines, oldest first, over its rotated and
 * compressed files (core/log/log_member.h) and the live one; a single file; or a stream.
 * A search for a time reads a few blocks of a file, not all of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

enum {
	LOG_LINE_MAX = 64 * 1024, /* a longer one is skipped, and counted */
	LOG_FILES_MAX = 4096, /* rotated files beside the live one; of more the oldest are left out,
				 and counted */
};

struct log_reader;

/* A line without its '\n', NUL-terminated; the callee may write to it. 0 to go on, 1 to stop,
 * -errno to fail. */
typedef int (*log_line_fn)(char *line, size_t size, void *ctx);

struct log_reader_stats {
	uint64_t lines; /* handed out */
	uint64_t too_long; /* skipped */
	uint64_t damaged; /* compressed members that could not be read, skipped */
	uint64_t files_left_out;
	uint64_t bytes_read; /* from disk */
};

/* PATH is the live file (its rotated siblings PATH.SEQ and PATH.SEQ.gz are found beside it; it
 * need not exist if one of them does), any single file, plain or gzip, or "-" for standard input
 * (plain or gzip). -ENOENT: there is none of them. The caller owns *out. */
int log_reader_open(const char *path, struct log_reader **out);
void log_reader_close(struct log_reader *reader);
DEFINE_CLEANUP(log_reader, struct log_reader *, log_reader_close)
#define cleanup_log_reader cleanup(cleanup_log_reader_fn)

/* Every line from the first that may be as young as since_ns (since the epoch; INT64_MIN: all):
 * some older ones come before it, the caller compares. `until_ns`: may stop behind it. 0, 1 when fn
 * stopped, or -errno. */
int log_reader_since(struct log_reader *reader, int64_t since_ns, int64_t until_ns, log_line_fn fn,
		     void *ctx);
/* The newest line first, back to the oldest, until fn returns 1. -ESPIPE for standard input. */
int log_reader_backward(struct log_reader *reader, log_line_fn fn, void *ctx);
/* Go on behind what was read, for as long as fn returns 0: lines that are appended, also after a
 * rotation or truncation, or when the file appears. Waits by inotify and poll(), without a period;
 * should_stop_fd (or -1) ends it when readable. Standard input: until its end. */
int log_reader_follow(struct log_reader *reader, int should_stop_fd, log_line_fn fn, void *ctx);

struct log_reader_stats log_reader_stats(const struct log_reader *reader);
