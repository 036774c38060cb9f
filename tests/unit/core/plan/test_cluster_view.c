// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/plan/cluster_view.h"

static void add(struct cluster_view *view, enum cluster_value value, const char *range,
		const char *cidr, double number)
{
	const struct cluster_sample sample = { "", range, cidr, "ipv4", "cluster", number };

	assert_int_equal(cluster_view_add(view, value, false, &sample), 0);
}

static void add_own(struct cluster_view *view, enum cluster_value value, const char *cidr,
		    double number)
{
	const struct cluster_sample sample = { "", "own", cidr, "ipv4", "node", number };

	assert_int_equal(cluster_view_add(view, value, true, &sample), 0);
}

static void expect_number(double got, double want)
{
	/* cmocka finds NAN equal to anything. */
	assert_int_equal(isnan(got), isnan(want));
	if (!isnan(want))
		assert_float_equal(got, want, 1e-9);
}

static void works_out_shared_ranges(void **state)
{
	static const struct {
		double used, usable, growth, blocks, capacity, blocks_growth;
		double use, left, fullness, time_s;
	} cases[] = {
		/* A subnet: addresses. */
		{ 50, 200, 0.5, NAN, NAN, NAN, 0.25, NAN, 0.25, 300 },
		{ 50, 200, 0, NAN, NAN, NAN, 0.25, NAN, 0.25, NAN },
		{ 50, 200, -1, NAN, NAN, NAN, 0.25, NAN, 0.25, NAN },
		{ 50, 200, NAN, NAN, NAN, NAN, 0.25, NAN, 0.25, NAN },
		{ 50, 200, INFINITY, NAN, NAN, NAN, 0.25, NAN, 0.25, NAN },
		{ 50, 200, 1e-9, NAN, NAN, NAN, 0.25, NAN, 0.25, NAN },
		{ 200, 200, NAN, NAN, NAN, NAN, 1, NAN, 1, 0 },
		{ 50, 0, 1, NAN, NAN, NAN, NAN, NAN, NAN, 0 },
		{ NAN, 200, 1, NAN, NAN, NAN, NAN, NAN, NAN, NAN },
		/* With blocks: these. */
		{ 20, 64, 1, 2, 2, NAN, 0.3125, 0, 1, 0 },
		{ 20, 64, 1, 1, 2, 0.01, 0.3125, 1, 0.5, 100 },
		{ 20, 64, 1, 1, 2, NAN, 0.3125, 1, 0.5, NAN },
		{ 20, 64, 1, NAN, 2, NAN, 0.3125, 2, 0.3125, NAN },
		{ 20, 64, 1, 3, 2, NAN, 0.3125, 0, 1.5, 0 },
		{ NAN, NAN, NAN, 1, 4, NAN, NAN, 3, 0.25, NAN },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_cluster_view struct cluster_view view = { 0 };

		print_message("  %td\n", c - cases);
		add(&view, CLUSTER_VALUE_NODES, "a", "10.0.0.0/26", 2);
		add(&view, CLUSTER_VALUE_USED, "a", "10.0.0.0/26", c->used);
		add(&view, CLUSTER_VALUE_USABLE, "a", "10.0.0.0/26", c->usable);
		add(&view, CLUSTER_VALUE_USED_GROWTH, "a", "10.0.0.0/26", c->growth);
		add(&view, CLUSTER_VALUE_BLOCKS, "a", "", c->blocks);
		add(&view, CLUSTER_VALUE_BLOCKS_CAPACITY, "a", "10.0.0.0/26", c->capacity);
		add(&view, CLUSTER_VALUE_BLOCKS_GROWTH, "a", "", c->blocks_growth);
		cluster_view_finish(&view);
		assert_int_equal(view.count, 1);
		expect_number(view.rows[0].values[CLUSTER_VALUE_NODES], 2);
		expect_number(view.rows[0].use, c->use);
		expect_number(view.rows[0].left, c->left);
		expect_number(view.rows[0].fullness, c->fullness);
		expect_number(view.rows[0].time_s, c->time_s);
	}
}

static void works_out_ranges_of_nodes(void **state)
{
	static const struct {
		double full, used, time_s, left, want_s;
	} cases[] = {
		{ NAN, 10, 60, 5, 60 },	  { 2, 16, 60, 3, 0 },	   { 5, 16, NAN, 0, 0 },
		{ NAN, 10, NAN, 5, NAN }, { NAN, 10, -1, 5, NAN }, { NAN, 10, 1e12, 5, NAN },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_cluster_view struct cluster_view view = { 0 };

		print_message("  %td\n", c - cases);
		add_own(&view, CLUSTER_VALUE_NODES, "", 5);
		add_own(&view, CLUSTER_VALUE_FULL_NODES, "", c->full);
		add_own(&view, CLUSTER_VALUE_USED, "10.0.0.32/27", c->used);
		add_own(&view, CLUSTER_VALUE_USABLE, "10.0.0.32/27", 16);
		add_own(&view, CLUSTER_VALUE_TIME, "", c->time_s);
		cluster_view_finish(&view);
		assert_int_equal(view.count, 1);
		assert_string_equal(view.rows[0].cidr, "10.0.0.32/27");
		expect_number(view.rows[0].use, c->used / 16);
		expect_number(view.rows[0].fullness, c->used / 16);
		expect_number(view.rows[0].left, c->left);
		expect_number(view.rows[0].time_s, c->want_s);
	}
}

static void joins_by_cluster_range_cidr_and_family(void **state)
{
	static const struct {
		struct cluster_sample sample;
		bool is_of_nodes, is_joined;
	} cases[] = {
		{ { "", "a", "10.0.0.0/26", "ipv4", "", 7 }, false, true },
		{ { "", "a", "", "ipv4", "", 7 }, false, true },
		{ { "x", "a", "10.0.0.0/26", "ipv4", "", 7 }, false, false },
		{ { "", "b", "10.0.0.0/26", "ipv4", "", 7 }, false, false },
		{ { "", "a", "10.0.0.0/27", "ipv4", "", 7 }, false, false },
		{ { "", "a", "10.0.0.0/26", "ipv6", "", 7 }, false, false },
		{ { "", "a", "10.0.0.0/26", "ipv4", "", 7 }, true, false },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_cluster_view struct cluster_view view = { 0 };

		print_message("  %td\n", c - cases);
		add(&view, CLUSTER_VALUE_NODES, "a", "10.0.0.0/26", 1);
		assert_int_equal(
			cluster_view_add(&view, CLUSTER_VALUE_USED, c->is_of_nodes, &c->sample), 0);
		assert_int_equal(view.count, 1);
		assert_int_equal(view.rows[0].values[CLUSTER_VALUE_USED] == 7, c->is_joined);
		assert_string_equal(view.rows[0].cidr, "10.0.0.0/26");
	}
}

static void keeps_node_ranges_apart_from_shared_ones_of_the_same_name(void **state)
{
	cleanup_cluster_view struct cluster_view view = { 0 };

	(void)state;
	add(&view, CLUSTER_VALUE_NODES, "own", "10.0.0.0/16", 1);
	add_own(&view, CLUSTER_VALUE_NODES, "", 1);
	add_own(&view, CLUSTER_VALUE_USED, "10.0.0.0/16", 3);
	assert_true(isnan(view.rows[0].values[CLUSTER_VALUE_USED]));
	expect_number(view.rows[1].values[CLUSTER_VALUE_USED], 3);
}

static void refuses_labels_that_no_agent_has(void **state)
{
	static char long_text[200];
	static const struct cluster_sample cases[] = {
		{ "", "", "10.0.0.0/8", "ipv4", "cluster", 1 },
		{ "", "a", "10.0.0.0/8", "ipv4", "", 1 },
		{ "", "a", "10.0.0.0/8", "ipv4", "galaxy", 1 },
		{ "", "a", "10.0.0.0/8", "ipv4", "node", 1 },
		{ long_text, "a", "10.0.0.0/8", "ipv4", "cluster", 1 },
		{ "", long_text, "10.0.0.0/8", "ipv4", "cluster", 1 },
		{ "", "a", long_text, "ipv4", "cluster", 1 },
		{ "", "a", "10.0.0.0/8", long_text, "cluster", 1 },
	};

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	for_each_case(c, cases) {
		cleanup_cluster_view struct cluster_view view = { 0 };

		print_message("  %td\n", c - cases);
		assert_int_equal(cluster_view_add(&view, CLUSTER_VALUE_NODES, false, c), 0);
		assert_int_equal(view.count, 0);
		assert_int_equal(view.refused, 1);
		cluster_view_finish(&view);
	}
}

static void sorts_the_fullest_first_and_what_is_not_known_last(void **state)
{
	static const struct {
		const char *range, *cidr;
		double used, growth;
	} rows[] = {
		{ "unknown", "10.0.0.0/24", NAN, NAN }, { "b", "10.0.2.0/24", 10, NAN },
		{ "b", "10.0.1.0/24", 10, NAN },	{ "a", "10.0.3.0/24", 10, NAN },
		{ "soon", "10.0.4.0/24", 10, 2 },	{ "later", "10.0.5.0/24", 10, 1 },
		{ "most", "10.0.6.0/24", 90, NAN },
	};
	static const char *const want[] = { "10.0.6.0/24", "10.0.4.0/24", "10.0.5.0/24",
					    "10.0.3.0/24", "10.0.1.0/24", "10.0.2.0/24",
					    "10.0.0.0/24" };
	cleanup_cluster_view struct cluster_view view = { 0 };

	(void)state;
	for_each_case(row, rows) {
		add(&view, CLUSTER_VALUE_NODES, row->range, row->cidr, 1);
		add(&view, CLUSTER_VALUE_USED, row->range, row->cidr, row->used);
		add(&view, CLUSTER_VALUE_USABLE, row->range, row->cidr, 100);
		add(&view, CLUSTER_VALUE_USED_GROWTH, row->range, row->cidr, row->growth);
	}
	cluster_view_finish(&view);
	for (size_t i = 0; i < case_count(want); i++)
		assert_string_equal(view.rows[i].cidr, want[i]);
}

static void sorts_by_cluster_and_family_what_is_alike(void **state)
{
	static const struct cluster_sample samples[] = {
		{ "y", "a", "::/0", "ipv6", "subnet", 1 },
		{ "y", "a", "::/0", "ipv4", "subnet", 1 },
		{ "x", "b", "::/0", "ipv6", "subnet", 1 },
	};
	cleanup_cluster_view struct cluster_view view = { 0 };

	(void)state;
	for_each_case(sample, samples)
		cluster_view_add(&view, CLUSTER_VALUE_NODES, false, sample);
	cluster_view_finish(&view);
	assert_string_equal(view.rows[0].cluster, "x");
	assert_string_equal(view.rows[1].family, "ipv4");
	assert_int_equal(view.rows[2].scope, RANGE_SCOPE_SUBNET);
}

static void counts_the_rows_that_it_has_no_room_for(void **state)
{
	cleanup_cluster_view struct cluster_view view = { 0 };
	char name[16];

	(void)state;
	for (unsigned int i = 0; i < CLUSTER_ROWS_MAX + 3; i++) {
		snprintf(name, sizeof(name), "r%u", i);
		add(&view, CLUSTER_VALUE_NODES, name, "10.0.0.0/8", 1);
	}
	assert_int_equal(view.count, CLUSTER_ROWS_MAX);
	assert_int_equal(view.dropped, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(works_out_shared_ranges),
		cmocka_unit_test(works_out_ranges_of_nodes),
		cmocka_unit_test(joins_by_cluster_range_cidr_and_family),
		cmocka_unit_test(keeps_node_ranges_apart_from_shared_ones_of_the_same_name),
		cmocka_unit_test(refuses_labels_that_no_agent_has),
		cmocka_unit_test(sorts_the_fullest_first_and_what_is_not_known_last),
		cmocka_unit_test(sorts_by_cluster_and_family_what_is_alike),
		cmocka_unit_test(counts_the_rows_that_it_has_no_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
