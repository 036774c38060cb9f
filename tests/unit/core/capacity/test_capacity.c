// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/capacity/capacity.h"

static const struct capacity_naming naming = { "name", RANGE_SCOPE_SUBNET, 5, "test" };

static void adds_a_cidr_without_its_host_bits_and_only_once(void **state)
{
	static const struct {
		const char *cidr;
		int want;
		size_t count;
	} cases[] = {
		{ "10.5.72.1/24", 0, 1 },	{ "10.5.72.0/24", 0, 1 },
		{ "10.5.72.0/25", 0, 2 },	{ "fd00::1/64", 0, 3 },
		{ "10.5.72.0", -EINVAL, 3 },	{ "", -EINVAL, 3 },
		{ "10.5.72.0/33", -EINVAL, 3 },
	};
	cleanup_capacity struct capacity capacity = { 0 };

	(void)state;
	for_each_case(c, cases) {
		print_message("  '%s'\n", c->cidr);
		assert_int_equal(capacity_add_cidr(&capacity, c->cidr, &naming), c->want);
		assert_int_equal(capacity.range_count, c->count);
	}
	assert_string_equal(capacity.ranges[0].name, "name");
	assert_int_equal(capacity.ranges[0].scope, RANGE_SCOPE_SUBNET);
	assert_true(range_usable(&capacity.ranges[0]) == 251); /* FIELD: /24 of AWS */
}

static void counts_what_does_not_fit(void **state)
{
	cleanup_capacity struct capacity capacity = { 0 };
	char cidr[32];

	(void)state;
	for (int i = 0; i < CAPACITY_RANGES_MAX + 2; i++) {
		snprintf(cidr, sizeof(cidr), "10.%d.%d.0/24", i / 256, i % 256);
		assert_int_equal(capacity_add_cidr(&capacity, cidr, &naming),
				 i < CAPACITY_RANGES_MAX ? 0 : -ENOSPC);
	}
	assert_int_equal(capacity.range_count, CAPACITY_RANGES_MAX);
	assert_int_equal(capacity.dropped, 2);
}

static void is_equal_only_to_one_that_says_the_same(void **state)
{
	struct capacity base = { .max_pods = 16 };
	struct eni eni = { .id = "eni-1" };
	struct capacity other;

	(void)state;
	assert_int_equal(capacity_add_cidr(&base, "10.0.0.0/24", &naming), 0);
	for (int i = 0; i < 8; i++) {
		other = (struct capacity){ .max_pods = 16 };
		assert_int_equal(capacity_add_cidr(&other, "10.0.0.0/24", &naming), 0);
		assert_true(capacity_is_equal(&base, &other));
		switch (i) {
		case 0:
			other.max_pods = 17;
			break;
		case 1:
			other.node_pool[0] = 'a';
			break;
		case 2:
			other.zone[0] = 'a';
			break;
		case 3:
			other.instance_type[0] = 'a';
			break;
		case 4:
			other.pod_cidr_network[0] = 'a';
			break;
		case 5:
			other.ranges[0].reserved = 3;
			break;
		case 6:
			assert_int_equal(capacity_add_cidr(&other, "10.0.1.0/24", &naming), 0);
			break;
		case 7:
			assert_int_equal(enis_add(&other.enis, &eni), 0);
			break;
		}
		print_message("  difference %d\n", i);
		assert_false(capacity_is_equal(&base, &other));
		capacity_clear(&other);
	}
	capacity_clear(&base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_a_cidr_without_its_host_bits_and_only_once),
		cmocka_unit_test(counts_what_does_not_fit),
		cmocka_unit_test(is_equal_only_to_one_that_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
