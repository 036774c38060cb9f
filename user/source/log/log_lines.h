/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines out of blocks of text that come one after the other, from the first on or from the last
 * back. A line is handed out where it stands, without its '\n', ended by NUL; empty ones are left
 * out, and so are those longer than the bound, which are counted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

struct log_lines {
	char *buffer; /* block_max and line_max, and one for the last NUL */
	size_t line_max;
	size_t block_max;
	size_t at, end; /* text that was not handed out */
	size_t searched; /* the part of it, before or from here, that has no '\n' */
	bool is_skipping; /* amid a line that is too long */
	uint64_t too_long;
};

int log_lines_init(struct log_lines *lines, size_t line_max, size_t block_max);
void log_lines_clear(struct log_lines *lines);
void log_lines_reset(struct log_lines *lines); /* forget the text, not the counter */

/* Where the next block goes, at most block_max of it; only when next() gave NULL. */
char *log_lines_room(struct log_lines *lines);
void log_lines_put(struct log_lines *lines, size_t size);
/* NULL: it takes another block. Valid until that is asked for. */
char *log_lines_next(struct log_lines *lines, size_t *out_size);
/* Size of what stands behind the last '\n'. */
size_t log_lines_left(const struct log_lines *lines);
/* It, as a line, when nothing follows. NULL: there is none. */
char *log_lines_rest(struct log_lines *lines, size_t *out_size);

/* The same, from the end back: where the next block is to end. */
char *log_lines_room_before(struct log_lines *lines);
void log_lines_put_before(struct log_lines *lines, size_t size);
char *log_lines_previous(struct log_lines *lines, size_t *out_size);
/* The first line, when no block is left. */
char *log_lines_first(struct log_lines *lines, size_t *out_size);
