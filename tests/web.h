/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A web server for tests, on loopback and in a thread of its own: each request asks
 * the test's function, which may also answer slowly, hugely, not to the end, or not
 * at all.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cleanup.h"
#include "web_ca.h"

struct web;

enum { WEB_HEADERS_MAX = 4 };

/* Valid during the call. */
struct web_request {
	const char *method;
	const char *url; /* path and query as they came, decoded: "/api/v1/nodes?watch=1" */
	const char *body; /* what it brought, with a '\0' behind it; "" nothing */
	size_t body_size;
	/* Value of a header, NULL when it is not there. */
	const char *(*header)(const struct web_request *request, const char *name);
	void *connection;
};

/* What stays zero is not done. */
struct web_answer {
	unsigned int status; /* 0 is 200 */
	const char *const *pieces; /* of the body, ended by NULL; they outlive the server */
	unsigned int piece_ms; /* wait before each piece but the first */
	unsigned int delay_ms; /* wait before anything is answered */
	uint64_t fill; /* so many blanks after the pieces */
	bool is_cut; /* the connection breaks after that, before the promised end */
	bool is_open; /* the connection stays after that, and nothing more comes */
	/* Then what this puts to `out`, which sends chunks: so many bytes, 0 not yet (asked again
	 * in 50 ms, while the client is there), -1 the end, -2 break the connection. NULL: nothing.
	 */
	ssize_t (*more)(char *out, size_t size, void *more_ctx);
	void (*more_free)(void *more_ctx); /* once nothing more is asked for */
	void *more_ctx;
	const char *headers[WEB_HEADERS_MAX]; /* "Name: value" */
};

/* Called in the server's thread. */
typedef void (*web_fn)(const struct web_request *request, struct web_answer *out, void *ctx);

struct web_config {
	bool has_tls; /* with the certificate of web_ca_file() */
	const char *socket_path; /* listen on this UNIX socket instead of 127.0.0.1 */
	web_fn answer;
	void *ctx;
};

/* Fails the test when it cannot. */
struct web *web_open(const struct web_config *config);
void web_close(struct web *web);
DEFINE_CLEANUP(web, struct web *, web_close)
#define cleanup_web cleanup(cleanup_web_fn)

const char *web_url(const struct web *web); /* "http://127.0.0.1:PORT", https with TLS; borrowed */
unsigned int web_requests(const struct web *web); /* so far */
