// SPDX-License-Identifier: Apache-2.0
/* Needs no privilege, only a kernel that shows its BTF. */
#include "test.h"

#include "source/kernel/symbols.h"

static void finds_functions_and_typedefs_of_the_running_kernel(void **state)
{
	struct symbol symbols[] = {
		{ "register_netdevice", 0 },
		{ "size_t", 0 },
		{ "no_such_name_in_any_kernel", 0 },
		{ "net_device", 0 }, /* a struct: only what can be hooked is found */
		{ "register_netdevice", 0 },
		{ "register_netdevic", 0 },
	};

	(void)state;
	if (symbols_find_btf(symbols, case_count(symbols)))
		skip();
	assert_int_not_equal(symbols[0].btf_id, 0);
	assert_int_not_equal(symbols[1].btf_id, 0);
	assert_int_not_equal(symbols[1].btf_id, symbols[0].btf_id);
	assert_int_equal(symbols[2].btf_id, 0);
	assert_int_equal(symbols[3].btf_id, 0);
	assert_int_equal(symbols[4].btf_id, symbols[0].btf_id);
	assert_int_equal(symbols[5].btf_id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_functions_and_typedefs_of_the_running_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
