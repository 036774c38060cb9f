/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Poll: asks a service again and again by rounds of HTTP requests, one request after
 * the other. A whole round replaces what is known; a failed one leaves it as it was
 * and is tried again, later and later. The log tells each cause of a row of failures
 * once, and the end of the row. What the suppliers share that ask and are not told.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/capacity/capacity.h"
#include "net/fetch.h"
#include "source/supplier/supplier.h"

struct poll;

enum {
	POLL_WHY_SIZE = 256,
	POLL_MORE = 1, /* the round has another request */
};

/* What hear() makes of the answers of a round; zero at its begin. */
struct poll_result {
	struct capacity capacity; /* goes to the poll with the whole round */
	uint64_t errors; /* parts that were not understood and left out */
	char error[POLL_WHY_SIZE]; /* the first of them */
	char why[POLL_WHY_SIZE]; /* why the round fails */
};

/* A part is left out. */
void poll_complain(struct poll_result *result, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The round fails. Gives err back. */
int poll_fail(struct poll_result *result, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* All is borrowed as long as the poll lives. */
struct poll_config {
	const char *name; /* "ipamd", for the log */
	const char *url; /* for the log */
	uint64_t period_ns; /* between two whole rounds; at least a second is waited */
	uint64_t most_ns; /* between two failed ones */
	uint64_t round_ns; /* a round that takes longer is failed */
	/* A round begins. NULL: nothing to do. */
	void (*begin)(void *ctx, uint64_t now_ns);
	/* The next request: all but on_line, on_done and ctx, which stay. What it borrows is good
	 * until the next call. 0 or -errno. */
	int (*ask)(void *ctx, struct fetch_request *out);
	/* A whole answer came, of whatever status. 0 the round is whole, POLL_MORE, or what
	 * poll_fail() gave. */
	int (*hear)(void *ctx, const struct fetch_answer *answer, struct poll_result *out);
	void *ctx;
	void (*free_ctx)(void *ctx); /* by poll_close(); NULL: not the poll's */
};

/* ctx is the poll's to free, even when this fails: -ENOMEM. The caller owns *out. */
int poll_open(const struct poll_config *config, struct fetcher *fetcher, struct poll **out);

/* These are struct supplier_kind's. */
void poll_close(void *supplier);
uint64_t poll_turn(void *supplier, uint64_t now_ns);
const struct capacity *poll_capacity(const void *supplier);
uint64_t poll_version(const void *supplier);
struct supplier_status poll_status(const void *supplier);
