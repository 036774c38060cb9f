// SPDX-License-Identifier: Apache-2.0
#include "core/tenancy/tenancy_start.h"

/* An agent has walked the kernel by then, on any machine that carries pods. */
static const int64_t walk_max_ns = 10000000000;

void tenancy_start_begin(struct tenancy_start *start, const struct tenancy_clock *clock,
			 bool goes_on)
{
	if (!goes_on) {
		start->has_gap = clock->records > 1;
		start->gap_ns = clock->before.wall_ns;
	}
	start->has_begun = true;
	start->begun_ns = clock->last.wall_ns;
	start->has_told = start->has_walk = false;
}

/* Addresses have the time at which they were found; namespaces and links that of the start. */
void tenancy_start_hear(struct tenancy_start *start, const struct record *record)
{
	start->has_told = true;
	if (record->type != RECORD_IP_ASSIGNED)
		return;
	if (!start->has_walk || record->wall_ns > start->walk_ns)
		start->walk_ns = record->wall_ns;
	start->has_walk = true;
}

/* One that found no address does not say when: before its next record, and soon. */
int64_t tenancy_start_walk(const struct tenancy_start *start, int64_t wall_ns)
{
	if (start->has_walk)
		return start->walk_ns;
	return wall_ns > start->begun_ns &&
			       (uint64_t)wall_ns - (uint64_t)start->begun_ns > (uint64_t)walk_max_ns
		       ? start->begun_ns + walk_max_ns
		       : wall_ns;
}
