/* SPDX-License-Identifier: Apache-2.0 */
/* A server that remembers what it heard, and answers what it was told to. */
#pragma once

#include <pthread.h>

#include "core/base/text.h"
#include "web.h"

enum { HEARD_MAX = 8, TEXT_SIZE = 4096 };

/* What a server heard, and what it answers. */
struct server {
	pthread_mutex_t lock;
	unsigned int count;
	char method[16], url[128], type[64], authorization[64];
	char bodies[HEARD_MAX][TEXT_SIZE];
	struct web_answer answer; /* under the lock */
};

static inline const char *or_none(const char *text)
{
	return text ? text : "none";
}

static inline void hear(const struct web_request *request, struct web_answer *out, void *ctx)
{
	struct server *server = ctx;

	pthread_mutex_lock(&server->lock);
	text_copy(server->method, sizeof(server->method), request->method);
	text_copy(server->url, sizeof(server->url), request->url);
	text_copy(server->type, sizeof(server->type),
		  or_none(request->header(request, "Content-Type")));
	text_copy(server->authorization, sizeof(server->authorization),
		  or_none(request->header(request, "Authorization")));
	text_copy(server->bodies[server->count++ % HEARD_MAX], TEXT_SIZE, request->body);
	*out = server->answer;
	pthread_mutex_unlock(&server->lock);
}

static inline void answer(struct server *server, const struct web_answer *with)
{
	pthread_mutex_lock(&server->lock);
	server->answer = *with;
	pthread_mutex_unlock(&server->lock);
}

static inline struct web *open_server(struct server *server, bool has_tls)
{
	*server = (struct server){ .lock = PTHREAD_MUTEX_INITIALIZER };
	return web_open(&(struct web_config){ .has_tls = has_tls, .answer = hear, .ctx = server });
}
