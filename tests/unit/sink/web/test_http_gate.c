// SPDX-License-Identifier: Apache-2.0
/* The HTTP server behind a gate; what goes through TLS is the native tests'. */
#include "test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "sink/web/gate.h"
#include "sink/web/http.h"
#include "web_pem.h"

#define SECRET "$2b$04$9izARnyx5t3YnhTwyrUm9eYnb2nCR6Qu5j2VPj6EogSs632F13zui" /* "secret" */
#define ALICE "Authorization: Basic YWxpY2U6c2VjcmV0\r\n" /* alice:secret */
#define WRONG "Authorization: Basic YWxpY2U6d3Jvbmc=\r\n"

enum { REPLY_MAX = 4096, WAIT_MS = 5000 /* only a test that fails waits so long */ };

static int say_place(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)ctx;
	*out = (struct http_response){ .status = 200,
				       .content_type = "text/plain",
				       .body = strdup(request->is_nearby ? "near" : "far"),
				       .size = request->is_nearby ? 4 : 3 };
	return 0;
}

static int say_policy(const struct http_request *request, void *ctx, struct http_response *out)
{
	static const struct http_header headers[] = { { "Content-Security-Policy", "ours" },
						      { NULL, NULL } };

	(void)request;
	(void)ctx;
	*out = (struct http_response){ .status = 200, .headers = headers };
	return 0;
}

static const struct http_route routes[] = {
	{ "/place", say_place, false },
	{ "/policy", say_policy, false },
	{ "/open", say_place, true },
};

static struct http *open_http(const struct web_settings *settings, struct gate **out_gate)
{
	struct http_config config = { .address = "127.0.0.1:0",
				      .routes = routes,
				      .count = case_count(routes) };
	char error[WEB_ERROR_SIZE];
	struct http *http = NULL;

	assert_int_equal(gate_new(settings, error, out_gate), 0);
	config.gate = *out_gate;
	assert_int_equal(http_open(&config, &http), 0);
	return http;
}

/* Until the server closes. */
static void ask_as(struct http *http, const char *version, const char *path, const char *headers,
		   char out[static REPLY_MAX])
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(http_port(http)),
					     .sin_addr = { htonl(INADDR_LOOPBACK) } };
	cleanup_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char request[1024];
	size_t size = 0;
	ssize_t got;
	int length = snprintf(request, sizeof(request),
			      "GET %s HTTP/%s\r\nConnection: close\r\n%s\r\n", path, version,
			      headers);

	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(send(fd, request, (size_t)length, MSG_NOSIGNAL), length);
	do {
		struct pollfd fds[] = { { .fd = http_fd(http), .events = POLLIN },
					{ .fd = fd, .events = POLLIN } };

		http_serve(http);
		assert_true(poll(fds, 2, WAIT_MS) > 0);
		got = recv(fd, out + size, REPLY_MAX - 1 - size, MSG_DONTWAIT);
		size += got > 0 ? (size_t)got : 0;
	} while (got);
	out[size] = '\0';
}

static void ask(struct http *http, const char *path, const char *headers,
		char out[static REPLY_MAX])
{
	ask_as(http, "1.1", path, headers, out);
}

static void asks_for_a_password_but_where_probes_ask(void **state)
{
	static const struct {
		const char *path, *headers, *status, *holds;
	} cases[] = {
		{ "/place", "Host: a\r\n" ALICE, " 200 ", "far" },
		{ "/place", "Host: a\r\n", " 401 ", "WWW-Authenticate: Basic realm=\"podip\"\r\n" },
		{ "/place", "Host: a\r\n" WRONG, " 401 ", "unauthorized\n" },
		{ "/place", "Host: a\r\nAuthorization: Basic !\r\n", " 401 ", "unauthorized\n" },
		{ "/none", "Host: a\r\n", " 401 ", "unauthorized\n" },
		{ "/none", "Host: a\r\n" ALICE, " 404 ", "not found\n" },
		{ "/open", "Host: a\r\n", " 200 ", "far" },
		{ "/open", "Host: a\r\n" WRONG, " 200 ", "far" },
		{ "/open/", "Host: a\r\n", " 401 ", "unauthorized\n" },
	};
	const struct web_settings settings = {
		.users = { { (char *)"alice", (char *)SECRET } },
		.user_count = 1,
	};
	cleanup_gate struct gate *gate = NULL;
	cleanup_http struct http *http = open_http(&settings, &gate);

	(void)state;
	for_each_case(c, cases) {
		char got[REPLY_MAX];

		print_message("  %s %s\n", c->path, c->status);
		ask(http, c->path, c->headers, got);
		assert_non_null(strstr(got, c->status));
		assert_non_null(strstr(got, c->holds));
	}
	assert_int_equal(http_stats(http).wrong_passwords, 5);
}

static void asks_to_wait(void **state)
{
	/* an hour and a burst of one: no second one comes in this test */
	const struct web_settings settings = { .rate_period_ns = 3600ULL * 1000000000,
					       .rate_burst = 1 };
	cleanup_gate struct gate *gate = NULL;
	cleanup_http struct http *http = open_http(&settings, &gate);
	char got[REPLY_MAX];

	(void)state;
	ask(http, "/place", "Host: a\r\n", got);
	assert_non_null(strstr(got, " 200 "));
	ask(http, "/place", "Host: a\r\n", got);
	assert_non_null(strstr(got, " 429 "));
	assert_non_null(strstr(got, "Retry-After: 3"));
	ask(http, "/open", "Host: a\r\n", got);
	assert_non_null(strstr(got, " 200 "));
	assert_int_equal(http_stats(http).too_many, 1);
}

static void adds_headers_that_an_answer_has_not(void **state)
{
	const struct web_settings settings = {
		.headers = { { "Content-Security-Policy", (char *)"theirs" },
			     { "X-Frame-Options", (char *)"deny" } },
		.header_count = 2,
	};
	cleanup_gate struct gate *gate = NULL;
	cleanup_http struct http *http = open_http(&settings, &gate);
	char got[REPLY_MAX];

	(void)state;
	ask(http, "/policy", "Host: a\r\n", got);
	assert_non_null(strstr(got, "Content-Security-Policy: ours\r\n"));
	assert_null(strstr(got, "theirs"));
	assert_non_null(strstr(got, "X-Frame-Options: deny\r\n"));
	ask(http, "/none", "Host: a\r\n", got);
	assert_non_null(strstr(got, " 404 "));
	assert_non_null(strstr(got, "Content-Security-Policy: theirs\r\n"));
}

static void knows_who_is_near(void **state)
{
	static const struct {
		const char *headers, *want;
	} cases[] = {
		{ "Host: localhost:9465\r\n", "\r\n\r\nnear" },
		{ "Host: 127.0.0.1\r\n", "\r\n\r\nnear" },
		{ "Host: evil.example\r\n", "\r\n\r\nfar" },
		{ "Host: localhost\r\nHost: evil.example\r\n", "\r\n\r\nfar" },
		{ "Host: evil.example\r\nhost: localhost\r\n", "\r\n\r\nfar" },
		{ "Host: localhost\r\nHost: localhost\r\n", "\r\n\r\nfar" },
		{ "Host: localhost\r\nX-Forwarded-For: 127.0.0.1\r\n", "\r\n\r\nfar" },
		{ "Host: localhost\r\nforwarded: for=127.0.0.1\r\n", "\r\n\r\nfar" },
		{ "Host: localhost\r\nX-Real-IP: 127.0.0.1\r\n", "\r\n\r\nfar" },
		{ "Host: localhost\r\nVia: 1.1 proxy\r\n", "\r\n\r\nfar" },
	};
	const struct web_settings settings = { 0 };
	cleanup_gate struct gate *gate = NULL;
	cleanup_http struct http *http = open_http(&settings, &gate);

	(void)state;
	for_each_case(c, cases) {
		char got[REPLY_MAX];

		print_message("  %s\n", c->headers);
		ask(http, "/place", c->headers, got);
		assert_non_null(strstr(got, c->want));
		ask_as(http, "1.0", "/place", c->headers, got);
		assert_non_null(strstr(got, "\r\n\r\nfar"));
	}
}

/* Half a hello: the server would run without end, if it were let. */
static void does_not_run_for_a_handshake_that_waits(void **state)
{
	const struct web_settings settings = { .tls = { .is_on = true,
							.cert = (char *)web_pem_certificate,
							.key = (char *)web_pem_key,
							.choice = tls_choice_default() } };
	cleanup_gate struct gate *gate = NULL;
	cleanup_http struct http *http = open_http(&settings, &gate);
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(http_port(http)),
					     .sin_addr = { htonl(INADDR_LOOPBACK) } };
	cleanup_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unsigned int at_once = 0;

	(void)state;
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	http_serve(http);
	assert_int_equal(send(fd, "\x16\x03\x01\x02\x00\x01", 6, MSG_NOSIGNAL), 6);
	for (int i = 0; i < 1000; i++)
		at_once += !http_serve(http);
	assert_true(at_once < 100);
	assert_int_equal(http_stats(http).requests, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_a_password_but_where_probes_ask),
		cmocka_unit_test(asks_to_wait),
		cmocka_unit_test(adds_headers_that_an_answer_has_not),
		cmocka_unit_test(knows_who_is_near),
		cmocka_unit_test(does_not_run_for_a_handshake_that_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
