// SPDX-License-Identifier: Apache-2.0
#include "predict_linear.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "trace.h"

struct sum {
	double sum, rest;
};

struct regression {
	double slope, intercept;
};

int samples_scrape(const struct trace *trace, double first_s, double every_s, struct samples *out)
{
	size_t room = (size_t)(trace->end_s / every_s) + 2, next = 0;
	cleanup_samples struct samples samples = {
		.at_s = calloc(room, sizeof(*samples.at_s)),
		.values = calloc(room, sizeof(*samples.values)),
	};
	uint32_t used = TRACE_AWAY;

	if (!samples.at_s || !samples.values)
		return -ENOMEM;
	for (double at_s = first_s; at_s <= trace->end_s; at_s += every_s) {
		while (next < trace->count && trace->points[next].at_s <= at_s)
			used = trace->points[next++].used;
		if (used == TRACE_AWAY)
			continue;
		samples.at_s[samples.count] = at_s;
		samples.values[samples.count++] = used;
	}
	*out = samples;
	samples = (struct samples){ 0 };
	return 0;
}

void samples_clear(struct samples *samples)
{
	free(samples->at_s);
	free(samples->values);
	*samples = (struct samples){ 0 };
}

static void add(struct sum *sum, double value)
{
	double total = sum->sum + value;

	if (fabs(sum->sum) >= fabs(value))
		sum->rest += (sum->sum - total) + value;
	else
		sum->rest += (value - total) + sum->sum;
	sum->sum = total;
}

static size_t count_until(const struct samples *samples, double at_s)
{
	size_t low = 0, high = samples->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (samples->at_s[middle] <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool regress(const struct samples *samples, double now_s, double range_s,
		    struct regression *out)
{
	size_t end = count_until(samples, now_s), first = count_until(samples, now_s - range_s);
	struct sum x = { 0 }, y = { 0 }, xy = { 0 }, xx = { 0 };
	double n = (double)end - (double)first, cov, var;
	bool is_constant = true;

	if (n < 2)
		return false;
	for (size_t i = first; i < end; i++) {
		double at = samples->at_s[i] - now_s, value = samples->values[i];

		is_constant = is_constant && value == samples->values[first];
		add(&x, at);
		add(&y, value);
		add(&xy, at * value);
		add(&xx, at * at);
	}
	if (is_constant) {
		*out = (struct regression){ 0, samples->values[first] };
		return true;
	}
	cov = xy.sum + xy.rest - (x.sum + x.rest) * (y.sum + y.rest) / n;
	var = xx.sum + xx.rest - (x.sum + x.rest) * (x.sum + x.rest) / n;
	out->slope = cov / var;
	out->intercept = (y.sum + y.rest) / n - out->slope * (x.sum + x.rest) / n;
	return true;
}

double predict_linear(const struct samples *samples, double now_s, double range_s, double in_s)
{
	struct regression line;

	return regress(samples, now_s, range_s, &line) ? line.slope * in_s + line.intercept : NAN;
}

double predict_linear_when(const struct samples *samples, double now_s, double range_s,
			   double bound)
{
	struct regression line;

	if (!regress(samples, now_s, range_s, &line))
		return NAN;
	if (line.intercept >= bound)
		return 0;
	return line.slope > 0 ? (bound - line.intercept) / line.slope : INFINITY;
}
