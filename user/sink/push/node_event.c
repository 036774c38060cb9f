// SPDX-License-Identifier: Apache-2.0
#include "sink/push/node_event.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"

enum {
	RESOLVED_SIZE = ALERT_MESSAGE_SIZE + sizeof("resolved: "),
	SECONDS_SIZE = sizeof("2006-01-02T15:04:05") - 1,
};

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

/* In seconds, as Kubernetes has them. */
static void format_time(int64_t wall_ns, char out[static TEXT_TIME_SIZE])
{
	text_time(wall_ns, out);
	memcpy(out + SECONDS_SIZE, "Z", 2);
}

char *node_event_json(const struct node_event *event, const char *node, const char *uid)
{
	bool is_warning = !event->is_over && event->severity != ALERT_SEVERITY_INFO;
	char first[TEXT_TIME_SIZE], last[TEXT_TIME_SIZE], message[RESOLVED_SIZE];
	cleanup_json json_t *json = NULL;

	format_time(event->first_ns, first);
	format_time(event->last_ns, last);
	snprintf(message, sizeof(message), "%s%s", event->is_over ? "resolved: " : "",
		 event->message);
	/* A NULL of text_to_json() makes all of it NULL. */
	json = json_pack("{s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s, s:o, s:o}, s:s, s:o, s:{s:s, s:o},"
			 " s:s, s:s, s:i, s:s, s:s, s:o}",
			 "apiVersion", "v1", "kind", "Event", "metadata", "generateName", "podip.",
			 "namespace", "default", "involvedObject", "apiVersion", "v1", "kind",
			 "Node", "name", text_to_json(node), "uid",
			 text_to_json(uid && *uid ? uid : node), "reason", alert_name(event->kind),
			 "message", text_to_json(message), "source", "component", "podip", "host",
			 text_to_json(node), "firstTimestamp", first, "lastTimestamp", last,
			 "count", (int)event->count, "type", is_warning ? "Warning" : "Normal",
			 "reportingComponent", "podip", "reportingInstance", text_to_json(node));
	return json ? json_dumps(json, JSON_COMPACT) : NULL;
}
