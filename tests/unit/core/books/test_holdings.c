// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "core/books/holdings.h"
#include "facts.h"

#define HOLD(netns, ifindex, ip)                                               \
	"netns_add netns_inum=" netns "\n"                                     \
	"link_add netns_inum=" netns " ifindex=" ifindex " ifname=eth" ifindex \
	" link_kind=veth dev=1\n"                                              \
	"addr_add netns_inum=" netns " ifindex=" ifindex " addr=" ip "\n"

static struct lease lease_of(const char *source, const char *ip, const char *container_id)
{
	struct lease lease = { .source = source };

	assert_int_equal(ip_parse(ip, &lease.ip), 0);
	snprintf(lease.pod.container_id, sizeof(lease.pod.container_id), "%s", container_id);
	return lease;
}

/* "address: namespaces / sources, address: ..." */
static const char *describe(const struct facts *facts, const struct lease *leases, size_t count)
{
	struct holdings holdings;
	struct holding holding;
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	assert_int_equal(
		holdings_init(state_inventory_const(facts->state), leases, count, &holdings), 0);
	while (holdings_next(&holdings, &holding)) {
		char ip[IP_TEXT_SIZE];

		ip_format(&holding.ip, ip);
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s:", used ? ", " : "", ip);
		for (size_t i = 0; i < holding.holder_count; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %u",
						 holding.holders[i].netns);
		used += (size_t)snprintf(text + used, sizeof(text) - used, " /");
		for (size_t i = 0; i < holding.lease_count; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %s",
						 holding.leases[i]->source);
	}
	assert_false(holdings_next(&holdings, &holding));
	holdings_clear(&holdings);
	assert_null(holdings.holders);
	return text;
}

static void merges_holders_and_leases_by_address(void **state)
{
	const struct lease leases[] = {
		lease_of(LEASE_HOST_LOCAL, "fd00:9::5", "c1"),
		lease_of(LEASE_CNI_CACHE, "10.9.0.5", "c1"),
		lease_of(LEASE_HOST_LOCAL, "10.9.0.1", "c2"),
		lease_of(LEASE_HOST_LOCAL, "10.9.0.5", "c1"),
		lease_of(LEASE_IPAM, "10.9.0.6", "c1"),
	};
	cleanup_facts struct facts facts = { 0 };

	(void)state;
	facts_open(&facts, NULL);
	assert_string_equal(describe(&facts, NULL, 0), "");
	assert_string_equal(describe(&facts, leases, 2), "10.9.0.5: / cni-cache, "
							 "fd00:9::5: / host-local");
	facts_apply(&facts,
		    HOLD("102", "2", "10.9.0.7/24") HOLD("101", "2", "10.9.0.5/24")
			    HOLD("101", "2", "fd00:9::5/64") HOLD("103", "2", "10.9.0.1/24")
				    HOLD("102", "2", "10.9.0.1/24"),
		    1);
	assert_string_equal(describe(&facts, leases, case_count(leases)),
			    "10.9.0.1: 102 103 / host-local, 10.9.0.5: 101 / host-local cni-cache, "
			    "10.9.0.6: / ipam, 10.9.0.7: 102 /, fd00:9::5: 101 / host-local");
	assert_string_equal(describe(&facts, NULL, 0), "10.9.0.1: 102 103 /, 10.9.0.5: 101 /, "
						       "10.9.0.7: 102 /, fd00:9::5: 101 /");
}

static void counts_a_namespace_once_on_however_many_links(void **state)
{
	cleanup_facts struct facts facts = { 0 };

	(void)state;
	facts_open(&facts, NULL);
	facts_apply(&facts,
		    HOLD("101", "2", "10.9.0.5/24") HOLD("102", "2", "10.9.0.5/24")
			    HOLD("101", "3", "10.9.0.5/24") HOLD("101", "4", "10.9.0.5/32")
				    HOLD("102", "3", "10.9.0.6/24"),
		    1);
	assert_string_equal(describe(&facts, NULL, 0), "10.9.0.5: 101 102 /, 10.9.0.6: 102 /");
}

static void leaves_out_the_nodes_own_and_others_namespaces(void **state)
{
	cleanup_facts struct facts facts = { 0 };
	struct netns *netns;

	(void)state;
	facts_open(&facts, NULL);
	facts_apply(&facts,
		    HOLD("101", "2", "10.9.0.5/24") HOLD("102", "2", "10.9.0.6/24")
			    HOLD("103", "2", "10.9.0.7/24"),
		    1);
	netns = inventory_find_netns(state_inventory(facts.state), 101 + FACTS_COOKIE, 101);
	assert_non_null(netns);
	netns->is_host = true;
	netns = inventory_find_netns(state_inventory(facts.state), 103 + FACTS_COOKIE, 103);
	assert_non_null(netns);
	netns->is_own = false;
	assert_string_equal(describe(&facts, NULL, 0), "10.9.0.6: 102 /");
}

static void leaves_out_leases_of_addresses_that_no_inventory_has(void **state)
{
	const struct lease leases[] = {
		lease_of(LEASE_HOST_LOCAL, "169.254.172.7", "c1"),
		lease_of(LEASE_HOST_LOCAL, "10.9.0.5", "c1"),
		lease_of(LEASE_HOST_LOCAL, "fe80::7", "c1"),
		lease_of(LEASE_HOST_LOCAL, "127.0.0.1", "c1"),
	};
	cleanup_facts struct facts facts = { 0 };

	(void)state;
	facts_open(&facts, NULL);
	assert_string_equal(describe(&facts, leases, case_count(leases)), "10.9.0.5: / host-local");
}

static void completes_a_pod_from_leases_of_its_sandbox(void **state)
{
	static const struct {
		struct pod pods[3], want; /* the best lease's first */
	} cases[] = {
		{ { { .container_id = "c1" },
		    { .container_id = "c1", .namespace = "shop", .name = "web-0" },
		    { .container_id = "c1", .namespace = "test", .name = "web-1", .uid = "u1" } },
		  { .container_id = "c1", .namespace = "shop", .name = "web-0", .uid = "u1" } },
		{ { { .container_id = "c1", .namespace = "shop", .name = "web-0", .uid = "u1" },
		    { .container_id = "c1", .namespace = "test", .name = "web-1", .uid = "u2" } },
		  { .container_id = "c1", .namespace = "shop", .name = "web-0", .uid = "u1" } },
		{ { { .container_id = "c1" },
		    { .container_id = "c2", .namespace = "shop", .name = "web-0", .uid = "u1" } },
		  { .container_id = "c1" } },
	};

	(void)state;
	for_each_case(c, cases) {
		struct lease leases[3] = { 0 };
		const struct lease *sorted[3];
		const struct holding holding = { .leases = sorted, .lease_count = 3 };
		struct pod pod;

		for (size_t i = 0; i < 3; i++) {
			leases[i].pod = c->pods[i];
			sorted[i] = &leases[i];
		}
		pod = holding_pod(&holding);
		assert_memory_equal(&pod, &c->want, sizeof(pod));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merges_holders_and_leases_by_address),
		cmocka_unit_test(counts_a_namespace_once_on_however_many_links),
		cmocka_unit_test(leaves_out_the_nodes_own_and_others_namespaces),
		cmocka_unit_test(leaves_out_leases_of_addresses_that_no_inventory_has),
		cmocka_unit_test(completes_a_pod_from_leases_of_its_sandbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
