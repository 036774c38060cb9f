// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/log/log_tail.h"

/* A capital letter is a line that matches, a small one a notice. */
static int append_all(struct log_tail *tail, const char *lines)
{
	int result = 0;

	for (const char *at = lines; *at; at++)
		result |= log_tail_append(tail, at, 1, isupper((unsigned char)*at));
	return result;
}

/* The last letter first, until it is told to stop. Gives how many it took. */
static size_t prepend_all(struct log_tail *tail, const char *lines)
{
	size_t size = strlen(lines), count = 0;

	while (count < size) {
		const char *at = lines + size - ++count;
		int result = log_tail_prepend(tail, at, 1, isupper((unsigned char)*at));

		assert_in_range(result, 0, 1);
		if (result)
			break;
	}
	return count;
}

static void expect(struct log_tail *tail, const char *want)
{
	char got[64] = "", *line;
	size_t size;

	while (log_tail_take(tail, &line, &size)) {
		assert_int_equal(size, strlen(line));
		strncat(got, line, sizeof(got) - strlen(got) - 1);
		free(line);
	}
	assert_string_equal(got, want);
}

static const struct {
	const char *lines, *want;
	size_t read_backward;
} cases[] = {
	{ "", "", 0 },	       { "A", "A", 1 },		 { "ABC", "ABC", 3 },
	{ "ABCD", "BCD", 3 },  { "aBc", "aBc", 3 },	 { "abc", "abc", 3 },
	{ "AxBC", "AxBC", 4 }, { "AxBCD", "BCD", 3 },	 { "ABxCyDz", "BxCyDz", 6 },
	{ "xABCD", "BCD", 3 }, { "AxyBzCD", "BzCD", 4 },
};

static void keeps_the_newest_that_match_from_either_end(void **state)
{
	(void)state;
	for_each_case(c, cases) {
		cleanup_log_tail struct log_tail *forward = NULL, *backward = NULL;

		print_message("  '%s'\n", c->lines);
		assert_int_equal(log_tail_new(3, &forward), 0);
		assert_int_equal(log_tail_new(3, &backward), 0);
		assert_int_equal(append_all(forward, c->lines), 0);
		assert_int_equal(prepend_all(backward, c->lines), c->read_backward);
		expect(forward, c->want);
		expect(backward, c->want);
		assert_int_equal(log_tail_left_out(forward), 0);
	}
}

static void keeps_the_newest_notices_and_counts_the_others(void **state)
{
	cleanup_log_tail struct log_tail *forward = NULL, *backward = NULL;
	size_t count[2] = { 0 }, size;
	char *line;

	(void)state;
	assert_int_equal(log_tail_new(3, &forward), 0);
	assert_int_equal(log_tail_new(3, &backward), 0);
	assert_int_equal(append_all(forward, "o"), 0);
	for (size_t i = 0; i < LOG_TAIL_NOTICES_MAX; i++) {
		assert_int_equal(append_all(forward, "n"), 0);
		assert_int_equal(prepend_all(backward, "n"), 1);
	}
	assert_int_equal(prepend_all(backward, "Ao"), 2);
	assert_int_equal(log_tail_left_out(forward), 1);
	assert_int_equal(log_tail_left_out(backward), 1);
	while (log_tail_take(forward, &line, &size)) {
		assert_string_equal(line, "n");
		free(line);
		count[0]++;
	}
	while (log_tail_take(backward, &line, &size)) {
		assert_string_equal(line, count[1] ? "n" : "A");
		free(line);
		count[1]++;
	}
	assert_int_equal(count[0], LOG_TAIL_NOTICES_MAX);
	assert_int_equal(count[1], LOG_TAIL_NOTICES_MAX + 1);
}

static void has_a_bound_of_bytes(void **state)
{
	enum { LINE_SIZE = LOG_TAIL_BYTES_MAX / 4 };
	cleanup_free char *line = calloc(1, LINE_SIZE);
	cleanup_log_tail struct log_tail *forward = NULL, *backward = NULL;

	(void)state;
	assert_non_null(line);
	assert_int_equal(log_tail_new(100, &forward), 0);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(log_tail_append(forward, line, LINE_SIZE, true), 0);
	assert_int_equal(log_tail_left_out(forward), 2);
	log_tail_free(take_ptr(forward));
	assert_int_equal(log_tail_new(100, &backward), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(log_tail_prepend(backward, line, LINE_SIZE, true), 0);
	assert_int_equal(log_tail_prepend(backward, line, LINE_SIZE, true), 1);
	assert_int_equal(log_tail_left_out(backward), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_newest_that_match_from_either_end),
		cmocka_unit_test(keeps_the_newest_notices_and_counts_the_others),
		cmocka_unit_test(has_a_bound_of_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
