// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/config.h"
#include "cli/docs.h"
#include "cli/doctor.h"
#include "cli/leaks.h"
#include "cli/log/events.h"
#include "cli/log/replay_command.h"
#include "cli/log/report.h"
#include "cli/option/commands.h"
#include "cli/option/flags.h"
#include "cli/plan/cluster.h"
#include "cli/plan/plan.h"
#include "cli/run.h"
#include "cli/snapshot.h"
#include "cli/status/status.h"
#include "cli/status/top.h"
#include "cli/tenancy/who.h"
#include "cli/version.h"

const struct command *const cli_commands[] = {
	&cli_run_command,	 &cli_snapshot_command, &cli_events_command,
	&cli_status_command,	 &cli_top_command,	&cli_who_command,
	&cli_pod_command,	 &cli_leaks_command,	&cli_plan_command,
	&cli_cluster_command,	 &cli_replay_command,	&cli_report_command,
	&cli_config_command,	 &cli_doctor_command,	&cli_man_command,
	&cli_completion_command, &cli_version_command,	NULL,
};

static void print_help(FILE *out)
{
	fputs("podip watches the pod addresses of a Kubernetes node, from the kernel.\n\n"
	      "  podip run                      # metrics on :9465/metrics, events on stdout\n"
	      "  podip run --config podip.yaml  # with the ranges that addresses come from\n"
	      "  podip status                   # this node: ranges, who waits, what fails\n"
	      "  podip snapshot                 # which pod holds an address now\n"
	      "  podip who 10.0.0.5             # which pod has it, and who had it before\n"
	      "  podip leaks                    # addresses lost to the IPAM, or held twice\n"
	      "  podip cluster --prometheus URL # which range of the cluster is full first\n"
	      "  podip doctor                   # what works on this kernel\n\n"
	      "Commands (each has --help):\n",
	      out);
	for (size_t i = 0; cli_commands[i]; i++)
		fprintf(out, "  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; cli_commands[i]; i++)
		if (!strcmp(name, cli_commands[i]->name))
			return cli_commands[i];
	return NULL;
}

/* One line: behind a screen of help nobody would see it. */
static int complain_unknown(const char *name)
{
	const struct command *meant = command_guess(cli_commands, name);

	if (meant)
		flags_complain("unknown command '%s', did you mean '%s'", name, meant->name);
	else
		flags_complain("unknown command '%s', see podip --help", name);
	return STATUS_USAGE;
}

static int help(int argc, char **argv)
{
	const struct command *command = argc > 2 ? find(argv[2]) : NULL;

	if (argc > 2 && !command)
		return complain_unknown(argv[2]);
	if (command)
		command_help(command, stdout);
	else
		print_help(stdout);
	return STATUS_DONE;
}

static int run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct command *command = find(!strcmp(name, "--version") ? "version" : name);

	if (command)
		return command->run(command, argc - 1, argv + 1);
	if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))
		return help(argc, argv);
	if (*name)
		return complain_unknown(name);
	print_help(stderr);
	return STATUS_USAGE;
}

/* A reader that is gone has what it wanted: `| head`. */
static bool has_reader(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) <= 0 || !(out.revents & POLLERR);
}

/* What did not arrive is no success. */
static int finish(int status)
{
	int err;

	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	err = errno;
	/* Those have complained. */
	if (status == STATUS_FAILED || status == STATUS_USAGE || !has_reader())
		return status;
	flags_complain("cannot write the result%s%s", err ? ": " : "", err ? strerror(err) : "");
	return STATUS_FAILED;
}

int main(int argc, char **argv)
{
	return finish(run(argc, argv));
}
