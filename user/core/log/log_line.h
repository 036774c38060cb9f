/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every line of the event log begins with: {"v":1,"seq":N,"ts":"T". Read without a JSON
 * parser, for files of many lines. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOG_LINE_TS_SIZE = 30 };

struct log_line {
	uint64_t seq;
	const char *ts; /* borrowed: LOG_LINE_TS_SIZE bytes, which sort as times do */
};

/* -EINVAL: it does not begin like a record. */
int log_line_parse(const char *line, size_t size, struct log_line *out);
/* -EINVAL: its ts is no time. */
int log_line_time(const struct log_line *line, int64_t *out_wall_ns);
/* Could it be a record that was cut off? Not empty. */
bool log_line_is_begun(const char *text, size_t size);
