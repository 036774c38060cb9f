// SPDX-License-Identifier: Apache-2.0
#include "promise.h"

#include <stdio.h>
#include <stdlib.h>

bool promise_print(const struct promise *promise)
{
	bool is_met = promise->is_ceiling ? promise->got <= promise->target
					  : promise->got >= promise->target;

	printf("%s: target %s %g, got %.3g: %s\n", promise->what,
	       promise->is_ceiling ? "<=" : ">=", promise->target, promise->got,
	       is_met ? "met" : "MISSED");
	return is_met;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct spread spread_of(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return (struct spread){
		.low = values[(count - 1) / 4],
		.median = values[(count - 1) / 2],
		.high = values[(count - 1) * 3 / 4],
		.p99 = values[(count - 1) * 99 / 100],
	};
}
