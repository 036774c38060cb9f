// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "core/forecast/history.h"
#include "core/forecast/season.h"

#define SECOND 1000000000LL
#define HOUR_S 3600.0
#define DAY_S 86400.0

/* Highest at noon: the level at that time. */
typedef double (*level_fn)(double at_s);

static double wave(double at_s, double trough, double peak)
{
	return trough + (peak - trough) * (1 - cos(2 * M_PI * at_s / DAY_S)) / 2;
}

static double same_every_day(double at_s)
{
	return wave(at_s, 20, 90);
}

/* 90 on the first day, 5 more on each. */
static double higher_every_day(double at_s)
{
	return wave(at_s, 20, 90 + 5 * floor(at_s / DAY_S));
}

static double lower_every_day(double at_s)
{
	return wave(at_s, 20, 100 - 5 * floor(at_s / DAY_S));
}

static double rises_all_the_time(double at_s)
{
	return 20 + at_s / HOUR_S;
}

static double has_a_burst_at_ten(double at_s)
{
	bool is_burst = at_s > DAY_S + 10 * HOUR_S && at_s < DAY_S + 10 * HOUR_S + 600;

	return is_burst ? 99 : 20 + at_s / HOUR_S / 24;
}

static double was_drained_yesterday(double at_s)
{
	return at_s > DAY_S && at_s < DAY_S + 2 * HOUR_S ? 2 : 90 + fmod(at_s, 600) / 300;
}

static double was_drained_for_hours(double at_s)
{
	return at_s > DAY_S && at_s < DAY_S + 5 * HOUR_S ? 2 : 90 + fmod(at_s, 600) / 300;
}

static struct history *play(level_fn level, double until_s)
{
	struct history *history = malloc(sizeof(*history));
	uint32_t used = (uint32_t)lround(level(0));

	assert_non_null(history);
	history_init(history);
	for (double at_s = 60; at_s <= until_s; at_s += 60) {
		uint32_t next = (uint32_t)lround(level(at_s));

		history_hold(history, (int64_t)(at_s * 1e9), used);
		if (next != used)
			history_step(history, used, next);
		used = next;
	}
	return history;
}

static void tells_when_a_growing_day_reaches_the_limit(void **state)
{
	static const struct {
		const char *what;
		level_fn level;
		double at_h, limit, want_h, within_h;
	} cases[] = {
		/* 95 yesterday, 100 today: 97 is reached before noon, but not by much */
		{ "today", higher_every_day, 48, 97, 60 - 1.4 - 48, 0.7 },
		{ "in the afternoon for tomorrow", higher_every_day, 2 * 24 + 14, 103,
		  84 - 1.4 - 62, 0.7 },
		{ "a line", rises_all_the_time, 48, 90, 22, 1 },
		{ "a line, in more than a day", rises_all_the_time, 40, 100, 40, 1.5 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free struct history *history = play(c->level, c->at_h * HOUR_S);
		struct season_answer answer = { 0 };

		assert_true(season_ask(history, c->limit, &answer));
		print_message("  %s: in %.2f h, %.2f\n", c->what, answer.seconds / HOUR_S,
			      answer.confidence);
		assert_true(fabs(answer.seconds / HOUR_S - c->want_h) < c->within_h);
		assert_true(answer.confidence > 0.2 && answer.confidence < 1);
	}
}

/* Or is not confident at all. */
static void is_silent_where_days_do_not_grow(void **state)
{
	static const struct {
		const char *what;
		level_fn level;
		double at_h, limit;
	} cases[] = {
		{ "the same", same_every_day, 50, 92 },
		{ "the same, later", same_every_day, 70, 92 },
		{ "lower", lower_every_day, 52, 97 },
		{ "a burst", has_a_burst_at_ten, 56, 95 },
		{ "drained", was_drained_yesterday, 47, 105 },
		{ "drained, a day later", was_drained_yesterday, 49, 105 },
		{ "drained, two days later", was_drained_yesterday, 71.5, 105 },
		{ "drained for hours, a day later", was_drained_for_hours, 51, 97 },
		{ "drained for hours, two days later", was_drained_for_hours, 65, 97 },
		{ "too little history", higher_every_day, 26, 97 },
		{ "too little history of a line", rises_all_the_time, 26, 60 },
		{ "a limit far away", higher_every_day, 48, 1000 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free struct history *history = play(c->level, c->at_h * HOUR_S);
		struct season_answer answer = { 0 };
		bool is_told = season_ask(history, c->limit, &answer);

		print_message("  %s: %d, in %.2f h, %.2f\n", c->what, is_told,
			      answer.seconds / HOUR_S, answer.confidence);
		assert_true(!is_told || answer.confidence < 0.2);
	}
}

static void doubts_days_that_differ(void **state)
{
	cleanup_free struct history *history = play(higher_every_day, 48 * HOUR_S);
	cleanup_free struct history *limited = play(rises_all_the_time, 48 * HOUR_S);
	struct season_answer wave_answer, line_answer;

	(void)state;
	assert_true(season_ask(history, 97, &wave_answer));
	assert_true(season_ask(limited, 80, &line_answer));
	assert_true(wave_answer.confidence < line_answer.confidence);
}

static void knows_how_much_yesterday_rose(void **state)
{
	cleanup_free struct history *history = play(rises_all_the_time, 40 * HOUR_S);
	double rise;

	(void)state;
	assert_true(season_rise(history, 4 * HOUR_S, &rise));
	assert_true(fabs(rise - 4) < 0.6);
	assert_true(season_rise(history, 15 * HOUR_S, &rise));
	assert_false(season_rise(history, 17 * HOUR_S, &rise));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_when_a_growing_day_reaches_the_limit),
		cmocka_unit_test(is_silent_where_days_do_not_grow),
		cmocka_unit_test(doubts_days_that_differ),
		cmocka_unit_test(knows_how_much_yesterday_rose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
