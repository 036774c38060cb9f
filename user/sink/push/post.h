/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Post: JSON to one URL, a request at a time, and after a failure later and later. The
 * log tells each cause of a row of failures once, and the end of the row. What the sinks
 * share that push.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/backoff.h"
#include "net/fetch.h"

enum { POST_WHY_SIZE = 256 };

struct post_config {
	const char *what; /* "alerts", for the log; borrowed, as all texts are */
	const char *url;
	const char *path; /* put behind the URL */
	const char *ca_file; /* NULL: the system's authorities */
	/* The header "Authorization: ..." of a request, or NULL: none. 0 or -errno; post frees
	 * *out. NULL: none ever. */
	int (*authorize)(void *ctx, char **out);
	void *authorize_ctx;
	uint64_t most_ns; /* between two failures */
	struct fetcher *fetcher;
};

enum post_news {
	POST_NONE, /* nothing since the last look, or a request is under way */
	POST_TAKEN, /* answered with a status of success */
	POST_FAILED, /* not so, or never sent; see cause */
};

struct post {
	struct post_config config;
	char *url; /* owned */
	struct fetch *fetch; /* under way */
	bool is_over; /* and nobody has looked */
	long cause; /* why it failed: -errno, or a status; 0 it did not */
	char why[POST_WHY_SIZE]; /* the same in words */
	long told; /* cause that the log has of this row of failures; 0 none */
	struct backoff backoff; /* due_ns: not before */
	uint64_t sent, failed; /* requests, ever */
};

/* -EINVAL without a URL or a fetcher, -ENOMEM. *out is not to be moved from then on. */
int post_init(struct post *out, const struct post_config *config);
void post_clear(struct post *post); /* a request under way is cancelled */

bool post_is_under_way(const struct post *post); /* until post_turn() has told what became of it */
/* Send; none must be under way. What becomes of it, this failing too, is post_turn()'s to say. body
 * may be NULL: no memory. */
void post_start(struct post *post, const char *body);
/* Each piece of news is told once. */
enum post_news post_turn(struct post *post, uint64_t now_ns);
