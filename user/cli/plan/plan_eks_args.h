/* SPDX-License-Identifier: Apache-2.0 */
/* Flags, a table of instance types and podip.yaml to the node and subnets of `podip plan eks`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cli/option/command.h"
#include "core/plan/plan_eks.h"

enum {
	EKS_SUBNETS_MAX = 64,
	EKS_LOADS_MAX = 8, /* counts of pods on a node */
};

struct eks_args {
	struct eks_node node;
	struct eks_subnet subnets[EKS_SUBNETS_MAX]; /* those for nodes alone, too */
	size_t subnet_count;
	unsigned int loads[EKS_LOADS_MAX]; /* in the order given; by default none, half, full */
	size_t load_count;
	bool is_json;
};

enum { EKS_ROW_COUNT = 17 };
extern const struct option_row eks_rows[EKS_ROW_COUNT];

/* As command_read(); -EINVAL after one line on stderr. *out is untouched if not COMMAND_RUN. */
int eks_args_read(const struct command *command, int argc, char **argv, struct eks_args *out);
