// SPDX-License-Identifier: Apache-2.0
/* Clocks that are set, calls in disorder, times that nobody saw. */
#include "forecast_story.h"

/* The same story, told badly. */
static void survives_disorder(void **state)
{
	enum { DISORDER_TWICE, DISORDER_EARLY, DISORDER_SET_BACK, DISORDER_SMALL_LEAP, DISORDERS };
	static const char *const names[] = { "everything twice", "every third 20 s early",
					     "clock set back by a day", "clock set forward" };

	(void)state;
	for (int disorder = 0; disorder < DISORDERS; disorder++) {
		cleanup_forecast struct forecast *forecast = new_forecast();
		int64_t now = WALL + 2 * HOUR, off = 0;
		struct forecast_answer answer;

		print_message("  %s\n", names[disorder]);
		observe(forecast, WALL, 20);
		for (uint64_t used = 21; used <= 80; used++) {
			int64_t early = disorder == DISORDER_EARLY && used % 3 == 0 ? 20 : 0;

			now += 5 * SECOND;
			if (disorder == DISORDER_SET_BACK && used == 40)
				off = -24 * HOUR;
			if (disorder == DISORDER_SMALL_LEAP && used == 40)
				off = 2 * SECOND;
			observe(forecast, now + off - early * SECOND, used);
			if (disorder == DISORDER_TWICE)
				observe(forecast, now + off, used);
		}
		answer = ask(forecast, now + off, &room_of_110);
		assert_true(answer.is_known);
		assert_true(is_about(answer.seconds, 150));
		assert_true(answer.confidence >= FORECAST_CONFIDENCE_LIKELY);
		assert_true(is_about(answer.assign_per_s, 60.0 / 600));
	}
}

static void begins_anew_when_the_clock_leaps_by_years(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = scale_up(forecast, 1000 * SECOND);
	struct forecast_answer answer;

	(void)state;
	assert_true(ask(forecast, now, &room_of_110).is_known);
	observe(forecast, WALL, 81);
	answer = ask(forecast, WALL + SECOND, &room_of_110);
	assert_false(answer.is_known);
	assert_true(answer.headroom == 29);
	assert_true(answer.assign_peak_per_s == 0);
	scale_up(forecast, WALL + 2 * SECOND);
}

/* The agent is away for ten minutes; what came meanwhile did not come at once. */
static void knows_what_it_does_not_know(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	int64_t now = scale_up(forecast, WALL);
	struct forecast_answer answer;

	(void)state;
	forecast_gap(forecast, now);
	answer = ask(forecast, now + 600 * SECOND, &room_of_110);
	assert_false(answer.is_known);
	assert_true(isnan(answer.headroom));

	now += 600 * SECOND;
	forecast_gap(forecast, now - SECOND); /* once more changes nothing */
	for (uint64_t used = 1; used <= 100; used++)
		observe(forecast, now + (int64_t)used, used);
	answer = ask(forecast, now + 5 * SECOND, &room_of_110);
	assert_false(answer.is_known);
	assert_true(answer.headroom == 10);
	assert_true(is_about(answer.assign_peak_per_s, 6.0 / 30));
	for (uint64_t used = 101; used <= 104; used++)
		observe(forecast, now + (int64_t)used * SECOND, used);
	assert_true(
		is_about(ask(forecast, now + 110 * SECOND, &room_of_110).assign_per_s, 4.0 / 110));
}

/* What it finds when it starts was there before. */
static void takes_the_first_second_for_how_it_was(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	struct forecast_answer answer;

	(void)state;
	for (uint64_t used = 1; used <= 90; used++)
		observe(forecast, WALL + (int64_t)used * SECOND / 100, used);
	observe(forecast, WALL + 5 * SECOND, 91);
	answer = ask(forecast, WALL + 20 * SECOND, &room_of_110);
	assert_false(answer.is_known);
	assert_true(is_about(answer.assign_peak_per_s, 1.0 / 30));
}

/* A level that never changed, the agent away in between: nothing new. */
static void an_equal_level_after_a_gap_was_equal_in_it(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();
	cleanup_forecast struct forecast *other = new_forecast();
	struct forecast_answer answer, want;
	int64_t now;

	(void)state;
	observe(forecast, WALL - 24 * HOUR, 20);
	forecast_gap(forecast, WALL - 12 * HOUR);
	now = scale_up(forecast, WALL);
	answer = ask(forecast, now, &room_of_110);
	observe(other, WALL - 24 * HOUR, 20);
	scale_up(other, WALL);
	want = ask(other, now, &room_of_110);
	assert_true(answer.is_known && answer.confidence == want.confidence);
}

static void another_level_after_a_gap_is_no_rise(void **state)
{
	cleanup_forecast struct forecast *forecast = new_forecast();

	(void)state;
	observe(forecast, WALL, 20);
	forecast_gap(forecast, WALL + HOUR);
	observe(forecast, WALL + 2 * HOUR, 90);
	for (int64_t s = 0; s < 1200; s += 60)
		assert_false(ask(forecast, WALL + 2 * HOUR + s * SECOND, &room_of_110).is_known);
}

/* Any calls in any order: every answer is sound (see ask). */
static void any_story_gets_a_sound_answer(void **state)
{
	static const int64_t leaps[] = {
		0,	   1,	    SECOND,	  7 * SECOND, 90 * SECOND,   HOUR,
		30 * HOUR, -SECOND, -61 * SECOND, -30 * HOUR, INT64_MAX / 2, INT64_MIN / 2
	};
	static const uint64_t levels[] = { 0, 1, 50, 109, 110, 111, 65535, UINT64_MAX };
	struct forecast_room room = { .bound = 110, .cooldown_s = 30 };
	cleanup_forecast struct forecast *forecast = new_forecast();
	uint32_t random = 12345;
	uint64_t now = (uint64_t)WALL, used = 50;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		random = random * 1664525 + 1013904223;
		/* most steps are small ones */
		now += (uint64_t)leaps[(random >> 8) % (random >> 28 ? 5 : case_count(leaps))];
		used = (random >> 26) % 16 ? used + (random >> 20) % 3 - 1
					   : levels[(random >> 12) % case_count(levels)];
		if ((random >> 16) % 64 == 0)
			forecast_gap(forecast, (int64_t)now);
		else
			forecast_observe(forecast, (int64_t)now, used);
		room.cooldown = (random >> 5) % 9;
		if (i % 50 == 0)
			ask(forecast, (int64_t)now, &room);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_disorder),
		cmocka_unit_test(begins_anew_when_the_clock_leaps_by_years),
		cmocka_unit_test(knows_what_it_does_not_know),
		cmocka_unit_test(takes_the_first_second_for_how_it_was),
		cmocka_unit_test(an_equal_level_after_a_gap_was_equal_in_it),
		cmocka_unit_test(another_level_after_a_gap_is_no_rise),
		cmocka_unit_test(any_story_gets_a_sound_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
