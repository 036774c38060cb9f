// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "net/head.h"

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void keeps_the_etag(void **state)
{
	static const struct {
		const char *lines[5];
		const char *want;
	} cases[] = {
		{ { "HTTP/1.1 200 OK\r\n", "ETag: \"a-1\"\r\n", "\r\n" }, "\"a-1\"" },
		{ { "HTTP/1.1 200 OK\r\n", "etag:W/\"1\"  \t\r\n", "\r\n" }, "W/\"1\"" },
		{ { "ETAG: 98765432a\n" }, "98765432a" },
		{ { "ETag: " SIXTY "012\r\n" }, SIXTY "012" },
		{ { "ETag: " SIXTY "0123\r\n" }, "" }, /* longer than fits */
		{ { "ETag: 1\r\n", "ETag: " SIXTY TEN "\r\n" }, "" },
		{ { "ETag: 1\r\n", "ETag:2\r\n" }, "2" },
		{ { "ETag:\r\n" }, "" },
		{ { "ETag: \r\n" }, "" },
		{ { "ETag: a b\r\n" }, "" },
		{ { "ETag: a\rb\r\n" }, "" },
		{ { "ETag: a\x7f\r\n" }, "" },
		{ { "ETag: b\xc3\xbc\r\n" }, "" },
		{ { "X-ETag: 1\r\n", "ETagX: 2\r\n", "ETag\r\n" }, "" },
		/* of the last answer */
		{ { "HTTP/1.1 100 Continue\r\n", "ETag: 1\r\n", "\r\n", "HTTP/1.1 200 OK\r\n" },
		  "" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct head head = { 0 };

		for (size_t i = 0; i < 5 && c->lines[i]; i++)
			assert_int_equal(head_add(&head, c->lines[i], strlen(c->lines[i])), 0);
		assert_string_equal(head.etag, c->want);
	}
}

/* As libcurl gives it. */
static void needs_no_end_behind_the_line(void **state)
{
	static const char line[] = "ETag: 12";
	struct head head = { 0 };

	(void)state;
	for (size_t size = 0; size < sizeof(line); size++) {
		assert_int_equal(head_add(&head, line, size), 0);
		assert_string_equal(head.etag, size == 8 ? "12" : size == 7 ? "1" : "");
	}
}

static void is_whole_with_the_empty_line(void **state)
{
	static const struct {
		const char *line;
		bool is_whole;
	} steps[] = {
		{ "HTTP/1.1 100 Continue\r\n", false },
		{ "\r\n", true },
		{ "HTTP/1.1 200 OK\r\n", false },
		{ "X: y\r\n", false },
		{ "\n", true },
		{ "X-Trailer: a\r\n", true },
	};
	struct head head = { 0 };

	(void)state;
	for_each_case(step, steps) {
		assert_int_equal(head_add(&head, step->line, strlen(step->line)), 0);
		assert_int_equal(head.is_whole, step->is_whole);
	}
}

static void takes_so_many_bytes_of_all_answers(void **state)
{
	static const char line[1024] = "HTTP/1.1 100 Continue";
	struct head head = { 0 };

	(void)state;
	for (int i = 0; i < 64; i++)
		assert_int_equal(head_add(&head, line, sizeof(line)), 0);
	assert_int_equal(head_add(&head, "\n", 1), -EFBIG);
	assert_false(head.is_whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_etag),
		cmocka_unit_test(needs_no_end_behind_the_line),
		cmocka_unit_test(is_whole_with_the_empty_line),
		cmocka_unit_test(takes_so_many_bytes_of_all_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
