// SPDX-License-Identifier: Apache-2.0
/* What is refused, and what is left when a part of it is. */
#include "test.h"

#include "ipamd_fixture.h"
#include "source/base/json.h"

#define GOOD_ADDRESS ADDRESS("10.0.1.11", HELD)
#define GOOD_ENI ENI("eni-0a", "0", SINGLE("10.0.1.11", GOOD_ADDRESS))
#define GOOD_TEXT "eni-0a 0.0 10.0.1.11/32 10.0.1.11="

static void refuses_what_names_no_eni(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ "", -EBADMSG },
		{ " ", -EBADMSG },
		{ "404 page not found\n", -EBADMSG },
		{ "<html></html>", -EBADMSG },
		{ "{'0':" CARD(GOOD_ENI), -EBADMSG }, /* cut off */
		{ "{'0':" CARD(GOOD_ENI) "}{", -EBADMSG },
		{ "{'0':{},'0':" CARD(GOOD_ENI) "}", -EBADMSG }, /* which one? */
		{ CARD(GOOD_ENI "," GOOD_ENI), -EBADMSG },
		{ CARD("'eni-0a':{'ID':'\\u0000'}"), -EBADMSG },
		{ CARD("'eni-0a':{'ID':'\xff'}"), -EBADMSG },
		{ CARD("'eni-0a':{'DeviceNumber':99999999999999999999}"), -EBADMSG },
		{ "{}", -ENODATA },
		{ "[]", -ENODATA },
		{ "[" CARD(GOOD_ENI) "]", -ENODATA },
		{ CARD(""), -ENODATA },
		{ "{'0':" CARD("") ",'1':" CARD("") "}", -ENODATA },
		{ "{'ENIs':null}", -ENODATA },
		{ "{'ENIs':[{'ID':'eni-0a'}]}", -ENODATA },
		{ "{'ENIs':'eni-0a'}", -ENODATA },
		{ "{'ENIIPPools':7}", -ENODATA },
		{ "{'enis':{'eni-0a':{}}}", -ENODATA },
		{ "{'0':[" GOOD_TEXT "]}", -EBADMSG },
		{ "{'0':'x'}", -ENODATA },
		/* no network cards */
		{ "{'x':" CARD(GOOD_ENI) "}", -ENODATA },
		{ "{'-1':" CARD(GOOD_ENI) "}", -ENODATA },
		{ "{'0x':" CARD(GOOD_ENI) "}", -ENODATA },
		{ "{'':" CARD(GOOD_ENI) "}", -ENODATA },
		{ "{'1000':" CARD(GOOD_ENI) "}", -ENODATA },
		/* no ENIs */
		{ CARD("'eni-0a':null"), -ENODATA },
		{ CARD("'eni-0a':'x'"), -ENODATA },
		{ CARD("'':{}"), -ENODATA },
		{ CARD("'eni-0a/../../x':{}"), -ENODATA },
		{ CARD("'eni-0123456789012345678901234567890123':{}"), -ENODATA },
	};

	(void)state;
	for_each_case(c, cases) {
		struct ipamd_report report = { .errors = 77 };

		assert_int_equal(parse(c->text, &report), c->err);
		assert_int_equal(report.errors, 77);
		assert_null(report.enis.enis);
	}
}

#define ENI_WITH(text) CARD("'eni-0a':{" text "}")
#define ADDRESS_WITH(text) CARD(ENI("eni-0a", "0", PREFIX("10.0.1.16", text)))
#define ADDRESS_TEXT "eni-0a 0.0 10.0.1.16/28!"

static void leaves_out_what_is_broken_and_keeps_the_rest(void **state)
{
	static const struct {
		const char *text, *want;
		unsigned int errors;
	} cases[] = {
		/* ENIs and cards */
		{ CARD("'eni-0b':7," GOOD_ENI), GOOD_TEXT, 1 },
		{ CARD("'ENI-0B':{}," GOOD_ENI ",'eni-0c':[]"), GOOD_TEXT, 2 },
		{ "{'0':" CARD(GOOD_ENI) ",'1':" CARD(ENI("eni-0a", "1", "")) "}", GOOD_TEXT, 1 },
		{ "{'0':" CARD(GOOD_ENI) ",'1':7,'2':{'ENIs':7}}", GOOD_TEXT, 2 },
		{ "{'0':" CARD(GOOD_ENI) ",'1':{}}", GOOD_TEXT, 0 },
		/* values of an ENI */
		{ ENI_WITH("'DeviceNumber':'1'"), "eni-0a 0.0", 1 },
		{ ENI_WITH("'DeviceNumber':1.0"), "eni-0a 0.0", 1 },
		{ ENI_WITH("'DeviceNumber':-1"), "eni-0a 0.0", 1 },
		{ ENI_WITH("'DeviceNumber':65535"), "eni-0a 0.65535", 0 },
		{ ENI_WITH("'DeviceNumber':65536"), "eni-0a 0.0", 1 },
		{ ENI_WITH("'DeviceNumber':9223372036854775807"), "eni-0a 0.0", 1 },
		{ ENI_WITH("'IsPrimary':1,'IsTrunk':'true','IsEFA':null,'DeviceNumber':2"),
		  "eni-0a 0.2", 2 },
		{ ENI_WITH("'IsExcludedForPodIPs':[true]"), "eni-0a 0.0", 1 },
		{ ENI_WITH("'SubnetID':''"), "eni-0a 0.0", 0 },
		{ ENI_WITH("'SubnetID':'subnet 1'"), "eni-0a 0.0", 1 },
		{ ENI_WITH("'SubnetID':{'x':1}"), "eni-0a 0.0", 1 },
		{ ENI_WITH("'IPv4Addresses':[],'AvailableIPv4Cidrs':'x','IPv6Cidrs':7"),
		  "eni-0a 0.0", 3 },
		/* blocks */
		{ CARD(ENI("eni-0a", "0",
			   "'a':7,'b':{},'c':{'Cidr':'10.0.1.0/28'},'d':{'Cidr':{'IP':7,'Mask':7}},"
			   "'e':{'Cidr':{'IP':'10.0.1.0'}},'f':{'Cidr':{'Mask':'/////w=='}},"
			   "'g':{'Cidr':{'IP':'10.0.1.12','Mask':null}}," SINGLE("10.0.1.11",
										 GOOD_ADDRESS))),
		  GOOD_TEXT, 7 },
		{ CARD(ENI("eni-0a", "0",
			   "'10.0.1.0/28':{'Cidr':{'IP':'10.0.1.0','Mask':'////8A=='},"
			   "'IPAddresses':[],'IPv4Addresses':7}")),
		  "eni-0a 0.0 10.0.1.0/28!", 2 },
		/* addresses */
		{ ADDRESS_WITH("'10.0.1.32':{}"), ADDRESS_TEXT, 1 }, /* not in it */
		{ ADDRESS_WITH("'10.0.1.15':{},'2600::1':{}"), ADDRESS_TEXT, 2 },
		{ ADDRESS_WITH("'10.0.1.16/32':{},'x':{},'':{}"), ADDRESS_TEXT, 3 },
		{ ADDRESS_WITH("'10.0.1.16':null,'10.0.1.17':true,'10.0.1.18':{}"),
		  ADDRESS_TEXT " 10.0.1.18", 2 },
		{ ADDRESS_WITH("'10.0.1.16':{'IPAMKey':'aws-cni','Assigned':1}"),
		  ADDRESS_TEXT " 10.0.1.16", 2 },
		{ ADDRESS_WITH("'10.0.1.16':{'IPAMKey':{'networkName':7}}"),
		  ADDRESS_TEXT " 10.0.1.16", 1 },
		{ ADDRESS_WITH("'10.0.1.16':{'IPAMKey':{'networkName':null,'containerID':'c'}}"),
		  ADDRESS_TEXT " 10.0.1.16", 0 },
		{ ADDRESS_WITH("'10.0.1.16':{'IPAMKey':{'networkName':'n'},'UnassignedTime':7}"),
		  ADDRESS_TEXT " 10.0.1.16=", 1 },
		{ ENI_WITH("'IPv4Addresses':{'10.0.1.11':{'Assigned':true},'10.0.1':{},"
			   "'10.0.1.12':7}"),
		  "eni-0a 0.0 10.0.1.11/32 10.0.1.11=", 2 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct ipamd_report report = { 0 };

		assert_int_equal(parse(c->text, &report), 0);
		assert_string_equal(text_of(&report.enis), c->want);
		assert_int_equal(report.errors, c->errors);
		assert_int_equal(!report.error, !c->errors);
		enis_clear(&report.enis);
	}
}

/* text, `count` times; each %u is the count so far. The caller frees it. */
static char *repeat(const char *head, const char *text, unsigned int count, const char *tail)
{
	char *all = NULL;
	size_t size;
	FILE *file = open_memstream(&all, &size);

	assert_non_null(file);
	fputs(head, file);
	for (unsigned int i = 0; i < count; i++) {
		fputs(i ? "," : "", file);
		for (const char *at = text; *at; at++) {
			if (*at == '#')
				fprintf(file, "%u", i);
			else
				fputc(*at, file);
		}
	}
	fputs(tail, file);
	fclose(file);
	return all;
}

static void survives_deep_nesting(void **state)
{
	static char text[60000] = "{\"ENIs\":";
	struct ipamd_report report = { 0 };

	(void)state;
	memset(text + strlen(text), '[', sizeof(text) - strlen(text));
	assert_int_equal(ipamd_parse(text, sizeof(text), 0, &report), -EBADMSG);
}

static void refuses_more_values_than_json_may_have(void **state)
{
	cleanup_free char *text =
		repeat("{'0':{'ENIs':{'eni-0':{'x':[", "1", JSON_VALUES_MAX, "]}}}}");
	struct ipamd_report report = { 0 };

	(void)state;
	assert_int_equal(parse(text, &report), -E2BIG);
}

static void counts_what_it_has_no_room_for(void **state)
{
	cleanup_free char *enis = repeat("{'ENIs':{", "'eni-#':{}", ENIS_MAX + 3, "}}");
	cleanup_free char *blocks = repeat("{'ENIs':{'eni-0':{'AvailableIPv4Cidrs':{",
					   "'#':{'Cidr':{'IP':'10.0.1.1','Mask':'/////w=='}}",
					   ENI_BLOCKS_MAX - 2000, "}}}}");
	struct ipamd_report report = { 0 };

	(void)state;
	assert_int_equal(parse(enis, &report), 0);
	assert_int_equal(report.enis.eni_count, ENIS_MAX);
	assert_int_equal(report.enis.dropped, 3);
	assert_int_equal(report.errors, 0);
	enis_clear(&report.enis);

	assert_int_equal(parse(blocks, &report), 0);
	assert_int_equal(report.enis.block_count, ENI_BLOCKS_MAX - 2000);
	enis_clear(&report.enis);
}

/* Whatever is cut off or changed in it, nothing breaks. */
static void survives_a_byte_that_was_changed(void **state)
{
	static const char text[] = "{\"0\":{\"ENIs\":{\"eni-0a\":{\"IsPrimary\":true,"
				   "\"DeviceNumber\":0,\"AvailableIPv4Cidrs\":{\"10.0.1.16/28\":"
				   "{\"Cidr\":{\"IP\":\"10.0.1.16\",\"Mask\":\"////8A==\"},"
				   "\"IPAddresses\":{\"10.0.1.17\":{\"IPAMKey\":{\"networkName\":"
				   "\"aws-cni\"},\"UnassignedTime\":\"2025-06-15T15:06:40Z\"}}}},"
				   "\"SubnetID\":\"subnet-0c\"}}}}";
	size_t parsed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(text) * 256; i++) {
		cleanup_free char *changed = malloc(sizeof(text) - 1);
		struct ipamd_report report = { 0 };
		size_t at = i / 256;

		memcpy(changed, text, sizeof(text) - 1);
		if (at < sizeof(text) - 1)
			changed[at] = (char)i;
		if (ipamd_parse(changed, sizeof(text) - 1, INT64_MAX, &report))
			continue;
		parsed++;
		assert_int_equal(report.enis.eni_count, 1);
		enis_clear(&report.enis);
	}
	assert_true(parsed > 10000);
	for (size_t size = 0; size < sizeof(text) - 1; size++) {
		cleanup_free char *cut = malloc(size + 1);
		struct ipamd_report report = { 0 };

		memcpy(cut, text, size);
		assert_int_equal(ipamd_parse(cut, size, 0, &report), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_names_no_eni),
		cmocka_unit_test(leaves_out_what_is_broken_and_keeps_the_rest),
		cmocka_unit_test(survives_deep_nesting),
		cmocka_unit_test(refuses_more_values_than_json_may_have),
		cmocka_unit_test(counts_what_it_has_no_room_for),
		cmocka_unit_test(survives_a_byte_that_was_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
