/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start of an agent, as its records tell it: since when nobody had watched, and when
 * it had looked at the kernel. Pure.
 */
#pragma once

#include "core/tenancy/tenancy_clock.h"

/* Zeroed, there was none yet. */
struct tenancy_start {
	bool has_begun; /* in this log */
	int64_t begun_ns;
	bool has_gap; /* before it; it began at gap_ns */
	int64_t gap_ns;
	bool has_told; /* something of what it found */
	bool has_walk; /* of it addresses, the last at walk_ns */
	int64_t walk_ns;
};

/* With the clock's last record. One before, that told nothing, is part of the gap (goes_on). */
void tenancy_start_begin(struct tenancy_start *start, const struct tenancy_clock *clock,
			 bool goes_on);
/* What it found. */
void tenancy_start_hear(struct tenancy_start *start, const struct record *record);
/* When it had looked for sure; wall_ns is of a record behind that. */
int64_t tenancy_start_walk(const struct tenancy_start *start, int64_t wall_ns);
