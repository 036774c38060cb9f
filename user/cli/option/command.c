// SPDX-License-Identifier: Apache-2.0
#include "cli/option/command.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "cli/option/flags.h"

enum { HELP_COLUMN = 28, HELP_WIDTH = 80, GUESS_DISTANCE_MAX = 2 };

static void print_usage(const struct command *command, FILE *out)
{
	fprintf(out, "Usage: podip %s%s%s%s [OPTIONS]%s%s\n",
		command->parent ? command->parent : "", command->parent ? " " : "", command->name,
		command->children ? " COMMAND" : "", command->operands ? " " : "",
		command->operands ? command->operands : "");
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

/* What stands behind its help: is it a list, its default, its variables. */
static void note(const struct option_row *row, bool has_env, char *out, size_t size)
{
	char env[OPTION_ENV_SIZE];
	size_t used =
		(size_t)snprintf(out, size, "%s%s", row->help, row->list_max ? "; repeatable" : "");

	option_env_name(row->flag, env);
	if (row->fallback && *row->fallback && row->arg && used < size)
		used += (size_t)snprintf(out + used, size - used, " [%s]", row->fallback);
	if ((has_env || row->has_env) && used < size)
		used += (size_t)snprintf(out + used, size - used, " [$%s]", env);
	if (row->env && used < size)
		snprintf(out + used, size - used, " [$%s]", row->env);
}

static void print_row(const struct option_row *row, bool has_env, FILE *out)
{
	char text[1024];
	size_t used;

	used = row->letter ? (size_t)fprintf(out, "  -%c, --%s", row->letter, row->flag)
			   : (size_t)fprintf(out, "      --%s", row->flag);
	if (row->arg)
		used += (size_t)fprintf(out, " %s", row->arg);
	if (used >= HELP_COLUMN)
		used = (size_t)fprintf(out, "\n%*s", HELP_COLUMN, "") - 1;
	else
		used += (size_t)fprintf(out, "%*s", HELP_COLUMN - (int)used, "");
	note(row, has_env, text, sizeof(text));
	print_wrapped(text, used, out);
	putc('\n', out);
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
		print_row(&command->rows[i], command->has_env, out);
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

static int put_root(const struct flags *flags, void *fields)
{
	for (size_t i = 0; i < flags->count; i++)
		if (!strcmp(flags->rows[i].flag, "host-root"))
			return flags_put_root(
				flags, *(char **)((char *)fields + flags->rows[i].offset), fields);
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
	flags_environment(&flags, command->has_env);
	for (size_t i = 0; !err && i < flags.count; i++)
		err = flags_judge(&flags, i, NULL, fields);
	if (!err)
		err = put_root(&flags, fields);
	if (err == -ENOMEM)
		flags_complain("out of memory");
	if (err)
		return err;
	if (out)
		*out = operands;
	return COMMAND_RUN;
}

const struct command *command_guess(const struct command *const *commands, const char *typed)
{
	const struct command *best = NULL;
	size_t least = GUESS_DISTANCE_MAX + 1;

	for (size_t i = 0; commands[i]; i++) {
		size_t distance = option_distance(typed, commands[i]->name);

		/* Of a short name little may be wrong: 'x' is not 'who'. */
		if (distance < least && 2 * distance <= strlen(commands[i]->name)) {
			best = commands[i];
			least = distance;
		}
	}
	return best;
}

static void complain_unknown(const struct command *command, const char *name)
{
	const struct command *meant = command_guess(command->children, name);

	if (meant)
		flags_complain("%s: unknown command '%s', did you mean '%s'", command->name, name,
			       meant->name);
	else
		flags_complain("%s: unknown command '%s', see --help", command->name, name);
}

static void complain_missing(const struct command *command)
{
	char names[256] = "";
	size_t used = 0;

	for (size_t i = 0; command->children[i] && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
					 command->children[i]->name);
	flags_complain("%s what? %s; see --help", command->name, names);
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
		complain_unknown(command, name);
	else
		complain_missing(command);
	return STATUS_USAGE;
}
