/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON read in place, piece by piece, where a tree of it would cost too much: for lines of
 * millions. Strings lose their escapes where they stand: what is escaped is never longer than its
 * escape. Pure.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_scan {
	char *at, *end;
};

static inline char json_scan_peek(const struct json_scan *scan)
{
	if (scan->at == scan->end)
		return '\0';
	return *scan->at;
}

void json_scan_blanks(struct json_scan *scan); /* but not a line's end */

/* Moves past blanks, and past C if it comes then; else -EINVAL. */
static inline int json_scan_char(struct json_scan *scan, char c)
{
	if (json_scan_peek(scan) != c)
		json_scan_blanks(scan);
	if (scan->at == scan->end || *scan->at != c)
		return -EINVAL;
	scan->at++;
	return 0;
}

/* All give -EINVAL for anything else; where they then stand is not said. */

/* Behind its first quote. It is ended by NUL, where its last quote was or before; it points into
 * the text. Bytes are taken as they are, UTF-8 or not, but NUL, half a surrogate pair and controls
 * that are not escaped are none of a string. */
int json_scan_rest_of_string(struct json_scan *scan, char **out, size_t *out_size);
int json_scan_string(struct json_scan *scan, char **out);
int json_scan_number(struct json_scan *scan, uint64_t *out); /* whole, up to INT64_MAX */
int json_scan_flag(struct json_scan *scan, bool *out);
/* Past any value, of a bounded depth. Its strings are written to, too. */
int json_scan_skip(struct json_scan *scan);
