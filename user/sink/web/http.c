// SPDX-License-Identifier: Apache-2.0
/*
 * libmicrohttpd without its thread: its epoll descriptor sits in the loop's.
 */
#include "sink/web/http.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "sink/web/gate.h"
#include "sink/web/local_socket.h"
#include "sink/web/pace.h"
#include "sink/web/tcp_socket.h"
#include "sink/web/usher.h"
#include "sink/web/visitor.h"

enum {
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
	struct usher usher;
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

static struct answer answer_to(const struct http *http, struct MHD_Connection *connection)
{
	return (struct answer){ .connection = connection,
				.headers = http->gate ? gate_headers(http->gate) : NULL,
				.is_json = http->local.path };
}

/* ---- the gate ---- */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

/* If not, it is answered. */
static bool is_admitted(struct http *http, const struct answer *answer,
			const struct visitor *visitor, enum MHD_Result *out_result)
{
	const struct password_asker asker = {
		.header = MHD_lookup_connection_value(answer->connection, MHD_HEADER_KIND,
						      MHD_HTTP_HEADER_AUTHORIZATION),
		.peer = visitor->peer,
	};
	uint64_t at_ns = now_ns();
	enum gate_verdict verdict = gate_admit(http->gate, &asker, at_ns);

	switch (verdict) {
	case GATE_OPEN:
		return true;
	case GATE_PASSWORD:
		http->stats.wrong_passwords++;
		*out_result = answer_ask_password(answer);
		return false;
	default:
		http->stats.too_many_passwords += verdict == GATE_PASSWORD_LATER;
		http->stats.too_many += verdict == GATE_RATE;
		*out_result = answer_ask_to_wait(
			answer, gate_wait_s(http->gate, verdict, &asker.peer, at_ns));
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
				      const char *path, const char *version)
{
	const struct visitor *visitor = visitor_of(connection);
	const struct http_route *route = find_route(http, path);
	struct http_response response = { .status = MHD_HTTP_OK };
	struct http_request request = {
		.path = path,
		.accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						      MHD_HTTP_HEADER_ACCEPT),
		.is_nearby = visitor_is_nearby(visitor, connection, version),
	};
	const struct answer answer = answer_to(http, connection);
	enum MHD_Result result;

	if (http->gate && !(route && route->is_open) &&
	    !is_admitted(http, &answer, visitor, &result))
		return result;
	if (!route)
		return answer_error(&answer, MHD_HTTP_NOT_FOUND, "not found");
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_argument, &request);
	if (route->fn(&request, http->ctx, &response))
		return answer_error(&answer, MHD_HTTP_INTERNAL_SERVER_ERROR,
				    "internal server error");
	return answer_send(&answer, &response);
}

/* on_connection() has judged it. */
static bool is_forbidden(struct MHD_Connection *connection)
{
	struct visitor *visitor = visitor_of(connection);

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
	const struct answer answer = answer_to(http, connection);

	(void)body;
	if (!*request_ctx) {
		*request_ctx = http;
		http->stats.requests++;
		if (is_forbidden(connection))
			return answer_error(&answer, MHD_HTTP_FORBIDDEN,
					    "only root and the agent's own user may ask");
		if (!strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD))
			return MHD_YES;
		return answer_error(&answer, MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed");
	}
	if (*body_size)
		return MHD_NO;
	return answer_request(http, connection, path, version);
}

static void on_answered(void *ctx, struct MHD_Connection *connection, void **request_ctx,
			enum MHD_RequestTerminationCode code)
{
	struct http *http = ctx;
	const struct visitor *visitor = visitor_of(connection);

	(void)request_ctx;
	(void)code;
	if (visitor)
		places_answered(&http->usher.places, visitor->place, now_ns());
}

/* ---- connections ---- */

/* At a limit of its own the library stops to listen: clients would hang instead of being refused,
 * and nobody would count them. */
static enum MHD_Result on_accept(void *ctx, const struct sockaddr *address, socklen_t size)
{
	struct http *http = ctx;

	(void)address;
	(void)size;
	if (places_have_room(&http->usher.places))
		return MHD_YES;
	http->stats.refused++;
	return MHD_NO;
}

static struct visitor *welcome(struct http *http, struct MHD_Connection *connection)
{
	struct visitor *visitor = visitor_meet(connection, http->gate, http->local.path);
	int fd = visitor_fd(connection);

	if (visitor)
		visitor->place = usher_enter(&http->usher, fd, &visitor->peer, now_ns());
	/* For want of memory: nobody would end its time. */
	if (!visitor || visitor->place < 0) {
		shutdown(fd, SHUT_RDWR);
		visitor_part(visitor);
		return NULL;
	}
	http->stats.forbidden += visitor->is_forbidden;
	return visitor;
}

static void on_connection(void *ctx, struct MHD_Connection *connection, void **connection_ctx,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = ctx;
	struct visitor *visitor;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*connection_ctx = welcome(http, connection);
		return;
	}
	visitor = take_ptr(*connection_ctx);
	if (!visitor)
		return;
	/* Each has one cause. */
	if (!usher_leave(&http->usher, visitor->place))
		http->stats.unfinished += visitor_is_unfinished(visitor);
	visitor_part(visitor);
}

static int start_daemon(struct http *http, int fd)
{
	bool has_tls = http->gate && gate_tls(http->gate);

	errno = 0;
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | (has_tls ? MHD_USE_TLS : 0), 0, on_accept, http, on_request, http,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)PLACES_MAX + 1, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)PLACES_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)REQUEST_SIZE, MHD_OPTION_NOTIFY_COMPLETED, on_answered, http,
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

static int library_wait_ms(struct http *http, bool has_news)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;

	if (MHD_get_timeout(http->daemon, &timeout_ms) != MHD_YES)
		return -1;
	return pace_wait_ms(&http->pace, has_news,
			    timeout_ms < INT_MAX ? (int)timeout_ms : INT_MAX);
}

int http_serve(struct http *http)
{
	bool has_news = pace_has_news(http_fd(http));
	uint64_t at_ns = now_ns();
	int wait_ms, own_ms;

	usher_end_slow(&http->usher, at_ns);
	MHD_run(http->daemon);
	wait_ms = library_wait_ms(http, has_news);
	own_ms = usher_wait_ms(&http->usher, at_ns);
	return own_ms < 0 || (wait_ms >= 0 && wait_ms < own_ms) ? wait_ms : own_ms;
}

struct http_stats http_stats(const struct http *http)
{
	struct http_stats stats = http->stats;

	stats.refused += http->usher.crowded;
	stats.of_peer = http->usher.of_peer;
	stats.slow = http->usher.slow;
	return stats;
}
