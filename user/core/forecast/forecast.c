// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/forecast.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "core/forecast/climb.h"
#include "core/forecast/history.h"
#include "core/forecast/season.h"

#define SECOND_NS 1000000000LL
#define SET_BACK_NS (60 * SECOND_NS) /* less is disorder between processors */
#define NEARLY 0.7 /* of the best one's confidence */

enum { ANSWERS_MAX = CLIMB_SPANS + 1 };

enum forecast_state { FORECAST_EMPTY, FORECAST_KNOWN, FORECAST_GAP };

struct forecast {
	int64_t origin_ns; /* wall clock where the history begins */
	int64_t last_ns; /* since then */
	int64_t settled_ns; /* what comes before this is how it already was */
	uint32_t used;
	enum forecast_state state;
	struct history *history; /* NULL while nothing ever changed */
};

int forecast_new(struct forecast **out)
{
	struct forecast *forecast = calloc(1, sizeof(*forecast));

	if (!forecast)
		return -ENOMEM;
	*out = forecast;
	return 0;
}

void forecast_free(struct forecast *forecast)
{
	if (!forecast)
		return;
	free(forecast->history);
	free(forecast);
}

static void begin(struct forecast *forecast, int64_t wall_ns, uint32_t used)
{
	free(forecast->history);
	*forecast = (struct forecast){
		.origin_ns = wall_ns,
		.settled_ns = FORECAST_SETTLE_NS,
		.used = used,
		.state = FORECAST_KNOWN,
	};
}

/* Time since the origin, that never goes back. False: that long ago that nothing is left of it. */
static bool move_on(struct forecast *forecast, int64_t wall_ns)
{
	int64_t at_ns;

	if (__builtin_sub_overflow(wall_ns, forecast->origin_ns, &at_ns))
		return false;
	if (at_ns < forecast->last_ns - SET_BACK_NS) {
		if (__builtin_sub_overflow(wall_ns, forecast->last_ns, &forecast->origin_ns))
			return false;
		return true;
	}
	if (at_ns - forecast->last_ns > FORECAST_LEAP_NS)
		return false;
	if (at_ns > forecast->last_ns)
		forecast->last_ns = at_ns;
	return true;
}

static int64_t locate(const struct forecast *forecast, int64_t now_ns)
{
	int64_t at_ns;

	if (__builtin_sub_overflow(now_ns, forecast->origin_ns, &at_ns) ||
	    at_ns < forecast->last_ns)
		return forecast->last_ns;
	return at_ns;
}

static void bring_on(const struct forecast *forecast, int64_t until_ns, struct history *history)
{
	if (forecast->state == FORECAST_KNOWN)
		history_hold(history, until_ns, forecast->used);
	else
		history_skip(history, until_ns);
}

/* What was, before the first change, or before a gap when that is all that is known. */
static int create_history(struct forecast *forecast, int64_t until_ns)
{
	forecast->history = malloc(sizeof(*forecast->history));
	if (!forecast->history)
		return -ENOMEM;
	history_init(forecast->history);
	history_hold(forecast->history, until_ns, forecast->used);
	return 0;
}

int forecast_observe(struct forecast *forecast, int64_t wall_ns, uint64_t used)
{
	uint32_t to = used < HISTORY_LEVEL_MAX ? (uint32_t)used : HISTORY_LEVEL_MAX;
	int64_t before_ns = forecast->last_ns;
	bool is_settled;

	if (forecast->state == FORECAST_EMPTY || !move_on(forecast, wall_ns)) {
		begin(forecast, wall_ns, to);
		return 0;
	}
	is_settled = forecast->state == FORECAST_KNOWN && forecast->last_ns >= forecast->settled_ns;
	if (!forecast->history && to != forecast->used &&
	    forecast->last_ns >= forecast->settled_ns && create_history(forecast, before_ns)) {
		begin(forecast, wall_ns, to);
		return -ENOMEM;
	}
	if (forecast->history) {
		bring_on(forecast, forecast->last_ns, forecast->history);
		if (is_settled)
			history_step(forecast->history, forecast->used, to);
	}
	if (forecast->state == FORECAST_GAP)
		forecast->settled_ns = forecast->last_ns + FORECAST_SETTLE_NS;
	forecast->state = FORECAST_KNOWN;
	forecast->used = to;
	return 0;
}

void forecast_gap(struct forecast *forecast, int64_t wall_ns)
{
	if (forecast->state != FORECAST_KNOWN)
		return;
	if (!move_on(forecast, wall_ns)) {
		begin(forecast, 0, 0);
		forecast->state = FORECAST_EMPTY;
		return;
	}
	if (forecast->history)
		bring_on(forecast, forecast->last_ns, forecast->history);
	forecast->state = FORECAST_GAP;
}

/* What comes back to a limit that it left just now is full by design. */
static bool was_full_lately(const struct climb_question *question)
{
	struct history_view view;

	for (unsigned int age = 0; age < history_slot_count(HISTORY_1M); age++)
		if (history_at(question->history, HISTORY_1M, age, &view) &&
		    view.max >= question->limit)
			return true;
	return false;
}

static size_t ask_past(const struct climb_question *question, struct climb out[ANSWERS_MAX])
{
	size_t count = climb_ask(question, out);
	struct season_answer season;

	if (season_ask(question->history, question->limit, &season))
		out[count++] = (struct climb){
			.seconds = season.seconds,
			.confidence = season.confidence * (1 - climb_straight(question)),
			.span_s = history_now_s(question->history),
		};
	return count;
}

/* Those with nearly as much confidence as the best have their say: one line alone is as wrong as
 * chance would have it. */
static void answer_from(const struct climb answers[], size_t count, struct forecast_answer *out)
{
	const struct climb *best = NULL;
	double weights = 0, sum = 0;

	for (size_t i = 0; i < count; i++)
		if (answers[i].confidence >= FORECAST_CONFIDENCE_LEAST &&
		    (!best || answers[i].confidence > best->confidence))
			best = &answers[i];
	if (!best)
		return;
	for (size_t i = 0; i < count; i++) {
		double weight = answers[i].confidence * answers[i].confidence;

		if (answers[i].confidence < NEARLY * best->confidence)
			continue;
		weights += weight;
		sum += weight * log(answers[i].seconds);
	}
	out->is_known = true;
	out->seconds = exp(sum / weights);
	out->confidence = best->confidence;
	out->window_s = best->span_s;
}

static double assigned_lately(const struct history *history)
{
	struct history_view view;
	double assigned = 0, seconds = 0;

	for (unsigned int age = 0; age < history_slot_count(HISTORY_10S); age++) {
		if (!history_at(history, HISTORY_10S, age, &view))
			continue;
		assigned += view.assigned;
		seconds += view.seconds;
	}
	return seconds > 0 ? assigned / seconds : 0;
}

/* most: what pods can have. Addresses in cooldown at the worst time, or now. */
static void ask_history(const struct history *history, double used, double most,
			const struct forecast_room *room, struct forecast_answer *out)
{
	struct history_burst peak = history_peak(history);
	double turned_per_s = (double)peak.turned / HISTORY_BURST_S;
	double cooling = fmax(room->cooldown, turned_per_s * room->cooldown_s);
	struct climb_question question = { history, most - cooling, used };
	struct climb answers[ANSWERS_MAX];

	out->assign_per_s = assigned_lately(history);
	out->assign_peak_per_s = (double)peak.assigned / HISTORY_BURST_S;
	out->headroom = most - cooling - used;
	if (!out->is_known && !was_full_lately(&question))
		answer_from(answers, ask_past(&question, answers), out);
}

static bool is_sound(const struct forecast_room *room)
{
	return isfinite(room->bound) && room->bound >= 1 && isfinite(room->held_back) &&
	       isfinite(room->cooldown) && isfinite(room->cooldown_s);
}

void forecast_ask(const struct forecast *forecast, int64_t now_ns, const struct forecast_room *room,
		  struct forecast_answer *out)
{
	double most = room->bound - room->held_back;
	struct forecast_answer answer = { .headroom = NAN };
	struct history history;

	if (forecast->state == FORECAST_KNOWN && forecast->used < HISTORY_LEVEL_MAX &&
	    is_sound(room)) {
		answer.headroom = most - room->cooldown - forecast->used;
		if (answer.headroom <= 0) {
			answer.is_known = true;
			answer.confidence = 1;
		}
		if (forecast->history) {
			history = *forecast->history;
			history_hold(&history, locate(forecast, now_ns), forecast->used);
			ask_history(&history, forecast->used, most, room, &answer);
		}
	}
	*out = answer;
}
