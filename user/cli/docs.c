// SPDX-License-Identifier: Apache-2.0
#include "cli/docs.h"

#include <string.h>

#include "cli/base/output.h"
#include "cli/completion.h"
#include "cli/man.h"
#include "cli/option/commands.h"
#include "cli/option/flags.h"

static int run_man(const struct command *command, int argc, char **argv)
{
	struct operands operands;
	int result = command_read(command, argc, argv, NULL, &operands);

	if (result != COMMAND_RUN)
		return output_status(result);
	if (!operands.count) {
		man_write_overview(cli_commands, stdout);
		return STATUS_DONE;
	}
	for (size_t i = 0; cli_commands[i]; i++) {
		if (strcmp(cli_commands[i]->name, operands.items[0]) != 0)
			continue;
		man_write_command(cli_commands[i], stdout);
		return STATUS_DONE;
	}
	flags_complain("man: '%s' is no command", operands.items[0]);
	return STATUS_USAGE;
}

static int run_completion(const struct command *command, int argc, char **argv)
{
	struct operands operands;
	int result = command_read(command, argc, argv, NULL, &operands);

	if (result != COMMAND_RUN)
		return output_status(result);
	for (const struct completion_shell *shell = completion_shells; shell->name; shell++) {
		if (strcmp(shell->name, operands.items[0]) != 0)
			continue;
		shell->write(cli_commands, stdout);
		return STATUS_DONE;
	}
	flags_complain("completion: '%s' is not one of bash, zsh, fish", operands.items[0]);
	return STATUS_USAGE;
}

const struct command cli_man_command = {
	.name = "man",
	.summary = "print a man page",
	.operands = "[COMMAND]",
	.operands_max = 1,
	.examples = "  podip man | man -l -          # what there is\n"
		    "  podip man plan | man -l -     # of one command\n",
	.run = run_man,
};

const struct command cli_completion_command = {
	.name = "completion",
	.summary = "print a shell's completion of these commands",
	.operands = "bash|zsh|fish",
	.operands_min = 1,
	.operands_max = 1,
	.examples = "  source <(podip completion bash)\n"
		    "  podip completion zsh > \"${fpath[1]}/_podip\"\n"
		    "  podip completion fish > ~/.config/fish/completions/podip.fish\n",
	.run = run_completion,
};
