/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP server on libmicrohttpd, without a thread of its own: http_fd() is one more
 * descriptor of the loop. GET and HEAD only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "sink/web/answer.h"

struct gate;
struct http;

enum { HTTP_ARGUMENTS_MAX = 4 };

/* Of the query, decoded. */
struct http_argument {
	const char *name, *value; /* "?last=5"; value is NULL without '=' */
};

struct http_request {
	const char *path; /* without the query */
	const char *accept; /* header, or NULL */
	struct http_argument arguments[HTTP_ARGUMENTS_MAX];
	size_t argument_count; /* of the query; more than HTTP_ARGUMENTS_MAX are not kept */
	bool is_nearby; /* from this node itself: core/web/nearby */
};

/* 0, or -errno which the client sees as 500. */
typedef int (*http_fn)(const struct http_request *request, void *ctx, struct http_response *out);

struct http_route {
	const char *path; /* exact */
	http_fn fn;
	bool is_open; /* needs no password, and has no rate: who probes has none */
};

struct http_stats {
	uint64_t requests;
	/* Connections that were shut down, or not taken: too many; too many of one peer; for too
	 * long in one request. */
	uint64_t refused, of_peer, slow;
	uint64_t unfinished; /* connections that ended before TLS stood and a request came */
	uint64_t wrong_passwords, too_many_passwords, too_many; /* requests */
	uint64_t forbidden; /* connections to a unix socket by another user */
};

/* Everything is borrowed for the server's life, but for the address. */
struct http_config {
	const char *address;
	const struct http_route *routes;
	size_t count;
	void *ctx; /* of the routes */
	struct gate *gate; /* NULL: everybody may ask; of no meaning for a unix socket */
};

/* Listen on the address: "ADDR:PORT", "[v6]:PORT" or ":PORT" (every address, both families where
 * the kernel has IPv6). Port 0 takes a free one: see http_port(). Or on "unix:/PATH", as
 * local_socket_open(): then others than root and our own user get status 403, and what is not
 * answered by a route is answered with {"v":1,"error":"..."}. Connections have bounds of number and
 * time: core/web/places. -EINVAL bad address, -EADDRINUSE, ... The caller owns *out. */
int http_open(const struct http_config *config, struct http **out);
void http_close(struct http *http);
DEFINE_CLEANUP(http, struct http *, http_close)
#define cleanup_http cleanup(cleanup_http_fn)

#define HTTP_UNIX "unix:"

int http_fd(const struct http *http); /* readable when http_serve() has work; borrowed */
uint16_t http_port(const struct http *http); /* 0 of a unix socket */
/* Serve what is ready; never blocks. Milliseconds until it must be called again, or -1 for none. */
int http_serve(struct http *http);
struct http_stats http_stats(const struct http *http);
