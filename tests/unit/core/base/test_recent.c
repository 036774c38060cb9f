// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "core/base/recent.h"

static void add(struct recent *recent, const char *line)
{
	recent_add(recent, line, strlen(line));
}

static void expect_last(const struct recent *recent, size_t count, const char *want)
{
	cleanup_free char *text = NULL;
	size_t size;

	assert_int_equal(recent_last(recent, count, &text, &size), 0);
	assert_string_equal(text, want);
	assert_int_equal(size, strlen(want));
}

static void gives_the_newest_lines_oldest_first(void **state)
{
	cleanup_recent struct recent *recent = NULL;

	(void)state;
	assert_int_equal(recent_new(64, &recent), 0);
	expect_last(recent, 5, "");
	add(recent, "one\n");
	add(recent, "two\n");
	add(recent, "three\n");
	expect_last(recent, 0, "");
	expect_last(recent, 1, "three\n");
	expect_last(recent, 2, "two\nthree\n");
	expect_last(recent, 3, "one\ntwo\nthree\n");
	expect_last(recent, 100, "one\ntwo\nthree\n");
	assert_int_equal(recent_used(recent), 14);
}

static void drops_whole_lines_for_newer_ones(void **state)
{
	cleanup_recent struct recent *recent = NULL;

	(void)state;
	assert_int_equal(recent_new(10, &recent), 0);
	add(recent, "abc\n");
	add(recent, "defgh\n");
	expect_last(recent, 9, "abc\ndefgh\n");
	add(recent, "i\n"); /* goes around the end */
	expect_last(recent, 9, "defgh\ni\n");
	add(recent, "jk\n");
	expect_last(recent, 9, "i\njk\n");
	expect_last(recent, 1, "jk\n");
	add(recent, "123456789\n");
	expect_last(recent, 9, "123456789\n");
	assert_int_equal(recent_used(recent), 10);
}

static void keeps_no_line_that_is_longer_than_all(void **state)
{
	cleanup_recent struct recent *recent = NULL, *none = NULL;

	(void)state;
	assert_int_equal(recent_new(4, &recent), 0);
	add(recent, "ab\n");
	add(recent, "abcd\n");
	expect_last(recent, 9, "ab\n");
	assert_int_equal(recent_new(0, &none), 0);
	add(none, "a\n");
	expect_last(none, 9, "");
}

/* Against a memory without bounds. */
static void holds_as_many_lines_as_fit_wherever_they_begin(void **state)
{
	cleanup_recent struct recent *recent = NULL;
	char all[4096] = "", line[32];
	size_t used = 0;

	(void)state;
	assert_int_equal(recent_new(61, &recent), 0);
	for (unsigned int i = 0; i < 200; i++) {
		const char *from;

		snprintf(line, sizeof(line), "%u%.*s\n", i, (int)(i % 7), "xxxxxxx");
		add(recent, line);
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s", line);
		from = used > 61 ? all + used - 61 : all;
		/* From the first whole line on. */
		if (from > all && from[-1] != '\n')
			from = strchr(from, '\n') + 1;
		expect_last(recent, 1000, from);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_newest_lines_oldest_first),
		cmocka_unit_test(drops_whole_lines_for_newer_ones),
		cmocka_unit_test(keeps_no_line_that_is_longer_than_all),
		cmocka_unit_test(holds_as_many_lines_as_fit_wherever_they_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
