/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `podip who` and `podip pod`: who had an address, and which addresses a pod had, by the event log
 * and the kernel, without an agent.
 */
#pragma once

#include "cli/option/command.h"

extern const struct command cli_who_command;
extern const struct command cli_pod_command;
