/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's metrics: one table of families. The manual's table is made from it. Pure:
 * numbers in, exposition out.
 */
#pragma once

#include <stdio.h>

#include "core/metrics/collect.h"

void metrics_write(const struct metrics_input *input, enum exposition_format format, FILE *out);
/* The table of deploy/manual/metrics.md: Markdown, one row a family. */
void metrics_describe(FILE *out);
