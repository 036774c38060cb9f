// SPDX-License-Identifier: Apache-2.0
/* What is read. What is refused is test_ipamd_parse_bad.c's business. */
#include "test.h"

#include "ipamd_fixture.h"

static void reads_the_shape_of_every_version(void **state)
{
	static const struct {
		const char *version, *text, *want; /* the version is for the reader */
	} cases[] = {
		{ "1.0",
		  "{'TotalIPs':2,'AssignedIPs':1,'ENIIPPools':{'eni-0a':{'IsPrimary':true,"
		  "'ID':'eni-0a','DeviceNumber':0,'AssignedIPv4Addresses':1,'IPv4Addresses':{"
		  "'10.0.1.11':{'Assigned':true},'10.0.1.12':{'Assigned':false}}}}}",
		  "eni-0a 0.0 primary 10.0.1.11/32 10.0.1.12/32 10.0.1.11= 10.0.1.12" },
		{ "1.6",
		  "{'TotalIPs':3,'AssignedIPs':1,'ENIIPPools':{'eni-0a':{'IsPrimary':true,"
		  "'ID':'eni-0a','DeviceNumber':0,'AssignedIPv4Addresses':1,'IPv4Addresses':{"
		  "'10.0.1.11':{'Address':'10.0.1.11','Assigned':true," NEVER "},"
		  "'10.0.1.12':{'Address':'10.0.1.12','Assigned':false,'UnassignedTime':"
		  "'2025-06-15T15:06:30Z'}}},'eni-0b':{'IsPrimary':false,'ID':'eni-0b',"
		  "'DeviceNumber':2,'AssignedIPv4Addresses':0,'IPv4Addresses':{}}}}",
		  "eni-0a 0.0 primary 10.0.1.11/32 10.0.1.12/32 10.0.1.11= "
		  "10.0.1.12-1749999990000000000; eni-0b 0.2" },
		{ "1.7",
		  "{'TotalIPs':3,'AssignedIPs':1,'ENIs':{'eni-0a':{'ID':'eni-0a','IsPrimary':"
		  "true,'IsTrunk':false,'DeviceNumber':0,'IPv4Addresses':{'10.0.1.11':{" HELD
		  ",'Address':'10.0.1.11'},'10.0.1.12':{'Address':'10.0.1.12'," FREE "},"
		  "'10.0.1.13':{'Address':'10.0.1.13'," RELEASED("2025-06-15T15:06:30.25Z") "}}}}}",
		  "eni-0a 0.0 primary 10.0.1.11/32 10.0.1.12/32 10.0.1.13/32 10.0.1.11= 10.0.1.12 "
		  "10.0.1.13-1749999990250000000" },
		{ "1.9",
		  "{'TotalIPs':17,'AssignedIPs':1,'ENIs':{'eni-0a':{'ID':'eni-0a','IsPrimary':"
		  "true,'IsTrunk':true,'IsEFA':false,'DeviceNumber':0,'AvailableIPv4Cidrs':{"
		  "'10.0.1.11/32':{'Cidr':{'IP':'10.0.1.11','Mask':'/////w=='},'IPv4Addresses':{"
		  "'10.0.1.11':{'Address':'10.0.1.11'," FREE "}},'IsPrefix':false},"
		  "'10.0.1.16/28':{'Cidr':{'IP':'10.0.1.16','Mask':'////8A=='},'IPv4Addresses':{"
		  "'10.0.1.20':{'Address':'10.0.1.20'," HELD "}},'IsPrefix':true}}}}}",
		  "eni-0a 0.0 primary trunk 10.0.1.11/32 10.0.1.16/28! 10.0.1.11 10.0.1.20=" },
		{ "1.10", CARD(ENI("eni-0a", "0", SINGLE("10.0.1.11", ADDRESS("10.0.1.11", HELD)))),
		  "eni-0a 0.0 10.0.1.11/32 10.0.1.11=" },
		{ "1.12, IPv6",
		  CARD("'eni-0a':{'ID':'eni-0a','IsPrimary':true,'IsTrunk':false,'IsEFA':true,"
		       "'DeviceNumber':0,'AvailableIPv4Cidrs':{},'IPv6Cidrs':{'2600:1f14:0:1:2::"
		       "/80':{'Cidr':{'IP':'2600:1f14:0:1:2::','Mask':'/////////////wAAAAAAAA=='},"
		       "'IPAddresses':{" ADDRESS("2600:1f14:0:1:2::5",
						 HELD) "},'IsPrefix':true,"
						       "'AddressFamily':''}}}"),
		  "eni-0a 0.0 primary efa 2600:1f14:0:1:2::/80! 2600:1f14:0:1:2::5=" },
		{ "1.19",
		  CARD(ENI("eni-0a", "0",
			   SINGLE("10.0.1.11", ADDRESS("10.0.1.11", FREE)) "," SINGLE(
				   "10.0.1.12",
				   "")) "," ENI("eni-0b", "1",
						PREFIX("100.64.3.16",
						       ADDRESS("100.64.3.16", HELD) "," ADDRESS(
							       "100.64.3.31", FREE)))),
		  "eni-0a 0.0 10.0.1.11/32 10.0.1.12/32 10.0.1.11; "
		  "eni-0b 0.1 100.64.3.16/28! 100.64.3.16= 100.64.3.31" },
		{ "1.20",
		  "{'0':" CARD(ENI("eni-0a", "0", SINGLE("10.0.1.11", ADDRESS("10.0.1.11", HELD)))) ",'1':" CARD(
			  ENI("eni-0c", "1", PREFIX("10.0.2.32", "")) "," ENI(
				  "eni-0b", "2", "")) ",'12':" CARD("") "}",
		  "eni-0a 0.0 10.0.1.11/32 10.0.1.11=; eni-0c 1.1 10.0.2.32/28!; eni-0b 1.2" },
		{ "1.22",
		  "{'0':" CARD(
			  "'eni-0a':{'ID':'eni-0a','IsPrimary':true,'IsTrunk':false,'IsEFA':"
			  "false,'DeviceNumber':0,'AvailableIPv4Cidrs':{" SINGLE(
				  "10.0.1.11",
				  ADDRESS("10.0.1.11",
					  HELD)) "},'IPv6Cidrs':{},"
						 "'IsExcludedForPodIPs':true,'RouteTableID':0,'SubnetID':"
						 "'subnet-0c5d'}") "}",
		  "eni-0a 0.0 primary excluded subnet-0c5d 10.0.1.11/32 10.0.1.11=" },
		{ "1.23",
		  "{'0':" CARD(
			  ENI("eni-0a", "0",
			      SINGLE("10.0.1.11",
				     ADDRESS("10.0.1.11",
					     "'IPAMKey':{'networkName':'aws-cni',"
					     "'containerID':'','ifName':''},'IPAMMetadata':{},"
					     "'AssignedTime':'2025-06-15T14:00:00Z'," NEVER)))) "}",
		  "eni-0a 0.0 10.0.1.11/32 10.0.1.11=" },
		/* of versions to come */
		{ "9",
		  "{'version':9,'0':{'More':[{}],'ENIs':{'eni-0a':{'IPv4Prefixes':7,"
		  "'IPv6Cidrs':null,'AvailableIPv4Cidrs':{'10.0.1.11/32':{'Cidr':{'IP':"
		  "'10.0.1.11','Mask':'/////w==','Zone':''},'IPAddresses':null}}}}}}",
		  "eni-0a 0.0 10.0.1.11/32" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct ipamd_report report = { 0 };

		assert_int_equal(parse(c->text, &report), 0);
		assert_string_equal(text_of(&report.enis), c->want);
		assert_int_equal(report.errors, 0);
		assert_null(report.error);
		assert_true(report.enis.has_addresses);
		enis_clear(&report.enis);
	}
}

static void does_not_count_a_released_address_as_assigned(void **state)
{
	static const char text[] = "{'0':" CARD(ENI(
		"eni-0a", "0",
		PREFIX("10.0.1.16",
		       ADDRESS("10.0.1.16", HELD) "," ADDRESS("10.0.1.17", RELEASED("2025-06-15T15:06:11Z")) "," ADDRESS(
			       "10.0.1.18", RELEASED("2025-06-15T15:06:09Z"))))) "}";
	struct ipamd_report report = { 0 };
	struct eni_sums sums;

	(void)state;
	assert_int_equal(parse(text, &report), 0);
	sums = enis_sum(&report.enis, NULL, NOW_S * INT64_C(1000000000));
	assert_int_equal(sums.attached, 17);
	assert_int_equal(sums.assigned, 1);
	assert_int_equal(sums.cooldown, 1);
	assert_int_equal(sums.warm, 14);
	sums = enis_sum(&report.enis, NULL, (NOW_S + 2) * INT64_C(1000000000));
	assert_int_equal(sums.cooldown, 0);
	assert_int_equal(sums.warm, 15);
	enis_clear(&report.enis);
}

#define AT(time) CARD(ENI("eni-0a", "0", PREFIX("10.0.1.16", ADDRESS("10.0.1.16", RELEASED(time)))))
#define NONE INT64_C(-1) /* it is refused */

static void reads_times_of_any_offset_and_fraction(void **state)
{
	static const struct {
		const char *text;
		int64_t want_ns;
	} cases[] = {
		{ AT("0001-01-01T00:00:00Z"), 0 },
		{ AT("0000-01-01T00:00:00+23:59"), 0 },
		{ AT("1969-12-31T23:59:59.999999999Z"), 0 },
		{ AT("1970-01-01T00:00:01Z"), INT64_C(1000000000) },
		{ AT("1970-01-01T01:00:01+01:00"), INT64_C(1000000000) },
		{ AT("2025-06-15T15:06:40Z"), INT64_C(1750000000000000000) },
		{ AT("2025-06-15T15:06:39.9Z"), INT64_C(1749999999900000000) },
		{ AT("2025-06-15T15:06:39.123456789Z"), INT64_C(1749999999123456789) },
		{ AT("2025-06-15T15:06:39.1234567891234Z"), INT64_C(1749999999123456789) },
		{ AT("2025-06-15T17:06:38+02:00"), INT64_C(1749999998000000000) },
		{ AT("2025-06-15T09:36:38.5-05:30"), INT64_C(1749999998500000000) },
		{ AT("2025-06-16T00:06:38+09:00"), INT64_C(1749999998000000000) },
		{ AT("2024-02-29T00:00:00Z"), INT64_C(1709164800000000000) },
		{ AT("2016-12-31T23:59:60Z"), INT64_C(1483228800000000000) },
		/* the clock was set back */
		{ AT("2025-06-15T15:06:40.000000001Z"), 0 },
		{ AT("2026-06-15T15:06:40Z"), 0 },
		{ AT(""), NONE },
		{ AT("2025-06-15"), NONE },
		{ AT("2025-06-15T15:06:40"), NONE },
		{ AT("2025-06-15 15:06:40Z"), NONE },
		{ AT("2025-06-15T15:06:40ZZ"), NONE },
		{ AT("2025-06-15T15:06:40.Z"), NONE },
		{ AT("2025-06-15T15:06Z"), NONE },
		{ AT("2025-13-15T15:06:40Z"), NONE },
		{ AT("2025-00-15T15:06:40Z"), NONE },
		{ AT("2025-06-31T15:06:40Z"), NONE },
		{ AT("2025-02-29T15:06:40Z"), NONE },
		{ AT("2025-06-00T15:06:40Z"), NONE },
		{ AT("2025-06-15T24:00:00Z"), NONE },
		{ AT("2025-06-15T15:60:00Z"), NONE },
		{ AT("2025-06-15T15:06:61Z"), NONE },
		{ AT("2025-06-15T15:06:40+0200"), NONE },
		{ AT("2025-06-15T15:06:40+24:00"), NONE },
		{ AT("2025-06-15T15:06:40+02:60"), NONE },
		{ AT("2025-06-15T15:06:40+02:00Z"), NONE },
		{ AT("-025-06-15T15:06:40Z"), NONE },
		{ AT("9999-12-31T23:59:59Z"), NONE },
		{ AT("1750000000"), NONE },
	};

	(void)state;
	for_each_case(c, cases) {
		struct ipamd_report report = { 0 };

		assert_int_equal(parse(c->text, &report), 0);
		assert_int_equal(report.enis.address_count, 1);
		assert_int_equal(report.enis.addresses[0].unassigned_ns,
				 c->want_ns == NONE ? 0 : c->want_ns);
		assert_int_equal(report.errors, c->want_ns == NONE);
		enis_clear(&report.enis);
	}
}

#define BLOCK(ip, mask)                                                                       \
	CARD("'eni-0a':{'AvailableIPv4Cidrs':{'x':{'Cidr':{'IP':'" ip "','Mask':'" mask "'}," \
	     "'IPAddresses':{}}}}")

static void takes_the_size_of_a_block_from_its_mask(void **state)
{
	static const struct {
		const char *text, *want; /* "" it is refused */
	} cases[] = {
		{ BLOCK("10.0.1.16", "/////w=="), " 10.0.1.16/32" },
		{ BLOCK("10.0.1.16", "////8A=="), " 10.0.1.16/28!" },
		{ BLOCK("10.0.1.16", "/////g=="), " 10.0.1.16/31!" },
		{ BLOCK("10.0.1.0", "////AA=="), " 10.0.1.0/24!" },
		{ BLOCK("10.0.0.0", "//8AAA=="), " 10.0.0.0/16!" },
		{ BLOCK("10.0.0.0", "//4AAA=="), "" }, /* no subnet is a /15 */
		{ BLOCK("10.0.0.0", "AAAAAA=="), "" },
		{ BLOCK("2600:1f14:0:1:2::", "/////////////wAAAAAAAA=="),
		  " 2600:1f14:0:1:2::/80!" },
		{ BLOCK("2600:1f14:0:1:2::5", "/////////////////////w=="),
		  " 2600:1f14:0:1:2::5/128" },
		{ BLOCK("2600:1f10::", "////////AAAAAAAAAAAAAA=="), " 2600:1f10::/48!" },
		{ BLOCK("2600:1f10::", "///////wAAAAAAAAAAAAAA=="), " 2600:1f10::/44!" },
		{ BLOCK("2600:1f10::", "///////gAAAAAAAAAAAAAA=="), "" }, /* 43 */
		{ BLOCK("2600::", "AAAAAAAAAAAAAAAAAAAAAA=="), "" },
		/* of the other family */
		{ BLOCK("10.0.1.16", "/////////////////////w=="), "" },
		{ BLOCK("2600:1f14:0:1:2::", "/////w=="), "" },
		/* zeros before ones: 255.255.0.255, 255.255.255.241, 127.255.255.255 */
		{ BLOCK("10.0.1.16", "//8A/w=="), "" },
		{ BLOCK("10.0.1.16", "////8Q=="), "" },
		{ BLOCK("10.0.1.16", "f////w=="), "" },
		/* more bits than 32 */
		{ BLOCK("10.0.1.16", "//////=="), "" },
		{ BLOCK("10.0.1.16", "/////x=="), "" },
		/* no base64 of four bytes */
		{ BLOCK("10.0.1.16", ""), "" },
		{ BLOCK("10.0.1.16", "/////w"), "" },
		{ BLOCK("10.0.1.16", "/////w="), "" },
		{ BLOCK("10.0.1.16", "/////w===="), "" },
		{ BLOCK("10.0.1.16", "_____w=="), "" },
		{ BLOCK("10.0.1.16", "//// w=="), "" },
		{ BLOCK("10.0.1.16", "ffffff00"), "" },
		{ BLOCK("10.0.1.16", "255.255.255.255"), "" },
		{ BLOCK("10.0.1.256", "/////w=="), "" },
		{ BLOCK("", "/////w=="), "" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct ipamd_report report = { 0 };

		assert_int_equal(parse(c->text, &report), 0);
		assert_string_equal(text_of(&report.enis) + strlen("eni-0a 0.0"), c->want);
		assert_int_equal(report.errors, !c->want[0]);
		enis_clear(&report.enis);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_shape_of_every_version),
		cmocka_unit_test(does_not_count_a_released_address_as_assigned),
		cmocka_unit_test(reads_times_of_any_offset_and_fraction),
		cmocka_unit_test(takes_the_size_of_a_block_from_its_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
