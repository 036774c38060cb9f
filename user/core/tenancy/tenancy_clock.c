// SPDX-License-Identifier: Apache-2.0
#include "core/tenancy/tenancy_clock.h"

#include <string.h>

#define NS_PER_S 1000000000LL

/* Both clocks are not read in one instant, and facts are told some time after they were. */
static const int64_t step_min_ns = NS_PER_S / 10, disorder_max_ns = NS_PER_S;

static bool went_back(const struct tenancy_clock *clock, const struct tenancy_moment *now)
{
	const struct tenancy_moment *last = &clock->last;
	uint64_t wall, mono;

	if (!*now->boot_id || strcmp(now->boot_id, last->boot_id) != 0 ||
	    now->mono_ns == RECORD_ABSENT || last->mono_ns == RECORD_ABSENT)
		return now->wall_ns < clock->latest_ns &&
		       (uint64_t)clock->latest_ns - (uint64_t)now->wall_ns >
			       (uint64_t)disorder_max_ns;
	wall = (uint64_t)now->wall_ns - (uint64_t)last->wall_ns;
	mono = now->mono_ns - last->mono_ns;
	return (int64_t)(wall - mono) < -step_min_ns;
}

struct tenancy_tick tenancy_clock_tick(struct tenancy_clock *clock,
				       const struct tenancy_moment *moment)
{
	struct tenancy_tick tick = { 0 };

	if (!clock->records++) {
		clock->first = clock->before = clock->last = *moment;
		clock->latest_ns = moment->wall_ns;
		return tick;
	}
	tick.is_set_back = went_back(clock, moment);
	tick.is_hole = moment->seq != clock->last.seq + 1;
	clock->before = clock->last;
	clock->before.wall_ns = clock->latest_ns;
	clock->last = *moment;
	if (tick.is_set_back || moment->wall_ns > clock->latest_ns)
		clock->latest_ns = moment->wall_ns;
	return tick;
}
