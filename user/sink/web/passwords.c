// SPDX-License-Identifier: Apache-2.0
#include "sink/web/passwords.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <stdbool.h>
#include <string.h>

#include "core/web/allowance.h"
#include "core/web/auth_cache.h"
#include "core/web/basic_auth.h"
#include "core/web/bcrypt_hash.h"
#include "sink/web/bcrypt.h"

#define PERIOD_NS 1000000000ULL /* at cost 10, of some 60 ms */

enum { KEY_SIZE = 32, COST_OF_PERIOD = 10, HASH_ROOM = 64 };

struct users {
	struct web_user items[WEB_USERS_MAX];
	size_t count;
};

struct passwords {
	struct users *users;
	uint8_t key[KEY_SIZE];
	struct auth_cache cache;
	struct allowance allowance;
	uint64_t computed;
};

/* Whom a request says it is from. */
struct claim {
	const struct basic_auth *auth;
	size_t peer; /* as the allowance knows it */
	const char *hash; /* that its password must have */
	bool is_known; /* there is such a user */
	uint8_t digest[AUTH_DIGEST_SIZE];
};

/* ---- users ---- */

static bool is_equal(const uint8_t *a, const uint8_t *b)
{
	return !gnutls_memcmp(a, b, AUTH_DIGEST_SIZE);
}

static int digest(const struct passwords *passwords, const void *text, size_t size,
		  uint8_t out[static AUTH_DIGEST_SIZE])
{
	int code = gnutls_hmac_fast(GNUTLS_MAC_SHA256, passwords->key, KEY_SIZE, text, size, out);

	return code < 0 ? -EIO : 0;
}

/* One who does not exist stands for one who does, the same one each time: time and cache do not
 * tell them apart. */
static int find_user(const struct passwords *passwords, struct claim *claim)
{
	uint8_t wanted[AUTH_DIGEST_SIZE], have[AUTH_DIGEST_SIZE];
	int err = digest(passwords, claim->auth->name, strlen(claim->auth->name), wanted);
	size_t found;

	if (err)
		return err;
	found = (wanted[0] | (size_t)wanted[1] << 8) % passwords->users->count;
	claim->is_known = false;
	for (size_t i = 0; i < passwords->users->count; i++) {
		const char *name = passwords->users->items[i].name;

		err = digest(passwords, name, strlen(name), have);
		if (err)
			return err;
		if (is_equal(wanted, have)) {
			found = i;
			claim->is_known = true;
		}
	}
	claim->hash = passwords->users->items[found].hash;
	return 0;
}

/* Of name, hash and password, none of which contains a NUL byte. */
static int digest_claim(const struct passwords *passwords, struct claim *claim)
{
	char text[2 * BASIC_AUTH_SIZE + HASH_ROOM];
	size_t size = 0;
	int err;
	const char *const parts[] = { claim->is_known ? "+" : "-", claim->auth->name, claim->hash,
				      claim->auth->password };

	for (size_t i = 0; i < array_size(parts); i++) {
		size_t length = strlen(parts[i]) + 1;

		memcpy(text + size, parts[i], length);
		size += length;
	}
	err = digest(passwords, text, size, claim->digest);
	explicit_bzero(text, sizeof(text));
	return err;
}

/* The number of one afar is not to be foreseen: else one could use up another's allowance. */
static int number_peer(const struct passwords *passwords, const struct peer *peer, size_t *out)
{
	uint8_t number[AUTH_DIGEST_SIZE];
	int err;

	if (peer->is_near) {
		*out = ALLOWANCE_NEAR;
		return 0;
	}
	err = digest(passwords, peer->net.bytes, sizeof(peer->net.bytes), number);
	if (!err)
		*out = number[0] % ALLOWANCE_PEERS;
	return err;
}

/* ---- verdicts ---- */

/* What cannot be told is not remembered. */
static enum password_verdict compute(struct passwords *passwords, const struct claim *claim,
				     uint64_t now_ns)
{
	bool is_good;

	if (!allowance_take(&passwords->allowance, claim->peer, now_ns))
		return PASSWORD_LATER;
	passwords->computed++;
	if (bcrypt_judge(claim->auth->password, claim->hash, &is_good))
		return PASSWORD_LATER;
	is_good = is_good && claim->is_known;
	auth_cache_put(&passwords->cache, claim->digest, is_good);
	return is_good ? PASSWORD_GOOD : PASSWORD_BAD;
}

static enum password_verdict judge(struct passwords *passwords, struct claim *claim,
				   uint64_t now_ns)
{
	if (find_user(passwords, claim) || digest_claim(passwords, claim))
		return PASSWORD_LATER;
	switch (auth_cache_find(&passwords->cache, claim->digest)) {
	case AUTH_GOOD:
		return PASSWORD_GOOD;
	case AUTH_BAD:
		return PASSWORD_BAD;
	default:
		return compute(passwords, claim, now_ns);
	}
}

enum password_verdict passwords_judge(struct passwords *passwords,
				      const struct password_asker *asker, uint64_t now_ns)
{
	struct basic_auth auth;
	struct claim claim = { .auth = &auth };
	enum password_verdict verdict = PASSWORD_LATER;

	if (!passwords->users->count)
		return PASSWORD_GOOD;
	if (!asker->header || basic_auth_parse(asker->header, &auth))
		return PASSWORD_BAD;
	if (!number_peer(passwords, &asker->peer, &claim.peer))
		verdict = judge(passwords, &claim, now_ns);
	basic_auth_clear(&auth);
	return verdict;
}

/* ---- life ---- */

static void users_free(struct users *users)
{
	if (!users)
		return;
	for (size_t i = 0; i < users->count; i++)
		web_user_clear(&users->items[i]);
	free(users);
}
DEFINE_CLEANUP(users, struct users *, users_free)

static int users_new(const struct web_user *from, size_t count, struct users **out)
{
	cleanup(cleanup_users_fn) struct users *users = calloc(1, sizeof(*users));

	if (!users)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct web_user *user = &users->items[users->count++];

		user->name = strdup(from[i].name);
		user->hash = strdup(from[i].hash);
		if (!user->name || !user->hash)
			return -ENOMEM;
	}
	*out = take_ptr(users);
	return 0;
}

int passwords_new(struct passwords **out)
{
	cleanup_passwords struct passwords *passwords = calloc(1, sizeof(*passwords));

	if (!passwords)
		return -ENOMEM;
	allowance_init(&passwords->allowance, PERIOD_NS);
	if (users_new(NULL, 0, &passwords->users))
		return -ENOMEM;
	if (gnutls_rnd(GNUTLS_RND_KEY, passwords->key, KEY_SIZE) < 0)
		return -EIO;
	*out = take_ptr(passwords);
	return 0;
}

void passwords_free(struct passwords *passwords)
{
	if (!passwords)
		return;
	users_free(passwords->users);
	explicit_bzero(passwords, sizeof(*passwords));
	free(passwords);
}

/* So long that the slowest hash takes as much of it as one of COST_OF_PERIOD of PERIOD_NS. */
static uint64_t period_of(const struct web_user *users, size_t count)
{
	unsigned int most = COST_OF_PERIOD, cost;

	for (size_t i = 0; i < count; i++)
		if (!bcrypt_hash_cost(users[i].hash, &cost) && cost > most)
			most = cost;
	return PERIOD_NS << (most - COST_OF_PERIOD);
}

int passwords_set(struct passwords *passwords, const struct web_user *users, size_t count)
{
	struct users *fresh;
	int err = users_new(users, count, &fresh);

	if (err)
		return err;
	users_free(passwords->users);
	passwords->users = fresh;
	allowance_set_period(&passwords->allowance, period_of(users, count));
	return 0;
}

uint64_t passwords_computed(const struct passwords *passwords)
{
	return passwords->computed;
}

uint64_t passwords_wait_ns(const struct passwords *passwords, const struct peer *peer,
			   uint64_t now_ns)
{
	size_t number;

	if (number_peer(passwords, peer, &number))
		return 0;
	return allowance_wait_ns(&passwords->allowance, number, now_ns);
}
