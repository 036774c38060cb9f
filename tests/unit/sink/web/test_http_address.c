// SPDX-License-Identifier: Apache-2.0
/* Where the HTTP server listens. */
#include "test.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "sink/web/http.h"

/* 0, or -errno of the attempt to connect to this host. */
static int dial(int family, uint16_t port)
{
	const struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	const struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	cleanup_close int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	assert_true(fd >= 0);
	r = family == AF_INET ? connect(fd, (const struct sockaddr *)&v4, sizeof(v4))
			      : connect(fd, (const struct sockaddr *)&v6, sizeof(v6));
	return r < 0 ? -errno : 0;
}

static void listens_where_it_is_told(void **state)
{
	static const struct {
		const char *address;
		bool v4, v6;
	} cases[] = {
		{ "127.0.0.1:0", true, false }, { "[::1]:0", false, true },
		{ "[::]:0", true, true },	{ "0.0.0.0:0", true, false },
		{ ":0", true, true },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_http struct http *http = NULL;

		print_message("  '%s'\n", c->address);
		assert_int_equal(http_open(&(struct http_config){ .address = c->address,
								  .routes = NULL,
								  .count = 0,
								  .ctx = NULL },
					   &http),
				 0);
		assert_int_equal(dial(AF_INET, http_port(http)), c->v4 ? 0 : -ECONNREFUSED);
		assert_int_equal(dial(AF_INET6, http_port(http)), c->v6 ? 0 : -ECONNREFUSED);
	}
}

static void rejects_bad_addresses(void **state)
{
	static const char *const cases[] = {
		"",
		":",
		"9100",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:65536",
		"127.0.0.1:99999999999999999999",
		"127.0.0.1:-1",
		"127.0.0.1:+1",
		"127.0.0.1: 1",
		"127.0.0.1:1x",
		"127.0.0.1:http",
		"127.1:0",
		"localhost:0",
		"::1:0",
		"[::1]",
		"[::1]0",
		"[::1:0",
		"::1]:0",
		"[]:0",
		"[127.0.0.1]:0",
		"[::1]]:0",
		"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:0",
	};

	(void)state;
	for_each_case(c, cases) {
		struct http *http = NULL;

		print_message("  '%s'\n", *c);
		assert_int_equal(http_open(&(struct http_config){ .address = *c,
								  .routes = NULL,
								  .count = 0,
								  .ctx = NULL },
					   &http),
				 -EINVAL);
		assert_null(http);
	}
}

static void says_why_it_cannot_listen(void **state)
{
	cleanup_http struct http *http = NULL;
	struct http *second = NULL;
	char address[32];

	(void)state;
	assert_int_equal(http_open(&(struct http_config){ .address = "127.0.0.1:0",
							  .routes = NULL,
							  .count = 0,
							  .ctx = NULL },
				   &http),
			 0);
	snprintf(address, sizeof(address), "127.0.0.1:%u", http_port(http));
	assert_int_equal(http_open(&(struct http_config){ .address = address,
							  .routes = NULL,
							  .count = 0,
							  .ctx = NULL },
				   &second),
			 -EADDRINUSE);
	/* TEST-NET-1 is no machine's address */
	assert_int_equal(http_open(&(struct http_config){ .address = "192.0.2.1:0",
							  .routes = NULL,
							  .count = 0,
							  .ctx = NULL },
				   &second),
			 -EADDRNOTAVAIL);
	assert_null(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listens_where_it_is_told),
		cmocka_unit_test(rejects_bad_addresses),
		cmocka_unit_test(says_why_it_cannot_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
