// SPDX-License-Identifier: Apache-2.0
#include "judge.h"

#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/forecast/forecast.h"
#include "predict_linear.h"
#include "trace.h"

#define WALL_NS 1700000000000000000LL
#define SCRAPE_S 15.0
#define DAY_S 86400.0
#define ERROR_MOST log(10)
#define LEFT_FIRST 0.98
#define LEFT_JUDGED 0.55
#define LEFT_LAST 0.05

const double judge_leads[JUDGE_LEADS] = { 0.5, 0.25, 0.1 };

static const double ranges_s[TELLER_COUNT] = {
	[TELLER_LINEAR_1H] = 3600, [TELLER_LINEAR_6H] = 6 * 3600
};

struct player {
	const struct trace *trace;
	struct forecast *forecast;
	size_t next;
};

static int64_t wall(double at_s)
{
	return WALL_NS + (int64_t)(at_s * 1e9);
}

static void play_until(struct player *player, double at_s)
{
	const struct trace *trace = player->trace;

	for (; player->next < trace->count; player->next++) {
		const struct trace_point *point = &trace->points[player->next];

		if (point->at_s > at_s)
			return;
		if (point->used == TRACE_AWAY)
			forecast_gap(player->forecast, wall(point->at_s));
		else
			assert_int_equal(
				forecast_observe(player->forecast, wall(point->at_s), point->used),
				0);
	}
}

static struct forecast_answer ask(struct player *player, double at_s)
{
	struct forecast_room room = { .bound = player->trace->bound,
				      .cooldown_s = player->trace->cooldown_s };
	struct forecast_answer answer;

	play_until(player, at_s);
	forecast_ask(player->forecast, wall(at_s), &room, &answer);
	assert_true(!answer.is_known || (isfinite(answer.seconds) && answer.seconds >= 0 &&
					 answer.confidence > 0 && answer.confidence <= 1));
	return answer;
}

static double error_of(double said_s, double actual_s)
{
	if (isnan(said_s) || isinf(said_s))
		return ERROR_MOST;
	return fmin(fabs(log(fmax(said_s, 1) / fmax(actual_s, 1))), ERROR_MOST);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double judge_median(const double *values, size_t count)
{
	double sorted[JUDGE_VALUES_MAX];

	memcpy(sorted, values, count * sizeof(*values));
	qsort(sorted, count, sizeof(*sorted), compare);
	return sorted[count / 2];
}

/* The share of the rise left at the first moment from which nine of ten are within twice. */
static double find_right_from(const double errors[JUDGE_ASKS], const double lefts[JUDGE_ASKS])
{
	double from = 0;
	int right = 0;

	for (int i = JUDGE_ASKS - 1; i >= 0; i--) {
		right += errors[i] <= log(2);
		if (errors[i] <= log(2) && 10 * right >= 9 * (JUDGE_ASKS - i))
			from = lefts[i];
	}
	return from;
}

static double median_between(const double errors[JUDGE_ASKS], const double lefts[JUDGE_ASKS],
			     double least, double most)
{
	double found[JUDGE_ASKS];
	size_t count = 0;

	for (int i = 0; i < JUDGE_ASKS; i++)
		if (lefts[i] >= least && lefts[i] <= most)
			found[count++] = errors[i];
	return judge_median(found, count);
}

static void judge_teller(const double errors[JUDGE_ASKS], const double lefts[JUDGE_ASKS],
			 enum teller teller, struct verdict *out)
{
	out->error[teller] = median_between(errors, lefts, 0, LEFT_JUDGED);
	out->right_from[teller] = find_right_from(errors, lefts);
	for (int i = 0; i < JUDGE_LEADS; i++)
		out->lead_error[teller][i] =
			median_between(errors, lefts, 0.8 * judge_leads[i], 1.2 * judge_leads[i]);
}

static struct verdict judge_exhausting(const struct trace *trace)
{
	cleanup_forecast struct forecast *forecast = NULL;
	cleanup_samples struct samples samples = { 0 };
	double errors[TELLER_COUNT][JUDGE_ASKS], lefts[JUDGE_ASKS], likely[JUDGE_ASKS];
	struct player player = { .trace = trace };
	struct verdict verdict = { .rise_s = trace->exhausted_s - trace->from_s };

	assert_int_equal(forecast_new(&forecast), 0);
	assert_int_equal(samples_scrape(trace, 7, SCRAPE_S, &samples), 0);
	player.forecast = forecast;
	for (int i = 0; i < JUDGE_ASKS; i++) {
		double left_s, at_s;
		struct forecast_answer answer;

		lefts[i] = LEFT_FIRST - (LEFT_FIRST - LEFT_LAST) * i / (JUDGE_ASKS - 1);
		left_s = lefts[i] * verdict.rise_s;
		at_s = trace->exhausted_s - left_s;
		answer = ask(&player, at_s);
		errors[TELLER_PODIP][i] = error_of(answer.is_known ? answer.seconds : NAN, left_s);
		likely[i] = answer.confidence < FORECAST_CONFIDENCE_LIKELY
				    ? ERROR_MOST
				    : errors[TELLER_PODIP][i];
		for (enum teller t = TELLER_LINEAR_1H; t < TELLER_COUNT; t++)
			errors[t][i] = error_of(
				predict_linear_when(&samples, at_s, ranges_s[t], trace->bound),
				left_s);
	}
	for (enum teller t = 0; t < TELLER_COUNT; t++)
		judge_teller(errors[t], lefts, t, &verdict);
	verdict.likely_from = find_right_from(likely, lefts);
	return verdict;
}

static bool is_warning(double seconds)
{
	return seconds > 0 && seconds <= DAY_S;
}

static struct verdict judge_lasting(const struct trace *trace)
{
	double every_s = fmax(trace->end_s / 2000, 5);
	cleanup_forecast struct forecast *forecast = NULL;
	cleanup_samples struct samples samples = { 0 };
	struct player player = { .trace = trace };
	struct verdict verdict = { 0 };
	double asks = 0;

	assert_int_equal(forecast_new(&forecast), 0);
	assert_int_equal(samples_scrape(trace, 7, SCRAPE_S, &samples), 0);
	player.forecast = forecast;
	for (double at_s = every_s; at_s < trace->end_s; at_s += every_s) {
		struct forecast_answer answer = ask(&player, at_s);
		bool is_known = answer.is_known && is_warning(answer.seconds);

		asks++;
		verdict.known += is_known;
		verdict.warned[TELLER_PODIP] += is_known &&
						answer.confidence >= FORECAST_CONFIDENCE_LIKELY;
		for (enum teller t = TELLER_LINEAR_1H; t < TELLER_COUNT; t++)
			verdict.warned[t] += is_warning(
				predict_linear_when(&samples, at_s, ranges_s[t], trace->bound));
	}
	verdict.known /= asks;
	for (enum teller t = 0; t < TELLER_COUNT; t++)
		verdict.warned[t] /= asks;
	return verdict;
}

struct verdict judge(const struct trace *trace)
{
	return trace->exhausted_s < 0 ? judge_lasting(trace) : judge_exhausting(trace);
}

double judge_peer(const double values[TELLER_COUNT])
{
	return fmin(values[TELLER_LINEAR_1H], values[TELLER_LINEAR_6H]);
}
