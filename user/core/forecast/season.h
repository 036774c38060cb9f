/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the last days say of the next ones: a day is expected to be like the one before,
 * higher by as much as that was higher than its own. A daily wave that comes back at the
 * same height is nothing; one that grows reaches a limit at the hour it peaks, and a slow
 * leak looks the same without a wave. Needs more than a day of history. Pure.
 */
#pragma once

#include <stdbool.h>

struct history;

struct season_answer {
	double seconds; /* until the limit is reached */
	double confidence; /* 0 to 1 */
};

/* history is at the present. False: the days do not show that the limit will be reached. */
bool season_ask(const struct history *history, double limit, struct season_answer *out);
/* How much the level rose a day ago over this span of time, that begins so long ago. False where it
 * is not known. */
bool season_rise(const struct history *history, double span_s, double *out);
