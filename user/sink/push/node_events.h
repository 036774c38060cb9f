/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Node events: tells the Kubernetes API of alerts by Events on this node's Node. Seldom:
 * ten at once and then one in six minutes. What has to wait is kept in a short queue in
 * which the same alert, firing or over, counts up instead of standing there again; after
 * an hour, for which Kubernetes itself keeps Events, it is no news and left out. Needs the
 * right to create events in the namespace `default`.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/alert/alerts.h"
#include "net/fetch.h"

struct node_events;

enum {
	NODE_EVENTS_MAX = 16, /* in the queue */
	NODE_EVENTS_BURST = 10,
};

#define NODE_EVENTS_NEVER UINT64_MAX
#define NODE_EVENTS_PERIOD_NS (360ULL * 1000000000)
#define NODE_EVENTS_AGE_MAX_NS (3600ULL * 1000000000)
#define NODE_EVENTS_RETRY_NS (300ULL * 1000000000) /* between two failures at most */

/* All is borrowed as long as the sink lives. */
struct node_events_config {
	const char *url; /* https://10.96.0.1:443 */
	const char *ca_file; /* NULL: the system's authorities */
	/* As struct post_config's. */
	int (*authorize)(void *ctx, char **out);
	void *authorize_ctx;
	const char *node;
	const char *node_uid; /* NULL or "": not known */
	struct fetcher *fetcher;
};

struct node_events_stats {
	size_t waiting;
	uint64_t sent, failed; /* requests, ever */
	uint64_t dropped; /* events that were left out: no place, too old, or refused for good */
};

/* -EINVAL without a URL, a node or a fetcher, -ENOMEM. The caller owns *out. */
int node_events_open(const struct node_events_config *config, struct node_events **out);
void node_events_close(struct node_events *events); /* a request under way is cancelled */
DEFINE_CLEANUP(node_events, struct node_events *, node_events_close)
#define cleanup_node_events cleanup(cleanup_node_events_fn)

/* What alerts_evaluate() told, at a time since the epoch. Where the queue is full the oldest is
 * dropped. */
void node_events_tell(struct node_events *events, const struct alert *alert, int64_t wall_ns);
/* Do what is due. Returns when to be called next (CLOCK_MONOTONIC), or NODE_EVENTS_NEVER. To be
 * called after each event of the fetcher, too. */
uint64_t node_events_turn(struct node_events *events, uint64_t now_ns, int64_t wall_ns);
struct node_events_stats node_events_stats(const struct node_events *events);
