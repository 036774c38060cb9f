/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log words: lines that are put together word by word, aligned, coloured and safe for a
 * terminal. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum log_tone {
	LOG_TONE_PLAIN,
	LOG_TONE_DIM, /* seldom what is looked for */
	LOG_TONE_GOOD,
	LOG_TONE_WARN,
	LOG_TONE_BAD,
	LOG_TONE_COUNT,
};

/* Lines in the making. What does not fit is left out. */
struct log_words {
	char *out;
	size_t size; /* of out */
	size_t used;
	size_t column; /* of the line, where the next word may begin */
	size_t gap; /* blanks before it: none at the end of a line */
	enum log_tone tone; /* that is on */
	bool has_color;
};

/* A word behind a blank, if it is not the first one. */
void __attribute__((format(printf, 2, 3))) words_add(struct log_words *words, const char *fmt, ...);
/* The same, of a text from outside, however long: escaped. */
void words_add_text(struct log_words *words, const char *text);
/* The same, of another tone, which is plain behind it. */
void words_add_toned(struct log_words *words, enum log_tone tone, const char *word);
/* Goes on in the word before. */
void __attribute__((format(printf, 2, 3)))
words_join(struct log_words *words, const char *fmt, ...);
void words_join_text(struct log_words *words, const char *text);
/* The next word begins in `column`, or a blank behind the last. */
void words_pad(struct log_words *words, size_t column);
/* The column in which the next word will begin. */
size_t words_begin_word(const struct log_words *words);
/* From here on; each replaces PLAIN, and PLAIN any. */
void words_tone(struct log_words *words, enum log_tone tone);
/* Begins another line. */
void words_break(struct log_words *words);
/* The same, for the last time: NUL-terminated. Gives the bytes of all. */
size_t words_end(struct log_words *words);
