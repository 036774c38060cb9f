/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON read in place, piece by piece, where a tree of it would cost too much: for lines of
 * millions. Strings lose their escapes where they stand: what is escaped is never longer than its
 * escape. Pure.
 *
 * Each function is given where to begin and where the text ends, and returns where what it read
 * ends; NULL for anything else, and what was to be written may then be written or not. That place
 * so stays in a register all along a line. Blanks before a piece are skipped. Nothing at the text's
 * end or behind it is read: bytes are taken eight at a time where so many are left.
 */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Eight bytes at once, the first of them lowest: they must be there. */
static inline uint64_t json_scan_word(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return le64toh(word);
}

/* Not of a line's end, and never NULL. */
char *json_scan_blanks(char *at, const char *end);

/* As json_scan_char(), which is for what comes without blanks before it. */
char *json_scan_char_behind_blanks(char *at, const char *end, char c);

static inline char *json_scan_char(char *at, const char *end, char c)
{
	return at < end && *at == c ? at + 1 : json_scan_char_behind_blanks(at, end, c);
}

#define JSON_SCAN_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))
#define JSON_SCAN_HIGH_BITS JSON_SCAN_EACH_BYTE(0x80)

/* The highest bit of the first byte that is a quote, a backslash or a control, and maybe of later
 * ones. Of an ASCII byte, subtracting N sets it below N alone, and borrows from the next byte then
 * alone. Quote and controls take one subtraction: the quote first changes places with the blank,
 * next to the controls. */
static inline uint64_t json_scan_special(uint64_t word)
{
	uint64_t quote_or_control =
		(word ^ JSON_SCAN_EACH_BYTE('"' ^ ' ')) - JSON_SCAN_EACH_BYTE(' ' + 1);
	uint64_t backslash = (word ^ JSON_SCAN_EACH_BYTE('\\')) - JSON_SCAN_EACH_BYTE(1);

	return (quote_or_control | backslash) & ~word & JSON_SCAN_HIGH_BITS;
}

/* Which byte of a word has the first of its highest bits. */
static inline size_t json_scan_place(uint64_t high_bits)
{
	return (size_t)__builtin_ctzll(high_bits) / 8;
}

/* As json_scan_string(), which is for what has no escape in it, and no blanks before it. */
char *json_scan_odd_string(char *at, const char *end, char **out);

/* A string is ended by NUL, where its last quote was or before; it points into the text. Bytes are
 * taken as they are, UTF-8 or not, but NUL, half a surrogate pair and controls that are not escaped
 * are none of a string. */
static inline char *json_scan_string(char *at, const char *end, char **out)
{
	char *word;
	uint64_t special = 0;

	if (at == end || *at != '"')
		return json_scan_odd_string(at, end, out);
	word = at + 1;
	for (ptrdiff_t left = end - word; left >= 8; left -= 8) {
		special = json_scan_special(json_scan_word(word));
		if (special)
			break;
		word += 8;
	}
	if (special)
		word += json_scan_place(special);
	if (!special || *word != '"')
		return json_scan_odd_string(at, end, out);
	*word = '\0';
	*out = at + 1;
	return word + 1;
}

/* From behind its first quote on. */
char *json_scan_rest_of_string(char *at, const char *end, char **out, size_t *out_size);
char *json_scan_number(char *at, const char *end, uint64_t *out); /* whole, up to INT64_MAX */
char *json_scan_flag(char *at, const char *end, bool *out);
/* Any value, of a bounded depth. Its strings are written to, too. */
char *json_scan_skip(char *at, const char *end);
