/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent answers over HTTP: the page at /, /metrics, /healthz, /readyz, and
 * whatever its unix socket has.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "core/metrics/collect.h"
#include "page_view.h"
#include "sink/web/http.h"

enum { SERVE_MAX = 8 }; /* addresses */

struct gate;
struct loop;
struct serve;

/* Where the numbers are from. */
struct serve_source {
	void (*measure)(struct metrics_input *out, void *ctx);
	bool (*is_ready)(void *ctx); /* /metrics is complete */
	void *ctx;
};

/* What is asked on a unix socket; borrowed for the server's life. */
struct serve_local {
	const char *path; /* NULL: there is none */
	const struct http_route *routes;
	size_t route_count;
	void *ctx;
};

struct serve_config {
	char *const *addresses; /* as http_open() takes them; borrowed for serve_open() */
	size_t address_count;
	struct serve_source source;
	struct page_view page;
	struct serve_local local;
	struct gate *gate; /* of the addresses; borrowed for the server's life; NULL: none */
};

/* Says why in the log when it fails. A unix socket that cannot be is done without, unless somebody
 * answers on it: -EADDRINUSE. The caller owns *out. */
int serve_open(const struct serve_config *config, struct loop *loop, struct serve **out);
void serve_close(struct serve *serve);
DEFINE_CLEANUP(serve, struct serve *, serve_close)
#define cleanup_serve cleanup(cleanup_serve_fn)

void serve_measure(const struct serve *serve, struct metrics_input *out);

/* The answers that both have, as an http_fn gives them. */
int serve_metrics(const struct serve_source *source, const struct http_request *request,
		  struct http_response *out);
int serve_health(struct http_response *out);
int serve_ready(const struct serve_source *source, struct http_response *out);
