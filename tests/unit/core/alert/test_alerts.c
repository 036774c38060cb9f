// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <math.h>

#include "alert_told.h"

static void fires_at_its_threshold_and_is_over_past_the_other(void **state)
{
	static const struct {
		enum alert_kind kind;
		double threshold, clear;
		double raises, not_quite; /* of subnet used of 100, or exhaustion_s */
		double holds, clears;
	} cases[] = {
		{ ALERT_RANGE_FILLING, 0.8, 0.75, 80, 79.9, 75, 74.9 },
		{ ALERT_RANGE_FILLING_CRITICAL, 0.5, 0.5, 50, 49, 50, 49 },
		{ ALERT_RANGE_EXHAUSTED, 5, 10, 95, 94, 90, 89 },
		{ ALERT_RANGE_EXHAUSTED, 0, 0, 101, 99, 100, 99 },
		{ ALERT_RANGE_WILL_BE_FULL, 60, 90, 60, 61, 90, 91 },
		{ ALERT_RANGE_WILL_BE_FULL, 60, 90, 0, 61, 90, -1 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct alert_rules rules = only(c->kind);
		cleanup_alerts struct alerts *alerts = NULL;
		struct alerts_range range = subnet("a", "10.0.0.0/25", 60, 100);
		struct alerts_view view = { .ranges = &range, .range_count = 1 };
		double *seen = c->kind == ALERT_RANGE_WILL_BE_FULL ? &range.exhaustion_s
								   : &range.used;
		const double values[] = { c->not_quite, c->raises, c->holds, c->clears };
		struct told told = { 0 };

		print_message("  %s\n", alert_name(c->kind));
		rules.of[c->kind].threshold = c->threshold;
		rules.of[c->kind].clear = c->clear;
		assert_int_equal(alerts_new(&rules, &alerts), 0);
		for (size_t i = 0; i < case_count(values); i++) {
			*seen = values[i];
			assert_int_equal(alerts_evaluate(alerts, &view, i * S, hear, &told), 0);
			assert_int_equal(told.count, i == 0 ? 0 : i < 3 ? 1 : 2);
		}
		assert_int_equal(told.last.level, ALERT_OK);
	}
}

static void tells_what_it_knows_of_the_alert(void **state)
{
	struct alert_rules rules = only(ALERT_RANGE_EXHAUSTED);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_range range = subnet("gke-pod-network", "10.0.0.0/27", 16, 16);
	struct alerts_view view = { .ranges = &range, .range_count = 1 };
	struct told told = { 0 };

	(void)state;
	rules.of[ALERT_RANGE_EXHAUSTED].for_ns = 60 * S;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	assert_int_equal(alerts_evaluate(alerts, &view, 100 * S, hear, &told), 0);
	assert_int_equal(alerts_level(alerts, ALERT_RANGE_EXHAUSTED, "gke-pod-network"),
			 ALERT_PENDING);
	assert_int_equal(alerts_evaluate(alerts, &view, 160 * S - 1, hear, &told), 0);
	assert_int_equal(told.count, 0);
	assert_int_equal(alerts_evaluate(alerts, &view, 160 * S, hear, &told), 0);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.log, "+PodipRangeExhausted gke-pod-network 10.0.0.0/27; ");
	assert_int_equal(told.last.severity, ALERT_SEVERITY_CRITICAL);
	assert_int_equal(told.last.since_ns, 100 * S);
	assert_true(told.last.value == 0);
	assert_true(told.last.threshold == 0);
	assert_string_equal(told.message,
			    "16 of 16 addresses of 'gke-pod-network' (10.0.0.0/27) are used");

	range.used = 12;
	assert_int_equal(alerts_evaluate(alerts, &view, 500 * S, hear, &told), 0);
	assert_int_equal(told.count, 2);
	assert_int_equal(told.last.level, ALERT_OK);
	assert_int_equal(told.last.since_ns, 100 * S);
	assert_true(told.last.value == 4);
	assert_string_equal(told.message,
			    "12 of 16 addresses of 'gke-pod-network' (10.0.0.0/27) are used");
}

static void stays_clear_for_a_while_before_it_is_over(void **state)
{
	static const struct {
		uint64_t at_s;
		double used;
		const char *want;
	} steps[] = {
		{ 0, 90, "+PodipRangeFilling a 10.0.0.0/25; " },
		{ 10, 10, "" }, /* clear from here */
		{ 69, 10, "" },
		{ 69, 77, "" }, /* between the thresholds: not clear */
		{ 70, 10, "" }, /* clear anew */
		{ 129, 10, "" },
		{ 130, 10, "-PodipRangeFilling a 10.0.0.0/25; " },
		{ 131, 10, "" },
		{ 140, 80, "+PodipRangeFilling a 10.0.0.0/25; " },
		{ 150, 10, "" }, /* counts from here, not from 70 */
		{ 209, 10, "" },
		{ 210, 10, "-PodipRangeFilling a 10.0.0.0/25; " },
	};
	struct alert_rules rules = only(ALERT_RANGE_FILLING);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_range range = subnet("a", "10.0.0.0/25", 0, 100);
	struct alerts_view view = { .ranges = &range, .range_count = 1 };

	(void)state;
	rules.of[ALERT_RANGE_FILLING].keep_ns = 60 * S;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	for_each_case(step, steps) {
		range.used = step->used;
		expect(alerts, &view, step->at_s, step->want);
	}
}

static void survives_counters_that_begin_anew(void **state)
{
	static const struct {
		uint64_t at_s, failures, lost;
		double want_failed, want_blind;
	} steps[] = {
		{ 0, 1000, 500, 0, 0 }, /* of before it looked */
		{ 10, 1003, 500, 3, 0 }, { 20, 0, 0, 3, 0 }, /* anew, and nothing since */
		{ 30, 2, 0, 5, 0 },	 { 40, 1, 7, 6, 1 }, /* anew, and one since */
		{ 140, 1, 7, 3, 1 }, /* the slots of 120 s ago and before are over */
		{ 160, 1, 7, 0, 1 },	 { 340, 1, 7, 0, 0 }, { 100000, 4, 7, 3, 0 },
	};
	struct alert_rules rules = alert_rules_default();
	cleanup_alerts struct alerts *alerts = NULL;

	(void)state;
	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++)
		rules.of[i].is_enabled = i >= ALERT_OF_RANGE_COUNT;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	for_each_case(step, steps) {
		struct alerts_view view = { .events_lost = step->lost };
		struct told told = { 0 };

		view.failures[REASON_TIMEOUT] = step->failures;
		assert_int_equal(alerts_evaluate(alerts, &view, step->at_s * S, hear, &told), 0);
		memset(&told, 0, sizeof(told));
		alerts_each(alerts, hear, &told);
		assert_int_equal(told.count, 3);
		print_message("  %d s\n", (int)step->at_s);
		assert_true(told.last.kind == ALERT_AGENT_BLIND);
		assert_true(told.last.value == step->want_blind);
		rules.of[ALERT_AGENT_BLIND].is_enabled = false;
		rules.of[ALERT_SANDBOX_WAITING].is_enabled = false;
		alerts_set_rules(alerts, &rules);
		alerts_each(alerts, hear, &told);
		assert_true(told.last.kind == ALERT_ALLOCATION_FAILING);
		assert_true(told.last.value == step->want_failed);
		rules.of[ALERT_AGENT_BLIND].is_enabled = true;
		rules.of[ALERT_SANDBOX_WAITING].is_enabled = true;
		alerts_set_rules(alerts, &rules);
	}
}

static void obeys_rules_that_change(void **state)
{
	struct alert_rules rules = only(ALERT_RANGE_FILLING);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_range range = subnet("a", "10.0.0.0/25", 90, 100);
	struct alerts_view view = { .ranges = &range, .range_count = 1 };

	(void)state;
	rules.of[ALERT_RANGE_FILLING].keep_ns = 600 * S;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	expect(alerts, &view, 0, "+PodipRangeFilling a 10.0.0.0/25; ");
	rules.of[ALERT_RANGE_FILLING].is_enabled = false;
	alerts_set_rules(alerts, &rules);
	expect(alerts, &view, 10, "-PodipRangeFilling a 10.0.0.0/25; ");
	expect(alerts, &view, 20, "");
	rules.of[ALERT_RANGE_FILLING].is_enabled = true;
	rules.of[ALERT_RANGE_FILLING].threshold = 0.95;
	alerts_set_rules(alerts, &rules);
	expect(alerts, &view, 30, "");
	rules.of[ALERT_RANGE_FILLING].threshold = 0.85;
	alerts_set_rules(alerts, &rules);
	expect(alerts, &view, 40, "+PodipRangeFilling a 10.0.0.0/25; ");
}

static void wants_addresses_by_the_threshold_of_waiting(void **state)
{
	struct alert_rules rules = only(ALERT_RANGE_EXHAUSTED);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_range range = subnet("a", "10.0.0.0/27", 16, 16);
	struct alerts_view view = { .ranges = &range, .range_count = 1, .oldest_wait_s = 1000 };

	(void)state;
	range.is_bound_by_pods = true;
	rules.of[ALERT_SANDBOX_WAITING].threshold = 20;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	expect(alerts, &view, 0, ""); /* nobody waits, whatever the gauge says */
	view.waiting = 1;
	view.oldest_wait_s = 19;
	expect(alerts, &view, 10, "");
	view.oldest_wait_s = 20;
	expect(alerts, &view, 20, "+PodipRangeExhausted a 10.0.0.0/27; ");
}

static void ends_what_is_not_known_any_more(void **state)
{
	static const double odd[] = { NAN, -1 };
	struct alert_rules rules = only(ALERT_RANGE_WILL_BE_FULL);

	(void)state;
	for_each_case(value, odd) {
		cleanup_alerts struct alerts *alerts = NULL;
		struct alerts_range range = subnet("a", "10.0.0.0/25", 90, 100);
		struct alerts_view view = { .ranges = &range, .range_count = 1 };
		struct told told = { 0 };

		assert_int_equal(alerts_new(&rules, &alerts), 0);
		range.exhaustion_s = 60;
		expect(alerts, &view, 0, "+PodipRangeWillBeFull a 10.0.0.0/25; ");
		range.exhaustion_s = *value;
		assert_int_equal(alerts_evaluate(alerts, &view, S, hear, &told), 0);
		assert_int_equal(told.last.level, ALERT_OK);
		assert_true(told.last.value == -1);
	}
}

static void does_not_wait_where_nobody_does(void **state)
{
	struct alert_rules rules = only(ALERT_SANDBOX_WAITING);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_view view = { .oldest_wait_s = 1000 };

	(void)state;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	expect(alerts, &view, 0, "");
	view.waiting = 1;
	expect(alerts, &view, 10, "+PodipSandboxWaiting  ; ");
	assert_int_equal(alerts_level(alerts, ALERT_SANDBOX_WAITING, ""), ALERT_FIRING);
}

static void takes_numbers_that_are_none_for_not_known(void **state)
{
	static const double odd[] = { NAN, -NAN, -1, -INFINITY };
	struct alert_rules rules = alert_rules_default();
	cleanup_alerts struct alerts *alerts = NULL;

	(void)state;
	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++)
		rules.of[i].for_ns = 0;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	for_each_case(value, odd) {
		struct alerts_range range = subnet("a", "10.0.0.0/25", *value, *value);
		struct alerts_view view = { .ranges = &range,
					    .range_count = 1,
					    .waiting = 1,
					    .oldest_wait_s = *value,
					    .walk_age_s = *value,
					    .walk_period_s = *value };

		range.exhaustion_s = *value;
		range.leaked = *value;
		expect(alerts, &view, 10, "");
		range.used = 100;
		expect(alerts, &view, 20, "");
	}
}

static void knows_its_alerts_by_name(void **state)
{
	static const char *const names[] = {
		"PodipRangeFilling",   "PodipRangeFillingCritical", "PodipRangeWillBeFull",
		"PodipRangeExhausted", "PodipLeakGrowing",	    "PodipAllocationFailing",
		"PodipSandboxWaiting", "PodipAgentBlind",
	};
	static const char *const severities[] = { "info", "warning", "critical" };
	enum alert_severity severity;
	enum alert_kind kind;

	(void)state;
	assert_int_equal(case_count(names), ALERT_KIND_COUNT);
	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++) {
		const struct alert_rule *rule = &alert_rules_default().of[i];

		assert_string_equal(alert_name(i), names[i]);
		assert_int_equal(alert_parse(names[i], &kind), 0);
		assert_int_equal(kind, i);
		assert_true(rule->is_enabled);
		assert_true(alert_is_low(i) ? rule->clear >= rule->threshold
					    : rule->clear <= rule->threshold);
	}
	assert_int_equal(alert_parse("podipRangeFilling", &kind), -EINVAL);
	for (enum alert_severity i = 0; i < ALERT_SEVERITY_COUNT; i++) {
		assert_string_equal(alert_severity_name(i), severities[i]);
		assert_int_equal(alert_severity_parse(severities[i], &severity), 0);
		assert_int_equal(severity, i);
	}
	assert_int_equal(alert_severity_parse("", &severity), -EINVAL);
}

static void takes_the_levels_that_somebody_else_judged(void **state)
{
	const struct alert_rules rules = alert_rules_default();
	cleanup_alerts struct alerts *alerts = NULL;
	char cidr[16];

	(void)state;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	for (unsigned int i = 0; i < ALERTS_RANGES_MAX; i++) {
		snprintf(cidr, sizeof(cidr), "10.%u.%u.0/24", i / 256, i % 256);
		assert_int_equal(alerts_put(alerts, &(struct alert){ .range = "a", .cidr = cidr }),
				 0);
	}
	assert_int_equal(alerts_put(alerts, &(struct alert){ .range = "b", .cidr = "::/0" }),
			 -ENOSPC);
	assert_int_equal(alerts_watched(alerts), ALERTS_RANGES_MAX);
	assert_int_equal(alerts_level(alerts, ALERT_RANGE_FILLING, "a"), ALERT_OK);
	assert_int_equal(alerts_put(alerts, &(struct alert){ .kind = ALERT_RANGE_FILLING,
							     .range = "a",
							     .cidr = cidr,
							     .level = ALERT_FIRING }),
			 0);
	assert_int_equal(alerts_level(alerts, ALERT_RANGE_FILLING, "a"), ALERT_FIRING);
	assert_int_equal(alerts_level(alerts, ALERT_RANGE_EXHAUSTED, "a"), ALERT_OK);
	assert_int_equal(alerts_put(alerts, &(struct alert){ .kind = ALERT_AGENT_BLIND,
							     .range = "",
							     .cidr = "",
							     .level = ALERT_FIRING }),
			 0);
	assert_int_equal(alerts_level(alerts, ALERT_AGENT_BLIND, ""), ALERT_FIRING);
	assert_int_equal(alerts_level(alerts, ALERT_SANDBOX_WAITING, ""), ALERT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_at_its_threshold_and_is_over_past_the_other),
		cmocka_unit_test(tells_what_it_knows_of_the_alert),
		cmocka_unit_test(stays_clear_for_a_while_before_it_is_over),
		cmocka_unit_test(survives_counters_that_begin_anew),
		cmocka_unit_test(obeys_rules_that_change),
		cmocka_unit_test(wants_addresses_by_the_threshold_of_waiting),
		cmocka_unit_test(ends_what_is_not_known_any_more),
		cmocka_unit_test(does_not_wait_where_nobody_does),
		cmocka_unit_test(takes_numbers_that_are_none_for_not_known),
		cmocka_unit_test(knows_its_alerts_by_name),
		cmocka_unit_test(takes_the_levels_that_somebody_else_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
