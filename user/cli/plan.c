// SPDX-License-Identifier: Apache-2.0
#include "cli/plan.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "cli/output.h"

static const struct planner {
	const char *name, *help;
	int (*fn)(int argc, char **argv);
} planners[] = {
	{ "gke", "nodes that secondary ranges carry, and which pool stops first", cli_plan_gke },
	{ "eks", "max pods of an instance type, and nodes that subnets carry", cli_plan_eks },
	{ "node-cidr", "nodes that --cluster-cidr of kube-controller-manager carries",
	  cli_plan_node_cidr },
};

static const char help[] =
	"  podip plan gke --range 10.0.0.0/26 --max-pods 16\n"
	"  podip plan gke --range web=10.4.0.0/22 --range batch=10.5.0.0/24 \\\n"
	"      --pool front:range=web,max-pods=32,max=10 --pool jobs:range=batch\n"
	"  podip plan eks --instance-type m5.large --subnet 10.0.208.0/24\n"
	"  podip plan eks --instance-type m5.large --prefix-delegation \\\n"
	"      --custom-networking --subnet 100.64.0.0/20 --node-subnet 10.0.1.0/26\n"
	"  podip plan node-cidr --cluster-cidr 10.244.0.0/16 --node-cidr-mask-size 24\n"
	"  podip plan gke -f podip.yaml    # from the ranges that podip.yaml has\n\n"
	"Works offline: how far ranges go, what the next node meets, what would change\n"
	"that.\n\n"
	"Planners (each has --help):\n";

static void print_help(FILE *out)
{
	fputs(help, out);
	for (size_t i = 0; i < array_size(planners); i++)
		fprintf(out, "  %-10s %s\n", planners[i].name, planners[i].help);
}

int cli_plan(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < array_size(planners); i++)
		if (!strcmp(name, planners[i].name))
			return planners[i].fn(argc - 1, argv + 1);

	if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
		print_help(stdout);
		return 0;
	}
	if (*name)
		fprintf(stderr, "podip: unknown planner '%s', expected gke, eks or node-cidr\n",
			name);
	else
		fputs("podip: plan what? gke, eks or node-cidr; podip plan --help\n", stderr);
	return STATUS_USAGE;
}
