// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "core/forecast/history.h"

#define SECOND 1000000000LL

static struct history *new_history(void)
{
	struct history *history = malloc(sizeof(*history));

	assert_non_null(history);
	history_init(history);
	return history;
}

static struct history_view view_of(const struct history *history, enum history_ring ring,
				   unsigned int age)
{
	struct history_view view;

	assert_true(history_at(history, ring, age, &view));
	return view;
}

static bool is_unknown(const struct history *history, enum history_ring ring, unsigned int age)
{
	struct history_view view;

	return !history_at(history, ring, age, &view);
}

static void knows_nothing_at_first(void **state)
{
	cleanup_free struct history *history = new_history();

	(void)state;
	for (unsigned int ring = 0; ring < HISTORY_RING_COUNT; ring++)
		for (unsigned int age = 0; age <= HISTORY_SLOTS_MOST; age++)
			assert_true(is_unknown(history, ring, age));
	assert_int_equal(history_peak(history).assigned, 0);
}

/* 4 s of 10, 6 s of 20: 16, whichever way it was told. */
static void keeps_mean_and_highest_of_a_slot(void **state)
{
	cleanup_free struct history *history = new_history();
	struct history_view view;

	(void)state;
	history_hold(history, 4 * SECOND, 10);
	history_step(history, 10, 20);
	history_hold(history, 7 * SECOND, 20);
	history_hold(history, 10 * SECOND, 20);
	history_step(history, 20, 13);
	history_hold(history, 12 * SECOND, 13);

	view = view_of(history, HISTORY_10S, 1);
	assert_true(view.mean == 16);
	assert_true(view.max == 20);
	assert_true(view.assigned == 10);
	assert_true(view.seconds == 10);
	assert_true(view.end_s == 10);
	view = view_of(history, HISTORY_10S, 0);
	assert_true(view.mean == 13);
	assert_true(view.max == 13);
	assert_true(view.assigned == 0);
	assert_true(view.seconds == 2);
	assert_true(view.end_s == 12);
	view = view_of(history, HISTORY_1M, 0);
	assert_true(fabs(view.mean - (4 * 10 + 6 * 20 + 2 * 13) / 12.0) < 1e-6);
	assert_true(view.max == 20);
	assert_true(is_unknown(history, HISTORY_1M, 1));
}

static void a_level_of_no_time_counts_as_highest(void **state)
{
	cleanup_free struct history *history = new_history();

	(void)state;
	history_hold(history, 5 * SECOND, 10);
	history_step(history, 10, 11);
	history_step(history, 11, 10);
	history_hold(history, 6 * SECOND, 10);
	assert_true(view_of(history, HISTORY_10S, 0).max == 11);
	assert_true(view_of(history, HISTORY_10S, 0).mean == 10);
}

/* Quiet for an hour, for days, for longer than any ring reaches. */
static void fills_what_time_leaps_over(void **state)
{
	static const int64_t cases[] = { 25, 3600, 86400, 3 * 86400, 40 * 86400, 400 * 86400 };

	(void)state;
	for_each_case(c, cases) {
		cleanup_free struct history *history = new_history();

		print_message("  %lld s\n", (long long)*c);
		history_hold(history, *c * SECOND, 7);
		for (enum history_ring ring = 0; ring < HISTORY_RING_COUNT; ring++) {
			unsigned int past =
				(unsigned int)fmin((double)(*c - 1) / history_slot_s(ring),
						   history_slot_count(ring) - 1);

			for (unsigned int age = 1; age <= past; age++) {
				struct history_view view = view_of(history, ring, age);

				assert_true(view.mean == 7 && view.max == 7 && !view.assigned);
			}
			assert_true(is_unknown(history, ring, past + 1));
		}
	}
}

static void forgets_what_a_ring_has_no_room_for(void **state)
{
	cleanup_free struct history *history = new_history();

	(void)state;
	history_hold(history, 5 * SECOND, 99);
	history_hold(history, 595 * SECOND, 1);
	assert_true(view_of(history, HISTORY_10S, 59).max == 99);
	history_hold(history, 600 * SECOND, 1);
	assert_true(view_of(history, HISTORY_10S, 59).max == 99);
	history_hold(history, 605 * SECOND, 1);
	assert_true(view_of(history, HISTORY_10S, 59).max == 1);
	assert_true(is_unknown(history, HISTORY_10S, 60));
	assert_true(view_of(history, HISTORY_1M, 10).max == 99);
}

static void tells_what_it_does_not_know_from_nothing(void **state)
{
	cleanup_free struct history *history = new_history();

	(void)state;
	history_hold(history, 13 * SECOND, 0);
	history_skip(history, 58 * SECOND);
	history_hold(history, 65 * SECOND, 4);
	assert_true(view_of(history, HISTORY_10S, 0).mean == 4);
	assert_true(view_of(history, HISTORY_10S, 1).mean == 4); /* 2 s are known */
	for (unsigned int age = 2; age <= 4; age++)
		assert_true(is_unknown(history, HISTORY_10S, age));
	assert_true(view_of(history, HISTORY_10S, 5).mean == 0);
	assert_true(view_of(history, HISTORY_10S, 6).mean == 0);
	assert_true(fabs(view_of(history, HISTORY_1M, 1).mean - 2 * 4 / 15.0) < 1e-6);
}

static void finds_the_worst_half_minute(void **state)
{
	static const struct {
		const char *what;
		struct {
			int64_t at_s;
			uint32_t from, to;
		} steps[4];
		struct history_burst want;
	} cases[] = {
		{ "only comes", { { 3600, 0, 9 }, { 3614, 9, 12 } }, { 12, 0 } },
		{ "only goes", { { 3600, 12, 9 }, { 3614, 9, 0 } }, { 0, 0 } },
		{ "over the border of two halves", { { 3614, 5, 10 }, { 3616, 10, 5 } }, { 5, 5 } },
		{ "comes and goes", { { 3600, 5, 10 }, { 3610, 10, 7 } }, { 5, 3 } },
		{ "too far apart", { { 3600, 5, 10 }, { 3640, 10, 16 } }, { 6, 0 } },
		{ "twice",
		  { { 3600, 5, 9 }, { 3601, 9, 5 }, { 9000, 5, 8 }, { 9001, 8, 5 } },
		  { 4, 4 } },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free struct history *history = new_history();
		struct history_burst peak;

		print_message("  %s\n", c->what);
		for (size_t i = 0; i < case_count(c->steps) && c->steps[i].at_s; i++) {
			history_hold(history, c->steps[i].at_s * SECOND, c->steps[i].from);
			history_step(history, c->steps[i].from, c->steps[i].to);
		}
		peak = history_peak(history);
		assert_int_equal(peak.assigned, c->want.assigned);
		assert_int_equal(peak.turned, c->want.turned);
	}
}

static void forgets_the_worst_half_minute_after_a_day(void **state)
{
	cleanup_free struct history *history = new_history();

	(void)state;
	history_hold(history, 1800 * SECOND, 0);
	history_step(history, 0, 50);
	history_hold(history, 23 * 3600 * SECOND, 50);
	assert_int_equal(history_peak(history).assigned, 50);
	history_hold(history, 24 * 3600 * SECOND, 50);
	assert_int_equal(history_peak(history).assigned, 0);
	history_step(history, 50, 57);
	history_hold(history, 400LL * 86400 * SECOND, 57);
	assert_int_equal(history_peak(history).assigned, 0);
}

static void holds_no_number_that_is_too_large(void **state)
{
	cleanup_free struct history *history = new_history();
	struct history_view view;

	(void)state;
	history_hold(history, 5 * SECOND, 0);
	history_step(history, 0, UINT32_MAX);
	history_hold(history, 10 * SECOND, UINT32_MAX);
	history_hold(history, 30 * SECOND, UINT32_MAX);
	assert_true(view_of(history, HISTORY_10S, 1).max == HISTORY_LEVEL_MAX);
	view = view_of(history, HISTORY_10S, 2);
	assert_true(view.max == HISTORY_LEVEL_MAX);
	assert_true(view.assigned == HISTORY_LEVEL_MAX);
	assert_int_equal(history_peak(history).assigned, HISTORY_LEVEL_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_nothing_at_first),
		cmocka_unit_test(keeps_mean_and_highest_of_a_slot),
		cmocka_unit_test(a_level_of_no_time_counts_as_highest),
		cmocka_unit_test(fills_what_time_leaps_over),
		cmocka_unit_test(forgets_what_a_ring_has_no_room_for),
		cmocka_unit_test(tells_what_it_does_not_know_from_nothing),
		cmocka_unit_test(finds_the_worst_half_minute),
		cmocka_unit_test(forgets_the_worst_half_minute_after_a_day),
		cmocka_unit_test(holds_no_number_that_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
