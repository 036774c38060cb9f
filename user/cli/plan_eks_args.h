/* SPDX-License-Identifier: Apache-2.0 */
/* Flags, a table of instance types and podip.yaml to the node and subnets of `podip plan eks`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/plan_eks.h"

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

enum eks_args_result { EKS_ARGS_RUN, EKS_ARGS_EXIT };

/* EKS_ARGS_EXIT after --help; -EINVAL after one line on stderr. *out is then untouched. */
int eks_args_read(int argc, char **argv, struct eks_args *out);
