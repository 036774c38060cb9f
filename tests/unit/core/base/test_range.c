// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/range.h"

static struct range range_of(const char *name, const char *cidr, double reserved)
{
	struct range range = { .reserved = reserved, .source = "config", .parent = RANGE_NONE };

	snprintf(range.name, sizeof(range.name), "%s", name);
	assert_int_equal(prefix_parse(cidr, &range.cidr), 0);
	return range;
}

static struct range_table *table_of(const struct range_list *lists, size_t count)
{
	struct range_table *table = NULL;

	assert_int_equal(range_table_new(lists, count, &table), 0);
	return table;
}

static const char *name_of(const struct range_table *table, int index)
{
	return index == RANGE_NONE ? "-" : range_table_at(table, (size_t)index)->name;
}

/* Neighbours, nests three deep, both families, and everything's outermost. */
static struct range_table *nested(void)
{
	const struct range first[] = {
		range_of("block-a", "10.0.0.0/27", 0),
		range_of("everything", "::/0", 0),
		range_of("pods", "10.0.0.0/26", 0),
		range_of("v6-pods", "fd00::/64", 0),
	};
	const struct range second[] = {
		range_of("block-b", "10.0.0.32/27", 0),
		range_of("vpc", "10.0.0.0/16", 0),
		range_of("single", "10.0.0.40/32", 0),
		range_of("other", "192.168.0.0/24", 0),
	};
	const struct range_list lists[] = {
		{ first, case_count(first) },
		{ second, case_count(second) },
	};

	return table_of(lists, case_count(lists));
}

static void finds_the_narrowest_range_around_an_address(void **state)
{
	static const struct {
		const char *ip, *want;
	} cases[] = {
		{ "10.0.0.0", "block-a" },   { "10.0.0.31", "block-a" },
		{ "10.0.0.32", "block-b" },  { "10.0.0.40", "single" },
		{ "10.0.0.41", "block-b" },  { "10.0.0.63", "block-b" },
		{ "10.0.0.64", "vpc" },	     { "10.0.255.255", "vpc" },
		{ "10.1.0.0", "-" },	     { "9.255.255.255", "-" },
		{ "192.168.0.9", "other" },  { "192.168.1.0", "-" },
		{ "255.255.255.255", "-" },  { "fd00::1", "v6-pods" },
		{ "::1", "everything" },     { "fd00:0:0:1::", "everything" },
		{ "ffff::1", "everything" },
	};
	cleanup_range_table struct range_table *table = nested();

	(void)state;
	for_each_case(c, cases) {
		struct ip ip;

		print_message("  '%s'\n", c->ip);
		assert_int_equal(ip_parse(c->ip, &ip), 0);
		assert_string_equal(name_of(table, range_table_find(table, &ip)), c->want);
	}
}

static void sorts_ranges_and_links_each_to_the_one_around_it(void **state)
{
	static const struct {
		const char *name, *parent;
	} want[] = {
		{ "vpc", "-" },	       { "pods", "vpc" },	    { "block-a", "pods" },
		{ "block-b", "pods" }, { "single", "block-b" },	    { "other", "-" },
		{ "everything", "-" }, { "v6-pods", "everything" },
	};
	cleanup_range_table struct range_table *table = nested();

	(void)state;
	assert_int_equal(range_table_count(table), case_count(want));
	for (size_t i = 0; i < case_count(want); i++) {
		const struct range *range = range_table_at(table, i);

		assert_string_equal(range->name, want[i].name);
		assert_string_equal(name_of(table, range->parent), want[i].parent);
	}
}

static void keeps_the_first_of_equal_cidrs_and_learns_what_it_reserves(void **state)
{
	static const struct {
		double first, second, third, want;
	} cases[] = {
		{ -1, 3, 5, 3 },  { -1, -1, 5, 5 },  { 0, 3, 5, 0 },
		{ 2, -1, -1, 2 }, { -1, -1, -1, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct range first = range_of("first", "10.0.0.0/24", c->first);
		const struct range second = range_of("second", "10.0.0.0/24", c->second);
		const struct range third = range_of("third", "10.0.0.0/24", c->third);
		const struct range_list lists[] = { { &first, 1 }, { &second, 1 }, { &third, 1 } };
		cleanup_range_table struct range_table *table = table_of(lists, 3);

		assert_int_equal(range_table_count(table), 1);
		assert_string_equal(range_table_at(table, 0)->name, "first");
		assert_true(range_table_at(table, 0)->reserved == c->want);
	}
}

static void learns_where_the_reserved_ones_are_from_who_agrees_how_many(void **state)
{
	static const struct {
		double first, second;
		bool is_known;
	} cases[] = { { -1, 3, true }, { 3, 3, true }, { 4, 3, false }, { 0, 3, false } };

	(void)state;
	for_each_case(c, cases) {
		const struct range first = range_of("first", "10.0.0.0/24", c->first);
		struct range second = range_of("second", "10.0.0.0/24", c->second);
		const struct range_list lists[] = { { &first, 1 }, { &second, 1 } };
		cleanup_range_table struct range_table *table = NULL;

		second.places.is_known = true;
		assert_int_equal(ip_parse("10.0.0.1", &second.places.first), 0);
		table = table_of(lists, 2);
		assert_int_equal(range_table_at(table, 0)->places.is_known, c->is_known);
	}
}

static void is_equal_only_to_one_that_gives_out_the_same(void **state)
{
	struct range a = range_of("x", "10.0.0.0/24", 3), b = a;

	(void)state;
	a.places = b.places = (struct range_places){ .is_known = true, .has_gateway = true };
	assert_true(range_is_equal(&a, &b));
	b.places.first.bytes[15] = 1;
	assert_false(range_is_equal(&a, &b));
	b.places = a.places, b.places.last.bytes[15] = 1;
	assert_false(range_is_equal(&a, &b));
	b.places = a.places, b.places.gateway.bytes[15] = 1;
	assert_false(range_is_equal(&a, &b));
	a.places.has_gateway = b.places.has_gateway = false;
	assert_true(range_is_equal(&a, &b));
	b.places.has_gateway = true;
	assert_false(range_is_equal(&a, &b));
	b.places.is_known = false;
	assert_false(range_is_equal(&a, &b));
	a.places.is_known = false;
	assert_true(range_is_equal(&a, &b));
}

static void works_without_any_range(void **state)
{
	const struct range_list empty = { NULL, 0 };
	cleanup_range_table struct range_table *none = table_of(NULL, 0);
	cleanup_range_table struct range_table *table = table_of(&empty, 1);
	struct ip ip;

	(void)state;
	assert_int_equal(ip_parse("10.0.0.1", &ip), 0);
	assert_int_equal(range_table_count(none), 0);
	assert_int_equal(range_table_find(none, &ip), RANGE_NONE);
	assert_int_equal(range_table_find(table, &ip), RANGE_NONE);
	range_table_free(NULL);
}

/* Against the definition, over every address of a /22 with ranges strewn in it. */
static void agrees_with_a_search_of_all_ranges(void **state)
{
	struct range ranges[64];
	const struct range_list list = { ranges, case_count(ranges) };
	cleanup_range_table struct range_table *table = NULL;
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < case_count(ranges); i++) {
		struct ip ip = { .bytes = { [10] = 0xff, 0xff, 10, 0 } };

		random = random * 1664525 + 1013904223;
		ip.bytes[14] = random >> 16 & 3;
		ip.bytes[15] = (uint8_t)(random >> 24);
		ranges[i] = (struct range){ .cidr = prefix_of(&ip, 118 + random % 11) };
	}
	table = table_of(&list, 1);
	for (unsigned int host = 0; host < 1024; host++) {
		struct ip ip = { .bytes = { [10] = 0xff, 0xff, 10, 0, host >> 8, host & 0xff } };
		int got = range_table_find(table, &ip), want = RANGE_NONE;

		for (size_t i = 0; i < range_table_count(table); i++) {
			const struct prefix *cidr = &range_table_at(table, i)->cidr;

			if (prefix_holds_ip(cidr, &ip) &&
			    (want == RANGE_NONE ||
			     cidr->len > range_table_at(table, (size_t)want)->cidr.len))
				want = (int)i;
		}
		assert_int_equal(got, want);
	}
}

static void leaves_the_reserved_addresses_out_of_the_usable_ones(void **state)
{
	static const struct {
		const char *cidr;
		double reserved, capacity, usable;
	} cases[] = {
		{ "10.0.0.0/24", 3, 256, 253 },
		{ "10.0.0.0/27", 3, 32, 29 },
		{ "10.0.0.0/24", 5, 256, 251 },
		{ "10.0.0.0/28", 5, 16, 11 },
		{ "10.0.0.0/14", 4096, 262144, 258048 },
		{ "10.0.0.1/32", 0, 1, 1 },
		{ "10.0.0.0/30", 9, 4, 0 },
		{ "fd00::/112", 2, 65536, 65534 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = range_of("x", c->cidr, c->reserved);

		assert_true(range_capacity(&range) == c->capacity);
		assert_true(range_usable(&range) == c->usable);
	}
}

static void names_each_scope_and_reads_it_back(void **state)
{
	enum range_scope got = RANGE_SCOPE_SUBNET;

	(void)state;
	for (enum range_scope scope = 0; scope < RANGE_SCOPE_COUNT; scope++) {
		assert_int_equal(range_scope_parse(range_scope_name(scope), &got), 0);
		assert_int_equal(got, scope);
	}
	assert_null(range_scope_name(RANGE_SCOPE_COUNT));
	assert_int_equal(range_scope_parse("Node", &got), -EINVAL);
	assert_int_equal(range_scope_parse("", &got), -EINVAL);
	assert_int_equal(got, RANGE_SCOPE_COUNT - 1);
	assert_string_equal(range_scope_name(RANGE_SCOPE_NODE), "node");
}

static void leaves_out_and_counts_what_does_not_fit(void **state)
{
	struct range *all = calloc(RANGE_MAX + 2, sizeof(*all));
	cleanup_range_table struct range_table *table = NULL;
	char cidr[32];

	(void)state;
	assert_non_null(all);
	for (int i = 0; i < RANGE_MAX + 2; i++) {
		snprintf(cidr, sizeof(cidr), "10.%d.%d.0/24", i / 256, i % 256);
		all[i] = range_of("r", cidr, 0);
	}
	table = table_of(&(struct range_list){ all, RANGE_MAX + 2 }, 1);
	assert_int_equal(range_table_count(table), RANGE_MAX);
	assert_int_equal(range_table_dropped(table), 2);
	free(all);
}

/* FIELD: /24 253, /27 29, /28 13, /29 5; node ranges of GKE are bound by the pods as well. */
static void is_bound_by_pods_where_they_are_fewer(void **state)
{
	static const struct {
		const char *cidr;
		uint32_t max_pods;
		double usable, bound;
	} cases[] = {
		{ "10.0.0.0/24", 110, 253, 110 }, { "10.0.0.0/24", 0, 253, 253 },
		{ "10.0.0.0/27", 16, 29, 16 },	  { "10.0.0.0/28", 16, 13, 13 },
		{ "10.0.0.0/29", 16, 5, 5 },	  { "fd00::/64", 110, 0x1p64 - 2, 110 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = range_of("r", c->cidr, 0);

		print_message("  '%s' of %u pods\n", c->cidr, c->max_pods);
		range.reserved = range_host_local_reserved(&range.cidr);
		range.max_pods = c->max_pods;
		assert_true(range_usable(&range) == c->usable);
		assert_true(range_bound(&range) == c->bound);
	}
}

static void is_equal_only_to_one_that_says_the_same(void **state)
{
	const struct range base = range_of("r", "10.0.0.0/24", 3);
	struct range others[] = { base, base, base, base, base, base, base };

	(void)state;
	others[0].name[0] = 'x';
	others[1].cidr.len++;
	others[2].scope = RANGE_SCOPE_SUBNET;
	others[3].reserved = 4;
	others[4].node_prefix = 28;
	others[5].max_pods = 16;
	others[6].source = "cni";
	assert_true(range_is_equal(&base, &base));
	for_each_case(other, others) {
		const struct range_list lists[] = { { &base, 1 }, { other, 1 } };
		cleanup_range_table struct range_table *a = table_of(&lists[0], 1);
		cleanup_range_table struct range_table *b = table_of(&lists[1], 1);
		cleanup_range_table struct range_table *empty = table_of(NULL, 0);

		print_message("  difference %td\n", other - others);
		assert_false(range_is_equal(&base, other));
		assert_false(range_table_is_equal(a, b));
		assert_false(range_table_is_equal(a, empty));
		assert_true(range_table_is_equal(a, a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_narrowest_range_around_an_address),
		cmocka_unit_test(sorts_ranges_and_links_each_to_the_one_around_it),
		cmocka_unit_test(keeps_the_first_of_equal_cidrs_and_learns_what_it_reserves),
		cmocka_unit_test(learns_where_the_reserved_ones_are_from_who_agrees_how_many),
		cmocka_unit_test(is_equal_only_to_one_that_gives_out_the_same),
		cmocka_unit_test(works_without_any_range),
		cmocka_unit_test(agrees_with_a_search_of_all_ranges),
		cmocka_unit_test(leaves_the_reserved_addresses_out_of_the_usable_ones),
		cmocka_unit_test(names_each_scope_and_reads_it_back),
		cmocka_unit_test(leaves_out_and_counts_what_does_not_fit),
		cmocka_unit_test(is_bound_by_pods_where_they_are_fewer),
		cmocka_unit_test(is_equal_only_to_one_that_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
