/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests: the agent's one fetcher. It is opened for the first who needs it, and
 * after each of its events everyone who uses it has a turn.
 */
#pragma once

#include "cleanup.h"

struct fetcher;
struct loop;
struct requests;

enum { REQUESTS_USERS_MAX = 4 };

/* loop is borrowed for the requests' life. -ENOMEM. The caller owns *out. */
int requests_new(struct loop *loop, struct requests **out);
void requests_free(struct requests *requests);
DEFINE_CLEANUP(requests, struct requests *, requests_free)
#define cleanup_requests cleanup(cleanup_requests_fn)

/* turn is called after each event from now on: as a loop_fn. NULL: there is no HTTP here, the log
 * says why, once. Borrowed. */
struct fetcher *requests_use(struct requests *requests, int (*turn)(void *ctx), void *ctx);
