/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A story: what a node looked like over time, evaluated every 10 s, and which alerts
 * fire ("+") and are over ("-") when. A moment holds until the next one.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include "core/alert/alerts.h"

enum { STORY_MOMENTS_MAX = 12, STORY_STEP_S = 10, STORY_TEXT_SIZE = 1024 };

#define STORY_S 1000000000ULL

/* What stays zero is not so. */
struct moment {
	unsigned int at_s;
	double used;
	double full_in_s; /* 0: not known */
	double leaked; /* < 0: nobody looks */
	unsigned int fails_every_s; /* an ADD, first now */
	enum reason reason;
	bool is_waiting; /* a pod, from now on */
	unsigned int loses_every_s; /* an event, first now */
	unsigned int down; /* sources */
	bool walks_end; /* the last one was now */
};

struct story {
	const char *name;
	enum range_scope scope;
	bool is_bound_by_pods;
	double bound;
	struct moment moments[STORY_MOMENTS_MAX]; /* the first at 0, ended by one at 0 */
	unsigned int end_s;
	const char *want; /* "120 +PodipRangeExhausted; 900 -PodipRangeExhausted; " */
};

struct story_log {
	char text[STORY_TEXT_SIZE];
	unsigned int now_s;
};

static inline void story_hear(const struct alert *alert, void *ctx)
{
	struct story_log *log = ctx;
	size_t used = strlen(log->text);

	assert_true(alert->level != ALERT_PENDING);
	snprintf(log->text + used, sizeof(log->text) - used, "%u %c%s; ", log->now_s,
		 alert->level == ALERT_FIRING ? '+' : '-', alert_name(alert->kind));
}

/* Is one of what happens every so often now? */
static inline bool story_is_due(unsigned int every_s, unsigned int since_s, unsigned int now_s)
{
	return every_s && (now_s - since_s) % every_s < STORY_STEP_S;
}

static inline void story_run(const struct story *story)
{
	struct alert_rules rules = alert_rules_default();
	cleanup_alerts struct alerts *alerts = NULL;
	const struct moment *moment = story->moments;
	struct alerts_view view = { .range_count = 1, .walk_period_s = 30, .source_down = "ipamd" };
	struct story_log log = { 0 };

	print_message("  %s\n", story->name);
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	for (; log.now_s <= story->end_s; log.now_s += STORY_STEP_S) {
		struct alerts_range range = { .name = "pods",
					      .cidr = "10.0.0.0/27",
					      .scope = story->scope,
					      .is_bound_by_pods = story->is_bound_by_pods,
					      .bound = story->bound };

		if (moment[1].at_s && moment[1].at_s <= log.now_s)
			moment++;
		range.used = moment->used;
		range.leaked = moment->leaked;
		range.exhaustion_s = moment->full_in_s > 0 ? moment->full_in_s : -1;
		view.ranges = &range;
		view.failures[moment->reason] +=
			story_is_due(moment->fails_every_s, moment->at_s, log.now_s);
		view.events_lost += story_is_due(moment->loses_every_s, moment->at_s, log.now_s);
		view.waiting = moment->is_waiting;
		view.oldest_wait_s = moment->is_waiting ? log.now_s - moment->at_s : 0;
		view.sources_down = moment->down;
		view.walk_age_s = moment->walks_end ? log.now_s - moment->at_s : 5;
		assert_int_equal(
			alerts_evaluate(alerts, &view, log.now_s * STORY_S + 1, story_hear, &log),
			0);
	}
	assert_string_equal(log.text, story->want);
}
