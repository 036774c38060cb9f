/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent answers over HTTP: /metrics, /healthz, /readyz.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "core/collect.h"

enum { SERVE_MAX = 8 }; /* addresses */

struct loop;
struct serve;

struct serve_config {
	char *const *addresses; /* as http_open() takes them; borrowed for serve_open() */
	size_t address_count;
	void (*measure)(struct metrics_input *out, void *ctx);
	bool (*is_ready)(void *ctx); /* /metrics is complete */
	void *ctx;
};

/* Says why in the log when it fails. The caller owns *out. */
int serve_open(const struct serve_config *config, struct loop *loop, struct serve **out);
void serve_close(struct serve *serve);
DEFINE_CLEANUP(serve, struct serve *, serve_close)
#define cleanup_serve cleanup(cleanup_serve_fn)
