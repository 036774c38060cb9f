/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forecast: when a range of this node will have no address left, from how many were in
 * use until now. Says that it is not known where the past does not show it. Pure.
 *
 * A robust line (core/forecast/trend.h) is laid through the level over each of some spans of time,
 * from a minute (a deployment scales up) to three days (something leaks), and weighed
 * (core/forecast/climb.h); the last days tell of the next ones (core/forecast/season.h). The answer
 * is the one with the most confidence, its time the mean of those nearly as good. Addresses that
 * come and go as fast as in the worst 30 s of the last day leave as many fewer as rest in
 * cooldown then (core/forecast/history.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"

struct forecast;

/* Below the first nothing is said; from the second on it is more likely than not. */
#define FORECAST_CONFIDENCE_LEAST 0.2
#define FORECAST_CONFIDENCE_LIKELY 0.5

/* What the addresses have to fit in. 0 of what is not known. */
struct forecast_room {
	double bound; /* addresses that pods of this node can have at most */
	double held_back; /* of them: ones that no pod gets, though none has them (leaked) */
	double cooldown; /* of them: released, and not yet to be given again */
	double cooldown_s; /* how long that takes; 0: a released address is free at once */
};

struct forecast_answer {
	bool is_known; /* else seconds, confidence and window_s say nothing */
	double seconds; /* until no address is left; 0: none is left now */
	double confidence; /* FORECAST_CONFIDENCE_LEAST to 1 */
	double window_s; /* of the past it is concluded from; 0: of the level now */
	double assign_per_s; /* over that window, or the last ten minutes */
	double assign_peak_per_s; /* over any 30 s of the last day */
	/* What pods can still get while as many come and go as in the worst 30 s of the last day:
	 * bound - held_back - used - addresses in cooldown then. Below 0: they will not do. */
	double headroom; /* NAN: it is not known how many are in use */
};

/* Has 40 bytes, and the 3 KiB of struct history from the first change on. The caller owns *out.
 * -ENOMEM. */
int forecast_new(struct forecast **out);
void forecast_free(struct forecast *forecast);
DEFINE_CLEANUP(forecast, struct forecast *, forecast_free)
#define cleanup_forecast cleanup(cleanup_forecast_fn)

/* So many are in use from now on: call it at every change, and as often as you like in between. The
 * first call, and those within FORECAST_SETTLE_NS after it or after a gap, tell how it already was.
 * wall_ns may be of any clock, the same in all calls. Order of calls, not of times, tells what came
 * after what; a time that is too early is the one before. A clock that is set back by a minute or
 * more goes on from there; one that leaps by more than FORECAST_LEAP_NS begins the history anew.
 * -ENOMEM: the level is known, its history begins anew. */
int forecast_observe(struct forecast *forecast, int64_t wall_ns, uint64_t used);
/* From then on, until the next forecast_observe, it is not known how many are in use. */
void forecast_gap(struct forecast *forecast, int64_t wall_ns);

#define FORECAST_SETTLE_NS 1000000000LL
#define FORECAST_LEAP_NS (30LL * 86400 * 1000000000)

void forecast_ask(const struct forecast *forecast, int64_t now_ns, const struct forecast_room *room,
		  struct forecast_answer *out);
