/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metrics, one row each, in the order of /metrics. Pure.
 */
#pragma once

#include <stddef.h>

#include "core/metrics/collect.h"

/* NULL past the last one. */
const struct metric_row *metric_row_at(size_t index);
