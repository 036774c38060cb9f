// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "sink/web/visitors.h"

#define SECOND 1000000000ULL

/* Both ends of a connection. */
struct pair {
	int ours, theirs, place;
};

static const struct peer stranger = { .net = { .bytes = { 0x20 } } };

static struct pair enter(struct visitors *visitors, uint64_t now_ns)
{
	struct pair pair;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	pair = (struct pair){ fds[0], fds[1], visitors_enter(visitors, fds[0], &stranger, now_ns) };
	assert_true(pair.place >= 0);
	return pair;
}

static bool is_shut(const struct pair *pair)
{
	char byte;

	return recv(pair->theirs, &byte, 1, MSG_DONTWAIT) == 0;
}

static void leave(struct visitors *visitors, const struct pair *pair, bool want_ended)
{
	assert_int_equal(visitors_leave(visitors, pair->place), want_ended);
	close(pair->ours);
	close(pair->theirs);
}

static void shuts_down_the_oldest_of_too_many(void **state)
{
	struct visitors visitors = { 0 };
	struct pair pairs[PLACES_OF_PEER + 2];

	(void)state;
	for (size_t i = 0; i < case_count(pairs); i++)
		pairs[i] = enter(&visitors, 1 + i);
	for (size_t i = 0; i < case_count(pairs); i++)
		assert_int_equal(is_shut(&pairs[i]), i < 2);
	assert_int_equal(visitors.of_peer, 2);
	assert_int_equal(visitors.crowded + visitors.slow, 0);
	for (size_t i = 0; i < case_count(pairs); i++)
		leave(&visitors, &pairs[i], i < 2);
	assert_int_equal(visitors.places.count, 0);
}

static void shuts_down_who_takes_too_long_and_sleeps_otherwise(void **state)
{
	struct visitors visitors = { 0 };
	struct pair first, second;

	(void)state;
	assert_int_equal(visitors_wait_ms(&visitors, 100 * SECOND), -1);
	first = enter(&visitors, 100 * SECOND);
	second = enter(&visitors, 104 * SECOND);
	assert_in_range(visitors_wait_ms(&visitors, 104 * SECOND), 6000, 6001);
	visitors_end_slow(&visitors, 109 * SECOND);
	assert_false(is_shut(&first) || is_shut(&second));
	visitors_end_slow(&visitors, 110 * SECOND);
	assert_true(is_shut(&first) && !is_shut(&second));
	assert_in_range(visitors_wait_ms(&visitors, 110 * SECOND), 4000, 4001);
	assert_int_equal(visitors_wait_ms(&visitors, 120 * SECOND), 0);
	visitors_end_slow(&visitors, 120 * SECOND);
	assert_true(is_shut(&second));
	assert_int_equal(visitors.slow, 2);
	/* until the library has closed them */
	assert_int_equal(visitors_wait_ms(&visitors, 120 * SECOND), -1);
	leave(&visitors, &first, true);
	leave(&visitors, &second, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shuts_down_the_oldest_of_too_many),
		cmocka_unit_test(shuts_down_who_takes_too_long_and_sleeps_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
