/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the one-shot commands share: -o table|json, where the node's files are, --help.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "cli/command.h"

struct output_options {
	bool is_json;
	uint64_t grace_ns; /* --leak.grace */
	char *events_file; /* --events.file; NULL: not given */
	/* As in struct options: owned, below the host's root. */
	char *host_root, *proc_dir;
	char *cni_conf_dir, *cni_cache_dir, *cni_state_dir;
	char *ipam_file;
};

/* The flags that a command takes beside -o and --help; `files` are those that say where the node's
 * files are. */
enum { OUTPUT_FILES = 1, OUTPUT_GRACE = 2, OUTPUT_EVENTS = 4 };

enum output_result { OUTPUT_RUN, OUTPUT_EXIT };

/* flags: a mask of the above. OUTPUT_EXIT after printing help, and that of the common flags behind
 * it, on stdout; -EINVAL after saying why on
 * stderr. The caller calls output_clear() in any case. */
int output_read(int argc, char **argv, unsigned int flags, const char *help,
		struct output_options *out);
void output_clear(struct output_options *options);
#define cleanup_output cleanup(output_clear)
/* On stdout with a newline; gives the exit status. Takes the reference; NULL is out of memory. */
int output_json(json_t *json);

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)
