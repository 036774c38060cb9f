/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `podip top` shows: a status, the newest events, and how the user wants to see
 * them, drawn on anything that has rows and columns.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cli/base/color.h"
#include "core/status/status.h"

enum { TOP_FILTER_SIZE = 64, TOP_LINE_SIZE = 512, TOP_EVENTS_MAX = 64 };

enum top_sort { TOP_BY_FILL, TOP_BY_TIME, TOP_BY_RATE, TOP_BY_NAME, TOP_SORT_COUNT };

struct top_view {
	const struct status *status; /* NULL: the agent has not answered yet */
	const double *rates; /* of each range, addresses assigned a second; NAN not known */
	const char *trouble; /* the agent does not answer: why; "" it does */
	double trouble_s; /* since when */
	const char *const *events; /* lines, the oldest first */
	const bool *is_loud; /* of each: it tells of trouble */
	size_t event_count;
	enum top_sort sort;
	char filter[TOP_FILTER_SIZE]; /* a part of a range's name or CIDR */
	bool is_typing; /* the filter is being typed */
	bool is_paused;
	bool has_help;
	size_t first; /* range that is shown first */
	unsigned int period_s;
};

/* Where to draw: text is one line, cut to fit. */
struct canvas {
	unsigned int rows, columns;
	void (*put)(unsigned int row, unsigned int column, int color, const char *text, void *ctx);
	void *ctx;
};

enum { TOP_PLAIN = -1, TOP_REVERSE = TINT_COUNT }; /* beside enum tint */

/* Ranges that the filter lets through, as they are to be sorted: indices into status->ranges.
 * The count. */
size_t top_list(const struct top_view *view, size_t out[static STATUS_RANGES_MAX]);
void top_draw(struct top_view *view, const struct canvas *canvas);
