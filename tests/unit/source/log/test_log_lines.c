// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "source/log/log_lines.h"

enum { LINE_MAX_ = 5, BLOCK_MAX = 8 };

static void tell(char *told, const char *line, size_t size)
{
	assert_int_equal(line[size], '\0');
	snprintf(told + strlen(told), 256 - strlen(told), "%.*s|", (int)size, line);
}

static void read_forward(const char *text, size_t block, char *told, uint64_t *too_long)
{
	struct log_lines lines;
	size_t size, total = strlen(text);
	char *line;

	assert_int_equal(log_lines_init(&lines, LINE_MAX_, BLOCK_MAX), 0);
	for (size_t at = 0; at < total; at += block) {
		size = total - at < block ? total - at : block;
		memcpy(log_lines_room(&lines), text + at, size);
		log_lines_put(&lines, size);
		while ((line = log_lines_next(&lines, &size)))
			tell(told, line, size);
	}
	if ((line = log_lines_rest(&lines, &size)))
		tell(told, line, size);
	*too_long = lines.too_long;
	log_lines_clear(&lines);
}

static void read_back(const char *text, size_t block, char *told, uint64_t *too_long)
{
	struct log_lines lines;
	size_t size, left = strlen(text);
	char *line;

	assert_int_equal(log_lines_init(&lines, LINE_MAX_, BLOCK_MAX), 0);
	while (left) {
		size = left < block ? left : block;
		left -= size;
		memcpy(log_lines_room_before(&lines) - size, text + left, size);
		log_lines_put_before(&lines, size);
		while ((line = log_lines_previous(&lines, &size)))
			tell(told, line, size);
	}
	if ((line = log_lines_first(&lines, &size)))
		tell(told, line, size);
	*too_long = lines.too_long;
	log_lines_clear(&lines);
}

static void splits_text_however_it_comes(void **state)
{
	static const struct {
		const char *text, *forward, *back;
		uint64_t too_long;
	} cases[] = {
		{ "", "", "", 0 },
		{ "\n", "", "", 0 },
		{ "\n\n\n", "", "", 0 },
		{ "a", "a|", "a|", 0 },
		{ "a\n", "a|", "a|", 0 },
		{ "a\nb", "a|b|", "b|a|", 0 },
		{ "\na\n\nb\n", "a|b|", "b|a|", 0 },
		{ "12345\n12345\n", "12345|12345|", "12345|12345|", 0 },
		{ "a\n123456\nb\n", "a|b|", "b|a|", 1 },
		{ "123456\nb\n", "b|", "b|", 1 },
		{ "a\n123456", "a|", "a|", 1 },
		{ "a\n12345678901234567890\n12345\n", "a|12345|", "12345|a|", 1 },
		{ "12345678901234567890\n12345678901234567890", "", "", 2 },
		{ "123456\n123456\n123456\nb\nc\n123456\n", "b|c|", "c|b|", 4 },
		{ "123456\n\n12\n", "12|", "12|", 1 },
	};

	(void)state;
	for_each_case(c, cases) {
		for (size_t block = 1; block <= BLOCK_MAX; block++) {
			char forward[256] = "", back[256] = "";
			uint64_t too_long;

			print_message("  '%s' in blocks of %zu\n", c->text, block);
			read_forward(c->text, block, forward, &too_long);
			assert_string_equal(forward, c->forward);
			assert_int_equal(too_long, c->too_long);
			read_back(c->text, block, back, &too_long);
			assert_string_equal(back, c->back);
			assert_int_equal(too_long, c->too_long);
		}
	}
}

static void forgets_the_text_when_told_to(void **state)
{
	struct log_lines lines;
	size_t size;

	(void)state;
	assert_int_equal(log_lines_init(&lines, LINE_MAX_, BLOCK_MAX), 0);
	memcpy(log_lines_room(&lines), "1234567", 7);
	log_lines_put(&lines, 7);
	assert_null(log_lines_next(&lines, &size));
	assert_int_equal(log_lines_left(&lines), 7);
	(void)log_lines_room(&lines); /* amid a long line now */
	assert_int_equal(log_lines_left(&lines), 0);
	log_lines_reset(&lines);
	memcpy(log_lines_room(&lines), "ab\n", 3);
	log_lines_put(&lines, 3);
	assert_string_equal(log_lines_next(&lines, &size), "ab");
	assert_null(log_lines_rest(&lines, &size));
	assert_int_equal(lines.too_long, 1);
	log_lines_clear(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_text_however_it_comes),
		cmocka_unit_test(forgets_the_text_when_told_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
