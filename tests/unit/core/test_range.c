// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/range.h"

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

static void rejects_one_range_too_many_and_leaves_out_alone(void **state)
{
	static struct range many[RANGE_MAX + 1];
	const struct range_list full = { many, RANGE_MAX }, over = { many, RANGE_MAX + 1 };
	const struct range_list twice[] = { full, full };
	cleanup_range_table struct range_table *table = NULL;
	struct range_table *untouched = NULL;

	(void)state;
	for (size_t i = 0; i < case_count(many); i++) {
		char cidr[PREFIX_TEXT_SIZE];

		snprintf(cidr, sizeof(cidr), "10.%zu.%zu.0/24", i / 256, i % 256);
		many[i] = range_of("many", cidr, 0);
	}
	table = table_of(twice, 2);
	assert_int_equal(range_table_count(table), RANGE_MAX);
	assert_int_equal(range_table_new(&over, 1, &untouched), -E2BIG);
	assert_null(untouched);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_narrowest_range_around_an_address),
		cmocka_unit_test(sorts_ranges_and_links_each_to_the_one_around_it),
		cmocka_unit_test(keeps_the_first_of_equal_cidrs_and_learns_what_it_reserves),
		cmocka_unit_test(works_without_any_range),
		cmocka_unit_test(rejects_one_range_too_many_and_leaves_out_alone),
		cmocka_unit_test(agrees_with_a_search_of_all_ranges),
		cmocka_unit_test(leaves_the_reserved_addresses_out_of_the_usable_ones),
		cmocka_unit_test(names_each_scope_and_reads_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
