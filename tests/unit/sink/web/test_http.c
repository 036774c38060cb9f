// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "http_client.h"
#include "sink/web/http.h"

enum {
	BIG_SIZE = 600000, /* more than the sockets of a connection hold */
};

static int get_metrics(const struct http_request *request, void *ctx, struct http_response *out)
{
	char *body;
	int size = asprintf(&body, "%s %s\n", request->path,
			    request->accept ? request->accept : "(none)");

	(*(int *)ctx)++;
	if (size < 0)
		return -ENOMEM;
	*out = (struct http_response){ 200, "text/x-test", body, (size_t)size, NULL };
	return 0;
}

static int get_big(const struct http_request *request, void *ctx, struct http_response *out)
{
	char *body = malloc(BIG_SIZE);

	(void)request;
	(void)ctx;
	if (!body)
		return -ENOMEM;
	memset(body, 'x', BIG_SIZE);
	*out = (struct http_response){ 200, "text/plain", body, BIG_SIZE, NULL };
	return 0;
}

static int get_nothing(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)request;
	(void)ctx;
	*out = (struct http_response){ .status = 503 };
	return 0;
}

static int get_headers(const struct http_request *request, void *ctx, struct http_response *out)
{
	static const struct http_header headers[] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Cache-Control", "no-store" },
		{ NULL, NULL },
	};

	(void)request;
	(void)ctx;
	*out = (struct http_response){ .status = 200, .headers = headers };
	return 0;
}

static int get_failure(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)request;
	(void)ctx;
	(void)out;
	return -EIO;
}

static const struct http_route routes[] = {
	{ "/metrics", get_metrics, false }, { "/big", get_big, false },
	{ "/nothing", get_nothing, false }, { "/failure", get_failure, false },
	{ "/headers", get_headers, false },
};

static int calls; /* of get_metrics() */

static struct http *open_http(void)
{
	struct http *http = NULL;

	calls = 0;
	assert_int_equal(http_open(&(struct http_config){ .address = "127.0.0.1:0",
							  .routes = routes,
							  .count = case_count(routes),
							  .ctx = &calls },
				   &http),
			 0);
	return http;
}

static char *ask(struct http *http, const char *request)
{
	cleanup_close int fd = dial(http);

	send_text(fd, request);
	return read_reply(http, fd, NULL);
}

#define END " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

static void answers_requests(void **state)
{
	static const struct {
		const char *request;
		const char *status; /* the reply starts with it */
		const char *header; /* holds it */
		const char *body; /* and ends with it */
	} cases[] = {
		{ "GET /metrics" END, "HTTP/1.1 200 ", "Content-Type: text/x-test\r\n",
		  "\r\n\r\n/metrics (none)\n" },
		{ "GET /metrics?a=b" END, "HTTP/1.1 200 ", "Content-Length: 16\r\n",
		  "\r\n\r\n/metrics (none)\n" },
		{ "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\naccept: x/y;q=1\r\n\r\n",
		  "HTTP/1.1 200 ", "Content-Length: 17\r\n", "\r\n\r\n/metrics x/y;q=1\n" },
		{ "GET /metrics HTTP/1.0\r\n\r\n", "HTTP/1.1 200 ", "Content-Length: 16\r\n",
		  "\r\n\r\n/metrics (none)\n" },
		{ "HEAD /metrics" END, "HTTP/1.1 200 ", "Content-Length: 16\r\n", "\r\n\r\n" },
		{ "HEAD /none" END, "HTTP/1.1 404 ", "Content-Length: 10\r\n", "\r\n\r\n" },
		{ "GET /none" END, "HTTP/1.1 404 ", "Content-Type: text/plain", "\r\nnot found\n" },
		{ "GET /metrics/" END, "HTTP/1.1 404 ", "", "\r\nnot found\n" },
		{ "GET /" END, "HTTP/1.1 404 ", "", "\r\nnot found\n" },
		{ "GET /failure" END, "HTTP/1.1 500 ", "Content-Type: text/plain",
		  "\r\ninternal server error\n" },
		{ "GET /nothing" END, "HTTP/1.1 503 ", "Content-Length: 0\r\n", "\r\n\r\n" },
		{ "GET /headers" END, "HTTP/1.1 200 ",
		  "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n", "\r\n\r\n" },
		{ "DELETE /metrics" END, "HTTP/1.1 405 ", "Allow: GET, HEAD\r\n",
		  "\r\nmethod not allowed\n" },
		{ "OPTIONS *" END, "HTTP/1.1 405 ", "Allow: GET, HEAD\r\n",
		  "\r\nmethod not allowed\n" },
		{ "get /metrics" END, "HTTP/1.1 405 ", "Allow: GET, HEAD\r\n",
		  "\r\nmethod not allowed\n" },
		{ "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
		  "HTTP/1.1 405 ", "Allow: GET, HEAD\r\n", "\r\nmethod not allowed\n" },
		/* the body does not come, and is not waited for */
		{ "PUT /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
		  "HTTP/1.1 405 ", "Connection: close\r\n", "\r\nmethod not allowed\n" },
	};
	cleanup_http struct http *http = NULL;

	(void)state;
	http = open_http();
	for_each_case(c, cases) {
		cleanup_free char *got = ask(http, c->request);
		size_t size = strlen(got);

		print_message("  %.*s\n", (int)strcspn(c->request, "\r"), c->request);
		assert_int_equal(strncmp(got, c->status, strlen(c->status)), 0);
		assert_non_null(strstr(got, c->header));
		assert_true(size > strlen(c->body));
		assert_string_equal(got + size - strlen(c->body), c->body);
	}
	assert_int_equal(http_stats(http).requests, case_count(cases));
	assert_int_equal(calls, 5);
}

static void closes_on_garbage_and_lives_on(void **state)
{
	static const char *const cases[] = {
		"\r\n\r\nnonsense\r\n\r\n",
		"\x16\x03\x01\x02\x01\x01\xfc\r\n\r\n", /* TLS */
		"GET\r\n\r\n",
		"GET /metrics HTTP/9.9\r\n\r\n",
		"GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
		"GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", /* a body */
	};
	cleanup_http struct http *http = NULL;
	cleanup_free char *good = NULL;

	(void)state;
	http = open_http();
	for_each_case(c, cases) {
		cleanup_close int fd = dial(http);
		cleanup_free char *got = NULL;

		send_text(fd, *c);
		shutdown(fd, SHUT_WR);
		got = read_reply(http, fd, NULL);
		assert_null(strstr(got, " 200 "));
	}
	assert_int_equal(calls, 0);
	good = ask(http, "GET /metrics" END);
	assert_non_null(strstr(good, " 200 "));
}

static void refuses_headers_without_end(void **state)
{
	cleanup_http struct http *http = NULL;
	cleanup_close int fd = -1;
	cleanup_free char *got = NULL;
	char header[1000];

	(void)state;
	http = open_http();
	fd = dial(http);
	memset(header, 'a', sizeof(header));
	send_text(fd, "GET /metrics HTTP/1.1\r\nX: ");
	for (int i = 0; i < 20; i++)
		assert_int_equal(send(fd, header, sizeof(header), MSG_NOSIGNAL), sizeof(header));
	got = read_reply(http, fd, NULL);
	assert_true(!*got || strstr(got, "HTTP/1.1 431 ") || strstr(got, "HTTP/1.1 413 "));
	assert_int_equal(calls, 0);
}

static void keeps_a_connection_for_the_next_request(void **state)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
	static const char missing[] = "GET /none HTTP/1.1\r\nHost: a\r\n\r\n";
	cleanup_http struct http *http = NULL;
	cleanup_close int fd = -1;

	(void)state;
	http = open_http();
	fd = dial(http);
	for (int i = 0; i < 3; i++) {
		cleanup_free char *good = NULL, *bad = NULL;

		send_text(fd, request);
		good = read_reply(http, fd, "/metrics (none)\n");
		assert_non_null(strstr(good, " 200 "));
		send_text(fd, missing);
		bad = read_reply(http, fd, "not found\n");
		assert_non_null(strstr(bad, " 404 "));
	}
	assert_int_equal(calls, 3);
}

static void takes_a_request_in_pieces(void **state)
{
	static const char request[] = "GET /metrics" END;
	cleanup_http struct http *http = NULL;
	cleanup_close int fd = -1;
	cleanup_free char *got = NULL;

	(void)state;
	http = open_http();
	fd = dial(http);
	for (const char *at = request; *at; at++) {
		assert_int_equal(send(fd, at, 1, MSG_NOSIGNAL), 1);
		http_serve(http);
	}
	got = read_reply(http, fd, NULL);
	assert_non_null(strstr(got, "\r\n\r\n/metrics (none)\n"));
}

static void sends_a_body_larger_than_the_sockets_hold(void **state)
{
	cleanup_http struct http *http = NULL;
	cleanup_free char *got = NULL;
	const char *body;

	(void)state;
	http = open_http();
	got = ask(http, "GET /big" END);
	body = strstr(got, "\r\n\r\n");
	assert_non_null(body);
	assert_int_equal(strspn(body + 4, "x"), BIG_SIZE);
	assert_int_equal(strlen(body + 4), BIG_SIZE);
}

static void asks_to_be_called_while_a_connection_may_time_out(void **state)
{
	cleanup_http struct http *http = NULL;
	int fd;

	(void)state;
	http = open_http();
	assert_int_equal(http_serve(http), -1);
	fill(http, &fd, 1);
	assert_int_equal(http_serve(http), -1); /* nor while it says nothing */
	send_text(fd, "G");
	assert_in_range(http_serve(http), 1, 10000);
	close(fd);
}

static void closes_with_connections_open(void **state)
{
	struct http *http;
	char byte;
	int fds[3];

	(void)state;
	http = open_http();
	fill(http, fds, 3);
	for_each_case(fd, fds) {
		send_text(*fd, "GET /metr");
		http_serve(http);
	}
	http_close(http);
	for_each_case(fd, fds) {
		assert_true(recv(*fd, &byte, 1, 0) == 0 || errno == ECONNRESET);
		close(*fd);
	}
	http_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_requests),
		cmocka_unit_test(closes_on_garbage_and_lives_on),
		cmocka_unit_test(refuses_headers_without_end),
		cmocka_unit_test(keeps_a_connection_for_the_next_request),
		cmocka_unit_test(takes_a_request_in_pieces),
		cmocka_unit_test(sends_a_body_larger_than_the_sockets_hold),
		cmocka_unit_test(asks_to_be_called_while_a_connection_may_time_out),
		cmocka_unit_test(closes_with_connections_open),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
