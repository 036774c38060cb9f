// SPDX-License-Identifier: Apache-2.0
/*
 * libmicrohttpd without its thread: its epoll descriptor sits in the loop's. The
 * listening socket is made here, for the true errno and both families on one.
 */
#include "sink/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

enum {
	CONNECTION_MAX = 64,
	IDLE_S = 10,
	REQUEST_SIZE = 8192, /* line and headers; the body of a reply is not in it */
	HOST_SIZE = INET6_ADDRSTRLEN,
	PORT_SIZE = sizeof("65535"),
};

struct http {
	struct MHD_Daemon *daemon;
	const struct http_route *routes;
	size_t count;
	void *ctx;
	uint16_t port;
	unsigned int connections;
	struct http_stats stats;
};

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Split "HOST:PORT" or "[HOST]:PORT"; without brackets a host has no ':'. */
static int split(const char *text, char host[static HOST_SIZE], char port[static PORT_SIZE])
{
	const char *colon = strrchr(text, ':');
	bool is_bracketed = *text == '[';
	size_t size;

	if (!colon || strlen(colon + 1) >= PORT_SIZE)
		return -EINVAL;
	size = (size_t)(colon - text);
	if (is_bracketed) {
		if (size < 2 || text[size - 1] != ']')
			return -EINVAL;
		text++;
		size -= 2;
	}
	if (size >= HOST_SIZE || is_bracketed != !!memchr(text, ':', size))
		return -EINVAL;

	memcpy(host, text, size);
	host[size] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return 0;
}

static int parse_port(const char *text, uint16_t *out)
{
	unsigned long value;

	if (!*text || text[strspn(text, "0123456789")])
		return -EINVAL;
	value = strtoul(text, NULL, 10);
	if (value > UINT16_MAX)
		return -EINVAL;
	*out = (uint16_t)value;
	return 0;
}

/* No host is every address. */
static int parse_address(const char *text, union address *out, bool *out_is_any)
{
	char host[HOST_SIZE], port_text[PORT_SIZE];
	union address address = { 0 };
	uint16_t port;

	if (split(text, host, port_text) || parse_port(port_text, &port))
		return -EINVAL;

	if (!*host || inet_pton(AF_INET6, host, &address.v6.sin6_addr) == 1) {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons(port);
	} else if (inet_pton(AF_INET, host, &address.v4.sin_addr) == 1) {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons(port);
	} else {
		return -EINVAL;
	}

	*out = address;
	*out_is_any = !*host;
	return 0;
}

/* The descriptor or -errno. */
static int listen_on(const union address *address)
{
	int family = address->any.sa_family, on = 1, off = 0;
	socklen_t size = family == AF_INET ? sizeof(address->v4) : sizeof(address->v6);
	cleanup_close int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -errno;
	if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0)
		return -errno;
	if (bind(fd, &address->any, size) < 0 || listen(fd, SOMAXCONN) < 0)
		return -errno;
	return take_fd(fd);
}

static int open_socket(const char *text)
{
	union address address;
	bool is_any;
	int fd;

	if (parse_address(text, &address, &is_any))
		return -EINVAL;

	fd = listen_on(&address);
	if (is_any && (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL)) {
		/* A kernel without IPv6. The port is at the same place in both. */
		address.v4 = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_port = address.v6.sin6_port,
		};
		fd = listen_on(&address);
	}
	return fd;
}

static int read_port(int fd, uint16_t *out)
{
	union address address = { 0 };
	socklen_t size = sizeof(address);

	if (getsockname(fd, &address.any, &size) < 0)
		return -errno;
	*out = ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
	return 0;
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
	if (allow && result == MHD_YES)
		result = MHD_add_response_header(answer, MHD_HTTP_HEADER_ALLOW, allow);
	if (result == MHD_YES)
		result = MHD_queue_response(connection, response->status, answer);
	MHD_destroy_response(answer);
	return result;
}

static enum MHD_Result reply_plain(struct MHD_Connection *connection, unsigned int status,
				   const char *text, const char *allow)
{
	struct http_response response = {
		.status = status,
		.content_type = "text/plain; charset=utf-8",
		.body = strdup(text),
		.size = strlen(text),
	};

	return response.body ? reply(connection, &response, allow) : MHD_NO;
}

static const struct http_route *find_route(const struct http *http, const char *path)
{
	for (size_t i = 0; i < http->count; i++) {
		if (!strcmp(http->routes[i].path, path))
			return &http->routes[i];
	}
	return NULL;
}

static enum MHD_Result answer_request(struct http *http, struct MHD_Connection *connection,
				      const char *path)
{
	const struct http_route *route = find_route(http, path);
	struct http_response response = { .status = MHD_HTTP_OK };
	const struct http_request request = {
		.path = path,
		.accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						      MHD_HTTP_HEADER_ACCEPT),
	};

	if (!route)
		return reply_plain(connection, MHD_HTTP_NOT_FOUND, "not found\n", NULL);
	if (route->fn(&request, http->ctx, &response))
		return reply_plain(connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
				   "internal server error\n", NULL);
	return reply(connection, &response, NULL);
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
		if (!strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD))
			return MHD_YES;
		return reply_plain(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed\n",
				   "GET, HEAD");
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

static void on_connection(void *ctx, struct MHD_Connection *connection, void **connection_ctx,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = ctx;

	(void)connection;
	(void)connection_ctx;
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		http->connections++;
	else
		http->connections--;
}

int http_open(const char *address, const struct http_route *routes, size_t count, void *ctx,
	      struct http **out)
{
	cleanup_http struct http *http = calloc(1, sizeof(*http));
	cleanup_close int fd = -1;
	int err;

	if (!http)
		return -ENOMEM;
	http->routes = routes;
	http->count = count;
	http->ctx = ctx;

	fd = open_socket(address);
	if (fd < 0)
		return fd;
	err = read_port(fd, &http->port);
	if (err)
		return err;

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
