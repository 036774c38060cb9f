// SPDX-License-Identifier: Apache-2.0
/*
 * An answer comes without the time: what is due then is left to poll_turn(), which
 * is called after each event of the fetcher.
 */
#include "source/supplier/poll.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/backoff.h"
#include "core/base/text.h"
#include "log.h"

enum { TOLD_MAX = 8 };

static const uint64_t second_ns = 1000000000;

enum phase { PHASE_IDLE, PHASE_ASKING, PHASE_WHOLE, PHASE_FAILED };

/* libcurl's words name durations: those of one cause differ each time. */
struct cause {
	int err;
	long status;
};

struct poll {
	struct poll_config config;
	struct fetcher *fetcher; /* borrowed */
	struct fetch *fetch; /* under way, or NULL */
	enum phase phase;
	uint64_t round_end_ns;
	struct backoff backoff;
	struct poll_result result; /* of this round */
	struct capacity capacity; /* of the last whole one */
	uint64_t version;
	struct supplier_status status;
	struct cause cause; /* of the failure */
	struct cause told[TOLD_MAX]; /* since the last whole round */
	size_t told_count;
	bool has_told_errors, has_told_dropped;
};

void poll_complain(struct poll_result *result, const char *fmt, ...)
{
	va_list args;

	if (result->errors++)
		return;
	va_start(args, fmt);
	vsnprintf(result->error, sizeof(result->error), fmt, args);
	va_end(args);
}

int poll_fail(struct poll_result *result, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(result->why, sizeof(result->why), fmt, args);
	va_end(args);
	return err;
}

static void fail(struct poll *poll, int err, long status)
{
	poll->cause = (struct cause){ err, status };
	poll->phase = PHASE_FAILED;
}

static void ask(struct poll *poll);

static void take_answer(const struct fetch_answer *answer, void *ctx)
{
	struct poll *poll = ctx;
	int err;

	poll->fetch = NULL;
	if (answer->err)
		err = poll_fail(&poll->result, answer->err, "%s", answer->why);
	else
		err = poll->config.hear(poll->config.ctx, answer, &poll->result);

	if (err < 0)
		fail(poll, err, answer->status);
	else if (err == POLL_MORE)
		ask(poll);
	else
		poll->phase = PHASE_WHOLE;
}

static void ask(struct poll *poll)
{
	struct fetch_request request = { 0 };
	int err;

	err = poll->config.ask(poll->config.ctx, &request);
	request.on_done = take_answer;
	request.ctx = poll;
	if (!err)
		err = fetcher_start(poll->fetcher, &request, &poll->fetch);
	if (err)
		fail(poll, poll_fail(&poll->result, err, "%s", strerror(-err)), 0);
}

static void clear_result(struct poll *poll)
{
	capacity_clear(&poll->result.capacity);
	poll->result = (struct poll_result){ 0 };
}

static void begin(struct poll *poll, uint64_t now_ns)
{
	clear_result(poll);
	poll->phase = PHASE_ASKING;
	poll->round_end_ns = now_ns + poll->config.round_ns;
	if (poll->config.begin)
		poll->config.begin(poll->config.ctx, now_ns);
	ask(poll);
}

static void tell_parts(struct poll *poll)
{
	const struct poll_result *result = &poll->result;
	uint64_t dropped = result->capacity.dropped + result->capacity.enis.dropped;

	if (result->errors && !poll->has_told_errors)
		log_warn("cannot use all that %s at '%s' says: %s, ignoring", poll->config.name,
			 poll->config.url, result->error);
	if (dropped && !poll->has_told_dropped)
		log_warn("no room for %" PRIu64 " parts of what %s at '%s' says, ignoring", dropped,
			 poll->config.name, poll->config.url);
	poll->has_told_errors = result->errors > 0;
	poll->has_told_dropped = dropped > 0;
}

static void commit(struct poll *poll, uint64_t now_ns)
{
	struct capacity *capacity = &poll->result.capacity;

	tell_parts(poll);
	if (poll->told_count)
		log_info("%s at '%s' answers again", poll->config.name, poll->config.url);
	poll->told_count = 0;

	poll->status.is_up = true;
	poll->status.good_ns = now_ns;
	poll->status.errors += poll->result.errors;
	poll->status.entries =
		capacity->range_count + capacity->enis.eni_count + (capacity->max_pods > 0);
	if (!capacity_is_equal(capacity, &poll->capacity))
		poll->version++;
	capacity_clear(&poll->capacity);
	poll->capacity = take(*capacity, ((struct capacity){ 0 }));
	backoff_succeeded(&poll->backoff, now_ns);
	poll->phase = PHASE_IDLE;
}

static bool is_told(const struct poll *poll)
{
	for (size_t i = 0; i < poll->told_count; i++) {
		if (poll->told[i].err == poll->cause.err &&
		    poll->told[i].status == poll->cause.status)
			return true;
	}
	return false;
}

static void give_up(struct poll *poll, uint64_t now_ns)
{
	if (poll->told_count < TOLD_MAX && !is_told(poll)) {
		poll->told[poll->told_count++] = poll->cause;
		log_warn("cannot ask %s at '%s': %s, ignoring", poll->config.name, poll->config.url,
			 poll->result.why);
	}
	poll->status.is_up = false;
	poll->status.errors++;
	backoff_failed(&poll->backoff, now_ns, arc4random());
	poll->phase = PHASE_IDLE;
}

uint64_t poll_turn(void *supplier, uint64_t now_ns)
{
	struct poll *poll = supplier;

	if (poll->phase == PHASE_IDLE && now_ns >= poll->backoff.due_ns)
		begin(poll, now_ns);
	if (poll->phase == PHASE_ASKING && now_ns >= poll->round_end_ns) {
		fetch_cancel(take_ptr(poll->fetch));
		fail(poll,
		     poll_fail(&poll->result, -ETIMEDOUT, "not done in %" PRIu64 " s",
			       poll->config.round_ns / second_ns),
		     0);
	}
	if (poll->phase == PHASE_WHOLE)
		commit(poll, now_ns);
	if (poll->phase == PHASE_FAILED)
		give_up(poll, now_ns);
	return poll->phase == PHASE_ASKING ? poll->round_end_ns : poll->backoff.due_ns;
}

const struct capacity *poll_capacity(const void *supplier)
{
	const struct poll *poll = supplier;

	return &poll->capacity;
}

uint64_t poll_version(const void *supplier)
{
	const struct poll *poll = supplier;

	return poll->version;
}

struct supplier_status poll_status(const void *supplier)
{
	const struct poll *poll = supplier;

	return poll->status;
}

static void free_ctx(const struct poll_config *config)
{
	if (config->free_ctx)
		config->free_ctx(config->ctx);
}

int poll_open(const struct poll_config *config, struct fetcher *fetcher, struct poll **out)
{
	struct poll *poll = calloc(1, sizeof(*poll));

	if (!poll) {
		free_ctx(config);
		return -ENOMEM;
	}

	assert(fetcher);
	poll->config = *config;
	poll->fetcher = fetcher;
	poll->backoff.period_ns = config->period_ns > second_ns ? config->period_ns : second_ns;
	poll->backoff.most_ns = config->most_ns;
	*out = poll;
	return 0;
}

void poll_close(void *supplier)
{
	struct poll *poll = supplier;

	if (!poll)
		return;
	fetch_cancel(poll->fetch);
	free_ctx(&poll->config);
	clear_result(poll);
	capacity_clear(&poll->capacity);
	free(poll);
}
