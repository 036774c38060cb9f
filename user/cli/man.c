// SPDX-License-Identifier: Apache-2.0
#include "cli/man.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "podip_version.h"

/* A dot or a quote that begins a line is a macro; a '-' would be a hyphen. */
static void put(const char *text, FILE *out)
{
	bool begins_line = true;

	for (const char *at = text; *at; at++) {
		if (begins_line && (*at == '.' || *at == '\''))
			fputs("\\&", out);
		if (*at == '\\')
			fputs("\\e", out);
		else if (*at == '-')
			fputs("\\-", out);
		else
			putc(*at, out);
		begins_line = *at == '\n';
	}
}

static void put_as_is(const char *text, FILE *out)
{
	fputs(".nf\n.RS 0\n", out);
	put(text, out);
	fputs(".RE\n.fi\n", out);
}

static void put_upper(const char *text, FILE *out)
{
	for (; *text; text++)
		putc(toupper((unsigned char)*text), out);
}

static void put_head(const char *name, FILE *out)
{
	fputs(".TH PODIP", out);
	if (name) {
		fputs("\\-", out);
		put_upper(name, out);
	}
	fprintf(out, " 8 \"\" \"podip %s\" \"podip\"\n.SH NAME\npodip", PODIP_VERSION);
	if (name)
		fprintf(out, "\\-%s", name);
	fputs(" \\- ", out);
}

static void put_synopsis(const struct command *command, FILE *out)
{
	fputs(".B podip ", out);
	if (command->parent)
		fprintf(out, "%s ", command->parent);
	put(command->name, out);
	fputs(command->children ? "\n.I COMMAND\n" : "\n", out);
	fputs("[\\fIOPTIONS\\fR]\n", out);
	if (command->operands)
		fprintf(out, "\\fI%s\\fR\n", command->operands);
}

static void put_option(const struct command *command, const struct option_row *row, FILE *out)
{
	char env[OPTION_ENV_SIZE];

	option_env_name(row->flag, env);
	fputs(".TP\n", out);
	if (row->letter)
		fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
	fputs("\\fB\\-\\-", out);
	put(row->flag, out);
	fputs("\\fR", out);
	if (row->arg) {
		fputs(" \\fI", out);
		put(row->arg, out);
		fputs("\\fR", out);
	}
	fputs("\n", out);
	put(row->help, out);
	fputs(row->list_max ? "; repeatable.\n" : ".\n", out);
	if (row->fallback && *row->fallback && row->arg) {
		fputs("Default: ", out);
		put(row->fallback, out);
		fputs(".\n", out);
	}
	if (command->has_env || row->has_env)
		fprintf(out, "Environment: %s%s%s.\n", env, row->env ? ", " : "",
			row->env ? row->env : "");
}

static void put_body(const struct command *command, FILE *out)
{
	if (command->text)
		put(command->text, out);
	for (size_t i = 0; i < command->row_count; i++)
		put_option(command, &command->rows[i], out);
	fputs(".SS Examples\n", out);
	put_as_is(command->examples, out);
}

void man_write_command(const struct command *command, FILE *out)
{
	put_head(command->name, out);
	put(command->summary, out);
	fputs("\n.SH SYNOPSIS\n", out);
	put_synopsis(command, out);
	fputs(".SH DESCRIPTION\n", out);
	put_body(command, out);
	for (size_t i = 0; command->children && command->children[i]; i++) {
		const struct command *child = command->children[i];

		fputs(".SH ", out);
		put_upper(child->name, out);
		putc('\n', out);
		put_synopsis(child, out);
		fputs(".PP\n", out);
		put(child->summary, out);
		fputs("\n.PP\n", out);
		put_body(child, out);
	}
	fputs(".SH EXIT STATUS\n0 good, 1 failed, 2 usage, unless said otherwise above.\n", out);
	fputs(".SH SEE ALSO\n.BR podip (8)\n", out);
}

void man_write_overview(const struct command *const *commands, FILE *out)
{
	put_head(NULL, out);
	put("pod addresses of a Kubernetes node, from the kernel", out);
	fputs("\n.SH SYNOPSIS\n.B podip\n.I COMMAND\n[\\fIOPTIONS\\fR]\n", out);
	fputs(".SH DESCRIPTION\n"
	      "podip hears of every pod address of a node from the kernel, counts them over\n"
	      "ranges, says whose each is and why one could not be given, exports metrics for\n"
	      "Prometheus and writes an event log. Each command has a page of its own, and\n"
	      ".BR \\-\\-help .\n.SH COMMANDS\n",
	      out);
	for (size_t i = 0; commands[i]; i++) {
		fputs(".TP\n.BR podip\\-", out);
		put(commands[i]->name, out);
		fputs(" (8)\n", out);
		put(commands[i]->summary, out);
		putc('\n', out);
	}
	fputs(".SH SEE ALSO\n", out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, ".BR podip\\-%s (8)%s\n", commands[i]->name,
			commands[i + 1] ? "," : "");
}
