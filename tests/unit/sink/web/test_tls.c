// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>

#include "sink/web/tls.h"
#include "web_pem.h"

static void refuses_what_cannot_be_a_pair(void **state)
{
	static const struct {
		const char *cert, *key, *ca, *want;
	} cases[] = {
		{ web_pem_certificate, web_pem_key, NULL, NULL },
		{ web_pem_certificate, web_pem_key, web_pem_authority, NULL },
		{ web_pem_authority, web_pem_key, NULL, "the key is not the certificate's: " },
		{ web_pem_certificate, "nonsense", NULL, "cannot use certificate and key: " },
		{ "nonsense", web_pem_key, NULL, "cannot use certificate and key: " },
		{ "", "", NULL, "cannot use certificate and key: " },
		{ web_pem_key, web_pem_certificate, NULL, "cannot use certificate and key: " },
		{ web_pem_certificate, web_pem_key, "nonsense",
		  "cannot use the authorities of clients: " },
		{ web_pem_certificate, web_pem_key, web_pem_key,
		  "cannot use the authorities of clients: " },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct web_tls_settings settings = { .is_on = true,
							   .cert = (char *)c->cert,
							   .key = (char *)c->key,
							   .client_ca = (char *)c->ca,
							   .choice = tls_choice_default() };
		cleanup_tls struct tls *tls = NULL;
		char error[WEB_ERROR_SIZE] = "";

		print_message("  %s\n", c->want ? c->want : "(good)");
		assert_int_equal(tls_new(&settings, error, &tls), c->want ? -EINVAL : 0);
		if (c->want)
			assert_non_null(strstr(error, c->want));
		assert_int_equal(!tls, !!c->want);
	}
}

/* The suites of TLS 1.2 that GnuTLS makes of a choice, "kx cipher". */
static size_t list_suites(const struct tls_choice *choice, char out[static 1024])
{
	char text[TLS_PRIORITY_SIZE];
	gnutls_priority_t priority;
	unsigned int index;
	size_t count = 0;
	char *end = out;

	tls_choice_priority(choice, text);
	assert_int_equal(gnutls_priority_init(&priority, text, NULL), 0);
	*out = '\0';
	for (unsigned int i = 0;; i++) {
		int code = gnutls_priority_get_cipher_suite_index(priority, i, &index);
		gnutls_protocol_t version;
		const char *name;

		if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			break;
		if (code < 0)
			continue;
		name = gnutls_cipher_suite_info(index, NULL, NULL, NULL, NULL, &version);
		assert_non_null(name);
		assert_true(end - out < 900);
		end += sprintf(end, "%s\n", name);
		count++;
	}
	gnutls_priority_deinit(priority);
	return count;
}

/* Every suite by itself, and all of them together. */
static void gives_gnutls_the_suites_that_were_chosen(void **state)
{
	static const struct {
		const char *go, *gnutls; /* the second is a part of its name */
	} cases[] = {
		{ "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256" },
		{ "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384" },
		{ "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256" },
		{ "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_AES_128_CBC_SHA1" },
		{ "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_AES_256_CBC_SHA1" },
		{ "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_AES_128_CBC_SHA1" },
		{ "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_AES_256_CBC_SHA1" },
		{ "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_AES_128_GCM_SHA256" },
		{ "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_AES_256_GCM_SHA384" },
		{ "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_AES_128_GCM_SHA256" },
		{ "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_AES_256_GCM_SHA384" },
		{ "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
		  "TLS_ECDHE_ECDSA_CHACHA20_POLY1305" },
		{ "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
		  "TLS_ECDHE_RSA_CHACHA20_POLY1305" },
	};
	struct tls_choice all = tls_choice_default();
	char list[1024];

	(void)state;
	for_each_case(c, cases) {
		struct tls_choice one = tls_choice_default();

		print_message("  %s\n", c->go);
		assert_int_equal(tls_suite_parse(c->go, &one.suites[0]), 0);
		one.suite_count = 1;
		all.suites[all.suite_count++] = one.suites[0];
		/* with what TLS 1.3 has of the same cipher */
		assert_in_range(list_suites(&one, list), 1, 2);
		assert_non_null(strstr(list, c->gnutls));
	}
	assert_int_equal(list_suites(&all, list), case_count(cases));
	all.suite_count = 0;
	assert_true(list_suites(&all, list) > 6);
	assert_null(strstr(list, "TLS_RSA_"));
	assert_null(strstr(list, "TLS_DHE_"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_cannot_be_a_pair),
		cmocka_unit_test(gives_gnutls_the_suites_that_were_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
