// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "eni_fixture.h"

static void joins_two_views_by_id(void **state)
{
	cleanup_enis struct enis ipamd = { 0 }, imds = { 0 }, joined = { 0 };

	(void)state;
	add_eni(&ipamd, "eni-0a", NULL, NULL);
	add_eni(&ipamd, "eni-0b", NULL, NULL);
	add_eni(&ipamd, "eni-0c", NULL, NULL);
	ipamd.enis[0].device = 3;
	ipamd.enis[0].is_trunk = ipamd.enis[0].is_efa = ipamd.enis[1].is_excluded = true;
	add_block(&ipamd, 0, "10.0.1.11/32");
	add_block(&ipamd, 1, "100.64.3.16/28");
	add_address(&ipamd, 0, "10.0.1.11", true, 0);
	/* in another order, with an ENI that ipamd leaves alone, and one block that ipamd has not
	 * heard of */
	add_eni(&imds, "eni-0b", "100.64.0.0/20", "100.64.0.9");
	add_eni(&imds, "eni-0d", "10.0.7.0/24", "10.0.7.10");
	add_eni(&imds, "eni-0a", "10.0.1.0/24", "10.0.1.10");
	imds.enis[2].is_primary = true;
	imds.enis[2].device = 4;
	memcpy(imds.enis[2].subnet_id, "subnet-0a", sizeof("subnet-0a"));
	add_block(&imds, 0, "100.64.3.16/28");
	add_block(&imds, 1, "10.0.7.11/32");
	add_block(&imds, 2, "10.0.1.11/32");
	add_block(&imds, 2, "10.0.1.12/32");
	imds.dropped = 2;
	ipamd.dropped = 1;

	assert_int_equal(enis_join(&ipamd, &imds, &joined), 0);
	assert_int_equal(joined.eni_count, 4);
	assert_int_equal(joined.block_count, 3);
	assert_int_equal(joined.address_count, 1);
	assert_int_equal(joined.dropped, 3);
	assert_true(joined.has_addresses);
	assert_string_equal(joined.enis[0].id, "eni-0a");
	assert_string_equal(joined.enis[0].subnet_id, "subnet-0a");
	assert_int_equal(joined.enis[0].device, 3);
	assert_true(joined.enis[0].is_primary && joined.enis[0].is_trunk && joined.enis[0].is_efa);
	assert_true(joined.enis[0].has_primary && joined.enis[0].has_subnet);
	assert_false(joined.enis[0].is_excluded);
	assert_true(joined.enis[1].is_excluded);
	assert_string_equal(joined.enis[1].subnet_id, "");
	assert_false(joined.enis[2].has_subnet || joined.enis[2].has_primary);
	assert_string_equal(joined.enis[3].id, "eni-0d");
	assert_true(joined.enis[3].is_excluded);
	assert_int_equal(joined.blocks[2].eni, 3);

	assert_string_equal(sum_of(&joined, "10.0.1.0/24"), "2 1 0 0");
	assert_string_equal(sum_of(&joined, "100.64.0.0/20"), "17 0 0 0");
	assert_string_equal(sum_of(&joined, "10.0.7.0/24"), "2 0 0 0");
	assert_string_equal(sum_of(&joined, NULL), "22 1 0 0");
}

static void keeps_what_only_ipamd_says(void **state)
{
	cleanup_enis struct enis ipamd = { 0 }, imds = { 0 }, joined = { 0 };

	(void)state;
	put_node(&ipamd);
	memcpy(ipamd.enis[0].subnet_id, "subnet-0a", sizeof("subnet-0a"));
	ipamd.enis[0].is_primary = true;
	assert_int_equal(enis_join(&ipamd, &imds, &joined), 0);
	assert_true(enis_is_equal(&joined, &ipamd));
	/* one that is silent about it */
	enis_clear(&joined);
	add_eni(&imds, "eni-0a", NULL, NULL);
	assert_int_equal(enis_join(&ipamd, &imds, &joined), 0);
	assert_true(enis_is_equal(&joined, &ipamd));
}

static void keeps_what_only_the_metadata_service_says(void **state)
{
	cleanup_enis struct enis ipamd = { 0 }, imds = { 0 }, joined = { 0 };

	(void)state;
	add_eni(&imds, "eni-0a", "10.0.1.0/24", "10.0.1.10");
	add_block(&imds, 0, "10.0.1.11/32");
	assert_int_equal(enis_join(&ipamd, &imds, &joined), 0);
	assert_true(enis_is_equal(&joined, &imds));
	assert_false(joined.has_addresses);
	enis_clear(&joined);
	assert_int_equal(enis_join(&ipamd, &ipamd, &joined), 0);
	assert_true(enis_is_equal(&joined, &ipamd));
}

static void finds_the_eni_of_an_address_by_its_block(void **state)
{
	static const struct {
		const char *ip;
		uint32_t eni;
	} cases[] = {
		{ "10.0.1.11", 0 },   { "10.0.1.12", ENI_NONE }, { "100.64.3.15", ENI_NONE },
		{ "100.64.3.16", 1 }, { "100.64.3.31", 1 },	 { "100.64.3.32", ENI_NONE },
		{ "10.0.1.9", 0 },    { "2600::1", ENI_NONE },	 { "0.0.0.0", ENI_NONE },
	};
	static const char *const blocks[] = { "100.64.3.16/28", "10.0.1.11/32", "10.0.1.9/32" };
	cleanup_enis struct enis ipam = { .has_addresses = true }, imds = { 0 }, joined = { 0 };
	const struct eni eni = { .id = "eni-0a" }, other = { .id = "eni-0b" };

	(void)state;
	assert_int_equal(enis_add(&imds, &eni), 0);
	assert_int_equal(enis_add(&imds, &other), 1);
	for (size_t i = 0; i < array_size(blocks); i++) {
		struct eni_block block = { .eni = i == 0 };

		assert_int_equal(prefix_parse(blocks[i], &block.cidr), 0);
		assert_int_equal(enis_add_block(&imds, &block), 0);
	}
	for_each_case(c, cases) {
		struct eni_address address = { .eni = ENI_NONE, .is_assigned = true };

		assert_int_equal(ip_parse(c->ip, &address.ip), 0);
		assert_int_equal(enis_add_address(&ipam, &address), 0);
	}
	assert_int_equal(enis_join(&ipam, &imds, &joined), 0);
	for (size_t i = 0; i < case_count(cases); i++)
		assert_int_equal(joined.addresses[i].eni, cases[i].eni);
	assert_true(enis_sum_eni(&joined, 0, 0).assigned == 2);
}

static void tells_every_difference(void **state)
{
	static const struct {
		enum { ENI, BLOCK, ADDRESS } part;
		size_t offset;
	} cases[] = {
		{ ENI, offsetof(struct eni, id) + 5 },
		{ ENI, offsetof(struct eni, subnet_id) },
		{ ENI, offsetof(struct eni, subnet.base) + 15 },
		{ ENI, offsetof(struct eni, subnet.len) },
		{ ENI, offsetof(struct eni, primary) + 15 },
		{ ENI, offsetof(struct eni, device) },
		{ ENI, offsetof(struct eni, card) },
		{ ENI, offsetof(struct eni, has_subnet) },
		{ ENI, offsetof(struct eni, has_primary) },
		{ ENI, offsetof(struct eni, is_primary) },
		{ ENI, offsetof(struct eni, is_trunk) },
		{ ENI, offsetof(struct eni, is_efa) },
		{ ENI, offsetof(struct eni, is_excluded) },
		{ BLOCK, offsetof(struct eni_block, cidr.base) + 15 },
		{ BLOCK, offsetof(struct eni_block, cidr.len) },
		{ BLOCK, offsetof(struct eni_block, eni) },
		{ BLOCK, offsetof(struct eni_block, is_prefix) },
		{ ADDRESS, offsetof(struct eni_address, ip) + 15 },
		{ ADDRESS, offsetof(struct eni_address, eni) },
		{ ADDRESS, offsetof(struct eni_address, is_assigned) },
		{ ADDRESS, offsetof(struct eni_address, unassigned_ns) },
	};
	cleanup_enis struct enis a = { 0 }, b = { 0 };

	(void)state;
	put_node(&a);
	put_node(&b);
	/* behind the end of a text, and where there is no value */
	b.enis[0].id[20] = 'x';
	b.enis[1].primary.bytes[0] = 1;
	for_each_case(c, cases) {
		uint8_t *const parts[] = {
			[ENI] = (uint8_t *)&b.enis[0],
			[BLOCK] = (uint8_t *)&b.blocks[3],
			[ADDRESS] = (uint8_t *)&b.addresses[4],
		};

		assert_true(enis_is_equal(&a, &b));
		parts[c->part][c->offset] ^= 1;
		assert_false(enis_is_equal(&a, &b));
		parts[c->part][c->offset] ^= 1;
	}
}

static void tells_that_there_are_fewer(void **state)
{
	cleanup_enis struct enis a = { 0 }, b = { 0 };
	size_t *const counts[] = { &b.eni_count, &b.block_count, &b.address_count };

	(void)state;
	put_node(&a);
	put_node(&b);
	for (size_t i = 0; i < case_count(counts); i++) {
		--*counts[i];
		assert_false(enis_is_equal(&a, &b));
		assert_false(enis_is_equal(&b, &a));
		++*counts[i];
	}
	assert_true(enis_is_equal(&a, &b));
	b.has_addresses = false;
	assert_false(enis_is_equal(&a, &b));
}

static void counts_what_it_has_no_room_for(void **state)
{
	cleanup_enis struct enis enis = { 0 };
	struct eni_block block = { .cidr = prefix("10.0.0.0/32") };
	struct eni_address address = { .ip = ip("10.0.0.0"), .is_assigned = true };
	struct eni eni = { .id = "eni-0" };

	(void)state;
	for (int i = 0; i < ENIS_MAX; i++)
		assert_int_equal(enis_add(&enis, &eni), i);
	assert_int_equal(enis_add(&enis, &eni), -ENOSPC);
	for (uint32_t i = 0; i < ENI_BLOCKS_MAX; i++) {
		block.eni = i % ENIS_MAX;
		assert_int_equal(enis_add_block(&enis, &block), 0);
	}
	assert_int_equal(enis_add_block(&enis, &block), -ENOSPC);
	for (uint32_t i = 0; i < ENI_ADDRESSES_MAX; i++) {
		address.eni = i % ENIS_MAX;
		assert_int_equal(enis_add_address(&enis, &address), 0);
	}
	assert_int_equal(enis_add_address(&enis, &address), -ENOSPC);
	assert_int_equal(enis.dropped, 3);
	assert_string_equal(sum_of(&enis, NULL), "8320 16384 0 0");
	assert_string_equal(text_of(enis_sum_eni(&enis, 127, now_ns)), "65 128 0 0");
	enis_clear(&enis);
	assert_int_equal(enis.dropped, 0);
	assert_string_equal(sum_of(&enis, NULL), "0 0 0 0");
}

static void joins_no_more_than_there_is_room_for(void **state)
{
	cleanup_enis struct enis ipamd = { 0 }, imds = { 0 }, joined = { 0 };
	char id[ENI_ID_SIZE];

	(void)state;
	for (unsigned int i = 0; i < ENIS_MAX; i++) {
		snprintf(id, sizeof(id), "eni-a%u", i);
		add_eni(&ipamd, id, NULL, NULL);
		snprintf(id, sizeof(id), "eni-b%u", i);
		add_eni(&imds, id, NULL, NULL);
		add_block(&imds, i, "10.0.0.0/32");
	}
	assert_int_equal(enis_join(&ipamd, &imds, &joined), 0);
	assert_int_equal(joined.eni_count, ENIS_MAX);
	assert_int_equal(joined.block_count, 0);
	assert_int_equal(joined.dropped, ENIS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_two_views_by_id),
		cmocka_unit_test(keeps_what_only_ipamd_says),
		cmocka_unit_test(keeps_what_only_the_metadata_service_says),
		cmocka_unit_test(finds_the_eni_of_an_address_by_its_block),
		cmocka_unit_test(tells_every_difference),
		cmocka_unit_test(tells_that_there_are_fewer),
		cmocka_unit_test(counts_what_it_has_no_room_for),
		cmocka_unit_test(joins_no_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
