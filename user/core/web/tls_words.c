// SPDX-License-Identifier: Apache-2.0
#include "core/web/tls_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

enum exchange { EXCHANGE_TLS13, EXCHANGE_ECDSA, EXCHANGE_RSA, EXCHANGE_COUNT };
enum cipher {
	CIPHER_AES_128_GCM,
	CIPHER_AES_256_GCM,
	CIPHER_CHACHA,
	CIPHER_AES_128_CBC,
	CIPHER_AES_256_CBC,
	CIPHER_COUNT
};

/* crypto/tls.CipherSuites(): those that Go calls secure. */
static const struct suite {
	const char *name;
	enum exchange exchange;
	enum cipher cipher;
} suites[] = {
	{ "TLS_AES_128_GCM_SHA256", EXCHANGE_TLS13, CIPHER_AES_128_GCM },
	{ "TLS_AES_256_GCM_SHA384", EXCHANGE_TLS13, CIPHER_AES_256_GCM },
	{ "TLS_CHACHA20_POLY1305_SHA256", EXCHANGE_TLS13, CIPHER_CHACHA },
	{ "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", EXCHANGE_ECDSA, CIPHER_AES_128_CBC },
	{ "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", EXCHANGE_ECDSA, CIPHER_AES_256_CBC },
	{ "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", EXCHANGE_RSA, CIPHER_AES_128_CBC },
	{ "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", EXCHANGE_RSA, CIPHER_AES_256_CBC },
	{ "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", EXCHANGE_ECDSA, CIPHER_AES_128_GCM },
	{ "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", EXCHANGE_ECDSA, CIPHER_AES_256_GCM },
	{ "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", EXCHANGE_RSA, CIPHER_AES_128_GCM },
	{ "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", EXCHANGE_RSA, CIPHER_AES_256_GCM },
	{ "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", EXCHANGE_ECDSA, CIPHER_CHACHA },
	{ "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", EXCHANGE_RSA, CIPHER_CHACHA },
};
_Static_assert(array_size(suites) <= TLS_SUITES_MAX, "a choice holds all of them");

static const char *const exchange_words[EXCHANGE_COUNT] = {
	[EXCHANGE_ECDSA] = "ECDHE-ECDSA",
	[EXCHANGE_RSA] = "ECDHE-RSA",
};
static const char *const cipher_words[CIPHER_COUNT] = {
	[CIPHER_AES_128_GCM] = "AES-128-GCM",  [CIPHER_AES_256_GCM] = "AES-256-GCM",
	[CIPHER_CHACHA] = "CHACHA20-POLY1305", [CIPHER_AES_128_CBC] = "AES-128-CBC",
	[CIPHER_AES_256_CBC] = "AES-256-CBC",
};

static const struct {
	const char *name, *word;
} curves[] = {
	{ "CurveP256", "GROUP-SECP256R1" },
	{ "CurveP384", "GROUP-SECP384R1" },
	{ "CurveP521", "GROUP-SECP521R1" },
	{ "X25519", "GROUP-X25519" },
};
_Static_assert(array_size(curves) <= TLS_CURVES_MAX, "a choice holds all of them");

static const struct {
	const char *name, *word;
} versions[] = {
	[TLS_VERSION_10] = { "TLS10", "VERS-TLS1.0" },
	[TLS_VERSION_11] = { "TLS11", "VERS-TLS1.1" },
	[TLS_VERSION_12] = { "TLS12", "VERS-TLS1.2" },
	[TLS_VERSION_13] = { "TLS13", "VERS-TLS1.3" },
};

struct tls_choice tls_choice_default(void)
{
	return (struct tls_choice){ .min = TLS_VERSION_12,
				    .max = TLS_VERSION_13,
				    .prefers_server = true };
}

int tls_version_parse(const char *text, enum tls_version *out)
{
	for (size_t i = 0; i < array_size(versions); i++) {
		if (!strcmp(versions[i].name, text)) {
			*out = (enum tls_version)i;
			return 0;
		}
	}
	return -EINVAL;
}

int tls_suite_parse(const char *text, uint8_t *out)
{
	for (size_t i = 0; i < array_size(suites); i++) {
		if (!strcmp(suites[i].name, text)) {
			*out = (uint8_t)i;
			return 0;
		}
	}
	return -EINVAL;
}

int tls_curve_parse(const char *text, uint8_t *out)
{
	for (size_t i = 0; i < array_size(curves); i++) {
		if (!strcmp(curves[i].name, text)) {
			*out = (uint8_t)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* ---- a choice of suites ---- */

struct offer {
	bool is_chosen[array_size(suites)];
	bool has_exchange[EXCHANGE_COUNT];
	bool has_cipher[CIPHER_COUNT];
};

static struct offer offer_of(const struct tls_choice *choice)
{
	struct offer offer = { 0 };

	for (size_t i = 0; i < choice->suite_count; i++) {
		const struct suite *suite = &suites[choice->suites[i]];

		offer.is_chosen[choice->suites[i]] = true;
		offer.has_exchange[suite->exchange] = true;
		offer.has_cipher[suite->cipher] = true;
	}
	return offer;
}

/* Those of TLS 1.3 alone come with their ciphers, by contract. */
const char *tls_choice_surplus(const struct tls_choice *choice)
{
	struct offer offer = offer_of(choice);

	for (size_t i = 0; i < array_size(suites); i++) {
		const struct suite *suite = &suites[i];

		if (suite->exchange != EXCHANGE_TLS13 && !offer.is_chosen[i] &&
		    offer.has_exchange[suite->exchange] && offer.has_cipher[suite->cipher])
			return suite->name;
	}
	return NULL;
}

/* ---- the priority string ---- */

struct words {
	char *text;
	size_t size;
};

static void put(struct words *words, const char *sign, const char *word)
{
	size_t room = TLS_PRIORITY_SIZE - words->size;
	int size = snprintf(words->text + words->size, room, "%s%s", sign, word);

	if (size > 0 && (size_t)size < room)
		words->size += (size_t)size;
}

static void put_suites(struct words *words, const struct tls_choice *choice)
{
	bool has_exchange[EXCHANGE_COUNT] = { [EXCHANGE_TLS13] = true };
	bool has_cipher[CIPHER_COUNT] = { 0 };

	for (size_t i = 0; i < choice->suite_count; i++) {
		const struct suite *suite = &suites[choice->suites[i]];

		if (!take(has_exchange[suite->exchange], true))
			put(words, ":+", exchange_words[suite->exchange]);
		if (!take(has_cipher[suite->cipher], true))
			put(words, ":+", cipher_words[suite->cipher]);
	}
	put(words, "", ":+AEAD:+SHA1:+SIGN-ALL");
}

static void put_curves(struct words *words, const struct tls_choice *choice)
{
	bool is_bare = choice->suite_count; /* "NONE" has no curves */

	if (!choice->curve_count && is_bare)
		put(words, ":+", "GROUP-ALL");
	if (choice->curve_count && !is_bare)
		put(words, ":-", "GROUP-ALL");
	for (size_t i = 0; i < choice->curve_count; i++)
		put(words, ":+", curves[choice->curves[i]].word);
}

void tls_choice_priority(const struct tls_choice *choice, char out[static TLS_PRIORITY_SIZE])
{
	struct words words = { .text = out };

	/* Without forward secrecy nothing is offered, as Go does not. */
	put(&words, "", choice->suite_count ? "NONE" : "SECURE128:-RSA:-DHE-RSA:-VERS-ALL");
	for (int version = TLS_VERSION_13; version >= 0; version--)
		if (version >= (int)choice->min && version <= (int)choice->max)
			put(&words, ":+", versions[version].word);
	if (choice->suite_count)
		put_suites(&words, choice);
	put_curves(&words, choice);
	if (choice->prefers_server)
		put(&words, "", ":%SERVER_PRECEDENCE");
}
