/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fills the rows of the metrics table about ranges. Pure.
 */
#pragma once

#include "core/metrics/collect.h"

/* All samples of a family whose collector has of_range. */
void metric_each_range(struct exposition *out, const struct metrics_input *input,
		       const struct collector *by);
double metric_capacity(const struct range *range, const struct usage *usage);
double metric_usable(const struct range *range, const struct usage *usage);
double metric_reserved(const struct range *range, const struct usage *usage);
double metric_used(const struct range *range, const struct usage *usage);
double metric_free_addresses(const struct range *range, const struct usage *usage);
double metric_utilization(const struct range *range, const struct usage *usage);
double metric_assigned(const struct range *range, const struct usage *usage);
double metric_released(const struct range *range, const struct usage *usage);
void metric_reuse(struct exposition *out, const struct metrics_input *input);
void metric_blocks(struct exposition *out, const struct metrics_input *input);
void metric_range_info(struct exposition *out, const struct metrics_input *input);
void metric_latency(struct exposition *out, const struct metrics_input *input);

void metric_node_blocks(struct exposition *out, const struct metrics_input *input);
void metric_attached(struct exposition *out, const struct metrics_input *input);
void metric_assigned_by_ipam(struct exposition *out, const struct metrics_input *input);
void metric_warm(struct exposition *out, const struct metrics_input *input);
void metric_cooldown(struct exposition *out, const struct metrics_input *input);

/* The numbers behind them, of the range at this index; NAN: not known. */
enum collect_sum { SUM_ATTACHED, SUM_ASSIGNED, SUM_WARM, SUM_COOLDOWN };
double collect_range_sum(const struct metrics_input *input, size_t range, enum collect_sum sum);
enum collect_outlook {
	OUTLOOK_SECONDS,
	OUTLOOK_CONFIDENCE,
	OUTLOOK_HEADROOM,
	OUTLOOK_ASSIGN_PER_S
};
double collect_outlook(const struct metrics_input *input, size_t range, enum collect_outlook part);
/* Nodes that the range carries. NAN: it gives no blocks to nodes. */
double collect_node_blocks(const struct range *range);

void metric_time_to_exhaustion(struct exposition *out, const struct metrics_input *input);
void metric_exhaustion_confidence(struct exposition *out, const struct metrics_input *input);
void metric_headroom(struct exposition *out, const struct metrics_input *input);
