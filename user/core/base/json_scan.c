// SPDX-License-Identifier: Apache-2.0
#include "core/base/json_scan.h"

#include <endian.h>
#include <string.h>

enum {
	DEPTH_MAX = 32, /* of values that are skipped */
	DIGITS_MAX = 19, /* of INT64_MAX */
};

void json_scan_blanks(struct json_scan *scan)
{
	while (json_scan_peek(scan) == ' ' || json_scan_peek(scan) == '\t' ||
	       json_scan_peek(scan) == '\r')
		scan->at++;
}

/* ---- strings ---- */

static int read_hex(struct json_scan *scan, unsigned int *out)
{
	unsigned int value = 0;

	if (scan->end - scan->at < 4)
		return -EINVAL;
	for (size_t i = 0; i < 4; i++) {
		char c = *scan->at++;

		value <<= 4;
		if (c >= '0' && c <= '9')
			value |= (unsigned int)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value |= (unsigned int)((c | 0x20) - 'a' + 10);
		else
			return -EINVAL;
	}
	*out = value;
	return 0;
}

static char *put_utf8(char *to, unsigned int c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xe0 | c >> 12);
		} else {
			*to++ = (char)(0xf0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/* Behind "\u". A text ends at NUL, and half a pair is no character: neither is one of ours. */
static int read_unicode(struct json_scan *scan, char **to)
{
	unsigned int c, low;

	if (read_hex(scan, &c) || !c || (c >= 0xdc00 && c <= 0xdfff))
		return -EINVAL;
	if (c >= 0xd800 && c <= 0xdbff) {
		if (scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u')
			return -EINVAL;
		scan->at += 2;
		if (read_hex(scan, &low) || low < 0xdc00 || low > 0xdfff)
			return -EINVAL;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	*to = put_utf8(*to, c);
	return 0;
}

static int read_escape(struct json_scan *scan, char **to)
{
	static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	char c = json_scan_peek(scan);
	const char *letter = c ? strchr(letters, c) : NULL;

	scan->at++;
	if (c == 'u')
		return read_unicode(scan, to);
	if (!letter)
		return -EINVAL;
	*(*to)++ = means[letter - letters];
	return 0;
}

/* Bits at the first byte that is a quote, a backslash or a control, and maybe at later ones. */
static uint64_t find_special(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101, high = ones << 7;
	uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';

	return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) |
		((word - ones * ' ') & ~word)) &
	       high;
}

static bool is_special(char c)
{
	return c == '"' || c == '\\' || (unsigned char)c < ' ';
}

/* Most of a line is in such runs: eight bytes at a time. */
static char *skip_plain(char *at, const char *end)
{
	uint64_t word, special;

	for (; (size_t)(end - at) >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		special = find_special(le64toh(word));
		if (special)
			return at + __builtin_ctzll(special) / 8;
	}
	while (at < end && !is_special(*at))
		at++;
	return at;
}

int json_scan_rest_of_string(struct json_scan *scan, char **out, size_t *out_size)
{
	char *begin = scan->at, *to, *run;

	scan->at = to = skip_plain(begin, scan->end);
	while (scan->at < scan->end && *scan->at == '\\') {
		scan->at++;
		if (scan->at == scan->end || read_escape(scan, &to))
			return -EINVAL;
		run = scan->at;
		scan->at = skip_plain(run, scan->end);
		memmove(to, run, (size_t)(scan->at - run));
		to += scan->at - run;
	}
	if (scan->at == scan->end || *scan->at != '"')
		return -EINVAL;
	scan->at++;
	*to = '\0';
	*out = begin;
	*out_size = (size_t)(to - begin);
	return 0;
}

int json_scan_string(struct json_scan *scan, char **out)
{
	size_t size;

	return json_scan_char(scan, '"') ? -EINVAL : json_scan_rest_of_string(scan, out, &size);
}

/* ---- other values ---- */

int json_scan_number(struct json_scan *scan, uint64_t *out)
{
	uint64_t number = 0;
	const char *begin;
	size_t count;

	if (json_scan_peek(scan) <= ' ')
		json_scan_blanks(scan);
	begin = scan->at;
	for (; json_scan_peek(scan) >= '0' && json_scan_peek(scan) <= '9'; scan->at++)
		number = number * 10 + (uint64_t)(*scan->at - '0');
	count = (size_t)(scan->at - begin);
	/* So many digits do not overflow. */
	if (!count || count > DIGITS_MAX || number > INT64_MAX || (*begin == '0' && count > 1))
		return -EINVAL;
	*out = number;
	return 0;
}

static int read_word(struct json_scan *scan, const char *word)
{
	size_t size = strlen(word);

	json_scan_blanks(scan);
	if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, word, size) != 0)
		return -EINVAL;
	scan->at += size;
	return 0;
}

int json_scan_flag(struct json_scan *scan, bool *out)
{
	bool is_true = !read_word(scan, "true");

	if (!is_true && read_word(scan, "false"))
		return -EINVAL;
	*out = is_true;
	return 0;
}

static int skip_digits(struct json_scan *scan)
{
	const char *begin = scan->at;

	while (json_scan_peek(scan) >= '0' && json_scan_peek(scan) <= '9')
		scan->at++;
	return scan->at > begin ? 0 : -EINVAL;
}

static bool skip_char(struct json_scan *scan, const char *of)
{
	bool is_there = json_scan_peek(scan) && strchr(of, json_scan_peek(scan));

	scan->at += is_there;
	return is_there;
}

/* As RFC 8259 has them. */
static int skip_number(struct json_scan *scan)
{
	skip_char(scan, "-");
	if (!skip_char(scan, "0") && skip_digits(scan))
		return -EINVAL;
	if (skip_char(scan, ".") && skip_digits(scan))
		return -EINVAL;
	if (!skip_char(scan, "eE"))
		return 0;
	skip_char(scan, "+-");
	return skip_digits(scan);
}

static int skip_value(struct json_scan *scan, unsigned int depth);

/* Behind the bracket: what CLOSE ends. */
static int skip_values(struct json_scan *scan, char close, unsigned int depth)
{
	char *key;

	if (depth > DEPTH_MAX)
		return -EINVAL;
	if (!json_scan_char(scan, close))
		return 0;
	do {
		if (close == '}' && (json_scan_string(scan, &key) || json_scan_char(scan, ':')))
			return -EINVAL;
		if (skip_value(scan, depth))
			return -EINVAL;
	} while (!json_scan_char(scan, ','));
	return json_scan_char(scan, close);
}

static int skip_value(struct json_scan *scan, unsigned int depth)
{
	char *text;

	json_scan_blanks(scan);
	switch (json_scan_peek(scan)) {
	case '"':
		return json_scan_string(scan, &text);
	case '{':
		scan->at++;
		return skip_values(scan, '}', depth + 1);
	case '[':
		scan->at++;
		return skip_values(scan, ']', depth + 1);
	case 't':
		return read_word(scan, "true");
	case 'f':
		return read_word(scan, "false");
	case 'n':
		return read_word(scan, "null");
	default:
		return skip_number(scan);
	}
}

int json_scan_skip(struct json_scan *scan)
{
	return skip_value(scan, 0);
}
