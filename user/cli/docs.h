/* SPDX-License-Identifier: Apache-2.0 */
/* `podip man` and `podip completion`. */
#pragma once

#include "cli/option/command.h"

extern const struct command cli_man_command;
extern const struct command cli_completion_command;
