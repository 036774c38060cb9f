// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>

#include "core/alert/alert_window.h"

enum { SPAN = 120 }; /* a slot is 10 */

static void sums_what_a_counter_grew_by_within_the_span(void **state)
{
	static const struct {
		uint64_t now, count, want;
	} steps[] = {
		{ 1005, 100, 0 }, /* where it begins */
		{ 1009, 103, 3 },
		{ 1010, 104, 4 },
		{ 1119, 104, 4 }, /* twelve slots: 1000 to 1119 */
		{ 1120, 104, 1 },
		{ 1129, 104, 1 },
		{ 1130, 104, 0 },
		{ 1130, 90, 90 }, /* anew */
		{ 1125, 91, 91 }, /* a clock that went back */
		{ 1249, 91, 91 },
		{ 1250, 92, 1 },
		{ 5000, 95, 3 }, /* long unseen: of now */
		{ 5119, 95, 3 },
		{ 5120, 95, 0 },
		{ 5120, UINT64_MAX, UINT64_MAX - 95 },
		{ 5130, UINT64_MAX - 1, UINT64_MAX }, /* as much as there is */
	};
	struct window_sum window = { 0 };

	(void)state;
	assert_int_equal(window_sum_total(&window), 0);
	for_each_case(step, steps) {
		window_sum_see(&window, SPAN, step->count, step->now);
		print_message("  %d\n", (int)step->now);
		assert_int_equal(window_sum_total(&window), step->want);
	}
}

static void counts_from_the_first_slots_of_time(void **state)
{
	struct window_sum window = { 0 };

	(void)state;
	window_sum_see(&window, SPAN, 5, 0);
	window_sum_see(&window, SPAN, 7, 9);
	window_sum_see(&window, SPAN, 8, 50);
	assert_int_equal(window_sum_total(&window), 3);
	window_sum_see(&window, SPAN, 8, 125);
	assert_int_equal(window_sum_total(&window), 1);
}

static void keeps_the_lowest_level_within_the_span(void **state)
{
	static const struct {
		uint64_t now;
		double level, want;
	} steps[] = {
		{ 15, 5, 5 },	  { 16, 3, 3 },	    { 19, 9, 3 },    { 40, 4, 3 },
		{ 129, 8, 3 },	  { 130, 8, 4 },    { 159, 8, 4 },   { 160, 9, 8 },
		{ 1000, 20, 20 }, { 1001, 21, 20 }, { 990, 19, 19 },
	};
	struct window_low window = { 0 };

	(void)state;
	assert_true(window_low_lowest(&window) == INFINITY);
	for_each_case(step, steps) {
		window_low_see(&window, SPAN, step->level, step->now);
		print_message("  %d\n", (int)step->now);
		assert_true(window_low_lowest(&window) == step->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_what_a_counter_grew_by_within_the_span),
		cmocka_unit_test(counts_from_the_first_slots_of_time),
		cmocka_unit_test(keeps_the_lowest_level_within_the_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
