/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histogram with fixed bounds, for Prometheus. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_BUCKET_MAX = 24 };

/* Bounds in the metric's unit, ascending, without +Inf. Shared by all histograms of one metric. */
struct histogram_bounds {
	size_t count;
	double upper[HISTOGRAM_BUCKET_MAX];
};

struct histogram {
	uint64_t buckets[HISTOGRAM_BUCKET_MAX + 1]; /* not cumulative; [bounds->count] is +Inf */
	double sum;
	uint64_t count;
};

/* A bound belongs to the bucket below it. NaN is no observation. */
void histogram_observe(struct histogram *histogram, const struct histogram_bounds *bounds,
		       double value);
