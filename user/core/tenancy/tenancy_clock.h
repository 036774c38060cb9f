/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock of an event log, as its records show it: where numbers are missing, and
 * where somebody set it back. Pure.
 */
#pragma once

#include "core/tenancy/tenancy.h"

/* Zeroed, there was no record yet. */
struct tenancy_clock {
	uint64_t records;
	struct tenancy_moment first, last;
	struct tenancy_moment before; /* the last but one; with the latest time until then */
	int64_t latest_ns; /* since the clock was last set back */
};

struct tenancy_tick {
	bool is_set_back; /* from before.wall_ns to the record's */
	bool is_hole; /* its number does not follow */
};

/* The next record. A clock is set back where wall time lost a tenth of a second on the monotonic
 * one, or, between boots, a second. */
struct tenancy_tick tenancy_clock_tick(struct tenancy_clock *clock,
				       const struct tenancy_moment *moment);
