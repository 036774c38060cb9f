/* SPDX-License-Identifier: Apache-2.0 */
/* A forecast told a story, for its tests. */
#pragma once

#include "test.h"

#include <math.h>
#include <stdbool.h>

#include "core/forecast/forecast.h"

#define SECOND 1000000000LL
#define WALL (1700000000LL * SECOND)
#define HOUR (3600 * SECOND)

static const struct forecast_room room_of_110 = { .bound = 110 };

/* Caller owns it. */
static inline struct forecast *new_forecast(void)
{
	struct forecast *forecast;

	assert_int_equal(forecast_new(&forecast), 0);
	return forecast;
}

static inline void observe(struct forecast *forecast, int64_t wall_ns, uint64_t used)
{
	assert_int_equal(forecast_observe(forecast, wall_ns, used), 0);
}

static inline struct forecast_answer ask(const struct forecast *forecast, int64_t now_ns,
					 const struct forecast_room *room)
{
	struct forecast_answer answer;

	forecast_ask(forecast, now_ns, room, &answer);
	assert_true(!answer.is_known ||
		    (isfinite(answer.seconds) && answer.seconds >= 0 &&
		     answer.confidence >= FORECAST_CONFIDENCE_LEAST && answer.confidence <= 1 &&
		     isfinite(answer.window_s) && answer.window_s >= 0));
	assert_true(answer.assign_per_s >= 0 && answer.assign_peak_per_s >= 0);
	return answer;
}

/* Two quiet hours at 20, then one more every 5 s, to 80: half a minute each 6. */
static inline int64_t scale_up(struct forecast *forecast, int64_t wall_ns)
{
	observe(forecast, wall_ns, 20);
	wall_ns += 2 * HOUR;
	for (uint64_t used = 21; used <= 80; used++) {
		wall_ns += 5 * SECOND;
		observe(forecast, wall_ns, used);
	}
	return wall_ns;
}

static inline bool is_within(double a, double b, double share)
{
	return fabs(a / b - 1) < share;
}

static inline bool is_about(double a, double b)
{
	return is_within(a, b, 0.1);
}
