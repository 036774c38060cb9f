// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "core/web/tls_words.h"

static struct tls_choice choose(const char *const *suites, const char *const *curves)
{
	struct tls_choice choice = tls_choice_default();

	for (; *suites; suites++)
		assert_int_equal(tls_suite_parse(*suites, &choice.suites[choice.suite_count++]), 0);
	for (; *curves; curves++)
		assert_int_equal(tls_curve_parse(*curves, &choice.curves[choice.curve_count++]), 0);
	return choice;
}

static void knows_names_and_no_others(void **state)
{
	static const char *const bad[] = { "",	    "tls12",	     "TLS1.2",
					   "TLS14", "SSL30",	     "TLS_RSA_WITH_AES_128_CBC_SHA",
					   "X448",  "X25519MLKEM768" };
	enum tls_version version = TLS_VERSION_10;
	uint8_t suite = 77, curve = 77;

	(void)state;
	for_each_case(c, bad) {
		assert_int_equal(tls_version_parse(*c, &version), -EINVAL);
		assert_int_equal(tls_suite_parse(*c, &suite), -EINVAL);
		assert_int_equal(tls_curve_parse(*c, &curve), -EINVAL);
	}
	assert_int_equal(version, TLS_VERSION_10);
	assert_int_equal(suite, 77);
	assert_int_equal(curve, 77);
	assert_int_equal(tls_version_parse("TLS13", &version), 0);
	assert_int_equal(version, TLS_VERSION_13);
}

#define RSA "TLS_ECDHE_RSA_WITH_"
#define ECDSA "TLS_ECDHE_ECDSA_WITH_"

static void names_what_comes_with_a_choice(void **state)
{
	static const struct {
		const char *suites[5];
		const char *want;
	} cases[] = {
		{ { NULL }, NULL },
		{ { RSA "AES_128_GCM_SHA256" }, NULL },
		{ { RSA "AES_128_GCM_SHA256", ECDSA "AES_128_GCM_SHA256" }, NULL },
		{ { RSA "AES_128_GCM_SHA256", ECDSA "AES_256_GCM_SHA384" },
		  ECDSA "AES_128_GCM_SHA256" },
		{ { RSA "AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384" },
		  RSA "AES_256_GCM_SHA384" },
		{ { "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256" }, NULL },
	};
	static const char *const none[] = { NULL };

	(void)state;
	for_each_case(c, cases) {
		struct tls_choice choice = choose(c->suites, none);
		const char *got = tls_choice_surplus(&choice);

		print_message("  %s\n", c->want ? c->want : "(none)");
		if (c->want)
			assert_string_equal(got, c->want);
		else
			assert_null(got);
	}
}

static void writes_what_gnutls_calls_it(void **state)
{
	static const struct {
		enum tls_version min, max;
		bool prefers_server;
		const char *suites[3], *curves[3];
		const char *want;
	} cases[] = {
		{ TLS_VERSION_12,
		  TLS_VERSION_13,
		  true,
		  { NULL },
		  { NULL },
		  "SECURE128:-RSA:-DHE-RSA:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:"
		  "%SERVER_PRECEDENCE" },
		{ TLS_VERSION_10,
		  TLS_VERSION_11,
		  false,
		  { NULL },
		  { "CurveP256", "X25519" },
		  "SECURE128:-RSA:-DHE-RSA:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:-GROUP-ALL:"
		  "+GROUP-SECP256R1:+GROUP-X25519" },
		{ TLS_VERSION_13,
		  TLS_VERSION_13,
		  false,
		  { RSA "CHACHA20_POLY1305_SHA256", RSA "AES_128_CBC_SHA" },
		  { NULL },
		  "NONE:+VERS-TLS1.3:+ECDHE-RSA:+CHACHA20-POLY1305:+AES-128-CBC:+AEAD:+SHA1:"
		  "+SIGN-ALL:+GROUP-ALL" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct tls_choice choice = choose(c->suites, c->curves);
		char got[TLS_PRIORITY_SIZE];

		choice.min = c->min;
		choice.max = c->max;
		choice.prefers_server = c->prefers_server;
		tls_choice_priority(&choice, got);
		assert_string_equal(got, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_names_and_no_others),
		cmocka_unit_test(names_what_comes_with_a_choice),
		cmocka_unit_test(writes_what_gnutls_calls_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
