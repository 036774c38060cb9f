// SPDX-License-Identifier: Apache-2.0
/* Sums. What is joined and compared is test_enis_join.c's business. */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "eni_fixture.h"

static void takes_ids_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		bool is_id;
	} cases[] = {
		{ "eni-0123456789abcdef0", true },
		{ "subnet-1", true },
		{ "0123456789012345678901234567890", true }, /* 31 */
		{ "01234567890123456789012345678901", false },
		{ "", false },
		{ "eni/0", false },
		{ "ENI-0", false },
		{ "eni-0 ", false },
		{ "eni-\xc3\xbc", false },
		{ "../0", false },
	};

	(void)state;
	for_each_case(c, cases) {
		char id[ENI_ID_SIZE] = "before";

		assert_int_equal(eni_id_parse(c->text, id), c->is_id ? 0 : -EINVAL);
		assert_string_equal(id, c->is_id ? c->text : "before");
	}
}

static void sums_what_lies_in_a_range(void **state)
{
	static const struct {
		const char *cidr, *want;
	} cases[] = {
		{ NULL, "21 3 1 15" },
		{ "0.0.0.0/0", "21 3 1 15" },
		{ "10.0.0.0/16", "4 1 1 1" },
		{ "10.0.1.0/24", "4 1 1 1" },
		{ "10.0.1.12/31", "2 0 1 1" },
		{ "10.0.1.10/32", "1 0 0 0" },
		{ "10.0.2.0/24", "0 0 0 0" },
		{ "100.64.0.0/20", "17 2 0 14" },
		/* the primary address is anywhere in the subnet */
		{ "100.64.3.0/24", "16 2 0 14" },
		/* half of a prefix */
		{ "100.64.3.24/29", "8 1 0 7" },
		{ "::/0", "0 0 0 0" },
	};
	cleanup_enis struct enis enis = { 0 };

	(void)state;
	put_node(&enis);
	for_each_case(c, cases)
		assert_string_equal(sum_of(&enis, c->cidr), c->want);
}

static void sums_one_eni(void **state)
{
	cleanup_enis struct enis enis = { 0 };

	(void)state;
	put_node(&enis);
	assert_string_equal(text_of(enis_sum_eni(&enis, 0, now_ns)), "4 1 1 1");
	assert_string_equal(text_of(enis_sum_eni(&enis, 1, now_ns)), "17 2 0 14");
}

static void counts_a_prefix_as_sixteen_whatever_it_lists(void **state)
{
	cleanup_enis struct enis enis = { 0 };

	(void)state;
	add_eni(&enis, "eni-0a", NULL, NULL);
	add_block(&enis, 0, "10.0.1.16/28");
	assert_string_equal(sum_of(&enis, NULL), "17 0 0 16");
	add_address(&enis, 0, "10.0.1.16", true, 0);
	assert_string_equal(sum_of(&enis, NULL), "17 1 0 15");
}

static void counts_the_secondary_addresses_of_full_nodes(void **state)
{
	static const struct {
		size_t enis, blocks;
		bool is_prefix;
		const char *want;
	} cases[] = {
		{ 3, 5, false, "18 0 0 15" }, /* t3.medium: 17 pods less the 2 of the host */
		{ 15, 49, false, "750 0 0 735" }, /* p3dn.24xlarge: 737 */
		{ 3, 9, true, "435 0 0 432" }, /* m5.large with prefixes: 434 */
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_enis struct enis enis = { 0 };

		for (size_t i = 0; i < c->enis * c->blocks; i++) {
			struct eni_block block = { .cidr = prefix(c->is_prefix ? "10.0.0.0/28"
									       : "10.0.0.0/32"),
						   .eni = (uint32_t)(i / c->blocks) };
			char id[ENI_ID_SIZE];

			block.cidr.base.bytes[14] = (uint8_t)(i / 16);
			block.cidr.base.bytes[15] = (uint8_t)(i % 16 * 16);
			snprintf(id, sizeof(id), "eni-%zu", i);
			if (i % c->blocks == 0)
				add_eni(&enis, id, NULL, NULL);
			assert_int_equal(enis_add_block(&enis, &block), 0);
		}
		assert_string_equal(sum_of(&enis, NULL), c->want);
	}
}

static void cools_an_address_for_thirty_seconds(void **state)
{
	static const struct {
		bool is_assigned;
		int64_t unassigned_ns, now_ns;
		const char *want;
	} cases[] = {
		{ false, 0, NOW_S * NS, "2 0 0 1" }, /* never given out */
		{ false, 0, 5 * NS, "2 0 0 1" },
		{ false, NOW_S * NS, NOW_S * NS, "2 0 1 0" },
		{ false, NOW_S * NS, (NOW_S + 30) * NS, "2 0 1 0" },
		{ false, NOW_S * NS, (NOW_S + 30) * NS + 1, "2 0 0 1" },
		{ false, INT64_MAX, NOW_S * NS, "2 0 1 0" },
		{ false, INT64_MIN, INT64_MAX, "2 0 0 1" },
		/* given out anew after it was released */
		{ true, NOW_S * NS, NOW_S * NS, "2 1 0 0" },
		{ true, 0, NOW_S * NS, "2 1 0 0" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_enis struct enis enis = { 0 };

		add_eni(&enis, "eni-0a", NULL, NULL);
		add_block(&enis, 0, "10.0.1.11/32");
		add_address(&enis, 0, "10.0.1.11", c->is_assigned, 0);
		enis.addresses[0].unassigned_ns = c->unassigned_ns;
		assert_string_equal(text_of(enis_sum(&enis, NULL, c->now_ns)), c->want);
	}
}

static void knows_no_warm_address_of_an_excluded_eni(void **state)
{
	cleanup_enis struct enis enis = { 0 };

	(void)state;
	put_node(&enis);
	enis.enis[1].is_excluded = true;
	assert_string_equal(sum_of(&enis, NULL), "21 3 1 1");
	assert_string_equal(sum_of(&enis, "100.64.0.0/16"), "17 2 0 0");
	assert_string_equal(text_of(enis_sum_eni(&enis, 1, now_ns)), "17 2 0 0");
}

static void never_has_less_than_no_warm_address(void **state)
{
	cleanup_enis struct enis enis = { 0 };

	(void)state;
	add_eni(&enis, "eni-0a", NULL, NULL);
	add_block(&enis, 0, "10.0.1.11/32");
	add_address(&enis, 0, "10.0.1.11", true, 0);
	add_address(&enis, 0, "10.0.1.12", true, 0);
	assert_string_equal(sum_of(&enis, NULL), "2 2 0 0");
}

static void places_a_primary_address(void **state)
{
	static const struct {
		const char *subnet, *primary, *block, *cidr, *want;
	} cases[] = {
		{ NULL, "10.0.1.10", "10.0.9.1/32", "10.0.1.0/24", "1 0 0 0" },
		{ "10.0.9.0/24", "10.0.1.10", "10.0.9.1/32", "10.0.1.0/24", "1 0 0 0" },
		{ "10.0.9.0/24", "10.0.1.10", "10.0.9.1/32", "10.0.9.0/24", "1 0 0 1" },
		{ "10.0.1.0/24", NULL, "10.0.9.1/32", "10.0.1.0/24", "1 0 0 0" },
		{ "10.0.1.0/24", NULL, "10.0.9.1/32", "10.0.9.0/24", "1 0 0 1" },
		{ NULL, NULL, "10.0.9.1/32", "10.0.9.0/24", "2 0 0 1" },
		{ NULL, NULL, "10.0.9.16/28", "10.0.9.16/29", "8 0 0 8" },
		{ NULL, NULL, "10.0.9.1/32", "10.0.1.0/24", "0 0 0 0" },
		/* nobody knows where it is */
		{ NULL, NULL, NULL, NULL, "1 0 0 0" },
		{ NULL, NULL, NULL, "10.0.0.0/8", "0 0 0 0" },
		/* it is of IPv4 */
		{ NULL, NULL, "2600:1f14:0:1:2::/80", NULL, "1 0 0 0" },
		{ NULL, NULL, "2600:1f14:0:1:2::/80", "2600:1f14::/56",
		  "281474976710656 0 0 281474976710656" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_enis struct enis enis = { 0 };

		add_eni(&enis, "eni-0a", c->subnet, c->primary);
		if (c->block)
			add_block(&enis, 0, c->block);
		assert_string_equal(sum_of(&enis, c->cidr), c->want);
	}
}

static void places_a_primary_address_by_the_first_block_of_ipv4(void **state)
{
	cleanup_enis struct enis enis = { 0 };

	(void)state;
	add_eni(&enis, "eni-0a", NULL, NULL);
	add_block(&enis, 0, "2600:1f14:0:1:2::/80");
	add_block(&enis, 0, "10.0.1.16/28");
	add_block(&enis, 0, "10.0.2.16/28");
	assert_string_equal(sum_of(&enis, "10.0.1.0/24"), "17 0 0 16");
	assert_string_equal(sum_of(&enis, "10.0.2.0/24"), "16 0 0 16");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_ids_and_nothing_else),
		cmocka_unit_test(sums_what_lies_in_a_range),
		cmocka_unit_test(sums_one_eni),
		cmocka_unit_test(counts_a_prefix_as_sixteen_whatever_it_lists),
		cmocka_unit_test(counts_the_secondary_addresses_of_full_nodes),
		cmocka_unit_test(cools_an_address_for_thirty_seconds),
		cmocka_unit_test(knows_no_warm_address_of_an_excluded_eni),
		cmocka_unit_test(never_has_less_than_no_warm_address),
		cmocka_unit_test(places_a_primary_address),
		cmocka_unit_test(places_a_primary_address_by_the_first_block_of_ipv4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
