/* SPDX-License-Identifier: Apache-2.0 */
/* A fetcher, a web server that answers by path, and what came of each request. */
#pragma once

#include <signal.h>
#include <string.h>

#include "fetching.h"
#include "web.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

/* An answer of the server; the last one has no path. */
struct route {
	const char *path;
	struct web_answer answer;
};

/* Of one request. */
struct outcome {
	unsigned int dones;
	struct fetch_answer answer; /* its body is not to be used */
	char body[256]; /* as much as fits */
	char lines[256]; /* "first|second|" */
	int line_err; /* what a line is answered with */
};

static inline void answer_by_path(const struct web_request *request, struct web_answer *out,
				  void *ctx)
{
	const struct route *route = ctx;

	while (route->path && strcmp(route->path, request->url) != 0)
		route++;
	*out = route->answer;
	if (!route->path)
		out->status = 404;
}

static inline struct web *open_web(const struct route *routes)
{
	return web_open(&(struct web_config){ .answer = answer_by_path, .ctx = (void *)routes });
}

static inline void keep_outcome(const struct fetch_answer *answer, void *ctx)
{
	struct outcome *outcome = ctx;

	assert_int_equal(answer->body[answer->size], '\0');
	assert_int_equal(!answer->err, !answer->why[0]);
	outcome->dones++;
	outcome->answer = *answer;
	snprintf(outcome->body, sizeof(outcome->body), "%s", answer->body);
}

static inline int keep_line(char *line, size_t size, void *ctx)
{
	struct outcome *outcome = ctx;
	size_t used = strlen(outcome->lines);

	assert_int_equal(strlen(line), size);
	assert_int_equal(outcome->dones, 0);
	snprintf(outcome->lines + used, sizeof(outcome->lines) - used, "%s|", line);
	return outcome->line_err;
}

static inline bool is_done(void *ctx)
{
	return ((struct outcome *)ctx)->dones > 0;
}

static inline struct fetcher *open_fetcher(void)
{
	struct fetcher *fetcher = NULL;

	/* As the agent does: a server that has gone is an error, no signal. */
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(fetcher_open(&fetcher), 0);
	return fetcher;
}

/* A request as most tests make it. */
static inline struct fetch_request request_of(const char *url, struct outcome *outcome)
{
	return (struct fetch_request){
		.url = url,
		.ca_file = web_ca_file(),
		.max_bytes = 1000,
		.timeout_ns = 60 * NS_PER_S,
		.on_done = keep_outcome,
		.ctx = outcome,
	};
}

static inline const char *url_of(const struct web *web, const char *path)
{
	static char urls[4][128];
	static unsigned int next;
	char *url = urls[next++ % 4];

	snprintf(url, sizeof(urls[0]), "%s%s", web_url(web), path);
	return url;
}

/* Start it and wait for its end. */
static inline void run(struct fetcher *fetcher, const struct fetch_request *request)
{
	struct outcome *outcome = request->ctx;
	struct fetch *fetch;
	int err;

	err = fetcher_start(fetcher, request, &fetch);
	assert_int_equal(err, 0);
	assert_int_equal(outcome->dones, 0);
	fetching_run(fetcher, is_done, outcome);
	assert_int_equal(outcome->dones, 1);
}

/* The same, of a fetcher of its own. */
static inline struct outcome outcome_of(const struct fetch_request *request)
{
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct fetch_request asked = *request;
	struct outcome outcome = { 0 };

	asked.ctx = &outcome;
	run(fetcher, &asked);
	return outcome;
}
