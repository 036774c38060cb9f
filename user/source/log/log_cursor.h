/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Place in the event log, moving forward: from file to file, oldest first, and in the live one up
 * to its end, wherever that is then. What it stands on stays open, so that it is read to its end
 * whatever it is renamed to, compressed or deleted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "source/log/log_file.h"
#include "source/log/log_lines.h"
#include "source/log/log_set.h"

struct log_cursor {
	const char *path; /* borrowed */
	struct log_counts counts;
	struct log_set set; /* of which set.seqs[at] comes next */
	size_t at;
	uint64_t next_seq; /* in names: what comes behind the set is no less */
	uint64_t left_out; /* files: too many, or not readable */
	struct log_file *file; /* NULL: none; later than all there was */
	bool is_live; /* the file was the live one when it was opened */
	bool is_pipe; /* the only file */
	struct log_lines lines; /* of it */
	size_t told; /* bytes that were handed out of the line which the live file ends in */
	int64_t since_ns, until_ns;
};

/* The path is borrowed. -ENOENT: there is no file; or an error of log_file_open(). */
int log_cursor_init(struct log_cursor *cursor, const char *path, size_t line_max, size_t files_max);
void log_cursor_clear(struct log_cursor *cursor);

/* To the first line that may be as young as since_ns. Lines that are certainly later than until_ns
 * are left out. */
int log_cursor_seek(struct log_cursor *cursor, int64_t since_ns, int64_t until_ns);
/* Behind all lines that there are, but for the rest. */
int log_cursor_seek_end(struct log_cursor *cursor);
/* The next line, valid until the next call. -EAGAIN: at the end of the live file, or there is none.
 */
int log_cursor_next(struct log_cursor *cursor, char **out, size_t *out_size);
/* At the end: what stands there of a line that may be whole but for its '\n', as a copy that the
 * caller owns. When it is, next() does not give it again. -EAGAIN: nothing. */
int log_cursor_rest(struct log_cursor *cursor, char **out, size_t *out_size);

enum log_cursor_live {
	LOG_LIVE_SAME,
	LOG_LIVE_REWRITTEN, /* the cursor is at its begin now */
	LOG_LIVE_OTHER, /* another file has its name */
	LOG_LIVE_MISSING,
};

/* What is there now under the live file's name? */
int log_cursor_look(struct log_cursor *cursor, enum log_cursor_live *out);
/* No line is left to come of the live file, and there is another: leave it. What next() then gives
 * first may be its last line, without a '\n'. */
void log_cursor_leave(struct log_cursor *cursor);
