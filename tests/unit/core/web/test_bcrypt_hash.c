// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "core/web/bcrypt_hash.h"

#define SALT "X0h1gDsPszWURQaxFh.zou"
#define TEXT SALT "bFi6DXncSjhoQNJgRrnGs7EsimhC7zG"

static void reads_the_cost_of_a_hash(void **state)
{
	static const struct {
		const char *hash;
		int err;
		unsigned int cost;
	} cases[] = {
		{ "$2y$10$" TEXT, 0, 10 },
		{ "$2a$04$" TEXT, 0, 4 },
		{ "$2b$31$" TEXT, 0, 31 },
		{ "$2y$03$" TEXT, -EINVAL, 0 },
		{ "$2y$32$" TEXT, -EINVAL, 0 },
		{ "$2x$10$" TEXT, -EINVAL, 0 },
		{ "$2$10$" TEXT, -EINVAL, 0 },
		{ "$1y$10$" TEXT, -EINVAL, 0 },
		{ "$2y$1a$" TEXT, -EINVAL, 0 },
		{ "$2y$ 9$" TEXT, -EINVAL, 0 },
		{ "$2y$10.$" TEXT, -EINVAL, 0 },
		{ "$2y$10$" SALT, -EINVAL, 0 },
		{ "$2y$10$" TEXT "x", -EINVAL, 0 },
		{ "$2y$10$" SALT "bFi6DXncSjhoQNJgRrnGs7EsimhC7z:", -EINVAL, 0 },
		{ "$6$rounds=5000$abc$defdefdefdefdefdefdefdefdefdefdefdefdefdefd", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "secret", -EINVAL, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		unsigned int cost = 0;

		print_message("  %s\n", c->hash);
		assert_int_equal(bcrypt_hash_cost(c->hash, &cost), c->err);
		assert_int_equal(cost, c->cost);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_cost_of_a_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
