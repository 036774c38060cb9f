// SPDX-License-Identifier: Apache-2.0
#include "cli/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/config_print.h"
#include "cli/config_schema.h"
#include "cli/option/options.h"
#include "web_access.h"

/* As `podip run` reads them. COMMAND_RUN, COMMAND_EXIT or -errno. */
static int read_options(const struct command *command, int argc, char **argv, struct options *out)
{
	int result = options_read_file(argc, argv, out);

	if (result != OPTIONS_EXIT)
		return result == OPTIONS_RUN ? COMMAND_RUN : result;
	command_help(command, stdout);
	return COMMAND_EXIT;
}

/* A bad configuration is no bad usage: a script can tell them apart by what is on stderr alone, and
 * either is a failure. */
static int run_check(const struct command *command, int argc, char **argv)
{
	cleanup_options struct options options = { 0 };
	size_t settings = 0;
	int result = read_options(command, argc, argv, &options);

	if (result != COMMAND_RUN)
		return result == COMMAND_EXIT ? STATUS_DONE : STATUS_FAILED;
	if (web_access_check(options.web_config))
		return STATUS_FAILED;
	for (size_t i = OPTION_ROW_CONFIG + 1; i < OPTION_ROW_COUNT; i++)
		settings += options.flags.given[i].origin != FROM_DEFAULT;
	printf("%s: good; %zu range%s, %zu setting%s given\n",
	       options.config ? options.config : "no file", options.file.range_count,
	       options.file.range_count == 1 ? "" : "s", settings, settings == 1 ? "" : "s");
	return STATUS_DONE;
}

static int run_print(const struct command *command, int argc, char **argv)
{
	cleanup_options struct options options = { 0 };
	int result = read_options(command, argc, argv, &options);

	if (result != COMMAND_RUN)
		return result == COMMAND_EXIT ? STATUS_DONE : STATUS_FAILED;
	if (config_print(&options, stdout) || fflush(stdout)) {
		flags_complain("cannot write the configuration");
		return STATUS_FAILED;
	}
	return STATUS_DONE;
}

static int run_schema(const struct command *command, int argc, char **argv)
{
	int result = command_read(command, argc, argv, NULL, NULL);

	if (result != COMMAND_RUN)
		return result == COMMAND_EXIT ? STATUS_DONE : STATUS_USAGE;
	return output_json(config_schema());
}

static const char check_text[] =
	"Reads flags, environment and file as `podip run` would, and says what is wrong,\n"
	"with file, line and key; the file of --web.config.file and what it names, too.\n"
	"Exit status 0: the agent would take it, also as a reload.\n";

static const char print_text[] =
	"What `podip run` would take: a podip.yaml that says all of it. Behind each value\n"
	"stands where it comes from: a flag, a variable, a line of the file, or the\n"
	"default.\n";

static const struct command check_command = {
	.name = "check",
	.parent = "config",
	.summary = "is it good?",
	.operands = "[FILE]",
	.operands_max = 1,
	.examples = "  podip config check podip.yaml\n"
		    "  podip config check                # as the environment has it\n",
	.text = check_text,
	.rows = option_rows,
	.row_count = OPTION_ROW_COUNT,
	.has_env = true,
	.run = run_check,
};

static const struct command print_command = {
	.name = "print",
	.parent = "config",
	.summary = "all of it as it counts, with where each value comes from",
	.operands = "[FILE]",
	.operands_max = 1,
	.examples = "  podip config print podip.yaml\n"
		    "  podip config print | grep -v '# default'\n",
	.text = print_text,
	.rows = option_rows,
	.row_count = OPTION_ROW_COUNT,
	.has_env = true,
	.run = run_print,
};

static const struct command schema_command = {
	.name = "schema",
	.parent = "config",
	.summary = "JSON Schema of podip.yaml, for editors and CI",
	.examples = "  podip config schema > podip.schema.json\n",
	.run = run_schema,
};

static const struct command *const children[] = { &check_command, &print_command, &schema_command,
						  NULL };

const struct command cli_config_command = {
	.name = "config",
	.summary = "check, print and describe the configuration",
	.examples = "  podip config check podip.yaml\n"
		    "  podip config print                # what counts, and where it comes from\n"
		    "  podip config schema               # JSON Schema of podip.yaml\n",
	.children = children,
	.run = command_run_child,
};
