/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metrics of the event log: rows of metric_rows. Pure.
 */
#pragma once

#include <stddef.h>

#include "core/metrics/collect.h"

extern const struct metric_row metric_log_rows[];
extern const size_t metric_log_row_count;
