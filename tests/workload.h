/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs on a node, simulated second by second from a seed, to make traces of it:
 * deployments follow the count they should have, pods are replaced now and then, jobs
 * start by a clock and end, some addresses are never given back. Sizes, rates and the
 * bound differ from seed to seed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct trace;

enum workload {
	WORKLOAD_SLOW_LEAK, /* four of five runs of a CronJob lose one, for 14 to 60 hours */
	WORKLOAD_RANDOM_LEAK, /* as many, each by chance alone */
	WORKLOAD_LEAK_RESTARTS, /* the same, the agent away for a while every some hours */
	WORKLOAD_DAILY_GROWTH, /* a daily wave that is higher every day, until it is too high */
	WORKLOAD_BURST, /* a deployment is scaled to more than fits, in 1 to 6 minutes */
	WORKLOAD_AUTOSCALER, /* the same in steps of 30 s, in 8 to 40 minutes */
	WORKLOAD_JOBS_RISING, /* CronJobs over a level that rises for 8 to 30 hours */
	WORKLOAD_JOBS_COOLDOWN, /* the same, and released addresses rest for 30 s */
	WORKLOAD_STEADY, /* pods come in place of others */
	WORKLOAD_STEADY_FULL, /* the same, with as many pods as addresses */
	WORKLOAD_DAILY_WAVE, /* comes back every day */
	WORKLOAD_BURST_STOPS, /* a scale-up ends half way to the bound */
	WORKLOAD_NODE_START, /* a new node gets its pods, half of what fits */
	WORKLOAD_NODE_DRAIN, /* all pods leave within minutes, and come back an hour later */
	WORKLOAD_JOBS, /* CronJobs over a level */
	WORKLOAD_BURST_NEAR, /* a scale-up ends just before the bound: nobody can know that */
	WORKLOAD_COUNT,
};

const char *workload_name(enum workload workload);
bool workload_exhausts(enum workload workload);
/* The same seed makes the same trace. -ENOMEM. The caller owns *out and clears it. */
int workload_run(enum workload workload, uint32_t seed, struct trace *out);
