/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completion for shells, made of the commands' rows: names of commands, flags, and
 * what a flag's value can be (words, files, folders).
 */
#pragma once

#include <stdio.h>

#include "cli/option/command.h"

struct completion_shell {
	const char *name; /* "bash" */
	void (*write)(const struct command *const *commands, FILE *out);
};

extern const struct completion_shell completion_shells[]; /* ends with a name that is NULL */
