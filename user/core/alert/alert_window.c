// SPDX-License-Identifier: Apache-2.0
#include "core/alert/alert_window.h"

#include <math.h>

/* How many slots are over since *newest, which becomes now's. A clock that went back stays. */
static uint64_t advance(uint64_t *newest, uint64_t span_ns, uint64_t now_ns)
{
	uint64_t slot = now_ns / (span_ns / ALERT_WINDOW_SLOTS);
	uint64_t over = slot > *newest ? slot - *newest : 0;

	*newest += over;
	return over < ALERT_WINDOW_SLOTS ? over : ALERT_WINDOW_SLOTS;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

void window_sum_see(struct window_sum *window, uint64_t span_ns, uint64_t count, uint64_t now_ns)
{
	uint64_t over = advance(&window->newest, span_ns, now_ns);
	uint64_t *slot = &window->slots[window->newest % ALERT_WINDOW_SLOTS];

	for (uint64_t i = 0; i < over; i++)
		window->slots[(window->newest - i) % ALERT_WINDOW_SLOTS] = 0;
	if (window->has_begun)
		*slot = add(*slot, count >= window->count ? count - window->count : count);
	window->count = count;
	window->has_begun = true;
}

uint64_t window_sum_total(const struct window_sum *window)
{
	uint64_t total = 0;

	for (int i = 0; i < ALERT_WINDOW_SLOTS; i++)
		total = add(total, window->slots[i]);
	return total;
}

void window_low_see(struct window_low *window, uint64_t span_ns, double level, uint64_t now_ns)
{
	uint64_t over = advance(&window->newest, span_ns, now_ns);
	double *slot = &window->slots[window->newest % ALERT_WINDOW_SLOTS];

	if (!window->has_begun)
		over = ALERT_WINDOW_SLOTS;
	for (uint64_t i = 0; i < over; i++)
		window->slots[(window->newest + ALERT_WINDOW_SLOTS - i) % ALERT_WINDOW_SLOTS] =
			INFINITY;
	*slot = fmin(*slot, level);
	window->has_begun = true;
}

double window_low_lowest(const struct window_low *window)
{
	double lowest = INFINITY;

	for (int i = 0; window->has_begun && i < ALERT_WINDOW_SLOTS; i++)
		lowest = fmin(lowest, window->slots[i]);
	return lowest;
}
