// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "core/web/allowance.h"

#define SECOND 1000000000ULL

/* How many of `tries` one peer gets, one after another at once. */
static unsigned int get(struct allowance *allowance, size_t peer, unsigned int tries,
			uint64_t now_ns)
{
	unsigned int got = 0;

	for (unsigned int i = 0; i < tries; i++)
		got += allowance_take(allowance, peer, now_ns);
	return got;
}

static void gives_each_peer_a_part_and_all_together_a_bound(void **state)
{
	static const struct {
		size_t peer;
		uint64_t at_s;
		unsigned int want; /* of ten tries */
	} cases[] = {
		{ 1, 100, 3 }, /* three of six */
		{ 1, 100, 0 },
		{ 2, 100, 1 }, /* then what is kept for new ones: one each */
		{ 3, 100, 1 },
		{ 4, 100, 1 },
		{ 5, 100, 0 }, /* all that there is */
		{ ALLOWANCE_NEAR, 100, 3 }, /* the node itself is no part of that */
		{ ALLOWANCE_NEAR, 101, 0 },
		{ ALLOWANCE_NEAR, 102, 1 },
		{ 5, 102, 1 },
		{ 1, 104, 0 }, /* one in four seconds, when there is more than is kept */
		{ 1, 105, 1 },
		{ 1, 107, 0 },
		{ 1, 108, 1 },
	};
	struct allowance allowance;

	(void)state;
	allowance_init(&allowance, SECOND);
	for_each_case(c, cases) {
		print_message("  %zu at %u s\n", c->peer, (unsigned int)c->at_s);
		assert_int_equal(get(&allowance, c->peer, 10, c->at_s * SECOND), c->want);
	}
}

static void lets_no_flood_keep_out_who_is_new(void **state)
{
	enum { ATTACKERS = 20, SECONDS = 1000, TURNS = 10 };
	struct allowance allowance;
	unsigned int got = 0, out = 0, longest = 0;
	uint64_t now_ns = 1000 * SECOND;

	(void)state;
	allowance_init(&allowance, SECOND);
	for (unsigned int i = 0; i < SECONDS * TURNS; i++, now_ns += SECOND / TURNS) {
		for (size_t peer = 0; peer < ATTACKERS; peer++)
			got += allowance_take(&allowance, peer, now_ns);
		out = allowance_wait_ns(&allowance, 100, now_ns) ? out + 1 : 0;
		longest = out > longest ? out : longest;
	}
	assert_in_range(got, SECONDS - 10, SECONDS + ALLOWANCE_OF_ALL);
	/* while they are new themselves, and when they are again */
	assert_true(longest <= ATTACKERS * TURNS);
	assert_true(allowance_take(&allowance, ALLOWANCE_NEAR, now_ns));
	for (size_t peer = 100; peer < 100 + ALLOWANCE_RESERVE; peer++)
		assert_true(allowance_take(&allowance, peer, now_ns));
}

static void says_when_to_come_again(void **state)
{
	struct allowance allowance;

	(void)state;
	allowance_init(&allowance, SECOND);
	assert_int_equal(allowance_wait_ns(&allowance, 1, 100 * SECOND), 0);
	assert_int_equal(get(&allowance, 1, 3, 100 * SECOND), 3);
	assert_int_equal(allowance_wait_ns(&allowance, 1, 100 * SECOND), 4 * SECOND);
	assert_int_equal(allowance_wait_ns(&allowance, 1, 103 * SECOND), SECOND);
	assert_int_equal(allowance_wait_ns(&allowance, 2, 100 * SECOND), 0);
	for (size_t peer = 2; peer < 5; peer++)
		assert_true(allowance_take(&allowance, peer, 100 * SECOND));
	assert_int_equal(allowance_wait_ns(&allowance, 5, 100 * SECOND), SECOND);
	assert_int_equal(get(&allowance, ALLOWANCE_NEAR, 9, 100 * SECOND), 3);
	assert_int_equal(allowance_wait_ns(&allowance, ALLOWANCE_NEAR, 100 * SECOND), 2 * SECOND);
}

static void follows_another_period(void **state)
{
	struct allowance allowance;

	(void)state;
	allowance_init(&allowance, SECOND);
	allowance_set_period(&allowance, 4 * SECOND);
	assert_int_equal(get(&allowance, 1, 9, 100 * SECOND), 3);
	assert_int_equal(allowance_wait_ns(&allowance, 1, 100 * SECOND), 16 * SECOND);
	assert_int_equal(get(&allowance, ALLOWANCE_NEAR, 9, 100 * SECOND), 3);
	assert_int_equal(allowance_wait_ns(&allowance, ALLOWANCE_NEAR, 100 * SECOND), 8 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_each_peer_a_part_and_all_together_a_bound),
		cmocka_unit_test(lets_no_flood_keep_out_who_is_new),
		cmocka_unit_test(says_when_to_come_again),
		cmocka_unit_test(follows_another_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
