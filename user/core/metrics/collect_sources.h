/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fills the rows of the metrics table about sources, and what they say of the
 * node and its ENIs. Pure.
 */
#pragma once

#include "core/metrics/collect.h"

void metric_source_up(struct exposition *out, const struct metrics_input *input);
void metric_source_entries(struct exposition *out, const struct metrics_input *input);
void metric_source_errors(struct exposition *out, const struct metrics_input *input);
void metric_source_age(struct exposition *out, const struct metrics_input *input);
void metric_source_disagreements(struct exposition *out, const struct metrics_input *input);

void metric_max_pods(struct exposition *out, const struct metrics_input *input);
void metric_max_addresses(struct exposition *out, const struct metrics_input *input);
void metric_node_info(struct exposition *out, const struct metrics_input *input);

void metric_eni_info(struct exposition *out, const struct metrics_input *input);
void metric_eni_attached(struct exposition *out, const struct metrics_input *input);
void metric_eni_assigned(struct exposition *out, const struct metrics_input *input);
void metric_eni_warm(struct exposition *out, const struct metrics_input *input);
void metric_eni_cooldown(struct exposition *out, const struct metrics_input *input);
void metric_eni_used(struct exposition *out, const struct metrics_input *input);
