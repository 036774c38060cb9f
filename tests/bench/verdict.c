// SPDX-License-Identifier: Apache-2.0
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>

bool verdict_print(const struct verdict *verdict)
{
	bool is_met = verdict->is_ceiling ? verdict->got <= verdict->target
					  : verdict->got >= verdict->target;

	printf("%s: target %s %g, got %.3g: %s\n", verdict->what,
	       verdict->is_ceiling ? "<=" : ">=", verdict->target, verdict->got,
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
