// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

enum { PIECE_SIZE = 256, END_ROOM = 16 };

/* Room is kept for the end of the line and the colour's. */
static void put(struct log_words *words, const char *text, size_t size)
{
	if (words->used + size + END_ROOM > words->size)
		return;
	memcpy(words->out + words->used, text, size);
	words->used += size;
}

static void put_gap(struct log_words *words)
{
	words->column += words->gap;
	for (; words->gap; words->gap--)
		put(words, " ", 1);
}

static void put_plain(struct log_words *words, const char *text)
{
	size_t size = strlen(text);

	put_gap(words);
	put(words, text, size);
	words->column += size;
}

/* Plain ASCII is the rule. */
static size_t plain_size(const char *text)
{
	size_t size = 0;

	while (text[size] >= ' ' && text[size] < 0x7f)
		size++;
	return size;
}

static void put_safe(struct log_words *words, const char *text)
{
	put_gap(words);
	while (*text) {
		size_t size = plain_size(text), letter;
		char raw[5] = "", safe[16];

		put(words, text, size);
		words->column += size;
		text += size;
		if (!*text)
			return;
		letter = text_char_size(text);
		memcpy(raw, text, letter ? letter : 1);
		text_to_line(raw, safe, sizeof(safe));
		put(words, safe, strlen(safe));
		words->column += plain_size(safe) ? strlen(safe) : 1;
		text += letter ? letter : 1;
	}
}

static void begin_word(struct log_words *words)
{
	if (words->column && !words->gap)
		words->gap = 1;
}

void words_add(struct log_words *words, const char *fmt, ...)
{
	char piece[PIECE_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(piece, sizeof(piece), fmt, args);
	va_end(args);
	begin_word(words);
	put_plain(words, piece);
}

void words_join(struct log_words *words, const char *fmt, ...)
{
	char piece[PIECE_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(piece, sizeof(piece), fmt, args);
	va_end(args);
	put_plain(words, piece);
}

void words_add_text(struct log_words *words, const char *text)
{
	begin_word(words);
	put_safe(words, text);
}

void words_join_text(struct log_words *words, const char *text)
{
	put_safe(words, text);
}

void words_pad(struct log_words *words, size_t column)
{
	words->gap = words->column < column ? column - words->column : 0;
	words->gap += 1;
}

size_t words_begin_word(const struct log_words *words)
{
	return words->column + (words->gap ? words->gap : words->column > 0);
}

void words_tone(struct log_words *words, enum log_tone tone)
{
	static const char *const codes[LOG_TONE_COUNT] = {
		[LOG_TONE_PLAIN] = "\x1b[0m", [LOG_TONE_DIM] = "\x1b[2m",
		[LOG_TONE_GOOD] = "\x1b[32m", [LOG_TONE_WARN] = "\x1b[33m",
		[LOG_TONE_BAD] = "\x1b[31m",
	};

	if (words->has_color && tone != words->tone)
		put(words, codes[tone], strlen(codes[tone]));
	words->tone = tone;
}

void words_add_toned(struct log_words *words, enum log_tone tone, const char *word)
{
	begin_word(words);
	put_gap(words);
	words_tone(words, tone);
	put_safe(words, word);
	words_tone(words, LOG_TONE_PLAIN);
}

void words_break(struct log_words *words)
{
	put(words, "\n", 1);
	words->column = words->gap = 0;
}

size_t words_end(struct log_words *words)
{
	words->out[words->used++] = '\n';
	words->out[words->used] = '\0';
	return words->used;
}
