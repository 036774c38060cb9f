/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An alert as an Event of Kubernetes on the Node, such that `kubectl describe node` shows
 * it. Pure. Source: core/v1 Event; kubectl looks for Events with the Node's uid and, since
 * the kubelet puts it there, with the Node's name for a uid.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/alert/alert_text.h"
#include "core/alert/alerts.h"

/* A Node is in no namespace; its Events are in this one. */
#define NODE_EVENT_PATH "/api/v1/namespaces/default/events"

struct node_event {
	enum alert_kind kind;
	enum alert_severity severity;
	bool is_over; /* a Normal event, "resolved: ..." */
	char range[RANGE_NAME_SIZE], cidr[PREFIX_TEXT_SIZE];
	char message[ALERT_MESSAGE_SIZE]; /* of the last time */
	int64_t first_ns, last_ns; /* since the epoch */
	uint32_t count; /* times that it happened */
};

/* uid may be NULL or "": not known. NULL: no memory. The caller frees it. */
char *node_event_json(const struct node_event *event, const char *node, const char *uid);
