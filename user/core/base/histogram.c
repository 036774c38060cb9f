// SPDX-License-Identifier: Apache-2.0
#include "core/base/histogram.h"

#include <math.h>

void histogram_observe(struct histogram *histogram, const struct histogram_bounds *bounds,
		       double value)
{
	size_t i = 0;

	/* One would turn the sum into NaN for good. */
	if (isnan(value))
		return;

	while (i < bounds->count && value > bounds->upper[i])
		i++;
	histogram->buckets[i]++;
	histogram->sum += value;
	histogram->count++;
}
