// SPDX-License-Identifier: Apache-2.0
/* Passwords while nobody can tell whether they are good; bcrypt_judge() is this file's. */
#include "test.h"

#include <errno.h>

#include "sink/web/bcrypt.h"
#include "sink/web/passwords.h"

#define SECOND 1000000000ULL
#define ALICE "Basic YWxpY2U6c2VjcmV0" /* alice:secret */

static int judge_err;

int bcrypt_judge(const char *password, const char *hash, bool *out_is_good)
{
	(void)password;
	(void)hash;
	if (!judge_err)
		*out_is_good = true;
	return judge_err;
}

static void remembers_nothing_that_it_could_not_tell(void **state)
{
	static const struct web_user alice = {
		(char *)"alice",
		(char *)"$2b$04$9izARnyx5t3YnhTwyrUm9eYnb2nCR6Qu5j2VPj6EogSs632F13zui"
	};
	const struct password_asker asker = { .header = ALICE, .peer = peer_local() };
	cleanup_passwords struct passwords *passwords = NULL;

	(void)state;
	assert_int_equal(passwords_new(&passwords), 0);
	assert_int_equal(passwords_set(passwords, &alice, 1), 0);
	judge_err = -ENOMEM;
	assert_int_equal(passwords_judge(passwords, &asker, 100 * SECOND), PASSWORD_LATER);
	assert_int_equal(passwords_judge(passwords, &asker, 100 * SECOND), PASSWORD_LATER);
	assert_int_equal(passwords_computed(passwords), 2);
	judge_err = 0;
	assert_int_equal(passwords_judge(passwords, &asker, 100 * SECOND), PASSWORD_GOOD);
	judge_err = -ENOMEM;
	assert_int_equal(passwords_judge(passwords, &asker, 100 * SECOND), PASSWORD_GOOD);
	assert_int_equal(passwords_computed(passwords), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers_nothing_that_it_could_not_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
