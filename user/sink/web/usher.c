// SPDX-License-Identifier: Apache-2.0
#include "sink/web/usher.h"

#include <limits.h>
#include <sys/socket.h>

#define MS_NS 1000000ULL

static void end(struct usher *usher, int place, uint64_t *counter)
{
	shutdown(usher->fds[place], SHUT_RDWR);
	places_end(&usher->places, place);
	(*counter)++;
}

int usher_enter(struct usher *usher, int fd, const struct peer *peer, uint64_t now_ns)
{
	int place = places_take(&usher->places, peer, now_ns), victim;
	enum place_cause cause;

	if (place < 0)
		return place;
	usher->fds[place] = fd;
	victim = places_victim(&usher->places, place, &cause);
	if (victim >= 0)
		end(usher, victim, cause == PLACE_OF_PEER ? &usher->of_peer : &usher->crowded);
	return place;
}

bool usher_leave(struct usher *usher, int place)
{
	bool was_ending = usher->places.items[place].is_ending;

	places_leave(&usher->places, place);
	return was_ending;
}

void usher_end_slow(struct usher *usher, uint64_t now_ns)
{
	for (;;) {
		int place = places_overdue(&usher->places, now_ns);

		if (place < 0)
			return;
		end(usher, place, &usher->slow);
	}
}

int usher_wait_ms(const struct usher *usher, uint64_t now_ns)
{
	uint64_t due_ns = places_due_ns(&usher->places), wait_ms;

	if (due_ns == UINT64_MAX)
		return -1;
	wait_ms = due_ns > now_ns ? (due_ns - now_ns) / MS_NS + 1 : 0;
	return wait_ms < INT_MAX ? (int)wait_ms : INT_MAX;
}
