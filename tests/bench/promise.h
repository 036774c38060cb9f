/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a benchmark says what it found: a line for each number that the project
 * promises, in the same words everywhere (common.sh has them for the scripts), so
 * that `run` can put them into one table.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct promise {
	const char *what; /* "walker at 1000 namespaces, times faster than ..." */
	double target;
	double got;
	bool is_ceiling; /* the target is the most, not the least */
};

/* Prints "WHAT: target >= 20, got 23.1: met". Is it? */
bool promise_print(const struct promise *promise);

struct spread {
	double low; /* the first quartile */
	double median;
	double high;
	double p99;
};

/* Sorts values. count is not 0. */
struct spread spread_of(double *values, size_t count);
