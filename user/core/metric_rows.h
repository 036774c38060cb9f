/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metrics, one row each, in the order of /metrics. Pure.
 */
#pragma once

#include "core/collect.h"
#include "core/exposition.h"

struct metric_row {
	struct metric metric;
	struct collector by;
};

extern const struct metric_row metric_rows[];
extern const size_t metric_row_count;
