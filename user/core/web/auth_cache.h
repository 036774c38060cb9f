/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Auth cache: which passwords were judged before, and how, so that the hash that is
 * slow on purpose is not computed for each scrape. It knows keyed digests, no
 * passwords. Bounded: good and bad ones each have room of their own, so that who
 * guesses cannot push out who knows; the oldest goes first. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AUTH_DIGEST_SIZE = 32, AUTH_CACHE_MAX = 64 };

enum auth_verdict { AUTH_UNKNOWN, AUTH_GOOD, AUTH_BAD };

struct auth_half {
	uint8_t digests[AUTH_CACHE_MAX][AUTH_DIGEST_SIZE];
	size_t count; /* ever; the place of the next one modulo AUTH_CACHE_MAX */
};

/* Zero at birth. */
struct auth_cache {
	struct auth_half good, bad;
};

/* Takes as long whatever the digest is. */
enum auth_verdict auth_cache_find(const struct auth_cache *cache,
				  const uint8_t digest[static AUTH_DIGEST_SIZE]);
void auth_cache_put(struct auth_cache *cache, const uint8_t digest[static AUTH_DIGEST_SIZE],
		    bool is_good);
