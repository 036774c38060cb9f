// SPDX-License-Identifier: Apache-2.0
#include "cli/status_print.h"

#include <math.h>
#include <string.h>

#include "cli/color.h"
#include "cli/plan_print.h"
#include "cli/status_cells.h"
#include "core/alert_rules.h"
#include "core/duration.h"
#include "core/forecast.h"

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
	USED_SIZE = 2 * PLAN_COUNT_SIZE,
	TIME_SIZE = DURATION_TEXT_SIZE + 1,
};

struct page {
	const struct status *status;
	bool has_color;
	FILE *out;
};

static bool is_some(double number)
{
	return number > 0; /* what is not known is none */
}

static const char *plural(double count)
{
	return count == 1 ? "" : "s";
}

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
				       status->namespaces, plural(status->namespaces));
	if (is_some(status->max_pods))
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

/* What is not nothing shows, and what is not all shows that. */
static unsigned int bar_cells(double utilization)
{
	double share = fmin(fmax(utilization, 0), 1);
	unsigned int cells = (unsigned int)floor(share * BAR_WIDTH);

	return cells || share <= 0 ? cells : 1;
}

static void print_bar(const struct page *page, const struct status_range *range)
{
	double warning = alert_rules_default().of[ALERT_RANGE_FILLING].threshold;
	enum tint color = range->free <= 0		  ? TINT_RED
			  : range->utilization >= warning ? TINT_YELLOW
							  : TINT_GREEN;
	unsigned int cells = isnan(range->utilization) ? 0 : bar_cells(range->utilization);

	if (isnan(range->utilization)) {
		fprintf(page->out, "%*s", BAR_WIDTH, "");
		return;
	}
	fputs(color_start(page->has_color, color), page->out);
	for (unsigned int i = 0; i < BAR_WIDTH; i++)
		putc(i < cells ? '#' : '.', page->out);
	fputs(color_end(page->has_color), page->out);
}

/* Five columns at most. */
static void format_count(double count, char out[static PLAN_COUNT_SIZE])
{
	if (isnan(count) || count < 0)
		snprintf(out, PLAN_COUNT_SIZE, "-");
	else if (count < 1e5)
		snprintf(out, PLAN_COUNT_SIZE, "%.0f", count);
	else if (count < 1e6)
		snprintf(out, PLAN_COUNT_SIZE, "%.0fk", floor(count / 1e3));
	else if (count < 1e9)
		snprintf(out, PLAN_COUNT_SIZE, "%.0fM", floor(count / 1e6));
	else
		snprintf(out, PLAN_COUNT_SIZE, "%.0e", fmin(count, 1e99));
}

static void format_used(const struct status_range *range, char out[static USED_SIZE])
{
	char used[PLAN_COUNT_SIZE], usable[PLAN_COUNT_SIZE];

	format_count(range->used, used);
	format_count(range->usable, usable);
	snprintf(out, USED_SIZE, "%s/%s", used, usable);
}

/* '?': less likely than not. */
static void format_time(const struct status_range *range, char out[static TIME_SIZE])
{
	bool is_likely = !(range->confidence < FORECAST_CONFIDENCE_LIKELY);
	char text[DURATION_TEXT_SIZE];

	status_duration(range->time_to_exhaustion_s, text);
	if (range->time_to_exhaustion_s <= 0)
		snprintf(out, TIME_SIZE, "now");
	else
		snprintf(out, TIME_SIZE, "%s%s", text, is_likely ? "" : "?");
}

static void format_rate(double per_s, char out[static PLAN_COUNT_SIZE])
{
	double per_m = per_s * 60;

	if (isnan(per_m) || per_m < 0)
		snprintf(out, PLAN_COUNT_SIZE, "-");
	else if (per_m >= 9999)
		snprintf(out, PLAN_COUNT_SIZE, ">9k/m");
	else if (per_m >= 10 || per_m == 0)
		snprintf(out, PLAN_COUNT_SIZE, "%.0f/m", per_m);
	else
		snprintf(out, PLAN_COUNT_SIZE, "%.1f/m", per_m);
}

static void print_range(const struct page *page, const struct status_range *range)
{
	char used[USED_SIZE], percent[PLAN_COUNT_SIZE] = "-", free[PLAN_COUNT_SIZE];
	char time[TIME_SIZE], rate[PLAN_COUNT_SIZE];

	format_used(range, used);
	format_count(range->free, free);
	format_time(range, time);
	format_rate(range->assign_per_s, rate);
	if (!isnan(range->utilization))
		snprintf(percent, sizeof(percent), "%.0f%%",
			 floor(fmin(fmax(range->utilization, 0), 9.99) * 100));
	status_put_cell(page->out, range->name, RANGE_WIDTH);
	status_put_cell(page->out,
			*range->cidr   ? range->cidr
			: range->is_v4 ? "ipv4"
				       : "ipv6",
			CIDR_WIDTH);
	print_bar(page, range);
	fprintf(page->out, " %*s %*s %*s %*s %*s\n", USED_WIDTH, used, PERCENT_WIDTH, percent,
		FREE_WIDTH, free, TIME_WIDTH, time, RATE_WIDTH, rate);
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
	const struct status *status = page->status;
	char text[128] = "no pod", wait[DURATION_TEXT_SIZE];

	if (is_some(status->waiting)) {
		status_duration(status->oldest_wait_s, wait);
		snprintf(text, sizeof(text), "%.0f pod%s without an address, the oldest for %s",
			 status->waiting, plural(status->waiting), wait);
	}
	print_line(page, "waiting", is_some(status->waiting), text);
}

static void print_failures(const struct page *page)
{
	const struct status *status = page->status;
	struct status_list list = { 0 };
	double pods = 0;

	for (enum reason i = 0; i < REASON_COUNT; i++) {
		pods += is_some(status->incidents[i]) ? status->incidents[i] : 0;
		if (is_some(status->failures[i]))
			status_list_add(&list, "%s %.0f", reason_name(i), status->failures[i]);
	}
	if (pods > 0)
		status_list_add(&list, "of %.0f pod%s", pods, plural(pods));
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
	const struct status *status = page->status;
	struct status_list list = { 0 };

	for (size_t i = 0; i < status->source_count; i++) {
		const struct status_source *source = &status->sources[i];

		if (!source->is_up && source->was_up)
			status_list_add(&list, "%s is down", source->name);
		else if (is_some(source->errors))
			status_list_add(&list, "%s has %.0f error%s", source->name, source->errors,
					plural(source->errors));
	}
	if (list.count)
		print_line(page, "sources", true, list.text);
}

static void print_lost(const struct page *page)
{
	const struct status *status = page->status;
	struct status_list leaks = { 0 }, lost = { 0 };

	for (size_t i = 0; i < status->range_count; i++)
		if (is_some(status->ranges[i].leaked))
			status_list_add(&leaks, "%.0f of %s", status->ranges[i].leaked,
					status->ranges[i].name);
	if (is_some(status->duplicates))
		status_list_add(&leaks, "%.0f held twice", status->duplicates);
	if (leaks.count)
		print_line(page, "leaked", true, leaks.text);
	for (size_t i = 0; i < status->loss_count; i++)
		status_list_add(&lost, "%s %.0f", status->losses[i].cause, status->losses[i].count);
	if (is_some(status->records_lost))
		status_list_add(&lost, "%.0f log record%s", status->records_lost,
				plural(status->records_lost));
	if (lost.count)
		print_line(page, "lost", true, lost.text);
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
