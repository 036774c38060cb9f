// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "core/base/hash_words.h"
#include "core/state/inventory.h"

enum { BUCKETS = 1024, KEYS = 4096 };

struct buckets {
	uint32_t counts[BUCKETS];
};

/* uthash takes the low bits. A bucket of KEYS / BUCKETS on average has three times as many once in
 * a hundred thousand. */
static void add(struct buckets *buckets, const void *key, size_t size)
{
	buckets->counts[hash_words(key, size) % BUCKETS]++;
}

static void expect_spread(const struct buckets *buckets)
{
	for (size_t i = 0; i < BUCKETS; i++)
		assert_true(buckets->counts[i] < 5 * KEYS / BUCKETS);
}

static void spreads_addresses_that_differ_in_their_last_bytes(void **state)
{
	struct buckets v4 = { 0 }, v6 = { 0 };

	(void)state;
	for (uint32_t i = 0; i < KEYS; i++) {
		struct ip ip = { .bytes = { [10] = 0xff, 0xff, 10, 9 } };

		ip.bytes[14] = (uint8_t)(i >> 8);
		ip.bytes[15] = (uint8_t)i;
		add(&v4, &ip, sizeof(ip));
		ip = (struct ip){ .bytes = { 0xfd, [14] = (uint8_t)(i >> 8), (uint8_t)i } };
		add(&v6, &ip, sizeof(ip));
	}
	expect_spread(&v4);
	expect_spread(&v6);
}

static void spreads_namespaces_and_links(void **state)
{
	struct buckets netns = { 0 }, links = { 0 };

	(void)state;
	for (uint32_t i = 0; i < KEYS; i++) {
		const struct netns_key key = { .cookie = 80000 + i, .inum = 4026531833 + 71 * i };
		const struct link_key link = { .netns = { .cookie = 3 }, .ifindex = i };

		add(&netns, &key, sizeof(key));
		add(&links, &link, sizeof(link));
	}
	expect_spread(&netns);
	expect_spread(&links);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spreads_addresses_that_differ_in_their_last_bytes),
		cmocka_unit_test(spreads_namespaces_and_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
