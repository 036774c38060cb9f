/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events view: reads an event log, picks records, and shows them on stdout.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/log/log_filter.h"

enum events_format { EVENTS_COMPACT, EVENTS_JSON, EVENTS_TABLE };

enum {
	EVENTS_LAST_MAX = 100000,
	EVENTS_ALL = -1, /* of `last`: no bound */
};

struct events_query {
	const char *path; /* as log_reader_open() takes it */
	int64_t since_ns, until_ns; /* both are shown; INT64_MIN and INT64_MAX: no bound */
	int64_t last; /* how many of the newest that match; or EVENTS_ALL */
	bool is_followed;
	enum events_format format;
	bool has_color;
	struct log_filter filter;
};

/* Gives the exit status, after one line on stderr for each thing that was wrong. */
int events_view(const struct events_query *query);
