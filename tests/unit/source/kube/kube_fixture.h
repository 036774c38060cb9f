/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An API server that answers a script, one step a request, and keeps what it was
 * asked; and what drives a watch of it, with a clock that stands still.
 */
#pragma once

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "fetching.h"
#include "source/supplier/supplier.h"
#include "web.h"
#include "workdir.h"

#define SECOND UINT64_C(1000000000)
#define LIST_OF(version, items)                                                                   \
	"{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"" version "\"},\"items\":[" items \
	"]}"
#define META(name, version) \
	"\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"" version "\"}"
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"
#define BOOKMARK(version) EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"" version "\"}}")
#define STATUS(code) EVENT("ERROR", "{\"kind\":\"Status\",\"code\":" code "}")

enum { STEPS_MAX = 32, ASKED_SIZE = 512 };

struct step {
	const char *body; /* NULL is "" */
	unsigned int status;
	const char *header;
	bool is_open, is_cut;
	uint64_t fill;
};

struct kube_server {
	struct web *web;
	const struct step *steps;
	unsigned int count;
	atomic_uint asked;
	const char *pieces[STEPS_MAX][2];
	char urls[STEPS_MAX][ASKED_SIZE]; /* path and query, decoded */
	char tokens[STEPS_MAX][ASKED_SIZE]; /* header Authorization; "" none */
};

/* What comes past the script gets status 503. */
static inline void answer_step(const struct web_request *request, struct web_answer *out, void *ctx)
{
	struct kube_server *server = ctx;
	const char *token = request->header(request, "Authorization");
	unsigned int at = server->asked;
	const struct step *step = &server->steps[at];

	out->status = 503;
	if (at < STEPS_MAX) {
		snprintf(server->urls[at], ASKED_SIZE, "%s", request->url);
		snprintf(server->tokens[at], ASKED_SIZE, "%s", token ? token : "");
	}
	if (at < server->count) {
		server->pieces[at][0] = step->body;
		*out = (struct web_answer){ .status = step->status,
					    .pieces = server->pieces[at],
					    .is_open = step->is_open,
					    .is_cut = step->is_cut,
					    .fill = step->fill,
					    .headers = { step->header } };
	}
	server->asked++;
}

static inline void serve_steps(struct kube_server *server, bool has_tls, const struct step *steps,
			       size_t count)
{
	assert_true(count <= STEPS_MAX);
	*server = (struct kube_server){ .steps = steps, .count = (unsigned int)count };
	server->web = web_open(
		&(struct web_config){ .has_tls = has_tls, .answer = answer_step, .ctx = server });
}

/* A supplier, or what looks like one, and the fetcher that it asks by. */
struct driven {
	uint64_t (*turn)(void *supplier, uint64_t now_ns);
	void *supplier;
	uint64_t now_ns, due_ns;
	const unsigned int *goal; /* that grows */
	unsigned int want;
};

static inline bool is_idle(void *ctx)
{
	struct driven *driven = ctx;

	driven->due_ns = driven->turn(driven->supplier, driven->now_ns);
	return driven->due_ns != SUPPLIER_NEVER;
}

static inline bool is_reached(void *ctx)
{
	struct driven *driven = ctx;

	driven->due_ns = driven->turn(driven->supplier, driven->now_ns);
	return *driven->goal >= driven->want;
}
