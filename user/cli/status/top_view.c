// SPDX-License-Identifier: Apache-2.0
/*
 * From the top: who and how bad, the ranges, what is wrong, the newest events, keys. A
 * third of the screen is for events when there are many ranges; ranges take what they
 * need when there are few.
 */
#include "cli/status/top_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "cli/status/status_cells.h"

enum {
	NAME_WIDTH = 14,
	CIDR_WIDTH = 18,
	COLUMNS_BESIDE_BAR = 66, /* of a range's line */
	BAR_WIDTH_MAX = 60,
};

static const char *const sort_names[] = { "fill", "time", "rate", "name" };

_Static_assert(sizeof(sort_names) / sizeof(*sort_names) == TOP_SORT_COUNT, "a sort lacks its name");

/* ---- order ---- */

static bool passes(const struct top_view *view, const struct status_range *range)
{
	return strcasestr(range->name, view->filter) || strcasestr(range->cidr, view->filter);
}

static int by_number(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b); /* what is not known comes last */
	return (a > b) - (a < b);
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct top_view *view = ctx;
	size_t one = *(const size_t *)a, other = *(const size_t *)b;
	const struct status_range *x = &view->status->ranges[one];
	const struct status_range *y = &view->status->ranges[other];
	int order = 0;

	if (view->sort == TOP_BY_TIME)
		order = by_number(x->time_to_exhaustion_s, y->time_to_exhaustion_s);
	else if (view->sort == TOP_BY_RATE)
		order = by_number(-view->rates[one], -view->rates[other]);
	else if (view->sort == TOP_BY_NAME)
		order = strcmp(x->name, y->name);
	return order ? order : (one > other) - (one < other); /* as they came: the fullest first */
}

size_t top_list(const struct top_view *view, size_t out[static STATUS_RANGES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < view->status->range_count; i++)
		if (passes(view, &view->status->ranges[i]))
			out[count++] = i;
	if (count)
		qsort_r(out, count, sizeof(*out), compare, (void *)view);
	return count;
}

/* ---- drawing ---- */

struct pen {
	struct top_view *view;
	const struct canvas *canvas;
	unsigned int row;
};

static void put(const struct pen *pen, unsigned int column, int color, const char *text)
{
	if (pen->row < pen->canvas->rows && column < pen->canvas->columns)
		pen->canvas->put(pen->row, column, color, text, pen->canvas->ctx);
}

/* text, with what came from elsewhere made fit for a terminal, in so many columns. */
static void cut(const char *text, size_t width, char out[static TOP_LINE_SIZE])
{
	FILE *stream = fmemopen(out, TOP_LINE_SIZE, "w");

	out[0] = '\0';
	if (!stream)
		return;
	status_put_text(stream, text, width);
	fclose(stream);
}

static void draw_title(struct pen *pen)
{
	static const int colors[] = { TINT_GREEN, TINT_YELLOW, TINT_RED };
	const struct top_view *view = pen->view;
	const struct status *status = view->status;
	char line[TOP_LINE_SIZE], time[32] = "";
	const char *level = status ? status_level_name(status->level) : "no answer yet";
	time_t seconds = status ? (time_t)(status->wall_ns / 1000000000) : 0;
	struct tm tm;
	unsigned int columns = pen->canvas->columns;

	gmtime_r(&seconds, &tm);
	strftime(time, sizeof(time), "%H:%M:%S UTC", &tm);
	put(pen, 0, TINT_BOLD, "podip top");
	cut(status ? status->node : "", columns > 48 ? columns - 48 : 0, line);
	put(pen, 11, TOP_PLAIN, line);
	put(pen, 11 + (unsigned int)strlen(line) + 2, status ? colors[status->level] : TINT_YELLOW,
	    level);
	if (status && columns > 14)
		put(pen, columns - 12, TOP_PLAIN, time);
	pen->row++;
}

static void draw_second_line(struct pen *pen)
{
	const struct top_view *view = pen->view;
	char line[TOP_LINE_SIZE], text[TOP_LINE_SIZE], since[DURATION_TEXT_SIZE];

	if (*view->trouble) {
		status_duration(view->trouble_s, since);
		snprintf(text, sizeof(text), "the agent does not answer for %s: %s", since,
			 view->trouble);
		cut(text, pen->canvas->columns, line);
		put(pen, 0, TINT_RED, line);
	} else if (view->status) {
		cut(view->status->why, pen->canvas->columns, line);
		put(pen, 0, view->status->level == STATUS_GOOD ? TINT_DIM : TINT_YELLOW,
		    *line ? line : "all is well");
	}
	pen->row++;
}

static unsigned int bar_width(const struct pen *pen)
{
	unsigned int columns = pen->canvas->columns;
	unsigned int width = columns > COLUMNS_BESIDE_BAR ? columns - COLUMNS_BESIDE_BAR : 0;

	return width < BAR_WIDTH_MAX ? width : BAR_WIDTH_MAX;
}

static void draw_range(struct pen *pen, size_t index)
{
	const struct status_range *range = &pen->view->status->ranges[index];
	char name[TOP_LINE_SIZE], bar[BAR_WIDTH_MAX + 1], numbers[TOP_LINE_SIZE];
	struct status_cells cells;
	unsigned int width = bar_width(pen);

	status_cells_of(range, pen->view->rates[index], &cells);
	cut(range->name, NAME_WIDTH, name);
	put(pen, 0, TOP_PLAIN, name);
	put(pen, NAME_WIDTH + 1, TOP_PLAIN, status_range_cidr(range));
	status_bar(range->utilization, width, bar);
	put(pen, NAME_WIDTH + CIDR_WIDTH + 2, (int)status_range_tint(range), bar);
	snprintf(numbers, sizeof(numbers), "%11s %4s %7s %6s", cells.used, cells.percent,
		 cells.time, cells.rate);
	put(pen, NAME_WIDTH + CIDR_WIDTH + 2 + width + (width ? 1 : 0), TOP_PLAIN, numbers);
	pen->row++;
}

static void draw_head(struct pen *pen, size_t count, size_t shown)
{
	const struct top_view *view = pen->view;
	char line[TOP_LINE_SIZE], numbers[64];
	unsigned int width = bar_width(pen), columns = pen->canvas->columns;

	snprintf(line, sizeof(line), "%-*s",
		 (int)(columns < TOP_LINE_SIZE ? columns : TOP_LINE_SIZE - 1), "");
	put(pen, 0, TOP_REVERSE, line);
	snprintf(line, sizeof(line), "RANGE by %s", sort_names[view->sort]);
	put(pen, 0, TOP_REVERSE, line);
	snprintf(line, sizeof(line), "%zu-%zu of %zu", shown ? view->first + 1 : 0,
		 view->first + shown, count);
	put(pen, NAME_WIDTH + 1, TOP_REVERSE, line);
	snprintf(numbers, sizeof(numbers), "%11s %4s %7s %6s", "USED/USABLE", "USE%", "FULL-IN",
		 "NEW");
	put(pen, NAME_WIDTH + CIDR_WIDTH + 2 + width + (width ? 1 : 0), TOP_REVERSE, numbers);
	pen->row++;
}

static void draw_ranges(struct pen *pen, size_t room)
{
	struct top_view *view = pen->view;
	size_t list[STATUS_RANGES_MAX] = { 0 }, count = top_list(view, list), shown;

	if (view->first + room > count)
		view->first = count > room ? count - room : 0;
	shown = count - view->first < room ? count - view->first : room;
	draw_head(pen, count, shown);
	for (size_t i = 0; i < shown; i++)
		draw_range(pen, list[view->first + i]);
	if (!count) {
		put(pen, 0, TINT_DIM, *view->filter ? "no range is named so" : "no range is known");
		pen->row++;
	}
}

/* "waiting 2, 45s  failed exhausted 12 ..." */
static void draw_label(struct pen *pen, const char *label, int color, const char *text)
{
	char line[TOP_LINE_SIZE];
	unsigned int columns = pen->canvas->columns;

	put(pen, 0, TINT_BOLD, label);
	cut(text, columns > 9 ? columns - 9 : 0, line);
	put(pen, 9, color, line);
	pen->row++;
}

/* Lines on what is wrong: those without .none are there only when something is. */
static const struct state_line {
	const char *label;
	const char *none;
	int color;
	void (*list)(const struct status *status, struct status_list *list);
} state_lines[] = {
	{ "waiting", "no pod", TINT_YELLOW, status_list_waiting },
	{ "failed", "no CNI call", TINT_YELLOW, status_list_failures },
	{ "alerts", "none", TINT_RED, status_list_alerts },
	{ "sources", "up", TINT_YELLOW, status_list_sources },
	{ "leaked", NULL, TINT_YELLOW, status_list_leaks },
	{ "lost", NULL, TINT_YELLOW, status_list_losses },
};

static bool list_state(const struct status *status, const struct state_line *line,
		       struct status_list *out)
{
	*out = (struct status_list){ 0 };
	line->list(status, out);
	return out->count || line->none;
}

static size_t count_state(const struct status *status)
{
	struct status_list list;
	size_t count = 0;

	for (size_t i = 0; i < array_size(state_lines); i++)
		count += list_state(status, &state_lines[i], &list);
	return count;
}

static void draw_state(struct pen *pen)
{
	struct status_list list;

	for (size_t i = 0; i < array_size(state_lines); i++) {
		const struct state_line *line = &state_lines[i];

		if (list_state(pen->view->status, line, &list))
			draw_label(pen, line->label, list.count ? line->color : TINT_DIM,
				   list.count ? list.text : line->none);
	}
}

static void draw_events(struct pen *pen, size_t room)
{
	const struct top_view *view = pen->view;
	size_t shown = view->event_count < room ? view->event_count : room;
	char line[TOP_LINE_SIZE];

	if (!room)
		return;
	for (size_t i = view->event_count - shown; i < view->event_count; i++) {
		cut(view->events[i], pen->canvas->columns, line);
		put(pen, 0, view->is_loud[i] ? TINT_RED : TOP_PLAIN, line);
		pen->row++;
	}
	if (!view->event_count)
		put(pen, 0, TINT_DIM, "no event yet");
}

static void draw_keys(struct pen *pen)
{
	const struct top_view *view = pen->view;
	char line[TOP_LINE_SIZE];

	pen->row = pen->canvas->rows - 1;
	if (view->is_typing)
		snprintf(line, sizeof(line), "/%s_   Enter: done, Esc: none", view->filter);
	else
		snprintf(line, sizeof(line),
			 "q quit  s sort  / filter%s%s%s  p %s  +- every %us  ? help",
			 *view->filter ? " '" : "", view->filter, *view->filter ? "'" : "",
			 view->is_paused ? "GO ON (paused)" : "pause", view->period_s);
	put(pen, 0, view->is_paused ? TINT_YELLOW : TINT_DIM, line);
}

static void draw_help(struct pen *pen)
{
	static const char *const lines[] = {
		"q      quit",
		"s      sort ranges: the fullest, the first to be full, the fastest, by name",
		"/      show ranges whose name or CIDR holds a text; Esc shows all",
		"p      pause; Space or Enter asks once",
		"+ -    ask less or more often",
		"Up Down PageUp PageDown Home   scroll the ranges",
		"",
		"FULL-IN  until no address is left; '?': less likely than not",
		"NEW      addresses assigned since the last look, a minute",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		put(pen, 0, TOP_PLAIN, lines[i]);
		pen->row++;
	}
}

void top_draw(struct top_view *view, const struct canvas *canvas)
{
	struct pen pen = { view, canvas, 0 };
	/* Title, second line, head, state, blank, keys. */
	size_t fixed = 2 + 1 + (view->status ? count_state(view->status) : 0) + 1 + 1;
	size_t free, ranges;

	draw_title(&pen);
	draw_second_line(&pen);
	if (view->has_help) {
		draw_help(&pen);
	} else if (view->status) {
		free = canvas->rows > fixed ? canvas->rows - fixed : 0;
		ranges = view->status->range_count ? view->status->range_count : 1;
		if (ranges > free * 2 / 3)
			ranges = free > 1 ? free * 2 / 3 : 1;
		draw_ranges(&pen, ranges);
		draw_state(&pen);
		pen.row++;
		draw_events(&pen, canvas->rows > pen.row + 1 ? canvas->rows - 1 - pen.row : 0);
	}
	draw_keys(&pen);
}
