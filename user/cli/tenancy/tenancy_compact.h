/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of `podip who` and `podip pod`, five words a line: ROLE IP POD FROM TO. "-" is
 * not known, and TO of what is still held; "<" before FROM: at that time already; "A..B" for
 * TO: between them. Where nobody holds the address the first line's ROLE is free, unknown (FROM and
 * TO are of that) or never. CNI calls that failed have their reason for an address.
 */
#pragma once

#include <stdio.h>

#include "cli/tenancy/tenancy_report.h"

/* Errors of `out` are the caller's to find. */
void tenancy_print_compact(const struct tenancy_report *report, FILE *out);
