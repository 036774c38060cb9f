// SPDX-License-Identifier: Apache-2.0
/* The peer must not be wronged. Values of the first case are those of Prometheus' own test,
 * promql/promqltest/testdata/functions.test: testcounter_reset_middle.
 */
#include "test.h"

#include <math.h>
#include <stdbool.h>

#include "predict_linear.h"
#include "trace.h"

static bool is_near(double a, double b)
{
	return fabs(a - b) < 1e-6 * fmax(fabs(b), 1);
}

/* load 5m: testcounter_reset_middle 0+10x4 0+10x5; eval instant at 50m predict_linear(...[50m],
 * 3600) is 70, of [55m] at 50m 76.81818181818181. A range is open at its begin. */
static void says_what_prometheus_says(void **state)
{
	double at_s[11], values[11] = { 0, 10, 20, 30, 40, 0, 10, 20, 30, 40, 50 };
	struct samples samples = { .at_s = at_s, .values = values, .count = 11 };

	(void)state;
	for (int i = 0; i < 11; i++)
		at_s[i] = 300 * i;
	assert_true(is_near(predict_linear(&samples, 3000, 3001, 3600), 76.81818181818181));
	assert_true(is_near(predict_linear(&samples, 3000, 3000, 3600), 70));
}

static void says_nothing_of_one_sample_and_no_slope_of_equal_ones(void **state)
{
	double at_s[] = { 0, 15, 30, 45 }, values[] = { 5, 7, 7, 7 };
	struct samples samples = { .at_s = at_s, .values = values, .count = 4 };

	(void)state;
	assert_true(isnan(predict_linear(&samples, 45, 15, 60)));
	assert_true(isnan(predict_linear(&samples, 1000, 60, 60)));
	assert_true(predict_linear(&samples, 45, 40, 1e9) == 7);
	assert_true(isnan(predict_linear(&samples, 14, 60, 0)));
}

static void solves_it_for_the_time(void **state)
{
	static const struct {
		double values[4], bound, want_s;
	} cases[] = {
		{ { 1, 2, 3, 4 }, 10, 90 },
		{ { 1, 2, 3, 4 }, 4, 0 },
		{ { 1, 2, 3, 4 }, 3, 0 },
		{ { 4, 3, 2, 1 }, 10, (double)INFINITY },
		{ { 4, 4, 4, 4 }, 10, (double)INFINITY },
		{ { 4, 4, 4, 4 }, 4, 0 },
	};
	double at_s[] = { 0, 15, 30, 45 };

	(void)state;
	for_each_case(c, cases) {
		double values[] = { c->values[0], c->values[1], c->values[2], c->values[3] };
		struct samples samples = { .at_s = at_s, .values = values, .count = 4 };
		double when = predict_linear_when(&samples, 45, 3600, c->bound);

		print_message("  %g: %g\n", c->bound, when);
		assert_true(when == c->want_s || is_near(when, c->want_s));
		if (isfinite(when) && when > 0)
			assert_true(is_near(predict_linear(&samples, 45, 3600, when), c->bound));
	}
}

static void scrapes_what_is_told_and_not_while_away(void **state)
{
	struct trace_point points[] = { { 0, 3 }, { 20, 4 }, { 40, TRACE_AWAY }, { 70, 9 } };
	struct trace trace = { .points = points, .count = 4, .end_s = 90 };
	cleanup_samples struct samples samples = { 0 };
	static const double want[][2] = { { 5, 3 }, { 20, 4 }, { 35, 4 }, { 80, 9 } };

	(void)state;
	assert_int_equal(samples_scrape(&trace, 5, 15, &samples), 0);
	assert_int_equal(samples.count, case_count(want));
	for (size_t i = 0; i < samples.count; i++) {
		assert_true(samples.at_s[i] == want[i][0]);
		assert_true(samples.values[i] == want[i][1]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_prometheus_says),
		cmocka_unit_test(says_nothing_of_one_sample_and_no_slope_of_equal_ones),
		cmocka_unit_test(solves_it_for_the_time),
		cmocka_unit_test(scrapes_what_is_told_and_not_while_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
