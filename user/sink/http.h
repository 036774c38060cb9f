/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP server on libmicrohttpd, without a thread of its own: http_fd() is one more
 * descriptor of the loop. GET and HEAD only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

struct http;

struct http_request {
	const char *path; /* without the query */
	const char *accept; /* header, or NULL */
};

/* What a handler fills. body is malloc()ed; the server takes it. */
struct http_response {
	unsigned int status;
	const char *content_type; /* a literal */
	char *body;
	size_t size;
};

/* 0, or -errno which the client sees as 500. */
typedef int (*http_fn)(const struct http_request *request, void *ctx, struct http_response *out);

struct http_route {
	const char *path; /* exact */
	http_fn fn;
};

struct http_stats {
	uint64_t requests;
	uint64_t refused; /* connections past the bound */
};

/* Listen on `address`: "ADDR:PORT", "[v6]:PORT" or ":PORT" (every address, both families where the
 * kernel has IPv6). Port 0 takes a free one: see http_port(). At most 64 connections, 10 s idle
 * each. routes are borrowed for the server's life. -EINVAL bad address, -EADDRINUSE, ... The caller
 * owns *out. */
int http_open(const char *address, const struct http_route *routes, size_t count, void *ctx,
	      struct http **out);
void http_close(struct http *http);
DEFINE_CLEANUP(http, struct http *, http_close)
#define cleanup_http cleanup(cleanup_http_fn)

int http_fd(const struct http *http); /* readable when http_serve() has work; borrowed */
uint16_t http_port(const struct http *http);
/* Serve what is ready; never blocks. Milliseconds until it must be called again, or -1 for none. */
int http_serve(struct http *http);
struct http_stats http_stats(const struct http *http);
