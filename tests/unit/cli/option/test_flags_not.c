// SPDX-License-Identifier: Apache-2.0
/* The switch that negates the flag behind it. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "cli/option/command.h"

struct fields {
	char got[128]; /* values in the order in which they are judged: "a=1 !a=2 " */
	bool is_on;
};

static int put(const char *sign, const char *text, void *field)
{
	struct fields *fields = field;
	size_t used = strlen(fields->got);

	if (!strcmp(text, "bad"))
		return -EINVAL;
	snprintf(fields->got + used, sizeof(fields->got) - used, "%s%s ", sign, text);
	return 0;
}

static int put_value(const char *text, void *field)
{
	return put("", text, field);
}

static int put_negated(const char *text, void *field)
{
	return put("!", text, field);
}

static const struct option_row rows[] = {
	{ .flag = "apple",
	  .letter = 'a',
	  .has_env = true,
	  .arg = "A",
	  .expected = "an apple",
	  .parse = put_value,
	  .parse_not = put_negated,
	  .list_max = 3 },
	{ .flag = "not", .is_not = true },
	{ .flag = "pear",
	  .arg = "B",
	  .fallback = "p0",
	  .expected = "a pear",
	  .parse = put_value,
	  .parse_not = put_negated },
	{ .flag = "on",
	  .expected = "on or off",
	  .parse = option_switch,
	  .offset = offsetof(struct fields, is_on) },
};

static const struct command command = {
	.name = "test", .examples = "", .rows = rows, .row_count = array_size(rows)
};

struct flags_case {
	const char *argv[10];
	const char *want; /* NULL: refused */
};

static int read_case(const struct flags_case *c, struct fields *out)
{
	char *argv[10];
	int argc = 0;

	while (c->argv[argc]) {
		argv[argc] = (char *)c->argv[argc];
		print_message(" %s", argv[argc++]);
	}
	argv[argc] = NULL;
	print_message("\n");
	return command_read(&command, argc, argv, out, NULL);
}

static void negates_the_flag_behind_it_and_no_other(void **state)
{
	static const struct flags_case cases[] = {
		{ { "test" }, "p0 " },
		{ { "test", "-a", "1", "--pear", "2" }, "1 2 " },
		{ { "test", "--not", "-a", "1" }, "!1 p0 " },
		{ { "test", "--not", "-a1", "-a", "2" }, "!1 2 p0 " },
		{ { "test", "-a", "1", "--not", "--apple=2", "-a3" }, "1 !2 3 p0 " },
		{ { "test", "--not", "-a1", "--not", "-a2" }, "!1 !2 p0 " },
		{ { "test", "--not", "--pear", "2" }, "!2 " },
		{ { "test", "--not", "--pear", "2", "--pear", "3" }, "3 " },
		{ { "test", "--pear", "2", "--not", "--pear", "3" }, "!3 " },
	};

	(void)state;
	for_each_case(c, cases) {
		struct fields fields = { 0 };

		assert_int_equal(read_case(c, &fields), COMMAND_RUN);
		assert_string_equal(fields.got, c->want);
	}
}

static void refuses_one_that_has_nothing_to_negate(void **state)
{
	static const struct flags_case cases[] = {
		{ { "test", "--not" }, NULL },
		{ { "test", "-a", "1", "--not" }, NULL },
		{ { "test", "--not", "--not", "-a", "1" }, NULL },
		{ { "test", "--not", "--on" }, NULL },
		{ { "test", "--not", "-a" }, NULL },
		{ { "test", "--not", "-a", "bad" }, NULL },
		{ { "test", "-a1", "-a2", "-a3", "--not", "-a4" }, NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct fields fields = { 0 };

		assert_int_equal(read_case(c, &fields), -EINVAL);
		assert_false(fields.is_on);
	}
}

static void takes_what_the_environment_says_as_it_is(void **state)
{
	static const struct flags_case plain = { { "test" }, NULL };
	struct fields fields = { 0 };

	(void)state;
	setenv("PODIP_APPLE", "e", 1);
	assert_int_equal(read_case(&plain, &fields), COMMAND_RUN);
	unsetenv("PODIP_APPLE");
	assert_string_equal(fields.got, "e p0 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(negates_the_flag_behind_it_and_no_other),
		cmocka_unit_test(refuses_one_that_has_nothing_to_negate),
		cmocka_unit_test(takes_what_the_environment_says_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
