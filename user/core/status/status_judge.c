// SPDX-License-Identifier: Apache-2.0
#include "core/status/status_judge.h"

#include <stdio.h>

#include "core/alert/alert_judge.h"
#include "core/alert/alerts.h"
#include "core/metrics/alert_view.h"
#include "core/metrics/collect_ranges.h"

/* Whether it holds; what there is to say of it is then in why. */
typedef bool (*trouble_fn)(const struct metrics_input *input, double now_s,
			   char why[static STATUS_WHY_SIZE]);

static bool is_full(const struct metrics_input *input, double now_s,
		    char why[static STATUS_WHY_SIZE])
{
	const struct range_table *ranges = account_ranges(input->account);

	(void)now_s;
	if (!input->alerts || !alerts_is_wanted(input->alerts))
		return false;
	for (size_t i = 0; i < range_table_count(ranges); i++) {
		const struct range *range = range_table_at(ranges, i);
		char cidr[PREFIX_TEXT_SIZE];

		/* One that can have nothing is not judged, as by the alerts. */
		if (range->scope != RANGE_SCOPE_NODE || range_bound(range) <= 0 ||
		    metric_free_addresses(range, account_usage(input->account, i)) > 0)
			continue;
		prefix_format(&range->cidr, cidr);
		snprintf(why, STATUS_WHY_SIZE,
			 "range '%s' (%s) has no address left, and pods need one", range->name,
			 cidr);
		return true;
	}
	return false;
}

/* ---- alerts ---- */

struct search {
	enum alert_severity severity;
	bool is_found;
	char *why;
};

static void look_at_alert(const struct alert *alert, void *ctx)
{
	struct search *search = ctx;

	if (search->is_found || alert->level != ALERT_FIRING || alert->severity != search->severity)
		return;
	search->is_found = true;
	if (*alert->range)
		snprintf(search->why, STATUS_WHY_SIZE, "%s fires for range '%s'",
			 alert_name(alert->kind), alert->range);
	else
		snprintf(search->why, STATUS_WHY_SIZE, "%s fires", alert_name(alert->kind));
}

static bool has_alert(const struct metrics_input *input, enum alert_severity severity,
		      char why[static STATUS_WHY_SIZE])
{
	struct search search = { .severity = severity, .why = why };

	if (input->alerts)
		alerts_each(input->alerts, look_at_alert, &search);
	return search.is_found;
}

static bool has_critical(const struct metrics_input *input, double now_s,
			 char why[static STATUS_WHY_SIZE])
{
	(void)now_s;
	return has_alert(input, ALERT_SEVERITY_CRITICAL, why);
}

static bool has_warning(const struct metrics_input *input, double now_s,
			char why[static STATUS_WHY_SIZE])
{
	(void)now_s;
	return has_alert(input, ALERT_SEVERITY_WARNING, why);
}

/* ---- the agent is degraded ---- */

static bool is_overdue(const struct metrics_input *input, double now_s,
		       char why[static STATUS_WHY_SIZE])
{
	double period_s = input->alert_scene ? input->alert_scene->view.walk_period_s : 0;
	double walked_s = metric_reconcile_at(input) > 0 ? metric_reconcile_at(input)
							 : metric_start(input);

	if (!alert_walk_is_overdue(now_s - walked_s, period_s))
		return false;
	snprintf(why, STATUS_WHY_SIZE,
		 "the kernel was not walked for %.0f s, where it is every %.0f s", now_s - walked_s,
		 period_s);
	return true;
}

static bool has_source_down(const struct metrics_input *input, double now_s,
			    char why[static STATUS_WHY_SIZE])
{
	(void)now_s;
	for (size_t i = 0; input->alert_scene && i < input->source_count; i++) {
		const struct metrics_source *source = &input->sources[i];

		if (source->is_up || !alert_scene_was_up(input->alert_scene, source->source))
			continue;
		snprintf(why, STATUS_WHY_SIZE, "source '%s' was up and is down", source->source);
		return true;
	}
	return false;
}

static bool has_failing_log(const struct metrics_input *input, double now_s,
			    char why[static STATUS_WHY_SIZE])
{
	(void)now_s;
	if (input->log.failing)
		snprintf(why, STATUS_WHY_SIZE, "the event log cannot be written");
	return input->log.failing;
}

static bool is_limited(const struct metrics_input *input, double now_s,
		       char why[static STATUS_WHY_SIZE])
{
	(void)now_s;
	if (input->backend_limit)
		snprintf(why, STATUS_WHY_SIZE, "backend '%s' is limited: %s", input->backend,
			 input->backend_limit);
	return input->backend_limit;
}

static bool is_degraded(const struct metrics_input *input, double now_s,
			char why[static STATUS_WHY_SIZE])
{
	(void)now_s;
	for (size_t i = 0; i < input->degradation_count; i++) {
		const struct metrics_degradation *it = &input->degradations[i];

		if (!it->is_degraded)
			continue;
		if (it->capability)
			snprintf(why, STATUS_WHY_SIZE, "%s is missing: %s", it->capability,
				 it->why);
		else
			snprintf(why, STATUS_WHY_SIZE, "%s", it->why);
		return true;
	}
	return false;
}

/* The worst first. */
static const struct {
	enum alert_severity severity;
	trouble_fn holds;
} troubles[] = {
	{ ALERT_SEVERITY_CRITICAL, is_full },	     { ALERT_SEVERITY_CRITICAL, has_critical },
	{ ALERT_SEVERITY_WARNING, has_warning },     { ALERT_SEVERITY_WARNING, is_overdue },
	{ ALERT_SEVERITY_WARNING, has_source_down }, { ALERT_SEVERITY_WARNING, has_failing_log },
	{ ALERT_SEVERITY_WARNING, is_limited },	     { ALERT_SEVERITY_WARNING, is_degraded },
};

enum alert_severity status_judge(const struct metrics_input *input, int64_t wall_ns,
				 char why[static STATUS_WHY_SIZE])
{
	for (size_t i = 0; i < array_size(troubles); i++)
		if (troubles[i].holds(input, (double)wall_ns / 1e9, why))
			return troubles[i].severity;
	*why = '\0';
	return ALERT_SEVERITY_INFO;
}
