/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Man pages of section 8, made of the commands' rows, in the man macros of groff and
 * mandoc.
 */
#pragma once

#include <stdio.h>

#include "cli/option/command.h"

/* podip(8): what there is. */
void man_write_overview(const struct command *const *commands, FILE *out);
/* podip-NAME(8), with the command's children. */
void man_write_command(const struct command *command, FILE *out);
