// SPDX-License-Identifier: Apache-2.0
#include "core/web/auth_cache.h"

#include <string.h>

static bool is_equal(const uint8_t *a, const uint8_t *b)
{
	unsigned int differ = 0;

	for (size_t i = 0; i < AUTH_DIGEST_SIZE; i++)
		differ |= (unsigned int)(a[i] ^ b[i]);
	return !differ;
}

static bool holds(const struct auth_half *half, const uint8_t *digest)
{
	size_t count = half->count < AUTH_CACHE_MAX ? half->count : AUTH_CACHE_MAX;
	bool found = false;

	for (size_t i = 0; i < count; i++)
		found |= is_equal(half->digests[i], digest);
	return found;
}

enum auth_verdict auth_cache_find(const struct auth_cache *cache,
				  const uint8_t digest[static AUTH_DIGEST_SIZE])
{
	bool is_good = holds(&cache->good, digest);
	bool is_bad = holds(&cache->bad, digest);

	return is_good ? AUTH_GOOD : is_bad ? AUTH_BAD : AUTH_UNKNOWN;
}

void auth_cache_put(struct auth_cache *cache, const uint8_t digest[static AUTH_DIGEST_SIZE],
		    bool is_good)
{
	struct auth_half *half = is_good ? &cache->good : &cache->bad;

	memcpy(half->digests[half->count++ % AUTH_CACHE_MAX], digest, AUTH_DIGEST_SIZE);
}
