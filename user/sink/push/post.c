// SPDX-License-Identifier: Apache-2.0
#include "sink/push/post.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "log.h"

enum { ANSWER_MAX = 64 << 10 };

#define TIMEOUT_NS (10ULL * 1000000000)

int post_init(struct post *out, const struct post_config *config)
{
	size_t size = config->url ? strlen(config->url) : 0;
	char *url;

	while (size && config->url[size - 1] == '/')
		size--;
	if (!size || !config->fetcher)
		return -EINVAL;
	if (asprintf(&url, "%.*s%s", (int)size, config->url, config->path) < 0)
		return -ENOMEM;

	*out = (struct post){ .config = *config, .url = url, .backoff.most_ns = config->most_ns };
	return 0;
}

void post_clear(struct post *post)
{
	fetch_cancel(post->fetch);
	free(post->url);
	*post = (struct post){ 0 };
}

bool post_is_under_way(const struct post *post)
{
	return post->fetch || post->is_over;
}

static void end(struct post *post, long cause, const char *why)
{
	post->fetch = NULL;
	post->is_over = true;
	post->cause = cause;
	text_copy(post->why, sizeof(post->why), why);
}

static void on_done(const struct fetch_answer *answer, void *ctx)
{
	struct post *post = ctx;
	char body[POST_WHY_SIZE / 2], why[POST_WHY_SIZE];

	if (answer->err) {
		end(post, answer->err, answer->why);
	} else if (answer->status < 200 || answer->status > 299) {
		text_to_line(answer->body, body, sizeof(body));
		snprintf(why, sizeof(why), "status %ld%s%s", answer->status, *body ? ": " : "",
			 body);
		end(post, answer->status, why);
	} else {
		end(post, 0, "");
	}
}

static int ask(struct post *post, const char *body, const char *authorization)
{
	struct fetch_request request = {
		.url = post->url,
		.method = "POST",
		.headers = { authorization },
		.body = body,
		.body_size = strlen(body),
		.content_type = "application/json",
		.ca_file = post->config.ca_file,
		.max_bytes = ANSWER_MAX,
		.timeout_ns = TIMEOUT_NS,
		.on_done = on_done,
		.ctx = post,
	};

	return fetcher_start(post->config.fetcher, &request, &post->fetch);
}

void post_start(struct post *post, const char *body)
{
	cleanup_free char *authorization = NULL;
	int err = body ? 0 : -ENOMEM;

	if (!err && post->config.authorize)
		err = post->config.authorize(post->config.authorize_ctx, &authorization);
	if (!err)
		err = ask(post, body, authorization);
	if (err)
		end(post, err, strerror(-err));
}

static void fail(struct post *post, uint64_t now_ns)
{
	post->failed++;
	backoff_failed(&post->backoff, now_ns, arc4random());
	/* By its cause: the words may tell a time that differs. */
	if (post->cause == post->told)
		return;
	log_warn("cannot push %s to '%s': %s, trying again", post->config.what, post->url,
		 post->why);
	post->told = post->cause;
}

static void succeed(struct post *post, uint64_t now_ns)
{
	post->sent++;
	backoff_succeeded(&post->backoff, now_ns);
	if (post->told)
		log_info("%s are pushed to '%s' again", post->config.what, post->url);
	post->told = 0;
}

enum post_news post_turn(struct post *post, uint64_t now_ns)
{
	if (!post->is_over)
		return POST_NONE;
	post->is_over = false;
	if (post->cause)
		fail(post, now_ns);
	else
		succeed(post, now_ns);
	return post->cause ? POST_FAILED : POST_TAKEN;
}
