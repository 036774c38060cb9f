// SPDX-License-Identifier: Apache-2.0
#include "requests.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "loop.h"
#include "net/fetch.h"

struct requests {
	struct loop *loop;
	struct fetcher *fetcher; /* NULL: nobody needed it so far, or it cannot be had */
	bool has_failed;
	struct {
		int (*turn)(void *ctx);
		void *ctx;
	} users[REQUESTS_USERS_MAX];
	size_t user_count;
};

static int on_event(void *ctx)
{
	struct requests *requests = ctx;
	int err = fetcher_turn(requests->fetcher);

	for (size_t i = 0; !err && i < requests->user_count; i++)
		err = requests->users[i].turn(requests->users[i].ctx);
	return err;
}

static int open_fetcher(struct requests *requests)
{
	int err = fetcher_open(&requests->fetcher);

	if (!err)
		err = loop_add(requests->loop, fetcher_fd(requests->fetcher), on_event, requests);
	if (err)
		fetcher_close(take_ptr(requests->fetcher));
	return err;
}

struct fetcher *requests_use(struct requests *requests, int (*turn)(void *ctx), void *ctx)
{
	if (!requests->fetcher && !requests->has_failed)
		requests->has_failed = open_fetcher(requests) != 0;
	if (!requests->fetcher)
		return NULL;
	assert(requests->user_count < REQUESTS_USERS_MAX);
	requests->users[requests->user_count].turn = turn;
	requests->users[requests->user_count++].ctx = ctx;
	return requests->fetcher;
}

int requests_new(struct loop *loop, struct requests **out)
{
	struct requests *requests = calloc(1, sizeof(*requests));

	if (!requests)
		return -ENOMEM;
	requests->loop = loop;
	*out = requests;
	return 0;
}

void requests_free(struct requests *requests)
{
	if (!requests)
		return;
	fetcher_close(requests->fetcher);
	free(requests);
}
