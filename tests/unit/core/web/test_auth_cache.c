// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "core/web/auth_cache.h"

static void fill(uint8_t digest[static AUTH_DIGEST_SIZE], unsigned int number)
{
	memset(digest, 7, AUTH_DIGEST_SIZE);
	digest[AUTH_DIGEST_SIZE - 1] = (uint8_t)number;
	digest[AUTH_DIGEST_SIZE - 2] = (uint8_t)(number >> 8);
}

static enum auth_verdict find(const struct auth_cache *cache, unsigned int number)
{
	uint8_t digest[AUTH_DIGEST_SIZE];

	fill(digest, number);
	return auth_cache_find(cache, digest);
}

static void put(struct auth_cache *cache, unsigned int number, bool is_good)
{
	uint8_t digest[AUTH_DIGEST_SIZE];

	fill(digest, number);
	auth_cache_put(cache, digest, is_good);
}

static void remembers_good_and_bad(void **state)
{
	static struct auth_cache cache;
	uint8_t zero[AUTH_DIGEST_SIZE] = { 0 };

	(void)state;
	assert_int_equal(auth_cache_find(&cache, zero), AUTH_UNKNOWN); /* an empty place is none */
	put(&cache, 1, true);
	put(&cache, 2, false);
	assert_int_equal(find(&cache, 1), AUTH_GOOD);
	assert_int_equal(find(&cache, 2), AUTH_BAD);
	assert_int_equal(find(&cache, 3), AUTH_UNKNOWN);
	assert_int_equal(auth_cache_find(&cache, zero), AUTH_UNKNOWN);
}

static void forgets_the_oldest_and_no_good_one_for_bad_ones(void **state)
{
	static struct auth_cache cache;

	(void)state;
	put(&cache, 1000, true);
	for (unsigned int i = 0; i < AUTH_CACHE_MAX + 1; i++)
		put(&cache, i, false);
	assert_int_equal(find(&cache, 0), AUTH_UNKNOWN);
	assert_int_equal(find(&cache, 1), AUTH_BAD);
	assert_int_equal(find(&cache, AUTH_CACHE_MAX), AUTH_BAD);
	assert_int_equal(find(&cache, 1000), AUTH_GOOD);
	for (unsigned int i = 0; i < AUTH_CACHE_MAX; i++)
		put(&cache, 2000 + i, true);
	assert_int_equal(find(&cache, 1000), AUTH_UNKNOWN);
	assert_int_equal(find(&cache, 2000), AUTH_GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers_good_and_bad),
		cmocka_unit_test(forgets_the_oldest_and_no_good_one_for_bad_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
