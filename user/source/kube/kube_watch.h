/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watch of one object of the Kubernetes API, of any kind: a list tells what it is,
 * then a watch tells of its changes as they happen. A watch that ends goes on from
 * the last version that it told of; one that fails, or whose version the server has
 * forgotten (410 Gone), begins with a list again, later and later.
 *
 * The CA file is read anew for each connection and the token for each request, so
 * both may be replaced at any time. Logs have no word of the server's: it could have
 * put the token into them.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "cleanup.h"
#include "source/supplier/supplier.h"

enum {
	KUBE_LIST_MAX = 1 << 20, /* bytes of a list's answer */
	KUBE_EVENT_MAX = 1 << 20, /* of one event of a watch */
	KUBE_LIST_S = 15, /* a list takes no longer */
	KUBE_WATCH_S = 290, /* asked of the server: so long, and up to as much more as below */
	KUBE_WATCH_SPREAD_S = 60,
	KUBE_GRACE_S = 15, /* and so much longer is waited for its end */
	KUBE_BACKOFF_S = 300, /* the most between two failures, and after a 404 */
};

struct kube_watch;

/* What the object is now, or NULL: there is none. Called from kube_watch_turn(); of several events
 * that came together it is told the last. 0 understood; so many of its values were not, the rest
 * was; -errno it was not: -ENODATA for one that says nothing, -ENOMEM asks for it again. */
typedef int (*kube_object_fn)(const json_t *object, void *ctx);

struct kube_watch_config {
	const struct supplier_settings *settings; /* borrowed, like its texts */
	struct fetcher *fetcher; /* borrowed; it closes after the watch */
	const char *path; /* of the collection: "/api/v1/nodes"; borrowed */
	kube_object_fn on_object;
	void *ctx;
};

/* 1: not to be asked (no URL, or no fetcher), *out untouched. -EINVAL, -ENOMEM, after it was said
 * in the log. The caller owns *out. */
int kube_watch_open(const struct kube_watch_config *config, struct kube_watch **out);
void kube_watch_close(struct kube_watch *watch);
DEFINE_CLEANUP(kube_watch, struct kube_watch *, kube_watch_close)
#define cleanup_kube_watch cleanup(cleanup_kube_watch_fn)

/* As supplier_kind's. */
uint64_t kube_watch_turn(struct kube_watch *watch, uint64_t now_ns);
/* Without entries. is_up: the last request went well, and the object is there and was understood.
 * Errors are failed requests (but those for a kind that the API does not have), objects that were
 * not understood, and values in them. */
struct supplier_status kube_watch_status(const struct kube_watch *watch);
