// SPDX-License-Identifier: Apache-2.0
/*
 * Links are relative: a proxy may serve the page under another path. Widths are
 * attributes of SVG: the policy of the page allows no style inside of it.
 */
#include "core/page/page.h"

#include <math.h>
#include <string.h>

#include "core/page/html.h"
#include "core/page/page_events.h"
#include "core/page/page_map.h"
#include "core/status/status.h"

#define NEARLY_FULL 0.9
#define FILLING 0.8

static void write_head(const struct status *status, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	      "<meta name=\"color-scheme\" content=\"light dark\"><title>",
	      out);
	if (status->level != STATUS_GOOD)
		fprintf(out, "%s: ", status_level_name(status->level));
	html_text(out, status->node);
	fputs(" - podip</title><link rel=\"stylesheet\" href=\"page.css\">"
	      "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"
	      "<script src=\"page.js\" defer></script></head>\n<body>"
	      "<p id=\"silence\" role=\"alert\" hidden></p>\n<main>\n",
	      out);
}

static void write_fact(FILE *out, const char *name, double value)
{
	if (isnan(value))
		return;
	fprintf(out, "<div><dt>%s</dt><dd>", name);
	html_count(out, value);
	fputs("</dd></div>", out);
}

static double sum_leaked(const struct status *status)
{
	double sum = 0;

	for (size_t i = 0; i < status->range_count; i++)
		sum += isnan(status->ranges[i].leaked) ? 0 : status->ranges[i].leaked;
	return sum;
}

static double sum_incidents(const struct status *status)
{
	double sum = 0;

	for (size_t i = 0; i < REASON_COUNT; i++)
		sum += isnan(status->incidents[i]) ? 0 : status->incidents[i];
	return sum;
}

static void write_facts(const struct status *status, FILE *out)
{
	fputs("<dl class=\"facts\">", out);
	write_fact(out, "Pod namespaces", status->namespaces);
	write_fact(out, "Max pods", status->max_pods);
	write_fact(out, "Pods waiting", status->waiting);
	write_fact(out, "Pods that failed", sum_incidents(status));
	write_fact(out, "Leaked addresses", sum_leaked(status));
	write_fact(out, "Duplicate addresses", status->duplicates);
	fputs("</dl>\n", out);
}

static void write_top(const struct status *status, FILE *out)
{
	static const char *const words[STATUS_LEVEL_COUNT] = {
		[STATUS_GOOD] = "\u2713 Good",
		[STATUS_WARNING] = "\u25b2 Warning",
		[STATUS_CRITICAL] = "\u2716 Critical",
	};

	fputs("<header><h1>", out);
	html_text(out, status->node);
	fprintf(out, "</h1><p class=\"level %s\"><b>%s</b> ", status_level_name(status->level),
		words[status->level]);
	html_text(out, status->why);
	fputs("</p><p class=\"sub\">podip ", out);
	html_text(out, status->version);
	fputs(", backend ", out);
	html_text(out, status->backend);
	if (status->started_s > 0) {
		fputs(", up ", out);
		html_seconds(out, (double)status->wall_ns / 1e9 - status->started_s);
	}
	fputs(". As of ", out);
	html_time(out, status->wall_ns);
	fputs(" UTC.</p></header>\n", out);
	write_facts(status, out);
}

/* ---- alerts ---- */

static void write_alert(const struct status *status, const struct status_alert *alert, FILE *out)
{
	fprintf(out, "<li class=\"%s\"><b>", alert->is_firing ? "firing" : "pending");
	html_text(out, alert->alert);
	fputs("</b> ", out);
	html_text(out, alert->range);
	fputs(" <span>", out);
	html_text(out, alert->severity);
	fputs(alert->is_firing ? ", firing" : ", pending", out);
	if (alert->since_ns > 0 && alert->since_ns <= status->wall_ns) {
		fputs(" for ", out);
		html_seconds(out, (double)(status->wall_ns - alert->since_ns) / 1e9);
	}
	fputs("</span></li>\n", out);
}

static void write_alerts(const struct status *status, FILE *out)
{
	if (!status->alert_count)
		return;
	fputs("<section id=\"alerts\"><h2>Alerts</h2><ul class=\"alerts\">\n", out);
	for (size_t i = 0; i < status->alert_count; i++)
		write_alert(status, &status->alerts[i], out);
	fputs("</ul></section>\n", out);
}

/* ---- ranges ---- */

static const char *fullness(const struct status_range *range)
{
	return range->utilization >= NEARLY_FULL ? "l" : range->utilization >= FILLING ? "c" : "u";
}

static void write_bar(const struct status_range *range, FILE *out)
{
	double ratio = range->utilization < 1 ? range->utilization : 1;

	if (isnan(range->utilization))
		return;
	fprintf(out,
		"<svg class=\"bar\" viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\"><rect class=\"%s\" width=\"%.1f\" height=\"1\"/></svg>",
		fullness(range), ratio > 0 ? 100 * ratio : 0);
}

static void write_used(const struct status_range *range, FILE *out)
{
	write_bar(range, out);
	fputs("<span>", out);
	html_count(out, range->used);
	if (!isnan(range->usable)) {
		fputs(" of ", out);
		html_count(out, range->usable);
	}
	fputs("</span>", out);
	if (range->used > 0 && range->utilization < 0.01)
		fputs(" <b>&lt;1\u00a0%</b>", out);
	else if (!isnan(range->utilization))
		fprintf(out, " <b>%.0f\u00a0%%</b>", floor(range->utilization * 100));
	if (range->free == 0 && *range->cidr)
		fputs(" <strong>full</strong>", out);
}

static void write_soon(FILE *out, double seconds)
{
	if (seconds <= 0)
		fputs("now", out);
	else
		html_seconds(out, seconds);
}

static void write_range_row(const struct status_range *range, size_t number, FILE *out)
{
	fputs("<tr><th scope=\"row\">", out);
	if (*range->cidr)
		fprintf(out, "<a href=\"#range-%zu\">", number);
	html_text(out, range->name);
	fputs(*range->cidr ? "</a> <code>" : "", out);
	html_text(out, range->cidr);
	fputs(*range->cidr ? "</code>" : " <small>in no range</small>", out);
	fputs("</th><td class=\"use\">", out);
	write_used(range, out);
	fputs("</td><td class=\"n free\">", out);
	if (isnan(range->free))
		fputs("-", out);
	else
		html_count(out, range->free);
	if (isnan(range->time_to_exhaustion_s)) {
		fputs("</td><td class=\"n full none\">-", out);
	} else {
		fputs("</td><td class=\"n full\">", out);
		write_soon(out, range->time_to_exhaustion_s);
	}
	fputs("</td></tr>\n", out);
}

/* In no range, and no address there: nothing to tell. */
static bool is_told(const struct status_range *range)
{
	return *range->cidr || range->used > 0;
}

static void write_ranges(const struct status *status, size_t shown, FILE *out)
{
	fputs("<section id=\"ranges\"><table class=\"ranges\"><caption>Ranges, the fullest first"
	      "</caption><thead><tr><th scope=\"col\">Range</th><th scope=\"col\">Used</th>"
	      "<th scope=\"col\" class=\"n\">Free</th><th scope=\"col\" class=\"n\">Full in</th>"
	      "</tr></thead><tbody>\n",
	      out);
	for (size_t i = 0; i < shown; i++)
		if (is_told(&status->ranges[i]))
			write_range_row(&status->ranges[i], i, out);
	fputs("</tbody></table>", out);
	if (status->range_count + status->ranges_left_out > shown)
		fprintf(out,
			"<p class=\"scale\">%zu more are in <a href=\"metrics\">/metrics</a>.</p>",
			status->range_count + status->ranges_left_out - shown);
	fputs("</section>\n", out);
}

/* ---- maps ---- */

static const struct range *find_range(const struct range_table *ranges, const char *cidr)
{
	struct prefix prefix;

	if (prefix_parse(cidr, &prefix))
		return NULL;
	for (size_t i = 0; i < range_table_count(ranges); i++)
		if (!prefix_compare(&range_table_at(ranges, i)->cidr, &prefix))
			return range_table_at(ranges, i);
	return NULL;
}

static int write_map(const struct page_input *input, size_t number, size_t cells_max, FILE *out)
{
	const struct status_range *range = &input->status->ranges[number];
	const struct range *drawn = find_range(input->ranges, range->cidr);
	int err;

	if (!drawn)
		return 0;
	fprintf(out, "<figure id=\"range-%zu\"><figcaption><h3>", number);
	html_text(out, range->name);
	fputs("</h3> <code>", out);
	html_text(out, range->cidr);
	fputs("</code> <small>", out);
	html_text(out, range->scope);
	fputs(", by ", out);
	html_text(out, range->source);
	fputs("</small></figcaption>\n", out);
	err = page_map_write(drawn, input->marks, cells_max, out);
	fputs("</figure>\n", out);
	return err;
}

static int write_maps(const struct page_input *input, size_t shown, FILE *out)
{
	size_t cells_max = RANGE_MAP_CELLS_MAX;
	int err = 0;

	while (cells_max * shown > PAGE_CELLS_MAX)
		cells_max /= 2;
	fputs("<section id=\"maps\"><h2>Maps</h2>\n", out);
	page_map_patterns(out);
	fputs("<div class=\"maps\">\n", out);
	for (size_t i = 0; i < shown && !err; i++)
		err = write_map(input, i, cells_max, out);
	fputs("</div></section>\n", out);
	return err;
}

/* ---- sources, and what was lost ---- */

static void write_cell(FILE *out, double value, void (*write)(FILE *out, double value))
{
	fputs("<td class=\"n\">", out);
	if (isnan(value))
		fputs("-", out);
	else
		write(out, value);
	fputs("</td>", out);
}

struct source_state {
	const char *class, *word;
};

/* What was looked for, and is not on this node, is down, too; nobody has to act on that. */
static const struct source_state *source_state(const struct status_source *source)
{
	static const struct source_state up = { "up", "\u2713 up" };
	static const struct source_state down = { "down", "\u2716 down" };
	static const struct source_state absent = { "absent", "not there" };

	if (source->is_up)
		return &up;
	return source->was_up || source->errors > 0 ? &down : &absent;
}

static void write_source(const struct status_source *source, FILE *out)
{
	const struct source_state *state = source_state(source);

	fputs("<tr><th scope=\"row\">", out);
	html_text(out, source->name);
	fprintf(out, "</th><td class=\"%s\">%s</td>", state->class, state->word);
	write_cell(out, source->entries, html_count);
	write_cell(out, source->errors, html_count);
	write_cell(out, source->age_s, html_seconds);
	fputs("</tr>\n", out);
}

static void write_unasked(const struct status *status, FILE *out)
{
	const char *before = "<p class=\"scale\">Not on this node: ";

	for (size_t i = 0; i < status->source_count; i++) {
		if (status->sources[i].is_asked)
			continue;
		fputs(before, out);
		html_text(out, status->sources[i].name);
		before = ", ";
	}
	fputs(*before == ',' ? ".</p>" : "", out);
}

static void write_sources(const struct status *status, FILE *out)
{
	fputs("<section id=\"sources\"><table class=\"sources\"><caption>Sources</caption><thead><tr>"
	      "<th scope=\"col\">Source</th><th scope=\"col\">State</th>"
	      "<th scope=\"col\" class=\"n\">Entries</th><th scope=\"col\" class=\"n\">Errors</th>"
	      "<th scope=\"col\" class=\"n\">Age</th></tr></thead><tbody>\n",
	      out);
	for (size_t i = 0; i < status->source_count; i++)
		if (status->sources[i].is_asked)
			write_source(&status->sources[i], out);
	fputs("</tbody></table>", out);
	write_unasked(status, out);
	fputs("</section>\n", out);
}

static void write_losses(const struct status *status, FILE *out)
{
	if (!status->loss_count)
		return;
	fputs("<section id=\"losses\"><h2>Lost since the start</h2><ul>", out);
	for (size_t i = 0; i < status->loss_count; i++) {
		fputs("<li>", out);
		html_text(out, status->losses[i].cause);
		fputs(" <b>", out);
		html_count(out, status->losses[i].count);
		fputs("</b></li>", out);
	}
	fputs("</ul></section>\n", out);
}

int page_write(const struct page_input *input, FILE *out)
{
	const struct status *status = input->status;
	size_t shown = status->range_count < PAGE_RANGES_MAX ? status->range_count
							     : PAGE_RANGES_MAX;
	int err;

	write_head(status, out);
	write_top(status, out);
	write_alerts(status, out);
	write_ranges(status, shown, out);
	err = write_maps(input, shown, out);
	if (err)
		return err;
	page_events_write(input->events, input->event_count, input->shows_pods, out);
	write_sources(status, out);
	write_losses(status, out);
	fputs("</main>\n<footer><a href=\"metrics\">/metrics</a> <a href=\"healthz\">/healthz</a> "
	      "<a href=\"readyz\">/readyz</a></footer></body></html>\n",
	      out);
	return 0;
}
