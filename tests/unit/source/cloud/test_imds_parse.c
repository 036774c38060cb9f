// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "imds_fixture.h"

static void takes_labels_of_one_word(void **state)
{
	static const struct {
		const char *text, *want; /* NULL it is refused */
	} cases[] = {
		{ "m5.large", "m5.large" },
		{ "u-6tb1.112xlarge\n", "u-6tb1.112xlarge" },
		{ " eu-west-1a ", "eu-west-1a" },
		{ "us-west-2-lax-1a", "us-west-2-lax-1a" },
		{ "012345678901234567890123456789012345678901234567890123456789012",
		  "012345678901234567890123456789012345678901234567890123456789012" },
		{ "", NULL },
		{ " ", NULL },
		{ "m5 large", NULL },
		{ "M5.large", NULL },
		{ "m5/large", NULL },
		{ "m5\xff", NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		char label[CAPACITY_LABEL_SIZE] = "before";

		assert_int_equal(imds_parse_label(c->text, label), c->want ? 0 : -EINVAL);
		assert_string_equal(label, c->want ? c->want : "before");
	}
}

static void takes_mac_addresses_alone(void **state)
{
	static const struct {
		const char *text, *first;
		size_t count, errors;
	} cases[] = {
		{ "0e:49:61:0f:c3:11/", "0e:49:61:0f:c3:11", 1, 0 },
		{ "0E:49:61:0F:C3:11", "0E:49:61:0F:C3:11", 1, 0 },
		{ "0e:49:61:0f:c3:11/\n0e:49:61:0f:c3:12/\r\n", "0e:49:61:0f:c3:11", 2, 0 },
		{ "\t 0e:49:61:0f:c3:11 ", "0e:49:61:0f:c3:11", 1, 0 },
		{ "", "", 0, 0 },
		{ "\n", "", 0, 0 },
		{ "/", "", 0, 1 },
		{ "0e:49:61:0f:c3:1/", "", 0, 1 },
		{ "0e:49:61:0f:c3:111/", "", 0, 1 },
		{ "0e:49:61:0f:c3:1g/", "", 0, 1 },
		{ "0e-49-61-0f-c3-11/", "", 0, 1 },
		{ "0e:49:61:0f:c3:11//", "", 0, 1 },
		{ "0e:49:61:0f:c3:1/11", "", 0, 1 },
		{ "0e:49:61:0f:c3?11/", "", 0, 1 },
		{ "../../../../user-data", "", 0, 1 },
		{ "x y 0e:49:61:0f:c3:11/ z", "0e:49:61:0f:c3:11", 1, 3 },
	};

	(void)state;
	for_each_case(c, cases) {
		char macs[ENIS_MAX][IMDS_MAC_SIZE] = { "" };
		struct poll_result result = { 0 };

		assert_int_equal(imds_parse_macs(c->text, macs, &result), c->count);
		assert_string_equal(macs[0], c->first);
		assert_int_equal(result.errors, c->errors);
		assert_int_equal(!result.error[0], !c->errors);
	}
}

#define GOOD                                                                                      \
	[IMDS_INTERFACE_ID] = "eni-0a", [IMDS_SUBNET_ID] = "subnet-0a", [IMDS_VPC_ID] = "vpc-0a", \
	[IMDS_SUBNET_IPV4] = "10.0.1.0/24", [IMDS_VPC_IPV4] = "10.0.0.0/16",                      \
	[IMDS_LOCAL_IPV4S] = "10.0.1.10 10.0.1.11", [IMDS_DEVICE_NUMBER] = "0"
#define GOOD_RANGES "subnet-0a 10.0.1.0/24 subnet 5, vpc-0a 10.0.0.0/16 cluster 0"
#define GOOD_ENI "eni-0a 0.0 subnet-0a 10.0.1.0/24 10.0.1.10 primary 10.0.1.11/32"
#define LONG "10.0.1.11/32                                                   /33"

/* A later value of a key wins. */
#pragma GCC diagnostic ignored "-Woverride-init"
static void reads_each_key_by_itself(void **state)
{
	static const struct {
		const char *values[IMDS_KEY_COUNT];
		const char *enis, *ranges;
		unsigned int errors;
	} cases[] = {
		{ { GOOD }, GOOD_ENI, GOOD_RANGES, 0 },
		/* an absent key is no fault */
		{ { [IMDS_INTERFACE_ID] = "eni-0a" }, "eni-0a 0.0 - - - primary", "", 0 },
		{ { GOOD, [IMDS_NETWORK_CARD] = "1" },
		  "eni-0a 1.0 subnet-0a 10.0.1.0/24 10.0.1.10 10.0.1.11/32",
		  GOOD_RANGES,
		  0 },
		{ { GOOD, [IMDS_DEVICE_NUMBER] = "14\n" },
		  "eni-0a 0.14 subnet-0a 10.0.1.0/24 10.0.1.10 10.0.1.11/32",
		  GOOD_RANGES,
		  0 },
		{ { GOOD, [IMDS_LOCAL_IPV4S] = "10.0.1.10",
		    [IMDS_IPV4_PREFIX] = "10.0.1.16/28\n10.0.1.64/28\n" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 10.0.1.10 primary 10.0.1.16/28! 10.0.1.64/28!",
		  GOOD_RANGES,
		  0 },
		/* a subnet that is all of its VPC; one out of IPv6 alone */
		{ { GOOD, [IMDS_SUBNET_IPV4] = "10.0.0.0/16" },
		  "eni-0a 0.0 subnet-0a 10.0.0.0/16 10.0.1.10 primary 10.0.1.11/32",
		  "subnet-0a 10.0.0.0/16 subnet 5",
		  0 },
		{ { GOOD, [IMDS_SUBNET_IPV4] = NULL, [IMDS_LOCAL_IPV4S] = NULL,
		    [IMDS_SUBNET_IPV6] = "2600:1f14:0:1::/64" },
		  "eni-0a 0.0 subnet-0a - - primary",
		  "subnet-0a 2600:1f14:0:1::/64 subnet 5, vpc-0a 10.0.0.0/16 cluster 0",
		  0 },
		/* ids */
		{ { GOOD, [IMDS_INTERFACE_ID] = "eni/0a" }, "", "", 1 },
		{ { GOOD, [IMDS_INTERFACE_ID] = "" }, "", "", 1 },
		{ { GOOD, [IMDS_INTERFACE_ID] = "eni-0a eni-0b" }, "", "", 1 },
		{ { GOOD, [IMDS_SUBNET_ID] = "subnet\"0a" },
		  "eni-0a 0.0 - 10.0.1.0/24 10.0.1.10 primary 10.0.1.11/32",
		  "vpc-0a 10.0.0.0/16 cluster 0",
		  1 },
		{ { GOOD, [IMDS_VPC_ID] = "vpc 0a" },
		  GOOD_ENI,
		  "subnet-0a 10.0.1.0/24 subnet 5",
		  1 },
		/* numbers: it may be any, so it is not the first */
		{ { GOOD, [IMDS_DEVICE_NUMBER] = "x" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 10.0.1.10 10.0.1.11/32",
		  GOOD_RANGES,
		  1 },
		{ { GOOD, [IMDS_DEVICE_NUMBER] = "-1" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 10.0.1.10 10.0.1.11/32",
		  GOOD_RANGES,
		  1 },
		{ { GOOD, [IMDS_DEVICE_NUMBER] = "65536" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 10.0.1.10 10.0.1.11/32",
		  GOOD_RANGES,
		  1 },
		{ { GOOD, [IMDS_DEVICE_NUMBER] = "18446744073709551616" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 10.0.1.10 10.0.1.11/32",
		  GOOD_RANGES,
		  1 },
		{ { GOOD, [IMDS_NETWORK_CARD] = "" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 10.0.1.10 10.0.1.11/32",
		  GOOD_RANGES,
		  1 },
		/* CIDRs */
		{ { GOOD, [IMDS_SUBNET_IPV4] = "10.0.1.0/33" },
		  "eni-0a 0.0 subnet-0a - 10.0.1.10 primary 10.0.1.11/32",
		  "vpc-0a 10.0.0.0/16 cluster 0",
		  1 },
		{ { GOOD, [IMDS_SUBNET_IPV4] = "10.0.1.1/24" },
		  "eni-0a 0.0 subnet-0a - 10.0.1.10 primary 10.0.1.11/32",
		  "vpc-0a 10.0.0.0/16 cluster 0",
		  1 },
		{ { GOOD, [IMDS_SUBNET_IPV4] = "2600:1f14:0:1::/64" },
		  "eni-0a 0.0 subnet-0a - 10.0.1.10 primary 10.0.1.11/32",
		  "vpc-0a 10.0.0.0/16 cluster 0",
		  1 },
		{ { GOOD, [IMDS_VPC_IPV6] = "10.1.0.0/16" }, GOOD_ENI, GOOD_RANGES, 1 },
		{ { GOOD, [IMDS_VPC_IPV4] = "10.0.0.0/16 x 10.1.0.0/16 " LONG },
		  GOOD_ENI,
		  GOOD_RANGES ", vpc-0a 10.1.0.0/16 cluster 0, vpc-0a 10.0.1.11/32 cluster 0",
		  2 },
		{ { GOOD, [IMDS_IPV4_PREFIX] = "10.0.1.17/28 2600::/80 10.0.1.16 10.0.1.32/28" },
		  GOOD_ENI " 10.0.1.32/28!",
		  GOOD_RANGES,
		  3 },
		/* addresses */
		{ { GOOD, [IMDS_LOCAL_IPV4S] = "x 10.0.1.11 2600::1 10.0.1.12/32 10.0.1.13" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 - primary 10.0.1.11/32 10.0.1.13/32",
		  GOOD_RANGES,
		  3 },
		{ { GOOD, [IMDS_LOCAL_IPV4S] = "2600::1 10.0.1.11" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 - primary 10.0.1.11/32",
		  GOOD_RANGES,
		  1 },
		{ { GOOD, [IMDS_LOCAL_IPV4S] = "" },
		  "eni-0a 0.0 subnet-0a 10.0.1.0/24 - primary",
		  GOOD_RANGES,
		  0 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct poll_result result = { 0 };

		assert_int_equal(imds_add_eni(c->values, &result), 0);
		assert_string_equal(enis_of(&result.capacity), c->enis);
		assert_string_equal(ranges_of(&result.capacity), c->ranges);
		assert_int_equal(result.errors, c->errors);
		capacity_clear(&result.capacity);
	}
}
static void names_the_value_and_the_key(void **state)
{
	const char *const values[IMDS_KEY_COUNT] = { GOOD, [IMDS_IPV4_PREFIX] = "10.0.1.17/28" };
	struct poll_result result = { 0 };

	(void)state;
	assert_int_equal(imds_add_eni(values, &result), 0);
	assert_string_equal(result.error, "'10.0.1.17/28' as ipv4-prefix");
	capacity_clear(&result.capacity);
}

static void takes_each_eni_once(void **state)
{
	const char *const values[IMDS_KEY_COUNT] = { GOOD };
	struct poll_result result = { 0 };

	(void)state;
	assert_int_equal(imds_add_eni(values, &result), 0);
	assert_int_equal(imds_add_eni(values, &result), 0);
	assert_string_equal(enis_of(&result.capacity), GOOD_ENI);
	assert_string_equal(result.error, "'eni-0a' as interface-id");
	capacity_clear(&result.capacity);
}

static void takes_no_more_than_there_is_room_for(void **state)
{
	struct poll_result result = { 0 };

	(void)state;
	for (unsigned int i = 0; i < ENIS_MAX + 2; i++) {
		char id[ENI_ID_SIZE];
		const char *const values[IMDS_KEY_COUNT] = { GOOD, [IMDS_INTERFACE_ID] = id };

		snprintf(id, sizeof(id), "eni-%u", i);
		assert_int_equal(imds_add_eni(values, &result), 0);
	}
	assert_int_equal(result.capacity.enis.eni_count, ENIS_MAX);
	assert_int_equal(result.capacity.enis.block_count, ENIS_MAX);
	assert_int_equal(result.capacity.enis.dropped, 2);
	assert_int_equal(result.capacity.range_count, 2);
	capacity_clear(&result.capacity);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_labels_of_one_word),
		cmocka_unit_test(takes_mac_addresses_alone),
		cmocka_unit_test(reads_each_key_by_itself),
		cmocka_unit_test(names_the_value_and_the_key),
		cmocka_unit_test(takes_each_eni_once),
		cmocka_unit_test(takes_no_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
