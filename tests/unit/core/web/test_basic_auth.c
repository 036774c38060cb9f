// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/web/basic_auth.h"

static void reads_name_and_password(void **state)
{
	static const struct {
		const char *header, *name, *password; /* name NULL: -EINVAL */
	} cases[] = {
		{ "Basic bmFtZTpzZWNyZXQ=", "name", "secret" },
		{ "basic bmFtZTpzZWNyZXQ=", "name", "secret" },
		{ "Basic   bmFtZTpzZWNyZXQ=", "name", "secret" },
		{ "Basic bjpwOnA6", "n", "p:p:" },
		{ "Basic Og==", "", "" },
		{ "Basic w6Q6/+8=", "\xc3\xa4", "\xff\xef" },
		{ "Basic bmFtZTpzZWNyZXQ", NULL, NULL }, /* cut */
		{ "Basic bmFtZQ==", NULL, NULL }, /* no ':' */
		{ "Basic bjpwAGE=", NULL, NULL }, /* NUL */
		{ "Basic bjpw\tAAA", NULL, NULL },
		{ "Basic bjpw=AAA", NULL, NULL },
		{ "Basic b===", NULL, NULL },
		{ "Basic bj==cDpw", NULL, NULL }, /* an end in the middle */
		{ "Basic bjpw bjpw", NULL, NULL },
		{ "Basic \xc3\xa4\xc3\xa4", NULL, NULL },
		{ "Basic ", NULL, NULL },
		{ "Basic", NULL, NULL },
		{ "Bearer bmFtZTpzZWNyZXQ=", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct basic_auth auth = { .name = "before" };

		print_message("  %s\n", c->header);
		assert_int_equal(basic_auth_parse(c->header, &auth), c->name ? 0 : -EINVAL);
		assert_string_equal(auth.name, c->name ? c->name : "before");
		assert_string_equal(auth.password, c->name ? c->password : "");
	}
}

/* "Basic " and so many times "YTph", "a:a". */
static char *long_header(size_t count)
{
	char *text = calloc(1, 6 + 4 * count + 1);

	assert_non_null(text);
	strcpy(text, "Basic ");
	for (size_t i = 0; i < count; i++)
		strcat(text, "YTph");
	return text;
}

static void refuses_what_is_too_long(void **state)
{
	size_t most = (BASIC_AUTH_SIZE - 1) / 3;
	char *fits = long_header(most), *too_long = long_header(most + 1);
	char *huge = long_header(10000);
	struct basic_auth auth;

	(void)state;
	assert_int_equal(basic_auth_parse(too_long, &auth), -EINVAL);
	assert_int_equal(basic_auth_parse(huge, &auth), -EINVAL);
	assert_int_equal(basic_auth_parse(fits, &auth), 0);
	assert_string_equal(auth.name, "a");
	assert_int_equal(strlen(auth.password), 3 * most - 2);
	basic_auth_clear(&auth);
	assert_string_equal(auth.password, "");
	free(fits);
	free(too_long);
	free(huge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_name_and_password),
		cmocka_unit_test(refuses_what_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
