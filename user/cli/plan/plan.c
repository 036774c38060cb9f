// SPDX-License-Identifier: Apache-2.0
#include "cli/plan/plan.h"

static const struct command *const children[] = { &cli_plan_gke_command, &cli_plan_eks_command,
						  &cli_plan_node_cidr_command, NULL };

const struct command cli_plan_command = {
	.name = "plan",
	.summary = "work out offline how far ranges go, and what stops first",
	.examples = "  podip plan gke --range 10.0.0.0/26 --max-pods 16\n"
		    "  podip plan gke --range web=10.4.0.0/22 --range batch=10.5.0.0/24 \\\n"
		    "      --pool front:range=web,max-pods=32,max=10 --pool jobs:range=batch\n"
		    "  podip plan eks --instance-type m5.large --subnet 10.0.208.0/24\n"
		    "  podip plan eks --instance-type m5.large --prefix-delegation \\\n"
		    "      --custom-networking --subnet 100.64.0.0/20 --node-subnet 10.0.1.0/26\n"
		    "  podip plan node-cidr --cluster-cidr 10.244.0.0/16 --node-cidr-mask-size 24\n"
		    "  podip plan gke -f podip.yaml    # from the ranges that podip.yaml has\n",
	.text = "Works offline: how far ranges go, what the next node meets, what would change\n"
		"that.\n",
	.children = children,
	.run = command_run_child,
};
