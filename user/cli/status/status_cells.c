// SPDX-License-Identifier: Apache-2.0
#include "cli/status/status_cells.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/alert/alert_rules.h"
#include "core/base/text.h"
#include "core/forecast/forecast.h"

enum { LINE_SIZE = 2048 };

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text; text += text_char_size(text) ?: 1)
		count++;
	return count;
}

/* The columns that it took. */
static size_t put(FILE *out, const char *text, size_t width)
{
	char line[LINE_SIZE];
	const char *at = line;
	size_t count;

	text_to_line(text, line, sizeof(line));
	count = count_characters(line);
	if (count <= width) {
		fputs(line, out);
		return count;
	}
	for (size_t i = 0; i + 1 < width; i++)
		at += text_char_size(at);
	fprintf(out, "%.*s~", (int)(at - line), line);
	return width;
}

void status_put_text(FILE *out, const char *text, size_t width)
{
	put(out, text, width);
}

void status_put_cell(FILE *out, const char *text, size_t width)
{
	size_t used = put(out, text, width);

	fprintf(out, "%*s", (int)(width - used) + 1, "");
}

void status_put_wrapped(FILE *out, const char *text, size_t width)
{
	char line[LINE_SIZE], word[LINE_SIZE];
	const char *at = line;
	size_t used = 0;

	text_to_line(text, line, sizeof(line));
	while (*at) {
		size_t size = strcspn(at, " "), count;

		memcpy(word, at, size);
		word[size] = '\0';
		count = count_characters(word);
		if (used && used + 1 + count > width) {
			putc('\n', out);
			used = 0;
		} else if (used) {
			putc(' ', out);
			used++;
		}
		used += put(out, word, width);
		at += size;
		at += strspn(at, " ");
	}
	if (used)
		putc('\n', out);
}

void status_duration(double seconds, char out[static DURATION_TEXT_SIZE])
{
	double most = (double)DURATION_MAX_NS / 1e9;

	if (isnan(seconds))
		snprintf(out, DURATION_TEXT_SIZE, "-");
	else
		duration_format((uint64_t)fmin(fmax(round(seconds), 0), most) * 1000000000, out);
}

void status_list_add(struct status_list *list, const char *fmt, ...)
{
	size_t room = sizeof(list->text) - list->used;
	char item[512];
	va_list args;
	int size;

	va_start(args, fmt);
	vsnprintf(item, sizeof(item), fmt, args);
	va_end(args);
	size = snprintf(list->text + list->used, room, "%s%s", list->count ? ", " : "", item);
	list->count++;
	if (size < 0 || (size_t)size >= room)
		list->text[list->used] = '\0';
	else
		list->used += (size_t)size;
}

bool status_is_some(double number)
{
	return number > 0;
}

const char *status_plural(double count)
{
	return count == 1 ? "" : "s";
}

/* ---- a range ---- */

/* What is not nothing shows, and what is not all shows that. */
void status_bar(double utilization, unsigned int width, char *out)
{
	double share = fmin(fmax(utilization, 0), 1);
	unsigned int cells = isnan(utilization) ? 0 : (unsigned int)floor(share * width);

	if (!cells && share > 0 && width && !isnan(utilization))
		cells = 1;
	for (unsigned int i = 0; i < width; i++)
		out[i] = isnan(utilization) ? ' ' : i < cells ? '#' : '.';
	out[width] = '\0';
}

enum tint status_range_tint(const struct status_range *range)
{
	double warning = alert_rules_default().of[ALERT_RANGE_FILLING].threshold;

	if (isnan(range->utilization))
		return TINT_DIM;
	if (range->free <= 0)
		return TINT_RED;
	return range->utilization >= warning ? TINT_YELLOW : TINT_GREEN;
}

const char *status_range_cidr(const struct status_range *range)
{
	return *range->cidr ? range->cidr : range->is_v4 ? "ipv4" : "ipv6";
}

void status_format_count(double count, char out[static STATUS_CELL_SIZE])
{
	if (isnan(count) || count < 0)
		snprintf(out, STATUS_CELL_SIZE, "-");
	else if (count < 1e5)
		snprintf(out, STATUS_CELL_SIZE, "%.0f", count);
	else if (count < 1e6)
		snprintf(out, STATUS_CELL_SIZE, "%.0fk", floor(count / 1e3));
	else if (count < 1e9)
		snprintf(out, STATUS_CELL_SIZE, "%.0fM", floor(count / 1e6));
	else
		snprintf(out, STATUS_CELL_SIZE, "%.0e", fmin(count, 1e99));
}

static void format_used(const struct status_range *range, char out[static STATUS_USED_SIZE])
{
	char used[STATUS_CELL_SIZE], usable[STATUS_CELL_SIZE];

	status_format_count(range->used, used);
	status_format_count(range->usable, usable);
	snprintf(out, STATUS_USED_SIZE, "%s/%s", used, usable);
}

/* '?': less likely than not. */
static void format_time(const struct status_range *range, char out[static STATUS_CELL_SIZE])
{
	bool is_likely = isnan(range->time_to_exhaustion_s) ||
			 !(range->confidence < FORECAST_CONFIDENCE_LIKELY);
	char text[DURATION_TEXT_SIZE];

	status_duration(range->time_to_exhaustion_s, text);
	if (range->time_to_exhaustion_s <= 0)
		snprintf(out, STATUS_CELL_SIZE, "now");
	else
		snprintf(out, STATUS_CELL_SIZE, "%s%s", text, is_likely ? "" : "?");
}

static void format_rate(double per_s, char out[static STATUS_CELL_SIZE])
{
	double per_m = per_s * 60;

	if (isnan(per_m) || per_m < 0)
		snprintf(out, STATUS_CELL_SIZE, "-");
	else if (per_m >= 9999)
		snprintf(out, STATUS_CELL_SIZE, ">9k/m");
	else if (per_m >= 10 || per_m == 0)
		snprintf(out, STATUS_CELL_SIZE, "%.0f/m", per_m);
	else
		snprintf(out, STATUS_CELL_SIZE, "%.1f/m", per_m);
}

void status_cells_of(const struct status_range *range, double per_s, struct status_cells *out)
{
	format_used(range, out->used);
	format_time(range, out->time);
	format_rate(per_s, out->rate);
	if (isnan(range->utilization))
		snprintf(out->percent, sizeof(out->percent), "-");
	else
		snprintf(out->percent, sizeof(out->percent), "%.0f%%",
			 floor(fmin(fmax(range->utilization, 0), 9.99) * 100));
}

/* ---- what is wrong ---- */

void status_list_waiting(const struct status *status, struct status_list *list)
{
	char wait[DURATION_TEXT_SIZE];

	if (!status_is_some(status->waiting))
		return;
	status_duration(status->oldest_wait_s, wait);
	status_list_add(list, "%.0f pod%s without an address, the oldest for %s", status->waiting,
			status_plural(status->waiting), wait);
}

void status_list_failures(const struct status *status, struct status_list *list)
{
	double pods = 0;

	for (enum reason i = 0; i < REASON_COUNT; i++) {
		pods += status_is_some(status->incidents[i]) ? status->incidents[i] : 0;
		if (status_is_some(status->failures[i]))
			status_list_add(list, "%s %.0f", reason_name(i), status->failures[i]);
	}
	if (pods > 0)
		status_list_add(list, "of %.0f pod%s", pods, status_plural(pods));
}

/* Few of many fit on a line: how many there are comes first. */
static void count_alerts(const struct status *status, struct status_list *list)
{
	size_t firing = 0, count = status->alert_count;

	for (size_t i = 0; i < count; i++)
		firing += status->alerts[i].is_firing;
	if (count > 1)
		status_list_add(list, "%zu firing, %zu pending", firing, count - firing);
}

void status_list_alerts(const struct status *status, struct status_list *list)
{
	count_alerts(status, list);
	for (size_t i = 0; i < status->alert_count; i++) {
		const struct status_alert *alert = &status->alerts[i];

		status_list_add(list, "%s%s%s%s", alert->alert, *alert->range ? " of " : "",
				alert->range, alert->is_firing ? "" : " (pending)");
	}
}

void status_list_sources(const struct status *status, struct status_list *list)
{
	for (size_t i = 0; i < status->source_count; i++) {
		const struct status_source *source = &status->sources[i];

		if (!source->is_up && source->was_up)
			status_list_add(list, "%s is down", source->name);
		else if (status_is_some(source->errors))
			status_list_add(list, "%s has %.0f error%s", source->name, source->errors,
					status_plural(source->errors));
	}
}

void status_list_leaks(const struct status *status, struct status_list *list)
{
	for (size_t i = 0; i < status->range_count; i++)
		if (status_is_some(status->ranges[i].leaked))
			status_list_add(list, "%.0f of %s", status->ranges[i].leaked,
					status->ranges[i].name);
	if (status_is_some(status->duplicates))
		status_list_add(list, "%.0f held twice", status->duplicates);
}

void status_list_losses(const struct status *status, struct status_list *list)
{
	for (size_t i = 0; i < status->loss_count; i++)
		status_list_add(list, "%s %.0f", status->losses[i].cause, status->losses[i].count);
	if (status_is_some(status->records_lost))
		status_list_add(list, "%.0f log record%s", status->records_lost,
				status_plural(status->records_lost));
}
