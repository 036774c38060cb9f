/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers of the Kubernetes API to a list and to a watch, as far as they are of
 * one object.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "cleanup.h"
#include "source/kube/kube_api.h"

enum kube_event_kind {
	KUBE_EVENT_OBJECT, /* it is there, or is another one now */
	KUBE_EVENT_ABSENT, /* it is not there, or was deleted */
	KUBE_EVENT_NONE, /* nothing of the object: a bookmark, or of another one */
	KUBE_EVENT_ERROR, /* the watch cannot go on */
	KUBE_EVENT_UNKNOWN, /* a type that Kubernetes has not today */
};

struct kube_event {
	enum kube_event_kind kind;
	char version[KUBE_VERSION_SIZE]; /* of all objects; "" with the last two kinds */
	json_t *object; /* owned; NULL but with KUBE_EVENT_OBJECT */
	int status; /* an HTTP status, 400 to 599; 0 but with KUBE_EVENT_ERROR */
};

/* A list: KUBE_EVENT_OBJECT or KUBE_EVENT_ABSENT. -EINVAL not as expected, or as json_read(). The
 * caller owns *out. */
int kube_event_read_list(const char *text, size_t size, const char *name, struct kube_event *out);
/* A line of a watch; else like a list. */
int kube_event_read(const char *line, size_t size, const char *name, struct kube_event *out);
void kube_event_clear(struct kube_event *event);
static inline void cleanup_kube_event_fn(struct kube_event *event)
{
	kube_event_clear(event);
}
#define cleanup_kube_event cleanup(cleanup_kube_event_fn)
