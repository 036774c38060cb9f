// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/report/secrets.h"

#define X SECRETS_HIDDEN

static void expect(const char *text, const char *want)
{
	char *shown = NULL;
	size_t size;

	assert_int_equal(secrets_hide(text, strlen(text), &shown, &size), 0);
	assert_int_equal(strlen(shown), size);
	assert_string_equal(shown, want);
	free(shown);
}

static void hides_what_opens_something(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		/* URLs */
		{ "url: http://me:pw@host:90/x", "url: http://" X "@host:90/x" },
		{ "http://p@ss:w@rd@host", "http://" X "@host" },
		{ "a https://me@host b", "a https://" X "@host b" },
		{ "{\"u\":\"http://me:pw@h\"}", "{\"u\":\"http://" X "@h\"}" },
		/* YAML */
		{ "password: hunter2\nnext: 1\n", "password: " X "\nnext: 1\n" },
		{ "api-token: a, b c\nx: y", "api-token: " X "\nx: y" },
		{ "client_secret: 'a''b'", "client_secret: '" X "'" },
		{ "a:\n  Token: |\n    one\n    two\n  b: c\n", "a:\n  Token: " X "\n  b: c\n" },
		{ "secret:\n  - a\n  - b\nc: d\n", "secret:" X "\nc: d\n" },
		{ "secret:\n- a\n- b\nc: d\n", "secret:" X "\nc: d\n" },
		{ "- password: a\n  user: b\n", "- password: " X "\n  user: b\n" },
		/* JSON */
		{ "{\"token\":\"a\\\"b\",\"n\":1}", "{\"token\":\"" X "\",\"n\":1}" },
		{ "{\"password\": 12, \"n\":1}", "{\"password\": " X ", \"n\":1}" },
		{ "{\"secret\":{\"a\":[\"}\"]},\"n\":1}", "{\"secret\":" X ",\"n\":1}" },
		{ "{ \"apiKey\" : \"x\" }", "{ \"apiKey\" : \"" X "\" }" },
		/* shells and command lines */
		{ "PODIP_X_TOKEN=abc\nB=1", "PODIP_X_TOKEN=" X "\nB=1" },
		{ "--password=abc", "--password=" X },
		{ "--some.token abc\n--b c", "--some.token " X "\n--b c" },
		{ "Authorization: Bearer abc.def", "Authorization: " X },
		{ "said Bearer abc.def, and", "said Bearer " X ", and" },
		/* PEM */
		{ "a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb",
		  "a\n-----BEGIN RSA PRIVATE KEY-----" X "-----END RSA PRIVATE KEY-----\nb" },
		{ "-----BEGIN PRIVATE KEY-----\nMII", "-----BEGIN PRIVATE KEY-----" X },
	};

	(void)state;
	for_each_case(c, cases)
		expect(c->text, c->want);
}

static void leaves_the_rest_as_it_is(void **state)
{
	static const char *const cases[] = {
		"",
		"kubernetes.token-file: /var/run/token\n",
		"tokens: 5",
		"secretary: x",
		"the token is gone",
		"http://host:90/x?a=b@c",
		"mail me@host",
		"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n",
		"--token",
		"--token --other",
		"password:",
		"{\"cidr\":\"10.0.0.0/8\"}",
		"a: {",
	};

	(void)state;
	for_each_case(c, cases)
		expect(*c, *c);
}

static void survives_any_bytes(void **state)
{
	static const char pieces[] =
		"token\0:\"'{}[]\\\n -=@/bB=secret://\x80\xff|>password: -----BEGIN ";

	(void)state;
	srand(3);
	for (unsigned int round = 0; round < 3000; round++) {
		size_t size = (size_t)rand() % 60, shown_size;
		char *text = malloc(size + 1), *shown = NULL; /* of its size, for ASan */

		assert_non_null(text);
		for (size_t i = 0; i < size; i++)
			text[i] = pieces[(size_t)rand() % sizeof(pieces)];
		assert_int_equal(secrets_hide(text, size, &shown, &shown_size), 0);
		free(shown);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hides_what_opens_something),
		cmocka_unit_test(leaves_the_rest_as_it_is),
		cmocka_unit_test(survives_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
