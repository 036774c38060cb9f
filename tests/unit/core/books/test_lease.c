// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/books/lease.h"

/* "address source network container" */
static struct lease lease_of(const char *text)
{
	struct lease lease = { 0 };
	char ip[64], source[32], network[32], container[32];

	assert_int_equal(sscanf(text, "%63s %31s %31s %31s", ip, source, network, container), 4);
	assert_int_equal(ip_parse(ip, &lease.ip), 0);
	lease.source = strcmp(source, LEASE_IPAM) == 0	      ? LEASE_IPAM
		       : strcmp(source, LEASE_CNI_CACHE) == 0 ? LEASE_CNI_CACHE
		       : strcmp(source, "someone") == 0	      ? "someone"
							      : LEASE_HOST_LOCAL;
	snprintf(lease.network, sizeof(lease.network), "%s", network);
	snprintf(lease.pod.container_id, sizeof(lease.pod.container_id), "%s", container);
	return lease;
}

static void keeps_copies_in_order(void **state)
{
	struct lease_list list = { 0 };
	struct lease lease = lease_of("10.9.0.0 host-local net c1");

	(void)state;
	for (unsigned int i = 0; i < 200; i++) {
		lease.ip.bytes[15] = (uint8_t)i;
		lease.since_ns = i;
		assert_int_equal(lease_list_add(&list, &lease), 0);
	}
	assert_int_equal(list.count, 200);
	assert_in_range(list.room, 200, LEASES_MAX);
	for (unsigned int i = 0; i < 200; i++) {
		assert_int_equal(list.leases[i].ip.bytes[15], i);
		assert_int_equal(list.leases[i].since_ns, i);
		assert_string_equal(list.leases[i].pod.container_id, "c1");
	}
	lease_list_clear(&list);
	assert_null(list.leases);
	assert_int_equal(list.count + list.room + list.refused, 0);
	lease_list_clear(&list);
}

static void refuses_more_than_the_bound_and_counts_them(void **state)
{
	struct lease_list list = { 0 };
	struct lease lease = lease_of("10.9.0.5 host-local net c1");

	(void)state;
	for (size_t i = 0; i < LEASES_MAX; i++)
		assert_int_equal(lease_list_add(&list, &lease), 0);
	assert_int_equal(list.refused, 0);
	assert_int_equal(lease_list_add(&list, &lease), -ENOSPC);
	assert_int_equal(lease_list_add(&list, &lease), -ENOSPC);
	assert_int_equal(list.refused, 2);
	assert_int_equal(list.count, LEASES_MAX);
	assert_int_equal(list.room, LEASES_MAX);
	lease_list_clear(&list);
}

static void orders_by_address_and_the_best_source(void **state)
{
	static const char *const order[] = {
		"10.9.0.4 cni-cache net c9",  "10.9.0.5 host-local net c1",
		"10.9.0.5 host-local net c2", "10.9.0.5 host-local other c0",
		"10.9.0.5 ipam net c1",	      "10.9.0.5 cni-cache net c1",
		"10.9.0.5 someone net c1",    "10.9.0.10 host-local net c1",
		"fd00::5 host-local net c1",
	};
	enum { COUNT = case_count(order) };
	struct lease leases[COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		for (size_t j = 0; j < COUNT; j++) {
			struct lease a = lease_of(order[i]), b = lease_of(order[j]);
			int got = lease_compare(&a, &b);

			assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
		}
		leases[(i * 4) % COUNT] = lease_of(order[i]);
	}
	qsort(leases, COUNT, sizeof(leases[0]), lease_compare);
	for (size_t i = 0; i < COUNT; i++) {
		struct lease want = lease_of(order[i]);

		assert_memory_equal(&leases[i], &want, sizeof(want));
	}
}

static void knows_two_leases_of_one_sandbox(void **state)
{
	static const struct {
		struct pod a, b;
		bool is_same;
	} cases[] = {
		{ { .container_id = "c1" }, { .container_id = "c1" }, true },
		{ { .container_id = "c1" }, { .container_id = "c2" }, false },
		{ { .container_id = "c1" }, { .container_id = "" }, false },
		{ { .container_id = "c1", .name = "web-0" }, { .container_id = "c1" }, true },
		{ { .container_id = "c1", .name = "web-0" },
		  { .container_id = "c2", .name = "web-0" },
		  false },
		{ { .namespace = "shop", .name = "web-0" },
		  { .namespace = "shop", .name = "web-0" },
		  true },
		{ { .namespace = "shop", .name = "web-0" },
		  { .namespace = "shop", .name = "web-1" },
		  false },
		{ { .namespace = "shop", .name = "web-0" },
		  { .namespace = "test", .name = "web-0" },
		  false },
		{ { .name = "" }, { .name = "" }, true },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct lease a = { .pod = c->a }, b = { .pod = c->b };

		assert_int_equal(lease_is_same(&a, &b), c->is_same);
		assert_int_equal(lease_is_same(&b, &a), c->is_same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_copies_in_order),
		cmocka_unit_test(refuses_more_than_the_bound_and_counts_them),
		cmocka_unit_test(orders_by_address_and_the_best_source),
		cmocka_unit_test(knows_two_leases_of_one_sandbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
