// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>

#include "core/base/histogram.h"

static const struct histogram_bounds bounds = { 3, { 0.1, 1, 10 } };

static void puts_a_value_into_the_first_bucket_that_holds_it(void **state)
{
	static const struct {
		double value;
		size_t bucket;
	} cases[] = {
		{ -1, 0 },	 { 0, 0 }, { 0.1, 0 }, /* a bound is inside */
		{ 0.100001, 1 }, { 1, 1 }, { 10, 2 },  { 10.5, 3 }, { INFINITY, 3 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct histogram histogram = { 0 };

		histogram_observe(&histogram, &bounds, c->value);
		for (size_t i = 0; i <= HISTOGRAM_BUCKET_MAX; i++)
			assert_int_equal(histogram.buckets[i], i == c->bucket);
		assert_int_equal(histogram.count, 1);
		assert_true(histogram.sum == c->value);
	}
}

static void adds_up(void **state)
{
	struct histogram histogram = { 0 };

	(void)state;
	histogram_observe(&histogram, &bounds, 0.5);
	histogram_observe(&histogram, &bounds, 0.25);
	histogram_observe(&histogram, &bounds, 64);
	assert_int_equal(histogram.buckets[0], 0);
	assert_int_equal(histogram.buckets[1], 2);
	assert_int_equal(histogram.buckets[3], 1);
	assert_int_equal(histogram.count, 3);
	assert_true(histogram.sum == 64.75);
}

static void takes_all_buckets_and_none(void **state)
{
	struct histogram_bounds full = { .count = HISTOGRAM_BUCKET_MAX };
	struct histogram_bounds none = { 0 };
	struct histogram histogram = { 0 };

	(void)state;
	for (size_t i = 0; i < HISTOGRAM_BUCKET_MAX; i++)
		full.upper[i] = (double)i;

	histogram_observe(&histogram, &full, 1e9);
	assert_int_equal(histogram.buckets[HISTOGRAM_BUCKET_MAX], 1);
	histogram_observe(&histogram, &none, 1e9);
	assert_int_equal(histogram.buckets[0], 1);
}

static void ignores_nan(void **state)
{
	struct histogram histogram = { 0 };

	(void)state;
	histogram_observe(&histogram, &bounds, NAN);
	assert_int_equal(histogram.count, 0);
	assert_true(histogram.sum == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_a_value_into_the_first_bucket_that_holds_it),
		cmocka_unit_test(adds_up),
		cmocka_unit_test(takes_all_buckets_and_none),
		cmocka_unit_test(ignores_nan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
