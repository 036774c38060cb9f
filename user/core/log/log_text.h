/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log text: records of the event log as lines for people. Nothing is cut; what a
 * terminal would obey is escaped. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record/record.h"

enum {
	LOG_TEXT_COLUMNS = 7,
	/* Room beside LOG_TEXT_GROWTH bytes for each of the record's line: a line always fits. */
	LOG_TEXT_ROOM = 2048,
	LOG_TEXT_GROWTH = 4, /* "\x7f" */
};

/* What one output has shown so far. All zeroes but for has_color is ready for use. */
struct log_text {
	bool has_color;
	bool has_day;
	int64_t day; /* of the last record, since the epoch */
	size_t widths[LOG_TEXT_COLUMNS]; /* of the table: they only grow */
};

/* These write lines with their '\n', NUL-terminated, and give their bytes; what does not fit in
 * size, at least LOG_TEXT_ROOM, is left out. */

/* "14:40:19.134 ip.assigned ...", in UTC; before the first record of a day a line tells the date.
 */
size_t log_text_compact(struct log_text *text, const struct record *record, char *out, size_t size);
/* TIME TYPE ADDRESS POD RANGE USED WHAT. */
size_t log_text_table(struct log_text *text, const struct record *record, char *out, size_t size);
size_t log_text_table_head(struct log_text *text, char *out, size_t size);
