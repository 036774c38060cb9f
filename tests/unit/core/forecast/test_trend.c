// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>

#include "core/forecast/trend.h"

#define NEAR 1e-9

static bool is_near(double a, double b)
{
	return fabs(a - b) < NEAR;
}

static void finds_the_median(void **state)
{
	static const struct {
		size_t count;
		double values[9], want;
	} cases[] = {
		{ 0, { 0 }, 0 },
		{ 1, { 7 }, 7 },
		{ 2, { 9, 4 }, 6.5 },
		{ 3, { 9, 1, 4 }, 4 },
		{ 4, { 4, 1, 3, 2 }, 2.5 },
		{ 5, { 1, 2, 3, 4, 5 }, 3 },
		{ 5, { 5, 4, 3, 2, 1 }, 3 },
		{ 6, { 2, 2, 2, 2, 2, 2 }, 2 },
		{ 7, { -1, 100, 0, 3, -50, 2, 1 }, 1 },
		{ 8, { 8, 1, 7, 2, 6, 3, 5, 4 }, 4.5 },
		{ 9, { 1, 9, 1, 9, 1, 9, 1, 9, 5 }, 5 },
	};

	(void)state;
	for_each_case(c, cases) {
		double values[9];

		for (size_t i = 0; i < c->count; i++)
			values[i] = c->values[i];
		print_message("  %zu values, %g\n", c->count, c->want);
		assert_true(trend_median(values, c->count) == c->want);
	}
}

static void draws_the_line_that_points_are_on(void **state)
{
	struct trend_point points[TREND_POINTS_MAX];
	struct trend trend;

	(void)state;
	for (size_t count = TREND_POINTS_LEAST; count <= TREND_POINTS_MAX; count++) {
		for (size_t i = 0; i < count; i++)
			points[i] = (struct trend_point){ 10.0 * (double)i - 60,
							  3 + 0.5 * (10.0 * (double)i - 60) };
		assert_int_equal(trend_fit(points, count, &trend), 0);
		assert_true(is_near(trend.slope, 0.5));
		assert_true(is_near(trend.level, 3));
		assert_true(is_near(trend.spread, 0));
	}
}

/* Least squares would rise by 7.3. */
static void single_odd_points_do_not_bend_it(void **state)
{
	struct trend_point points[10];
	struct trend trend;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		points[i] = (struct trend_point){ (double)i, (double)i };
	points[8].y = 90;
	points[2].y = -5;
	assert_int_equal(trend_fit(points, 10, &trend), 0);
	assert_true(is_near(trend.slope, 1));
	assert_true(is_near(trend.level, 0));
	assert_true(is_near(trend.spread, (82.0 + 7) / 10));
}

static void refuses_what_makes_no_line(void **state)
{
	static const struct {
		size_t count;
		struct trend_point points[TREND_POINTS_MAX + 1];
	} cases[] = {
		{ 0, { { 0, 0 } } },
		{ 3, { { 0, 0 }, { 1, 1 }, { 2, 2 } } },
		{ 4, { { 0, 0 }, { 1, 1 }, { 1, 2 }, { 2, 2 } } },
		{ 4, { { 0, 0 }, { 2, 1 }, { 1, 2 }, { 3, 2 } } },
		{ 4, { { 0, 0 }, { 1, 1 }, { (double)NAN, 2 }, { 3, 2 } } },
		{ 13,
		  { { 0, 0 },
		    { 1, 0 },
		    { 2, 0 },
		    { 3, 0 },
		    { 4, 0 },
		    { 5, 0 },
		    { 6, 0 },
		    { 7, 0 },
		    { 8, 0 },
		    { 9, 0 },
		    { 10, 0 },
		    { 11, 0 },
		    { 12, 0 } } },
	};

	(void)state;
	for_each_case(c, cases) {
		struct trend trend = { .slope = 42 };

		print_message("  %zu points\n", c->count);
		assert_int_equal(trend_fit(c->points, c->count, &trend), -EINVAL);
		assert_true(trend.slope == 42);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_median),
		cmocka_unit_test(draws_the_line_that_points_are_on),
		cmocka_unit_test(single_odd_points_do_not_bend_it),
		cmocka_unit_test(refuses_what_makes_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
