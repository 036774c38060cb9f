// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/log/log_line.h"
#include "core/record/record.h"

#define TS "2024-02-29T12:34:56.000000000Z"

/* An exact copy, so that a sanitizer sees a look past its end. */
static int parse(const char *text, size_t size, struct log_line *out)
{
	cleanup_free char *copy = malloc(size + 1);

	assert_non_null(copy);
	memcpy(copy, text, size);
	copy = realloc(copy, size ? size : 1);
	assert_non_null(copy);
	return log_line_parse(copy, size, out);
}

static void reads_what_a_record_begins_with(void **state)
{
	struct record record = record_init(RECORD_AGENT_STOPPED);
	char text[512];
	struct log_line line;
	int64_t wall_ns;
	size_t size;

	(void)state;
	record.seq = 18446744073709551;
	record.wall_ns = 1709210096123456789;
	assert_int_equal(record_format(&record, text, sizeof(text), &size), 0);
	assert_int_equal(log_line_parse(text, size, &line), 0);
	assert_true(line.seq == record.seq);
	assert_int_equal(log_line_time(&line, &wall_ns), 0);
	assert_true(wall_ns == record.wall_ns);
}

static void refuses_what_is_no_record(void **state)
{
	static const char *const cases[] = {
		"",
		"\n",
		"hello",
		"{\"v\":2,\"seq\":1,\"ts\":\"" TS "\"}",
		"{\"v\":1,\"seq\":,\"ts\":\"" TS "\"}",
		"{\"v\":1,\"seq\":-1,\"ts\":\"" TS "\"}",
		"{\"v\":1,\"seq\":18446744073709551616,\"ts\":\"" TS "\"}",
		"{\"v\":1,\"seq\":1,\"ts\":\"2024\"}",
		"{\"v\":1, \"seq\":1,\"ts\":\"" TS "\"}",
	};

	(void)state;
	for_each_case(text, cases) {
		struct log_line line = { .seq = 7 };

		print_message("  '%s'\n", *text);
		assert_int_equal(parse(*text, strlen(*text), &line), -EINVAL);
		assert_int_equal(line.seq, 7);
	}
}

static void reads_nothing_past_the_end(void **state)
{
	static const char text[] = "{\"v\":1,\"seq\":12,\"ts\":\"" TS "\"";
	struct log_line line;

	(void)state;
	for (size_t size = 0; size < sizeof(text) - 1; size++)
		assert_int_equal(parse(text, size, &line), -EINVAL);
	assert_int_equal(parse(text, sizeof(text) - 1, &line), 0);
}

static void says_that_a_time_is_none(void **state)
{
	static const char text[] = "{\"v\":1,\"seq\":12,\"ts\":\"2024-02-30T12:34:56.000000000Z\"";
	int64_t wall_ns = 7;
	struct log_line line;

	(void)state;
	assert_int_equal(log_line_parse(text, sizeof(text) - 1, &line), 0);
	assert_int_equal(log_line_time(&line, &wall_ns), -EINVAL);
	assert_int_equal(wall_ns, 7);
}

static void knows_the_begin_of_a_record(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "", false },	       { "{", true },
		{ "{\"v\":1", true },  { "{\"v\":1,\"seq\":5,\"t", true },
		{ "{\"v\":2", false }, { "{\"x", false },
		{ "hello", false },
	};

	(void)state;
	for_each_case(c, cases)
		assert_int_equal(log_line_is_begun(c->text, strlen(c->text)), c->want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_a_record_begins_with),
		cmocka_unit_test(refuses_what_is_no_record),
		cmocka_unit_test(reads_nothing_past_the_end),
		cmocka_unit_test(says_that_a_time_is_none),
		cmocka_unit_test(knows_the_begin_of_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
