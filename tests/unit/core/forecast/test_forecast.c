// SPDX-License-Identifier: Apache-2.0
#include "forecast_story.h"

static void knows_nothing_before_it_is_told(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	struct forecast_answer answer = ask(forecast, WALL, &room_of_110);

	(void)state;
	assert_false(answer.is_known);
	assert_true(isnan(answer.headroom));
	forecast_gap(forecast, WALL);
	assert_false(ask(forecast, WALL, &room_of_110).is_known);
	observe(forecast, WALL, 7);
	answer = ask(forecast, WALL, &room_of_110);
	assert_false(answer.is_known);
	assert_true(answer.headroom == 103);
}

static void says_now_when_nothing_is_left(void **state)
{
	static const struct {
		const char *what;
		uint64_t used;
		struct forecast_room room;
		bool is_full;
		double headroom;
	} cases[] = {
		{ "some left", 9, { .bound = 10 }, false, 1 },
		{ "all used", 10, { .bound = 10 }, true, 0 },
		{ "more than all", 12, { .bound = 10 }, true, -2 },
		{ "held back", 7, { .bound = 10, .held_back = 3 }, true, 0 },
		{ "some held back", 6, { .bound = 10, .held_back = 3 }, false, 1 },
		{ "in cooldown", 8, { .bound = 10, .cooldown = 2, .cooldown_s = 30 }, true, 0 },
		{ "all of it", 5, { .bound = 10, .held_back = 3, .cooldown = 2 }, true, 0 },
		{ "none used of one", 0, { .bound = 1 }, false, 1 },
		{ "of very many", 60000, { .bound = 1.8e19 }, false, 1.8e19 - 60000 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_forecast struct forecast *forecast = new_forecast();
		struct forecast_answer answer;

		print_message("  %s\n", c->what);
		observe(forecast, WALL, c->used);
		answer = ask(forecast, WALL + HOUR, &c->room);
		assert_int_equal(answer.is_known, c->is_full);
		assert_true(!c->is_full || (answer.seconds == 0 && answer.confidence == 1));
		assert_true(answer.headroom == c->headroom);
	}
}

static void says_nothing_of_no_room(void **state)
{
	static const struct forecast_room cases[] = {
		{ .bound = 0 },
		{ .bound = -5 },
		{ .bound = (double)NAN },
		{ .bound = (double)INFINITY },
		{ .bound = 10, .held_back = (double)NAN },
		{ .bound = 10, .cooldown = (double)NAN },
		{ .bound = 10, .cooldown_s = (double)INFINITY },
	};
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = scale_up(forecast, WALL);

	(void)state;
	for_each_case(c, cases) {
		struct forecast_answer answer = ask(forecast, now, c);

		assert_false(answer.is_known);
		assert_true(isnan(answer.headroom));
	}
}

static void says_nothing_of_more_than_it_can_count(void **state)
{
	static const struct forecast_room room = { .bound = 70000 };
	cleanup_forecast struct forecast *forecast = new_forecast();

	(void)state;
	observe(forecast, WALL, 65534);
	assert_true(ask(forecast, WALL, &room).headroom == 70000 - 65534);
	observe(forecast, WALL + 10 * SECOND, UINT64_MAX);
	assert_true(isnan(ask(forecast, WALL + 10 * SECOND, &room).headroom));
}

static void tells_when_a_scale_up_fills_the_range(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = scale_up(forecast, WALL);
	struct forecast_answer answer = ask(forecast, now, &room_of_110);

	(void)state;
	assert_true(answer.is_known);
	assert_true(is_within(answer.seconds, 150, 0.02));
	assert_true(answer.confidence >= FORECAST_CONFIDENCE_LIKELY);
	assert_true(is_about(answer.window_s, 300));
	assert_true(is_about(answer.assign_per_s, 60.0 / 600));
	assert_true(is_about(answer.assign_peak_per_s, 6.0 / 30));
	assert_true(answer.headroom == 30);
	answer = ask(forecast, now + 120 * SECOND, &room_of_110);
	assert_false(answer.is_known && answer.confidence >= FORECAST_CONFIDENCE_LIKELY);
	answer = ask(forecast, now + HOUR, &room_of_110);
	assert_false(answer.is_known);
	assert_true(answer.assign_per_s == 0);
}

/* One in three hours, for two days, then two in one: yesterday's pace is not asked. */
static void a_leak_that_became_faster_is_no_day_like_the_last(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	struct forecast_answer answer;
	int64_t now = WALL;
	uint64_t used = 10;

	(void)state;
	for (int i = 0; i < 16; i++)
		observe(forecast, now += 3 * HOUR, used++);
	for (int i = 0; i < 56; i++)
		observe(forecast, now += HOUR / 2, used++);
	answer = ask(forecast, now, &room_of_110);
	print_message("  in %.0f s, of %.0f s\n", answer.seconds, answer.window_s);
	assert_true(answer.is_known);
	assert_true(is_within(answer.seconds, (110.0 - 81) * 1800, 0.1));
}

/* Nobody asks twice and gets another answer, whatever was asked in between. */
static void does_not_change_when_it_is_asked(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = scale_up(forecast, WALL);
	struct forecast_answer before = ask(forecast, now, &room_of_110), after;

	(void)state;
	ask(forecast, now + 100 * HOUR, &room_of_110);
	ask(forecast, INT64_MAX, &room_of_110);
	ask(forecast, INT64_MIN, &room_of_110);
	after = ask(forecast, now, &room_of_110);
	assert_true(before.seconds == after.seconds && before.confidence == after.confidence);
}

static void is_silent_when_it_was_full_just_now(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = scale_up(forecast, WALL);

	(void)state;
	for (uint64_t used = 81; used <= 110; used++)
		observe(forecast, now += SECOND, used);
	assert_true(ask(forecast, now, &room_of_110).seconds == 0);
	observe(forecast, now += 300 * SECOND, 40);
	for (uint64_t used = 41; used <= 105; used++) {
		observe(forecast, now += 2 * SECOND, used);
		assert_false(ask(forecast, now, &room_of_110).is_known);
	}
}

/* Ten go and ten come, within ten seconds, every five minutes. */
static int64_t churn(struct forecast *forecast, int64_t now)
{
	observe(forecast, now, 50);
	for (int i = 0; i < 24; i++) {
		now += 300 * SECOND;
		for (uint64_t used = 49; used >= 40; used--)
			observe(forecast, now += SECOND / 2, used);
		for (uint64_t used = 41; used <= 50; used++)
			observe(forecast, now += SECOND / 2, used);
	}
	return now;
}

static void leaves_less_when_many_come_and_go(void **state)
{
	static const struct {
		const char *what;
		struct forecast_room room;
		double headroom;
	} cases[] = {
		{ "free at once", { .bound = 110 }, 60 },
		{ "rest for 30 s", { .bound = 110, .cooldown_s = 30 }, 50 },
		{ "rest for a minute", { .bound = 110, .cooldown_s = 60 }, 40 },
		{ "more rest now", { .bound = 110, .cooldown_s = 30, .cooldown = 25 }, 35 },
		{ "fewer rest now", { .bound = 110, .cooldown_s = 30, .cooldown = 5 }, 50 },
		{ "held back", { .bound = 110, .cooldown_s = 30, .held_back = 8 }, 42 },
		{ "will not do", { .bound = 55, .cooldown_s = 30 }, -5 },
	};
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = churn(forecast, WALL);

	(void)state;
	for_each_case(c, cases) {
		struct forecast_answer answer = ask(forecast, now, &c->room);

		print_message("  %s: %g\n", c->what, answer.headroom);
		assert_true(answer.headroom == c->headroom);
		assert_false(answer.is_known);
		assert_true(is_about(answer.assign_peak_per_s, 10.0 / 30));
	}
}

static void a_scale_up_leaves_nothing_in_cooldown(void **state)
{
	static const struct forecast_room room = { .bound = 110, .cooldown_s = 30 };
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = scale_up(forecast, WALL);

	(void)state;
	assert_true(ask(forecast, now, &room).headroom == 30);
}

static void a_limit_that_cooldown_lowers_is_reached_sooner(void **state)
{
	static const struct forecast_room room = { .bound = 110, .cooldown_s = 30 };
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = churn(forecast, WALL);

	(void)state;
	for (uint64_t used = 51; used <= 85; used++)
		observe(forecast, now += 10 * SECOND, used);
	assert_true(is_about(ask(forecast, now, &room_of_110).seconds, 250));
	assert_true(is_about(ask(forecast, now, &room).seconds, 150));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_nothing_before_it_is_told),
		cmocka_unit_test(says_now_when_nothing_is_left),
		cmocka_unit_test(says_nothing_of_no_room),
		cmocka_unit_test(says_nothing_of_more_than_it_can_count),
		cmocka_unit_test(tells_when_a_scale_up_fills_the_range),
		cmocka_unit_test(a_leak_that_became_faster_is_no_day_like_the_last),
		cmocka_unit_test(does_not_change_when_it_is_asked),
		cmocka_unit_test(is_silent_when_it_was_full_just_now),
		cmocka_unit_test(leaves_less_when_many_come_and_go),
		cmocka_unit_test(a_scale_up_leaves_nothing_in_cooldown),
		cmocka_unit_test(a_limit_that_cooldown_lowers_is_reached_sooner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
