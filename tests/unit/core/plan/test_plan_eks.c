// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "core/plan/plan_eks.h"

enum { PREFIXES = 1, CUSTOM = 2 };

static struct eks_node node_of(const char *type, unsigned int mode)
{
	const struct eni_type *known = eni_type_find(type);
	struct eks_node node = { .warm_eni = 1, .warm_prefix = 1 };

	assert_non_null(known);
	node.type = *known;
	node.has_prefixes = mode & PREFIXES;
	node.has_custom_networking = mode & CUSTOM;
	node.max_pods = eks_max_pods(&node);
	return node;
}

static struct eks_subnet subnet_of(const char *cidr, double used)
{
	struct eks_subnet subnet = { .used = used };

	assert_int_equal(prefix_parse(cidr, &subnet.cidr), 0);
	return subnet;
}

static void counts_the_most_pods_of_a_type(void **state)
{
	static const struct {
		const char *type;
		unsigned int mode, want, recommended;
	} cases[] = {
		{ "t3.medium", 0, 17, 17 },
		{ "t3.medium", CUSTOM, 12, 12 },
		{ "t3.medium", PREFIXES, 242, 110 },
		{ "m5.large", 0, 29, 29 },
		{ "m5.large", CUSTOM, 20, 20 },
		{ "m5.large", PREFIXES, 434, 110 },
		{ "m5.large", PREFIXES | CUSTOM, 290, 110 },
		{ "t3.small", 0, 11, 11 },
		{ "m4.4xlarge", 0, 234, 110 },
		{ "p3dn.24xlarge", 0, 737, 250 },
		{ "m5.8xlarge", 0, 234, 234 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct eks_node node = node_of(c->type, c->mode);

		print_message("  %s %u\n", c->type, c->mode);
		assert_int_equal(eks_max_pods(&node), c->want);
		assert_int_equal(eks_recommended_pods(&node), c->recommended);
	}
}

static void caps_at_more_pods_above_30_vcpus(void **state)
{
	static const unsigned int cases[][2] = {
		{ 0, 110 }, { 1, 110 }, { 30, 110 }, { 31, 250 }, { 96, 250 }
	};

	(void)state;
	for_each_case(c, cases)
		assert_int_equal(eks_cap((*c)[0]), (*c)[1]);
}

static void leaves_two_pods_to_the_network_of_the_host(void **state)
{
	static const unsigned int cases[][2] = {
		{ 29, 27 }, { 110, 27 }, { 3, 1 }, { 2, 0 }, { 1, 0 }
	};

	(void)state;
	for_each_case(c, cases) {
		struct eks_node node = node_of("m5.large", 0);

		node.max_pods = (*c)[0];
		assert_int_equal(eks_full_pods(&node), (*c)[1]);
	}
}

/* The rows of docs/eni-and-ip-target.md of amazon-vpc-cni-k8s. */
static void takes_secondary_addresses_as_ipamd_documents_it(void **state)
{
	static const struct {
		const char *type;
		unsigned int warm_ip, minimum_ip, pods, enis, attached;
	} cases[] = {
		{ "t3.small", 0, 0, 0, 1, 3 },	       { "t3.small", 0, 0, 5, 3, 9 },
		{ "t3.small", 0, 0, 9, 3, 9 },	       { "t3.small", 1, 1, 0, 1, 1 },
		{ "t3.small", 1, 1, 5, 2, 6 },	       { "t3.small", 1, 1, 9, 3, 9 },
		{ "t3.small", 2, 5, 0, 2, 5 },	       { "t3.small", 2, 5, 5, 3, 7 },
		{ "t3.small", 2, 5, 9, 3, 9 },	       { "p3dn.24xlarge", 0, 0, 0, 1, 49 },
		{ "p3dn.24xlarge", 0, 0, 3, 2, 98 },   { "p3dn.24xlarge", 0, 0, 95, 3, 147 },
		{ "p3dn.24xlarge", 5, 10, 0, 1, 10 },  { "p3dn.24xlarge", 5, 10, 7, 1, 12 },
		{ "p3dn.24xlarge", 5, 10, 15, 1, 20 }, { "p3dn.24xlarge", 5, 10, 45, 2, 50 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct eks_node node = node_of(c->type, 0);
		struct eks_taken taken;

		print_message("  %s %u %u %u\n", c->type, c->warm_ip, c->minimum_ip, c->pods);
		node.warm_ip = c->warm_ip;
		node.minimum_ip = c->minimum_ip;
		eks_take(&node, c->pods, &taken);
		assert_int_equal(taken.pods, c->pods);
		assert_int_equal(taken.enis, c->enis);
		assert_int_equal(taken.attached, c->attached);
		assert_int_equal(taken.prefixes, 0);
		assert_int_equal(taken.pod_subnet, c->enis + c->attached);
		assert_int_equal(taken.node_subnet, 0);
	}
}

/* docs/prefix-and-ip-target.md; the ENIs of p3dn.24xlarge, and 7/20 with no pods, as the code has
 * them. */
static void takes_prefixes_as_ipamd_documents_it(void **state)
{
	static const struct {
		const char *type;
		unsigned int warm_ip, minimum_ip, pods, enis, prefixes;
	} cases[] = {
		{ "t3.small", 0, 0, 0, 1, 1 },	      { "t3.small", 0, 0, 5, 1, 2 },
		{ "t3.small", 0, 0, 16, 1, 2 },	      { "t3.small", 0, 0, 17, 1, 3 },
		{ "t3.small", 0, 0, 58, 2, 5 },	      { "t3.small", 1, 1, 0, 1, 1 },
		{ "t3.small", 1, 1, 5, 1, 1 },	      { "t3.small", 1, 1, 17, 1, 2 },
		{ "t3.small", 1, 1, 58, 2, 4 },	      { "t3.small", 7, 20, 0, 1, 2 },
		{ "t3.small", 7, 20, 5, 1, 2 },	      { "t3.small", 7, 20, 17, 1, 2 },
		{ "t3.small", 7, 20, 58, 2, 5 },      { "p3dn.24xlarge", 0, 0, 0, 1, 1 },
		{ "p3dn.24xlarge", 0, 0, 3, 1, 2 },   { "p3dn.24xlarge", 0, 0, 95, 1, 7 },
		{ "p3dn.24xlarge", 5, 10, 0, 1, 1 },  { "p3dn.24xlarge", 5, 10, 7, 1, 1 },
		{ "p3dn.24xlarge", 5, 10, 15, 1, 2 }, { "p3dn.24xlarge", 5, 10, 45, 1, 4 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct eks_node node = node_of(c->type, PREFIXES);
		struct eks_taken taken;

		print_message("  %s %u %u %u\n", c->type, c->warm_ip, c->minimum_ip, c->pods);
		node.warm_ip = c->warm_ip;
		node.minimum_ip = c->minimum_ip;
		eks_take(&node, c->pods, &taken);
		assert_int_equal(taken.enis, c->enis);
		assert_int_equal(taken.prefixes, c->prefixes);
		assert_int_equal(taken.attached, 16 * c->prefixes);
		assert_int_equal(taken.pod_subnet, c->enis + 16 * c->prefixes);
	}
}

static void asks_for_more_when_nothing_is_free_with_targets_of_0(void **state)
{
	static const unsigned int cases[][4] = {
		/* mode, pods, enis, attached */
		{ 0, 0, 1, 3 },		{ 0, 2, 1, 3 },		 { 0, 3, 2, 6 },
		{ PREFIXES, 0, 1, 16 }, { PREFIXES, 15, 1, 16 }, { PREFIXES, 16, 1, 32 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct eks_node node = node_of("t3.small", (*c)[0]);
		struct eks_taken taken;

		node.warm_eni = node.warm_prefix = 0;
		eks_take(&node, (*c)[1], &taken);
		assert_int_equal(taken.enis, (*c)[2]);
		assert_int_equal(taken.attached, (*c)[3]);
	}
}

static void larger_targets_take_more(void **state)
{
	struct eks_node node = node_of("m4.4xlarge", 0);
	struct eks_taken taken;

	(void)state;
	node.warm_eni = 2;
	eks_take(&node, 9,
		 &taken); /* the example of ipamd.go: 81 free of 90, less 3 primary ones */
	assert_int_equal(taken.enis, 3);
	assert_int_equal(taken.attached, 87);
	node.has_prefixes = true;
	node.warm_prefix = 3;
	eks_take(&node, 1, &taken);
	assert_int_equal(taken.prefixes, 4);
}

static void stops_at_what_the_kubelet_runs_or_the_enis_hold(void **state)
{
	struct eks_node node = node_of("m5.large", PREFIXES);
	struct eks_taken taken;

	(void)state;
	node.max_pods = 110;
	eks_take(&node, 1000, &taken);
	assert_int_equal(taken.pods, 108);
	assert_int_equal(taken.prefixes, 7); /* 112 >= 110: no warm one */
	node.max_pods = 10;
	eks_take(&node, 1000, &taken);
	assert_int_equal(taken.pods, 8);
	assert_int_equal(taken.prefixes, 1);
	node = node_of("m5.large", 0);
	node.max_pods = 110;
	eks_take(&node, 1000, &taken);
	assert_int_equal(taken.pods, 27);
	assert_int_equal(taken.enis, 3);
	assert_int_equal(taken.pod_subnet, 30);
}

static void custom_networking_leaves_the_primary_eni_to_the_node(void **state)
{
	struct eks_node node = node_of("m5.large", CUSTOM);
	struct eks_taken taken;

	(void)state;
	eks_take(&node, 0, &taken);
	assert_int_equal(taken.enis, 2);
	assert_int_equal(taken.node_subnet, 1);
	assert_int_equal(taken.pod_subnet, 10);
	eks_take(&node, 18, &taken);
	assert_int_equal(taken.enis, 3);
	assert_int_equal(taken.node_subnet, 1);
	assert_int_equal(taken.pod_subnet, 20);

	node.type.enis = 1; /* nothing is left for pods */
	assert_int_equal(eks_max_pods(&node), 2);
	eks_take(&node, 5, &taken);
	assert_int_equal(taken.pods, 0);
	assert_int_equal(taken.pod_subnet, 0);
}

static void aws_keeps_five_addresses_of_a_subnet(void **state)
{
	static const struct {
		const char *cidr;
		double reserved, used, usable, free;
	} cases[] = {
		{ "10.0.0.0/24", -1, 0, 251, 251 }, { "10.0.0.0/27", 0, 0, 27, 27 },
		{ "10.0.0.0/28", 5, 0, 11, 11 },    { "10.0.0.0/28", 8, 3, 8, 5 },
		{ "10.0.0.0/28", 16, 0, 0, 0 },	    { "10.0.0.0/28", 0, 12, 11, 0 },
		{ "10.0.0.0/30", 0, 0, 0, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct eks_subnet subnet = subnet_of(c->cidr, c->used);

		subnet.reserved = c->reserved;
		print_message("  %s\n", c->cidr);
		assert_true(eks_subnet_usable(&subnet) == c->usable);
		assert_true(eks_subnet_free(&subnet) == c->free);
	}
}

static void counts_the_nodes_of_a_subnet(void **state)
{
	static const struct {
		const char *type;
		unsigned int mode, pods;
		const char *cidr;
		double used, want;
	} cases[] = {
		{ "m5.large", 0, 0, "10.0.0.0/24", 0, 25 }, /* 10 each */
		{ "m5.large", 0, 27, "10.0.0.0/24", 0, 8 }, /* 30 each */
		{ "m5.large", 0, 27, "10.0.0.0/24", 11, 8 },
		{ "m5.large", 0, 27, "10.0.0.0/24", 12, 7 },
		{ "t3.medium", 0, 3, "10.0.0.0/27", 0, 2 },
		{ "m5.large", 0, 27, "10.0.0.0/28", 0, 0 },
		/* 17 each; 14 whole /28s, and 27 addresses outside of them */
		{ "m5.large", PREFIXES, 0, "10.0.0.0/24", 0, 14 },
		{ "m5.large", PREFIXES, 0, "10.0.0.0/24", 13, 14 },
		{ "m5.large", PREFIXES, 0, "10.0.0.0/24", 14, 13 },
		{ "m5.large", PREFIXES, 0, "10.0.0.0/26", 0, 2 },
		{ "m5.large", PREFIXES, 0, "10.0.0.0/27", 0, 0 }, /* 27 free, but no whole /28 */
		{ "m5.large", PREFIXES, 0, "10.0.0.0/20", 0, 240 },
		{ "m5.large", PREFIXES | CUSTOM, 0, "10.0.0.0/24", 0, 14 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct eks_node node = node_of(c->type, c->mode);
		struct eks_subnet subnet = subnet_of(c->cidr, c->used);
		struct eks_taken taken;

		print_message("  %s %u %u %s %.0f\n", c->type, c->mode, c->pods, c->cidr, c->used);
		eks_take(&node, c->pods, &taken);
		assert_true(eks_subnet_nodes(&subnet, &taken) == c->want);
	}
}

static void a_subnet_for_nodes_gives_one_address_each(void **state)
{
	struct eks_node node = node_of("m5.large", PREFIXES | CUSTOM);
	struct eks_subnet subnet = subnet_of("10.0.1.0/26", 9);
	struct eks_taken taken;

	(void)state;
	subnet.is_for_nodes = true;
	eks_take(&node, 27, &taken);
	assert_int_equal(eks_subnet_taken(&subnet, &taken), 1);
	assert_true(eks_subnet_nodes(&subnet, &taken) == 50);

	node.has_custom_networking = false;
	eks_take(&node, 27, &taken);
	assert_int_equal(eks_subnet_taken(&subnet, &taken), 0);
	assert_true(eks_subnet_nodes(&subnet, &taken) == 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_the_most_pods_of_a_type),
		cmocka_unit_test(caps_at_more_pods_above_30_vcpus),
		cmocka_unit_test(leaves_two_pods_to_the_network_of_the_host),
		cmocka_unit_test(takes_secondary_addresses_as_ipamd_documents_it),
		cmocka_unit_test(takes_prefixes_as_ipamd_documents_it),
		cmocka_unit_test(asks_for_more_when_nothing_is_free_with_targets_of_0),
		cmocka_unit_test(larger_targets_take_more),
		cmocka_unit_test(stops_at_what_the_kubelet_runs_or_the_enis_hold),
		cmocka_unit_test(custom_networking_leaves_the_primary_eni_to_the_node),
		cmocka_unit_test(aws_keeps_five_addresses_of_a_subnet),
		cmocka_unit_test(counts_the_nodes_of_a_subnet),
		cmocka_unit_test(a_subnet_for_nodes_gives_one_address_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
