/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cli/option/command.h"

extern const struct command cli_doctor_command;
