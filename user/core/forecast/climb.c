// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/climb.h"

#include <math.h>
#include <stdbool.h>

#include "cleanup.h"
#include "core/forecast/history.h"
#include "core/forecast/season.h"
#include "core/forecast/trend.h"

/* `pieces` of `slots` each make the points of a line. */
struct span {
	enum history_ring ring;
	unsigned int pieces, slots;
};

static size_t slots_of(const struct span *span)
{
	return (size_t)span->pieces * span->slots;
}

static const struct span spans[CLIMB_SPANS] = {
	{ HISTORY_10S, 6, 1 },	{ HISTORY_10S, 9, 1 },	 { HISTORY_10S, 12, 1 },
	{ HISTORY_10S, 10, 2 }, { HISTORY_10S, 10, 3 },	 { HISTORY_10S, 11, 4 },
	{ HISTORY_10S, 11, 5 }, { HISTORY_1M, 7, 2 },	 { HISTORY_1M, 10, 2 },
	{ HISTORY_1M, 10, 3 },	{ HISTORY_1M, 11, 4 },	 { HISTORY_1M, 11, 5 },
	{ HISTORY_10M, 8, 1 },	{ HISTORY_10M, 12, 1 },	 { HISTORY_10M, 9, 2 },
	{ HISTORY_10M, 12, 2 }, { HISTORY_10M, 12, 3 },	 { HISTORY_10M, 12, 4 },
	{ HISTORY_10M, 11, 6 }, { HISTORY_30M, 12, 3 },	 { HISTORY_30M, 12, 4 },
	{ HISTORY_30M, 12, 5 }, { HISTORY_30M, 12, 6 },	 { HISTORY_30M, 12, 7 },
	{ HISTORY_30M, 12, 8 }, { HISTORY_30M, 12, 10 }, { HISTORY_30M, 11, 12 },
};

static const struct span last_day = { HISTORY_30M, 12, 4 };

#define RISE_LEAST 4.0 /* addresses: fewer are no climb */
#define SPREAD_WEIGHT 3.0 /* a third of the rise off the line is no line */
#define PART_ENOUGH 0.6 /* of the line's slope, in its first third and in its last */
#define STOPPED_AT 2.5 /* standard deviations below what is expected: it has stopped */
#define STOPPED_OVER 1.5 /* from there on to none is it less and less likely */
#define PAST_NONE 0.6 /* the weight of what has no time before it */
#define DAY_UNKNOWN 0.55 /* of what may be the rise of every day, as nobody has seen one */
#define DAILY_LEAST_S 1800.0 /* shorter and longer rises are not the day's */
#define DAILY_MOST_S (20 * 3600.0)
#define HEIGHT_LEAST 2.0 /* addresses above what was before */
#define HEIGHT_ENOUGH 0.2 /* of what was left then */

/* Of the slots up to an age: a piece is the difference of two. Times are seconds from now. */
struct sums {
	double seconds, area, moment, assigned;
};

struct past {
	struct sums sums[HISTORY_SLOTS_MOST + 1]; /* of the slots that are younger */
	double max[HISTORY_SLOTS_MOST]; /* < 0: nothing is known */
	double before[HISTORY_SLOTS_MOST + 1]; /* highest of it and older ones; < 0 none */
	double open_s; /* how long ago the newest slot began */
};

struct piece {
	double mean, max;
	double center_s, end_s; /* from now: negative */
};

struct line {
	struct piece pieces[TREND_POINTS_MAX];
	size_t count;
	struct trend trend; /* its level is the line's now */
	double rise; /* over the whole span */
	double span_s;
	double above; /* how far the level gets above the line */
};

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static double share(double value)
{
	return value < 0 ? 0 : value > 1 ? 1 : value;
}

static void look_back(const struct climb_question *question, enum history_ring ring,
		      struct past *past)
{
	unsigned int count = history_slot_count(ring);
	double now_s = history_now_s(question->history), height = -1;
	struct history_view view;

	past->sums[0] = (struct sums){ 0 };
	past->open_s = history_open_s(question->history, ring);
	for (unsigned int age = 0; age < count; age++) {
		struct sums *sums = &past->sums[age + 1];

		*sums = past->sums[age];
		past->max[age] = -1;
		if (!history_at(question->history, ring, age, &view))
			continue;
		past->max[age] = view.max;
		sums->seconds += view.seconds;
		sums->area += view.mean * view.seconds;
		sums->moment += (view.end_s - view.seconds / 2 - now_s) * view.seconds;
		sums->assigned += view.assigned;
	}
	/* Times when nothing was left are no height that it came back from. */
	past->before[count] = -1;
	for (unsigned int age = count; age-- > 0;) {
		if (past->max[age] < question->limit)
			height = larger(height, past->max[age]);
		past->before[age] = height;
	}
}

static bool cut_piece(const struct past *past, const struct span *span, unsigned int age,
		      struct piece *out)
{
	const struct sums *young = &past->sums[age], *old = &past->sums[age + span->slots];
	double seconds = old->seconds - young->seconds, max = -1;

	for (unsigned int i = 0; i < span->slots; i++)
		max = larger(max, past->max[age + i]);
	if (max < 0)
		return false;
	*out = (struct piece){
		.mean = (old->area - young->area) / seconds,
		.max = max,
		.center_s = (old->moment - young->moment) / seconds,
		.end_s = age ? -past->open_s - (age - 1) * history_slot_s(span->ring) : 0,
	};
	return true;
}

/* The first and last piece must be known, and two of three in all. */
static bool cut_pieces(const struct past *past, const struct span *span, struct line *line)
{
	struct piece first, last;

	if (!cut_piece(past, span, 0, &last) ||
	    !cut_piece(past, span, (span->pieces - 1) * span->slots, &first) ||
	    last.mean - first.mean < RISE_LEAST / 2)
		return false;
	line->count = 0;
	for (unsigned int i = span->pieces; i-- > 0;)
		if (cut_piece(past, span, i * span->slots, &line->pieces[line->count]))
			line->count++;
	return 3 * line->count >= (size_t)2 * span->pieces;
}

static double level_at(const struct line *line, double at_s)
{
	return line->trend.level + line->trend.slope * at_s;
}

static double find_above(const struct line *line)
{
	double values[TREND_POINTS_MAX];

	for (size_t i = 0; i < line->count; i++)
		values[i] = line->pieces[i].max - level_at(line, line->pieces[i].end_s);
	return larger(trend_median(values, line->count), 0);
}

/* False: nothing that rises. */
static bool draw_line(const struct past *past, const struct span *span, struct line *line)
{
	struct trend_point points[TREND_POINTS_MAX];

	if (!cut_pieces(past, span, line))
		return false;
	for (size_t i = 0; i < line->count; i++)
		points[i] = (struct trend_point){ .x = line->pieces[i].center_s,
						  .y = line->pieces[i].mean };
	if (trend_fit(points, line->count, &line->trend))
		return false;
	line->span_s = past->open_s + (span->pieces * span->slots - 1) * history_slot_s(span->ring);
	line->rise = line->trend.slope * line->span_s;
	line->above = find_above(line);
	return line->rise >= RISE_LEAST;
}

static double weigh_fit(const struct line *line)
{
	return share(1 - SPREAD_WEIGHT * line->trend.spread / line->rise);
}

/* How fast it rose from one of its pieces to another, of what the whole line says. */
static double weigh_part(const struct line *line, size_t from, size_t to)
{
	const struct piece *start = &line->pieces[from], *end = &line->pieces[to];
	double rise = end[0].mean + end[-1].mean - start[0].mean - start[-1].mean;
	double span_s = end[0].center_s + end[-1].center_s - start[0].center_s - start[-1].center_s;

	return share(rise / (line->trend.slope * span_s) / PART_ENOUGH);
}

static double weigh_ends(const struct line *line)
{
	size_t last = line->count - 1, third = (line->count + 1) / 3;

	return weigh_part(line, 1, 1 + third) * weigh_part(line, last - third, last);
}

/* Would chance alone make it rise as little in the last sixth? Addresses come one by one as in a
 * Poisson process, and as many of them go as came besides those that the level rose by. */
static double weigh_now(const struct past *past, const struct span *span, const struct line *line)
{
	size_t slots = slots_of(span);
	struct span slot = { span->ring, 1, 1 };
	double rise, expected, turned;
	struct piece now, before;

	if (!cut_piece(past, &slot, 0, &now) ||
	    !cut_piece(past, &slot, (unsigned int)slots / 6, &before))
		return 1;
	rise = now.mean - before.mean;
	expected = line->trend.slope * (now.center_s - before.center_s);
	turned = larger(past->sums[slots].assigned - line->rise, 0) / 6;
	return share((STOPPED_AT - (expected - rise) / sqrt(expected + 2 * turned)) / STOPPED_OVER);
}

static double weigh_past(const struct climb_question *question, const struct line *line)
{
	double before_s = history_now_s(question->history) - line->span_s, rise;

	if (line->span_s > DAILY_MOST_S)
		return 1;
	if (line->span_s < DAILY_LEAST_S)
		return PAST_NONE + (1 - PAST_NONE) * before_s / (before_s + line->span_s);
	if (!season_rise(question->history, line->span_s, &rise))
		return DAY_UNKNOWN;
	return share(1 - rise / line->rise);
}

/* The highest level of all that was over before the span began; < 0: nothing is known. */
static double find_before(const struct past pasts[], const struct span *span, double span_s)
{
	double height = -1;

	for (enum history_ring ring = span->ring; ring < HISTORY_RING_COUNT; ring++) {
		double slots = (span_s - pasts[ring].open_s) / history_slot_s(ring);
		unsigned int age = slots > 0 ? 1 + (unsigned int)ceil(slots) : 1;

		if (age < history_slot_count(ring))
			height = larger(height, pasts[ring].before[age]);
	}
	return height;
}

static double weigh_height(const struct climb_question *question, const struct line *line,
			   double before)
{
	double level = question->level, enough = HEIGHT_ENOUGH * (question->limit - before);

	if (before < 0)
		return 1;
	for (size_t i = 0; i < line->count; i++)
		level = larger(level, line->pieces[i].max);
	return share((level - before) / larger(HEIGHT_LEAST, enough));
}

/* How long it has gone on: a line steeper than what it rose began later. */
static double find_duration(const struct line *line)
{
	const struct piece *first = &line->pieces[0], *last = &line->pieces[line->count - 1];
	double rise = last->mean - first->mean;

	return line->span_s *
	       share(rise / (line->trend.slope * (last->center_s - first->center_s)));
}

static struct climb weigh(const struct climb_question *question, const struct past pasts[],
			  const struct span *span, const struct line *line)
{
	double piece_s = span->slots * history_slot_s(span->ring);
	double level = larger(line->trend.level + line->above, question->level);
	double seconds = larger((question->limit - level) / line->trend.slope, piece_s / 2);
	double duration = find_duration(line);
	double before = find_before(pasts, span, line->span_s);

	return (struct climb){
		.seconds = seconds,
		.confidence = duration / (duration + seconds) * weigh_fit(line) * weigh_ends(line) *
			      weigh_now(&pasts[span->ring], span, line) *
			      weigh_past(question, line) * weigh_height(question, line, before),
		.span_s = line->span_s,
		.assigned = pasts[span->ring].sums[slots_of(span)].assigned,
	};
}

size_t climb_ask(const struct climb_question *question, struct climb out[CLIMB_SPANS])
{
	struct past pasts[HISTORY_RING_COUNT];
	struct line line;
	size_t count = 0;

	for (unsigned int i = 0; i < HISTORY_RING_COUNT; i++)
		look_back(question, i, &pasts[i]);
	for (size_t i = 0; i < array_size(spans); i++)
		if (draw_line(&pasts[spans[i].ring], &spans[i], &line))
			out[count++] = weigh(question, pasts, &spans[i], &line);
	return count;
}

double climb_straight(const struct climb_question *question)
{
	struct past past;
	struct line line;

	look_back(question, last_day.ring, &past);
	return draw_line(&past, &last_day, &line) ? weigh_fit(&line) : 0;
}
