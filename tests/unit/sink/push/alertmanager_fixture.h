/* SPDX-License-Identifier: Apache-2.0 */
/* A sink, its fetcher, and the time that a test gives it. Include after test.h. */
#pragma once

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fetching.h"
#include "sink/push/alertmanager.h"

#define S 1000000000ULL

struct push {
	struct fetcher *fetcher;
	struct alertmanager *sink;
	struct outbox_clocks now;
	uint64_t next_ns; /* what the last turn gave */
	uint64_t answers; /* that the sink has accounted for, to be waited for */
};

static inline void push_open(struct push *push, const char *url, const char *ca_file)
{
	struct alertmanager_config config = {
		.url = url,
		.ca_file = ca_file,
		.text = { .node = "node-a" },
		.interval_ns = 60 * S,
	};

	*push = (struct push){ .now = { 1000 * S, 1700000000 * (int64_t)S } };
	assert_int_equal(fetcher_open(&push->fetcher), 0);
	config.fetcher = push->fetcher;
	assert_int_equal(alertmanager_open(&config, &push->sink), 0);
}

static inline void push_close(struct push *push)
{
	alertmanager_close(push->sink);
	fetcher_close(push->fetcher);
}

static inline void push_tell(struct push *push, const char *range, enum alert_level level)
{
	struct alert alert = {
		.kind = ALERT_RANGE_EXHAUSTED,
		.severity = ALERT_SEVERITY_CRITICAL,
		.range = range,
		.cidr = "10.0.0.0/27",
		.level = level,
		.since_ns = push->now.mono_ns,
		.message = "16 of 16 addresses of 'pods' (10.0.0.0/27) are used",
	};

	assert_int_equal(alertmanager_tell(push->sink, &alert, &push->now), 0);
}

static inline void push_wait(struct push *push, unsigned int s)
{
	push->now.mono_ns += s * S;
	push->now.wall_ns += (int64_t)(s * S);
}

static inline bool push_is_answered(void *ctx)
{
	struct push *push = ctx;
	struct alertmanager_stats stats;

	push->next_ns = alertmanager_turn(push->sink, &push->now);
	stats = alertmanager_stats(push->sink);
	return stats.sent + stats.failed >= push->answers;
}

/* Turns until `count` more requests have been answered or failed, or for 10 s. */
static inline void push_run(struct push *push, unsigned int count)
{
	struct alertmanager_stats stats = alertmanager_stats(push->sink);

	push->answers = stats.sent + stats.failed + count;
	fetching_run(push->fetcher, push_is_answered, push);
}
