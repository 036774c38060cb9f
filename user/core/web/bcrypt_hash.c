// SPDX-License-Identifier: Apache-2.0
#include "core/web/bcrypt_hash.h"

#include <errno.h>
#include <string.h>

enum { HASH_SIZE = 60, TEXT_AT = 7 };

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : -100;
}

int bcrypt_hash_cost(const char *hash, unsigned int *out)
{
	static const char alphabet[] =
		"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	int cost;

	if (strlen(hash) != HASH_SIZE || strncmp(hash, "$2", 2) != 0 || !strchr("aby", hash[2]) ||
	    hash[3] != '$' || hash[6] != '$')
		return -EINVAL;
	cost = 10 * digit(hash[4]) + digit(hash[5]);
	if (cost < BCRYPT_COST_MIN || cost > BCRYPT_COST_MAX ||
	    strspn(hash + TEXT_AT, alphabet) != HASH_SIZE - TEXT_AT)
		return -EINVAL;
	*out = (unsigned int)cost;
	return 0;
}
