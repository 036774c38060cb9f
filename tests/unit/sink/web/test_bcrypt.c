// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "sink/web/bcrypt.h"

#define SECRET "$2b$04$9izARnyx5t3YnhTwyrUm9eYnb2nCR6Qu5j2VPj6EogSs632F13zui" /* "secret" */

static void tells_whose_hash_it_is(void **state)
{
	static char endless[1024];
	static const struct {
		const char *password, *hash;
		bool want;
	} cases[] = {
		{ "secret", SECRET, true },
		{ "secre", SECRET, false },
		{ "", SECRET, false },
		/* of crypt_blowfish */
		{ "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true },
		/* what cannot be hashed is not the password */
		{ endless, SECRET, false },
		{ "secret", "nonsense", false },
		{ "secret", "*0", false },
		{ "secret", "", false },
	};

	(void)state;
	memset(endless, 'a', sizeof(endless) - 1);
	for_each_case(c, cases) {
		bool is_good = !c->want;

		print_message("  %.10s\n", c->password);
		assert_int_equal(bcrypt_judge(c->password, c->hash, &is_good), 0);
		assert_int_equal(is_good, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_whose_hash_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
