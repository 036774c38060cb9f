/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of `podip who` and `podip pod` for people. What comes from outside is escaped.
 */
#pragma once

#include <stdio.h>

#include "cli/tenancy/tenancy_report.h"

/* Errors of `out` are the caller's to find. */
void tenancy_print_table(const struct tenancy_report *report, FILE *out);
