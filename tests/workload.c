// SPDX-License-Identifier: Apache-2.0
#include "workload.h"

#include <errno.h>
#include <stdio.h>

#include "cleanup.h"
#include "simulation.h"
#include "trace.h"

#define MINUTE_S 60.0
#define HOUR_S 3600.0
#define DAY_S 86400.0

struct draft {
	struct plan plan;
	struct trace *trace;
	uint64_t random;
};

static double draw(struct draft *draft, double low, double high)
{
	return random_between(&draft->random, low, high);
}

static void plan_rise(struct draft *draft, double least_s, double most_s)
{
	struct plan *plan = &draft->plan;

	plan->rise_from_s = draw(draft, 1, 6) * HOUR_S;
	plan->rise_to_s = plan->rise_from_s + draw(draft, least_s, most_s);
	plan->rise = draft->trace->bound - plan->base;
	plan->start_rate = 4;
	plan->end_s = plan->rise_to_s + 6 * HOUR_S;
	draft->trace->from_s = plan->rise_from_s;
}

static void plan_leak(struct draft *draft, bool is_regular)
{
	struct plan *plan = &draft->plan;
	double pods = draft->trace->bound - plan->base;

	plan->leak_from_s = draw(draft, 1, 6) * HOUR_S;
	plan->leak_every_s = draw(draft, 14, 60) * HOUR_S / pods;
	plan->leak_chance = 0.8;
	if (!is_regular) {
		plan->leak_chance = 1 / plan->leak_every_s;
		plan->leak_every_s = 1;
	}
	plan->end_s = 8 * DAY_S;
	draft->trace->from_s = plan->leak_from_s;
}

static void plan_wave(struct draft *draft)
{
	struct plan *plan = &draft->plan;

	plan->base = draft->trace->bound * draw(draft, 0.15, 0.25);
	plan->wave = draft->trace->bound * draw(draft, 0.4, 0.65);
	plan->wave_phase_s = -draw(draft, 0, DAY_S);
	plan->end_s = 6 * DAY_S;
}

static void plan_jobs(struct draft *draft)
{
	struct plan *plan = &draft->plan;

	plan->jobs = draft->trace->bound * draw(draft, 0.1, 0.2);
	plan->jobs_every_s = draw(draft, 3, 15) * MINUTE_S;
	plan->jobs_last_s = draw(draft, 60, 0.8 * plan->jobs_every_s);
	plan->end_s = 2 * DAY_S;
}

static void plan_bursts(struct draft *draft, enum workload workload)
{
	struct plan *plan = &draft->plan;
	double left = draft->trace->bound - plan->base;

	if (workload == WORKLOAD_NODE_START) {
		plan_rise(draft, MINUTE_S, 5 * MINUTE_S);
		plan->base = 5;
		plan->rise = draft->trace->bound / 2;
		plan->rise_to_s -= plan->rise_from_s - 10;
		plan->rise_from_s = draft->trace->from_s = 10;
		plan->end_s = 6 * HOUR_S;
	} else if (workload == WORKLOAD_AUTOSCALER) {
		plan_rise(draft, 8 * MINUTE_S, 40 * MINUTE_S);
		plan->step_s = 30;
		plan->start_rate = 1.5;
	} else {
		plan_rise(draft, MINUTE_S, 6 * MINUTE_S);
		plan->start_rate = 1.2 * left / (plan->rise_to_s - plan->rise_from_s);
		plan->rise_to_s = plan->rise_from_s + 1;
		if (workload == WORKLOAD_BURST_STOPS)
			plan->rise = left * 0.45;
		else if (workload == WORKLOAD_BURST_NEAR)
			plan->rise = left * 0.85;
	}
}

static void draw_plan(struct draft *draft, enum workload workload)
{
	static const double bounds[] = { 61, 110, 125, 253 };
	struct plan *plan = &draft->plan;
	double bound = bounds[(size_t)draw(draft, 0, array_size(bounds))];

	draft->trace->bound = bound;
	*plan = (struct plan){
		.base = bound * draw(draft, 0.2, 0.4),
		.replace_rate = 1 / (draw(draft, 1, 6) * HOUR_S),
		.start_rate = 0.5,
		.end_s = 2 * DAY_S,
	};
	switch (workload) {
	case WORKLOAD_LEAK_RESTARTS:
		plan->away_every_s = 5 * HOUR_S;
		plan->away_for_s = 20 * MINUTE_S;
		/* fall through */
	case WORKLOAD_RANDOM_LEAK:
		plan_leak(draft, false);
		break;
	case WORKLOAD_SLOW_LEAK:
		plan_leak(draft, true);
		break;
	case WORKLOAD_DAILY_GROWTH:
		plan_wave(draft);
		plan->wave = bound * draw(draft, 0.3, 0.5);
		plan->wave_growth = draw(draft, 0.15, 0.3);
		plan->end_s = 14 * DAY_S;
		break;
	case WORKLOAD_DAILY_WAVE:
		plan_wave(draft);
		break;
	case WORKLOAD_JOBS_COOLDOWN:
		draft->trace->cooldown_s = 30;
		/* fall through */
	case WORKLOAD_JOBS_RISING:
		plan_jobs(draft);
		plan_rise(draft, 8 * HOUR_S, 30 * HOUR_S);
		break;
	case WORKLOAD_JOBS:
		plan_jobs(draft);
		break;
	case WORKLOAD_STEADY_FULL:
		plan->base = bound;
		plan->is_capped = true;
		break;
	case WORKLOAD_NODE_DRAIN:
		plan->base = bound * draw(draft, 0.6, 0.85);
		plan->drain_s = draw(draft, 6, 30) * HOUR_S;
		plan->drained_for_s = HOUR_S;
		break;
	case WORKLOAD_STEADY:
		plan->base = bound * draw(draft, 0.3, 0.9);
		break;
	default:
		plan_bursts(draft, workload);
		break;
	}
}

static const char *const names[] = {
	[WORKLOAD_SLOW_LEAK] = "slow-leak",
	[WORKLOAD_RANDOM_LEAK] = "random-leak",
	[WORKLOAD_LEAK_RESTARTS] = "leak-restarts",
	[WORKLOAD_DAILY_GROWTH] = "daily-growth",
	[WORKLOAD_BURST] = "burst",
	[WORKLOAD_AUTOSCALER] = "autoscaler",
	[WORKLOAD_JOBS_RISING] = "jobs-rising",
	[WORKLOAD_JOBS_COOLDOWN] = "jobs-cooldown",
	[WORKLOAD_STEADY] = "steady",
	[WORKLOAD_STEADY_FULL] = "steady-full",
	[WORKLOAD_DAILY_WAVE] = "daily-wave",
	[WORKLOAD_BURST_STOPS] = "burst-stops",
	[WORKLOAD_NODE_START] = "node-start",
	[WORKLOAD_NODE_DRAIN] = "node-drain",
	[WORKLOAD_JOBS] = "jobs",
	[WORKLOAD_BURST_NEAR] = "burst-near",
};

const char *workload_name(enum workload workload)
{
	return names[workload];
}

bool workload_exhausts(enum workload workload)
{
	return workload <= WORKLOAD_JOBS_COOLDOWN;
}

int workload_run(enum workload workload, uint32_t seed, struct trace *out)
{
	cleanup_trace struct trace trace = { 0 };
	struct draft draft = { .trace = &trace };
	int err;

	draft.random = 0x9e3779b97f4a7c15ULL * (seed + 1) ^ (uint64_t)workload;
	for (int i = 0; i < 8; i++) /* seeds that differ in a bit begin alike */
		draw(&draft, 0, 1);
	draw_plan(&draft, workload);
	snprintf(trace.name, sizeof(trace.name), "%s", names[workload]);
	err = simulate(&draft.plan, draft.random, &trace);
	if (err)
		return err;
	if (workload == WORKLOAD_DAILY_GROWTH)
		trace.from_s = trace.exhausted_s - DAY_S;

	*out = trace;
	trace.points = NULL;
	return 0;
}
