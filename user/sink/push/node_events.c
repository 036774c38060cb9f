// SPDX-License-Identifier: Apache-2.0
#include "sink/push/node_events.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/token_bucket.h"
#include "sink/push/node_event.h"
#include "sink/push/post.h"

struct node_events {
	struct node_events_config config;
	struct post post;
	struct token_bucket bucket;
	struct node_event queue[NODE_EVENTS_MAX]; /* oldest first; [0] is the one under way */
	size_t count;
	bool has_token; /* [0] has, for however many tries */
	uint64_t dropped;
};

int node_events_open(const struct node_events_config *config, struct node_events **out)
{
	cleanup_node_events struct node_events *events = NULL;
	struct post_config post = {
		.what = "events",
		.url = config->url,
		.path = NODE_EVENT_PATH,
		.ca_file = config->ca_file,
		.authorize = config->authorize,
		.authorize_ctx = config->authorize_ctx,
		.most_ns = NODE_EVENTS_RETRY_NS,
		.fetcher = config->fetcher,
	};
	int err;

	if (!config->node || !*config->node)
		return -EINVAL;
	events = calloc(1, sizeof(*events));
	if (!events)
		return -ENOMEM;
	events->config = *config;
	events->bucket = (struct token_bucket){ .size = NODE_EVENTS_BURST,
						.period_ns = NODE_EVENTS_PERIOD_NS };
	err = post_init(&events->post, &post);
	if (err)
		return err;

	*out = take_ptr(events);
	return 0;
}

void node_events_close(struct node_events *events)
{
	if (!events)
		return;
	post_clear(&events->post);
	free(events);
}

static void take_out(struct node_events *events, size_t index)
{
	events->count--;
	memmove(&events->queue[index], &events->queue[index + 1],
		(events->count - index) * sizeof(events->queue[0]));
	if (index == 0)
		events->has_token = false;
}

/* The same that waits, not the one that is under way. */
static struct node_event *find(struct node_events *events, const struct alert *alert)
{
	for (size_t i = post_is_under_way(&events->post); i < events->count; i++) {
		struct node_event *event = &events->queue[i];

		if (event->kind == alert->kind && event->is_over == (alert->level == ALERT_OK) &&
		    !strcmp(event->range, alert->range) && !strcmp(event->cidr, alert->cidr))
			return event;
	}
	return NULL;
}

static struct node_event *add(struct node_events *events, const struct alert *alert,
			      int64_t wall_ns)
{
	struct node_event *event;

	if (events->count == NODE_EVENTS_MAX) {
		events->dropped++;
		take_out(events, post_is_under_way(&events->post));
	}
	event = &events->queue[events->count++];
	*event = (struct node_event){ .kind = alert->kind,
				      .is_over = alert->level == ALERT_OK,
				      .first_ns = wall_ns };
	text_copy(event->range, sizeof(event->range), alert->range);
	text_copy(event->cidr, sizeof(event->cidr), alert->cidr);
	return event;
}

void node_events_tell(struct node_events *events, const struct alert *alert, int64_t wall_ns)
{
	struct node_event *event = find(events, alert);

	if (!event)
		event = add(events, alert, wall_ns);
	event->severity = alert->severity;
	event->last_ns = wall_ns;
	event->count++;
	text_copy(event->message, sizeof(event->message), alert->message);
}

/* It would be refused again: not such an Event. To lack rights may be mended. */
static bool is_for_good(long status)
{
	return status == 400 || status == 404 || status == 413 || status == 422;
}

static void account(struct node_events *events, uint64_t now_ns)
{
	enum post_news news = post_turn(&events->post, now_ns);
	bool is_refused = news == POST_FAILED && is_for_good(events->post.cause);

	events->dropped += is_refused;
	if (news == POST_TAKEN || is_refused)
		take_out(events, 0);
}

static void drop_old(struct node_events *events, int64_t wall_ns)
{
	while (events->count &&
	       wall_ns - events->queue[0].last_ns > (int64_t)NODE_EVENTS_AGE_MAX_NS) {
		events->dropped++;
		take_out(events, 0);
	}
}

/* When the first of the queue may go. */
static uint64_t due(const struct node_events *events)
{
	uint64_t held_ns = events->post.backoff.due_ns;
	uint64_t token_ns = events->has_token ? 0 : token_bucket_due(&events->bucket);

	if (!events->count)
		return NODE_EVENTS_NEVER;
	return held_ns > token_ns ? held_ns : token_ns;
}

static void send(struct node_events *events, uint64_t now_ns)
{
	cleanup_free char *body =
		node_event_json(&events->queue[0], events->config.node, events->config.node_uid);

	if (!events->has_token)
		events->has_token = token_bucket_take(&events->bucket, now_ns);
	post_start(&events->post, body);
}

uint64_t node_events_turn(struct node_events *events, uint64_t now_ns, int64_t wall_ns)
{
	account(events, now_ns);
	if (post_is_under_way(&events->post))
		return NODE_EVENTS_NEVER; /* the fetcher's event comes first */
	drop_old(events, wall_ns);
	if (due(events) <= now_ns) {
		send(events, now_ns);
		account(events, now_ns); /* it may have failed at once */
	}
	return post_is_under_way(&events->post) ? NODE_EVENTS_NEVER : due(events);
}

struct node_events_stats node_events_stats(const struct node_events *events)
{
	return (struct node_events_stats){ .waiting = events->count,
					   .sent = events->post.sent,
					   .failed = events->post.failed,
					   .dropped = events->dropped };
}
