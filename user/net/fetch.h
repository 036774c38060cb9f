/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP requests beside the loop, by libcurl: a fetcher is one file descriptor to
 * wait for. Answers are never trusted: the whole takes a bounded time and a bounded
 * number of bytes, redirects are not followed (an answer of status 3xx is given as
 * it is), no proxy of the environment is used, no protocol but http and https.
 *
 * libcurl is loaded with the first fetcher: an agent without network sources does
 * not pay for it (8 MiB of resident memory).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

struct fetcher;
struct fetch; /* one request under way */

enum {
	FETCH_HEADERS_MAX = 4,
	FETCH_WHY_SIZE = 160,
	FETCH_ETAG_SIZE = 64,
	FETCHES_MAX = 32, /* under way in one fetcher */
};

struct fetch_answer {
	int err; /* 0: a whole answer came, of whatever status; else -errno: -ETIMEDOUT, -EFBIG,
		    -ECONNREFUSED, -EPROTO (TLS, malformed), -ECONNRESET (cut off), -EIO, ... */
	char why[FETCH_WHY_SIZE]; /* one line in libcurl's words; "" when err is 0 */
	long status; /* of HTTP; 0 none came */
	const char *body; /* with a '\0' behind it; borrowed during the call; "" with on_line */
	size_t size;
	char etag[FETCH_ETAG_SIZE]; /* header ETag; "" none, or longer than fits */
};

/* Called once for each request that was not cancelled, from fetcher_turn(); the fetch is gone
 * after it. May start others. */
typedef void (*fetch_done_fn)(const struct fetch_answer *answer, void *ctx);
/* A line without its end, of an answer of status 200, as it comes. Anything but 0 ends the request
 * with this as err. */
typedef int (*fetch_line_fn)(char *line, size_t size, void *ctx);

/* All is borrowed during fetcher_start() alone, but ctx. */
struct fetch_request {
	const char *url;
	const char *socket_path; /* of a UNIX socket to connect to; NULL: what the URL names */
	const char *method; /* NULL is GET, or POST with a body */
	const char *headers[FETCH_HEADERS_MAX]; /* "Name: value"; the rest NULL */
	const char *body; /* to be sent; NULL: none */
	size_t body_size;
	const char *content_type; /* of the body */
	const char *ca_file; /* PEM, read anew for each connection; NULL: the system's */
	size_t max_bytes; /* of the body; of one line with on_line */
	uint64_t timeout_ns; /* for all of it; at most 1/4 for the connection */
	uint64_t silence_ns; /* end with -ETIMEDOUT when nothing came for so long; 0 no such bound
			      */
	fetch_line_fn on_line; /* NULL: the whole body is kept for on_done */
	fetch_done_fn on_done;
	void *ctx;
};

/* The program has to ignore SIGPIPE. -ENOSYS where libcurl cannot be loaded. Says why in the log
 * when it fails. The caller owns *out.
 */
int fetcher_open(struct fetcher **out);
/* Requests under way are cancelled. Not to be called from on_done or on_line. */
void fetcher_close(struct fetcher *fetcher);
DEFINE_CLEANUP(fetcher, struct fetcher *, fetcher_close)
#define cleanup_fetcher cleanup(cleanup_fetcher_fn)

int fetcher_fd(const struct fetcher *fetcher); /* readable when fetcher_turn() has work; borrowed */
/* Do what can be done; never blocks. 0 or -errno. */
int fetcher_turn(struct fetcher *fetcher);

/* Ask. *out is valid until on_done or fetch_cancel(). -EINVAL a URL that is none or not of http(s),
 * a header, method or content type that is none, no timeout; -EBUSY FETCHES_MAX are under way;
 * -ENOMEM. on_done is not called then, and never from here. */
int fetcher_start(struct fetcher *fetcher, const struct fetch_request *request, struct fetch **out);
void fetch_cancel(struct fetch *fetch); /* NULL does nothing; on_done is not called */
