// SPDX-License-Identifier: Apache-2.0
#include "core/status/status.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alert/alerts.h"
#include "core/base/text.h"
#include "core/capacity/supply.h"
#include "core/metrics/alert_view.h"
#include "core/metrics/collect_calls.h"
#include "core/metrics/collect_ranges.h"
#include "core/pod/call_counts.h"
#include "core/status/status_judge.h"

static const char *const level_names[] = {
	[STATUS_GOOD] = "good",
	[STATUS_WARNING] = "warning",
	[STATUS_CRITICAL] = "critical",
};

_Static_assert(array_size(level_names) == STATUS_LEVEL_COUNT, "a level lacks its name");

const char *status_level_name(enum status_level level)
{
	return level < STATUS_LEVEL_COUNT ? level_names[level] : NULL;
}

static double known(double value, bool is_known)
{
	return is_known ? value : NAN;
}

_Static_assert(sizeof(((struct status *)0)->why) == STATUS_WHY_SIZE, "why is cut");

/* ---- ranges ---- */

static void take_range(const struct metrics_input *input, size_t index, struct status_range *out)
{
	const struct range *range = range_table_at(account_ranges(input->account), index);
	const struct usage *usage = account_usage(input->account, index);

	*out = (struct status_range){
		.is_v4 = ip_is_v4(&range->cidr.base),
		.capacity = metric_capacity(range, usage),
		.reserved = metric_reserved(range, usage),
		.usable = metric_usable(range, usage),
		.used = metric_used(range, usage),
		.free = metric_free_addresses(range, usage),
		.utilization = metric_utilization(range, usage),
		.attached = collect_range_sum(input, index, SUM_ATTACHED),
		.assigned = collect_range_sum(input, index, SUM_ASSIGNED),
		.warm = collect_range_sum(input, index, SUM_WARM),
		.cooldown = collect_range_sum(input, index, SUM_COOLDOWN),
		.node_blocks = collect_node_blocks(range),
		.leaked = known(0, input->leaks),
		.time_to_exhaustion_s = collect_outlook(input, index, OUTLOOK_SECONDS),
		.confidence = collect_outlook(input, index, OUTLOOK_CONFIDENCE),
		.headroom = collect_outlook(input, index, OUTLOOK_HEADROOM),
		.assign_per_s = collect_outlook(input, index, OUTLOOK_ASSIGN_PER_S),
		.assigned_total = metric_assigned(range, usage),
		.released_total = metric_released(range, usage),
	};
	text_copy(out->name, sizeof(out->name), range->name);
	text_copy(out->scope, sizeof(out->scope), range_scope_name(range->scope));
	text_copy(out->source, sizeof(out->source), range->source);
	prefix_format(&range->cidr, out->cidr);
}

/* Nobody knows how many there could be. */
static void take_unranged(const struct usage *usage, bool is_v4, struct status_range *out)
{
	*out = (struct status_range){ .name = "unranged",
				      .is_v4 = is_v4,
				      .capacity = NAN,
				      .reserved = NAN,
				      .usable = NAN,
				      .used = metric_used(NULL, usage),
				      .free = NAN,
				      .utilization = NAN,
				      .attached = NAN,
				      .assigned = NAN,
				      .warm = NAN,
				      .cooldown = NAN,
				      .node_blocks = NAN,
				      .leaked = NAN,
				      .time_to_exhaustion_s = NAN,
				      .confidence = NAN,
				      .headroom = NAN,
				      .assign_per_s = NAN,
				      .assigned_total = metric_assigned(NULL, usage),
				      .released_total = metric_released(NULL, usage) };
}

static void add_leaked(size_t range, void *ctx)
{
	struct status_range *ranges = ctx;

	ranges[range].leaked++;
}

/* What is not known comes last. */
static int compare_numbers(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

static int compare_ranges(const void *a, const void *b)
{
	const struct status_range *left = a, *right = b;
	int order = compare_numbers(-left->utilization, -right->utilization);

	if (!order)
		order = compare_numbers(left->capacity, right->capacity);
	if (!order)
		order = right->is_v4 - left->is_v4;
	if (!order)
		order = strcmp(left->name, right->name);
	return order ? order : strcmp(left->cidr, right->cidr);
}

static int take_ranges(const struct metrics_input *input, struct status *out)
{
	size_t count = range_table_count(account_ranges(input->account)), all = count;
	struct status_range *ranges = calloc(count + ACCOUNT_FAMILY_COUNT, sizeof(*ranges));

	if (!ranges)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		take_range(input, i, &ranges[i]);
	collect_each_lost(input, add_leaked, ranges);
	for (enum account_family family = 0; family < ACCOUNT_FAMILY_COUNT; family++) {
		const struct usage *usage = account_unranged(input->account, family);

		if (usage->used || usage->assigned)
			take_unranged(usage, family == ACCOUNT_IPV4, &ranges[all++]);
	}
	qsort(ranges, all, sizeof(*ranges), compare_ranges);
	out->ranges = ranges;
	out->range_count = all < STATUS_RANGES_MAX ? all : STATUS_RANGES_MAX;
	out->ranges_left_out = all - out->range_count;
	return 0;
}

/* ---- alerts ---- */

struct picking {
	const struct metrics_input *input;
	enum alert_level level;
	enum alert_severity severity;
	struct status *out;
};

static void pick_alert(const struct alert *alert, void *ctx)
{
	const struct picking *picking = ctx;
	struct status *out = picking->out;
	struct status_alert *to;

	if (alert->level != picking->level || alert->severity != picking->severity)
		return;
	if (out->alert_count == STATUS_ALERTS_MAX) {
		out->alerts_left_out++;
		return;
	}
	to = &out->alerts[out->alert_count++];
	*to = (struct status_alert){
		.is_firing = alert->level == ALERT_FIRING,
		.since_ns = picking->input->wall_offset_ns
				    ? (int64_t)alert->since_ns + picking->input->wall_offset_ns
				    : 0,
	};
	text_copy(to->alert, sizeof(to->alert), alert_name(alert->kind));
	text_copy(to->range, sizeof(to->range), alert->range);
	text_copy(to->severity, sizeof(to->severity), alert_severity_name(alert->severity));
}

/* The worst ones first, so that none of them is left out. */
static void take_alerts(const struct metrics_input *input, struct status *out)
{
	static const enum alert_level levels[] = { ALERT_FIRING, ALERT_PENDING };
	struct picking picking = { .input = input, .out = out };

	for (size_t i = 0; input->alerts && i < array_size(levels); i++) {
		picking.level = levels[i];
		for (int severity = ALERT_SEVERITY_CRITICAL; severity >= ALERT_SEVERITY_INFO;
		     severity--) {
			picking.severity = (enum alert_severity)severity;
			alerts_each(input->alerts, pick_alert, &picking);
		}
	}
}

/* ---- the rest ---- */

static void take_sources(const struct metrics_input *input, struct status *out)
{
	_Static_assert((int)METRICS_SOURCE_MAX <= (int)STATUS_SOURCES_MAX,
		       "some source has no place");

	for (size_t i = 0; i < input->source_count; i++) {
		const struct metrics_source *from = &input->sources[i];
		struct status_source *to = &out->sources[out->source_count++];

		*to = (struct status_source){
			.is_asked = from->is_asked,
			.is_up = from->is_up,
			.was_up = from->is_up ||
				  (input->alert_scene &&
				   alert_scene_was_up(input->alert_scene, from->source)),
			.entries = known((double)from->entries, from->is_asked),
			.errors = known((double)from->errors, from->is_asked),
			.age_s = known(from->age_s, from->age_s >= 0),
		};
		text_copy(to->name, sizeof(to->name), from->source);
	}
}

static void take_losses(const struct metrics_input *input, struct status *out)
{
	_Static_assert((int)METRICS_LOSS_MAX <= (int)STATUS_LOSSES_MAX, "some loss has no place");

	for (size_t i = 0; i < input->loss_count; i++) {
		struct status_loss *to = &out->losses[out->loss_count];

		if (!input->losses[i].count)
			continue;
		to->count = (double)input->losses[i].count;
		text_copy(to->cause, sizeof(to->cause), input->losses[i].cause);
		out->loss_count++;
	}
}

static void take_calls(const struct metrics_input *input, struct status *out)
{
	const struct call_counts *counts = input->call_counts;

	for (enum reason i = 0; i < REASON_COUNT; i++) {
		out->failures[i] = counts ? (double)counts->failures[i] : NAN;
		out->incidents[i] = known(0, counts);
	}
	for (size_t i = 0; counts && i < counts->incident_count; i++)
		out->incidents[counts->incidents[i].reason] += (double)counts->incidents[i].count;
}

static void take_node(const struct metrics_input *input, const char *node, int64_t wall_ns,
		      struct status *out)
{
	double age_s = (double)wall_ns / 1e9 - metric_reconcile_at(input);

	text_copy(out->node, sizeof(out->node), node);
	text_copy(out->version, sizeof(out->version), input->version);
	text_copy(out->revision, sizeof(out->revision), input->revision);
	text_copy(out->backend, sizeof(out->backend), input->backend);
	out->wall_ns = wall_ns;
	out->started_s = metric_start(input);
	out->max_pods = known(input->supply ? (double)input->supply->max_pods : 0,
			      input->supply && input->supply->max_pods);
	out->namespaces = metric_namespaces(input);
	out->namespaces_without_address = metric_namespaces_without_address(input);
	out->unattributed = metric_unattributed(input);
	out->duplicates = known(metric_duplicates(input), input->leaks);
	out->waiting = metric_waiting(input);
	out->oldest_wait_s = metric_oldest_wait(input);
	out->reconcile_age_s = known(fmax(age_s, 0), metric_reconcile_at(input) > 0);
	out->records_written = (double)input->log.written;
	out->records_lost = (double)input->log.lost;
}

int status_take(const struct metrics_input *input, const char *node, int64_t wall_ns,
		struct status *out)
{
	static const enum status_level levels[] = { [ALERT_SEVERITY_INFO] = STATUS_GOOD,
						    [ALERT_SEVERITY_WARNING] = STATUS_WARNING,
						    [ALERT_SEVERITY_CRITICAL] = STATUS_CRITICAL };
	struct status status = { 0 };
	int err = take_ranges(input, &status);

	if (err)
		return err;
	take_node(input, node, wall_ns, &status);
	take_alerts(input, &status);
	take_sources(input, &status);
	take_losses(input, &status);
	take_calls(input, &status);
	status.level = levels[status_judge(input, wall_ns, status.why)];
	*out = status;
	return 0;
}

void status_clear(struct status *status)
{
	free(status->ranges);
	*status = (struct status){ 0 };
}
