// SPDX-License-Identifier: Apache-2.0
/* More clients than there are places; all are of the node itself. */
#include "test.h"

#include <signal.h>

#include "cleanup.h"
#include "core/web/places.h"
#include "http_client.h"
#include "sink/web/http.h"

static struct http *open_http(void)
{
	const struct http_config config = { .address = "127.0.0.1:0" };
	struct http *http = NULL;

	assert_int_equal(http_open(&config, &http), 0);
	return http;
}

/* On a connection that stays. */
static void ask(struct http *http, int fd, const char *rest)
{
	cleanup_free char *reply = NULL;

	send_text(fd, rest);
	reply = read_reply(http, fd, "not found\n");
	assert_non_null(strstr(reply, " 404 "));
}

#define BEGUN "GET /none HTTP/1.1\r\nHost: a\r\nX: "
#define REST "y\r\n\r\n"

static void makes_room_for_who_comes(void **state)
{
	cleanup_http struct http *http = open_http();
	cleanup_free char *ended = NULL;
	cleanup_close int late = -1;
	int fds[PLACES_NEAR];

	(void)state;
	for_each_case(fd, fds) {
		fill(http, fd, 1);
		send_text(*fd, BEGUN);
		http_serve(http);
	}
	assert_int_equal(http_stats(http).refused, 0);

	late = dial(http);
	ask(http, late, BEGUN REST);
	assert_int_equal(http_stats(http).refused, 1);
	ended = read_reply(http, fds[0], NULL);
	assert_string_equal(ended, "");
	ask(http, fds[1], REST);

	for_each_case(fd, fds) {
		close(*fd);
		http_serve(http);
	}
	assert_int_equal(http_stats(http).refused, 1);
	assert_int_equal(http_stats(http).of_peer + http_stats(http).slow, 0);
}

static void takes_an_answer_for_a_new_beginning(void **state)
{
	cleanup_http struct http *http = open_http();
	cleanup_free char *ended = NULL;
	cleanup_close int late = -1;
	int fds[PLACES_NEAR];

	(void)state;
	for_each_case(fd, fds) {
		fill(http, fd, 1);
		send_text(*fd, BEGUN);
		http_serve(http);
	}
	ask(http, fds[0], REST);
	http_serve(http); /* the library tells of the end when it runs next */
	late = dial(http);
	ask(http, late, BEGUN REST);
	ended = read_reply(http, fds[1], NULL);
	assert_string_equal(ended, "");
	ask(http, fds[0], BEGUN REST);
	for_each_case(fd, fds)
		close(*fd);
}

/* Of some times as many as there are places, each the newest one when it asks. */
static void serves_the_newest_of_any_number(void **state)
{
	cleanup_http struct http *http = open_http();
	int fds[PLACES_NEAR * 4];

	(void)state;
	for_each_case(fd, fds) {
		*fd = dial(http);
		ask(http, *fd, BEGUN REST);
	}
	assert_int_equal(http_stats(http).refused, case_count(fds) - PLACES_NEAR);
	for_each_case(fd, fds)
		close(*fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_room_for_who_comes),
		cmocka_unit_test(takes_an_answer_for_a_new_beginning),
		cmocka_unit_test(serves_the_newest_of_any_number),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
