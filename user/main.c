// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "cli/cluster.h"
#include "cli/config.h"
#include "cli/doctor.h"
#include "cli/leaks.h"
#include "cli/plan.h"
#include "cli/run.h"
#include "cli/snapshot.h"
#include "cli/version.h"

static int run_config(int argc, char **argv)
{
	return cli_config_command.run(&cli_config_command, argc, argv);
}

/* One row is one command; argv[0] is its name. Gives the exit status. */
static const struct verb {
	const char *name, *help;
	int (*fn)(int argc, char **argv);
} commands[] = {
	{ "run", "watch this node: metrics, event log", cli_run },
	{ "snapshot", "walk once: which namespace holds which addresses", cli_snapshot },
	{ "leaks", "addresses on which the IPAM's books and the kernel differ", cli_leaks },
	{ "plan", "work out offline how far ranges go, and what stops first", cli_plan },
	{ "cluster", "the ranges of all nodes, as Prometheus has them", cli_cluster },
	{ "config", "check, print and describe the configuration", run_config },
	{ "doctor", "what this kernel allows, and what to do about the rest", cli_doctor },
	{ "version", "print the version", cli_version },
};

static void print_help(FILE *out)
{
	fputs("podip watches the pod addresses of a Kubernetes node, from the kernel.\n\n"
	      "  podip run                      # metrics on :9465/metrics, events on stdout\n"
	      "  podip run --config podip.yaml  # with the ranges that addresses come from\n"
	      "  podip snapshot                 # which pod holds an address now\n"
	      "  podip leaks                    # addresses lost to the IPAM, or held behind its back\n"
	      "  podip cluster --prometheus URL # which range of the cluster is full first\n"
	      "  podip doctor                   # what works on this kernel\n\n"
	      "Commands (each has --help):\n",
	      out);
	for (size_t i = 0; i < array_size(commands); i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].help);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < array_size(commands); i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);

	if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
		print_help(stdout);
		return 0;
	}
	if (!strcmp(name, "--version"))
		return cli_version(1, argv);
	if (*name)
		fprintf(stderr, "podip: unknown command '%s'\n\n", name);
	print_help(stderr);
	return 2;
}
