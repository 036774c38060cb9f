// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/status/node_json.h"
#include "facts.h"

/* Takes the reference; "null" for none. */
static void expect(json_t *json, const char *want)
{
	cleanup_free char *text = json ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII)
				       : strdup("null");

	assert_non_null(text);
	assert_string_equal(text, want);
	json_decref(json);
}

static const struct pod web = {
	.namespace = "shop", .name = "web-1", .uid = "u1", .container_id = "c1"
};

static void shows_who_holds_what_and_who_says_so(void **state)
{
	cleanup_identities struct identities *identities = NULL;
	cleanup_facts struct facts facts = { 0 };

	(void)state;
	facts_open(&facts, NULL);
	facts_apply(&facts,
		    "netns_add netns_inum=101\n"
		    "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=2\n"
		    "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
		    "addr_add netns_inum=101 ifindex=2 addr=fd00::5/64\n"
		    "netns_add netns_inum=102\n"
		    "netns_add netns_inum=1\n"
		    "link_add netns_inum=1 ifindex=7 ifname=veth7 link_kind=veth dev=7\n",
		    1);
	assert_int_equal(identities_new(&identities), 0);
	assert_int_equal(identities_claim(identities, 101, IDENTITY_CNI_CACHE, &web), 0);
	expect(snapshot_to_json(facts.state, identities, NULL),
	       "{\"v\":1,\"namespaces\":["
	       "{\"netns\":101,\"netns_cookie\":5101,\"identity\":\"cni-cache\",\"claims\":["
	       "{\"namespace\":\"shop\",\"pod\":\"web-1\",\"pod_uid\":\"u1\",\"container_id\":\"c1\","
	       "\"identity\":\"cni-cache\"}],\"links\":[{\"ifindex\":2,\"ifname\":\"eth0\","
	       "\"kind\":\"veth\",\"addresses\":["
	       "{\"ip\":\"10.9.0.5\",\"prefix_len\":24,\"family\":\"ipv4\"},"
	       "{\"ip\":\"fd00::5\",\"prefix_len\":64,\"family\":\"ipv6\"}]}],"
	       "\"namespace\":\"shop\",\"pod\":\"web-1\",\"pod_uid\":\"u1\",\"container_id\":\"c1\"},"
	       "{\"netns\":102,\"netns_cookie\":5102,\"identity\":null,\"claims\":[],\"links\":[]}]}");
}

static void shows_the_narrowest_range_of_each_address(void **state)
{
	static const struct range ranges[] = {
		{ .name = "pods", .source = "config" },
		{ .name = "node", .source = "config" },
	};
	static const char *const cidrs[] = { "10.0.0.0/8", "10.9.0.0/24" };
	struct range given[array_size(ranges)];
	struct range_list list = { given, array_size(given) };
	cleanup_identities struct identities *identities = NULL;
	cleanup_range_table struct range_table *table = NULL;
	cleanup_facts struct facts facts = { 0 };

	(void)state;
	memcpy(given, ranges, sizeof(given));
	for (size_t i = 0; i < array_size(cidrs); i++)
		assert_int_equal(prefix_parse(cidrs[i], &given[i].cidr), 0);
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(identities_new(&identities), 0);
	facts_open(&facts, NULL);
	facts_apply(&facts,
		    "netns_add netns_inum=101\n"
		    "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=2\n"
		    "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
		    "addr_add netns_inum=101 ifindex=2 addr=10.10.0.5/24\n"
		    "addr_add netns_inum=101 ifindex=2 addr=fd00::5/64\n",
		    1);
	expect(snapshot_to_json(facts.state, identities, table),
	       "{\"v\":1,\"namespaces\":["
	       "{\"netns\":101,\"netns_cookie\":5101,\"identity\":null,\"claims\":[],"
	       "\"links\":[{\"ifindex\":2,\"ifname\":\"eth0\",\"kind\":\"veth\",\"addresses\":["
	       "{\"ip\":\"10.9.0.5\",\"prefix_len\":24,\"family\":\"ipv4\",\"range\":\"node\"},"
	       "{\"ip\":\"10.10.0.5\",\"prefix_len\":24,\"family\":\"ipv4\",\"range\":\"pods\"},"
	       "{\"ip\":\"fd00::5\",\"prefix_len\":64,\"family\":\"ipv6\"}]}]}]}");
}

static void shows_an_address_that_is_lost(void **state)
{
	struct leak leak = { .kind = LEAK_IPAM_ONLY, .since_ns = 5000000000 };

	(void)state;
	assert_int_equal(ip_parse("10.9.0.5", &leak.ip), 0);
	expect(leak_to_json(&leak, &(struct pod){ 0 }, 6500900000),
	       "{\"ip\":\"10.9.0.5\",\"family\":\"ipv4\",\"kind\":\"ipam_only\",\"age_s\":1.5}");
	leak.lease.source = "host-local";
	strcpy(leak.lease.network, "podnet");
	strcpy(leak.lease.ifname, "e\xff");
	leak.netns = 101;
	leak.other_netns = 102;
	expect(leak_to_json(&leak, &web, 4000000000),
	       "{\"ip\":\"10.9.0.5\",\"family\":\"ipv4\",\"kind\":\"ipam_only\",\"age_s\":0.0,"
	       "\"identity\":\"host-local\",\"network\":\"podnet\",\"ifname\":\"e\\uFFFD\","
	       "\"netns\":101,\"other_netns\":102,\"namespace\":\"shop\",\"pod\":\"web-1\","
	       "\"pod_uid\":\"u1\",\"container_id\":\"c1\"}");
}

static void says_of_a_pod_what_is_known(void **state)
{
	(void)state;
	expect(pod_to_json(&web), "{\"namespace\":\"shop\",\"pod\":\"web-1\",\"pod_uid\":\"u1\","
				  "\"container_id\":\"c1\"}");
	expect(pod_to_json(&(struct pod){ .uid = "u1" }), "{\"pod_uid\":\"u1\"}");
	expect(pod_to_json(&(struct pod){ 0 }), "null");
}

static void understands_what_it_says_of_a_pod(void **state)
{
	json_t *json = pod_to_json(&web);
	struct pod pod;

	(void)state;
	memset(&pod, 'x', sizeof(pod));
	pod_from_json(json, &pod);
	assert_string_equal(pod.namespace, web.namespace);
	assert_string_equal(pod.name, web.name);
	assert_string_equal(pod.uid, web.uid);
	assert_string_equal(pod.container_id, web.container_id);
	json_object_set_new(json, "pod", json_integer(7));
	json_object_del(json, "pod_uid");
	pod_from_json(json, &pod);
	assert_string_equal(pod.name, "");
	assert_string_equal(pod.uid, "");
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_who_holds_what_and_who_says_so),
		cmocka_unit_test(shows_the_narrowest_range_of_each_address),
		cmocka_unit_test(shows_an_address_that_is_lost),
		cmocka_unit_test(says_of_a_pod_what_is_known),
		cmocka_unit_test(understands_what_it_says_of_a_pod),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
