// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/season.h"

#include <math.h>

#include "core/forecast/history.h"
#include "core/forecast/trend.h"

enum {
	DAY = 48, /* slots of half an hour */
	DAYS_AHEAD = 3,
	GROWTH_LEAST = 6, /* slots that have one of a day before */
	PEAK_REACH = 2, /* slots to each side that tell a burst from a peak */
	GROWTH_REACH = 4, /* the same of its growth */
};

#define BURST_LEAST 2.0 /* addresses above others: fewer are none */
#define GROWTH_MOST 3.0 /* spreads from the median of the day */
#define SPREAD_LEAST 0.5 /* addresses: no count is more exact */
#define ADDRESS 1.0 /* that is left at a peak does not tell it from a full range */

/* By the hour of the day: [0] is the one just now, [1] half an hour earlier. */
struct days {
	bool is_known[DAY];
	double height[DAY]; /* highest level, without single bursts */
	double growth[DAY]; /* since the day before */
	double median; /* of growth */
	double spread; /* the median distance from it */
};

static bool grew(const struct history *history, unsigned int age, double *out)
{
	struct history_view now, before;

	if (!history_at(history, HISTORY_30M, age, &now) ||
	    !history_at(history, HISTORY_30M, age + DAY, &before))
		return false;
	*out = now.mean - before.mean;
	return true;
}

/* Without bursts: those are higher than all around that hour. */
static bool find_height(const struct history *history, unsigned int age, double *out)
{
	struct history_view view, other;
	double highest = -1;

	if (!history_at(history, HISTORY_30M, age, &view))
		return false;
	for (unsigned int i = age > PEAK_REACH ? age - PEAK_REACH : 0; i <= age + PEAK_REACH; i++)
		if (i != age && history_at(history, HISTORY_30M, i, &other))
			highest = fmax(highest, other.max);
	*out = highest < 0 ? view.max : fmin(view.max, highest + BURST_LEAST);
	return true;
}

/* Around that hour, in bounds: a node that was drained the day before did not grow. */
static double find_growth(const struct history *history, unsigned int age, const struct days *days)
{
	double values[2 * GROWTH_REACH + 1], growth;
	size_t count = 0;

	for (unsigned int i = age > GROWTH_REACH ? age - GROWTH_REACH : 0; i <= age + GROWTH_REACH;
	     i++)
		if (grew(history, i, &values[count]))
			count++;
	if (count <= GROWTH_REACH)
		return days->median;
	growth = trend_median(values, count) - days->median;
	return days->median +
	       fmax(fmin(growth, GROWTH_MOST * days->spread), -GROWTH_MOST * days->spread);
}

/* Would the highest level of the last day reach it, if all hours grew as the fastest may? */
static bool can_reach(const struct history *history, const struct days *days, double limit)
{
	double height = 0, most = days->median + GROWTH_MOST * days->spread;
	struct history_view view;

	for (unsigned int age = 0; age < DAY; age++)
		if (history_at(history, HISTORY_30M, age, &view))
			height = fmax(height, view.max);
	return height + DAYS_AHEAD * fmax(most, 0) >= limit;
}

static bool look_back(const struct history *history, double limit, struct days *out)
{
	double values[DAY];
	size_t count = 0;

	for (unsigned int age = 0; age < DAY; age++)
		if (grew(history, age, &values[count]))
			count++;
	if (count < GROWTH_LEAST)
		return false;
	out->median = trend_median(values, count);
	for (size_t i = 0; i < count; i++)
		values[i] = fabs(values[i] - out->median);
	out->spread = fmax(trend_median(values, count), SPREAD_LEAST);
	if (!can_reach(history, out, limit))
		return false;

	for (unsigned int age = 0; age < DAY; age++) {
		out->is_known[age] = find_height(history, age, &out->height[age]);
		if (out->is_known[age])
			out->growth[age] = find_growth(history, age, out);
	}
	return true;
}

/* The height so many slots from now, 0 is now; NAN where the day before is not known. */
static double look_ahead(const struct days *days, unsigned int ahead)
{
	unsigned int day = (ahead + DAY - 1) / DAY, age = day * DAY - ahead;

	return days->is_known[age] ? days->height[age] + day * days->growth[age] : NAN;
}

/* The first slot from now that is as high; 0: none. */
static unsigned int find_reach(const struct days *days, double height)
{
	for (unsigned int ahead = 1; ahead <= DAYS_AHEAD * DAY; ahead++)
		if (look_ahead(days, ahead) >= height)
			return ahead;
	return 0;
}

static double find_highest(const struct days *days, unsigned int from, unsigned int count)
{
	double highest = 0;

	for (unsigned int i = from; i < from + count && i <= DAYS_AHEAD * DAY; i++)
		highest = fmax(highest, look_ahead(days, i)); /* fmax leaves out NAN */
	return highest;
}

bool season_ask(const struct history *history, double limit, struct season_answer *out)
{
	double width_s = history_slot_s(HISTORY_30M), now_s = history_now_s(history);
	double before, after, at, excess;
	unsigned int ahead;
	struct days days;

	if (!look_back(history, limit - ADDRESS, &days))
		return false;
	ahead = find_reach(&days, limit - ADDRESS);
	if (!ahead)
		return false;
	excess = fmax(find_highest(&days, ahead, DAY) - limit, 0);
	limit = fmin(limit, find_highest(&days, ahead, DAY / 2));
	ahead = find_reach(&days, limit);
	before = look_ahead(&days, ahead - 1);
	after = look_ahead(&days, ahead);
	at = after > before ? (limit - before) / (after - before) : 0; /* NAN before: at once */

	out->seconds = width_s - history_open_s(history, HISTORY_30M) +
		       (ahead - 1 + fmax(at, 0)) * width_s;
	out->confidence = excess / (excess + 2 * days.spread) * now_s / (now_s + out->seconds);
	return true;
}

bool season_rise(const struct history *history, double span_s, double *out)
{
	unsigned int slots = (unsigned int)ceil(span_s / history_slot_s(HISTORY_30M));
	struct history_view end, start;

	if (!history_at(history, HISTORY_30M, DAY, &end) ||
	    !history_at(history, HISTORY_30M, DAY + slots, &start))
		return false;
	*out = end.mean - start.mean;
	return true;
}
