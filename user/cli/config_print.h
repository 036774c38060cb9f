/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration as it counts, as a podip.yaml that says all of it, with a comment
 * behind each value on where it came from.
 */
#pragma once

#include <stdio.h>

#include "cli/option/option_table.h"

/* -ENOMEM. */
int config_print(const struct options *options, FILE *out);
