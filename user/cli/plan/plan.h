/* SPDX-License-Identifier: Apache-2.0 */
/* `podip plan`: how far a range goes, worked out offline; asks neither node nor API. */
#pragma once

#include "cli/option/command.h"

extern const struct command cli_plan_command;
extern const struct command cli_plan_gke_command;
extern const struct command cli_plan_eks_command;
extern const struct command cli_plan_node_cidr_command;
