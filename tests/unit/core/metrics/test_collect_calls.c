// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/books/leaks.h"
#include "core/metrics/collect_calls.h"

static const uint32_t limits[] = { 8, 8, 8 };

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
	} cases[] = { { "vpc", "10.0.0.0/8" },
		      { "net", "10.9.0.0/24" },
		      { "net", "10.9.0.0/28" },
		      { "net", "fd00::/64" } };
	struct range ranges[case_count(cases)] = { 0 };
	const struct range_list list = { ranges, case_count(cases) };
	struct range_table *table;

	for (size_t i = 0; i < case_count(cases); i++) {
		ranges[i].source = "cni";
		snprintf(ranges[i].name, sizeof(ranges[i].name), "%s", cases[i].name);
		assert_int_equal(prefix_parse(cases[i].cidr, &ranges[i].cidr), 0);
	}
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(account, table), 0);
}

/* Two families of a network have its name, and Prometheus takes no series twice. */
static void counts_a_leak_once_in_each_name_around_it(void **state)
{
	static const char *const ips[] = { "10.9.0.5", "10.9.0.77", "fd00::5", "10.1.2.3" };
	static const struct metric family = { .name = "leaked",
					      .type = METRIC_GAUGE,
					      .labels = { "range", "kind" } };
	struct lease leases[case_count(ips)] = { 0 };
	struct leaks_view view = {
		.leases = leases, .lease_count = case_count(ips), .boot_ns = 1, .now_ns = 9
	};
	cleanup_account struct account *account = NULL;
	cleanup_state struct state *empty = NULL;
	cleanup_leaks struct leaks *leaks = NULL;
	struct metrics_input input = { 0 };
	cleanup_free char *text = NULL;
	struct exposition out = { .format = EXPOSITION_TEXT, .family = &family };
	size_t size;

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
	out.out = open_memstream(&text, &size);
	assert_non_null(out.out);
	metric_leaked(&out, &input);
	fclose(out.out);
	assert_string_equal(text, "leaked{range=\"vpc\",kind=\"ipam_only\"} 3\n"
				  "leaked{range=\"vpc\",kind=\"kernel_only\"} 0\n"
				  "leaked{range=\"vpc\",kind=\"abandoned\"} 0\n"
				  "leaked{range=\"net\",kind=\"ipam_only\"} 3\n"
				  "leaked{range=\"net\",kind=\"kernel_only\"} 0\n"
				  "leaked{range=\"net\",kind=\"abandoned\"} 0\n"
				  "leaked{range=\"unranged\",kind=\"ipam_only\"} 0\n"
				  "leaked{range=\"unranged\",kind=\"kernel_only\"} 0\n"
				  "leaked{range=\"unranged\",kind=\"abandoned\"} 0\n");
}

static void tells_nothing_of_what_there_is_not(void **state)
{
	struct metrics_input input = { 0 };
	cleanup_account struct account *account = NULL;
	cleanup_free char *text = NULL;
	struct exposition out = { .format = EXPOSITION_TEXT };
	size_t size;

	(void)state;
	assert_int_equal(account_new(&account), 0);
	input.account = account;
	out.out = open_memstream(&text, &size);
	assert_non_null(out.out);
	metric_leaked(&out, &input);
	metric_operations(&out, &input);
	metric_operation_duration(&out, &input);
	metric_failures(&out, &input);
	metric_incidents(&out, &input);
	metric_capture(&out, &input);
	fclose(out.out);
	assert_int_equal(size, 0);
	assert_true(metric_duplicates(&input) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_a_leak_once_in_each_name_around_it),
		cmocka_unit_test(tells_nothing_of_what_there_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
