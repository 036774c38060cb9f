// SPDX-License-Identifier: Apache-2.0
/* What is read of a CiliumNode, and the supplier as a whole. ENIs are test_cilium_eni.c's. */
#include "test.h"

#include <errno.h>

#include "kube_fixture.h"
#include "log.h"
#include "source/base/json.h"
#include "source/kube/cilium_node.h"

#define IPAM(ipam) "{\"spec\":{\"ipam\":{" ipam "}}}"

static int parse(const char *text, struct capacity *out)
{
	cleanup_json json_t *root = NULL;

	print_message("  %.100s\n", text);
	assert_int_equal(json_read(text, strlen(text), &root), 0);
	return cilium_node_parse(root, out);
}

/* "cidr reserved, cidr reserved" */
static const char *text_of(const struct capacity *capacity)
{
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < capacity->range_count; i++) {
		const struct range *range = &capacity->ranges[i];
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&range->cidr, cidr);
		assert_string_equal(range->name, "cilium");
		assert_string_equal(range->source, "cilium");
		assert_int_equal(range->scope, RANGE_SCOPE_NODE);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %.0f",
					 i ? ", " : "", cidr, range->reserved);
	}
	return text;
}

static void reads_the_pod_cidrs_of_every_mode(void **state)
{
	static const struct {
		const char *node, *want;
		int result;
	} cases[] = {
		{ IPAM("\"podCIDRs\":[\"10.0.1.0/24\"]"), "10.0.1.0/24 2", 0 },
		{ IPAM("\"podCIDRs\":[\"10.0.1.0/24\",\"fd00:1::/120\"]"),
		  "10.0.1.0/24 2, fd00:1::/120 2", 0 },
		{ IPAM("\"pools\":{\"allocated\":[{\"pool\":\"default\",\"cidrs\":[\"10.1.0.0/27\","
		       "\"10.1.0.32/27\"]},{\"pool\":\"b\",\"cidrs\":[\"10.2.0.0/28\"]}],"
		       "\"requested\":[{\"pool\":\"b\",\"needed\":{\"ipv4-addrs\":8}}]}"),
		  "10.1.0.0/27 2, 10.1.0.32/27 2, 10.2.0.0/28 2", 0 },
		{ IPAM("\"podCIDRs\":null,\"pools\":{\"allocated\":[{\"cidrs\":[\"10.1.0.0/27\"]}]}"),
		  "10.1.0.0/27 2", 0 },
		/* the good ones stay */
		{ IPAM("\"podCIDRs\":[\"10.0.1.0/24\",\"10.0.2.0\",7,null]"), "10.0.1.0/24 2", 3 },
		{ IPAM("\"podCIDRs\":\"10.0.1.0/24\",\"pools\":{\"allocated\":[7,{\"cidrs\":7},"
		       "{\"pool\":\"c\"},{\"cidrs\":[\"10.1.0.0/27\",\"x\"]}]}"),
		  "10.1.0.0/27 2", 3 },
		{ IPAM("\"podCIDRs\":[\"10.0.1.0/24\"],\"pools\":{\"allocated\":{}}"),
		  "10.0.1.0/24 2", 1 },
		{ IPAM("\"podCIDRs\":[\"10.0.1.0/24\"],\"pools\":[]"), "10.0.1.0/24 2", 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_capacity struct capacity capacity = { 0 };

		assert_int_equal(parse(c->node, &capacity), c->result);
		assert_string_equal(text_of(&capacity), c->want);
		assert_int_equal(capacity.enis.eni_count, 0);
		assert_false(capacity.enis.has_addresses);
	}
}

static void counts_what_cilium_keeps_for_itself(void **state)
{
	static const char own[] =
		"\"addresses\":[{\"type\":\"InternalIP\",\"ip\":\"10.0.1.9\"},"
		"{\"type\":\"CiliumInternalIP\",\"ip\":\"10.0.1.67\"},"
		"{\"type\":\"CiliumInternalIP\",\"ip\":\"fd00:1::a\"},7,{\"ip\":\"10.0.1.8\"},"
		"{\"type\":\"CiliumInternalIP\"},{\"type\":\"CiliumInternalIP\",\"ip\":\"x\"}],"
		"\"health\":{\"ipv4\":\"10.0.1.70\",\"ipv6\":\"fd00:1::b\"},"
		"\"ingress\":{\"ipv4\":\"10.0.1.71\"}";
	static const struct {
		const char *own, *cidr;
		double reserved;
	} cases[] = {
		{ own, "10.0.1.0/24", 5 },
		{ own, "10.0.2.0/24", 2 },
		/* the router's and no other's */
		{ own, "10.0.1.64/30", 3 },
		{ own, "fd00:1::/120", 4 },
		{ own, "fd00:1::/112", 4 },
		/* of more than 65536 it hands out the first 65534 */
		{ own, "fd00:1::/111", 65536 + 4 },
		{ own, "fd00:1::/96", 4294967296. - 65536 + 4 },
		{ "\"health\":{}", "fd00:2::/80", 281474976710656. - 65536 + 2 },
		{ "\"health\":[]", "fd00:2::/64", 18446744073709551616. - 65536 },
		{ "\"health\":null", "fd00:2::/59", 590295810358705651712. - 65536 },
		{ "\"addresses\":{}", "fd00:2::/58", -1 },
		{ "\"ingress\":{\"ipv4\":7}", "10.0.1.0/16", 2 },
		{ own, "10.0.0.0/15", 5 },
		/* one address that is named twice */
		{ "\"health\":{\"ipv4\":\"10.0.1.70\"},\"ingress\":{\"ipv4\":\"10.0.1.70\"}",
		  "10.0.1.0/24", 3 },
		/* nothing is left */
		{ "\"health\":{\"ipv4\":\"10.0.1.1\"},\"ingress\":{\"ipv4\":\"10.0.1.2\"},"
		  "\"addresses\":[{\"type\":\"CiliumInternalIP\",\"ip\":\"10.0.1.3\"}]",
		  "10.0.1.0/30", 4 },
		/* the versions differ */
		{ own, "10.0.1.70/31", -1 },
		{ own, "10.0.1.70/32", -1 },
		{ own, "fd00:1::/128", -1 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_capacity struct capacity capacity = { 0 };
		char text[2048];

		snprintf(text, sizeof(text), "{\"spec\":{\"ipam\":{\"podCIDRs\":[\"%s\"]},%s}}",
			 c->cidr, c->own);
		print_message("  %s\n", c->cidr);
		assert_int_equal(parse(text, &capacity), 0);
		assert_int_equal(capacity.range_count, 1);
		assert_true(capacity.ranges[0].reserved == c->reserved);
	}
}

static void leaves_room_in_a_wide_range(void **state)
{
	static const char *const cidrs[] = { "fd00:2::/59", "fd00:2::/64", "fd00:2::/96" };

	(void)state;
	for_each_case(cidr, cidrs) {
		cleanup_capacity struct capacity capacity = { 0 };
		char text[256];

		snprintf(text, sizeof(text), IPAM("\"podCIDRs\":[\"%s\"]"), *cidr);
		assert_int_equal(parse(text, &capacity), 0);
		assert_true(range_usable(&capacity.ranges[0]) >= 65534);
		assert_true(range_usable(&capacity.ranges[0]) <= 65536);
	}
}

static void refuses_a_node_that_says_nothing(void **state)
{
	static const struct {
		const char *node;
		int err;
	} cases[] = {
		{ "{}", -ENODATA },
		{ "[]", -ENODATA },
		{ IPAM(""), -ENODATA },
		{ IPAM("\"podCIDRs\":[],\"pools\":{\"allocated\":[]}"), -ENODATA },
		{ "{\"spec\":{\"ipam\":[]}}", -ENODATA },
		/* a pool of another cloud's */
		{ IPAM("\"pool\":{\"10.1.2.3\":{\"resource\":\"/subscriptions/x\"}}"), -ENODATA },
		{ IPAM("\"podCIDRs\":[\"10.0.1.0\"]"), -EINVAL },
		{ IPAM("\"podCIDRs\":\"10.0.1.0/24\""), -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct capacity capacity = { .max_pods = 77 };

		assert_int_equal(parse(c->node, &capacity), c->err);
		assert_int_equal(capacity.max_pods, 77);
		assert_int_equal(capacity.range_count, 0);
	}
}

static void bounds_what_it_compares(void **state)
{
	static char text[1 << 20];
	cleanup_capacity struct capacity capacity = { 0 };
	size_t used;

	(void)state;
	used = (size_t)snprintf(text, sizeof(text), "{\"spec\":{\"addresses\":[");
	for (unsigned int i = 1; i <= 30; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "{\"type\":\"CiliumInternalIP\",\"ip\":\"10.0.0.%u\"},",
					 i);
	used += (size_t)snprintf(text + used, sizeof(text) - used,
				 "{}],\"ipam\":{\"podCIDRs\":[\"10.0.0.0/28\"");
	for (unsigned int i = 1; i < CAPACITY_RANGES_MAX + 3; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, ",\"10.%u.%u.0/28\"",
					 i / 256, i % 256);
	snprintf(text + used, sizeof(text) - used, "]}}}");
	assert_int_equal(parse(text, &capacity), 0);
	assert_int_equal(capacity.range_count, CAPACITY_RANGES_MAX);
	assert_int_equal(capacity.dropped, 3);
	assert_true(capacity.ranges[0].reserved == 16);
}

#define NODE(version, cidr) \
	"{" META("node-1", version) ",\"spec\":{\"ipam\":{\"podCIDRs\":[\"" cidr "\"]}}}"

static void follows_its_node_as_a_supplier(void **state)
{
	static const struct step steps[] = {
		{ .status = 404 },
		{ .body = LIST_OF("1", NODE("1", "10.0.1.0/24")) },
		{ .body = EVENT("MODIFIED", NODE("2", "10.0.2.0/25")) },
	};
	const struct supplier_kind *kind = &cilium_node_supplier;
	struct supplier_settings settings = { .node = "node-1" };
	cleanup_fetcher struct fetcher *fetcher = NULL;
	struct supplier_config config = { .settings = &settings };
	struct driven driven = { .turn = kind->turn };
	struct kube_server server;

	(void)state;
	serve_steps(&server, false, steps, case_count(steps));
	assert_string_equal(kind->name, "cilium");
	assert_true(kind->needs_network);
	assert_int_equal(fetcher_open(&fetcher), 0);
	config.fetcher = fetcher;
	assert_int_equal(kind->open(&config, &driven.supplier), 1);
	settings.kubernetes_url = web_url(server.web);
	assert_int_equal(kind->open(&config, &driven.supplier), 0);
	/* The cluster is not Cilium's, yet. */
	fetching_run(fetcher, is_idle, &driven);
	assert_false(kind->status(driven.supplier).is_up);
	assert_int_equal(kind->status(driven.supplier).errors, 0);
	driven.now_ns = driven.due_ns;
	fetching_run(fetcher, is_idle, &driven);
	assert_string_equal(text_of(kind->capacity(driven.supplier)), "10.0.2.0/25 2");
	assert_int_equal(kind->version(driven.supplier), 2);
	assert_int_equal(kind->status(driven.supplier).entries, 1);
	assert_true(kind->status(driven.supplier).is_up);
	assert_int_equal(strncmp(server.urls[0], "/apis/cilium.io/v2/ciliumnodes?", 31), 0);
	kind->close(driven.supplier);
	web_close(server.web);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_pod_cidrs_of_every_mode),
		cmocka_unit_test(counts_what_cilium_keeps_for_itself),
		cmocka_unit_test(leaves_room_in_a_wide_range),
		cmocka_unit_test(refuses_a_node_that_says_nothing),
		cmocka_unit_test(bounds_what_it_compares),
		workdir_test(follows_its_node_as_a_supplier),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
