// SPDX-License-Identifier: Apache-2.0
/* What the metadata server's answers say. When they are asked for is test_gce.c's business. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ranges.h"
#include "source/base/json.h"
#include "source/cloud/gce.h"
#include "source/supplier/poll.h"

#define WANT(cidr) "ip-alias " cidr " node -1 0"
#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

/* In memory that ends where the text does. */
static int parse(const char *text, size_t size, struct poll_result *out)
{
	char *copy = malloc(size ? size : 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, text, size);
	err = gce_parse_interfaces(copy, size, out);
	free(copy);
	return err;
}

static const struct {
	const char *text, *want;
} interface_cases[] = {
	/* a node of GKE, as it is */
	{ "[{\"accessConfigs\":[{\"externalIp\":\"203.0.113.9\",\"type\":\"ONE_TO_ONE_NAT\"}],"
	  "\"dnsServers\":[\"169.254.169.254\"],\"forwardedIps\":[],\"gateway\":\"10.128.0.1\","
	  "\"ip\":\"10.128.0.70\",\"ipAliases\":[\"10.24.3.0/24\"],\"mac\":\"42:01:0a:80:00:46\","
	  "\"mtu\":1460,\"network\":\"projects/123/networks/default\",\"subnetmask\":"
	  "\"255.255.240.0\",\"targetInstanceIps\":[]}]",
	  WANT("10.24.3.0/24") },
	{ "[{\"ipAliases\":[\"10.0.0.0/27\",\"10.9.0.0/24\"]},{\"ip\":\"192.168.1.2\","
	  "\"ipAliases\":[]},{\"ipAliases\":[\"10.8.0.0/26\"]}]",
	  WANT("10.0.0.0/27") ", " WANT("10.9.0.0/24") ", " WANT("10.8.0.0/26") },
	/* an address alone */
	{ "[{\"ipAliases\":[\"10.0.0.5\"]}]", WANT("10.0.0.5/32") },
	{ "[{\"ipAliases\":[\"fd20::5\",\"fd20:1::/96\"]}]",
	  WANT("fd20::5/128") ", " WANT("fd20:1::/96") },
	{ "[{\"ipAliases\":[\"10.0.0.33/27\"]}]", WANT("10.0.0.32/27") },
	/* the same one twice */
	{ "[{\"ipAliases\":[\"10.0.0.0/27\"]},{\"ipAliases\":[\"10.0.0.0/27\"]}]",
	  WANT("10.0.0.0/27") },
	/* a cluster with routes has none */
	{ "[{\"ip\":\"10.128.0.70\",\"ipAliases\":[]}]", "" },
	{ "[{\"ip\":\"10.128.0.70\",\"ipAliases\":null}]", "" },
	{ "[{\"ip\":\"10.128.0.70\"}]", "" },
	{ "[{}]", "" },
};

static void reads_the_aliases_of_all_interfaces(void **state)
{
	(void)state;
	for_each_case(c, interface_cases) {
		struct poll_result result = { 0 };

		assert_int_equal(parse(c->text, strlen(c->text), &result), 0);
		assert_string_equal(ranges_of(&result.capacity, "gce"), c->want);
		assert_int_equal(result.errors, 0);
		assert_string_equal(result.why, "");
		capacity_clear(&result.capacity);
	}
}

static void leaves_out_what_is_no_alias(void **state)
{
	static const char text[] =
		"[{\"ipAliases\":[\"10.0.0.0/27\",\"\",7,null,{},\"10.0.0.0/99\",\"/24\",\"x\"]}]";
	struct poll_result result = { 0 };

	(void)state;
	assert_int_equal(parse(text, strlen(text), &result), 0);
	assert_string_equal(ranges_of(&result.capacity, "gce"), WANT("10.0.0.0/27"));
	assert_int_equal(result.errors, 7);
	assert_string_equal(result.error, "'' is no alias range");
	capacity_clear(&result.capacity);
}

static void refuses_what_are_no_interfaces(void **state)
{
	static const struct {
		const char *text, *why;
		int err;
	} cases[] = {
		{ "", "not JSON", -EBADMSG },
		{ "<html>", "not JSON", -EBADMSG },
		{ "[{\"ipAliases\":[\"10.24.3.0/24\"]}", "not JSON", -EBADMSG },
		{ "[{\"ipAliases\":[\"10.24.3.0/24\"]}]x", "not JSON", -EBADMSG },
		{ "[{\"ipAliases\":[],\"ipAliases\":[]}]", "not JSON", -EBADMSG },
		{ "[{\"ipAliases\":[\"\xff\xfe\"]}]", "not JSON", -EBADMSG },
		{ "[{\"ipAliases\":[\"10.0.0.0\\u0000/27\"]}]", "not JSON", -EBADMSG },
		{ "[]", "no network interfaces", -ENODATA },
		{ "{}", "not as expected", -EBADMSG },
		{ "{\"ipAliases\":[\"10.24.3.0/24\"]}", "not as expected", -EBADMSG },
		{ "[[]]", "not as expected", -EBADMSG },
		{ "[null]", "not as expected", -EBADMSG },
		{ "[\"ipAliases\"]", "not as expected", -EBADMSG },
		{ "[{\"ipAliases\":\"10.24.3.0/24\"}]", "not as expected", -EBADMSG },
		{ "[{\"ipAliases\":{}}]", "not as expected", -EBADMSG },
		{ "[{\"ipAliases\":[\"10.24.3.0/24\"]},{\"ipAliases\":7}]", "not as expected",
		  -EBADMSG },
		{ "[{\"ipAliases\":[\"x\",7]}]", "'x' is no alias range", -EBADMSG },
	};

	(void)state;
	for_each_case(c, cases) {
		struct poll_result result = { 0 };

		assert_int_equal(parse(c->text, strlen(c->text), &result), c->err);
		assert_string_equal(result.why, c->why);
		capacity_clear(&result.capacity);
	}
}

static void refuses_what_is_nested_too_deep_or_too_much(void **state)
{
	static char text[GCE_BODY_MAX];
	struct poll_result result = { 0 };

	(void)state;
	memset(text, '[', sizeof(text));
	assert_int_equal(parse(text, 60000, &result), -EBADMSG);
	for (size_t i = 1; i < sizeof(text) - 2; i += 3)
		memcpy(text + i, "{},", 3);
	assert_int_equal(parse(text, sizeof(text), &result), -E2BIG);
	assert_string_equal(result.why, "too many values in it");
	capacity_clear(&result.capacity);
}

static void bounds_the_aliases(void **state)
{
	static char text[GCE_BODY_MAX];
	struct poll_result result = { 0 };
	size_t used = (size_t)sprintf(text, "[{\"ipAliases\":[");

	(void)state;
	for (unsigned int i = 0; i < CAPACITY_RANGES_MAX + 4; i++)
		used += (size_t)sprintf(text + used, "%s\"10.%u.%u.0/24\"", i ? "," : "", i / 256,
					i % 256);
	used += (size_t)sprintf(text + used, "]}]");
	assert_int_equal(parse(text, used, &result), 0);
	assert_int_equal(result.capacity.range_count, CAPACITY_RANGES_MAX);
	assert_int_equal(result.capacity.dropped, 4);
	assert_int_equal(result.errors, 0);
	capacity_clear(&result.capacity);
}

/* NULL: refused. */
struct label_case {
	const char *text, *want;
};

static void check(const struct label_case *c,
		  bool (*read)(const char *text, char out[static CAPACITY_LABEL_SIZE]))
{
	char label[CAPACITY_LABEL_SIZE] = "before";
	char *copy = strdup(c->text);

	assert_non_null(copy);
	assert_int_equal(read(copy, label), c->want != NULL);
	assert_string_equal(label, c->want ? c->want : "before");
	free(copy);
}

static void reads_the_zone(void **state)
{
	static const struct label_case cases[] = {
		{ "projects/123/zones/europe-west1-b", "europe-west1-b" },
		{ "projects/123/zones/europe-west1-b\n", "europe-west1-b" },
		{ "europe-west1-b", "europe-west1-b" },
		{ "zones/" SIXTY "123", SIXTY "123" },
		{ "zones/" SIXTY "1234", NULL },
		{ "", NULL },
		{ "\n", NULL },
		{ "projects/123/zones/", NULL },
		{ "projects/123/zones/a b", NULL },
		{ "projects/123/zones/\xc3\xbc", NULL },
		{ "projects/123/zones/a\"}", NULL },
		{ "<html>", NULL },
	};

	(void)state;
	for_each_case(c, cases)
		check(c, gce_parse_zone);
}

#define LABEL "cloud.google.com/gke-nodepool="

static void reads_the_node_pool_among_the_labels(void **state)
{
	static const struct label_case cases[] = {
		{ LABEL "default-pool", "default-pool" },
		{ LABEL "default-pool\n", "default-pool" },
		{ "cloud.google.com/gke-boot-disk=pd-balanced," LABEL "pool_1.a,max-pods=16",
		  "pool_1.a" },
		{ "cloud.google.com/gke-nodepool-x=a," LABEL "b", "b" },
		{ "x" LABEL "a", "" },
		{ "a=" LABEL "b", "" },
		{ "cloud.google.com/gke-boot-disk=pd-balanced", "" },
		{ "cloud.google.com/gke-nodepool", "" },
		{ "", "" },
		{ ",,", "" },
		{ LABEL SIXTY "123", SIXTY "123" },
		{ LABEL SIXTY "1234", NULL },
		{ LABEL, NULL },
		{ LABEL ",a=b", NULL },
		{ LABEL "a b", NULL },
		{ LABEL "a/b", NULL },
		{ LABEL "\xff", NULL },
	};

	(void)state;
	for_each_case(c, cases)
		check(c, gce_parse_labels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_aliases_of_all_interfaces),
		cmocka_unit_test(leaves_out_what_is_no_alias),
		cmocka_unit_test(refuses_what_are_no_interfaces),
		cmocka_unit_test(refuses_what_is_nested_too_deep_or_too_much),
		cmocka_unit_test(bounds_the_aliases),
		cmocka_unit_test(reads_the_zone),
		cmocka_unit_test(reads_the_node_pool_among_the_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
