// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/alert_view.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/forecast/forecast.h"
#include "core/metrics/collect_calls.h"
#include "core/pod/call_counts.h"

static void add_leaked(size_t range, void *ctx)
{
	struct alerts_range *ranges = ctx;

	ranges[range].leaked++;
}

/* What is less likely than not is no reason to wake somebody. */
static double exhaustion_s(const struct metrics_input *input, size_t index)
{
	const struct forecast_answer *answer = input->forecasts ? &input->forecasts[index] : NULL;

	return answer && answer->is_known && answer->confidence >= FORECAST_CONFIDENCE_LIKELY
		       ? answer->seconds
		       : -1;
}

static void fill_range(const struct metrics_input *input, size_t index, struct alerts_range *out,
		       char cidr[static PREFIX_TEXT_SIZE])
{
	const struct range *range = range_table_at(account_ranges(input->account), index);

	prefix_format(&range->cidr, cidr);
	*out = (struct alerts_range){
		.name = range->name,
		.cidr = cidr,
		.scope = range->scope,
		.is_bound_by_pods = range->max_pods && range->max_pods <= range_usable(range),
		.used = (double)account_usage(input->account, index)->used,
		.bound = range_bound(range),
		.exhaustion_s = exhaustion_s(input, index),
		.leaked = input->leaks ? 0 : -1,
	};
}

/* Losses that leave addresses unseen until the next walk. Others cost a name, or a detail. */
static bool is_blinding(const char *cause)
{
	static const char *const causes[] = { "ring_full_netns",   "ring_full_link",
					      "ring_full_address", "malformed",
					      "netlink_overflow",  "walk_incomplete",
					      "table_full" };

	for (size_t i = 0; i < array_size(causes); i++)
		if (!strcmp(cause, causes[i]))
			return true;
	return false;
}

bool alert_scene_was_up(const struct alert_scene *scene, const char *source)
{
	for (size_t i = 0; i < scene->up_count; i++)
		if (!strcmp(scene->up[i], source))
			return true;
	return false;
}

static void look_at_sources(struct alert_scene *scene, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->source_count; i++) {
		const struct metrics_source *source = &input->sources[i];
		bool is_known = alert_scene_was_up(scene, source->source);

		if (source->is_up && !is_known && scene->up_count < METRICS_SOURCE_MAX)
			scene->up[scene->up_count++] = source->source;
		if (source->is_up || !is_known)
			continue;
		if (!scene->view.sources_down++)
			scene->view.source_down = source->source;
	}
}

int alert_scene_fill(struct alert_scene *scene, const struct metrics_input *input,
		     const struct alert_clock *clock)
{
	size_t count = range_table_count(account_ranges(input->account));
	cleanup_free struct alerts_range *ranges = calloc(count + 1, sizeof(*ranges));
	cleanup_free void *cidrs = calloc(count + 1, PREFIX_TEXT_SIZE);
	double walked_s = input->reconcile_at_s > 0 ? input->reconcile_at_s : clock->start_s;

	if (!ranges || !cidrs)
		return -ENOMEM;
	free(scene->ranges);
	free(scene->cidrs);
	scene->ranges = take_ptr(ranges);
	scene->cidrs = take_ptr(cidrs);
	for (size_t i = 0; i < count; i++)
		fill_range(input, i, &scene->ranges[i], scene->cidrs[i]);
	collect_each_lost(input, add_leaked, scene->ranges);

	scene->view = (struct alerts_view){ .ranges = scene->ranges,
					    .range_count = count,
					    .waiting = input->waiting,
					    .oldest_wait_s = input->oldest_wait_s,
					    .walk_age_s = fmax(clock->now_s - walked_s, 0),
					    .walk_period_s = clock->period_s };
	if (input->call_counts)
		memcpy(scene->view.failures, input->call_counts->failed_adds,
		       sizeof(scene->view.failures));
	for (size_t i = 0; i < input->loss_count; i++)
		if (is_blinding(input->losses[i].cause))
			scene->view.events_lost += input->losses[i].count;
	look_at_sources(scene, input);
	return 0;
}

void alert_scene_clear(struct alert_scene *scene)
{
	free(scene->ranges);
	free(scene->cidrs);
	*scene = (struct alert_scene){ 0 };
}
