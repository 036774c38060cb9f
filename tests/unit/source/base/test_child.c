// SPDX-License-Identifier: Apache-2.0
/* The child is this program: main() is told which by its arguments. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/base/child.h"

static const struct child_limits limits = { .size_max = 4096, .timeout_ns = 20000000000 };

static int play(const char *role)
{
	char byte;

	if (!strcmp(role, "print"))
		fputs("said\n", stdout);
	else if (!strcmp(role, "flood"))
		for (int i = 0; i < 5000; i++)
			putchar('x');
	else if (!strcmp(role, "hang"))
		pause();
	else if (!strcmp(role, "read") && read(STDIN_FILENO, &byte, 1) == 0)
		fputs("nothing", stdout);
	return 7;
}

static void gives_what_it_prints_and_how_it_ended(void **state)
{
	static const struct {
		char *role;
		const char *want;
	} cases[] = { { "print", "said\n" }, { "quiet", "" }, { "read", "nothing" } };

	(void)state;
	for_each_case(c, cases) {
		char *const argv[] = { "child", c->role, NULL };
		char *out = NULL;
		size_t size;
		int status;

		assert_int_equal(child_run(argv, &limits, &out, &size, &status), 0);
		assert_string_equal(out, c->want);
		assert_int_equal(size, strlen(c->want));
		assert_int_equal(WEXITSTATUS(status), 7);
		free(out);
	}
}

static void ends_one_that_says_too_much_or_nothing(void **state)
{
	static const struct {
		char *role;
		uint64_t timeout_ns;
		int want;
	} cases[] = { { "flood", 20000000000, -EFBIG }, { "hang", 1000000, -ETIME } };

	(void)state;
	for_each_case(c, cases) {
		const struct child_limits few = { 4096, c->timeout_ns };
		char *const argv[] = { "child", c->role, NULL };
		char *out = NULL;
		size_t size = 5;
		int status = 6;

		assert_int_equal(child_run(argv, &few, &out, &size, &status), c->want);
		assert_null(out);
		assert_int_equal(size, 5);
		assert_int_equal(status, 6);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_what_it_prints_and_how_it_ended),
		cmocka_unit_test(ends_one_that_says_too_much_or_nothing),
	};

	return argc > 1 ? play(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
