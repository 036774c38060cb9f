// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "sink/log/log_buffer.h"

static struct log_buffer buffer;

static void put(const char *line)
{
	assert_true(log_buffer_put(&buffer, line, strlen(line)));
}

static void gives_up_whole_lines_alone(void **state)
{
	static const struct {
		size_t done; /* of "one\ntwo\nthree\n" */
		size_t lines;
		const char *left;
	} cases[] = {
		{ 0, 0, "one\ntwo\nthree\n" },
		{ 3, 0, "one\ntwo\nthree\n" },
		{ 4, 1, "two\nthree\n" },
		{ 7, 1, "two\nthree\n" },
		{ 8, 2, "three\n" },
		{ 13, 2, "three\n" },
		{ 14, 3, "" },
	};

	(void)state;
	for_each_case(c, cases) {
		buffer.used = 0;
		put("one\n");
		put("two\n");
		put("three\n");
		assert_int_equal(log_buffer_lines(&buffer), 3);
		assert_int_equal(log_buffer_wrote(&buffer, c->done), c->lines);
		assert_int_equal(buffer.used, strlen(c->left));
		assert_memory_equal(buffer.text, c->left, buffer.used);
		assert_int_equal(log_buffer_lines(&buffer), 3 - c->lines);
	}
}

static void takes_what_fits_to_the_last_byte(void **state)
{
	static char line[LOG_BUFFER_SIZE];

	(void)state;
	buffer.used = 0;
	memset(line, 'x', sizeof(line));
	assert_false(log_buffer_put(&buffer, line, sizeof(line) + 1));
	assert_true(log_buffer_put(&buffer, line, sizeof(line) - 1));
	assert_false(log_buffer_put(&buffer, "ab", 2));
	assert_true(log_buffer_put(&buffer, "\n", 1));
	assert_false(log_buffer_put(&buffer, "a", 1));
	assert_int_equal(log_buffer_wrote(&buffer, LOG_BUFFER_SIZE), 1);
	assert_int_equal(buffer.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_up_whole_lines_alone),
		cmocka_unit_test(takes_what_fits_to_the_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
