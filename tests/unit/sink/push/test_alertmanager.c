// SPDX-License-Identifier: Apache-2.0
/* What an Alertmanager is told, and what the sink does when it is not one. */
#include "test.h"

#include <errno.h>

#include "alertmanager_fixture.h"
#include "hearing.h"

static int authorize(void *ctx, char **out)
{
	const char *token = ctx;

	if (!token)
		return -EACCES;
	return asprintf(out, "Authorization: Bearer %s", token) < 0 ? -ENOMEM : 0;
}

static void posts_what_fires_and_what_is_over(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct push push;

	(void)state;
	push_open(&push, web_url(web), NULL);
	assert_int_equal(alertmanager_turn(push.sink, &push.now), OUTBOX_NEVER);
	push_tell(&push, "pods", ALERT_FIRING);
	push_run(&push, 1);
	assert_string_equal(server.method, "POST");
	assert_string_equal(server.url, "/api/v2/alerts");
	assert_string_equal(server.type, "application/json");
	assert_string_equal(server.authorization, "none");
	assert_string_equal(
		server.bodies[0],
		"[{\"labels\":{\"alertname\":\"PodipRangeExhausted\",\"severity\":\"critical\","
		"\"node\":\"node-a\",\"range\":\"pods\",\"cidr\":\"10.0.0.0/27\"},"
		"\"annotations\":{\"summary\":\"A range has no pod address left.\","
		"\"description\":\"16 of 16 addresses of 'pods' (10.0.0.0/27) are used\"},"
		"\"startsAt\":\"2023-11-14T22:13:20.000000000Z\","
		"\"endsAt\":\"2023-11-14T22:17:20.000000000Z\"}]");
	assert_int_equal(push.next_ns, push.now.mono_ns + 60 * S);

	/* Nothing until the interval is over. */
	push_wait(&push, 59);
	assert_int_equal(alertmanager_turn(push.sink, &push.now), push.now.mono_ns + S);
	push_wait(&push, 1);
	push_run(&push, 1);
	assert_non_null(strstr(server.bodies[1], "\"endsAt\":\"2023-11-14T22:18:20.000000000Z\""));

	push_wait(&push, 1);
	push_tell(&push, "pods", ALERT_OK);
	push_run(&push, 1);
	assert_non_null(strstr(server.bodies[2], "\"endsAt\":\"2023-11-14T22:14:21.000000000Z\""));
	assert_int_equal(push.next_ns, OUTBOX_NEVER);
	assert_int_equal(web_requests(web), 3);
	assert_int_equal(alertmanager_stats(push.sink).sent, 3);
	push_close(&push);
}

static void sends_many_in_several_requests(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct push push;
	char name[16];

	(void)state;
	push_open(&push, web_url(web), NULL);
	for (int i = 0; i < OUTBOX_BATCH_MAX + 1; i++) {
		snprintf(name, sizeof(name), "%d", i);
		push_tell(&push, name, ALERT_FIRING);
	}
	push_run(&push, 2);
	assert_int_equal(web_requests(web), 2);
	assert_non_null(strstr(server.bodies[1], "\"range\":\"64\""));
	assert_null(strstr(server.bodies[1], "\"range\":\"63\""));
	assert_int_equal(push.next_ns, push.now.mono_ns + 60 * S);
	push_close(&push);
}

static const char *const words[] = { "no\nthanks", NULL };

static void keeps_all_and_tries_again_later_where_it_is_not_taken(void **state)
{
	static const struct web_answer answers[] = {
		{ .status = 500, .pieces = words },
		{ .status = 400, .pieces = words },
		{ .status = 404 },
		{ .status = 302, .headers = { "Location: /" } },
		{ .status = 200, .is_cut = true },
		{ .status = 200, .fill = 1 << 20 },
	};
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct push push;
	uint64_t waited_ns;

	(void)state;
	push_open(&push, web_url(web), NULL);
	push_tell(&push, "pods", ALERT_FIRING);
	push_tell(&push, "other", ALERT_FIRING);
	push_tell(&push, "other", ALERT_OK);
	for_each_case(with, answers) {
		size_t index = (size_t)(with - answers);

		print_message("  status %u\n", with->status);
		answer(&server, with);
		push_run(&push, 1);
		assert_int_equal(alertmanager_stats(push.sink).failed, index + 1);
		assert_int_equal(alertmanager_stats(push.sink).firing, 1);
		assert_int_equal(alertmanager_stats(push.sink).over, 1);
		/* 1, 2, 4, ... s, less up to a half */
		waited_ns = push.next_ns - push.now.mono_ns;
		assert_in_range(waited_ns, (S << index) / 2, S << index);
		push.now.mono_ns = push.next_ns;
	}

	answer(&server, &(struct web_answer){ 0 });
	push_run(&push, 1);
	assert_int_equal(alertmanager_stats(push.sink).sent, 1);
	assert_int_equal(alertmanager_stats(push.sink).over, 0);
	assert_int_equal(push.next_ns, push.now.mono_ns + 60 * S);

	/* The row of failures is over. */
	answer(&server, &answers[0]);
	push_wait(&push, 60);
	push_run(&push, 1);
	assert_in_range(push.next_ns - push.now.mono_ns, S / 2, S);
	push_close(&push);
}

static void waits_no_longer_than_an_interval(void **state)
{
	struct push push;

	(void)state;
	push_open(&push, "http://127.0.0.1:1", NULL); /* nobody is there */
	push_tell(&push, "pods", ALERT_FIRING);
	for (int i = 0; i < 12; i++) {
		push_run(&push, 1);
		assert_true(push.next_ns - push.now.mono_ns <= 60 * S);
		push.now.mono_ns = push.next_ns;
	}
	assert_int_equal(alertmanager_stats(push.sink).failed, 12);
	assert_int_equal(alertmanager_stats(push.sink).firing, 1);
	push_close(&push);
}

static void has_one_request_under_way_however_slow_it_is(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct push push;
	char name[16];

	(void)state;
	push_open(&push, web_url(web), NULL);
	answer(&server, &(struct web_answer){ .delay_ms = 300 });
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "%d", i % 5);
		push_tell(&push, name, i % 3 ? ALERT_FIRING : ALERT_OK);
		assert_int_equal(alertmanager_turn(push.sink, &push.now), OUTBOX_NEVER);
		push_wait(&push, 100);
	}
	assert_true(web_requests(web) <= 1);
	answer(&server, &(struct web_answer){ 0 });
	push_run(&push, 2);
	assert_int_equal(web_requests(web), 2);
	push_close(&push);
}

static void closes_with_a_request_under_way(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct push push;

	(void)state;
	push_open(&push, web_url(web), NULL);
	answer(&server, &(struct web_answer){ .is_open = true });
	push_tell(&push, "pods", ALERT_FIRING);
	assert_int_equal(alertmanager_turn(push.sink, &push.now), OUTBOX_NEVER);
	push_close(&push);
}

static void speaks_tls_to_whom_the_authority_vouches_for(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, true);
	struct push push;

	(void)state;
	push_open(&push, web_url(web), web_ca_file());
	push_tell(&push, "pods", ALERT_FIRING);
	push_run(&push, 1);
	assert_int_equal(alertmanager_stats(push.sink).sent, 1);
	push_close(&push);

	push_open(&push, web_url(web), web_other_ca_file());
	push_tell(&push, "pods", ALERT_FIRING);
	push_run(&push, 1);
	assert_int_equal(alertmanager_stats(push.sink).failed, 1);
	assert_int_equal(web_requests(web), 1);
	push_close(&push);
}

static void authorizes_each_request(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	cleanup_fetcher struct fetcher *fetcher = NULL;
	cleanup_alertmanager struct alertmanager *sink = NULL;
	struct alertmanager_config config = { .authorize = authorize, .authorize_ctx = "t0k" };
	struct push push = { .now = { 1000 * S, 0 } };
	cleanup_free char *url = NULL;

	(void)state;
	assert_int_equal(alertmanager_open(&config, &sink), -EINVAL);
	assert_int_equal(fetcher_open(&fetcher), 0);
	config.fetcher = fetcher;
	assert_int_equal(alertmanager_open(&config, &sink), -EINVAL);
	assert_true(asprintf(&url, "%s/am//", web_url(web)) > 0);
	config.url = url;
	assert_int_equal(alertmanager_open(&config, &sink), 0);
	push.fetcher = fetcher;
	push.sink = sink;
	push_tell(&push, "pods", ALERT_FIRING);
	push_run(&push, 1);
	assert_string_equal(server.authorization, "Bearer t0k");
	assert_string_equal(server.url, "/am/api/v2/alerts");

	/* The interval is a second at least. */
	assert_int_equal(push.next_ns, push.now.mono_ns + S);
	alertmanager_close(sink);
	config.authorize_ctx = NULL;
	assert_int_equal(alertmanager_open(&config, &sink), 0);
	push.sink = sink;
	push_tell(&push, "pods", ALERT_FIRING);
	assert_int_not_equal(alertmanager_turn(sink, &push.now), OUTBOX_NEVER);
	assert_int_equal(alertmanager_stats(sink).failed, 1);
	assert_int_equal(web_requests(web), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_what_fires_and_what_is_over),
		cmocka_unit_test(sends_many_in_several_requests),
		cmocka_unit_test(keeps_all_and_tries_again_later_where_it_is_not_taken),
		cmocka_unit_test(waits_no_longer_than_an_interval),
		cmocka_unit_test(has_one_request_under_way_however_slow_it_is),
		cmocka_unit_test(closes_with_a_request_under_way),
		cmocka_unit_test(speaks_tls_to_whom_the_authority_vouches_for),
		cmocka_unit_test(authorizes_each_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
