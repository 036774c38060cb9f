/* SPDX-License-Identifier: Apache-2.0 */
/* All commands, in the order of --help: the table is in main.c. */
#pragma once

#include "cli/option/command.h"

extern const struct command *const cli_commands[]; /* NULL-terminated */
