/* SPDX-License-Identifier: Apache-2.0 */
/* A watch of the Node `node-1` at a server of the test's, over TLS. */
#pragma once

#include <errno.h>

#include "kube_fixture.h"
#include "log.h"
#include "source/base/json.h"
#include "source/kube/kube_watch.h"

#define NODE(version) "{" META("node-1", version) "}"
#define QUERY "?fieldSelector=metadata.name=node-1"
#define LIST_URL "/api/v1/nodes" QUERY "&limit=1"

struct watched {
	struct kube_server server;
	struct supplier_settings settings;
	struct fetcher *fetcher;
	struct kube_watch *watch;
	struct driven driven;
	/* What was told of the object: its versions, or "none". */
	char told[1024];
	unsigned int told_count;
	int result; /* given back then */
};

static inline int tell(const json_t *object, void *ctx)
{
	struct watched *it = ctx;
	const char *version = json_text(json_child(object, "metadata"), "resourceVersion");
	size_t used = strlen(it->told);

	snprintf(it->told + used, sizeof(it->told) - used, "%s ", object ? version : "none");
	it->told_count++;
	return it->result;
}

static inline uint64_t turn_watch(void *watch, uint64_t now_ns)
{
	return kube_watch_turn(watch, now_ns);
}

static inline void open_watch(struct watched *it)
{
	struct kube_watch_config config = {
		.settings = &it->settings, .path = "/api/v1/nodes", .on_object = tell, .ctx = it
	};

	assert_int_equal(fetcher_open(&it->fetcher), 0);
	config.fetcher = it->fetcher;
	it->settings.node = "node-1";
	assert_int_equal(kube_watch_open(&config, &it->watch), 0);
	it->driven = (struct driven){ .turn = turn_watch,
				      .supplier = it->watch,
				      .now_ns = 1000 * SECOND,
				      .goal = &it->told_count };
}

static inline void open_steps(struct watched *it, const struct step *steps, size_t count)
{
	*it = (struct watched){ 0 };
	serve_steps(&it->server, true, steps, count);
	it->settings.kubernetes_url = web_url(it->server.web);
	it->settings.kubernetes_ca_file = web_ca_file();
	open_watch(it);
}

#define open_watched(it, steps) open_steps(it, steps, case_count(steps))

static inline void close_watched(struct watched *it)
{
	kube_watch_close(it->watch);
	fetcher_close(it->fetcher);
	web_close(it->server.web);
}

/* Until it waits for a time. */
static inline void run_idle(struct watched *it)
{
	fetching_run(it->fetcher, is_idle, &it->driven);
}

/* Until it has told so often; the watch after a list is under way then. */
static inline void run_told(struct watched *it, unsigned int count)
{
	it->driven.want = count;
	fetching_run(it->fetcher, is_reached, &it->driven);
}

/* To when it wants to be called, and on until it waits again. */
static inline void run_due(struct watched *it)
{
	it->driven.now_ns = it->driven.due_ns;
	run_idle(it);
}

static inline void expect_watch_from(const struct watched *it, unsigned int request,
				     const char *version)
{
	unsigned int timeout_s = 0;
	char want[ASKED_SIZE];

	print_message("  %s\n", it->server.urls[request]);
	assert_int_equal(sscanf(it->server.urls[request],
				"/api/v1/nodes" QUERY
				"&watch=true&allowWatchBookmarks=true&timeoutSeconds=%u",
				&timeout_s),
			 1);
	assert_in_range(timeout_s, KUBE_WATCH_S, KUBE_WATCH_S + KUBE_WATCH_SPREAD_S);
	snprintf(want, sizeof(want), "&timeoutSeconds=%u&resourceVersion=%s", timeout_s, version);
	assert_string_equal(strstr(it->server.urls[request], "&timeoutSeconds"), want);
}

static inline void expect_list(const struct watched *it, unsigned int request)
{
	assert_string_equal(it->server.urls[request], LIST_URL);
}

/* It waits for most_s, less up to a half. */
static inline void expect_wait(const struct watched *it, unsigned int most_s)
{
	uint64_t wait_ns = it->driven.due_ns - it->driven.now_ns;

	assert_in_range(wait_ns, most_s * SECOND / 2, most_s * SECOND);
}

static inline void expect_status(const struct watched *it, bool is_up, uint64_t errors)
{
	assert_int_equal(kube_watch_status(it->watch).is_up, is_up);
	assert_int_equal(kube_watch_status(it->watch).errors, errors);
}
