/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reload: notices that podip.yaml, or other files that belong together, say something
 * else, or is told to look (SIGHUP), and has it applied, once for changes that come close
 * together.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/metrics/collect.h"

/* Writers touch a file several times, and a ConfigMap is three renames. */
#define RELOAD_DELAY_NS 300000000ULL

struct loop;
struct reload;

enum { RELOAD_FILES_MAX = 4 };

struct reload_config {
	const char *what; /* a literal, in the log: "configuration" */
	const char *path; /* NULL or "": there is no file, only reload_request() */
	/* Read and apply. -errno after saying why: then what was goes on. */
	int (*apply)(void *ctx);
	void *ctx;
};

/* What the file says now counts as applied. Says why in the log when it fails. The caller owns
 * *out. */
int reload_open(const struct reload_config *config, struct loop *loop, struct reload **out);
void reload_close(struct reload *reload);
DEFINE_CLEANUP(reload, struct reload *, reload_close)
#define cleanup_reload cleanup(cleanup_reload_fn)

/* In RELOAD_DELAY_NS, whether or not the file has changed. */
void reload_request(struct reload *reload);
/* These files from now on, instead of those before; what they say now counts as applied. They are
 * copied. -E2BIG, or -errno: then those before go on. */
int reload_follow(struct reload *reload, char *const *paths, size_t count);
struct metrics_reloads reload_measure(const struct reload *reload);
