/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thing that can be set: a flag, its environment variable, its default, its line
 * of --help, man page and completion, and the field that its value goes to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cli/option/option_values.h"

enum { OPTION_ENV_SIZE = 64, OPTION_ROWS_MAX = 64 };

enum option_root { OPTION_ROOT_NEVER, OPTION_ROOT_ALWAYS, OPTION_ROOT_BY_DEFAULT };

struct option_row {
	const char *flag; /* without "--"; of `run` the key in podip.yaml, too */
	const char *env; /* another variable beside PODIP_...; or NULL */
	/* "FILE", "DIR", "a|b|c", what completion goes by; "[SECONDS]" may be left out; NULL: it is
	 * a switch, whose text is "on" */
	const char *arg;
	const char *fallback, *help;
	const char *expected; /* "'x' is not ..." */
	/* -EINVAL for a bad text, -EBADMSG when it has said itself what is wrong, or -ENOMEM; the
	 * field is then untouched. */
	int (*parse)(const char *text, void *field);
	/* As parse, of a value behind a switch that is_not; NULL: the flag cannot be negated. */
	int (*parse_not)(const char *text, void *field);
	size_t offset; /* of the field in the command's struct */
	size_t list_max; /* how many values it takes; 0: one, the last */
	enum option_root root; /* is it a path under host-root? */
	char letter; /* of the short form, or 0 */
	bool has_env; /* of commands other than `run`, where all have: PODIP_... is asked, too */
	bool is_not; /* a switch that negates the flag behind it: it has neither parse nor field */
	bool is_live; /* a reload of the configuration applies it */
};

/* "web.listen-address" to "PODIP_WEB_LISTEN_ADDRESS". */
void option_env_name(const char *flag, char out[static OPTION_ENV_SIZE]);
