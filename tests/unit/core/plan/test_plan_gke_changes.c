// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>

#include "core/plan/plan_gke_changes.h"

static void add_range(struct gke_cluster *cluster, const char *cidr)
{
	struct gke_range *range = &cluster->ranges[cluster->range_count++];

	snprintf(range->name, sizeof(range->name), "range-%zu", cluster->range_count);
	assert_int_equal(prefix_parse(cidr, &range->cidr), 0);
}

static void add_pool(struct gke_cluster *cluster, size_t range, unsigned int max_pods, uint64_t max)
{
	cluster->pools[cluster->pool_count++] =
		(struct gke_pool){ .range = range, .max_pods = max_pods, .max = max };
}

struct want {
	enum gke_change_kind kind;
	int range; /* index; -1: none */
	unsigned int max_pods;
	double nodes;
};

static void expect(const struct gke_cluster *cluster, uint8_t new_len, const struct want *want,
		   size_t count)
{
	cleanup_gke_plan struct gke_plan *plan = NULL;
	struct gke_changes got;

	assert_int_equal(gke_plan_new(cluster, &plan), 0);
	assert_true(plan->first >= 0);
	assert_int_equal(gke_changes_list(cluster, plan, new_len, &got), 0);
	assert_int_equal(got.count, count);
	for (size_t i = 0; i < count; i++) {
		const struct gke_change *it = &got.items[i];

		print_message("  %zu\n", i);
		assert_int_equal(it->kind, want[i].kind);
		assert_ptr_equal(it->range,
				 want[i].range < 0 ? NULL : &cluster->ranges[want[i].range]);
		assert_int_equal(it->max_pods, want[i].max_pods);
		assert_true(it->nodes == want[i].nodes);
		assert_true(it->pods == want[i].nodes * want[i].max_pods);
	}
}

/* The /26 that carries two nodes of 16 pods. */
static void adds_a_range_as_large_as_the_full_one_or_as_told(void **state)
{
	static const struct want same[] = {
		{ GKE_CHANGE_CLUSTER_RANGE, -1, 16, 4 },
		{ GKE_CHANGE_NEW_RANGE, -1, 16, 4 },
		{ GKE_CHANGE_MAX_PODS, -1, 8, 4 },
	};
	static const struct want larger[] = {
		{ GKE_CHANGE_CLUSTER_RANGE, -1, 16, 10 },
		{ GKE_CHANGE_NEW_RANGE, -1, 16, 10 },
		{ GKE_CHANGE_MAX_PODS, -1, 8, 4 },
	};
	struct gke_cluster cluster = { 0 };

	(void)state;
	add_range(&cluster, "10.0.0.0/26");
	add_pool(&cluster, 0, 16, GKE_NO_MAX);
	expect(&cluster, 0, same, case_count(same));
	expect(&cluster, IP_V4_BITS + 24, larger, case_count(larger));
}

/* What other ranges have left counts, not what they are; other pools grow into what becomes free.
 */
static void counts_what_other_pools_leave(void **state)
{
	static const struct want want[] = {
		{ GKE_CHANGE_CLUSTER_RANGE, -1, 32, 2 + 4 },
		{ GKE_CHANGE_NEW_RANGE, -1, 32, 2 + 4 },
		{ GKE_CHANGE_EXISTING_RANGE, 1, 32, 2 + 3 },
		{ GKE_CHANGE_EXISTING_RANGE, 2, 32, 2 + 0 },
		{ GKE_CHANGE_MAX_PODS, -1, 16, 4 }, /* one /26 more goes to the other pool, */
		{ GKE_CHANGE_MAX_PODS, -1, 8, 4 }, /* here before this one asks for it */
	};
	struct gke_cluster cluster = { 0 };

	(void)state;
	add_range(&cluster, "10.0.0.0/24"); /* four blocks of a /26, two of each pool */
	add_range(&cluster, "10.1.0.0/24"); /* one of which is in use */
	add_range(&cluster, "10.2.0.0/27"); /* less than a block */
	add_pool(&cluster, 0, 32, GKE_NO_MAX);
	add_pool(&cluster, 0, 32, GKE_NO_MAX);
	add_pool(&cluster, 1, 32, 1);
	expect(&cluster, 0, want, case_count(want));
}

static void has_none_for_pools_of_the_smallest_block(void **state)
{
	static const struct want want[] = {
		{ GKE_CHANGE_CLUSTER_RANGE, -1, 4, 8 },
		{ GKE_CHANGE_NEW_RANGE, -1, 4, 8 },
	};
	struct gke_cluster cluster = { 0 };

	(void)state;
	add_range(&cluster, "10.0.0.0/26");
	add_pool(&cluster, 0, 4, GKE_NO_MAX);
	expect(&cluster, 0, want, case_count(want));
}

static void is_bounded(void **state)
{
	static const struct gke_pool pool = { .max_pods = GKE_PODS_MAX, .max = GKE_NO_MAX };
	struct gke_cluster cluster = { .pools = { pool }, .pool_count = 1 };
	cleanup_gke_plan struct gke_plan *plan = NULL;
	struct gke_changes got;
	char cidr[32];

	(void)state;
	for (unsigned int i = 0; i < GKE_RANGES_MAX; i++) {
		snprintf(cidr, sizeof(cidr), "10.%u.0.0/16", i);
		add_range(&cluster, cidr);
	}
	assert_int_equal(gke_plan_new(&cluster, &plan), 0);
	assert_int_equal(gke_changes_list(&cluster, plan, 0, &got), 0);
	assert_int_equal(got.count, 2 + GKE_RANGES_MAX - 1 + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_a_range_as_large_as_the_full_one_or_as_told),
		cmocka_unit_test(counts_what_other_pools_leave),
		cmocka_unit_test(has_none_for_pools_of_the_smallest_block),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
