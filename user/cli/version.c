// SPDX-License-Identifier: Apache-2.0
#include "cli/version.h"

#include <bpf/libbpf.h>
#include <stdio.h>

#include "cli/base/output.h"
#include "podip_version.h"

static int run(const struct command *command, int argc, char **argv)
{
	int result = command_read(command, argc, argv, NULL, NULL);

	if (result != COMMAND_RUN)
		return output_status(result);
	printf("podip %s (revision %s, libbpf %u.%u)\n", PODIP_VERSION, PODIP_REVISION,
	       libbpf_major_version(), libbpf_minor_version());
	return STATUS_DONE;
}

const struct command cli_version_command = {
	.name = "version",
	.summary = "print the version",
	.examples = "  podip version             # version, revision, and libbpf's version\n",
	.run = run,
};
