// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "fetching.h"

#include <poll.h>
#include <time.h>

enum { DEADLINE_MS = 10000 };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void fetching_run(struct fetcher *fetcher, bool (*is_done)(void *ctx), void *ctx)
{
	struct pollfd ready = { .fd = fetcher_fd(fetcher), .events = POLLIN };
	int64_t end_ms = now_ms() + DEADLINE_MS, left_ms;

	while (!is_done(ctx)) {
		left_ms = end_ms - now_ms();
		if (left_ms <= 0)
			fail_msg("not done within %d ms", DEADLINE_MS);
		if (poll(&ready, 1, (int)left_ms) > 0)
			assert_int_equal(fetcher_turn(fetcher), 0);
	}
}
