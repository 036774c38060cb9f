// SPDX-License-Identifier: Apache-2.0
#include "sink/web/pace.h"

#include <poll.h>

bool pace_has_news(int fd)
{
	struct pollfd news = { .fd = fd, .events = POLLIN };

	return poll(&news, 1, 0) > 0;
}

int pace_wait_ms(struct pace *pace, bool had_news, int asked_ms)
{
	if (had_news || asked_ms)
		pace->runs = 0;
	if (asked_ms)
		return asked_ms;
	if (pace->runs < PACE_RUNS) {
		pace->runs++;
		return 0;
	}
	return PACE_MS;
}
