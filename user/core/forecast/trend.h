/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A straight line through a few points that single odd ones do not bend: the median of
 * the slopes of all pairs. Pure.
 * Source: Theil (1950), Sen (1968), "Estimates of the regression coefficient based on
 * Kendall's tau".
 */
#pragma once

#include <stddef.h>

enum { TREND_POINTS_LEAST = 4, TREND_POINTS_MAX = 12 };

struct trend_point {
	double x, y;
};

struct trend {
	double slope;
	double level; /* of the line at x = 0 */
	double spread; /* mean distance of the points from the line */
};

/* x must ascend. -EINVAL: fewer points than TREND_POINTS_LEAST, more than TREND_POINTS_MAX, or x
 * that does not ascend. */
int trend_fit(const struct trend_point *points, size_t count, struct trend *out);

/* Puts values into another order. 0 of none; the mean of the two in the middle where there are. */
double trend_median(double *values, size_t count);
