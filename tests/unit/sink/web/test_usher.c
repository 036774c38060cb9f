// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "sink/web/usher.h"

#define SECOND 1000000000ULL

/* Both ends of a connection. */
struct pair {
	int ours, theirs, place;
};

static const struct peer stranger = { .net = { .bytes = { 0x20 } } };

static struct pair enter(struct usher *usher, uint64_t now_ns)
{
	struct pair pair;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	pair = (struct pair){ fds[0], fds[1], usher_enter(usher, fds[0], &stranger, now_ns) };
	assert_true(pair.place >= 0);
	return pair;
}

static bool is_shut(const struct pair *pair)
{
	char byte;

	return recv(pair->theirs, &byte, 1, MSG_DONTWAIT) == 0;
}

static void leave(struct usher *usher, const struct pair *pair, bool want_ended)
{
	assert_int_equal(usher_leave(usher, pair->place), want_ended);
	close(pair->ours);
	close(pair->theirs);
}

static void shuts_down_the_oldest_of_too_many(void **state)
{
	struct usher usher = { 0 };
	struct pair pairs[PLACES_OF_PEER + 2];

	(void)state;
	for (size_t i = 0; i < case_count(pairs); i++)
		pairs[i] = enter(&usher, 1 + i);
	for (size_t i = 0; i < case_count(pairs); i++)
		assert_int_equal(is_shut(&pairs[i]), i < 2);
	assert_int_equal(usher.of_peer, 2);
	assert_int_equal(usher.crowded + usher.slow, 0);
	for (size_t i = 0; i < case_count(pairs); i++)
		leave(&usher, &pairs[i], i < 2);
	assert_int_equal(usher.places.count, 0);
}

static void shuts_down_who_takes_too_long_and_sleeps_otherwise(void **state)
{
	struct usher usher = { 0 };
	struct pair first, second;

	(void)state;
	assert_int_equal(usher_wait_ms(&usher, 100 * SECOND), -1);
	first = enter(&usher, 100 * SECOND);
	second = enter(&usher, 104 * SECOND);
	assert_in_range(usher_wait_ms(&usher, 104 * SECOND), 6000, 6001);
	usher_end_slow(&usher, 109 * SECOND);
	assert_false(is_shut(&first) || is_shut(&second));
	usher_end_slow(&usher, 110 * SECOND);
	assert_true(is_shut(&first) && !is_shut(&second));
	assert_in_range(usher_wait_ms(&usher, 110 * SECOND), 4000, 4001);
	assert_int_equal(usher_wait_ms(&usher, 120 * SECOND), 0);
	usher_end_slow(&usher, 120 * SECOND);
	assert_true(is_shut(&second));
	assert_int_equal(usher.slow, 2);
	/* until the library has closed them */
	assert_int_equal(usher_wait_ms(&usher, 120 * SECOND), -1);
	leave(&usher, &first, true);
	leave(&usher, &second, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shuts_down_the_oldest_of_too_many),
		cmocka_unit_test(shuts_down_who_takes_too_long_and_sleeps_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
