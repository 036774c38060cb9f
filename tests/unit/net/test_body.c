// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "net/body.h"

enum { PIECES = 4 };

static char lines[256];

static int keep_line(char *line, size_t size, void *ctx)
{
	const char *stop = ctx;
	size_t used = strlen(lines);

	snprintf(lines + used, sizeof(lines) - used, "%zu %s|", size, line);
	return stop && !strcmp(line, stop) ? -EPERM : 0;
}

static void keeps_all_within_the_bound(void **state)
{
	static const struct {
		size_t max_bytes;
		const char *pieces[PIECES];
		int err;
		const char *want;
	} cases[] = {
		{ 0, { NULL }, 0, "" },
		{ 0, { "" }, 0, "" },
		{ 0, { "a" }, -EFBIG, "" },
		{ 4, { "ab", "", "cd" }, 0, "abcd" },
		{ 4, { "abcde" }, -EFBIG, "" },
		{ 4, { "ab", "cde" }, -EFBIG, "ab" },
		{ 4, { "abcd", "e" }, -EFBIG, "abcd" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct body body = { .max_bytes = c->max_bytes };
		int err = 0;

		for (size_t i = 0; !err && i < PIECES && c->pieces[i]; i++)
			err = body_add(&body, BODY_KEPT, c->pieces[i], strlen(c->pieces[i]));
		assert_int_equal(err, c->err);
		assert_int_equal(body.is_full, err == -EFBIG);
		assert_int_equal(body_end(&body, BODY_KEPT), 0);
		assert_string_equal(body_text(&body), c->want);
		assert_int_equal(body.size, strlen(c->want));
		body_clear(&body);
		assert_string_equal(body_text(&body), "");
	}
}

static void keeps_bytes_that_are_no_text(void **state)
{
	struct body body = { .max_bytes = 16 };

	(void)state;
	assert_int_equal(body_add(&body, BODY_KEPT, "a\0\xff\n", 4), 0);
	assert_int_equal(body.size, 4);
	assert_memory_equal(body_text(&body), "a\0\xff\n", 5);
	body_clear(&body);
}

static void grows_to_the_bound_and_no_further(void **state)
{
	static const char piece[1000];
	const size_t max_bytes = 100 * sizeof(piece);
	struct body body = { .max_bytes = max_bytes };
	size_t last = 0, grown = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(body_add(&body, BODY_KEPT, piece, sizeof(piece)), 0);
		assert_true(body.capacity > body.size && body.capacity <= max_bytes + 1);
		grown += body.capacity != last;
		last = body.capacity;
	}
	assert_int_equal(body.capacity, max_bytes + 1);
	assert_true(grown <= 6);
	assert_int_equal(body_add(&body, BODY_KEPT, piece, 1), -EFBIG);
	body_clear(&body);
}

static void gives_lines_of_bounded_size(void **state)
{
	static const struct {
		const char *pieces[PIECES];
		int err;
		const char *stop, *want;
	} cases[] = {
		{ { NULL }, 0, NULL, "" },
		{ { "" }, 0, NULL, "" },
		{ { "\n" }, 0, NULL, "0 |" },
		{ { "a\nb\r\n\nc" }, 0, NULL, "1 a|2 b\r|0 |1 c|" },
		{ { "a", "b", "\n", "c" }, 0, NULL, "2 ab|1 c|" },
		{ { "abcd\nabcd\n" }, 0, NULL, "4 abcd|4 abcd|" },
		{ { "abcd\nabcde\nf" }, -EFBIG, NULL, "4 abcd|" },
		{ { "ab", "cd", "e" }, -EFBIG, NULL, "" },
		{ { "a\nb\nc\n" }, -EPERM, "b", "1 a|1 b|" },
		{ { "a\nb" }, -EPERM, "b", "1 a|1 b|" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct body body = { .max_bytes = 4, .on_line = keep_line, .ctx = (void *)c->stop };
		int err = 0;

		lines[0] = '\0';
		for (size_t i = 0; !err && i < PIECES && c->pieces[i]; i++)
			err = body_add(&body, BODY_LINES, c->pieces[i], strlen(c->pieces[i]));
		err = err ? err : body_end(&body, BODY_LINES);
		assert_int_equal(err, c->err);
		assert_int_equal(body.is_full, err == -EFBIG);
		assert_string_equal(lines, c->want);
		body_clear(&body);
	}
}

static void counts_what_it_drops(void **state)
{
	struct body body = { .max_bytes = 4 };

	(void)state;
	assert_int_equal(body_add(&body, BODY_DROPPED, "abc", 3), 0);
	assert_int_equal(body_add(&body, BODY_DROPPED, "d", 1), 0);
	assert_int_equal(body_add(&body, BODY_DROPPED, "e", 1), -EFBIG);
	assert_true(body.is_full);
	assert_int_equal(body_end(&body, BODY_DROPPED), 0);
	assert_int_equal(body.capacity, 0);
	body_clear(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_all_within_the_bound),
		cmocka_unit_test(keeps_bytes_that_are_no_text),
		cmocka_unit_test(grows_to_the_bound_and_no_further),
		cmocka_unit_test(gives_lines_of_bounded_size),
		cmocka_unit_test(counts_what_it_drops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
