// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/plan_gke.h"

static struct prefix prefix(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix;
}

static void add_range(struct gke_cluster *cluster, const char *cidr)
{
	struct gke_range *range = &cluster->ranges[cluster->range_count++];

	snprintf(range->name, sizeof(range->name), "range-%zu", cluster->range_count);
	range->cidr = prefix(cidr);
}

static void add_pool(struct gke_cluster *cluster, size_t range, unsigned int max_pods, uint64_t min,
		     uint64_t max)
{
	struct gke_pool *pool = &cluster->pools[cluster->pool_count++];

	*pool = (struct gke_pool){ .range = range, .max_pods = max_pods, .min = min, .max = max };
	snprintf(pool->name, sizeof(pool->name), "pool-%zu", cluster->pool_count);
}

static void expect_pool(const struct gke_plan *plan, size_t pool, uint64_t nodes,
			enum gke_stop stop, uint64_t stop_at)
{
	assert_int_equal(plan->pools[pool].nodes, nodes);
	assert_int_equal(plan->pools[pool].stop, stop);
	assert_int_equal(plan->pools[pool].stop_at, stop_at);
}

static void derives_the_mask_of_a_node_from_its_pods(void **state)
{
	static const struct {
		unsigned int pods, mask;
	} cases[] = {
		{ 1, 28 },   { 7, 28 },	  { 8, 28 },   { 9, 27 },   { 16, 27 },
		{ 17, 26 },  { 32, 26 },  { 33, 25 },  { 64, 25 },  { 65, 24 },
		{ 110, 24 }, { 128, 24 }, { 129, 23 }, { 256, 23 },
	};

	(void)state;
	for_each_case(c, cases) {
		print_message("  %u\n", c->pods);
		assert_int_equal(gke_node_mask(c->pods), c->mask);
		assert_int_equal(gke_block_len(c->pods), IP_V4_BITS + c->mask);
	}
}

static void tells_the_most_pods_of_a_mask(void **state)
{
	static const unsigned int cases[][2] = { { 28, 8 },  { 27, 16 },  { 26, 32 },
						 { 25, 64 }, { 24, 128 }, { 23, 256 } };

	(void)state;
	for_each_case(c, cases) {
		assert_int_equal(gke_mask_pods((*c)[0]), (*c)[1]);
		assert_int_equal(gke_node_mask(gke_mask_pods((*c)[0])), (*c)[0]);
	}
}

static void counts_nodes_of_routes_based_clusters(void **state)
{
	static const struct {
		const char *range;
		double want;
	} cases[] = {
		{ "10.0.0.0/14", 1008 }, { "10.0.0.0/16", 240 }, { "10.0.0.0/19", 16 },
		{ "10.0.0.0/20", 0 },	 { "10.0.0.0/21", 0 },	 { "10.0.0.0/8", 65520 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix range = prefix(c->range);

		print_message("  %s\n", c->range);
		assert_true(gke_route_based_nodes(&range) == c->want);
	}
}

/* 2^(M-D), and range use = nodes * 2^(32-M) / 2^(32-D). */
static void counts_the_nodes_of_one_pool(void **state)
{
	static const struct {
		const char *range;
		unsigned int pods;
		uint64_t want;
		double taken;
	} cases[] = {
		{ "10.0.0.0/26", 16, 2, 64 },	     { "10.0.0.0/26", 8, 4, 64 },
		{ "10.0.0.0/26", 32, 1, 64 },	     { "10.0.0.0/26", 64, 0, 0 },
		{ "10.0.0.0/21", 110, 8, 2048 },     { "10.0.0.0/16", 110, 256, 65536 },
		{ "10.0.0.0/14", 256, 512, 262144 }, { "10.0.0.0/9", 8, 524288, 8388608 },
		{ "10.0.0.0/32", 8, 0, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free struct gke_cluster *cluster = calloc(1, sizeof(*cluster));
		cleanup_gke_plan struct gke_plan *plan = NULL;

		print_message("  %s %u\n", c->range, c->pods);
		assert_non_null(cluster);
		add_range(cluster, c->range);
		add_pool(cluster, 0, c->pods, 0, GKE_NO_MAX);
		assert_int_equal(gke_plan_new(cluster, &plan), 0);
		expect_pool(plan, 0, c->want, GKE_STOP_RANGE, c->want);
		assert_int_equal(plan->first, 0);
		assert_int_equal(plan->ranges[0].nodes, c->want);
		assert_true(plan->ranges[0].taken == c->taken);
		assert_true(plan->ranges[0].taken + plan_space_free(&plan->ranges[0].space) ==
			    prefix_size(&cluster->ranges[0].cidr));
	}
}

static void stops_at_the_max_with_nothing_full(void **state)
{
	cleanup_free struct gke_cluster *cluster = calloc(1, sizeof(*cluster));
	cleanup_gke_plan struct gke_plan *plan = NULL;

	(void)state;
	add_range(cluster, "10.0.0.0/24");
	add_pool(cluster, 0, 16, 0, 3);
	add_pool(cluster, 0, 16, 0, 5);
	assert_int_equal(gke_plan_new(cluster, &plan), 0);
	expect_pool(plan, 0, 3, GKE_STOP_MAX, 6);
	expect_pool(plan, 1, 5, GKE_STOP_MAX, 8);
	assert_int_equal(plan->first, -1);
}

/* At its max when its range fills up: it did not meet that. */
static void a_pool_at_its_max_does_not_meet_a_full_range(void **state)
{
	cleanup_free struct gke_cluster *cluster = calloc(1, sizeof(*cluster));
	cleanup_gke_plan struct gke_plan *plan = NULL;

	(void)state;
	add_range(cluster, "10.0.0.0/26");
	add_pool(cluster, 0, 16, 0, 2);
	assert_int_equal(gke_plan_new(cluster, &plan), 0);
	expect_pool(plan, 0, 2, GKE_STOP_MAX, 2);
	assert_int_equal(plan->first, -1);
}

static void pools_share_a_range_and_take_turns(void **state)
{
	cleanup_free struct gke_cluster *cluster = calloc(1, sizeof(*cluster));
	cleanup_gke_plan struct gke_plan *plan = NULL;

	(void)state;
	add_range(cluster, "10.4.0.0/24");
	add_range(cluster, "10.5.0.0/24");
	add_pool(cluster, 0, 32, 1, 3);
	add_pool(cluster, 0, 16, 0, GKE_NO_MAX);
	add_pool(cluster, 1, 64, 0, GKE_NO_MAX);
	assert_int_equal(gke_plan_new(cluster, &plan), 0);
	/* 1,0,0; 2,1,1; 3,2,2: 192 + 64 addresses of the first range, all of the second */
	expect_pool(plan, 0, 3, GKE_STOP_MAX, 7);
	expect_pool(plan, 1, 2, GKE_STOP_RANGE, 7);
	expect_pool(plan, 2, 2, GKE_STOP_RANGE, 7);
	assert_int_equal(plan->first, 1);
	assert_int_equal(plan->ranges[0].nodes, 5);
	assert_int_equal(plan->ranges[1].nodes, 2);
}

/* The wide pool finds no /25, where the narrow one goes on. */
static void a_pool_with_large_blocks_stops_before_one_with_small(void **state)
{
	cleanup_free struct gke_cluster *cluster = calloc(1, sizeof(*cluster));
	cleanup_gke_plan struct gke_plan *plan = NULL;

	(void)state;
	add_range(cluster, "10.4.0.0/24");
	add_pool(cluster, 0, 8, 1, GKE_NO_MAX);
	add_pool(cluster, 0, 64, 0, GKE_NO_MAX);
	assert_int_equal(gke_plan_new(cluster, &plan), 0);
	expect_pool(plan, 1, 1, GKE_STOP_RANGE, 4);
	expect_pool(plan, 0, 8, GKE_STOP_RANGE, 9);
	assert_int_equal(plan->first, 1);
}

static void gives_least_nodes_to_every_pool_before_any_grows(void **state)
{
	cleanup_free struct gke_cluster *cluster = calloc(1, sizeof(*cluster));
	cleanup_gke_plan struct gke_plan *plan = NULL;

	(void)state;
	add_range(cluster, "10.0.0.0/25");
	add_pool(cluster, 0, 16, 0, GKE_NO_MAX);
	add_pool(cluster, 0, 16, 3, GKE_NO_MAX);
	add_pool(cluster, 0, 16, 3, 4);
	assert_int_equal(gke_plan_new(cluster, &plan), 0);
	expect_pool(plan, 0, 0, GKE_STOP_RANGE, 4);
	expect_pool(plan, 1, 3, GKE_STOP_RANGE, 4);
	expect_pool(plan, 2, 1, GKE_STOP_RANGE, 4);
	assert_int_equal(plan->first, 2);
}

static void plans_nothing_for_no_pools(void **state)
{
	cleanup_free struct gke_cluster *cluster = calloc(1, sizeof(*cluster));
	cleanup_gke_plan struct gke_plan *plan = NULL;

	(void)state;
	add_range(cluster, "10.0.0.0/25");
	assert_int_equal(gke_plan_new(cluster, &plan), 0);
	assert_int_equal(plan->first, -1);
	assert_true(plan_space_free(&plan->ranges[0].space) == 128);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives_the_mask_of_a_node_from_its_pods),
		cmocka_unit_test(tells_the_most_pods_of_a_mask),
		cmocka_unit_test(counts_nodes_of_routes_based_clusters),
		cmocka_unit_test(counts_the_nodes_of_one_pool),
		cmocka_unit_test(stops_at_the_max_with_nothing_full),
		cmocka_unit_test(a_pool_at_its_max_does_not_meet_a_full_range),
		cmocka_unit_test(pools_share_a_range_and_take_turns),
		cmocka_unit_test(a_pool_with_large_blocks_stops_before_one_with_small),
		cmocka_unit_test(gives_least_nodes_to_every_pool_before_any_grows),
		cmocka_unit_test(plans_nothing_for_no_pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
