/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be set: each row of rows[] in options.c is a flag, an environment
 * variable, a key of podip.yaml, a default and a line of --help. Flags win over
 * environment over file over default.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "log.h"
#include "source/config.h"

enum { OPTION_LIST_MAX = 8 };

enum option_backend {
	OPTION_BACKEND_AUTO,
	OPTION_BACKEND_FENTRY,
	OPTION_BACKEND_KPROBE,
	OPTION_BACKEND_TRACEPOINT,
	OPTION_BACKEND_COUNT,
};

struct option_list {
	char *items[OPTION_LIST_MAX];
	size_t count;
};

/* Every string is owned. Paths below the host's root have its prefix already. */
struct options {
	char *config; /* NULL: no file */
	char *node;
	struct option_list listen; /* never empty */
	struct option_list events_files; /* never empty; "-" is stdout */
	enum option_backend backend;
	uint64_t reconcile_ns;
	char *host_root; /* "" for none; no trailing slash */
	char *proc_dir;
	char *cni_conf_dir;
	char *cni_cache_dir;
	enum log_level log_level;
	enum log_format log_format;
	struct config file; /* its ranges; empty without a file */
};

enum options_result { OPTIONS_RUN, OPTIONS_EXIT };

/* argv[0] is the command's name, "run". OPTIONS_RUN: the caller owns *out. OPTIONS_EXIT after
 * --help on stdout; -EINVAL (or what kept the file from being read) after one line on stderr that
 * names where the bad value came from. */
int options_read(int argc, char **argv, struct options *out);
void options_clear(struct options *options);
static inline void cleanup_options_fn(struct options *options)
{
	options_clear(options);
}
#define cleanup_options cleanup(cleanup_options_fn)
