// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "core/base/backoff.h"

#define S 1000000000ULL

static void waits_twice_as_long_after_each_failure(void **state)
{
	static const uint64_t waits_s[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	struct backoff backoff = { .period_ns = 10 * S, .most_ns = 60 * S };

	(void)state;
	for_each_case(wait_s, waits_s) {
		backoff_failed(&backoff, 100 * S, 0);
		assert_int_equal(backoff.due_ns, (100 + *wait_s) * S);
	}
	assert_int_equal(backoff.failures, case_count(waits_s));
}

static void takes_off_up_to_a_half_by_chance(void **state)
{
	static const struct {
		uint32_t random;
		uint64_t want_ns;
	} cases[] = {
		{ 0, 4 * S },
		{ 1U << 31, 3 * S },
		{ UINT32_MAX, 2 * S + 1 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct backoff backoff = { .most_ns = 60 * S, .failures = 2 };

		backoff_failed(&backoff, 0, c->random);
		assert_int_equal(backoff.due_ns, c->want_ns);
	}
}

static void asks_in_a_periods_time_after_a_success(void **state)
{
	struct backoff backoff = { .period_ns = 10 * S, .most_ns = 60 * S };

	(void)state;
	backoff_failed(&backoff, 0, 0);
	backoff_failed(&backoff, 0, 0);
	backoff_succeeded(&backoff, 5 * S);
	assert_int_equal(backoff.due_ns, 15 * S);
	backoff_failed(&backoff, 20 * S, 0);
	assert_int_equal(backoff.due_ns, 21 * S);
}

static void does_not_count_past_its_end(void **state)
{
	struct backoff backoff = { .most_ns = UINT64_MAX / 4, .failures = UINT32_MAX };

	(void)state;
	backoff_failed(&backoff, 0, 0);
	assert_int_equal(backoff.failures, UINT32_MAX);
	assert_int_equal(backoff.due_ns, UINT64_MAX / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_twice_as_long_after_each_failure),
		cmocka_unit_test(takes_off_up_to_a_half_by_chance),
		cmocka_unit_test(asks_in_a_periods_time_after_a_success),
		cmocka_unit_test(does_not_count_past_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
