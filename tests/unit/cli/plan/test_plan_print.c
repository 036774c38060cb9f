// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/plan/plan_print.h"
#include "workdir.h"

static void writes_numbers_that_it_can_tell_apart(void **state)
{
	static const struct {
		double count;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ 65536, "65536" },
		{ 9007199254740991, "9007199254740991" },
		{ 9007199254740992, "2^53" },
		{ 18446744073709551616.0, "2^64" },
		{ 3 * 18446744073709551616.0, "about 5.53e+19" },
		{ 340282366920938463463374607431768211456.0, "2^128" },
	};

	(void)state;
	for_each_case(c, cases) {
		char text[PLAN_COUNT_SIZE];

		assert_string_equal(plan_count(c->count, text), c->want);
	}
}

static void json_has_integers_as_long_as_they_are_exact(void **state)
{
	json_t *small = plan_count_json(9007199254740991), *large = plan_count_json(ldexp(1, 128));

	(void)state;
	assert_true(json_is_integer(small));
	assert_int_equal(json_integer_value(small), 9007199254740991);
	assert_true(json_is_real(large));
	assert_true(json_real_value(large) == ldexp(1, 128));
	json_decref(small);
	json_decref(large);
}

static void has_one_without_an_s(void **state)
{
	(void)state;
	assert_string_equal(plan_plural(0), "s");
	assert_string_equal(plan_plural(1), "");
	assert_string_equal(plan_plural(2), "s");
}

/* What stdout gets, in a file. */
static const char *drawn(struct plan_style style, double used, double taken, double all)
{
	cleanup_close int out = dup(STDOUT_FILENO),
			  file = open("bar", O_RDWR | O_CREAT | O_TRUNC, 0600);
	static char text[128];
	ssize_t size;

	fflush(stdout);
	assert_true(out >= 0 && dup2(file, STDOUT_FILENO) >= 0);
	plan_bar(style, used, taken, all);
	fflush(stdout);
	assert_true(dup2(out, STDOUT_FILENO) >= 0);
	size = pread(file, text, sizeof(text) - 1, 0);
	text[size > 0 ? size : 0] = '\0';
	return text;
}

static void draws_used_and_taken_of_all(void **state)
{
	static const struct {
		double used, taken, all;
		const char *want;
	} cases[] = {
		{ 0, 0, 12, " [............]" },     { 12, 0, 12, " [############]" },
		{ 3, 3, 12, " [###ooo......]" },     { 1, 0, 1000, " [#...........]" },
		{ 999, 0, 1000, " [###########.]" }, { 0, 5, 5, " [oooooooooooo]" },
		{ 9, 9, 12, " [#########ooo]" },     { 0, 0, 0, " [############]" },
	};

	(void)state;
	for_each_case(c, cases)
		assert_string_equal(
			drawn((struct plan_style){ .has_bars = true }, c->used, c->taken, c->all),
			c->want);
}

static void is_plain_without_bars(void **state)
{
	(void)state;
	assert_string_equal(drawn((struct plan_style){ 0 }, 1, 1, 2), "");
}

static void paints_by_how_full_it_is(void **state)
{
	static const struct {
		double taken;
		const char *want;
	} cases[] = {
		{ 79, " [\x1b[32mooooooooo...\x1b[0m]" },
		{ 80, " [\x1b[33mooooooooo...\x1b[0m]" },
		{ 100, " [\x1b[31moooooooooooo\x1b[0m]" },
	};

	(void)state;
	for_each_case(c, cases)
		assert_string_equal(drawn((struct plan_style){ true, true }, 0, c->taken, 100),
				    c->want);
}

/* On a terminal of its own, with these variables. */
static struct plan_style style_on(int fd, const char *term, const char *no_color)
{
	cleanup_close int out = dup(STDOUT_FILENO);
	struct plan_style style;

	setenv("TERM", term, 1);
	setenv("NO_COLOR", no_color, 1);
	fflush(stdout);
	assert_true(out >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
	style = plan_style();
	assert_true(dup2(out, STDOUT_FILENO) >= 0);
	return style;
}

static void looks_at_terminal_and_environment(void **state)
{
	cleanup_close int controller = posix_openpt(O_RDWR | O_NOCTTY);
	cleanup_close int terminal = -1, file = open("file", O_RDWR | O_CREAT, 0600);
	static const struct {
		bool is_terminal;
		const char *term, *no_color;
		struct plan_style want;
	} cases[] = {
		{ true, "xterm", "", { true, true } },
		{ true, "xterm", "1", { true, false } },
		{ true, "dumb", "", { true, false } },
		{ false, "xterm", "", { false, false } },
	};

	(void)state;
	assert_true(controller >= 0 && !grantpt(controller) && !unlockpt(controller));
	terminal = open(ptsname(controller), O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	for_each_case(c, cases) {
		struct plan_style got =
			style_on(c->is_terminal ? terminal : file, c->term, c->no_color);

		assert_int_equal(got.has_bars, c->want.has_bars);
		assert_int_equal(got.has_color, c->want.has_color);
	}
	unsetenv("TERM");
	assert_false(plan_style().has_color);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_numbers_that_it_can_tell_apart),
		cmocka_unit_test(json_has_integers_as_long_as_they_are_exact),
		cmocka_unit_test(has_one_without_an_s),
		workdir_test(draws_used_and_taken_of_all),
		workdir_test(is_plain_without_bars),
		workdir_test(paints_by_how_full_it_is),
		workdir_test(looks_at_terminal_and_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
