// SPDX-License-Identifier: Apache-2.0
#include "cli/status/status_print.h"

#include <math.h>
#include <string.h>

#include "cli/base/color.h"
#include "cli/status/status_cells.h"
#include "core/base/duration.h"

enum {
	RANGE_WIDTH = 11,
	CIDR_WIDTH = 18,
	BAR_WIDTH = 10,
	USED_WIDTH = 11,
	PERCENT_WIDTH = 4,
	FREE_WIDTH = 5,
	TIME_WIDTH = 7,
	RATE_WIDTH = 6,
	LABEL_WIDTH = 9,
	RANGES_SHOWN = 10,
	ALERTS_SHOWN = 4,
};

struct page {
	const struct status *status;
	bool has_color;
	FILE *out;
};

/* ---- head ---- */

static const enum tint level_colors[] = {
	[STATUS_GOOD] = TINT_GREEN,
	[STATUS_WARNING] = TINT_YELLOW,
	[STATUS_CRITICAL] = TINT_RED,
};

static void print_agent(const struct page *page)
{
	const struct status *status = page->status;
	char text[512], up[DURATION_TEXT_SIZE], walked[DURATION_TEXT_SIZE];
	size_t at;

	status_duration((double)status->wall_ns / 1e9 - status->started_s, up);
	at = (size_t)snprintf(text, sizeof(text), "podip %s, %s, up %s", status->version,
			      status->backend, up);
	if (!isnan(status->reconcile_age_s)) {
		status_duration(status->reconcile_age_s, walked);
		at += (size_t)snprintf(text + at, sizeof(text) - at, ", walked %s ago", walked);
	}
	if (!isnan(status->namespaces))
		at += (size_t)snprintf(text + at, sizeof(text) - at, "; %.0f namespace%s",
				       status->namespaces, status_plural(status->namespaces));
	if (status_is_some(status->max_pods))
		snprintf(text + at, sizeof(text) - at, ", at most %.0f pods", status->max_pods);
	status_put_text(page->out, text, STATUS_COLUMNS);
	putc('\n', page->out);
}

static void print_head(const struct page *page)
{
	const struct status *status = page->status;
	const char *level = status_level_name(status->level);

	fprintf(page->out, "%s%s%s  ", color_start(page->has_color, level_colors[status->level]),
		level, color_end(page->has_color));
	status_put_text(page->out, status->node, STATUS_COLUMNS - strlen(level) - 2);
	putc('\n', page->out);
	status_put_wrapped(page->out, status->why, STATUS_COLUMNS);
	print_agent(page);
}

/* ---- ranges ---- */

static void print_range(const struct page *page, const struct status_range *range)
{
	char bar[BAR_WIDTH + 1], free[STATUS_CELL_SIZE];
	struct status_cells cells;

	status_cells_of(range, range->assign_per_s, &cells);
	status_format_count(range->free, free);
	status_bar(range->utilization, BAR_WIDTH, bar);
	status_put_cell(page->out, range->name, RANGE_WIDTH);
	status_put_cell(page->out, status_range_cidr(range), CIDR_WIDTH);
	fprintf(page->out, "%s%s%s %*s %*s %*s %*s %*s\n",
		color_start(page->has_color, status_range_tint(range)), bar,
		color_end(page->has_color), USED_WIDTH, cells.used, PERCENT_WIDTH, cells.percent,
		FREE_WIDTH, free, TIME_WIDTH, cells.time, RATE_WIDTH, cells.rate);
}

static void print_ranges(const struct page *page)
{
	const struct status *status = page->status;
	size_t shown = status->range_count < RANGES_SHOWN ? status->range_count : RANGES_SHOWN;
	size_t others = status->range_count - shown + status->ranges_left_out;

	if (!shown) {
		fputs("\nNo range is known, and no pod has an address.\n", page->out);
		return;
	}
	fprintf(page->out, "\n%s%-*s %-*s %*s %*s %*s %*s %*s %*s%s\n",
		color_start(page->has_color, TINT_BOLD), RANGE_WIDTH, "RANGE", CIDR_WIDTH, "CIDR",
		BAR_WIDTH, "", USED_WIDTH, "USED/USABLE", PERCENT_WIDTH, "USE%", FREE_WIDTH, "FREE",
		TIME_WIDTH, "FULL-IN", RATE_WIDTH, "NEW", color_end(page->has_color));
	for (size_t i = 0; i < shown; i++)
		print_range(page, &status->ranges[i]);
	if (others)
		fprintf(page->out, "and %zu more, less full: see -o json\n", others);
}

/* ---- what is wrong, a line each ---- */

static void print_label(const struct page *page, const char *label, bool is_bad)
{
	fprintf(page->out, "%s%-*s%s ", color_start(page->has_color && is_bad, TINT_YELLOW),
		LABEL_WIDTH, label, color_end(page->has_color && is_bad));
}

/* One line; text may hold anything. */
static void print_line(const struct page *page, const char *label, bool is_bad, const char *text)
{
	print_label(page, label, is_bad);
	status_put_text(page->out, text, STATUS_COLUMNS - LABEL_WIDTH - 1);
	putc('\n', page->out);
}

static void print_waiting(const struct page *page)
{
	struct status_list list = { 0 };

	status_list_waiting(page->status, &list);
	print_line(page, "waiting", list.count, list.count ? list.text : "no pod");
}

static void print_failures(const struct page *page)
{
	struct status_list list = { 0 };

	status_list_failures(page->status, &list);
	print_line(page, "failed", list.count, list.count ? list.text : "no CNI call");
}

static void print_alert(const struct page *page, const struct status_alert *alert)
{
	char text[512], since[DURATION_TEXT_SIZE];
	size_t at = (size_t)snprintf(text, sizeof(text), "%s", alert->alert);

	if (*alert->range)
		at += (size_t)snprintf(text + at, sizeof(text) - at, " of '%s'", alert->range);
	at += (size_t)snprintf(text + at, sizeof(text) - at, ", %s%s", alert->severity,
			       alert->is_firing ? "" : ", pending");
	if (alert->since_ns) {
		status_duration(((double)page->status->wall_ns - (double)alert->since_ns) / 1e9,
				since);
		snprintf(text + at, sizeof(text) - at, ", for %s", since);
	}
	print_line(page, "alert", alert->is_firing, text);
}

static void print_alerts(const struct page *page)
{
	const struct status *status = page->status;
	size_t shown = status->alert_count < ALERTS_SHOWN ? status->alert_count : ALERTS_SHOWN;
	size_t others = status->alert_count - shown + status->alerts_left_out;
	char text[64];

	if (!shown)
		print_line(page, "alerts", false, "none");
	for (size_t i = 0; i < shown; i++)
		print_alert(page, &status->alerts[i]);
	snprintf(text, sizeof(text), "and %zu more: see -o json", others);
	if (others)
		print_line(page, "", false, text);
}

static void print_sources(const struct page *page)
{
	struct status_list list = { 0 };

	status_list_sources(page->status, &list);
	if (list.count)
		print_line(page, "sources", true, list.text);
}

static void print_lost(const struct page *page)
{
	struct status_list leaks = { 0 }, losses = { 0 };

	status_list_leaks(page->status, &leaks);
	status_list_losses(page->status, &losses);
	if (leaks.count)
		print_line(page, "leaked", true, leaks.text);
	if (losses.count)
		print_line(page, "lost", true, losses.text);
}

void status_print(const struct status *status, bool has_color, FILE *out)
{
	const struct page page = { status, has_color, out };

	print_head(&page);
	print_ranges(&page);
	putc('\n', out);
	print_waiting(&page);
	print_failures(&page);
	print_alerts(&page);
	print_sources(&page);
	print_lost(&page);
}
