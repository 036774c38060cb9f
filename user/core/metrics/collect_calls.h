/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fills the rows of the metrics table about pods, CNI calls and leaks. Pure.
 */
#pragma once

#include "core/metrics/collect.h"

void metric_operations(struct exposition *out, const struct metrics_input *input);
void metric_operation_duration(struct exposition *out, const struct metrics_input *input);
void metric_failures(struct exposition *out, const struct metrics_input *input);
void metric_incidents(struct exposition *out, const struct metrics_input *input);
void metric_leaked(struct exposition *out, const struct metrics_input *input);
void metric_capture(struct exposition *out, const struct metrics_input *input);

/* Each address that a leak has taken from the range: in the narrowest one, and in each around it,
 * as the addresses that are used. */
void collect_each_lost(const struct metrics_input *input, void (*fn)(size_t range, void *ctx),
		       void *ctx);

double metric_waiting(const struct metrics_input *input);
double metric_oldest_wait(const struct metrics_input *input);
double metric_duplicates(const struct metrics_input *input);
double metric_unattributed(const struct metrics_input *input);
double metric_disagreements(const struct metrics_input *input);
double metric_capturing(const struct metrics_input *input);
