// SPDX-License-Identifier: Apache-2.0
/* What wakes a fetcher and what does not; all else of multi.c is in the tests of fetch.c. */
#include "test.h"

#include <poll.h>

#include "fetch_fixture.h"
#include "raw_server.h"

static const char *const hello[] = { "hello", NULL };
static const struct route routes[] = {
	{ "/hello", { .pieces = hello } },
	{ "/never", { .delay_ms = 60000 } },
	{ 0 },
};

static bool is_ready(struct fetcher *fetcher, int wait_ms)
{
	struct pollfd ready = { .fd = fetcher_fd(fetcher), .events = POLLIN };

	return poll(&ready, 1, wait_ms) > 0;
}

/* A connection that is kept for a next request is none of the loop's business. */
static void is_quiet_once_all_is_told(void **state)
{
	struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct outcome outcome = { 0 };
	struct fetch_request request = request_of(url_of(web, "/hello"), &outcome);

	(void)state;
	assert_false(is_ready(fetcher, 0));
	run(fetcher, &request);
	assert_string_equal(outcome.body, "hello");
	/* A timer may be left. */
	for (int i = 0; i < 3 && is_ready(fetcher, 100); i++)
		assert_int_equal(fetcher_turn(fetcher), 0);
	assert_false(is_ready(fetcher, 0));
	web_close(web); /* closes its end */
	assert_false(is_ready(fetcher, 100));
}

static void wakes_seldom_while_it_waits(void **state)
{
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct outcome outcome = { 0 };
	struct fetch_request request = request_of(url_of(web, "/never"), &outcome);
	struct fetch *fetch;
	int turns = 0;

	(void)state;
	request.timeout_ns = 600 * NS_PER_MS;
	assert_int_equal(fetcher_start(fetcher, &request, &fetch), 0);
	while (!outcome.dones) {
		assert_true(is_ready(fetcher, 10000));
		assert_int_equal(fetcher_turn(fetcher), 0);
		turns++;
	}
	assert_true(turns < 20);
}

/* The first try finds the queue full, the kernel's next one, a second later, does not. */
static void goes_on_with_a_connection_that_is_late(void **state)
{
	struct raw_server server = { .bytes = "HTTP/1.1 200 OK\r\n\r\nhello", .size = 24 };
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct outcome outcome = { 0 };
	struct fetch_request request;
	int waiting[BACKLOG_FILL];
	struct fetch *fetch;

	(void)state;
	raw_server_listen(&server, 0);
	fill_backlog(server.port, waiting);
	request = request_of(server.url, &outcome);
	assert_int_equal(fetcher_start(fetcher, &request, &fetch), 0);
	while (is_ready(fetcher, 50))
		assert_int_equal(fetcher_turn(fetcher), 0);
	assert_int_equal(outcome.dones, 0);
	close_all(waiting);
	raw_server_start(&server);
	fetching_run(fetcher, is_done, &outcome);
	assert_string_equal(outcome.body, "hello");
	raw_server_close(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_quiet_once_all_is_told),
		cmocka_unit_test(wakes_seldom_while_it_waits),
		cmocka_unit_test(goes_on_with_a_connection_that_is_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
