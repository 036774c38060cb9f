// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "alert_told.h"

enum { NAME_SIZE = 32 };

static void ends_what_fires_of_a_range_that_is_gone(void **state)
{
	struct alert_rules rules = only(ALERT_RANGE_FILLING);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_range ranges[] = {
		subnet("a", "10.0.0.0/25", 90, 100), subnet("b", "10.0.1.0/25", 10, 100),
		subnet("c", "10.0.2.0/25", 90, 100), subnet("c", "fd00::/64", 90, 100),
		subnet("d", "10.0.3.0/25", 90, 100),
	};
	struct alerts_view view = { .ranges = ranges, .range_count = 4 };
	struct told told = { 0 };

	(void)state;
	rules.of[ALERT_RANGE_FILLING].keep_ns = 600 * S;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	expect(alerts, &view, 0,
	       "+PodipRangeFilling a 10.0.0.0/25; +PodipRangeFilling c 10.0.2.0/25; "
	       "+PodipRangeFilling c fd00::/64; ");
	assert_int_equal(alerts_watched(alerts), 4);

	/* a and b are gone, at once; d is new. */
	view.ranges = ranges + 2;
	view.range_count = 3;
	expect(alerts, &view, 10,
	       "-PodipRangeFilling a 10.0.0.0/25; +PodipRangeFilling d 10.0.3.0/25; ");
	assert_int_equal(alerts_watched(alerts), 3);

	view.range_count = 2;
	assert_int_equal(alerts_evaluate(alerts, &view, 20 * S, hear, &told), 0);
	assert_string_equal(told.message, "'d' (10.0.3.0/25) is no range of this node any more");
	view.range_count = 0;
	expect(alerts, &view, 30,
	       "-PodipRangeFilling c 10.0.2.0/25; -PodipRangeFilling c fd00::/64; ");
	assert_int_equal(alerts_watched(alerts), 0);

	/* Back again: nothing of before counts. */
	view.ranges = ranges;
	view.range_count = 1;
	rules.of[ALERT_RANGE_FILLING].for_ns = 60 * S;
	alerts_set_rules(alerts, &rules);
	expect(alerts, &view, 40, "");
	expect(alerts, &view, 100, "+PodipRangeFilling a 10.0.0.0/25; ");
}

static void follows_ranges_that_come_in_another_order(void **state)
{
	struct alert_rules rules = only(ALERT_RANGE_FILLING);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_range ranges[] = {
		subnet("a", "10.0.0.0/25", 90, 100),
		subnet("b", "10.0.1.0/25", 90, 100),
		subnet("c", "10.0.2.0/25", 90, 100),
	};
	struct alerts_range turned[] = { ranges[2], ranges[0], ranges[1] };
	struct alerts_view view = { .ranges = ranges, .range_count = 3 };

	(void)state;
	rules.of[ALERT_RANGE_FILLING].for_ns = 20 * S;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	expect(alerts, &view, 0, "");
	view.ranges = turned;
	expect(alerts, &view, 10, "");
	turned[1].used = 10; /* a */
	expect(alerts, &view, 20,
	       "+PodipRangeFilling c 10.0.2.0/25; +PodipRangeFilling b 10.0.1.0/25; ");
}

static void counts_ranges_past_its_bound(void **state)
{
	static struct alerts_range ranges[ALERTS_RANGES_MAX + 2];
	static char names[ALERTS_RANGES_MAX + 2][NAME_SIZE];
	struct alert_rules rules = only(ALERT_RANGE_FILLING);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_view view = { .ranges = ranges, .range_count = case_count(ranges) };
	struct told told = { 0 };

	(void)state;
	for (size_t i = 0; i < case_count(ranges); i++) {
		snprintf(names[i], NAME_SIZE, "%zu", i);
		ranges[i] = subnet(names[i], "10.0.0.0/8", 100, 100);
	}
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	assert_int_equal(alerts_evaluate(alerts, &view, 0, hear, &told), 0);
	assert_int_equal(told.count, ALERTS_RANGES_MAX);
	assert_int_equal(alerts_watched(alerts), ALERTS_RANGES_MAX);
	assert_int_equal(alerts_refused(alerts), 2);

	/* Two places are free before the last two ask for them. */
	view.ranges = ranges + 2;
	view.range_count -= 2;
	memset(&told, 0, sizeof(told));
	assert_int_equal(alerts_evaluate(alerts, &view, S, hear, &told), 0);
	assert_int_equal(told.count, 4);
	assert_int_equal(alerts_refused(alerts), 2);
}

static void finds_names_again_that_were_cut(void **state)
{
	char name[RANGE_NAME_SIZE + 16];
	struct alert_rules rules = only(ALERT_RANGE_FILLING);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_range range = subnet(name, "10.0.0.0/25", 90, 100);
	struct alerts_view view = { .ranges = &range, .range_count = 1 };
	struct told told = { 0 };

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(alerts_evaluate(alerts, &view, i * S, hear, &told), 0);
	assert_int_equal(told.count, 1);
}

static void gives_the_highest_level_of_ranges_of_one_name(void **state)
{
	struct alert_rules rules = only(ALERT_RANGE_FILLING);
	cleanup_alerts struct alerts *alerts = NULL;
	struct alerts_range ranges[] = {
		subnet("a", "10.0.0.0/25", 90, 100),
		subnet("a", "fd00::/64", 10, 100),
		subnet("b", "10.0.1.0/25", 10, 100),
	};
	struct alerts_view view = { .ranges = ranges, .range_count = 3 };
	struct told told = { 0 };

	(void)state;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	expect(alerts, &view, 0, "+PodipRangeFilling a 10.0.0.0/25; ");
	assert_int_equal(alerts_level(alerts, ALERT_RANGE_FILLING, "a"), ALERT_FIRING);
	assert_int_equal(alerts_level(alerts, ALERT_RANGE_FILLING, "b"), ALERT_OK);
	assert_int_equal(alerts_level(alerts, ALERT_RANGE_FILLING, "c"), ALERT_OK);
	assert_int_equal(alerts_level(alerts, ALERT_AGENT_BLIND, ""), ALERT_OK);
	alerts_each(alerts, hear, &told);
	assert_string_equal(told.log,
			    "+PodipRangeFilling a 10.0.0.0/25; -PodipRangeFilling a fd00::/64; "
			    "-PodipRangeFilling b 10.0.1.0/25; ");
	assert_string_equal(told.message, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_what_fires_of_a_range_that_is_gone),
		cmocka_unit_test(follows_ranges_that_come_in_another_order),
		cmocka_unit_test(counts_ranges_past_its_bound),
		cmocka_unit_test(finds_names_again_that_were_cut),
		cmocka_unit_test(gives_the_highest_level_of_ranges_of_one_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
