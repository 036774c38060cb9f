// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/plan/plan_node_cidr.h"

static struct prefix prefix(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix;
}

static void counts_nodes_and_the_pods_of_each(void **state)
{
	static const struct {
		const char *cluster;
		unsigned int mask;
		double nodes, usable, pods;
	} cases[] = {
		{ "10.244.0.0/16", 24, 256, 253, 110 }, { "10.0.0.0/26", 27, 2, 29, 29 },
		{ "10.0.0.0/26", 26, 1, 61, 61 },	{ "10.0.0.0/24", 28, 16, 13, 13 },
		{ "10.0.0.0/24", 29, 32, 5, 5 },	{ "10.0.0.0/24", 31, 128, 0, 0 },
		{ "10.0.0.0/24", 32, 256, 0, 0 },	{ "0.0.0.0/0", 32, 4294967296, 0, 0 },
		{ "fd00::/108", 120, 4096, 254, 110 },	{ "fd00::/112", 128, 65536, 0, 0 },
		{ "fd00::/112", 127, 32768, 0, 0 },	{ "fd00::/112", 126, 16384, 2, 2 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix cluster = prefix(c->cluster);
		struct node_cidr_plan plan;

		print_message("  %s %u\n", c->cluster, c->mask);
		assert_int_equal(node_cidr_plan(&cluster, c->mask, NODE_CIDR_PODS, &plan), 0);
		assert_true(plan.nodes == c->nodes);
		assert_true(plan.usable == c->usable);
		assert_true(plan.pods == c->pods);
	}
}

static void does_not_overflow_in_ipv6(void **state)
{
	struct prefix cluster = prefix("fd00:10::/48"), all = prefix("::/0");
	struct node_cidr_plan plan;

	(void)state;
	assert_int_equal(node_cidr_plan(&cluster, 64, 110, &plan), 0);
	assert_true(plan.nodes == 65536);
	assert_true(plan.addresses == ldexp(1, 64));
	assert_true(plan.pods == 110);
	assert_int_equal(node_cidr_plan(&all, 0, 110, &plan), 0);
	assert_true(plan.nodes == 1);
	assert_true(plan.addresses == ldexp(1, 128));
}

static void refuses_the_masks_that_the_controller_refuses(void **state)
{
	static const struct {
		const char *cluster;
		unsigned int mask;
		int want;
	} cases[] = {
		{ "10.0.0.0/24", 23, -EDOM }, { "10.0.0.0/24", 33, -EDOM },
		{ "fd00::/64", 63, -EDOM },   { "fd00::/64", 129, -EDOM },
		{ "fd00::/47", 64, -E2BIG },  { "fd00::/64", 128, -E2BIG },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix cluster = prefix(c->cluster);
		struct node_cidr_plan plan, before;

		memset(&plan, 7, sizeof(plan));
		before = plan;
		print_message("  %s %u\n", c->cluster, c->mask);
		assert_int_equal(node_cidr_plan(&cluster, c->mask, 110, &plan), c->want);
		assert_memory_equal(&plan, &before, sizeof(plan));
	}
}

static void has_a_default_mask_for_each_family(void **state)
{
	struct prefix v4 = prefix("10.0.0.0/16"), v6 = prefix("fd00::/56");

	(void)state;
	assert_int_equal(node_cidr_default_mask(&v4), 24);
	assert_int_equal(node_cidr_default_mask(&v6), 64);
}

static void names_the_block_of_a_node(void **state)
{
	static const struct {
		const char *cluster;
		unsigned int mask;
		uint32_t index;
		const char *want;
	} cases[] = {
		{ "10.244.0.0/16", 24, 0, "10.244.0.0/24" },
		{ "10.244.0.0/16", 24, 255, "10.244.255.0/24" },
		{ "10.0.0.0/26", 27, 1, "10.0.0.32/27" },
		{ "0.0.0.0/0", 32, 4294967295, "255.255.255.255/32" },
		{ "fd00:10::/48", 64, 65535, "fd00:10:0:ffff::/64" },
		{ "fd00::/56", 60, 10, "fd00:0:0:a0::/60" },
		{ "fd00::/112", 128, 258, "fd00::102/128" },
		{ "::/0", 0, 0, "::/0" },
		{ "::/0", 1, 1, "8000::/1" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix cluster = prefix(c->cluster);
		struct prefix block = node_cidr_block(&cluster, c->mask, c->index);
		char text[PREFIX_TEXT_SIZE];

		prefix_format(&block, text);
		assert_string_equal(text, c->want);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_nodes_and_the_pods_of_each),
		cmocka_unit_test(does_not_overflow_in_ipv6),
		cmocka_unit_test(refuses_the_masks_that_the_controller_refuses),
		cmocka_unit_test(has_a_default_mask_for_each_family),
		cmocka_unit_test(names_the_block_of_a_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
