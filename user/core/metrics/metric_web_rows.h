/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metrics of the web server and its configuration: rows of metric_rows. Pure.
 */
#pragma once

#include <stddef.h>

#include "core/metrics/collect.h"

extern const struct metric_row metric_web_rows[];
extern const size_t metric_web_row_count;
