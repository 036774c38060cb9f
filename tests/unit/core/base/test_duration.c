// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "core/base/duration.h"

#define MS 1000000ULL
#define S (1000 * MS)
#define M (60 * S)
#define H (60 * M)

static void reads_terms_of_a_number_and_a_unit(void **state)
{
	static const struct {
		const char *text;
		uint64_t want;
	} cases[] = {
		{ "0s", 0 },
		{ "1ns", 1 },
		{ "1.5us", 1500 },
		{ "2\u00b5s", 2000 },
		{ "250ms", 250 * MS },
		{ "1m30s", 90 * S },
		{ "1.5h", 90 * M },
		{ "24h", 24 * H },
		{ "1s1s", 2 * S },
		{ "0.5ns", 1 },
		{ "87600h", 87600 * H },
		{ "1d", 24 * H },
		{ "1d12h", 36 * H },
		{ "3650d", 87600 * H },
	};

	(void)state;
	for_each_case(c, cases) {
		uint64_t ns = 7;

		print_message("  '%s'\n", c->text);
		assert_int_equal(duration_parse(c->text, &ns), 0);
		assert_int_equal(ns, c->want);
	}
}

static void refuses_anything_else(void **state)
{
	static const char *const cases[] = { "",    " ",     "5",    "s",      "-5s",	 "+5s",
					     "5 s", "5s ",   "5y",   "1.5.5s", "1e3s",	 "0x5s",
					     ".5s", "nan s", "infs", "5S",     "87601h", "3651d",
					     "1m5", "5ms5",  "1,5s", "5sm" };

	(void)state;
	for_each_case(c, cases) {
		uint64_t ns = 7;

		print_message("  '%s'\n", *c);
		assert_int_equal(duration_parse(*c, &ns), -EINVAL);
		assert_int_equal(ns, 7);
	}
}

static void writes_the_two_largest_units(void **state)
{
	static const struct {
		uint64_t ns;
		const char *want;
	} cases[] = {
		{ 0, "0s" },
		{ MS - 1, "0s" },
		{ MS, "1ms" },
		{ S - 1, "999ms" },
		{ S, "1s" },
		{ 59 * S + 999 * MS, "59s" },
		{ M, "1m" },
		{ M + S, "1m1s" },
		{ H - 1, "59m59s" },
		{ H, "1h" },
		{ H + 59 * S, "1h" },
		{ 3 * H + 20 * M + 59 * S, "3h20m" },
		{ 48 * H - 1, "47h59m" },
		{ 48 * H, "2d" },
		{ 51 * H + 59 * M, "2d3h" },
		{ UINT64_MAX, "213503d23h" },
	};

	(void)state;
	for_each_case(c, cases) {
		char text[DURATION_TEXT_SIZE];

		duration_format(c->ns, text);
		assert_string_equal(text, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_terms_of_a_number_and_a_unit),
		cmocka_unit_test(refuses_anything_else),
		cmocka_unit_test(writes_the_two_largest_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
