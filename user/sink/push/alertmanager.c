// SPDX-License-Identifier: Apache-2.0
#include "sink/push/alertmanager.h"

#include <errno.h>
#include <stdlib.h>

#include "sink/push/post.h"

#define NS_PER_S 1000000000ULL

struct alertmanager {
	struct alertmanager_config config;
	struct post post;
	struct outbox outbox;
	struct outbox_batch batch; /* under way */
};

int alertmanager_open(const struct alertmanager_config *config, struct alertmanager **out)
{
	cleanup_alertmanager struct alertmanager *alertmanager = calloc(1, sizeof(*alertmanager));
	struct post_config post = {
		.what = "alerts",
		.url = config->url,
		.path = "/api/v2/alerts",
		.ca_file = config->ca_file,
		.authorize = config->authorize,
		.authorize_ctx = config->authorize_ctx,
		.fetcher = config->fetcher,
	};
	int err;

	if (!alertmanager)
		return -ENOMEM;
	alertmanager->config = *config;
	if (alertmanager->config.interval_ns < NS_PER_S)
		alertmanager->config.interval_ns = NS_PER_S;
	post.most_ns = alertmanager->config.interval_ns;
	err = post_init(&alertmanager->post, &post);
	if (err)
		return err;

	*out = take_ptr(alertmanager);
	return 0;
}

void alertmanager_close(struct alertmanager *alertmanager)
{
	if (!alertmanager)
		return;
	post_clear(&alertmanager->post);
	outbox_clear(&alertmanager->outbox);
	free(alertmanager);
}

int alertmanager_tell(struct alertmanager *alertmanager, const struct alert *alert,
		      const struct outbox_clocks *now)
{
	return outbox_put(&alertmanager->outbox, alert, now);
}

static uint64_t due(const struct alertmanager *alertmanager)
{
	uint64_t due_ns = outbox_due(&alertmanager->outbox);
	uint64_t held_ns = alertmanager->post.backoff.due_ns;

	/* A time that is past does not hurry what a failure holds back. */
	return due_ns < held_ns ? held_ns : due_ns;
}

static void send(struct alertmanager *alertmanager, const struct outbox_clocks *now)
{
	const struct alertmanager_config *config = &alertmanager->config;
	int64_t ends_ns = now->wall_ns + (int64_t)(ALERTMANAGER_ENDS_AFTER * config->interval_ns);
	cleanup_free char *body = NULL;

	outbox_pick(&alertmanager->outbox, now->mono_ns, &alertmanager->batch);
	body = alert_json(&config->text, &alertmanager->outbox, &alertmanager->batch, ends_ns);
	post_start(&alertmanager->post, body);
}

static void account(struct alertmanager *alertmanager, uint64_t now_ns)
{
	if (post_turn(&alertmanager->post, now_ns) == POST_TAKEN)
		outbox_taken(&alertmanager->outbox, &alertmanager->batch, now_ns,
			     alertmanager->config.interval_ns);
}

uint64_t alertmanager_turn(struct alertmanager *alertmanager, const struct outbox_clocks *now)
{
	account(alertmanager, now->mono_ns);
	if (!post_is_under_way(&alertmanager->post) && due(alertmanager) <= now->mono_ns) {
		send(alertmanager, now);
		account(alertmanager, now->mono_ns); /* it may have failed at once */
	}
	/* The fetcher's event comes first. */
	return post_is_under_way(&alertmanager->post) ? OUTBOX_NEVER : due(alertmanager);
}

struct alertmanager_stats alertmanager_stats(const struct alertmanager *alertmanager)
{
	struct alertmanager_stats stats = {
		.sent = alertmanager->post.sent,
		.failed = alertmanager->post.failed,
		.refused = alertmanager->outbox.refused,
	};

	for (size_t i = 0; i < alertmanager->outbox.count; i++) {
		stats.firing += !alertmanager->outbox.entries[i].ends_ns;
		stats.over += alertmanager->outbox.entries[i].ends_ns != 0;
	}
	return stats;
}
