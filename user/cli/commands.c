// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include "cli/cluster.h"
#include "cli/config.h"
#include "cli/doctor.h"
#include "cli/leaks.h"
#include "cli/plan.h"
#include "cli/run.h"
#include "cli/snapshot.h"
#include "cli/version.h"

const struct command *const cli_commands[] = {
	&cli_run_command,    &cli_snapshot_command, &cli_leaks_command,
	&cli_plan_command,   &cli_cluster_command,  &cli_config_command,
	&cli_doctor_command, &cli_version_command,  NULL,
};
