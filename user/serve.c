// SPDX-License-Identifier: Apache-2.0
#include "serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/metrics.h"
#include "log.h"
#include "loop.h"
#include "sink/http.h"

struct serve {
	struct serve_config config;
	struct http *https[SERVE_MAX];
	int timer; /* when an idle connection times out */
};

static int on_metrics(const struct http_request *request, void *ctx, struct http_response *out)
{
	enum exposition_format format = exposition_negotiate(request->accept);
	struct metrics_input input;
	char *body = NULL;
	size_t size;
	FILE *stream = open_memstream(&body, &size);
	const struct serve *serve = ctx;

	if (!stream)
		return -ENOMEM;
	serve->config.measure(&input, serve->config.ctx);
	metrics_write(&input, format, stream);
	if (fclose(stream)) {
		free(body);
		return -ENOMEM;
	}
	*out = (struct http_response){ .status = 200,
				       .content_type = exposition_content_type(format),
				       .body = body,
				       .size = size };
	return 0;
}

static int answer(unsigned int status, const char *text, struct http_response *out)
{
	char *body = strdup(text);

	if (!body)
		return -ENOMEM;
	*out = (struct http_response){ .status = status,
				       .content_type = "text/plain; charset=utf-8",
				       .body = body,
				       .size = strlen(body) };
	return 0;
}

static int on_health(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)request;
	(void)ctx;
	return answer(200, "ok\n", out);
}

/* Ready once the first walk is in the state: /metrics is complete from then on. */
static int on_ready(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct serve *serve = ctx;

	(void)request;
	return serve->config.is_ready(serve->config.ctx)
		       ? answer(200, "ready\n", out)
		       : answer(503, "not ready: the first walk is not done\n", out);
}

static const struct http_route routes[] = {
	{ "/metrics", on_metrics },
	{ "/healthz", on_health },
	{ "/readyz", on_ready },
};

static int serve_all(struct serve *serve)
{
	int soonest_ms = -1;

	for (size_t i = 0; i < SERVE_MAX && serve->https[i]; i++) {
		int wait_ms = http_serve(serve->https[i]);

		if (wait_ms >= 0 && (soonest_ms < 0 || wait_ms < soonest_ms))
			soonest_ms = wait_ms;
	}
	return loop_timer_set(serve->timer,
			      soonest_ms < 0 ? 0 : (uint64_t)soonest_ms * 1000000 + 1);
}

static int on_http(void *ctx)
{
	return serve_all(ctx);
}

static int on_http_timer(void *ctx)
{
	struct serve *serve = ctx;

	loop_timer_read(serve->timer);
	return serve_all(serve);
}

static int open_one(struct serve *serve, const char *address, struct loop *loop, struct http **out)
{
	int err = http_open(address, routes, array_size(routes), serve, out);

	if (err)
		return log_err(err, "cannot listen on '%s'", address);
	log_info("serving /metrics on '%s', port '%u'", address, http_port(*out));
	return loop_add(loop, http_fd(*out), on_http, serve);
}

int serve_open(const struct serve_config *config, struct loop *loop, struct serve **out)
{
	cleanup_serve struct serve *serve = calloc(1, sizeof(*serve));
	int err;

	if (!serve)
		return -ENOMEM;
	serve->config = *config;
	serve->timer = loop_timer_open();
	if (serve->timer < 0)
		return serve->timer;
	err = loop_add(loop, serve->timer, on_http_timer, serve);
	for (size_t i = 0; i < config->address_count && i < SERVE_MAX && !err; i++)
		err = open_one(serve, config->addresses[i], loop, &serve->https[i]);
	if (err)
		return err;
	*out = take_ptr(serve);
	return 0;
}

void serve_close(struct serve *serve)
{
	if (!serve)
		return;
	for (size_t i = 0; i < SERVE_MAX; i++)
		http_close(serve->https[i]);
	close_fd(serve->timer);
	free(serve);
}
