// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/plan/plan_args.h"
#include "workdir.h"

static void reads_numbers_in_bounds(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		int want; /* -1: refused */
	} cases[] = {
		{ "0", 9, 0 },	   { "9", 9, 9 },
		{ "10", 9, -1 },   { "007", 9, 7 },
		{ "", 9, -1 },	   { "-1", 9, -1 },
		{ "+1", 9, -1 },   { " 1", 9, -1 },
		{ "1 ", 9, -1 },   { "1e1", 99, -1 },
		{ "0x1", 99, -1 }, { "4", 3, -1 },
		{ "\xb1", 9, -1 }, { "18446744073709551616", UINT64_MAX, -1 },
	};

	(void)state;
	for_each_case(c, cases) {
		uint64_t got = 77;

		print_message("  '%s'\n", c->text);
		assert_int_equal(plan_read_number("--n", c->text, c->max, &got),
				 c->want < 0 ? -EINVAL : 0);
		assert_int_equal(got, c->want < 0 ? 77 : c->want);
	}
	assert_non_null(strstr(logged(), "podip: --n: '10' is not a number from 0 to 9\n"));
}

static void reads_counts_from_1(void **state)
{
	unsigned int got = 77;

	(void)state;
	assert_int_equal(plan_read_count("--n", "0", 9, &got), -EINVAL);
	assert_int_equal(plan_read_count("--n", "10", 9, &got), -EINVAL);
	assert_int_equal(got, 77);
	assert_int_equal(plan_read_count("--n", "9", 9, &got), 0);
	assert_int_equal(got, 9);
	assert_string_equal(last_line(), "podip: --n: '10' is not a number from 1 to 9\n");
}

static void reads_the_form_of_output(void **state)
{
	bool is_json = false;

	(void)state;
	assert_int_equal(output_format("json", &is_json), 0);
	assert_true(is_json);
	assert_int_equal(output_format("yaml", &is_json), -EINVAL);
	assert_true(is_json);
	assert_int_equal(output_format("table", &is_json), 0);
	assert_false(is_json);
}

static void reads_items(void **state)
{
	static const struct {
		const char *text, *name, *cidr;
		uint64_t used;
	} cases[] = {
		{ "10.0.0.0/26", "", "10.0.0.0/26", 0 },
		{ "a=10.0.0.0/26", "a", "10.0.0.0/26", 0 },
		{ "a.B_9-z=10.0.0.0/26,used=30", "a.B_9-z", "10.0.0.0/26", 30 },
		{ "10.0.0.0/26,used=0", "", "10.0.0.0/26", 0 },
		{ "10.0.0.0/26,used=1,used=2", "", "10.0.0.0/26", 2 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct plan_item item;
		char cidr[PREFIX_TEXT_SIZE];

		print_message("  '%s'\n", c->text);
		assert_int_equal(plan_read_item("--range", c->text, &item), 0);
		prefix_format(&item.cidr, cidr);
		assert_string_equal(item.name, c->name);
		assert_string_equal(cidr, c->cidr);
		assert_int_equal(item.used, c->used);
	}
	assert_int_equal(log_lines(), 0);
}

static void says_what_is_wrong_with_an_item(void **state)
{
	static const char name_of_64[] =
		"0123456789012345678901234567890123456789012345678901234567890123=10.0.0.0/26";
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "'' is not a CIDR such as 10.0.0.0/26" },
		{ "a=", "'' is not a CIDR such as 10.0.0.0/26" },
		{ "10.0.0.0", "'10.0.0.0' is not a CIDR such as 10.0.0.0/26" },
		{ "10.0.0.9/26", "'10.0.0.9/26' has host bits set; is '10.0.0.0/26' meant?" },
		{ "fd00::/64", "'fd00::/64' is not IPv4" },
		{ "=10.0.0.0/26", "'' is not a name of letters" },
		{ "a b=10.0.0.0/26", "'a b' is not a name of letters" },
		{ name_of_64, "' is not a name of letters" },
		{ "10.0.0.0/26,", NULL },
		{ "10.0.0.0/26,used", "'used' is not KEY=VALUE" },
		{ "10.0.0.0/26,used=", "'used=' is not KEY=VALUE" },
		{ "10.0.0.0/26,=3", "'=3' is not KEY=VALUE" },
		{ "10.0.0.0/26,,used=3", "'' is not KEY=VALUE" },
		{ "10.0.0.0/26,size=3", "'size' is not a key, expected used" },
		{ "10.0.0.0/26,used=x", "'x' is not a number from 0 to 4294967295" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct plan_item item = { .used = 7 };

		print_message("  '%s'\n", c->text);
		assert_int_equal(plan_read_item("--range", c->text, &item), c->want ? -EINVAL : 0);
		if (!c->want)
			continue;
		assert_int_equal(item.used, 7);
		assert_non_null(strstr(last_line(), "podip: --range: "));
		assert_non_null(strstr(last_line(), c->want));
	}
	assert_int_equal(log_lines(), case_count(cases) - 1);
}

static void takes_pairs_off_a_list(void **state)
{
	const char *at = "a=1,b=2=3,";
	struct plan_pair pair;

	(void)state;
	assert_int_equal(plan_next_pair("--pool", &at, &pair), 0);
	assert_string_equal(pair.key, "a");
	assert_string_equal(pair.value, "1");
	assert_int_equal(plan_next_pair("--pool", &at, &pair), 0);
	assert_string_equal(pair.key, "b");
	assert_string_equal(pair.value, "2=3");
	assert_int_equal(plan_next_pair("--pool", &at, &pair), 1);
	assert_int_equal(log_lines(), 0);
}

static void refuses_keys_and_values_that_do_not_fit(void **state)
{
	char text[2 * RANGE_NAME_SIZE + 2] = "";
	const char *at = text;
	struct plan_pair pair;

	(void)state;
	memset(text, 'a', RANGE_NAME_SIZE);
	memcpy(text + RANGE_NAME_SIZE, "=1", 3);
	assert_int_equal(plan_next_pair("--pool", &at, &pair), -EINVAL);
	at = text + 1;
	assert_int_equal(plan_next_pair("--pool", &at, &pair), 0);
	memset(text, 'a', sizeof(text) - 1);
	text[1] = '=';
	text[2 + RANGE_NAME_SIZE] = '\0';
	at = text;
	assert_int_equal(plan_next_pair("--pool", &at, &pair), -EINVAL);
	text[1 + RANGE_NAME_SIZE] = '\0';
	assert_int_equal(plan_next_pair("--pool", &at, &pair), 0);
	assert_int_equal(strlen(pair.value), RANGE_NAME_SIZE - 1);
}

static void reads_a_configuration_or_says_what_is_wrong_with_it(void **state)
{
	cleanup_config struct config config = { 0 };

	(void)state;
	assert_int_equal(plan_read_config(NULL, &config), 0);
	assert_int_equal(config.range_count, 0);
	assert_int_equal(plan_read_config("none.yaml", &config), -EINVAL);
	assert_non_null(strstr(last_line(), "podip: none.yaml"));
	put("bad.yaml", "ranges:\n  - name: a\n    cidr: 10.0.0.1/26\n");
	assert_int_equal(plan_read_config("bad.yaml", &config), -EINVAL);
	assert_non_null(strstr(last_line(), "podip: bad.yaml:3: "));
	put("good.yaml", "ranges:\n  - name: a\n    cidr: 10.0.0.0/26\n");
	assert_int_equal(plan_read_config("good.yaml", &config), 0);
	assert_int_equal(config.range_count, 1);
	assert_int_equal(log_lines(), 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		workdir_test(reads_numbers_in_bounds),
		workdir_test(reads_counts_from_1),
		workdir_test(reads_the_form_of_output),
		workdir_test(reads_items),
		workdir_test(says_what_is_wrong_with_an_item),
		workdir_test(takes_pairs_off_a_list),
		workdir_test(refuses_keys_and_values_that_do_not_fit),
		workdir_test(reads_a_configuration_or_says_what_is_wrong_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
