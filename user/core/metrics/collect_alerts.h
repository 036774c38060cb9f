/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fills the rows of the metrics table about alerts. Pure.
 */
#pragma once

#include "core/metrics/collect.h"

void metric_alert_state(struct exposition *out, const struct metrics_input *input);
void metric_notifications(struct exposition *out, const struct metrics_input *input);
