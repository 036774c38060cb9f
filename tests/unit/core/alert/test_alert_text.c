// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alert/alert_text.h"
#include "core/base/text.h"

static void says_the_numbers_of_a_range(void **state)
{
	static const struct {
		enum alert_kind kind;
		struct alerts_range range;
		double value, growth;
		const char *want;
	} cases[] = {
		{ ALERT_RANGE_EXHAUSTED,
		  { .name = "gke-pod-network", .cidr = "10.0.0.0/27", .used = 16, .bound = 16 },
		  0,
		  -1,
		  "16 of 16 addresses of 'gke-pod-network' (10.0.0.0/27) are used" },
		{ ALERT_RANGE_FILLING,
		  { .name = "a", .cidr = "10.0.0.0/25", .used = 100, .bound = 125 },
		  0.8,
		  -1,
		  "100 of 125 addresses of 'a' (10.0.0.0/25) are used" },
		{ ALERT_RANGE_FILLING_CRITICAL,
		  { .name = "v6", .cidr = "fd00::/64", .used = 5, .bound = 18446744073709551616.0 },
		  0.9,
		  -1,
		  "5 of 18446744073709551616 addresses of 'v6' (fd00::/64) are used" },
		{ ALERT_RANGE_WILL_BE_FULL,
		  { .name = "a", .cidr = "10.0.0.0/26", .used = 40, .bound = 61 },
		  12000,
		  -1,
		  "'a' (10.0.0.0/26) will be full in 3h20m: 40 of 61 addresses are used" },
		{ ALERT_RANGE_WILL_BE_FULL,
		  { .name = "a", .cidr = "10.0.0.0/26", .used = 40, .bound = 61 },
		  INFINITY,
		  -1,
		  "'a' (10.0.0.0/26) will be full in 3650d: 40 of 61 addresses are used" },
		{ ALERT_RANGE_WILL_BE_FULL,
		  { .name = "a", .cidr = "10.0.0.0/26", .used = 40, .bound = 61 },
		  -1,
		  -1,
		  "'a' (10.0.0.0/26) is not seen to fill: 40 of 61 addresses are used" },
		{ ALERT_LEAK_GROWING,
		  { .name = "a", .cidr = "10.0.0.0/26", .leaked = 6 },
		  4,
		  4,
		  "6 addresses of 'a' (10.0.0.0/26) are leaked, 4 more than at the least within 1h" },
		{ ALERT_LEAK_GROWING,
		  { .name = "a", .cidr = "10.0.0.0/26", .leaked = -1 },
		  -1,
		  -1,
		  "0 addresses of 'a' (10.0.0.0/26) are leaked, 0 more than at the least within 1h" },
		{ ALERT_RANGE_EXHAUSTED,
		  { .name = "a\n\x1b[31m\xff", .cidr = "10.0.0.0/31", .used = 1, .bound = 1 },
		  0,
		  -1,
		  "1 of 1 addresses of 'a\\x0a\\x1b[31m" TEXT_REPLACEMENT
		  "' (10.0.0.0/31) are used" },
	};
	const struct alerts_view view = { 0 };

	(void)state;
	for_each_case(c, cases) {
		struct alert_facts facts = { .view = &view,
					     .range = &c->range,
					     .value = c->value,
					     .leak_growth = c->growth };
		char message[ALERT_MESSAGE_SIZE];

		alert_text_message(c->kind, &facts, message);
		assert_string_equal(message, c->want);
	}
}

static void says_the_numbers_of_the_node(void **state)
{
	static const struct {
		enum alert_kind kind;
		struct alerts_view view;
		uint64_t exhausted, timeout, lost;
		double value;
		const char *want;
	} cases[] = {
		{ .kind = ALERT_ALLOCATION_FAILING,
		  .exhausted = 10,
		  .timeout = 2,
		  .value = 12,
		  .want = "12 of the CNI's ADDs failed within 2m: 10 exhausted, 2 timeout" },
		{ .kind = ALERT_ALLOCATION_FAILING,
		  .want = "none of the CNI's ADDs failed within 2m" },
		{ .kind = ALERT_SANDBOX_WAITING,
		  .view = { .waiting = 3 },
		  .value = 250,
		  .want = "a pod has waited for its address for 4m10s, 3 wait" },
		{ .kind = ALERT_SANDBOX_WAITING, .want = "no pod waits for its address" },
		{ .kind = ALERT_AGENT_BLIND,
		  .view = { .sources_down = 1,
			    .source_down = "ipamd",
			    .walk_age_s = 240,
			    .walk_period_s = 30 },
		  .lost = 120,
		  .value = 3,
		  .want = "podip does not see all; 120 events lost within 5m; source 'ipamd' is "
			  "down; last walk 4m ago, one is due every 30s" },
		{ .kind = ALERT_AGENT_BLIND,
		  .view = { .sources_down = 3, .source_down = "kubernetes" },
		  .value = 3,
		  .want = "podip does not see all; source 'kubernetes' and 2 more are down" },
		{ .kind = ALERT_AGENT_BLIND,
		  .view = { .sources_down = 1 },
		  .value = 1,
		  .want = "podip does not see all; source '' is down" },
		{ .kind = ALERT_AGENT_BLIND,
		  .view = { .walk_age_s = 5, .walk_period_s = 0.5 },
		  .want = "podip sees all; last walk 5s ago, one is due every 500ms" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct alert_facts facts = { .view = &c->view, .lost = c->lost, .value = c->value };
		char message[ALERT_MESSAGE_SIZE];

		facts.failed[REASON_EXHAUSTED] = c->exhausted;
		facts.failed[REASON_TIMEOUT] = c->timeout;
		alert_text_message(c->kind, &facts, message);
		assert_string_equal(message, c->want);
	}
}

static void cuts_what_does_not_fit(void **state)
{
	static const enum alert_kind kinds[] = { ALERT_RANGE_FILLING, ALERT_RANGE_WILL_BE_FULL,
						 ALERT_LEAK_GROWING };
	static char name[4096];
	struct alerts_view view = { .sources_down = 2, .source_down = name };
	struct alerts_range range = { .name = name, .cidr = name, .used = 1e300, .bound = 1e300 };
	struct alert_facts facts = { .view = &view, .range = &range, .value = 1 };
	char message[ALERT_MESSAGE_SIZE];

	(void)state;
	memset(name, 1, sizeof(name) - 1);
	for_each_case(kind, kinds) {
		alert_text_message(*kind, &facts, message);
		assert_int_equal(strlen(message), ALERT_MESSAGE_SIZE - 1);
	}
	alert_text_gone(name, name, message);
	assert_int_equal(strlen(message), ALERT_MESSAGE_SIZE - 1);
	alert_text_message(ALERT_AGENT_BLIND, &facts, message);
	assert_true(strlen(message) < ALERT_MESSAGE_SIZE - 1);
}

static void has_a_sentence_for_each_alert(void **state)
{
	(void)state;
	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++) {
		const char *summary = alert_text_summary(i);

		assert_true(summary[strlen(summary) - 1] == '.');
	}
}

static void makes_a_runbooks_address(void **state)
{
	static char longest[ALERT_RUNBOOK_SIZE - sizeof("/PodipAgentBlind.md") + 1];
	static char too_long[sizeof(longest) + 1];
	static const struct {
		const char *base, *want;
	} cases[] = {
		{ NULL, "" },
		{ "", "" },
		{ "/", "" },
		{ "https://podip.example/runbooks",
		  "https://podip.example/runbooks/PodipAgentBlind.md" },
		{ "https://podip.example/runbooks//",
		  "https://podip.example/runbooks/PodipAgentBlind.md" },
		{ too_long, "" },
	};
	char text[ALERT_RUNBOOK_SIZE];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	memset(too_long, 'x', sizeof(too_long) - 1);
	for_each_case(c, cases) {
		alert_text_runbook(c->base, ALERT_AGENT_BLIND, text);
		assert_string_equal(text, c->want);
	}
	alert_text_runbook(longest, ALERT_AGENT_BLIND, text);
	assert_int_equal(strlen(text), ALERT_RUNBOOK_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_the_numbers_of_a_range),
		cmocka_unit_test(says_the_numbers_of_the_node),
		cmocka_unit_test(cuts_what_does_not_fit),
		cmocka_unit_test(has_a_sentence_for_each_alert),
		cmocka_unit_test(makes_a_runbooks_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
