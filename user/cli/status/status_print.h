/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How `podip status` prints: one screen of 80 columns and 24 lines, as long as no more
 * than a few things are wrong at once.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "core/status/status.h"

enum { STATUS_COLUMNS = 80 };

void status_print(const struct status *status, bool has_color, FILE *out);
