// SPDX-License-Identifier: Apache-2.0
#include "serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/metrics/metrics.h"
#include "log.h"
#include "loop.h"

struct serve {
	struct serve_config config;
	struct http *https[SERVE_MAX];
	struct http *local; /* NULL: none */
	int timer; /* when an idle connection times out */
};

static const char text_type[] = "text/plain; charset=utf-8";

/* Takes the stream, and what it has written with it. */
static int answer_stream(FILE *stream, char **body, const size_t *size, const char *type,
			 struct http_response *out)
{
	if (fclose(stream)) {
		free(*body);
		return -ENOMEM;
	}
	*out = (struct http_response){
		.status = 200, .content_type = type, .body = *body, .size = *size
	};
	return 0;
}

int serve_metrics(const struct serve_source *source, const struct http_request *request,
		  struct http_response *out)
{
	enum exposition_format format = exposition_negotiate(request->accept);
	struct metrics_input input;
	char *body = NULL;
	size_t size;
	FILE *stream = open_memstream(&body, &size);

	if (!stream)
		return -ENOMEM;
	source->measure(&input, source->ctx);
	metrics_write(&input, format, stream);
	return answer_stream(stream, &body, &size, exposition_content_type(format), out);
}

static int answer(unsigned int status, const char *text, struct http_response *out)
{
	char *body = strdup(text);

	if (!body)
		return -ENOMEM;
	*out = (struct http_response){
		.status = status, .content_type = text_type, .body = body, .size = strlen(body)
	};
	return 0;
}

int serve_health(struct http_response *out)
{
	return answer(200, "ok\n", out);
}

static void write_degradations(const struct metrics_input *input, FILE *out)
{
	for (size_t i = 0; i < input->degradation_count; i++) {
		const struct metrics_degradation *it = &input->degradations[i];

		if (it->is_degraded)
			fprintf(out, "degraded: %s: %s%s%s\n", it->what,
				it->capability ? it->capability : "",
				it->capability ? " is missing: " : "", it->why);
	}
}

/* Ready once the first walk is in the state: /metrics is complete from then on. What is missing
 * makes it no less ready, and is said in the lines that follow. */
int serve_ready(const struct serve_source *source, struct http_response *out)
{
	struct metrics_input input;
	char *body = NULL;
	size_t size;
	FILE *stream;

	if (!source->is_ready(source->ctx))
		return answer(503, "not ready: the first walk is not done\n", out);
	stream = open_memstream(&body, &size);
	if (!stream)
		return -ENOMEM;
	source->measure(&input, source->ctx);
	fputs("ready\n", stream);
	write_degradations(&input, stream);
	return answer_stream(stream, &body, &size, text_type, out);
}

/* ---- routes ---- */

static int on_metrics(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct serve *serve = ctx;

	return serve_metrics(&serve->config.source, request, out);
}

static int on_health(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)request;
	(void)ctx;
	return serve_health(out);
}

static int on_ready(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct serve *serve = ctx;

	(void)request;
	return serve_ready(&serve->config.source, out);
}

static int on_page(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct serve *serve = ctx;

	return page_view_answer(&serve->config.page, request->is_nearby, out);
}

static int on_style(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)request;
	(void)ctx;
	return page_view_answer_file(PAGE_FILE_STYLE, out);
}

static int on_script(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)request;
	(void)ctx;
	return page_view_answer_file(PAGE_FILE_SCRIPT, out);
}

static const struct http_route routes[] = {
	{ "/", on_page, false },	  { "/page.css", on_style, false },
	{ "/page.js", on_script, false }, { "/metrics", on_metrics, false },
	{ "/healthz", on_health, true },  { "/readyz", on_ready, true },
};

/* ---- the loop ---- */

static void serve_one(struct http *http, int *soonest_ms)
{
	int wait_ms = http_serve(http);

	if (wait_ms >= 0 && (*soonest_ms < 0 || wait_ms < *soonest_ms))
		*soonest_ms = wait_ms;
}

static int serve_all(struct serve *serve)
{
	int soonest_ms = -1;

	for (size_t i = 0; i < SERVE_MAX && serve->https[i]; i++)
		serve_one(serve->https[i], &soonest_ms);
	if (serve->local)
		serve_one(serve->local, &soonest_ms);
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
	const struct http_config config = { .address = address,
					    .routes = routes,
					    .count = array_size(routes),
					    .ctx = serve,
					    .gate = serve->config.gate };
	int err = http_open(&config, out);

	if (err)
		return log_err(err, "cannot listen on '%s'", address);
	log_info("serving /metrics on '%s', port '%u'", address, http_port(*out));
	return loop_add(loop, http_fd(*out), on_http, serve);
}

/* Read-only file systems, missing privileges: the numbers matter more than who may ask for them. */
static int open_local(struct serve *serve, struct loop *loop)
{
	const struct serve_local *local = &serve->config.local;
	struct http_config config = { .routes = local->routes,
				      .count = local->route_count,
				      .ctx = local->ctx };
	cleanup_free char *address = NULL;
	int err;

	if (asprintf(&address, HTTP_UNIX "%s", local->path) < 0) {
		address = NULL;
		return -ENOMEM;
	}
	config.address = address;
	err = http_open(&config, &serve->local);
	if (err == -EADDRINUSE) {
		log_write(LOG_LEVEL_ERROR,
			  "another agent runs here: it answers on '%s'; a second one needs another "
			  "--socket",
			  local->path);
		return err;
	}
	if (err) {
		log_warn("cannot listen on '%s': %s, ignoring: 'podip status' will find no agent",
			 local->path,
			 err == -EEXIST ? "what is there is no socket" : strerror(-err));
		return 0;
	}
	log_info("answering on '%s'", local->path);
	return loop_add(loop, http_fd(serve->local), on_http, serve);
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
	if (!err && config->local.path)
		err = open_local(serve, loop);
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
	http_close(serve->local);
	close_fd(serve->timer);
	free(serve);
}

/* One peer has it all, which knows no TLS and no passwords. */
static void measure_local(const struct http *local,
			  uint64_t refused[static METRICS_SOCKET_CAUSE_COUNT])
{
	struct http_stats stats = http_stats(local);

	refused[METRICS_SOCKET_USER] = stats.forbidden;
	refused[METRICS_SOCKET_CONNECTION_LIMIT] = stats.refused;
	refused[METRICS_SOCKET_SLOW] = stats.slow;
}

void serve_measure(const struct serve *serve, struct metrics_input *out)
{
	if (serve && serve->local)
		measure_local(serve->local, out->socket_refused);
	for (size_t i = 0; serve && i < SERVE_MAX && serve->https[i]; i++) {
		struct http_stats stats = http_stats(serve->https[i]);
		uint64_t *refused = out->web.refused;

		refused[METRICS_WEB_CONNECTION_LIMIT] += stats.refused;
		refused[METRICS_WEB_PEER_LIMIT] += stats.of_peer;
		refused[METRICS_WEB_SLOW] += stats.slow;
		refused[METRICS_WEB_HANDSHAKE] += stats.unfinished;
		refused[METRICS_WEB_PASSWORD] += stats.wrong_passwords;
		refused[METRICS_WEB_PASSWORD_RATE] += stats.too_many_passwords;
		refused[METRICS_WEB_RATE] += stats.too_many;
	}
}
