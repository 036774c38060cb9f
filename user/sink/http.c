// SPDX-License-Identifier: Apache-2.0
/*
 * libmicrohttpd without its thread: its epoll descriptor sits in the loop's.
 */
#include "sink/http.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sink/local_socket.h"
#include "sink/tcp_socket.h"

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
	uint16_t port;
	struct local_socket local; /* its path is NULL where the address is no path */
	unsigned int connections;
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

/* Takes response->body. */
static enum MHD_Result reply(struct MHD_Connection *connection,
			     const struct http_response *response, const char *allow)
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
	if (allow && result == MHD_YES)
		result = MHD_add_response_header(answer, MHD_HTTP_HEADER_ALLOW, allow);
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

static enum MHD_Result reply_error(const struct http *http, struct MHD_Connection *connection,
				   unsigned int status, const char *text)
{
	struct http_response response = { .status = status };

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
	return reply(connection, &response,
		     status == MHD_HTTP_METHOD_NOT_ALLOWED ? "GET, HEAD" : NULL);
}

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
	};

	if (!route)
		return reply_error(http, connection, MHD_HTTP_NOT_FOUND, "not found");
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_argument, &request);
	if (route->fn(&request, http->ctx, &response))
		return reply_error(http, connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
				   "internal server error");
	return reply(connection, &response, NULL);
}

/* on_connection() has judged it. */
static bool is_forbidden(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info && info->socket_context;
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

static bool is_trusted(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info && local_socket_trusts(info->connect_fd);
}

/* What is put to *connection_ctx marks a connection whose requests are not answered. */
static void on_connection(void *ctx, struct MHD_Connection *connection, void **connection_ctx,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = ctx;

	if (code != MHD_CONNECTION_NOTIFY_STARTED) {
		http->connections--;
		return;
	}
	http->connections++;
	if (http->local.path && !is_trusted(connection)) {
		*connection_ctx = http;
		http->stats.forbidden++;
	}
}

int http_open(const char *address, const struct http_route *routes, size_t count, void *ctx,
	      struct http **out)
{
	cleanup_http struct http *http = calloc(1, sizeof(*http));
	cleanup_close int fd = -1;

	if (!http)
		return -ENOMEM;
	http->routes = routes;
	http->count = count;
	http->ctx = ctx;
	http->local.fd = -1;

	fd = open_socket(http, address);
	if (fd < 0)
		return fd;
	errno = 0;
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, on_accept, http, on_request, http, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTION_MAX + 1,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_SIZE,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_END);
	if (!http->daemon)
		return errno ? -errno : -ENOMEM;

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

	MHD_run(http->daemon);
	if (MHD_get_timeout(http->daemon, &timeout_ms) != MHD_YES)
		return -1;
	return timeout_ms < INT_MAX ? (int)timeout_ms : INT_MAX;
}

struct http_stats http_stats(const struct http *http)
{
	return http->stats;
}
