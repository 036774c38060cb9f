// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/forecast/climb.h"
#include "core/forecast/history.h"

#define HOUR_S 3600.0
#define DAY_S 86400.0

enum { SHAPE_POINTS = 8 };

/* The level goes in lines from point to point: at_s, level. */
struct shape {
	const char *what;
	double points[SHAPE_POINTS][2]; /* the last one is now; then { 0, 0 } */
	double limit;
};

static double level_at(const struct shape *shape, double at_s)
{
	size_t i = 1;

	while (i + 1 < SHAPE_POINTS && shape->points[i + 1][0] > 0 && shape->points[i][0] < at_s)
		i++;
	return shape->points[i - 1][1] + (shape->points[i][1] - shape->points[i - 1][1]) *
						 (at_s - shape->points[i - 1][0]) /
						 (shape->points[i][0] - shape->points[i - 1][0]);
}

static double end_of(const struct shape *shape)
{
	double end_s = 0;

	for (size_t i = 0; i < SHAPE_POINTS; i++)
		end_s = fmax(end_s, shape->points[i][0]);
	return end_s;
}

/* The one with the most confidence; that of none is 0. */
static struct climb find_best(const struct history *history, double limit, double level)
{
	struct climb_question question = { history, limit, level };
	struct climb climbs[CLIMB_SPANS], best = { 0 };
	size_t count = climb_ask(&question, climbs);

	assert_true(count <= CLIMB_SPANS);
	for (size_t i = 0; i < count; i++) {
		assert_true(climbs[i].confidence >= 0 && climbs[i].confidence <= 1);
		assert_true(climbs[i].seconds > 0);
		if (climbs[i].confidence > best.confidence)
			best = climbs[i];
	}
	return best;
}

static struct climb ask(const struct shape *shape)
{
	cleanup_free struct history *history = malloc(sizeof(*history));
	double end_s = end_of(shape), step_s = fmax(end_s / 100000, 1);
	uint32_t used = (uint32_t)lround(shape->points[0][1]);
	struct climb best;

	assert_non_null(history);
	history_init(history);
	for (double at_s = step_s; at_s <= end_s; at_s += step_s) {
		uint32_t next = (uint32_t)lround(level_at(shape, at_s));

		history_hold(history, (int64_t)(at_s * 1e9), used);
		if (next != used)
			history_step(history, used, next);
		used = next;
	}
	best = find_best(history, shape->limit, used);
	print_message("  %s: in %.0f s, %.2f, of %.0f s\n", shape->what, best.seconds,
		      best.confidence, best.span_s);
	return best;
}

static void tells_when_a_line_reaches_the_limit(void **state)
{
	static const struct {
		struct shape shape;
		double want_s, within, least; /* confidence */
	} cases[] = {
		{ { "in a minute", { { 0, 20 }, { 7200, 20 }, { 7260, 80 } }, 110 },
		  30,
		  0.25,
		  0.5 },
		{ { "in minutes", { { 0, 20 }, { 7200, 20 }, { 7500, 80 } }, 110 },
		  150,
		  0.15,
		  0.5 },
		{ { "in an hour", { { 0, 20 }, { 36000, 20 }, { 43200, 80 } }, 110 },
		  3600,
		  0.1,
		  0.3 },
		{ { "in a day", { { 0, 20 }, { 2 * DAY_S, 80 } }, 110 }, DAY_S, 0.05, 0.5 },
		{ { "from the begin", { { 0, 20 }, { 300, 100 } }, 110 }, 37, 0.25, 0.4 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct climb best = ask(&c->shape);

		assert_true(fabs(best.seconds / c->want_s - 1) < c->within);
		assert_true(best.confidence >= c->least);
		assert_true(best.assigned > 0 && best.assigned <= 110);
	}
}

/* What jumps above the line reaches it within half a piece of the span, not now. */
static void a_line_about_to_reach_it_has_not(void **state)
{
	static const struct shape shape = { "all but there",
					    { { 0, 20 }, { 2 * DAY_S, 80 } },
					    80.1 };
	struct climb best = ask(&shape);

	(void)state;
	assert_true(best.seconds >= 1800);
}

/* One thing differs from a line that is believed. */
static void does_not_believe_what(void **state)
{
	static const struct shape cases[] = {
		{ "does not rise", { { 0, 50 }, { DAY_S, 50 } }, 110 },
		{ "falls", { { 0, 90 }, { 7200, 90 }, { 7500, 40 } }, 110 },
		{ "rises by too few", { { 0, 20 }, { 7200, 20 }, { 7500, 23 } }, 25 },
		{ "has stopped", { { 0, 20 }, { 7200, 20 }, { 7500, 90 }, { 7590, 90 } }, 110 },
		{ "is far from the limit", { { 0, 20 }, { 7200, 20 }, { 7500, 60 } }, 300 },
		{ "was there before and went away",
		  { { 0, 95 }, { 7200, 95 }, { 7500, 5 }, { 9000, 5 }, { 9300, 95 } },
		  110 },
		{ "was there before, days ago",
		  { { 0, 95 },
		    { HOUR_S, 95 },
		    { 2 * HOUR_S, 5 },
		    { 2 * DAY_S, 5 },
		    { 2 * DAY_S + 300, 90 } },
		  110 },
		{ "rose as fast yesterday",
		  { { 0, 20 },
		    { 8 * HOUR_S, 20 },
		    { 16 * HOUR_S, 80 },
		    { 24 * HOUR_S, 20 },
		    { 32 * HOUR_S, 20 },
		    { 40 * HOUR_S, 82 } },
		  110 },
	};

	(void)state;
	for_each_case(c, cases)
		assert_true(ask(c).confidence < 0.2);
}

/* Each has more of one thing that tells for it. */
static void believes_the_second_more(void **state)
{
	static const struct {
		struct shape first, second;
	} cases[] = {
		{ { "a third of the way", { { 0, 20 }, { 7200, 20 }, { 7300, 50 } }, 110 },
		  { "two thirds", { { 0, 20 }, { 7200, 20 }, { 7400, 80 } }, 110 } },
		{ { "no time before", { { 0, 20 }, { 300, 80 } }, 110 },
		  { "an hour before", { { 0, 20 }, { 3600, 20 }, { 3900, 80 } }, 110 } },
		{ { "slower and slower",
		    { { 0, 20 }, { 7200, 20 }, { 7300, 60 }, { 7500, 80 } },
		    110 },
		  { "even", { { 0, 20 }, { 7200, 20 }, { 7500, 80 } }, 110 } },
		{ { "a little above what was",
		    { { 0, 20 }, { 3600, 76 }, { 7200, 20 }, { 7500, 80 } },
		    110 },
		  { "far above", { { 0, 20 }, { 3600, 40 }, { 7200, 20 }, { 7500, 80 } }, 110 } },
		{ { "of hours, with no day before", { { 0, 20 }, { 8 * HOUR_S, 80 } }, 110 },
		  { "with a quiet day before",
		    { { 0, 20 }, { 2 * DAY_S, 20 }, { 2 * DAY_S + 8 * HOUR_S, 80 } },
		    110 } },
	};

	(void)state;
	for_each_case(c, cases) {
		double first = ask(&c->first).confidence, second = ask(&c->second).confidence;

		assert_true(second > 1.1 * first);
	}
}

/* What was at the limit is no habit below it. */
static void a_limit_reached_before_does_not_silence_it(void **state)
{
	static const struct shape shape = {
		"full the day before",
		{ { 0, 20 },
		  { HOUR_S, 20 },
		  { HOUR_S + 10, 110 },
		  { 2 * HOUR_S, 110 },
		  { 2 * HOUR_S + 10, 20 },
		  { DAY_S, 20 },
		  { DAY_S + 300, 80 } },
		110,
	};

	(void)state;
	assert_true(ask(&shape).confidence > 0.5);
}

/* Three addresses an hour, for eleven hours. */
static void needs_two_of_three_pieces(void **state)
{
	static const struct {
		const char *what;
		uint32_t from_h, to_h; /* nothing is known between */
		bool is_told;
	} cases[] = {
		{ "all known", 0, 0, true },
		{ "an hour is not", 5, 6, true },
		{ "most are not", 2, 10, false },
		{ "the last is not", 9, 11, false },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free struct history *history = malloc(sizeof(*history));

		assert_non_null(history);
		history_init(history);
		for (uint32_t at_s = 60; at_s <= 11 * 3600; at_s += 60) {
			if (at_s > c->from_h * 3600 && at_s <= c->to_h * 3600)
				history_skip(history, at_s * 1000000000LL);
			else
				history_hold(history, at_s * 1000000000LL, 20 + at_s / 1200);
		}
		print_message("  %s\n", c->what);
		assert_int_equal(find_best(history, 60, 53).confidence > 0, c->is_told);
	}
}

static void tells_a_line_from_a_wave(void **state)
{
	static const struct shape shapes[] = {
		{ "line", { { 0, 20 }, { 2 * DAY_S, 80 } }, 110 },
		{ "wave",
		  { { 0, 20 },
		    { DAY_S, 20 },
		    { 1.25 * DAY_S, 80 },
		    { 1.75 * DAY_S, 20 },
		    { 2 * DAY_S, 50 } },
		  110 },
	};
	double straight[case_count(shapes)];

	(void)state;
	for (size_t i = 0; i < case_count(shapes); i++) {
		cleanup_free struct history *history = malloc(sizeof(*history));
		struct climb_question question = { history, 110, 80 };

		assert_non_null(history);
		history_init(history);
		for (int64_t at_s = 60; at_s <= 2 * DAY_S; at_s += 60)
			history_hold(history, at_s * 1000000000,
				     (uint32_t)lround(level_at(&shapes[i], (double)at_s)));
		straight[i] = climb_straight(&question);
	}
	assert_true(straight[0] > 0.9);
	assert_true(straight[1] < 0.1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_when_a_line_reaches_the_limit),
		cmocka_unit_test(a_line_about_to_reach_it_has_not),
		cmocka_unit_test(does_not_believe_what),
		cmocka_unit_test(believes_the_second_more),
		cmocka_unit_test(a_limit_reached_before_does_not_silence_it),
		cmocka_unit_test(needs_two_of_three_pieces),
		cmocka_unit_test(tells_a_line_from_a_wave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
