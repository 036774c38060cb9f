// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/json_scan.h"

enum { TEXT_MAX = 256, WORD = 8 };

/* A text in memory of just its size: a byte read or written behind it is found. */
struct text {
	char *begin;
	const char *end;
	const char *original;
	size_t size;
};

static struct text text_of(const char *bytes, size_t size)
{
	char *begin = malloc(size ? size : 1);

	assert_non_null(begin);
	memcpy(begin, bytes, size);
	return (struct text){ begin, begin + size, bytes, size };
}

static void text_free(struct text *text)
{
	free(text->begin);
}
#define cleanup_text cleanup(text_free)

static void expect_rest_as_it_was(const struct text *text, const char *at)
{
	size_t size = (size_t)(at - text->begin);

	assert_memory_equal(at, text->original + size, text->size - size);
}

/* ---- strings ---- */

/* NULL: it is refused. */
static void check_string(const char *bytes, size_t size, const char *want, size_t want_end)
{
	cleanup_text struct text text = text_of(bytes, size);
	char *got = NULL, *at = json_scan_string(text.begin, text.end, &got);

	if (!want) {
		assert_null(at);
		return;
	}
	assert_non_null(at);
	assert_string_equal(got, want);
	assert_int_equal(at - text.begin, want_end);
	expect_rest_as_it_was(&text, at);
}

/* Wherever in a word the quote is, and however many bytes are behind it. */
static void finds_the_quote_in_every_place(void **state)
{
	(void)state;
	for (size_t length = 0; length < 5 * WORD; length++) {
		for (size_t behind = 0; behind < 2 * WORD + 2; behind++) {
			char line[TEXT_MAX], want[TEXT_MAX];

			memset(want, 'x', length);
			want[length] = '\0';
			line[0] = '"';
			memcpy(line + 1, want, length);
			memset(line + 1 + length, '"', 1 + behind);
			check_string(line, length + 2 + behind, want, length + 2);
			/* And never one that is not there. */
			check_string(line, length + 1, NULL, 0);
		}
	}
}

static void refuses_a_string_that_is_cut_anywhere(void **state)
{
	static const char line[] =
		"\"seven_7\\\"eight__8\\\\nine____9\\n\\u00e9ten_10\\ud83d\\ude00\"";

	(void)state;
	for (size_t size = 0; size < sizeof(line) - 1; size++)
		check_string(line, size, NULL, 0);
	check_string(line, sizeof(line) - 1,
		     "seven_7\"eight__8\\nine____9\n\xc3\xa9"
		     "ten_10\xf0\x9f\x98\x80",
		     sizeof(line) - 1);
}

/* Each byte in each place, next to those that a sum or a difference of words could confuse with
 * it. */
static void takes_every_byte_for_what_it_is(void **state)
{
	static const char neighbours[] = "x !#[]\x7f\x80\xa0\xa2\xdc\xff";

	(void)state;
	for (unsigned int byte = 0; byte < 256; byte++) {
		for (size_t i = 0; i < 2 * WORD * strlen(neighbours); i++) {
			size_t place = i % (size_t)(2 * WORD);
			char line[TEXT_MAX], want[TEXT_MAX];
			size_t size = 2 * WORD + 1;

			memset(want, neighbours[i / (size_t)(2 * WORD)], size);
			want[size] = '\0';
			want[place] = (char)byte;
			line[0] = '"';
			memcpy(line + 1, want, size);
			memcpy(line + 1 + size, "\",tail tail", 12);
			if (byte == '"')
				want[place] = '\0', size = place;
			check_string(line, 2 * WORD + 14, byte < ' ' || byte == '\\' ? NULL : want,
				     size + 2);
		}
	}
}

static void ends_an_escape_in_every_place(void **state)
{
	static const struct {
		const char *escape, *want; /* NULL: refused */
	} cases[] = {
		{ "\\\"", "\"" },
		{ "\\\\", "\\" },
		{ "\\/", "/" },
		{ "\\b", "\b" },
		{ "\\f", "\f" },
		{ "\\n", "\n" },
		{ "\\r", "\r" },
		{ "\\t", "\t" },
		{ "\\u0041", "A" },
		{ "\\u00e9", "\xc3\xa9" },
		{ "\\uFFFF", "\xef\xbf\xbf" },
		{ "\\ud83d\\ude00", "\xf0\x9f\x98\x80" },
		{ "\\\\\\\"\\\\", "\\\"\\" },
		{ "\\x", NULL },
		{ "\\u00g0", NULL },
		{ "\\u0000", NULL },
		{ "\\ud800", NULL },
		{ "\\ud800\\n", NULL },
		{ "\\ud800\\ud800", NULL },
		{ "\\udc00", NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		for (size_t before = 0; before < 2 * WORD + 2; before++) {
			for (size_t after = 0; after < 2 * WORD + 2; after++) {
				char line[TEXT_MAX], want[TEXT_MAX];
				int size = snprintf(line, sizeof(line), "\"%.*s%s%.*s\"",
						    (int)before, "xxxxxxxxxxxxxxxxxx", c->escape,
						    (int)after, "yyyyyyyyyyyyyyyyyy");

				snprintf(want, sizeof(want), "%.*s%s%.*s", (int)before,
					 "xxxxxxxxxxxxxxxxxx", c->want ? c->want : "", (int)after,
					 "yyyyyyyyyyyyyyyyyy");
				check_string(line, (size_t)size, c->want ? want : NULL,
					     (size_t)size);
			}
		}
	}
}

static void skips_blanks_before_a_string(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ " \t\r\"a\"", "a" }, { "  \"\"", "" },     { "\n\"a\"", NULL },
		{ "  ", NULL },	       { "", NULL },	     { "a\"b\"", NULL },
		{ "'a'", NULL },       { "\"a' \"", "a' " },
	};

	(void)state;
	for_each_case(c, cases)
		check_string(c->line, strlen(c->line), c->want, strlen(c->line));
}

static void tells_the_size_of_what_is_behind_a_quote(void **state)
{
	static const struct {
		const char *rest;
		size_t want;
	} cases[] = { { "\":1", 0 }, { "used\":41", 4 }, { "us\\u0065d\":41", 4 } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_text struct text text = text_of(c->rest, strlen(c->rest));
		size_t size;
		char *key, *at = json_scan_rest_of_string(text.begin, text.end, &key, &size);

		assert_non_null(at);
		assert_int_equal(*at, ':');
		assert_int_equal(size, c->want);
		assert_int_equal(strlen(key), c->want);
	}
}

/* ---- numbers ---- */

/* Digit by digit, as the field has it: what does not fit in 63 bits, or begins with 0, is none. */
static bool read_slowly(const char *digits, uint64_t *out)
{
	unsigned long long number;

	errno = 0;
	number = strtoull(digits, NULL, 10);
	*out = number;
	return isdigit(*digits) && !errno && number <= INT64_MAX &&
	       (*digits != '0' || !isdigit(digits[1]));
}

static void check_number(const char *bytes, size_t size, const char *digits)
{
	cleanup_text struct text text = text_of(bytes, size);
	size_t blanks = strspn(bytes, " \t\r");
	uint64_t got = 99, want;
	char *at = json_scan_number(text.begin, text.end, &got);

	if (!read_slowly(digits, &want)) {
		assert_null(at);
		assert_int_equal(got, 99);
		return;
	}
	assert_non_null(at);
	assert_true(got == want);
	assert_int_equal(at - text.begin, blanks + strlen(digits));
	expect_rest_as_it_was(&text, text.begin);
}

/* However many digits, whatever is next to them, and however much of it. */
static void reads_numbers_of_every_length(void **state)
{
	static const char *const digits[] = { "1234567890123456789012345",
					      "9999999999999999999999999",
					      "1000000000000000000000000",
					      "9223372036854775807",
					      "9223372036854775808",
					      "0",
					      "00",
					      "07" };
	static const char next[] = ",}/:;. -eE+x\x7f\x80\xb0\xb9\xba\xff";

	(void)state;
	for_each_case(number, digits) {
		for (size_t count = 0; count <= strlen(*number); count++) {
			for (size_t i = 0; i < strlen(next) * 3 * WORD; i++) {
				size_t behind = i % (size_t)(3 * WORD);
				char line[TEXT_MAX], only[TEXT_MAX];

				snprintf(only, sizeof(only), "%.*s", (int)count, *number);
				memcpy(line, only, count);
				memset(line + count, next[i / (size_t)(3 * WORD)], behind);
				line[count + behind] = '\0';
				if (!count && strspn(line, " "))
					continue;
				check_number(line, count + behind, only);
			}
		}
	}
}

static void reads_all_small_numbers(void **state)
{
	(void)state;
	for (unsigned int number = 0; number < 12000; number++) {
		char line[TEXT_MAX], digits[TEXT_MAX];

		snprintf(digits, sizeof(digits), "%u", number);
		for (int behind = 0; behind <= WORD; behind += WORD) {
			int size = snprintf(line, sizeof(line), "%s%.*s", digits, behind,
					    ",\"next\":");

			check_number(line, (size_t)size, digits);
		}
	}
}

static void reads_each_digit_in_each_place(void **state)
{
	(void)state;
	for (size_t place = 0; place < 18; place++) {
		for (char digit = '0'; digit <= '9'; digit++) {
			char line[] = "111111111111111111,", digits[] = "111111111111111111";

			line[place] = digits[place] = digit;
			check_number(line, strlen(line), digits);
		}
	}
}

static void skips_blanks_before_a_number(void **state)
{
	static const struct {
		const char *line, *digits;
	} cases[] = { { " 7", "7" },  { " \t\r12345678901,", "12345678901" },
		      { "   ", "" },  { "\n7,345678", "" },
		      { "- 7", "" },  { "", "" },
		      { "\x01", "" }, { " 0123456789", "0123456789" } };

	(void)state;
	for_each_case(c, cases)
		check_number(c->line, strlen(c->line), c->digits);
}

/* ---- other values ---- */

static void reads_flags(void **state)
{
	static const struct {
		const char *line;
		int want; /* -1: refused */
	} cases[] = {
		{ "true", 1 },	{ "false", 0 }, { " true,", 1 }, { "\tfalse}", 0 },
		{ "tru", -1 },	{ "fals", -1 }, { "True", -1 },	 { "1", -1 },
		{ "null", -1 }, { "", -1 },	{ " ", -1 },	 { "\"a\"", -1 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_text struct text text = text_of(c->line, strlen(c->line));

		for (int before = 0; before < 2; before++) {
			bool got = before;
			char *at = json_scan_flag(text.begin, text.end, &got);

			assert_int_equal(!at, c->want < 0);
			assert_int_equal(got, c->want < 0 ? before : c->want);
		}
	}
}

static void skips_whole_values_and_refuses_cut_ones(void **state)
{
	static const char *const values[] = {
		"{\"a\":[1,\"}\\\"]\",{}],\"b\":{\"c\":null , \"d\" :false}}",
		"[[[]],-0.5e+10 ,true,\"\\ud83d\\ude00\"]",
		"\"a long text with \\\"quotes\\\" in it\"",
		"[1 , 2 ,\t3]",
	};

	(void)state;
	for_each_case(value, values) {
		for (size_t size = 0; size <= strlen(*value); size++) {
			cleanup_text struct text text = text_of(*value, size);
			char *at = json_scan_skip(text.begin, text.end);

			assert_ptr_equal(at, size == strlen(*value) ? text.end : NULL);
		}
	}
}

static void finds_a_char_behind_blanks_alone(void **state)
{
	static const struct {
		const char *line;
		int want; /* where it ends; -1: refused */
	} cases[] = { { ",", 1 },   { " \t\r,,", 4 }, { "\n,", -1 },
		      { "x,", -1 }, { " ", -1 },      { "", -1 } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_text struct text text = text_of(c->line, strlen(c->line));
		char *at = json_scan_char(text.begin, text.end, ',');

		assert_int_equal(at ? at - text.begin : -1, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_quote_in_every_place),
		cmocka_unit_test(refuses_a_string_that_is_cut_anywhere),
		cmocka_unit_test(takes_every_byte_for_what_it_is),
		cmocka_unit_test(ends_an_escape_in_every_place),
		cmocka_unit_test(skips_blanks_before_a_string),
		cmocka_unit_test(tells_the_size_of_what_is_behind_a_quote),
		cmocka_unit_test(reads_numbers_of_every_length),
		cmocka_unit_test(reads_all_small_numbers),
		cmocka_unit_test(reads_each_digit_in_each_place),
		cmocka_unit_test(skips_blanks_before_a_number),
		cmocka_unit_test(reads_flags),
		cmocka_unit_test(skips_whole_values_and_refuses_cut_ones),
		cmocka_unit_test(finds_a_char_behind_blanks_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
