// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scratch.h"
#include "source/config/web_config.h"

#define HASH "$2y$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC"
#define TLS "tls_server_config:\n  cert: CERT\n  key: KEY\n"

static int read_text(const char *text, struct web_settings *out, char *error)
{
	scratch_put(text, strlen(text));
	return web_config_read(scratch_path, out, error);
}

static void says_what_is_wrong_and_where(void **state)
{
	static const struct {
		const char *text, *want; /* after the file's name */
	} cases[] = {
		{ "tls: {}\n",
		  ":1: tls: unknown key, expected tls_server_config, http_server_config, "
		  "basic_auth_users or rate_limit" },
		{ "- a\n", ":1: top level: expected a mapping" },
		{ "tls_server_config: [a]\n", ":1: tls_server_config: expected a mapping" },
		{ "tls_server_config: {}\n", ":1: tls_server_config: needs cert or cert_file" },
		{ "\ntls_server_config:\n  cert: C\n",
		  ":3: tls_server_config: needs key or key_file" },
		{ TLS "  cert_file: x\n", ":2: tls_server_config: has both cert and cert_file" },
		{ TLS "  cafile: x\n",
		  ":4: tls_server_config.cafile: unknown key, expected cert, cert_file, key, "
		  "key_file, client_auth_type, client_ca, client_ca_file, client_allowed_sans, "
		  "min_version, max_version, cipher_suites, prefer_server_cipher_suites or "
		  "curve_preferences" },
		{ "tls_server_config:\n  cert: C\n  key_file: /none/such\n",
		  ":3: tls_server_config.key_file: '/none/such': No such file or directory" },
		{ TLS "  client_auth_type: Verify\n",
		  ":4: tls_server_config.client_auth_type: 'Verify' is not one of NoClientCert, "
		  "RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, "
		  "RequireAndVerifyClientCert" },
		{ TLS "  client_auth_type: RequireAndVerifyClientCert\n",
		  ":4: tls_server_config.client_auth_type: needs client_ca_file or client_ca: the "
		  "system's authorities are not asked" },
		{ TLS "  client_ca: CA\n",
		  ":2: tls_server_config: has authorities for clients, but client_auth_type asks "
		  "none for a certificate" },
		{ TLS "  client_allowed_sans: [a]\n",
		  ":4: tls_server_config.client_allowed_sans: client_auth_type asks none for a "
		  "certificate" },
		{ TLS "  client_allowed_sans: a\n",
		  ":4: tls_server_config.client_allowed_sans: expected a list" },
		{ TLS "  client_allowed_sans: ['']\n",
		  ":4: tls_server_config.client_allowed_sans[0]: is empty" },
		{ TLS "  min_version: SSL30\n",
		  ":4: tls_server_config.min_version: 'SSL30' is not one of TLS10, TLS11, TLS12, "
		  "TLS13" },
		{ TLS "  min_version: TLS13\n  max_version: TLS12\n",
		  ":5: tls_server_config: min_version is above max_version" },
		{ TLS "  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n",
		  ":4: tls_server_config.cipher_suites[0]: 'TLS_RSA_WITH_RC4_128_SHA' is not a "
		  "cipher suite that Go calls secure" },
		{ TLS "  cipher_suites:\n"
		      "  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
		      "  - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\n",
		  ":5: tls_server_config.cipher_suites: these offer "
		  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, too, which GnuTLS cannot leave out: "
		  "name it or fewer" },
		{ TLS "  curve_preferences: [X25519, X448]\n",
		  ":4: tls_server_config.curve_preferences[1]: 'X448' is not one of CurveP256, "
		  "CurveP384, CurveP521, X25519" },
		{ TLS "  prefer_server_cipher_suites: maybe\n",
		  ":4: tls_server_config.prefer_server_cipher_suites: 'maybe' is not one of true, "
		  "false" },
		{ "http_server_config:\n  http2: true\n",
		  ":2: http_server_config.http2: the agent speaks HTTP/1.1 alone: say false, or "
		  "nothing" },
		{ "http_server_config:\n  headers:\n    X-Powered-By: a\n",
		  ":3: http_server_config.headers.X-Powered-By: unknown key, expected "
		  "Content-Security-Policy, X-Frame-Options, X-Content-Type-Options, "
		  "X-XSS-Protection or Strict-Transport-Security" },
		{ "http_server_config:\n  headers:\n    X-Frame-Options: den\n",
		  ":3: http_server_config.headers.X-Frame-Options: 'den' is not one of: deny "
		  "sameorigin" },
		{ "http_server_config:\n  headers:\n    X-XSS-Protection: \"a\\r\\nb: c\"\n",
		  ":3: http_server_config.headers.X-XSS-Protection: contains a control "
		  "character" },
		{ "basic_auth_users: [a]\n", ":1: basic_auth_users: expected a mapping" },
		{ "basic_auth_users:\n  alice: secret\n",
		  ":2: basic_auth_users.alice: is not a hash of bcrypt such as $2y$10$ and 53 "
		  "characters" },
		{ "basic_auth_users:\n  alice:\n",
		  ":2: basic_auth_users.alice: is not a hash of bcrypt such as $2y$10$ and 53 "
		  "characters" },
		{ "basic_auth_users:\n  alice: "
		  "$2y$13$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC\n",
		  ":2: basic_auth_users.alice: cost 13 would hold the agent up for too long; at "
		  "most 12" },
		{ "basic_auth_users:\n  'a:b': " HASH "\n",
		  ":2: basic_auth_users.a:b: no name of a user contains ':'" },
		{ "basic_auth_users:\n  a: " HASH "\n  a: " HASH "\n",
		  ":3: a: there already on line 2" },
		{ "rate_limit:\n  interval: soon\n  burst: 1\n",
		  ":2: rate_limit.interval: 'soon' is not a duration such as 1s, of at most 1h" },
		{ "rate_limit:\n  interval: 2h\n  burst: 1\n",
		  ":2: rate_limit.interval: '2h' is not a duration such as 1s, of at most 1h" },
		{ "rate_limit:\n  interval: 1s\n",
		  ":2: rate_limit: a burst of 0 would refuse every request" },
		{ "rate_limit:\n  burst: -1\n",
		  ":2: rate_limit.burst: '-1' is not a number of requests" },
		{ "basic_auth_users: *a\n", ":1: anchors and aliases are not supported" },
		{ "a: {\n", ":2: not valid YAML: did not find expected node content" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_web_settings struct web_settings settings = { 0 };
		char error[WEB_ERROR_SIZE] = "";

		print_message("  %s\n", c->want);
		assert_true(read_text(c->text, &settings, error) < 0);
		assert_memory_equal(error, scratch_path, strlen(scratch_path));
		assert_string_equal(error + strlen(scratch_path), c->want);
		/* what to look at again is known, and nothing else */
		assert_true(settings.file_count >= 1);
		assert_string_equal(settings.files[0], scratch_path);
		assert_int_equal(settings.user_count, 0);
		assert_null(settings.tls.cert);
	}
}

static void reads_all_that_can_be_said(void **state)
{
	static const char text[] =
		"tls_server_config:\n"
		"  cert_file: file\n" /* the configuration itself, of its own folder */
		"  key: KEY\n"
		"  client_ca: CA\n"
		"  client_auth_type: VerifyClientCertIfGiven\n"
		"  client_allowed_sans: [a.example, 10.0.0.1]\n"
		"  min_version: TLS11\n"
		"  max_version: TLS12\n"
		"  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
		"  prefer_server_cipher_suites: false\n"
		"  curve_preferences: [X25519]\n"
		"http_server_config:\n"
		"  http2: false\n"
		"  headers:\n"
		"    X-Frame-Options: sameorigin\n"
		"    X-Content-Type-Options: ''\n"
		"    Strict-Transport-Security: max-age=3600\n"
		"basic_auth_users:\n"
		"  alice: " HASH "\n"
		"rate_limit: { interval: 1.5s, burst: 7 }\n";
	cleanup_web_settings struct web_settings got = { 0 };
	char error[WEB_ERROR_SIZE] = "";
	const struct tls_choice *choice = &got.tls.choice;

	(void)state;
	assert_int_equal(read_text(text, &got, error), 0);
	assert_true(got.tls.is_on);
	assert_string_equal(got.tls.cert, text);
	assert_string_equal(got.tls.key, "KEY");
	assert_string_equal(got.tls.client_ca, "CA");
	assert_int_equal(got.tls.client_auth, WEB_CLIENT_VERIFY_GIVEN);
	assert_int_equal(got.tls.san_count, 2);
	assert_string_equal(got.tls.sans[1], "10.0.0.1");
	assert_int_equal(choice->min, TLS_VERSION_11);
	assert_int_equal(choice->max, TLS_VERSION_12);
	assert_int_equal(choice->suite_count, 1);
	assert_int_equal(choice->curve_count, 1);
	assert_false(choice->prefers_server);
	assert_int_equal(got.header_count, 2);
	assert_string_equal(got.headers[0].name, "X-Frame-Options");
	assert_string_equal(got.headers[1].name, "Strict-Transport-Security");
	assert_string_equal(got.headers[1].value, "max-age=3600");
	assert_int_equal(got.user_count, 1);
	assert_string_equal(got.users[0].name, "alice");
	assert_string_equal(got.users[0].hash, HASH);
	assert_int_equal(got.rate_period_ns, 1500000000);
	assert_int_equal(got.rate_burst, 7);
	assert_int_equal(got.file_count, 2);
	assert_string_equal(got.files[1], scratch_path);
}

static void takes_what_is_not_said_as_the_toolkit_does(void **state)
{
	static const char *const quiet[] = {
		"", "# nothing\n", "tls_server_config:\nbasic_auth_users:\n",
		"basic_auth_users: {}\nhttp_server_config: {}\nrate_limit: { interval: 0 }\n"
	};
	char error[WEB_ERROR_SIZE] = "";

	(void)state;
	for_each_case(c, quiet) {
		cleanup_web_settings struct web_settings got = { 0 };

		assert_int_equal(read_text(*c, &got, error), 0);
		assert_false(got.tls.is_on);
		assert_int_equal(got.user_count, 0);
		assert_int_equal(got.header_count, 0);
		assert_int_equal(got.rate_period_ns, 0);
	}
	{
		cleanup_web_settings struct web_settings got = { 0 };

		assert_int_equal(read_text(TLS, &got, error), 0);
		assert_int_equal(got.tls.choice.min, TLS_VERSION_12);
		assert_int_equal(got.tls.choice.max, TLS_VERSION_13);
		assert_true(got.tls.choice.prefers_server);
		assert_int_equal(got.tls.client_auth, WEB_CLIENT_NONE);
	}
}

static void survives_a_file_that_is_cut_anywhere(void **state)
{
	static const char text[] = TLS "  client_ca: A\n  client_auth_type: RequestClientCert\n"
				       "  client_allowed_sans: [a, b]\nhttp_server_config:\n"
				       "  headers: { X-Frame-Options: deny }\n"
				       "basic_auth_users:\n  alice: " HASH "\n";

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		cleanup_web_settings struct web_settings got = { 0 };
		char error[WEB_ERROR_SIZE] = "";
		int err;

		scratch_put(text, size);
		err = web_config_read(scratch_path, &got, error);
		assert_int_equal(!err, !*error);
	}
}

static void names_a_file_that_is_not_there(void **state)
{
	cleanup_web_settings struct web_settings got = { 0 };
	char error[WEB_ERROR_SIZE] = "";

	(void)state;
	assert_int_equal(web_config_read("/none/such.yml", &got, error), -ENOENT);
	assert_string_equal(error, "/none/such.yml: No such file or directory");
	assert_int_equal(got.file_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(says_what_is_wrong_and_where),
		scratch_test(reads_all_that_can_be_said),
		scratch_test(takes_what_is_not_said_as_the_toolkit_does),
		scratch_test(survives_a_file_that_is_cut_anywhere),
		scratch_test(names_a_file_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
