// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/books/leaks.h"
#include "core/metrics/alert_view.h"
#include "core/pod/call_counts.h"

static const uint32_t limits[] = { 4, 4, 4 };

static void ignore_fact(const struct fact *fact, void *ctx)
{
	(void)fact;
	(void)ctx;
}

static void ignore_leak(const struct leak *leak, bool is_over, void *ctx)
{
	(void)leak;
	(void)is_over;
	(void)ctx;
}

static void use_ranges(struct account *account)
{
	static const struct {
		const char *name, *cidr;
		enum range_scope scope;
		double reserved;
		uint32_t max_pods;
	} rows[] = {
		{ "pods", "10.0.0.0/26", RANGE_SCOPE_CLUSTER, 0, 0 },
		{ "block", "10.0.0.0/27", RANGE_SCOPE_NODE, 3, 16 },
		{ "small", "10.9.0.0/29", RANGE_SCOPE_NODE, 3, 16 },
		{ "even", "10.9.1.0/29", RANGE_SCOPE_NODE, 3, 5 },
	};
	struct range ranges[case_count(rows)] = { 0 };
	const struct range_list list = { ranges, case_count(rows) };
	struct range_table *table;

	for (size_t i = 0; i < case_count(rows); i++) {
		ranges[i].source = "config";
		ranges[i].scope = rows[i].scope;
		ranges[i].reserved = rows[i].reserved;
		ranges[i].max_pods = rows[i].max_pods;
		snprintf(ranges[i].name, sizeof(ranges[i].name), "%s", rows[i].name);
		assert_int_equal(prefix_parse(rows[i].cidr, &ranges[i].cidr), 0);
	}
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(account, table), 0);
}

static const struct alerts_range *find(const struct alert_scene *scene, const char *name)
{
	for (size_t i = 0; i < scene->view.range_count; i++)
		if (!strcmp(scene->view.ranges[i].name, name))
			return &scene->view.ranges[i];
	fail_msg("no range '%s'", name);
	return NULL;
}

static const struct alert_clock at_100 = { .now_s = 100, .start_s = 40, .period_s = 30 };

static void sees_ranges_as_the_metrics_do(void **state)
{
	cleanup_account struct account *account = NULL;
	struct metrics_input input = { 0 };
	struct alert_scene scene = { 0 };

	(void)state;
	assert_int_equal(account_new(&account), 0);
	use_ranges(account);
	input.account = account;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_int_equal(scene.view.range_count, 4);
	assert_string_equal(find(&scene, "block")->cidr, "10.0.0.0/27");
	assert_true(find(&scene, "block")->bound == 16);
	assert_true(find(&scene, "block")->is_bound_by_pods);
	assert_true(find(&scene, "even")->is_bound_by_pods);
	assert_true(find(&scene, "small")->bound == 5);
	assert_false(find(&scene, "small")->is_bound_by_pods);
	assert_false(find(&scene, "pods")->is_bound_by_pods);
	assert_int_equal(find(&scene, "pods")->scope, RANGE_SCOPE_CLUSTER);
	assert_true(find(&scene, "pods")->exhaustion_s < 0);
	assert_true(find(&scene, "pods")->leaked < 0);
	alert_scene_clear(&scene);
}

static void counts_leaks_that_make_a_range_smaller_in_each_range_around(void **state)
{
	static const char *const ips[] = { "10.0.0.5", "10.0.0.40", "192.0.2.1" };
	struct lease leases[case_count(ips)] = { 0 };
	struct leaks_view view = {
		.leases = leases, .lease_count = case_count(ips), .boot_ns = 1, .now_ns = 9
	};
	cleanup_account struct account *account = NULL;
	cleanup_state struct state *empty = NULL;
	cleanup_leaks struct leaks *leaks = NULL;
	struct metrics_input input = { 0 };
	struct alert_scene scene = { 0 };

	(void)state;
	for (size_t i = 0; i < case_count(ips); i++) {
		leases[i] = (struct lease){ .source = "host-local", .since_ns = 1 };
		assert_int_equal(ip_parse(ips[i], &leases[i].ip), 0);
	}
	assert_int_equal(account_new(&account), 0);
	use_ranges(account);
	assert_int_equal(state_new(limits, ignore_fact, NULL, &empty), 0);
	assert_int_equal(leaks_new(ignore_leak, NULL, &leaks), 0);
	view.inventory = state_inventory(empty);
	assert_int_equal(leaks_check(leaks, &view), 0);
	input.account = account;
	input.leaks = leaks;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_true(find(&scene, "block")->leaked == 1);
	assert_true(find(&scene, "pods")->leaked == 2);
	assert_true(find(&scene, "small")->leaked == 0);
	alert_scene_clear(&scene);
}

static void takes_a_source_for_down_only_when_it_was_up(void **state)
{
	cleanup_account struct account *account = NULL;
	struct metrics_input input = {
		.sources = { { "gce", false, false, 0, 0, -1, -1 },
			     { "ipamd", true, true, 3, 0, -1, 0 },
			     { "node", true, false, 0, 1, -1, 0 } },
		.source_count = 3,
	};
	struct alert_scene scene = { 0 };

	(void)state;
	assert_int_equal(account_new(&account), 0);
	input.account = account;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_int_equal(scene.view.sources_down, 0);
	input.sources[1].is_up = false;
	input.sources[2].is_up = true;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_int_equal(scene.view.sources_down, 1);
	assert_string_equal(scene.view.source_down, "ipamd");
	input.sources[2].is_up = false;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_int_equal(scene.view.sources_down, 2);
	assert_string_equal(scene.view.source_down, "ipamd");
	input.sources[1].is_up = true;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_int_equal(scene.view.sources_down, 1);
	assert_string_equal(scene.view.source_down, "node");
	alert_scene_clear(&scene);
}

static void sums_up_the_agents_own_troubles(void **state)
{
	static struct call_counts counts;
	cleanup_account struct account *account = NULL;
	struct metrics_input input = { .losses = { { "ring_full_address", 2 },
						   { "environment_unsearched", 9 },
						   { "table_full", 3 } },
				       .loss_count = 3,
				       .waiting = 4,
				       .oldest_wait_s = 61,
				       .call_counts = &counts };
	struct alert_scene scene = { 0 };

	(void)state;
	call_counts_failure(&counts, CALL_ADD, REASON_EXHAUSTED);
	call_counts_failure(&counts, CALL_DEL, REASON_EXHAUSTED);
	assert_int_equal(account_new(&account), 0);
	input.account = account;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_int_equal(scene.view.events_lost, 5);
	assert_int_equal(scene.view.failures[REASON_EXHAUSTED], 1);
	assert_int_equal(scene.view.waiting, 4);
	assert_true(scene.view.oldest_wait_s == 61);
	assert_true(scene.view.walk_period_s == 30);
	/* No walk so far: since the start. */
	assert_true(scene.view.walk_age_s == 60);
	input.reconcile_at_s = 95;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_true(scene.view.walk_age_s == 5);
	/* A clock that was set back. */
	input.reconcile_at_s = 105;
	assert_int_equal(alert_scene_fill(&scene, &input, &at_100), 0);
	assert_true(scene.view.walk_age_s == 0);
	alert_scene_clear(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sees_ranges_as_the_metrics_do),
		cmocka_unit_test(counts_leaks_that_make_a_range_smaller_in_each_range_around),
		cmocka_unit_test(takes_a_source_for_down_only_when_it_was_up),
		cmocka_unit_test(sums_up_the_agents_own_troubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
