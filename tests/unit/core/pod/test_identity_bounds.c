// SPDX-License-Identifier: Apache-2.0
/*
 * What becomes of claims that are taken back, and of those that do not fit.
 */
#include "test.h"

#include <errno.h>

#include "core/pod/identity.h"

enum { NETNS = 4026532001 };

#define CACHE IDENTITY_CNI_CACHE
#define IPAM IDENTITY_IPAM

static const struct pod pod_a = { .name = "a" };
static const struct pod pod_b = { .name = "b" };

static struct identities *identities_of_test(void)
{
	struct identities *identities = NULL;

	assert_int_equal(identities_new(&identities), 0);
	return identities;
}

/* 10.0.0.0 and those that follow. */
static struct ip ip_at(uint32_t number)
{
	struct ip ip;

	assert_int_equal(ip_parse("10.0.0.0", &ip), 0);
	ip.bytes[14] = (uint8_t)(number >> 8);
	ip.bytes[15] = (uint8_t)number;
	return ip;
}

static int claim(struct identities *identities, uint32_t number, enum identity_source source,
		 const struct pod *pod)
{
	struct ip ip = ip_at(number);

	return identities_claim_ip(identities, &ip, source, pod);
}

static void expect(const struct identities *identities, uint32_t number, const char *name,
		   unsigned int sources)
{
	struct ip ip = ip_at(number);
	struct identity identity;

	identities_find(identities, 0, &ip, &identity);
	assert_string_equal(identity.pod.name, name);
	assert_int_equal(identity.sources, sources);
}

static void forgets_what_a_source_does_not_say_again(void **state)
{
	cleanup_identities struct identities *identities = identities_of_test();

	(void)state;
	assert_int_equal(identities_claim(identities, NETNS, IPAM, &pod_a), 0);
	assert_int_equal(claim(identities, 5, IPAM, &pod_a), 0);
	assert_int_equal(claim(identities, 6, CACHE, &pod_b), 0);
	assert_int_equal(claim(identities, 6, IPAM, &pod_b), 0);
	for (unsigned int i = 0; i < 3; i++) {
		identities_withdraw_ips(identities, IPAM);
		assert_int_equal(identities_stats(identities).addresses, 1);
		expect(identities, 5, "", 0);
		expect(identities, 6, "b", 1 << CACHE);
		assert_int_equal(claim(identities, 6, IPAM, &pod_b), 0);
		expect(identities, 6, "b", 1 << CACHE | 1 << IPAM);
	}
	assert_non_null(identities_claimed(identities, NETNS, IPAM));
	assert_int_equal(identities_stats(identities).disagreements, 0);
}

static void counts_no_disagreement_anew_that_is_read_anew(void **state)
{
	cleanup_identities struct identities *identities = identities_of_test();

	(void)state;
	assert_int_equal(claim(identities, 5, CACHE, &pod_a), 0);
	for (unsigned int i = 0; i < 3; i++) {
		identities_withdraw_ips(identities, IPAM);
		assert_int_equal(claim(identities, 5, IPAM, &pod_b), 0);
		assert_int_equal(identities_stats(identities).disagreements, 1);
	}
	identities_withdraw_ips(identities, IPAM);
	assert_int_equal(claim(identities, 5, IPAM, &(struct pod){ .name = "c" }), 0);
	assert_int_equal(identities_stats(identities).disagreements, 2);

	/* What was not said in between is said for the first time. */
	identities_withdraw_ips(identities, IPAM);
	identities_withdraw_ips(identities, IPAM);
	assert_int_equal(claim(identities, 5, IPAM, &(struct pod){ .name = "c" }), 0);
	assert_int_equal(identities_stats(identities).disagreements, 3);

	/* Nobody contradicts what was taken back. */
	identities_withdraw_ips(identities, IPAM);
	assert_int_equal(claim(identities, 5, CACHE, &pod_b), 0);
	assert_int_equal(identities_stats(identities).disagreements, 3);
}

static void bounds_the_namespaces(void **state)
{
	cleanup_identities struct identities *identities = identities_of_test();

	(void)state;
	for (uint32_t i = 1; i <= IDENTITY_NETNS_MAX; i++)
		assert_int_equal(identities_claim(identities, i, IPAM, &pod_a), 0);
	assert_int_equal(identities_claim(identities, NETNS, IPAM, &pod_a), -ENOSPC);
	assert_false(identities_has(identities, NETNS));
	assert_int_equal(identities_stats(identities).refused, 1);
	assert_int_equal(identities_stats(identities).netns, IDENTITY_NETNS_MAX);

	/* What is there already may still change. */
	assert_int_equal(identities_claim(identities, 1, IPAM, &pod_b), 0);
	assert_int_equal(identities_claim(identities, 1, CACHE, &pod_b), 0);
	assert_int_equal(identities_claim(identities, NETNS, IPAM, &pod_a), -ENOSPC);
	identities_forget(identities, 2);
	assert_int_equal(identities_claim(identities, NETNS, IPAM, &pod_a), 0);
	assert_int_equal(identities_stats(identities).refused, 2);
}

static void fill(struct identities *identities)
{
	for (uint32_t i = 0; i < IDENTITY_ADDRESS_MAX; i++)
		assert_int_equal(claim(identities, i, IPAM, &pod_a), 0);
	assert_int_equal(identities_stats(identities).addresses, IDENTITY_ADDRESS_MAX);
}

static void bounds_the_addresses(void **state)
{
	cleanup_identities struct identities *identities = identities_of_test();

	(void)state;
	fill(identities);
	assert_int_equal(claim(identities, IDENTITY_ADDRESS_MAX, IPAM, &pod_a), -ENOSPC);
	assert_int_equal(identities_stats(identities).refused, 1);
	assert_int_equal(claim(identities, 0, CACHE, &pod_b), 0);

	/* What was taken back holds no room. */
	identities_withdraw_ips(identities, IPAM);
	assert_int_equal(claim(identities, IDENTITY_ADDRESS_MAX, IPAM, &pod_a), 0);
	assert_int_equal(identities_stats(identities).addresses, 2);
	expect(identities, 0, "b", 1 << CACHE);
	identities_withdraw_ips(identities, CACHE);
	identities_withdraw_ips(identities, IPAM);
	fill(identities);
	identities_withdraw_ips(identities, CACHE);
	identities_withdraw_ips(identities, IPAM);
	identities_withdraw_ips(identities, IPAM);
	assert_int_equal(identities_stats(identities).addresses, 0);
	assert_int_equal(claim(identities, IDENTITY_ADDRESS_MAX, IPAM, &pod_a), 0);
	assert_int_equal(identities_stats(identities).refused, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgets_what_a_source_does_not_say_again),
		cmocka_unit_test(counts_no_disagreement_anew_that_is_read_anew),
		cmocka_unit_test(bounds_the_namespaces),
		cmocka_unit_test(bounds_the_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
