// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "core/base/byte_size.h"

static void reads_sizes_as_people_write_them(void **state)
{
	static const struct {
		const char *text;
		uint64_t want;
	} cases[] = {
		{ "0", 0 },
		{ "300000", 300000 },
		{ "1K", 1024 },
		{ "64M", 64 << 20 },
		{ "64Mi", 64 << 20 },
		{ "64MiB", 64 << 20 },
		{ "1G", 1 << 30 },
		{ "8388607T", 8388607ULL << 40 },
		{ "9223372036854775807", INT64_MAX },
	};

	(void)state;
	for_each_case(c, cases) {
		uint64_t got = 7;

		print_message("  '%s'\n", c->text);
		assert_int_equal(byte_size_parse(c->text, &got), 0);
		assert_true(got == c->want);
	}
}

static void refuses_anything_else(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"M",
		"-1",
		"+1",
		"1.5M",
		"64m",
		"64MB",
		"64 M",
		"64M ",
		" 64M",
		"64MM",
		"64Mib",
		"0x10",
		"1e3",
		"1i",
		"1iB",
		"8388608T",
		"9223372036854775808",
		"99999999999999999999",
	};

	(void)state;
	for_each_case(text, cases) {
		uint64_t got = 7;

		print_message("  '%s'\n", *text);
		assert_int_equal(byte_size_parse(*text, &got), -EINVAL);
		assert_int_equal(got, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_sizes_as_people_write_them),
		cmocka_unit_test(refuses_anything_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
