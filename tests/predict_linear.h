/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What forecasts are compared with: predict_linear() of PromQL, over samples of a gauge
 * as a Prometheus server scrapes them.
 * Source: prometheus/prometheus promql/functions.go, linearRegression() and
 * funcPredictLinear(): least squares about the time of evaluation, with Neumaier's sums;
 * a series that never changes has no slope; fewer than two samples give nothing.
 */
#pragma once

#include <stddef.h>

struct trace;

struct samples {
	double *at_s, *values; /* owned */
	size_t count;
};

/* As scraped every `every_s` from first_s on; nobody answers while the agent is away. -ENOMEM. */
int samples_scrape(const struct trace *trace, double first_s, double every_s, struct samples *out);
void samples_clear(struct samples *samples);

/* predict_linear(used[range_s], in_s) at now_s. NAN: nothing. */
double predict_linear(const struct samples *samples, double now_s, double range_s, double in_s);
/* The least in_s for which that is `bound`: INFINITY never, NAN nothing is said. */
double predict_linear_when(const struct samples *samples, double now_s, double range_s,
			   double bound);

static inline void cleanup_samples_fn(struct samples *samples)
{
	samples_clear(samples);
}
#define cleanup_samples __attribute__((__cleanup__(cleanup_samples_fn)))
