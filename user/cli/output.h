/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the one-shot commands share: -o table|json, --proc-dir, --help.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "cleanup.h"

enum { STATUS_FAILED = 1, STATUS_USAGE = 2 };

struct output_options {
	bool is_json;
	const char *proc_dir; /* borrowed from argv */
};

enum output_result { OUTPUT_RUN, OUTPUT_EXIT };

/* OUTPUT_EXIT after printing help on stdout; -EINVAL after saying why on stderr. */
int output_read(int argc, char **argv, const char *help, struct output_options *out);
/* On stdout with a newline; gives the exit status. Takes the reference; NULL is out of memory. */
int output_json(json_t *json);

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)
