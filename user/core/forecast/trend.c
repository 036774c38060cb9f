// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/trend.h"

#include <errno.h>
#include <math.h>

enum { PAIRS_MAX = TREND_POINTS_MAX * (TREND_POINTS_MAX - 1) / 2 };

static void swap(double *a, double *b)
{
	double kept = *a;

	*a = *b;
	*b = kept;
}

/* Wirth's selection: afterwards none before values[rank] is above it, none behind it below. */
static void select_rank(double *values, ptrdiff_t count, ptrdiff_t rank)
{
	ptrdiff_t low = 0, high = count - 1;

	while (low < high) {
		double pivot = values[rank];
		ptrdiff_t i = low, j = high;

		do {
			while (values[i] < pivot)
				i++;
			while (pivot < values[j])
				j--;
			if (i <= j)
				swap(&values[i++], &values[j--]);
		} while (i <= j);
		if (j < rank)
			low = i;
		if (rank < i)
			high = j;
	}
}

double trend_median(double *values, size_t count)
{
	size_t middle = count / 2;
	double below;

	if (!count)
		return 0;
	select_rank(values, (ptrdiff_t)count, (ptrdiff_t)middle);
	if (count % 2)
		return values[middle];

	below = values[0];
	for (size_t i = 1; i < middle; i++)
		below = fmax(below, values[i]);
	return (below + values[middle]) / 2;
}

int trend_fit(const struct trend_point *points, size_t count, struct trend *out)
{
	double values[PAIRS_MAX];
	struct trend trend = { 0 };
	size_t pairs = 0;

	if (count < TREND_POINTS_LEAST || count > TREND_POINTS_MAX)
		return -EINVAL;
	for (size_t i = 1; i < count; i++)
		if (!(points[i].x > points[i - 1].x))
			return -EINVAL;

	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			values[pairs++] = (points[j].y - points[i].y) / (points[j].x - points[i].x);
	trend.slope = trend_median(values, pairs);

	for (size_t i = 0; i < count; i++)
		values[i] = points[i].y - trend.slope * points[i].x;
	trend.level = trend_median(values, count);
	for (size_t i = 0; i < count; i++)
		trend.spread += fabs(points[i].y - trend.level - trend.slope * points[i].x);
	trend.spread /= (double)count;

	*out = trend;
	return 0;
}
