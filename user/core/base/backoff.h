/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backoff: when to ask again. After a success in a period's time; after failures in
 * 1, 2, 4, ... seconds, less a random half of it, so that nodes that failed together
 * do not come back together. Pure: clock and chance are given.
 */
#pragma once

#include <stdint.h>

struct backoff {
	uint64_t period_ns; /* between two successes */
	uint64_t most_ns; /* between two failures */
	uint32_t failures; /* in a row */
	uint64_t due_ns; /* when to ask again; 0 at once */
};

void backoff_succeeded(struct backoff *backoff, uint64_t now_ns);
/* random: any 32 bits. */
void backoff_failed(struct backoff *backoff, uint64_t now_ns, uint32_t random);
