// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "core/web/places.h"

#define SECOND 1000000000ULL

static struct peer afar(unsigned int number)
{
	const struct ip ip = {
		.bytes = { 0x20, [6] = (uint8_t)(number >> 8), [7] = (uint8_t)number }
	};

	return (struct peer){ .net = ip, .host = ip };
}

static struct peer near(unsigned int number)
{
	struct peer peer = afar(number);

	peer.is_near = true;
	return peer;
}

/* One comes; who was told to go is gone at once. */
static int come(struct places *places, struct peer peer, uint64_t now_ns)
{
	int place = places_take(places, &peer, now_ns), victim;
	enum place_cause cause;

	assert_true(place >= 0);
	victim = places_victim(places, place, &cause);
	if (victim >= 0)
		places_leave(places, victim);
	return place;
}

/* Those that are there, of one peer. */
static size_t count(const struct places *places, struct peer peer)
{
	size_t count = 0;

	for (size_t i = 0; i < PLACES_MAX; i++)
		count += places->items[i].is_taken && peer_is_same(&places->items[i].peer, &peer);
	return count;
}

/* Parts come one after another, a nanosecond apart; then one more comes. */
static void makes_room_for_who_comes(void **state)
{
	static const struct {
		const char *what;
		struct {
			unsigned int number, times;
			bool is_near;
		} parts[4];
		bool is_near; /* the one more */
		unsigned int number;
		int victim; /* by the order in which they came; -1: none */
		enum place_cause cause;
	} cases[] = {
		{ "alone", .victim = -1 },
		{ "one of few", { { 1, 15, false } }, false, 1, -1, PLACE_FULL },
		{ "one too many of a peer: its oldest",
		  { { 2, 3, false }, { 1, 16, false } },
		  false,
		  1,
		  3,
		  PLACE_OF_PEER },
		{ "another one beside it", { { 1, 16, false } }, false, 2, -1, PLACE_FULL },
		{ "all places are taken: the oldest of whom has most",
		  { { 1, 15, false }, { 2, 16, false }, { 3, 16, false }, { 4, 16, false } },
		  false,
		  5,
		  -1,
		  PLACE_FULL },
		{ "and one more",
		  { { 1, 15, false }, { 2, 16, false }, { 3, 16, false }, { 4, 17, false } },
		  false,
		  5,
		  47,
		  PLACE_FULL },
		{ "this node has places of its own",
		  { { 1, 16, false }, { 2, 16, false }, { 3, 16, false }, { 4, 16, false } },
		  true,
		  0,
		  -1,
		  PLACE_FULL },
		{ "of which it may have all", { { 1, 63, true } }, true, 1, -1, PLACE_FULL },
		{ "but not more", { { 1, 64, true } }, true, 1, 0, PLACE_FULL },
		{ "where who has most makes room for the other",
		  { { 2, 2, true }, { 1, 62, true } },
		  true,
		  2,
		  2,
		  PLACE_FULL },
		{ "and nobody from afar has to go",
		  { { 5, 4, false }, { 1, 64, true } },
		  true,
		  1,
		  4,
		  PLACE_FULL },
		{ "nor of this node for one from afar",
		  { { 1, 64, true }, { 2, 16, false }, { 3, 16, false }, { 4, 16, false } },
		  false,
		  5,
		  -1,
		  PLACE_FULL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct places places = { 0 };
		struct peer last = c->is_near ? near(c->number) : afar(c->number);
		enum place_cause cause = PLACE_FULL;
		uint64_t now_ns = 1;
		int place, victim;

		print_message("  %s\n", c->what);
		for (size_t i = 0; i < case_count(c->parts); i++) {
			struct peer peer = c->parts[i].is_near ? near(c->parts[i].number)
							       : afar(c->parts[i].number);

			for (unsigned int n = 0; n < c->parts[i].times; n++)
				assert_true(places_take(&places, &peer, now_ns++) >= 0);
		}
		place = places_take(&places, &last, now_ns);
		assert_true(place >= 0);
		victim = places_victim(&places, place, &cause);
		assert_int_equal(victim, c->victim);
		if (victim >= 0)
			assert_int_equal(cause, c->cause);
	}
}

static void keeps_who_has_few_through_a_flood(void **state)
{
	struct places places = { 0 };
	uint64_t now_ns = 1;
	int scraper, kubelet;

	(void)state;
	kubelet = come(&places, near(1), now_ns++);
	scraper = come(&places, afar(9999), now_ns++);
	/* of five addresses, then of the node itself */
	for (unsigned int i = 0; i < 5000; i++)
		come(&places, afar(i % 5), now_ns++);
	for (unsigned int i = 0; i < 5000; i++)
		come(&places, near(2), now_ns++);
	assert_true(places.items[scraper].is_taken && places.items[scraper].since_ns == 2);
	assert_true(places.items[kubelet].is_taken && places.items[kubelet].since_ns == 1);
	assert_int_equal(count(&places, near(2)), PLACES_NEAR - 1);
	assert_int_equal(places.count, PLACES_NEAR + PLACES_AFAR);
}

/* One of a /64 whose part another host of it wants for itself. */
static void keeps_a_host_beside_a_greedy_one_of_its_part(void **state)
{
	struct peer scraper = afar(1), greedy = afar(1);
	struct places places = { 0 };
	uint64_t now_ns = 1;
	int place;

	(void)state;
	greedy.host.bytes[15] = 1;
	place = come(&places, scraper, now_ns++);
	for (unsigned int i = 0; i < 1000; i++)
		come(&places, greedy, now_ns++);
	assert_int_equal(count(&places, scraper), PLACES_OF_PEER);
	assert_true(places.items[place].is_taken && places.items[place].since_ns == 1);
	/* nor does it have to go where all places are taken and its part is the largest */
	for (unsigned int i = 0; i < 1000; i++)
		come(&places, afar(2 + i % 4), now_ns++);
	assert_true(places.items[place].is_taken && places.items[place].since_ns == 1);
	assert_int_equal(places.count, PLACES_AFAR);
}

/* Which is no greedy one where it has as many addresses as connections. */
static void makes_room_for_who_comes_among_hosts_of_one_part(void **state)
{
	struct places places = { 0 };
	uint64_t now_ns = 1;
	int place;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		struct peer one = afar(1);

		one.host.bytes[14] = (uint8_t)(i >> 8);
		one.host.bytes[15] = (uint8_t)(i + 1);
		come(&places, one, now_ns++);
	}
	place = come(&places, afar(1), now_ns++);
	assert_true(places.items[place].is_taken);
	assert_int_equal(count(&places, afar(1)), PLACES_OF_PEER);
}

static void keeps_who_has_just_come_for_as_many_as_there_are_places(void **state)
{
	struct places places = { 0 };
	uint64_t now_ns = 1;
	unsigned int number = 0;
	int scraper;

	(void)state;
	/* each of an address of its own */
	for (; number < 200; number++)
		come(&places, afar(number), now_ns++);
	scraper = come(&places, afar(9999), now_ns++);
	for (; number < 200 + PLACES_AFAR - 1; number++)
		come(&places, afar(number), now_ns++);
	assert_int_equal(count(&places, afar(9999)), 1);
	/* an answer makes it as new as those */
	places_answered(&places, scraper, now_ns++);
	come(&places, afar(number), now_ns++);
	assert_int_equal(count(&places, afar(9999)), 1);
}

static void counts_nobody_who_was_told_to_go(void **state)
{
	struct places places = { 0 };
	struct peer peer = afar(1);
	enum place_cause cause = PLACE_FULL;

	(void)state;
	for (int i = 0; i < PLACES_OF_PEER; i++)
		assert_int_equal(places_take(&places, &peer, 5), i);
	places_end(&places, 0);
	assert_int_equal(places_take(&places, &peer, 6), PLACES_OF_PEER);
	assert_int_equal(places_victim(&places, PLACES_OF_PEER, &cause), -1);
	assert_int_equal(places_take(&places, &peer, 7), PLACES_OF_PEER + 1);
	assert_int_equal(places_victim(&places, PLACES_OF_PEER + 1, &cause), 1);
	assert_int_equal(cause, PLACE_OF_PEER);
}

static void is_bounded(void **state)
{
	struct places places = { 0 };
	struct peer peer = afar(1);

	(void)state;
	for (int i = 0; i < PLACES_MAX; i++) {
		assert_true(places_have_room(&places));
		assert_int_equal(places_take(&places, &peer, 5), i);
	}
	assert_false(places_have_room(&places));
	assert_int_equal(places_take(&places, &peer, 5), -ENOSPC);
	places_leave(&places, 7);
	assert_true(places_have_room(&places));
	assert_int_equal(places_take(&places, &peer, 5), 7);
}

static void ends_the_time_of_each_request(void **state)
{
	struct places places = { 0 };
	struct peer peer = afar(1);
	int first, second;

	(void)state;
	assert_int_equal(places_due_ns(&places), UINT64_MAX);
	assert_int_equal(places_overdue(&places, UINT64_MAX), -1);
	first = places_take(&places, &peer, 100 * SECOND);
	second = places_take(&places, &peer, 103 * SECOND);
	assert_int_equal(places_due_ns(&places), 110 * SECOND);
	assert_int_equal(places_overdue(&places, 110 * SECOND - 1), -1);
	assert_int_equal(places_overdue(&places, 110 * SECOND), first);
	places_end(&places, first); /* once */
	assert_int_equal(places_overdue(&places, 110 * SECOND), -1);
	assert_int_equal(places_due_ns(&places), 113 * SECOND);
	/* of a later one the time of waiting is a part */
	places_answered(&places, second, 104 * SECOND);
	assert_int_equal(places_due_ns(&places), 124 * SECOND);
	assert_int_equal(places_overdue(&places, 124 * SECOND), second);
	places_leave(&places, second);
	places_leave(&places, first);
	assert_int_equal(places_due_ns(&places), UINT64_MAX);
	/* and whoever has the place next begins anew */
	assert_int_equal(places_take(&places, &peer, 200 * SECOND), first);
	assert_int_equal(places_due_ns(&places), 210 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_room_for_who_comes),
		cmocka_unit_test(keeps_who_has_few_through_a_flood),
		cmocka_unit_test(keeps_a_host_beside_a_greedy_one_of_its_part),
		cmocka_unit_test(makes_room_for_who_comes_among_hosts_of_one_part),
		cmocka_unit_test(keeps_who_has_just_come_for_as_many_as_there_are_places),
		cmocka_unit_test(counts_nobody_who_was_told_to_go),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(ends_the_time_of_each_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
