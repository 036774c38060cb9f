/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of `podip run`: flags win over environment over configuration file over
 * default. The table of them is in option_table.c.
 */
#pragma once

#include "cleanup.h"
#include "cli/option/option_table.h"

enum options_result { OPTIONS_RUN, OPTIONS_EXIT };

/* argv[0] is the command's name, "run". OPTIONS_RUN: the caller owns *out. OPTIONS_EXIT: it
 * is --help that is wanted; -EINVAL (or what kept the file from being read) after one line on
 * stderr that names where the bad value came from. */
int options_read(int argc, char **argv, struct options *out);
/* The same of commands that take the file as an operand, too: "check FILE". */
int options_read_file(int argc, char **argv, struct options *out);
void options_clear(struct options *options);
static inline void cleanup_options_fn(struct options *options)
{
	options_clear(options);
}
#define cleanup_options cleanup(cleanup_options_fn)
