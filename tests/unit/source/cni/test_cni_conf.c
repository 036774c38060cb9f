// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/capacity/span.h"
#include "source/cni/cni_conf.h"

/* Ranges as "name cidr usable", separated by ", ". */
static void describe(const struct cni_conf *conf, char out[static 1024])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < conf->count; i++) {
		const struct range *range = &conf->ranges[i];
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&range->cidr, cidr);
		used += (size_t)snprintf(out + used, 1024 - used, "%s%s %s %.0f", i ? ", " : "",
					 range->name, cidr, range_usable(range));
		assert_string_equal(range->source, "cni");
		assert_int_equal(range->scope, RANGE_SCOPE_NODE);
		assert_int_equal(range->parent, RANGE_NONE);
	}
}

/* Where the reserved addresses are and how many says the same; two pieces have no one place. */
static void check_places(const struct cni_conf *conf)
{
	for (size_t i = 0; i < conf->count; i++) {
		const struct range *range = &conf->ranges[i];
		struct spans spans;
		double unplaced;

		if (!range->places.is_known)
			continue;
		spans_reserved(range, &spans, &unplaced);
		assert_true(unplaced == 0);
		assert_true(spans_overlap(&spans, span_of_prefix(&range->cidr)) == range->reserved);
	}
}

static void knows_which_addresses_are_given_out(void **state)
{
	static const struct {
		const char *ipam, *first, *last, *gateway; /* NULL: it is not in the subnet */
	} cases[] = {
		{ "\"subnet\":\"10.8.0.0/29\"", "10.8.0.1", "10.8.0.6", "10.8.0.1" },
		{ "\"subnet\":\"10.8.0.0/29\",\"gateway\":\"10.8.0.6\"", "10.8.0.1", "10.8.0.6",
		  "10.8.0.6" },
		{ "\"subnet\":\"10.8.0.0/29\",\"gateway\":\"10.9.0.6\"", "10.8.0.1", "10.8.0.6",
		  NULL },
		{ "\"subnet\":\"10.8.0.0/29\",\"rangeStart\":\"10.8.0.3\",\"rangeEnd\":\"10.8.0.5\"",
		  "10.8.0.3", "10.8.0.5", "10.8.0.1" },
		{ "\"ranges\":[[{\"subnet\":\"10.8.0.0/29\",\"rangeEnd\":\"10.8.0.3\"},"
		  "{\"subnet\":\"10.8.0.0/29\",\"rangeStart\":\"10.8.0.5\"}]]",
		  NULL, NULL, NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		char text[512];
		struct cni_conf conf;
		struct ip ip;

		snprintf(
			text, sizeof(text),
			"{\"name\":\"n\",\"type\":\"bridge\",\"ipam\":{\"type\":\"host-local\",%s}}",
			c->ipam);
		assert_int_equal(cni_conf_parse(text, strlen(text), &conf), 0);
		assert_int_equal(conf.count, 1);
		assert_int_equal(conf.ranges[0].places.is_known, !!c->first);
		if (!c->first)
			continue;
		assert_int_equal(ip_parse(c->first, &ip), 0);
		assert_int_equal(ip_compare(&conf.ranges[0].places.first, &ip), 0);
		assert_int_equal(ip_parse(c->last, &ip), 0);
		assert_int_equal(ip_compare(&conf.ranges[0].places.last, &ip), 0);
		assert_int_equal(conf.ranges[0].places.has_gateway, !!c->gateway);
		if (!c->gateway)
			continue;
		assert_int_equal(ip_parse(c->gateway, &ip), 0);
		assert_int_equal(ip_compare(&conf.ranges[0].places.gateway, &ip), 0);
	}
}

static void counts_usable_addresses_as_host_local_does(void **state)
{
	static const struct {
		const char *ipam, *want;
	} cases[] = {
		{ "'subnet':'10.8.0.0/24'", "n 10.8.0.0/24 253" },
		{ "'subnet':'10.8.0.0/27'", "n 10.8.0.0/27 29" },
		{ "'subnet':'10.8.0.0/28'", "n 10.8.0.0/28 13" },
		{ "'subnet':'10.8.0.0/29'", "n 10.8.0.0/29 5" },
		{ "'subnet':'10.8.0.0/30'", "n 10.8.0.0/30 1" },
		{ "'subnet':'10.8.0.77/24'", "n 10.8.0.0/24 253" },
		{ "'subnet':'0.0.0.0/0'", "n 0.0.0.0/0 4294967293" },
		{ "'subnet':'10.8.0.0/24','gateway':'10.8.0.254'", "n 10.8.0.0/24 253" },
		{ "'subnet':'10.8.0.0/24','gateway':'10.8.0.255'", "n 10.8.0.0/24 254" },
		{ "'subnet':'10.8.0.0/24','gateway':'192.168.0.1'", "n 10.8.0.0/24 254" },
		{ "'subnet':'10.8.0.0/24','rangeStart':'10.8.0.10'", "n 10.8.0.0/24 245" },
		{ "'subnet':'10.8.0.0/24','rangeEnd':'10.8.0.10'", "n 10.8.0.0/24 9" },
		{ "'subnet':'10.8.0.0/24','rangeStart':'10.8.0.10','rangeEnd':'10.8.0.19'",
		  "n 10.8.0.0/24 10" },
		{ "'subnet':'10.8.0.0/24','rangeStart':'10.8.0.10','rangeEnd':'10.8.0.19',"
		  "'gateway':'10.8.0.15'",
		  "n 10.8.0.0/24 9" },
		{ "'subnet':'10.8.0.0/24','rangeStart':'10.8.0.0','rangeEnd':'10.8.0.255'",
		  "n 10.8.0.0/24 255" },
		{ "'subnet':'fd00:8::/112'", "n fd00:8::/112 65534" },
		{ "'subnet':'fd00:8::/126'", "n fd00:8::/126 2" },
		{ "'ranges':[[{'subnet':'10.8.0.0/24'}]]", "n 10.8.0.0/24 253" },
		{ "'ranges':[[{'subnet':'10.8.0.0/24'}],[{'subnet':'fd00:8::/112'}]]",
		  "n 10.8.0.0/24 253, n fd00:8::/112 65534" },
		{ "'ranges':[[{'subnet':'10.8.0.0/24'},{'subnet':'10.9.0.0/24'}]],"
		  "'subnet':'10.7.0.0/24'",
		  "n 10.7.0.0/24 253, n 10.8.0.0/24 253, n 10.9.0.0/24 253" },
		/* two pieces of one subnet */
		{ "'ranges':[[{'subnet':'10.8.0.0/24','rangeStart':'10.8.0.10','rangeEnd':'10.8.0.19'},"
		  "{'subnet':'10.8.0.0/24','rangeStart':'10.8.0.30','rangeEnd':'10.8.0.34'}]]",
		  "n 10.8.0.0/24 15" },
		{ "'ranges':[[{'subnet':'10.8.0.0/24'},{'subnet':'10.8.0.0/24'}]]",
		  "n 10.8.0.0/24 256" },
		{ "'subnet':'usePodCidr'", "" },
		{ "'ranges':[[{'subnet':'usePodCIDR'}],[{'subnet':'usePodCidrIPv6'}]]", "" },
		{ "'ranges':[]", "" },
		{ "'ranges':[[]]", "" },
		{ "'routes':[]", "" },
	};

	(void)state;
	for_each_case(c, cases) {
		char text[512], got[1024];
		struct cni_conf conf;

		print_message("  %s\n", c->ipam);
		snprintf(text, sizeof(text),
			 "{'name':'n','type':'bridge','ipam':{'type':'host-local',%s}}", c->ipam);
		for (char *at = text; *at; at++) {
			if (*at == '\'')
				*at = '"';
		}
		assert_int_equal(cni_conf_parse(text, strlen(text), &conf), 0);
		describe(&conf, got);
		assert_string_equal(got, c->want);
		check_places(&conf);
	}
}

static void reads_the_shapes_seen_on_nodes(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		/* GKE, dual stack */
		{ "{\"name\":\"gke-pod-network\",\"cniVersion\":\"0.3.1\",\"plugins\":[{\"type\":\"ptp\","
		  "\"mtu\":1460,\"ipam\":{\"type\":\"host-local\",\"ranges\":[[{\"subnet\":"
		  "\"10.68.1.0/24\"}],[{\"subnet\":\"fd00:68::/112\"}]],\"routes\":[{\"dst\":"
		  "\"0.0.0.0/0\"},{\"dst\":\"::/0\"}]}},{\"type\":\"portmap\",\"capabilities\":"
		  "{\"portMappings\":true}}]}",
		  "gke-pod-network 10.68.1.0/24 253, gke-pod-network fd00:68::/112 65534" },
		/* Calico on GKE */
		{ "{\"name\":\"k8s-pod-network\",\"plugins\":[{\"type\":\"calico\",\"ipam\":{\"type\":"
		  "\"host-local\",\"subnet\":\"usePodCidr\"}}]}",
		  "" },
		{ "{\"name\":\"cilium\",\"plugins\":[{\"type\":\"cilium-cni\"}]}", "" },
		{ "{\"name\":\"aws-cni\",\"plugins\":[{\"type\":\"aws-cni\",\"ipam\":{}}]}", "" },
		{ "{\"name\":\"n\",\"type\":\"macvlan\",\"ipam\":{\"type\":\"whereabouts\",\"range\":"
		  "\"10.8.0.0/24\"}}",
		  "" },
		{ "{\"name\":\"n\",\"type\":\"bridge\",\"ipam\":{\"type\":\"dhcp\"}}", "" },
		{ "{\"cniVersion\":\"0.2.0\",\"type\":\"loopback\"}", "" },
		/* two plugins that name one subnet: the first one's say */
		{ "{\"name\":\"two\",\"plugins\":[{\"type\":\"a\",\"ipam\":{\"type\":\"host-local\","
		  "\"subnet\":\"10.8.0.0/24\"}},{\"type\":\"b\",\"ipam\":{\"type\":\"host-local\","
		  "\"subnet\":\"10.8.0.0/24\",\"rangeEnd\":\"10.8.0.9\"}}]}",
		  "two 10.8.0.0/24 253" },
		{ "{}", "" },
		{ "{\"plugins\":7}", "" },
		{ "{\"plugins\":[7,null,[]]}", "" },
		{ "{\"ipam\":7}", "" },
		{ "{\"ipam\":{\"type\":\"host-local\",\"ranges\":7}}", "" },
		{ "{\"ipam\":{\"type\":\"host-local\",\"ranges\":[7]}}", "" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct cni_conf conf;
		char got[1024];

		assert_int_equal(cni_conf_parse(c->text, strlen(c->text), &conf), 0);
		describe(&conf, got);
		assert_string_equal(got, c->want);
	}
}

#define IPAM(rest) "{\"name\":\"n\",\"ipam\":{\"type\":\"host-local\"," rest "}}"
#define TWO(first, second)                                                        \
	"{\"name\":\"n\",\"plugins\":[{\"ipam\":{\"type\":\"host-local\"," first  \
	"\"subnet\":\"10.8.0.0/24\"}},{\"ipam\":{\"type\":\"host-local\"," second \
	"\"subnet\":\"10.8.0.0/24\"}}]}"
#define NAMED(name) \
	"{\"name\":" name ",\"ipam\":{\"type\":\"host-local\",\"subnet\":\"10.8.0.0/24\"}}"

static void rejects_what_host_local_would_not_take(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ "", -EBADMSG },
		{ "{", -EBADMSG },
		{ "{} {}", -EBADMSG },
		{ "{\"a\":\"\xff\"}", -EBADMSG },
		{ "\x7f"
		  "ELF",
		  -EBADMSG },
		{ "[]", -EINVAL },
		{ IPAM("\"subnet\":\"10.8.0.0\""), -EINVAL },
		{ IPAM("\"subnet\":\"10.8.0.0/33\""), -EINVAL },
		{ IPAM("\"subnet\":\"10.8.0.0/31\""), -EINVAL },
		{ IPAM("\"subnet\":\"fd00::/127\""), -EINVAL },
		{ IPAM("\"subnet\":\"::/0\""), -EINVAL },
		{ IPAM("\"subnet\":\"\""), -EINVAL },
		{ IPAM("\"subnet\":7"), -EINVAL },
		{ IPAM("\"ranges\":[[7]]"), -EINVAL },
		{ IPAM("\"ranges\":[[{}]]"), -EINVAL },
		{ IPAM("\"ranges\":[[{\"subnet\":\"10.8.0.0/24\"},{\"subnet\":\"x\"}]]"), -EINVAL },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"rangeStart\":\"10.9.0.1\""), -EINVAL },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"rangeEnd\":\"fd00::1\""), -EINVAL },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"rangeEnd\":7"), -EINVAL },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"rangeStart\":\"10.8.0.9\","
		       "\"rangeEnd\":\"10.8.0.8\""),
		  -EINVAL },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"dataDir\":7"), -EINVAL },
		{ NAMED("7"), -EINVAL },
		{ NAMED("\"\""), -EINVAL },
		{ NAMED("\"a\\nb\""), -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct cni_conf got, want;

		print_message("  %s\n", c->text);
		memset(&got, 0x5a, sizeof(got));
		want = got;
		assert_int_equal(cni_conf_parse(c->text, strlen(c->text), &got), c->err);
		assert_memory_equal(&got, &want, sizeof(got));
	}
}

static void cuts_a_long_name_between_characters(void **state)
{
	static const char nines[] =
		"999999999999999999999999999999999999999999999999999999999999999";
	static const struct {
		unsigned int nines;
		const char *tail;
		size_t want;
	} cases[] = {
		{ 63, "", 63 },	      { 63, "x", 63 },	    { 62, "\u00e4", 62 },
		{ 61, "\u00e4", 63 }, { 61, "\u20ac", 61 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct cni_conf conf;
		char text[256];

		snprintf(text, sizeof(text), NAMED("\"%.*s%s\""), (int)c->nines, nines, c->tail);
		assert_int_equal(cni_conf_parse(text, strlen(text), &conf), 0);
		assert_int_equal(strlen(conf.ranges[0].name), c->want);
	}
}

static void bounds_the_ranges_of_one_file(void **state)
{
	struct cni_conf conf;

	(void)state;
	for (unsigned int count = CNI_CONF_RANGES_MAX; count <= CNI_CONF_RANGES_MAX + 1; count++) {
		char text[8192] = IPAM("\"ranges\":[[");
		size_t used = strlen(text) - 2;

		for (unsigned int i = 0; i < count; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 "%s{\"subnet\":\"10.8.%u.0/24\"}", i ? "," : "",
						 i);
		snprintf(text + used, sizeof(text) - used, "]]}}");
		assert_int_equal(cni_conf_parse(text, strlen(text), &conf),
				 count > CNI_CONF_RANGES_MAX ? -E2BIG : 0);
	}
	assert_int_equal(conf.count, CNI_CONF_RANGES_MAX);
}

#define LONG "/0123456789012345678901234567890123456789012345678901234567890"

static void keeps_where_host_local_keeps_its_addresses(void **state)
{
	static const struct {
		const char *text;
		const char *want; /* of each range, separated by blanks */
	} cases[] = {
		{ IPAM("\"subnet\":\"10.8.0.0/24\""), "" },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"dataDir\":null"), "" },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"dataDir\":\"\""), "" },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"dataDir\":\"/var/lib/a\""), "/var/lib/a" },
		{ IPAM("\"ranges\":[[{\"subnet\":\"10.8.0.0/24\"}],[{\"subnet\":\"fd00::/112\"}]],"
		       "\"dataDir\":\"/a\""),
		  "/a /a" },
		/* 127 bytes fit, 128 do not */
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"dataDir\":\"" LONG LONG "abc\""),
		  LONG LONG "abc" },
		{ IPAM("\"subnet\":\"10.8.0.0/24\",\"dataDir\":\"" LONG LONG "abcd\""), "?" },
		/* pieces of a subnet are one IPAM's, equal subnets need not be */
		{ IPAM("\"ranges\":[[{\"subnet\":\"10.8.0.0/24\"},{\"subnet\":\"10.8.0.0/24\"}]],"
		       "\"dataDir\":\"/a\""),
		  "/a" },
		{ TWO("", "\"dataDir\":\"/a\","), "?" },
		{ TWO("\"dataDir\":\"/a\",", "\"dataDir\":\"/b\","), "?" },
		{ TWO("\"dataDir\":\"/a\",", "\"dataDir\":\"/a\","), "/a" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct cni_conf conf;
		char got[512] = "";
		size_t used = 0;

		print_message("  %s\n", c->text);
		assert_int_equal(cni_conf_parse(c->text, strlen(c->text), &conf), 0);
		for (size_t i = 0; i < conf.count; i++)
			used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%s",
						 i ? " " : "", conf.data_dirs[i]);
		assert_string_equal(got, c->want);
	}
}

static void survives_a_text_cut_anywhere(void **state)
{
	static const char text[] = IPAM("\"ranges\":[[{\"subnet\":\"10.8.0.0/24\"}]]");
	struct cni_conf conf;

	(void)state;
	for (size_t size = 0; size < sizeof(text) - 1; size++)
		assert_int_equal(cni_conf_parse(text, size, &conf), -EBADMSG);
	assert_int_equal(cni_conf_parse(text, sizeof(text) - 1, &conf), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_usable_addresses_as_host_local_does),
		cmocka_unit_test(knows_which_addresses_are_given_out),
		cmocka_unit_test(reads_the_shapes_seen_on_nodes),
		cmocka_unit_test(rejects_what_host_local_would_not_take),
		cmocka_unit_test(cuts_a_long_name_between_characters),
		cmocka_unit_test(bounds_the_ranges_of_one_file),
		cmocka_unit_test(keeps_where_host_local_keeps_its_addresses),
		cmocka_unit_test(survives_a_text_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
