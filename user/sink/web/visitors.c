// SPDX-License-Identifier: Apache-2.0
#include "sink/web/visitors.h"

#include <limits.h>
#include <sys/socket.h>

#define MS_NS 1000000ULL

static void end(struct visitors *visitors, int place, uint64_t *counter)
{
	shutdown(visitors->fds[place], SHUT_RDWR);
	places_end(&visitors->places, place);
	(*counter)++;
}

int visitors_enter(struct visitors *visitors, int fd, const struct peer *peer, uint64_t now_ns)
{
	int place = places_take(&visitors->places, peer, now_ns), victim;
	enum place_cause cause;

	if (place < 0)
		return place;
	visitors->fds[place] = fd;
	victim = places_victim(&visitors->places, place, &cause);
	if (victim >= 0)
		end(visitors, victim,
		    cause == PLACE_OF_PEER ? &visitors->of_peer : &visitors->crowded);
	return place;
}

bool visitors_leave(struct visitors *visitors, int place)
{
	bool was_ending = visitors->places.items[place].is_ending;

	places_leave(&visitors->places, place);
	return was_ending;
}

void visitors_end_slow(struct visitors *visitors, uint64_t now_ns)
{
	for (;;) {
		int place = places_overdue(&visitors->places, now_ns);

		if (place < 0)
			return;
		end(visitors, place, &visitors->slow);
	}
}

int visitors_wait_ms(const struct visitors *visitors, uint64_t now_ns)
{
	uint64_t due_ns = places_due_ns(&visitors->places), wait_ms;

	if (due_ns == UINT64_MAX)
		return -1;
	wait_ms = due_ns > now_ns ? (due_ns - now_ns) / MS_NS + 1 : 0;
	return wait_ms < INT_MAX ? (int)wait_ms : INT_MAX;
}
