/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A metadata server that answers as each test likes, and what is asked of it when. The
 * clock goes as fast as the test likes, but never slower than the real one.
 */
#pragma once

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/fetch.h"
#include "ranges.h"
#include "source/cloud/gce.h"
#include "web.h"

#define ROOT "/computeMetadata/v1/instance/"
#define PLAIN "network-interfaces/?recursive=true"
#define NODE(cidr) "[{\"ip\":\"10.128.0.70\",\"ipAliases\":[\"" cidr "\"]}]"
#define WANT(cidr) "ip-alias " cidr " node -1 0"
#define A "10.24.3.0/24"
#define B "10.24.9.0/24"

enum { ASKED_MAX = 64, PERIOD_S = 30, PATIENCE_S = 10 };

static const uint64_t second_ns = 1000000000;

/* One answer to a question. */
struct page {
	const char *body, *etag; /* an etag is "ETag: ..." */
	struct web_answer answer; /* the rest of it */
};

/* The n-th question for the interfaces gets the n-th page, and so do all after the last one. */
static struct {
	pthread_mutex_t lock;
	const struct page *pages;
	size_t page_count, page;
	struct page zone, labels;
	char asked[ASKED_MAX][256]; /* without ROOT */
	size_t asked_count;
	unsigned int strangers; /* questions that the real server would refuse */
} server = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const struct page *page_of(const char *question)
{
	size_t page = server.page;

	if (!strcmp(question, "zone"))
		return &server.zone;
	if (!strcmp(question, "attributes/kube-labels"))
		return &server.labels;
	server.page += server.page + 1 < server.page_count;
	return &server.pages[page];
}

static inline void answer(const struct web_request *request, struct web_answer *out, void *ctx)
{
	static const char *bodies[ASKED_MAX][2];
	const char *flavor = request->header(request, "Metadata-Flavor");
	const struct page *page;

	(void)ctx;
	pthread_mutex_lock(&server.lock);
	if (!flavor || strcmp(flavor, "Google") != 0 || strcmp(request->method, "GET") != 0 ||
	    strncmp(request->url, ROOT, strlen(ROOT)) != 0 || server.asked_count == ASKED_MAX) {
		server.strangers++;
		out->status = 403;
	} else {
		snprintf(server.asked[server.asked_count], sizeof(server.asked[0]), "%s",
			 request->url + strlen(ROOT));
		page = page_of(server.asked[server.asked_count]);
		*out = page->answer;
		bodies[server.asked_count][0] = page->body;
		if (!out->pieces)
			out->pieces = bodies[server.asked_count];
		if (page->etag)
			out->headers[0] = page->etag;
		server.asked_count++;
	}
	pthread_mutex_unlock(&server.lock);
}

struct lab {
	struct web *web;
	struct fetcher *fetcher;
	void *gce;
	uint64_t skew_ns; /* of the clock */
	uint64_t due_ns; /* of the last turn */
};

static inline uint64_t now_of(const struct lab *lab)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * second_ns + (uint64_t)now.tv_nsec + lab->skew_ns;
}

static inline void *open_gce(const char *url, struct fetcher *fetcher)
{
	const struct supplier_settings settings = { .gce_url = url,
						    .period_ns = PERIOD_S * second_ns };
	const struct supplier_config config = { .settings = &settings, .fetcher = fetcher };
	void *gce = NULL;

	assert_int_equal(gce_supplier.open(&config, &gce), 0);
	assert_non_null(gce);
	return gce;
}

static inline struct lab open_lab(const struct page *pages, size_t count)
{
	static const struct web_config config = { .answer = answer };
	struct lab lab = { 0 };

	server.pages = pages;
	server.page_count = count;
	server.page = server.asked_count = server.strangers = 0;
	server.zone = (struct page){ .body = "projects/123/zones/europe-west1-b" };
	server.labels = (struct page){ .body = "a=b,cloud.google.com/gke-nodepool=pool-1" };
	lab.web = web_open(&config);
	assert_int_equal(fetcher_open(&lab.fetcher), 0);
	lab.gce = open_gce(web_url(lab.web), lab.fetcher);
	return lab;
}

static inline void close_lab(struct lab *lab)
{
	gce_supplier.close(lab->gce);
	fetcher_close(lab->fetcher);
	web_close(lab->web);
	assert_int_equal(server.strangers, 0);
}

static inline size_t asked_count(void)
{
	size_t count;

	pthread_mutex_lock(&server.lock);
	count = server.asked_count;
	pthread_mutex_unlock(&server.lock);
	return count;
}

/* One turn of a loop, which waits so long for the fetcher. */
static inline void turn(struct lab *lab, int wait_ms)
{
	struct pollfd pollfd = { .fd = fetcher_fd(lab->fetcher), .events = POLLIN };

	lab->due_ns = gce_supplier.turn(lab->gce, now_of(lab));
	if (poll(&pollfd, 1, wait_ms) > 0)
		assert_int_equal(fetcher_turn(lab->fetcher), 0);
	lab->due_ns = gce_supplier.turn(lab->gce, now_of(lab));
}

static inline struct supplier_status status_of(const struct lab *lab)
{
	return gce_supplier.status(lab->gce);
}

/* The next try, good or bad, at the time at which it is due. */
static inline void run_next(struct lab *lab)
{
	struct supplier_status before = status_of(lab);
	uint64_t end_ns;

	if (before.good_ns || before.errors)
		lab->skew_ns += lab->due_ns > now_of(lab) ? lab->due_ns - now_of(lab) : 0;
	end_ns = now_of(lab) + PATIENCE_S * second_ns;
	while (status_of(lab).good_ns == before.good_ns && status_of(lab).errors == before.errors) {
		assert_true(now_of(lab) < end_ns);
		turn(lab, 20);
	}
}

static const char *says(const struct lab *lab)
{
	return ranges_of(gce_supplier.capacity(lab->gce), "gce");
}

/* All questions since the last call, each with a blank behind it. */
static const char *questions(void)
{
	static char text[8192];
	size_t used = 0;

	pthread_mutex_lock(&server.lock);
	text[0] = '\0';
	for (size_t i = 0; i < server.asked_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ", server.asked[i]);
	server.asked_count = 0;
	pthread_mutex_unlock(&server.lock);
	return text;
}
