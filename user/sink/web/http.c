// SPDX-License-Identifier: Apache-2.0
/*
 * libmicrohttpd without its thread: its epoll descriptor sits in the loop's.
 */
#include "sink/web/http.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "sink/web/gate.h"
#include "sink/web/local_socket.h"
#include "sink/web/pace.h"
#include "sink/web/tcp_socket.h"
#include "sink/web/visitor.h"

enum {
	CONNECTION_MAX = 64,
	IDLE_S = 10,
	REQUEST_SIZE = 8192, /* line and headers; the body of a reply is not in it */
};

struct http {
	struct MHD_Daemon *daemon;
	const struct http_route *routes;
	size_t count;
	void *ctx;
	struct gate *gate; /* NULL: none */
	uint16_t port;
	struct local_socket local; /* its path is NULL where the address is no path */
	unsigned int connections;
	struct pace pace;
	struct http_stats stats;
};

static int open_socket(struct http *http, const char *text)
{
	int err;

	if (strncmp(text, HTTP_UNIX, strlen(HTTP_UNIX)) != 0)
		return tcp_socket_open(text, &http->port);
	err = local_socket_open(text + strlen(HTTP_UNIX), &http->local);
	return err ? err : take_fd(http->local.fd);
}

/* What an answer says by itself stays. */
static enum MHD_Result add_gate_headers(const struct http *http, struct MHD_Response *answer)
{
	enum MHD_Result result = MHD_YES;

	if (!http->gate)
		return result;
	for (const struct web_header *at = gate_headers(http->gate); at->name && result; at++)
		if (!MHD_get_response_header(answer, at->name))
			result = MHD_add_response_header(answer, at->name, at->value);
	return result;
}

/* Takes response->body. */
static enum MHD_Result reply(const struct http *http, struct MHD_Connection *connection,
			     const struct http_response *response)
{
	struct MHD_Response *answer = MHD_create_response_from_buffer(
		response->size, response->body, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result = MHD_YES;

	if (!answer) {
		free(response->body);
		return MHD_NO;
	}
	if (response->content_type)
		result = MHD_add_response_header(answer, MHD_HTTP_HEADER_CONTENT_TYPE,
						 response->content_type);
	for (const struct http_header *at = response->headers; at && at->name && result; at++)
		result = MHD_add_response_header(answer, at->name, at->value);
	if (result == MHD_YES)
		result = add_gate_headers(http, answer);
	if (result == MHD_YES)
		result = MHD_queue_response(connection, response->status, answer);
	MHD_destroy_response(answer);
	return result;
}

/* Texts are literals of ours. */
char *http_error_json(const char *text)
{
	char *json;

	return asprintf(&json, "{\"v\":1,\"error\":\"%s\"}\n", text) < 0 ? NULL : json;
}

static enum MHD_Result reply_with(const struct http *http, struct MHD_Connection *connection,
				  const struct http_response *base, const char *text)
{
	struct http_response response = *base;

	if (http->local.path) {
		response.content_type = "application/json";
		response.body = http_error_json(text);
	} else if (asprintf(&response.body, "%s\n", text) < 0) {
		response.body = NULL;
	}
	if (!response.body)
		return MHD_NO;
	if (!response.content_type)
		response.content_type = "text/plain; charset=utf-8";
	response.size = strlen(response.body);
	return reply(http, connection, &response);
}

static enum MHD_Result reply_error(const struct http *http, struct MHD_Connection *connection,
				   unsigned int status, const char *text)
{
	static const struct http_header allow[] = { { MHD_HTTP_HEADER_ALLOW, "GET, HEAD" },
						    { NULL, NULL } };
	const struct http_response base = {
		.status = status,
		.headers = status == MHD_HTTP_METHOD_NOT_ALLOWED ? allow : NULL,
	};

	return reply_with(http, connection, &base, text);
}

/* ---- the gate ---- */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static enum MHD_Result ask_for_password(struct http *http, struct MHD_Connection *connection)
{
	static const struct http_header headers[] = {
		{ MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"podip\"" }, { NULL, NULL }
	};
	const struct http_response base = { .status = MHD_HTTP_UNAUTHORIZED, .headers = headers };

	http->stats.wrong_passwords++;
	return reply_with(http, connection, &base, "unauthorized");
}

static enum MHD_Result ask_to_wait(struct http *http, struct MHD_Connection *connection,
				   unsigned int wait_s)
{
	char text[16];
	const struct http_header headers[] = { { MHD_HTTP_HEADER_RETRY_AFTER, text },
					       { NULL, NULL } };
	const struct http_response base = { .status = MHD_HTTP_TOO_MANY_REQUESTS,
					    .headers = headers };

	snprintf(text, sizeof(text), "%u", wait_s);
	return reply_with(http, connection, &base, "too many requests");
}

/* If not, it is answered. */
static bool is_admitted(struct http *http, struct MHD_Connection *connection,
			enum MHD_Result *out_result)
{
	const char *header = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_AUTHORIZATION);
	uint64_t at_ns = now_ns();
	enum gate_verdict verdict = gate_admit(http->gate, header, at_ns);

	switch (verdict) {
	case GATE_OPEN:
		return true;
	case GATE_PASSWORD:
		*out_result = ask_for_password(http, connection);
		return false;
	default:
		http->stats.too_many_passwords += verdict == GATE_PASSWORD_LATER;
		http->stats.too_many += verdict == GATE_RATE;
		*out_result =
			ask_to_wait(http, connection, gate_wait_s(http->gate, verdict, at_ns));
		return false;
	}
}

/* ---- requests ---- */

static const struct http_route *find_route(const struct http *http, const char *path)
{
	for (size_t i = 0; i < http->count; i++) {
		if (!strcmp(http->routes[i].path, path))
			return &http->routes[i];
	}
	return NULL;
}

static enum MHD_Result take_argument(void *ctx, enum MHD_ValueKind kind, const char *name,
				     const char *value)
{
	struct http_request *request = ctx;

	(void)kind;
	if (request->argument_count < HTTP_ARGUMENTS_MAX)
		request->arguments[request->argument_count] = (struct http_argument){ name, value };
	request->argument_count++;
	return MHD_YES;
}

static enum MHD_Result answer_request(struct http *http, struct MHD_Connection *connection,
				      const char *path)
{
	const struct http_route *route = find_route(http, path);
	struct http_response response = { .status = MHD_HTTP_OK };
	struct http_request request = {
		.path = path,
		.accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						      MHD_HTTP_HEADER_ACCEPT),
		.is_nearby = visitor_is_nearby(connection),
	};
	enum MHD_Result result;

	if (http->gate && !(route && route->is_open) && !is_admitted(http, connection, &result))
		return result;
	if (!route)
		return reply_error(http, connection, MHD_HTTP_NOT_FOUND, "not found");
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_argument, &request);
	if (route->fn(&request, http->ctx, &response))
		return reply_error(http, connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
				   "internal server error");
	return reply(http, connection, &response);
}

/* on_connection() has judged it. */
static bool is_forbidden(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct visitor *visitor = info ? info->socket_context : NULL;

	if (!visitor)
		return true;
	visitor->has_asked = true;
	return visitor->is_forbidden;
}

/* Called once for the headers, then again for the body and its end. A reply to the first call
 * closes the connection, which is right only for a method that may bring a body. MHD_NO closes it
 * too. The parameters are the library's. NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *body,
				  size_t *body_size, void **request_ctx)
{
	struct http *http = ctx;

	(void)version;
	(void)body;
	if (!*request_ctx) {
		*request_ctx = http;
		http->stats.requests++;
		if (is_forbidden(connection))
			return reply_error(http, connection, MHD_HTTP_FORBIDDEN,
					   "only root and the agent's own user may ask");
		if (!strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD))
			return MHD_YES;
		return reply_error(http, connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				   "method not allowed");
	}
	if (*body_size)
		return MHD_NO;
	return answer_request(http, connection, path);
}

/* At a limit of its own the library stops to listen: clients would hang instead of being refused,
 * and nobody would count them. */
static enum MHD_Result on_accept(void *ctx, const struct sockaddr *address, socklen_t size)
{
	struct http *http = ctx;

	(void)address;
	(void)size;
	if (http->connections < CONNECTION_MAX)
		return MHD_YES;
	http->stats.refused++;
	return MHD_NO;
}

/* A connection without a visitor, for want of memory, gets no answer. */
static void on_connection(void *ctx, struct MHD_Connection *connection, void **connection_ctx,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = ctx;
	struct visitor *visitor;

	if (code != MHD_CONNECTION_NOTIFY_STARTED) {
		visitor = take_ptr(*connection_ctx);
		http->connections--;
		http->stats.unfinished += visitor && visitor_is_unfinished(visitor);
		visitor_part(visitor);
		return;
	}
	http->connections++;
	visitor = visitor_meet(connection, http->gate, http->local.path);
	http->stats.forbidden += visitor && visitor->is_forbidden;
	*connection_ctx = visitor;
}

static int start_daemon(struct http *http, int fd)
{
	bool has_tls = http->gate && gate_tls(http->gate);

	errno = 0;
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | (has_tls ? MHD_USE_TLS : 0), 0, on_accept, http, on_request, http,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)CONNECTION_MAX + 1, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_SIZE,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_HTTPS_CERT_CALLBACK,
		visitor_no_certificate, MHD_OPTION_END);
	return http->daemon ? 0 : errno ? -errno : -ENOMEM;
}

int http_open(const struct http_config *config, struct http **out)
{
	cleanup_http struct http *http = calloc(1, sizeof(*http));
	cleanup_close int fd = -1;
	int err;

	if (!http)
		return -ENOMEM;
	http->routes = config->routes;
	http->count = config->count;
	http->ctx = config->ctx;
	http->local.fd = -1;

	fd = open_socket(http, config->address);
	if (fd < 0)
		return fd;
	http->gate = http->local.path ? NULL : config->gate;
	err = start_daemon(http, fd);
	if (err)
		return err;

	(void)take_fd(fd); /* the daemon closes it */
	*out = take_ptr(http);
	return 0;
}

void http_close(struct http *http)
{
	if (!http)
		return;
	/* While the socket is open its inode is nobody else's. */
	local_socket_close(&http->local);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	free(http);
}

int http_fd(const struct http *http)
{
	return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

uint16_t http_port(const struct http *http)
{
	return http->port;
}

int http_serve(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;
	bool has_news = pace_has_news(http_fd(http));

	MHD_run(http->daemon);
	if (MHD_get_timeout(http->daemon, &timeout_ms) != MHD_YES)
		return -1;
	return pace_wait_ms(&http->pace, has_news,
			    timeout_ms < INT_MAX ? (int)timeout_ms : INT_MAX);
}

struct http_stats http_stats(const struct http *http)
{
	return http->stats;
}
