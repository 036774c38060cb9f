/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flags: what argv, the environment and defaults say of a table of options, layer by
 * layer, the strongest first; and then each text judged once, with where it came from
 * at hand.
 */
#pragma once

#include <stddef.h>

#include "cli/option/option_row.h"

enum flag_origin { FROM_DEFAULT, FROM_FLAG, FROM_ENV, FROM_FILE };

/* What one layer says of one row. Texts are borrowed from argv, the environment or the file. */
struct given {
	enum flag_origin origin;
	const char *texts[OPTION_LIST_MAX];
	bool is_negated[OPTION_LIST_MAX]; /* behind a switch that is_not */
	const char *other_env; /* the row's second variable, when it was that one */
	unsigned int lines[OPTION_LIST_MAX];
	size_t count;
};

struct flags {
	const struct option_row *rows;
	size_t count; /* OPTION_ROWS_MAX at most */
	struct given given[OPTION_ROWS_MAX];
	const struct option_row *negation; /* read, and the flag that it is for is not */
};

enum flags_result { FLAGS_RUN, FLAGS_HELP };

/* Reads argv; what is left begins at *out_operands. FLAGS_HELP: --help was asked for. -EINVAL after
 * one line on stderr. */
int flags_read(struct flags *flags, int argc, char **argv, int *out_operands);
/* Rows that are not given yet; all of them, or those with has_env. */
void flags_environment(struct flags *flags, bool of_all);
/* Row INDEX, or its fallback, into its field. file_path: of the layer FROM_FILE. 0 or -errno after
 * one line. */
int flags_judge(struct flags *flags, size_t index, const char *file_path, void *fields);
/* Puts `root` before the paths that are the host's: rows with .root, whose fields are owned texts.
 * -ENOMEM. */
int flags_put_root(const struct flags *flags, const char *root, void *fields);
/* The row that a mistyped name was meant to be, or NULL. */
const struct option_row *flags_guess(const struct flags *flags, const char *name);
/* Is row INDEX given the same texts in both? */
bool flags_is_equal(const struct flags *a, const struct flags *b, size_t index);
/* Where complaints go from now on; NULL: to stderr, behind "podip: ". */
void flags_complain_to(void (*fn)(const char *sentence));
/* One sentence; -EINVAL. */
int __attribute__((format(printf, 1, 2))) flags_complain(const char *fmt, ...);
