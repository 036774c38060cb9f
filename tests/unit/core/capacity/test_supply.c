// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/capacity/supply.h"

static void add(struct capacity *capacity, const char *cidr, const char *name,
		enum range_scope scope, double reserved)
{
	const struct capacity_naming naming = { name, scope, reserved, "test" };

	assert_int_equal(capacity_add_cidr(capacity, cidr, &naming), 0);
}

#define NODE RANGE_SCOPE_NODE
#define SUBNET RANGE_SCOPE_SUBNET
#define CLUSTER RANGE_SCOPE_CLUSTER

struct merged {
	struct supply supply;
	struct range_table *ranges;
};

static void merge(const struct capacity *capacities, size_t count, struct merged *out)
{
	struct supply_voice voices[SUPPLY_VOICES_MAX];

	for (size_t i = 0; i < count; i++)
		voices[i] = (struct supply_voice){ "test", &capacities[i] };
	assert_int_equal(supply_merge(voices, count, &out->supply, &out->ranges), 0);
}

static void clear(struct merged *merged, struct capacity *capacities, size_t count)
{
	supply_clear(&merged->supply);
	range_table_free(merged->ranges);
	for (size_t i = 0; i < count; i++)
		capacity_clear(&capacities[i]);
}

static const struct range *at(const struct merged *merged, const char *cidr)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(cidr, &prefix), 0);
	for (size_t i = 0; i < range_table_count(merged->ranges); i++)
		if (!prefix_compare(&range_table_at(merged->ranges, i)->cidr, &prefix))
			return range_table_at(merged->ranges, i);
	return NULL;
}

static void bounds_the_nodes_own_ranges_by_its_pods(void **state)
{
	struct capacity all[2] = { 0 };
	struct merged merged;

	(void)state;
	add(&all[0], "10.0.0.0/27", "gke-pod-network", NODE, 3);
	add(&all[0], "10.0.0.0/26", "pod-range", CLUSTER, 0);
	add(&all[0], "10.9.0.0/29", "small", NODE, 3);
	add(&all[0], "fd00::/112", "six", NODE, 2);
	all[1].max_pods = 16;
	merge(all, 2, &merged);
	/* FIELD: a /27 has 29 addresses for host-local; the node has 16 pods. */
	assert_true(range_usable(at(&merged, "10.0.0.0/27")) == 29);
	assert_true(range_bound(at(&merged, "10.0.0.0/27")) == 16);
	assert_true(range_bound(at(&merged, "10.0.0.0/26")) == 64);
	assert_true(range_bound(at(&merged, "10.9.0.0/29")) == 5);
	assert_true(range_bound(at(&merged, "fd00::/112")) == 16);
	clear(&merged, all, 2);
}

static void is_not_bounded_by_pods_that_nobody_counted(void **state)
{
	struct capacity all[1] = { 0 };
	struct merged merged;

	(void)state;
	add(&all[0], "10.0.0.0/27", "block", NODE, 3);
	merge(all, 1, &merged);
	assert_true(range_bound(at(&merged, "10.0.0.0/27")) == 29);
	assert_int_equal(merged.supply.max_pods, 0);
	clear(&merged, all, 1);
}

static void gives_the_nodes_pod_cidr_to_host_local_where_a_conflist_says_so(void **state)
{
	static const struct {
		const char *cidr;
		double reserved, want;
		enum range_scope scope;
		const char *network, *name;
	} cases[] = {
		{ "10.0.0.0/24", -1, 253, NODE, "k8s-pod-network", "k8s-pod-network" },
		{ "fd00::/120", -1, 254, NODE, "k8s-pod-network", "k8s-pod-network" },
		{ "10.0.0.0/24", 7, 249, NODE, "k8s-pod-network", "node" },
		{ "10.0.0.0/24", -1, 256, SUBNET, "k8s-pod-network", "node" },
		{ "10.0.0.0/24", -1, 256, NODE, "", "node" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct capacity all[2] = { 0 };
		struct merged merged;

		strcpy(all[0].pod_cidr_network, c->network);
		add(&all[1], c->cidr, "node", c->scope, c->reserved);
		merge(all, 2, &merged);
		print_message("  %s %s\n", c->cidr, c->network);
		assert_true(range_usable(at(&merged, c->cidr)) == c->want);
		assert_string_equal(at(&merged, c->cidr)->name, c->name);
		clear(&merged, all, 2);
	}
}

static void believes_the_first_and_completes_it_by_the_others(void **state)
{
	struct capacity all[3] = { 0 };
	struct merged merged;

	(void)state;
	add(&all[0], "10.0.0.0/16", "mine", CLUSTER, -1);
	add(&all[1], "10.0.0.0/16", "theirs", CLUSTER, 7);
	all[1].ranges[0].node_prefix = 24;
	add(&all[2], "10.1.0.0/16", "more", CLUSTER, 0);
	strcpy(all[1].zone, "zone-b");
	strcpy(all[2].zone, "zone-c");
	strcpy(all[2].node_pool, "pool");
	strcpy(all[2].instance_type, "m5.large");
	all[2].max_pods = 29;
	merge(all, 3, &merged);
	assert_string_equal(at(&merged, "10.0.0.0/16")->name, "mine");
	assert_true(at(&merged, "10.0.0.0/16")->reserved == 7);
	assert_int_equal(at(&merged, "10.0.0.0/16")->node_prefix, 24);
	assert_non_null(at(&merged, "10.1.0.0/16"));
	assert_string_equal(merged.supply.zone, "zone-b");
	assert_string_equal(merged.supply.node_pool, "pool");
	assert_string_equal(merged.supply.instance_type, "m5.large");
	assert_int_equal(merged.supply.max_pods, 29);
	clear(&merged, all, 3);
}

/* One voice after another; each says `first` of 10.0.0.0/24, then `second`. */
static void counts_what_is_said_against_earlier_ones(void **state)
{
	struct said {
		const char *cidr;
		enum range_scope scope;
		double reserved;
		uint8_t node_prefix;
		uint32_t max_pods;
		const char *zone;
	};
	static const struct {
		const char *text;
		struct said first, second;
		uint32_t want;
	} cases[] = {
		{ "the same",
		  { "10.0.0.0/24", NODE, 3, 0, 9, "z" },
		  { "10.0.0.0/24", NODE, 3, 0, 9, "z" },
		  0 },
		{ "one knows less",
		  { "10.0.0.0/24", NODE, -1, 0, 0, "" },
		  { "10.0.0.0/24", NODE, 3, 28, 9, "z" },
		  0 },
		{ "another scope",
		  { "10.0.0.0/24", NODE, 3, 0, 0, "" },
		  { "10.0.0.0/24", SUBNET, 3, 0, 0, "" },
		  1 },
		{ "another reserve",
		  { "10.0.0.0/24", SUBNET, 3, 0, 0, "" },
		  { "10.0.0.0/24", SUBNET, 5, 0, 0, "" },
		  1 },
		{ "another block size",
		  { "10.0.0.0/24", CLUSTER, 0, 27, 0, "" },
		  { "10.0.0.0/24", CLUSTER, 0, 28, 0, "" },
		  1 },
		{ "other blocks of the node",
		  { "10.0.0.0/24", NODE, 3, 0, 0, "" },
		  { "10.0.1.0/24", NODE, 3, 0, 0, "" },
		  1 },
		{ "a part of it",
		  { "10.0.0.0/24", NODE, 3, 0, 0, "" },
		  { "10.0.0.0/26", NODE, 3, 0, 0, "" },
		  0 },
		{ "the other family",
		  { "10.0.0.0/24", NODE, 3, 0, 0, "" },
		  { "fd00::/64", NODE, 2, 0, 0, "" },
		  0 },
		{ "ranges of others",
		  { "10.0.0.0/24", SUBNET, 5, 0, 0, "" },
		  { "10.0.1.0/24", SUBNET, 5, 0, 0, "" },
		  0 },
		{ "other pods, another zone",
		  { "10.0.0.0/24", NODE, 3, 0, 110, "a" },
		  { "10.0.0.0/24", NODE, 3, 0, 16, "b" },
		  2 },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct said *said[] = { &c->first, &c->second };
		struct capacity all[2] = { 0 };
		struct merged merged;

		for (size_t i = 0; i < 2; i++) {
			add(&all[i], said[i]->cidr, "x", said[i]->scope, said[i]->reserved);
			all[i].ranges[0].node_prefix = said[i]->node_prefix;
			all[i].max_pods = said[i]->max_pods;
			strcpy(all[i].zone, said[i]->zone);
		}
		merge(all, 2, &merged);
		print_message("  %s\n", c->text);
		assert_int_equal(merged.supply.disagreements[0], 0);
		assert_int_equal(merged.supply.disagreements[1], c->want);
		clear(&merged, all, 2);
	}
}

static struct eni eni_of(const char *id)
{
	struct eni eni = { 0 };

	strcpy(eni.id, id);
	return eni;
}

static void takes_the_books_of_one_and_the_attachments_of_another(void **state)
{
	struct capacity all[4] = { 0 };
	struct eni eni = eni_of("eni-1");
	struct eni_block block = { 0 };
	struct eni_address address = { .is_assigned = true };
	struct merged merged;

	(void)state;
	/* One that knows the pods' addresses alone; one that knows the ENI; one more of each. */
	assert_int_equal(ip_parse("10.0.208.7", &address.ip), 0);
	assert_int_equal(prefix_parse("10.0.208.7/32", &block.cidr), 0);
	address.eni = ENI_NONE;
	all[0].enis.has_addresses = true;
	assert_int_equal(enis_add_address(&all[0].enis, &address), 0);
	assert_int_equal(enis_add(&all[1].enis, &eni), 0);
	assert_int_equal(enis_add_block(&all[1].enis, &block), 0);
	eni = eni_of("eni-2");
	assert_int_equal(enis_add(&all[2].enis, &eni), 0);
	all[3].enis.has_addresses = true;
	merge(all, 4, &merged);
	assert_int_equal(merged.supply.enis.eni_count, 1);
	assert_string_equal(merged.supply.enis.enis[0].id, "eni-1");
	assert_int_equal(merged.supply.enis.address_count, 1);
	assert_true(enis_sum(&merged.supply.enis, NULL, 0).attached == 2);
	assert_true(enis_sum(&merged.supply.enis, NULL, 0).assigned == 1);
	assert_true(enis_sum(&merged.supply.enis, NULL, 0).warm == 0);
	assert_true(enis_sum_eni(&merged.supply.enis, 0, 0).assigned == 1);
	clear(&merged, all, 4);
}

static void refuses_more_voices_than_it_has_room_for(void **state)
{
	struct supply_voice voices[SUPPLY_VOICES_MAX + 1];
	struct capacity none = { 0 };
	struct supply supply;
	struct range_table *ranges;

	(void)state;
	for_each_case(voice, voices)
		*voice = (struct supply_voice){ "test", &none };
	assert_int_equal(supply_merge(voices, SUPPLY_VOICES_MAX + 1, &supply, &ranges), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_the_nodes_own_ranges_by_its_pods),
		cmocka_unit_test(is_not_bounded_by_pods_that_nobody_counted),
		cmocka_unit_test(gives_the_nodes_pod_cidr_to_host_local_where_a_conflist_says_so),
		cmocka_unit_test(believes_the_first_and_completes_it_by_the_others),
		cmocka_unit_test(counts_what_is_said_against_earlier_ones),
		cmocka_unit_test(takes_the_books_of_one_and_the_attachments_of_another),
		cmocka_unit_test(refuses_more_voices_than_it_has_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
