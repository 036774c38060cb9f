// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "core/log/log_words.h"

static void separates_words_by_one_blank(void **state)
{
	char out[128];
	struct log_words words = { .out = out, .size = sizeof(out) };

	(void)state;
	assert_int_equal(words_begin_word(&words), 0);
	words_add(&words, "a%d", 1);
	assert_int_equal(words_begin_word(&words), 3);
	words_add_text(&words, "b");
	words_join(&words, "c");
	words_join_text(&words, "d");
	assert_int_equal(words_end(&words), strlen("a1 bcd\n"));
	assert_string_equal(out, "a1 bcd\n");
}

static void pads_up_to_a_word_and_not_behind_the_last(void **state)
{
	static const struct {
		const char *first, *want;
	} cases[] = {
		{ "a", "a    b\n" },	     { "abcd", "abcd b\n" },
		{ "abcde", "abcde b\n" },    { "\u00e4\u00f6", "\u00e4\u00f6   b\n" },
		{ "\xff", "\ufffd    b\n" }, { "\x1b", "\\x1b b\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		char out[128];
		struct log_words words = { .out = out, .size = sizeof(out) };

		words_add_text(&words, c->first);
		words_pad(&words, 4);
		words_add(&words, "b");
		words_pad(&words, 60);
		words_end(&words);
		assert_string_equal(out, c->want);
	}
}

static void escapes_what_a_terminal_obeys(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "\n" },
		{ "plain ~", "plain ~\n" },
		{ "a\x1b[31mb", "a\\x1b[31mb\n" },
		{ "\n\r\t\b\a", "\\x0a\\x0d\\x09\\x08\\x07\n" },
		{ "\x7f", "\\x7f\n" },
		{ "\xc2\x9b", "\\xc2\\x9b\n" },
		{ "\xc2\x80\xc2\xa0", "\\xc2\\x80\xc2\xa0\n" },
		{ "\x9b"
		  "31m",
		  "\ufffd31m\n" },
		{ "\xe2\x82", "\ufffd\ufffd\n" },
		{ "\xf0\x9f\x98\x80x", "\xf0\x9f\x98\x80x\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		char out[128];
		struct log_words words = { .out = out, .size = sizeof(out) };

		words_add_text(&words, c->text);
		words_end(&words);
		assert_string_equal(out, c->want);
	}
}

static void colors_words_and_not_the_blanks_before_them(void **state)
{
	char out[128];
	struct log_words words = { .out = out, .size = sizeof(out), .has_color = true };

	(void)state;
	words_add(&words, "a");
	words_add_toned(&words, LOG_TONE_BAD, "b\x1b");
	words_add_toned(&words, LOG_TONE_PLAIN, "c");
	words_add(&words, "d");
	words_break(&words);
	words_tone(&words, LOG_TONE_DIM);
	words_add(&words, "e");
	words_tone(&words, LOG_TONE_PLAIN);
	words_tone(&words, LOG_TONE_PLAIN);
	words_end(&words);
	assert_string_equal(out, "a \x1b[31mb\\x1b\x1b[0m c d\n\x1b[2me\x1b[0m\n");
}

static void has_no_codes_without_color(void **state)
{
	char out[128];
	struct log_words words = { .out = out, .size = sizeof(out) };

	(void)state;
	words_add_toned(&words, LOG_TONE_BAD, "a");
	words_end(&words);
	assert_string_equal(out, "a\n");
}

static void leaves_out_what_does_not_fit(void **state)
{
	char out[32 + 1];
	struct log_words words = { .out = out, .size = sizeof(out) - 1 };
	size_t size;

	(void)state;
	out[32] = 'x';
	words_add_text(&words, "fits");
	words_add_text(&words, "0123456789012345678901234567890123456789");
	for (size_t i = 0; i < 40; i++)
		words_join_text(&words, "\x01");
	size = words_end(&words);
	assert_int_equal(size, strlen(out));
	assert_in_range(size, 6, 31);
	assert_int_equal(strncmp(out, "fits ", 5), 0);
	assert_int_equal(out[size - 1], '\n');
	assert_int_equal(out[32], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(separates_words_by_one_blank),
		cmocka_unit_test(pads_up_to_a_word_and_not_behind_the_last),
		cmocka_unit_test(escapes_what_a_terminal_obeys),
		cmocka_unit_test(colors_words_and_not_the_blanks_before_them),
		cmocka_unit_test(has_no_codes_without_color),
		cmocka_unit_test(leaves_out_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
