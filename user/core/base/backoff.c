// SPDX-License-Identifier: Apache-2.0
#include "core/base/backoff.h"

static const uint64_t first_ns = 1000000000;

void backoff_succeeded(struct backoff *backoff, uint64_t now_ns)
{
	backoff->failures = 0;
	backoff->due_ns = now_ns + backoff->period_ns;
}

void backoff_failed(struct backoff *backoff, uint64_t now_ns, uint32_t random)
{
	uint64_t wait_ns = first_ns;

	for (uint32_t i = 0; i < backoff->failures && wait_ns < backoff->most_ns; i++)
		wait_ns *= 2;
	if (wait_ns > backoff->most_ns)
		wait_ns = backoff->most_ns;
	if (backoff->failures < UINT32_MAX)
		backoff->failures++;
	/* Of the half's 2^32 parts as many as chance says: no overflow below most_ns of 272 years.
	 */
	wait_ns -= (uint64_t)((unsigned __int128)(wait_ns / 2) * random >> 32);
	backoff->due_ns = now_ns + wait_ns;
}
