// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cli/base/color.h"

static void reads_when(void **state)
{
	static const struct {
		const char *text;
		int err;
		enum color_when want;
	} cases[] = {
		{ "auto", 0, COLOR_AUTO },	 { "always", 0, COLOR_ALWAYS },
		{ "never", 0, COLOR_NEVER },	 { "", -EINVAL, COLOR_NEVER },
		{ "yes", -EINVAL, COLOR_NEVER },
	};

	(void)state;
	for_each_case(c, cases) {
		enum color_when when = COLOR_NEVER;

		assert_int_equal(color_parse(c->text, &when), c->err);
		assert_int_equal(when, c->want);
	}
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void is_for_terminals_that_know_colours_unless_somebody_says_no(void **state)
{
	static const struct {
		enum color_when when;
		bool is_terminal;
		const char *no_color, *term;
		bool want;
	} cases[] = {
		{ COLOR_AUTO, true, NULL, "xterm", true },
		{ COLOR_AUTO, true, "", "xterm", true },
		{ COLOR_AUTO, true, "1", "xterm", false },
		{ COLOR_AUTO, true, "0", "xterm", false },
		{ COLOR_AUTO, true, NULL, "dumb", false },
		{ COLOR_AUTO, true, NULL, NULL, false },
		{ COLOR_AUTO, false, NULL, "xterm", false },
		{ COLOR_ALWAYS, false, "1", NULL, true },
		{ COLOR_NEVER, true, NULL, "xterm", false },
	};
	cleanup_close int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	cleanup_close int other = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	assert_true(terminal >= 0 && other >= 0);
	for_each_case(c, cases) {
		set("NO_COLOR", c->no_color);
		set("TERM", c->term);
		assert_int_equal(color_is_on(c->when, c->is_terminal ? terminal : other), c->want);
	}
}

static void writes_nothing_when_it_is_off(void **state)
{
	(void)state;
	assert_string_equal(color_start(false, TINT_RED), "");
	assert_string_equal(color_end(false), "");
	assert_string_equal(color_start(true, TINT_RED), "\033[31m");
	assert_string_equal(color_end(true), "\033[0m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_when),
		cmocka_unit_test(is_for_terminals_that_know_colours_unless_somebody_says_no),
		cmocka_unit_test(writes_nothing_when_it_is_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
