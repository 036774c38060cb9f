// SPDX-License-Identifier: Apache-2.0
/*
 * libmicrohttpd with a thread for each connection, so that a slow answer is just a
 * thread that waits. Every wait ends when the server closes.
 *
 * A failure ends the program: lab programs have no test that could fail instead.
 */
#include "web.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "listening.h"
#include "web_pem.h"

enum {
	BLOCK_SIZE = 32768,
	MORE_MS = 50,
};

struct web {
	struct web_config config;
	char *socket_path; /* to unlink */
	char url[64];
	struct MHD_Daemon *daemon;
	atomic_uint requests;
	pthread_mutex_t lock;
	pthread_cond_t closing;
	bool is_closing; /* under the lock */
};

/* A body on its way. */
struct body {
	struct web *web;
	int fd; /* of the connection; borrowed */
	struct web_answer answer;
	size_t piece; /* the next one */
	size_t offset; /* in it */
	uint64_t filled;
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("web: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

/* False: the server closes, which ended the wait. */
static bool wait_ms(struct web *web, unsigned int ms)
{
	struct timespec until;
	bool is_closing;
	int err = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;

	pthread_mutex_lock(&web->lock);
	while (!web->is_closing && err != ETIMEDOUT)
		err = pthread_cond_clockwait(&web->closing, &web->lock, CLOCK_MONOTONIC, &until);
	is_closing = web->is_closing;
	pthread_mutex_unlock(&web->lock);
	return !is_closing;
}

static const char *piece_of(const struct body *body)
{
	return body->answer.pieces ? body->answer.pieces[body->piece] : NULL;
}

/* Every piece is a block of its own, and so a chunk where there are chunks. */
static ssize_t read_piece(struct body *body, char *out, size_t max)
{
	const char *rest = piece_of(body) + body->offset;
	size_t size = strnlen(rest, max);

	if (body->offset == 0 && body->piece > 0 && body->answer.piece_ms &&
	    !wait_ms(body->web, body->answer.piece_ms))
		return MHD_CONTENT_READER_END_WITH_ERROR;
	memcpy(out, rest, size);
	body->offset += size;
	if (!rest[size]) {
		body->piece++;
		body->offset = 0;
	}
	return (ssize_t)size;
}

/* To write would tell only the second time. */
static bool has_left(int fd)
{
	struct pollfd gone = { .fd = fd, .events = POLLRDHUP };

	return poll(&gone, 1, 0) != 0;
}

static ssize_t read_more(struct body *body, char *out, size_t max)
{
	const struct web_answer *answer = &body->answer;
	ssize_t size;

	while ((size = answer->more(out, max, answer->more_ctx)) == 0) {
		if (!wait_ms(body->web, MORE_MS) || has_left(body->fd))
			return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (size > 0)
		return size;
	return answer->is_cut ? MHD_CONTENT_READER_END_WITH_ERROR
			      : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_body(void *ctx)
{
	struct body *body = ctx;

	if (body->answer.more_free)
		body->answer.more_free(body->answer.more_ctx);
	free(body);
}

static ssize_t read_body(void *ctx, uint64_t offset, char *out, size_t max)
{
	struct body *body = ctx;
	uint64_t blanks = body->answer.fill - body->filled;

	(void)offset;
	/* Nothing read is no block. */
	while (piece_of(body) && !*piece_of(body))
		body->piece++;
	if (piece_of(body))
		return read_piece(body, out, max);
	if (blanks) {
		size_t size = blanks < max ? (size_t)blanks : max;

		memset(out, ' ', size);
		body->filled += size;
		return (ssize_t)size;
	}
	if (body->answer.more)
		return read_more(body, out, max);
	if (body->answer.is_open)
		wait_ms(body->web, UINT_MAX);
	return body->answer.is_open || body->answer.is_cut ? MHD_CONTENT_READER_END_WITH_ERROR
							   : MHD_CONTENT_READER_END_OF_STREAM;
}

/* What drips or does not end comes in chunks, all else has a length. */
static uint64_t size_of(const struct web_answer *answer)
{
	uint64_t size = answer->fill + answer->is_cut;

	if (answer->piece_ms || answer->is_open || answer->more)
		return MHD_SIZE_UNKNOWN;
	for (const char *const *piece = answer->pieces; piece && *piece; piece++)
		size += strlen(*piece);
	return size;
}

static void add_headers(struct MHD_Response *response, const struct web_answer *answer)
{
	for (size_t i = 0; i < WEB_HEADERS_MAX && answer->headers[i]; i++) {
		cleanup_free char *name = strdup(answer->headers[i]);
		char *value = name ? strstr(name, ": ") : NULL;

		if (!value)
			die("no header: '%s'", answer->headers[i]);
		*value = '\0';
		if (MHD_add_response_header(response, name, value + 2) != MHD_YES)
			die("cannot send header '%s'", answer->headers[i]);
	}
}

static enum MHD_Result send_answer(struct web *web, struct MHD_Connection *connection,
				   const struct web_answer *answer)
{
	struct body *body = calloc(1, sizeof(*body));
	struct MHD_Response *response;
	enum MHD_Result result;

	if (!body)
		die("no memory");
	*body = (struct body){
		.web = web,
		.fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
			      ->connect_fd,
		.answer = *answer,
	};
	response = MHD_create_response_from_callback(size_of(answer), BLOCK_SIZE, read_body, body,
						     free_body);
	if (!response)
		die("cannot make a response");
	add_headers(response, answer);
	result = MHD_queue_response(connection, answer->status ? answer->status : MHD_HTTP_OK,
				    response);
	MHD_destroy_response(response);
	return result;
}

static const char *header_of(const struct web_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct asked {
	char *url;
	bool is_begun;
	char *body;
	size_t body_size;
};

/* libmicrohttpd gives the path and the query apart, this one gives all. */
static void *on_uri(void *ctx, const char *uri, struct MHD_Connection *connection)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	char *url = strdup(uri);

	(void)ctx;
	(void)connection;
	if (!asked || !url)
		die("no memory");
	MHD_http_unescape(url);
	asked->url = url;
	return asked;
}

static void keep(struct asked *asked, const char *piece, size_t size)
{
	asked->body = realloc(asked->body, asked->body_size + size + 1);
	if (!asked->body)
		die("no memory");
	if (size)
		memcpy(asked->body + asked->body_size, piece, size);
	asked->body_size += size;
	asked->body[asked->body_size] = '\0';
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **asked_ctx)
{
	struct web *web = ctx;
	struct asked *asked = *asked_ctx;
	struct web_request request = {
		.method = method, .url = asked->url, .header = header_of, .connection = connection
	};
	struct web_answer answer = { 0 };

	(void)path;
	(void)version;
	/* The first call is before what a PUT brings. */
	if (!asked->is_begun || *upload_size) {
		asked->is_begun = true;
		keep(asked, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	request.body = asked->body;
	request.body_size = asked->body_size;
	web->requests++;
	web->config.answer(&request, &answer, web->config.ctx);
	if (answer.delay_ms && !wait_ms(web, answer.delay_ms)) {
		if (answer.more_free)
			answer.more_free(answer.more_ctx);
		return MHD_NO;
	}
	return send_answer(web, connection, &answer);
}

static void on_end(void *ctx, struct MHD_Connection *connection, void **asked_ctx,
		   enum MHD_RequestTerminationCode code)
{
	struct asked *asked = take_ptr(*asked_ctx);

	(void)ctx;
	(void)connection;
	(void)code;
	if (asked) {
		free(asked->url);
		free(asked->body);
	}
	free(asked);
}

static void name_url(struct web *web, int fd)
{
	struct sockaddr_in address = { 0 };
	socklen_t size = sizeof(address);
	const char *scheme = web->config.has_tls ? "https" : "http";

	if (web->config.socket_path) {
		snprintf(web->url, sizeof(web->url), "%s://localhost", scheme);
		return;
	}
	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		die("cannot tell the port: %s", strerror(errno));
	snprintf(web->url, sizeof(web->url), "%s://127.0.0.1:%u", scheme, ntohs(address.sin_port));
}

static struct MHD_Daemon *start(struct web *web, int fd)
{
	unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
			     MHD_USE_POLL | (web->config.has_tls ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)web_pem_key },
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)web_pem_certificate },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, web, MHD_OPTION_LISTEN_SOCKET, fd,
				MHD_OPTION_URI_LOG_CALLBACK, on_uri, web,
				MHD_OPTION_NOTIFY_COMPLETED, on_end, web, MHD_OPTION_ARRAY,
				web->config.has_tls ? tls : none, MHD_OPTION_END);
}

struct web *web_open(const struct web_config *config)
{
	struct web *web = calloc(1, sizeof(*web));
	int fd;

	if (!web)
		die("no memory");
	web->config = *config;
	if (config->socket_path && !(web->socket_path = strdup(config->socket_path)))
		die("no memory");
	pthread_mutex_init(&web->lock, NULL);
	pthread_cond_init(&web->closing, NULL);

	fd = config->socket_path ? listening_unix(config->socket_path) : listening_tcp();
	if (fd < 0)
		die("cannot listen: %s", strerror(-fd));
	name_url(web, fd);
	web->daemon = start(web, fd);
	if (!web->daemon)
		die("cannot start libmicrohttpd");
	return web;
}

void web_close(struct web *web)
{
	if (!web)
		return;

	pthread_mutex_lock(&web->lock);
	web->is_closing = true;
	pthread_cond_broadcast(&web->closing);
	pthread_mutex_unlock(&web->lock);
	MHD_stop_daemon(web->daemon);

	if (web->socket_path)
		unlink(web->socket_path);
	pthread_cond_destroy(&web->closing);
	pthread_mutex_destroy(&web->lock);
	free(web->socket_path);
	free(web);
}

const char *web_url(const struct web *web)
{
	return web->url;
}

unsigned int web_requests(const struct web *web)
{
	return web->requests;
}
