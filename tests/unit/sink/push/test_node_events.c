// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "fetching.h"
#include "hearing.h"
#include "sink/push/node_event.h"
#include "sink/push/node_events.h"

#define S 1000000000ULL
#define WALL_NS (1700000000 * (int64_t)S)

struct teller {
	struct fetcher *fetcher;
	struct node_events *events;
	uint64_t now_ns, next_ns;
	uint64_t answers; /* to be waited for */
};

static void open_teller(struct teller *teller, const char *url)
{
	struct node_events_config config = { .url = url, .node = "node-a", .node_uid = "uid-1" };

	*teller = (struct teller){ .now_ns = 1000 * S };
	assert_int_equal(fetcher_open(&teller->fetcher), 0);
	config.fetcher = teller->fetcher;
	assert_int_equal(node_events_open(&config, &teller->events), 0);
}

static void close_teller(struct teller *teller)
{
	node_events_close(teller->events);
	fetcher_close(teller->fetcher);
}

static void tell(struct teller *teller, const char *range, enum alert_level level)
{
	char message[64];
	struct alert alert = { .kind = ALERT_RANGE_EXHAUSTED,
			       .severity = ALERT_SEVERITY_CRITICAL,
			       .range = range,
			       .cidr = "10.0.0.0/27",
			       .level = level,
			       .message = message };

	snprintf(message, sizeof(message), "%s of %s", level == ALERT_OK ? "3" : "16", range);

	node_events_tell(teller->events, &alert, WALL_NS + (int64_t)teller->now_ns);
}

static uint64_t turn(struct teller *teller)
{
	teller->next_ns =
		node_events_turn(teller->events, teller->now_ns, WALL_NS + (int64_t)teller->now_ns);
	return teller->next_ns;
}

static bool is_answered(void *ctx)
{
	struct teller *teller = ctx;
	struct node_events_stats stats;

	turn(teller);
	stats = node_events_stats(teller->events);
	return stats.sent + stats.failed >= teller->answers;
}

static void run(struct teller *teller, unsigned int count)
{
	struct node_events_stats stats = node_events_stats(teller->events);

	teller->answers = stats.sent + stats.failed + count;
	fetching_run(teller->fetcher, is_answered, teller);
}

static void tells_of_an_alert_on_the_node(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct teller teller;

	(void)state;
	open_teller(&teller, web_url(web));
	answer(&server, &(struct web_answer){ .status = 201 });
	assert_int_equal(turn(&teller), NODE_EVENTS_NEVER);
	tell(&teller, "pods", ALERT_FIRING);
	run(&teller, 1);
	assert_string_equal(server.method, "POST");
	assert_string_equal(server.url, "/api/v1/namespaces/default/events");
	assert_string_equal(server.type, "application/json");
	assert_string_equal(
		server.bodies[0],
		"{\"apiVersion\":\"v1\",\"kind\":\"Event\","
		"\"metadata\":{\"generateName\":\"podip.\",\"namespace\":\"default\"},"
		"\"involvedObject\":{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"node-a\","
		"\"uid\":\"uid-1\"},"
		"\"reason\":\"PodipRangeExhausted\",\"message\":\"16 of pods\","
		"\"source\":{\"component\":\"podip\",\"host\":\"node-a\"},"
		"\"firstTimestamp\":\"2023-11-14T22:30:00Z\","
		"\"lastTimestamp\":\"2023-11-14T22:30:00Z\",\"count\":1,\"type\":\"Warning\","
		"\"reportingComponent\":\"podip\",\"reportingInstance\":\"node-a\"}");
	assert_int_equal(teller.next_ns, NODE_EVENTS_NEVER);

	tell(&teller, "pods", ALERT_OK);
	run(&teller, 1);
	assert_non_null(strstr(server.bodies[1], "\"message\":\"resolved: 3 of pods\""));
	assert_non_null(strstr(server.bodies[1], "\"type\":\"Normal\""));
	assert_int_equal(node_events_stats(teller.events).sent, 2);
	assert_int_equal(node_events_stats(teller.events).waiting, 0);
	close_teller(&teller);
}

static void writes_what_it_is_given(void **state)
{
	struct node_event event = { .kind = ALERT_AGENT_BLIND,
				    .severity = ALERT_SEVERITY_INFO,
				    .message = "a\xff\"",
				    .count = 7,
				    .first_ns = WALL_NS,
				    .last_ns = WALL_NS + (int64_t)(61 * S + 5) };
	cleanup_free char *text = node_event_json(&event, "node-a", "");

	(void)state;
	assert_non_null(strstr(text, "\"uid\":\"node-a\"")); /* as the kubelet has it */
	assert_non_null(strstr(text, "\"type\":\"Normal\""));
	assert_non_null(strstr(text, "\"message\":\"a" TEXT_REPLACEMENT "\\\"\""));
	assert_non_null(strstr(text, "\"firstTimestamp\":\"2023-11-14T22:13:20Z\""));
	assert_non_null(strstr(text, "\"lastTimestamp\":\"2023-11-14T22:14:21Z\""));
	assert_non_null(strstr(text, "\"count\":7"));
}

static void sends_ten_at_once_and_then_seldom(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct teller teller;
	char name[16];

	(void)state;
	open_teller(&teller, web_url(web));
	for (int i = 0; i < NODE_EVENTS_BURST + 2; i++) {
		snprintf(name, sizeof(name), "%d", i);
		tell(&teller, name, ALERT_FIRING);
	}
	run(&teller, NODE_EVENTS_BURST);
	assert_int_equal(teller.next_ns, teller.now_ns + NODE_EVENTS_PERIOD_NS);
	assert_int_equal(node_events_stats(teller.events).waiting, 2);

	/* Those that wait count up. */
	teller.now_ns += 10 * S;
	tell(&teller, "10", ALERT_FIRING);
	tell(&teller, "10", ALERT_OK);
	tell(&teller, "10", ALERT_FIRING);
	assert_int_equal(node_events_stats(teller.events).waiting, 3);
	assert_int_equal(turn(&teller), 1000 * S + NODE_EVENTS_PERIOD_NS);
	teller.now_ns = teller.next_ns;
	run(&teller, 1);
	assert_int_equal(web_requests(web), NODE_EVENTS_BURST + 1);
	assert_non_null(strstr(server.bodies[NODE_EVENTS_BURST % HEARD_MAX], "\"count\":3"));
	assert_non_null(strstr(server.bodies[NODE_EVENTS_BURST % HEARD_MAX],
			       "\"firstTimestamp\":\"2023-11-14T22:30:00Z\","
			       "\"lastTimestamp\":\"2023-11-14T22:30:10Z\""));
	assert_int_equal(teller.next_ns, teller.now_ns + NODE_EVENTS_PERIOD_NS);
	close_teller(&teller);
}

static void drops_the_oldest_where_there_is_no_place(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct teller teller;
	char name[16];

	(void)state;
	open_teller(&teller, web_url(web));
	answer(&server, &(struct web_answer){ .status = 500, .delay_ms = 200 });
	tell(&teller, "first", ALERT_FIRING);
	assert_int_equal(turn(&teller), NODE_EVENTS_NEVER); /* under way: it keeps its place */
	for (int i = 0; i < NODE_EVENTS_MAX + 1; i++) {
		snprintf(name, sizeof(name), "%d", i);
		tell(&teller, name, ALERT_FIRING);
	}
	tell(&teller, "first", ALERT_FIRING); /* another one, not the one under way */
	assert_int_equal(node_events_stats(teller.events).waiting, NODE_EVENTS_MAX);
	assert_int_equal(node_events_stats(teller.events).dropped, 3);
	run(&teller, 1);
	assert_int_equal(node_events_stats(teller.events).waiting, NODE_EVENTS_MAX);
	answer(&server, &(struct web_answer){ 0 });
	teller.now_ns = teller.next_ns;
	run(&teller, 2);
	assert_non_null(strstr(server.bodies[1], "16 of first"));
	assert_non_null(strstr(server.bodies[2], "16 of 3"));
	assert_int_equal(node_events_stats(teller.events).waiting, NODE_EVENTS_MAX - 2);
	close_teller(&teller);
}

static const char *const words[] = { "forbidden", NULL };

static void tries_again_what_may_be_taken_and_drops_what_never_will(void **state)
{
	static const struct {
		unsigned int status;
		bool is_dropped;
	} cases[] = {
		{ 500, false }, { 403, false }, { 401, false }, { 409, false }, { 429, false },
		{ 422, true },	{ 400, true },	{ 404, true },	{ 413, true },
	};
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);

	(void)state;
	for_each_case(c, cases) {
		struct teller teller;

		print_message("  %u\n", c->status);
		open_teller(&teller, web_url(web));
		answer(&server, &(struct web_answer){ .status = c->status, .pieces = words });
		tell(&teller, "pods", ALERT_FIRING);
		run(&teller, 1);
		assert_int_equal(node_events_stats(teller.events).dropped, c->is_dropped);
		assert_int_equal(node_events_stats(teller.events).waiting, !c->is_dropped);
		assert_int_equal(teller.next_ns == NODE_EVENTS_NEVER, c->is_dropped);
		close_teller(&teller);
	}
}

static void takes_one_token_for_all_tries(void **state)
{
	struct server server;
	cleanup_web struct web *web = open_server(&server, false);
	struct teller teller;
	char name[16];

	(void)state;
	open_teller(&teller, web_url(web));
	answer(&server, &(struct web_answer){ .status = 500 });
	tell(&teller, "pods", ALERT_FIRING);
	for (int i = 0; i < 5; i++) {
		run(&teller, 1);
		assert_in_range(teller.next_ns - teller.now_ns, (S << i) / 2, S << i);
		teller.now_ns = teller.next_ns;
	}
	answer(&server, &(struct web_answer){ 0 });
	for (int i = 0; i < NODE_EVENTS_BURST; i++) {
		snprintf(name, sizeof(name), "%d", i);
		tell(&teller, name, ALERT_FIRING);
	}
	run(&teller, NODE_EVENTS_BURST);
	assert_int_equal(node_events_stats(teller.events).waiting, 1);
	assert_true(teller.next_ns > teller.now_ns + 300 * S);
	close_teller(&teller);
}

static void forgets_what_is_no_news_any_more(void **state)
{
	struct teller teller;

	(void)state;
	open_teller(&teller, "http://127.0.0.1:1");
	tell(&teller, "pods", ALERT_FIRING);
	run(&teller, 1);
	teller.now_ns += NODE_EVENTS_AGE_MAX_NS;
	run(&teller, 1);
	assert_int_equal(node_events_stats(teller.events).waiting, 1);
	teller.now_ns += 1;
	tell(&teller, "other", ALERT_FIRING);
	turn(&teller);
	assert_int_equal(node_events_stats(teller.events).waiting, 1);
	assert_int_equal(node_events_stats(teller.events).dropped, 1);
	close_teller(&teller);
}

static void needs_a_node_an_api_and_a_fetcher(void **state)
{
	cleanup_fetcher struct fetcher *fetcher = NULL;
	struct node_events *events = NULL;

	(void)state;
	assert_int_equal(fetcher_open(&fetcher), 0);
	for (int i = 0; i < 3; i++) {
		struct node_events_config config = { .url = i == 0 ? "" : "http://127.0.0.1:1",
						     .node = i == 1 ? "" : "node-a",
						     .fetcher = i == 2 ? NULL : fetcher };

		assert_int_equal(node_events_open(&config, &events), -EINVAL);
		assert_null(events);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_an_alert_on_the_node),
		cmocka_unit_test(writes_what_it_is_given),
		cmocka_unit_test(sends_ten_at_once_and_then_seldom),
		cmocka_unit_test(drops_the_oldest_where_there_is_no_place),
		cmocka_unit_test(tries_again_what_may_be_taken_and_drops_what_never_will),
		cmocka_unit_test(takes_one_token_for_all_tries),
		cmocka_unit_test(forgets_what_is_no_news_any_more),
		cmocka_unit_test(needs_a_node_an_api_and_a_fetcher),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
