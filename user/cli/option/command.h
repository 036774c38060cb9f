/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands: each is one row of texts and options, of which its --help, its part of the
 * man pages and its completion are made, and a function.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/option/option_row.h"

enum command_status { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

struct command {
	const char *name; /* "events"; of a child "gke", its parent's is "plan" */
	const char *parent; /* name of the command that it belongs to, or NULL */
	const char *summary; /* one line, lower case, no full stop */
	const char *operands; /* "IP", "[NAMESPACE/]POD"; NULL: it takes none */
	size_t operands_min, operands_max;
	const char *examples; /* what --help begins with: lines of "  podip ...\n" */
	const char *text; /* what else there is to say, lines of 80 columns; or NULL */
	const struct option_row *rows;
	size_t row_count;
	bool has_env; /* of all rows, not of those with has_env alone */
	const struct command *const *children; /* NULL-terminated; or NULL */
	/* Gives the exit status. argv[0] is the command's name. */
	int (*run)(const struct command *command, int argc, char **argv);
};

/* Borrowed from argv. */
struct operands {
	char **items;
	size_t count;
};

enum command_result { COMMAND_RUN, COMMAND_EXIT };

/* Reads flags, over environment (of rows with has_env), over defaults, into the fields of *fields,
 * which the caller has zeroed and clears in any case. A row "host-root" is the root of those with
 * .root. COMMAND_EXIT after --help on stdout; -EINVAL
 * or -ENOMEM after one line on stderr that names the bad flag or variable. */
int command_read(const struct command *command, int argc, char **argv, void *fields,
		 struct operands *out);

/* Of a NULL-terminated list, the one whose name is nearest to what was typed; NULL: none is near.
 */
const struct command *command_guess(const struct command *const *commands, const char *typed);

/* What --help prints. */
void command_help(const struct command *command, FILE *out);

/* Exit status by the child that argv[1] names: `plan gke`. */
int command_run_child(const struct command *command, int argc, char **argv);
