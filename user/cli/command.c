// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "cli/flags.h"

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

static void print_usage(const struct command *command, FILE *out)
{
	fprintf(out, "Usage: podip %s%s%s%s%s%s\n", command->parent ? command->parent : "",
		command->parent ? " " : "", command->name, command->children ? " COMMAND" : "",
		command->operands ? " " : "", command->operands ? command->operands : "");
}

/* Words of text from column on; the first line has `used` columns already. */
static void print_wrapped(const char *text, size_t used, FILE *out)
{
	while (*text) {
		size_t word = strcspn(text, " ");

		if (used + 1 + word > HELP_WIDTH) {
			fprintf(out, "\n%*s", HELP_COLUMN, "");
			used = HELP_COLUMN;
		}
		used += (size_t)fprintf(out, " %.*s", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
}

static void print_row(const struct option_row *row, FILE *out)
{
	char env[OPTION_ENV_SIZE], notes[256] = "";
	size_t used, at = 0;

	used = row->letter ? (size_t)fprintf(out, "  -%c, --%s", row->letter, row->flag)
			   : (size_t)fprintf(out, "      --%s", row->flag);
	if (row->arg)
		used += (size_t)fprintf(out, " %s", row->arg);
	if (used >= HELP_COLUMN)
		used = (size_t)fprintf(out, "\n%*s", HELP_COLUMN, "") - 1;
	else
		used += (size_t)fprintf(out, "%*s", HELP_COLUMN - (int)used, "");
	print_wrapped(row->help, used, out);

	option_env_name(row->flag, env);
	if (row->list_max)
		at += (size_t)snprintf(notes + at, sizeof(notes) - at, "; repeatable");
	if (row->fallback && *row->fallback && row->arg)
		at += (size_t)snprintf(notes + at, sizeof(notes) - at, " [%s]", row->fallback);
	if (row->has_env)
		snprintf(notes + at, sizeof(notes) - at, " [$%s]", env);
	fprintf(out, "%s\n", notes);
}

void command_help(const struct command *command, FILE *out)
{
	fputs(command->examples, out);
	putc('\n', out);
	print_usage(command, out);
	if (command->text)
		fprintf(out, "\n%s", command->text);
	if (command->children)
		fputs("\nCommands (each has --help):\n", out);
	for (size_t i = 0; command->children && command->children[i]; i++)
		fprintf(out, "  %-10s %s\n", command->children[i]->name,
			command->children[i]->summary);
	fputs("\nOptions:\n", out);
	for (size_t i = 0; i < command->row_count; i++)
		print_row(&command->rows[i], out);
	fprintf(out, "  -h, --help%*s show this text\n", HELP_COLUMN - 12, "");
}

static int check_operands(const struct command *command, const struct operands *operands)
{
	if (operands->count > command->operands_max)
		return flags_complain("unexpected argument '%s'",
				      operands->items[command->operands_max]);
	if (operands->count < command->operands_min)
		return flags_complain("%s: needs %s, see --help", command->name, command->operands);
	return 0;
}

int command_read(const struct command *command, int argc, char **argv, void *fields,
		 struct operands *out)
{
	struct flags flags = { .rows = command->rows, .count = command->row_count };
	struct operands operands;
	int first, result, err;

	result = flags_read(&flags, argc, argv, &first);
	if (result == FLAGS_HELP) {
		command_help(command, stdout);
		return COMMAND_EXIT;
	}
	if (result != FLAGS_RUN)
		return result;
	operands = (struct operands){ argv + first, (size_t)(argc - first) };
	err = check_operands(command, &operands);
	flags_environment(&flags, false);
	for (size_t i = 0; !err && i < flags.count; i++)
		err = flags_judge(&flags, i, NULL, fields);
	if (err == -ENOMEM)
		flags_complain("out of memory");
	if (err)
		return err;
	if (out)
		*out = operands;
	return COMMAND_RUN;
}

int command_run_child(const struct command *command, int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; command->children[i]; i++)
		if (!strcmp(name, command->children[i]->name))
			return command->children[i]->run(command->children[i], argc - 1, argv + 1);
	if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
		command_help(command, stdout);
		return STATUS_DONE;
	}
	if (*name)
		flags_complain("%s: unknown command '%s'\n", command->name, name);
	command_help(command, stderr);
	return STATUS_USAGE;
}
