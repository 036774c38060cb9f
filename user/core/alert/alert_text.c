// SPDX-License-Identifier: Apache-2.0
#include "core/alert/alert_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/duration.h"
#include "core/base/text.h"

enum { NAME_SIZE = 128 };

/* A text that is put together piece by piece. */
struct line {
	char *text;
	size_t used; /* less than ALERT_MESSAGE_SIZE */
};

static void put(struct line *line, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(struct line *line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(line->text + line->used, ALERT_MESSAGE_SIZE - line->used, fmt, args);
	va_end(args);
	line->used += strlen(line->text + line->used);
}

static void put_duration(struct line *line, double s)
{
	char text[DURATION_TEXT_SIZE];
	double ns = s * 1e9;

	duration_format(ns < (double)DURATION_MAX_NS ? (uint64_t)fmax(ns, 0) : DURATION_MAX_NS,
			text);
	put(line, "%s", text);
}

static void put_range(struct line *line, const char *name, const char *cidr)
{
	char clean[NAME_SIZE];

	text_to_line(name, clean, sizeof(clean));
	put(line, "'%s' (%s)", clean, cidr);
}

static void put_used(struct line *line, const struct alerts_range *range)
{
	put(line, "%.0f of %.0f addresses", range->used, range->bound);
}

static void say_used(struct line *line, const struct alert_facts *facts)
{
	put_used(line, facts->range);
	put(line, " of ");
	put_range(line, facts->range->name, facts->range->cidr);
	put(line, " are used");
}

static void say_forecast(struct line *line, const struct alert_facts *facts)
{
	put_range(line, facts->range->name, facts->range->cidr);
	if (facts->value >= 0) {
		put(line, " will be full in ");
		put_duration(line, facts->value);
	} else {
		put(line, " is not seen to fill");
	}
	put(line, ": ");
	put_used(line, facts->range);
	put(line, " are used");
}

static void say_leaked(struct line *line, const struct alert_facts *facts)
{
	double leaked = fmax(facts->range->leaked, 0);

	put(line, "%.0f addresses of ", leaked);
	put_range(line, facts->range->name, facts->range->cidr);
	put(line, " are leaked, %.0f more than at the least within ", fmax(facts->value, 0));
	put_duration(line, (double)ALERT_LEAK_WINDOW_NS / 1e9);
}

static void say_failed(struct line *line, const struct alert_facts *facts)
{
	const char *before = ": ";

	if (facts->value > 0)
		put(line, "%.0f", facts->value);
	else
		put(line, "none");
	put(line, " of the CNI's ADDs failed within ");
	put_duration(line, (double)ALERT_FAILING_WINDOW_NS / 1e9);
	for (enum reason i = 0; i < REASON_COUNT; i++) {
		if (!facts->failed[i])
			continue;
		put(line, "%s%" PRIu64 " %s", before, facts->failed[i], reason_name(i));
		before = ", ";
	}
}

static void say_waiting(struct line *line, const struct alert_facts *facts)
{
	if (!facts->view->waiting) {
		put(line, "no pod waits for its address");
		return;
	}
	put(line, "a pod has waited for its address for ");
	put_duration(line, facts->value);
	put(line, ", %" PRIu32 " wait", facts->view->waiting);
}

static void say_sources(struct line *line, const struct alerts_view *view)
{
	char clean[NAME_SIZE];

	text_to_line(view->source_down ? view->source_down : "", clean, sizeof(clean));
	put(line, "source '%s'", clean);
	if (view->sources_down > 1)
		put(line, " and %" PRIu32 " more are down", view->sources_down - 1);
	else
		put(line, " is down");
}

static void say_blind(struct line *line, const struct alert_facts *facts)
{
	const struct alerts_view *view = facts->view;

	put(line, "%s", facts->value > 0 ? "podip does not see all" : "podip sees all");
	if (facts->lost) {
		put(line, "; %" PRIu64 " events lost within ", facts->lost);
		put_duration(line, (double)ALERT_LOST_WINDOW_NS / 1e9);
	}
	if (view->sources_down) {
		put(line, "; ");
		say_sources(line, view);
	}
	if (view->walk_period_s > 0) {
		put(line, "; last walk ");
		put_duration(line, view->walk_age_s);
		put(line, " ago, one is due every ");
		put_duration(line, view->walk_period_s);
	}
}

static const struct {
	void (*say)(struct line *line, const struct alert_facts *facts);
	const char *summary;
} texts[ALERT_KIND_COUNT] = {
	[ALERT_RANGE_FILLING] = { say_used, "Pod addresses of a range are running low." },
	[ALERT_RANGE_FILLING_CRITICAL] = { say_used,
					   "Pod addresses of a range are nearly all used." },
	[ALERT_RANGE_WILL_BE_FULL] = { say_forecast,
				       "Pod addresses of a range will soon be all used." },
	[ALERT_RANGE_EXHAUSTED] = { say_used, "A range has no pod address left." },
	[ALERT_LEAK_GROWING] = { say_leaked, "More and more pod addresses are leaked." },
	[ALERT_ALLOCATION_FAILING] = { say_failed, "Pods do not get an address." },
	[ALERT_SANDBOX_WAITING] = { say_waiting, "A pod waits too long for its address." },
	[ALERT_AGENT_BLIND] = { say_blind, "podip does not see all pod addresses of the node." },
};

void alert_text_message(enum alert_kind kind, const struct alert_facts *facts,
			char out[static ALERT_MESSAGE_SIZE])
{
	struct line line = { .text = out };

	texts[kind].say(&line, facts);
}

void alert_text_gone(const char *range, const char *cidr, char out[static ALERT_MESSAGE_SIZE])
{
	struct line line = { .text = out };

	put_range(&line, range, cidr);
	put(&line, " is no range of this node any more");
}

const char *alert_text_summary(enum alert_kind kind)
{
	return texts[kind].summary;
}

void alert_text_runbook(const char *base, enum alert_kind kind, char out[static ALERT_RUNBOOK_SIZE])
{
	size_t size = base ? strlen(base) : 0;

	*out = '\0';
	while (size && base[size - 1] == '/')
		size--;
	if (size && size + strlen("/.md") + strlen(alert_name(kind)) < ALERT_RUNBOOK_SIZE)
		snprintf(out, ALERT_RUNBOOK_SIZE, "%.*s/%s.md", (int)size, base, alert_name(kind));
}
