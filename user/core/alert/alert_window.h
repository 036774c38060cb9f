/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a number did within the last while, in a bounded memory: the time is cut into
 * slots of a twelfth of the span, and the newest twelve are kept, the one under way
 * among them. So the window reaches back by more than 11/12 of the span, and never by
 * more than the span. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { ALERT_WINDOW_SLOTS = 12 };

/* By how much a counter has grown. Zero at birth; the first count seen is where it begins. A count
 * lower than the one before is a counter that began anew: it has grown by all of it, as Prometheus'
 * increase() has it. */
struct window_sum {
	uint64_t slots[ALERT_WINDOW_SLOTS];
	uint64_t newest; /* number of the slot under way */
	uint64_t count; /* seen last */
	bool has_begun;
};

void window_sum_see(struct window_sum *window, uint64_t span_ns, uint64_t count, uint64_t now_ns);
/* As of the last look. */
uint64_t window_sum_total(const struct window_sum *window);

/* The lowest that a level was. Zero at birth. */
struct window_low {
	double slots[ALERT_WINDOW_SLOTS]; /* INFINITY where nothing was seen */
	uint64_t newest;
	bool has_begun;
};

void window_low_see(struct window_low *window, uint64_t span_ns, double level, uint64_t now_ns);
/* As of the last look; INFINITY before the first. */
double window_low_lowest(const struct window_low *window);
