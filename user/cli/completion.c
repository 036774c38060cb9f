// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.h"

#include <string.h>

#include "cleanup.h"

enum value_kind { VALUE_NONE, VALUE_ANY, VALUE_FILE, VALUE_FOLDER, VALUE_WORDS };

static enum value_kind kind_of(const struct option_row *row)
{
	static const struct {
		const char *arg;
		enum value_kind kind;
	} kinds[] = { { "FILE", VALUE_FILE }, { "PATH", VALUE_FILE }, { "DIR", VALUE_FOLDER } };

	if (!row->arg)
		return VALUE_NONE;
	for (size_t i = 0; i < array_size(kinds); i++)
		if (!strcmp(row->arg, kinds[i].arg))
			return kinds[i].kind;
	return strchr(row->arg, '|') ? VALUE_WORDS : VALUE_ANY;
}

/* The words of "auto|off|URL", but for placeholders, each behind `before`. */
static void put_words(const char *arg, const char *before, FILE *out)
{
	size_t size;

	for (const char *at = arg; *at; at += size + (at[size] == '|')) {
		size = strcspn(at, "|");
		if (strcspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= size)
			fprintf(out, "%s%.*s", before, (int)size, at);
	}
}

/* Within single quotes of a shell. */
static void put_quoted(const char *text, FILE *out)
{
	putc('\'', out);
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", out);
		else
			putc(*text, out);
	putc('\'', out);
}

/* ---- bash ---- */

static void put_bash_value(const struct option_row *row, FILE *out)
{
	enum value_kind kind = kind_of(row);

	fprintf(out, "\t\t--%s", row->flag);
	if (row->letter)
		fprintf(out, " | -%c", row->letter);
	fputs(kind == VALUE_FILE     ? ") values=FILE"
	      : kind == VALUE_FOLDER ? ") values=DIR"
				     : ") values='",
	      out);
	if (kind == VALUE_WORDS)
		put_words(row->arg, " ", out);
	fputs(kind == VALUE_WORDS || kind == VALUE_ANY ? "' ;;\n" : " ;;\n", out);
}

static void put_bash_flags(const struct command *command, const char *path, FILE *out)
{
	fprintf(out, "\t'%s')\n\t\tflags='--help", path);
	for (size_t i = 0; i < command->row_count; i++)
		fprintf(out, " --%s", command->rows[i].flag);
	fputs("'\n", out);
	if (command->children) {
		fputs("\t\tchildren='", out);
		for (size_t i = 0; command->children[i]; i++)
			fprintf(out, "%s%s", i ? " " : "", command->children[i]->name);
		fputs("'\n", out);
	}
	fputs("\t\tcase $previous in\n", out);
	for (size_t i = 0; i < command->row_count; i++)
		if (kind_of(&command->rows[i]) != VALUE_NONE)
			put_bash_value(&command->rows[i], out);
	fputs("\t\tesac\n\t\t;;\n", out);
}

static void write_bash(const struct command *const *commands, FILE *out)
{
	fputs("# bash completion for podip: podip completion bash\n"
	      "_podip() {\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\tlocal path=${COMP_WORDS[1]} flags='' children='' values=NONE\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W '",
	      out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "%s ", commands[i]->name);
	fputs("--help --version' -- \"$current\")\n\t\treturn\n\tfi\n"
	      "\tcase \"$path ${COMP_WORDS[2]}\" in\n",
	      out);
	for (size_t i = 0; commands[i]; i++)
		for (size_t j = 0; commands[i]->children && commands[i]->children[j]; j++)
			fprintf(out, "\t'%s %s') [ \"$COMP_CWORD\" = 2 ] || path+=' %s' ;;\n",
				commands[i]->name, commands[i]->children[j]->name,
				commands[i]->children[j]->name);
	fputs("\tesac\n\tcase $path in\n", out);
	for (size_t i = 0; commands[i]; i++) {
		put_bash_flags(commands[i], commands[i]->name, out);
		for (size_t j = 0; commands[i]->children && commands[i]->children[j]; j++) {
			const struct command *child = commands[i]->children[j];
			char path[64];

			snprintf(path, sizeof(path), "%s %s", commands[i]->name, child->name);
			put_bash_flags(child, path, out);
		}
	}
	fputs("\tesac\n"
	      "\tcase $values in\n"
	      "\tFILE) mapfile -t COMPREPLY < <(compgen -f -- \"$current\") ;;\n"
	      "\tDIR) mapfile -t COMPREPLY < <(compgen -d -- \"$current\") ;;\n"
	      "\tNONE)\n"
	      "\t\tif [[ $current == -* || -z $children ]]; then\n"
	      "\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$current\")\n"
	      "\t\telse\n"
	      "\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$children\" -- \"$current\")\n"
	      "\t\tfi\n\t\t;;\n"
	      "\t*) mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$current\") ;;\n"
	      "\tesac\n}\n"
	      "complete -o filenames -F _podip podip\n",
	      out);
}

/* ---- zsh ---- */

/* What _arguments takes for special is escaped, within single quotes. */
static void put_zsh_text(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (strchr("[]:\\", *text))
			putc('\\', out);
		if (*text == '\'')
			fputs("'\\''", out);
		else
			putc(*text, out);
	}
}

static void put_zsh_option(const struct option_row *row, FILE *out)
{
	fprintf(out, "\t\t\t'%s--%s[", row->list_max ? "*" : "", row->flag);
	put_zsh_text(row->help, out);
	putc(']', out);
	switch (kind_of(row)) {
	case VALUE_NONE:
		break;
	case VALUE_FILE:
		fputs(":file:_files", out);
		break;
	case VALUE_FOLDER:
		fputs(":folder:_files -/", out);
		break;
	case VALUE_WORDS:
		fputs(":value:(", out);
		put_words(row->arg, " ", out);
		putc(')', out);
		break;
	default:
		fputs(*row->arg == '[' ? "::" : ":", out);
		put_zsh_text(row->arg, out);
		fputs(": ", out);
	}
	fputs("' \\\n", out);
}

static void put_zsh_command(const struct command *command, const char *path, FILE *out)
{
	fprintf(out, "\t'%s')\n", path);
	if (command->children) {
		fputs("\t\t_values command", out);
		for (size_t i = 0; command->children[i]; i++) {
			fprintf(out, " '%s[", command->children[i]->name);
			put_zsh_text(command->children[i]->summary, out);
			fputs("]'", out);
		}
		fputs("\n\t\t;;\n", out);
		return;
	}
	fputs("\t\t_arguments \\\n", out);
	for (size_t i = 0; i < command->row_count; i++)
		put_zsh_option(&command->rows[i], out);
	fputs("\t\t\t'--help[show help]' '*: :_files'\n\t\t;;\n", out);
}

static void write_zsh(const struct command *const *commands, FILE *out)
{
	fputs("#compdef podip\n# zsh completion for podip: podip completion zsh\n"
	      "_podip() {\n\tlocal path_=$words[2]\n"
	      "\tif (( CURRENT == 2 )); then\n\t\t_values command",
	      out);
	for (size_t i = 0; commands[i]; i++) {
		fprintf(out, " '%s[", commands[i]->name);
		put_zsh_text(commands[i]->summary, out);
		fputs("]'", out);
	}
	fputs("\n\t\treturn\n\tfi\n\tcase \"$path_ $words[3]\" in\n", out);
	for (size_t i = 0; commands[i]; i++)
		for (size_t j = 0; commands[i]->children && commands[i]->children[j]; j++)
			fprintf(out,
				"\t'%s %s') if (( CURRENT > 3 )); then path_+=' %s';"
				" shift words; (( CURRENT-- )); fi ;;\n",
				commands[i]->name, commands[i]->children[j]->name,
				commands[i]->children[j]->name);
	/* _arguments takes the first word for the command. */
	fputs("\tesac\n\tshift words; (( CURRENT-- ))\n\tcase $path_ in\n", out);
	for (size_t i = 0; commands[i]; i++) {
		put_zsh_command(commands[i], commands[i]->name, out);
		for (size_t j = 0; commands[i]->children && commands[i]->children[j]; j++) {
			const struct command *child = commands[i]->children[j];
			char path[64];

			snprintf(path, sizeof(path), "%s %s", commands[i]->name, child->name);
			put_zsh_command(child, path, out);
		}
	}
	fputs("\tesac\n}\nif [ \"$funcstack[1]\" = _podip ]; then\n\t_podip \"$@\"\nelse\n"
	      "\tcompdef _podip podip\nfi\n",
	      out);
}

/* ---- fish ---- */

static void put_fish_command(const struct command *command, const char *when, FILE *out)
{
	for (size_t i = 0; i < command->row_count; i++) {
		const struct option_row *row = &command->rows[i];
		enum value_kind kind = kind_of(row);

		fprintf(out, "complete -c podip -n '%s' -l %s", when, row->flag);
		if (row->letter)
			fprintf(out, " -s %c", row->letter);
		fputs(" -d ", out);
		put_quoted(row->help, out);
		if (kind == VALUE_FILE)
			fputs(" -r -F", out);
		else if (kind == VALUE_FOLDER)
			fputs(" -x -a '(__fish_complete_directories)'", out);
		else if (kind != VALUE_NONE)
			fputs(*row->arg == '[' ? " -f" : " -x", out);
		if (kind == VALUE_WORDS) {
			fputs(" -a '", out);
			put_words(row->arg, " ", out);
			putc('\'', out);
		}
		putc('\n', out);
	}
}

static void put_fish_name(const struct command *command, const char *when, FILE *out)
{
	fprintf(out, "complete -c podip -f -n '%s' -a %s -d ", when, command->name);
	put_quoted(command->summary, out);
	putc('\n', out);
}

static void write_fish(const struct command *const *commands, FILE *out)
{
	fputs("# fish completion for podip: podip completion fish\n", out);
	for (size_t i = 0; commands[i]; i++) {
		const struct command *const *children = commands[i]->children;
		char when[160];

		put_fish_name(commands[i], "__fish_use_subcommand", out);
		snprintf(when, sizeof(when), "__fish_seen_subcommand_from %s", commands[i]->name);
		if (!children)
			put_fish_command(commands[i], when, out);
		for (size_t j = 0; children && children[j]; j++) {
			put_fish_name(children[j], when, out);
			snprintf(when, sizeof(when),
				 "__fish_seen_subcommand_from %s; "
				 "and __fish_seen_subcommand_from %s",
				 commands[i]->name, children[j]->name);
			put_fish_command(children[j], when, out);
			snprintf(when, sizeof(when), "__fish_seen_subcommand_from %s",
				 commands[i]->name);
		}
	}
}

const struct completion_shell completion_shells[] = {
	{ "bash", write_bash },
	{ "zsh", write_zsh },
	{ "fish", write_fish },
	{ NULL, NULL },
};
