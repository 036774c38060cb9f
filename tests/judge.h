/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges forecasts: replays a trace, asks at many moments, and compares with when nothing
 * was left. Prometheus' predict_linear(used[1h]) and [6h] are asked of the same series,
 * scraped every 15 s.
 *
 * An error is |ln(said / actual)|, so that twice too late is as wrong as twice too early;
 * what is not known, or never, is as wrong as ten times. Asked at JUDGE_ASKS moments from
 * the begin of the rise to where 5 % are left; errors count when 55 % are left or less.
 */
#pragma once

#include <stddef.h>

struct trace;

enum { JUDGE_ASKS = 120, JUDGE_LEADS = 3, JUDGE_VALUES_MAX = 1000 };

enum teller { TELLER_PODIP, TELLER_LINEAR_1H, TELLER_LINEAR_6H, TELLER_COUNT };

extern const double judge_leads[JUDGE_LEADS]; /* of the rise are left */

struct verdict {
	/* Of a trace that ends with nothing left */
	double rise_s;
	double error[TELLER_COUNT]; /* median over all moments */
	double lead_error[TELLER_COUNT][JUDGE_LEADS]; /* over those around */
	/* Share of the rise left, when nine of ten answers from then on are within twice; 0 never
	 */
	double right_from[TELLER_COUNT];
	double likely_from; /* the same of answers that are likely */
	/* Of one that does not: shares of the moments, when an end within a day is told */
	double known; /* with any confidence */
	double warned[TELLER_COUNT]; /* as likely; predict_linear knows no doubt */
};

/* Asserts that every answer is sound. */
struct verdict judge(const struct trace *trace);
/* Of JUDGE_VALUES_MAX at most, and one at least. */
double judge_median(const double *values, size_t count);
/* The better one of both. */
double judge_peer(const double values[TELLER_COUNT]);
