/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reload: notices that podip.yaml says something else, or is told to look (SIGHUP),
 * and has it applied, once for changes that come close together.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/collect.h"

/* Writers touch a file several times, and a ConfigMap is three renames. */
#define RELOAD_DELAY_NS 300000000ULL

struct loop;
struct reload;

/* Everything is borrowed for the reload's life. */
struct reload_config {
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
void reload_measure(const struct reload *reload, struct metrics_input *out);
