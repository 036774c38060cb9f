// SPDX-License-Identifier: Apache-2.0
/*
 * What a line is made of nearly always, strings without escapes and numbers of some digits, is read
 * in words of eight bytes, which are looked at all at once. The last bytes of a text, where no word
 * fits, and whatever is rare are read byte by byte.
 */
#include "core/base/json_scan.h"

enum {
	WORD = sizeof(uint64_t),
	DEPTH_MAX = 32, /* of values that are skipped */
	DIGITS_MAX = 19, /* of INT64_MAX */
};

static bool has_word(const char *at, const char *end)
{
	return end - at >= WORD;
}

static char peek(const char *at, const char *end)
{
	if (at == end)
		return '\0';
	return *at;
}

char *json_scan_blanks(char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
		at++;
	return at;
}

char *json_scan_char_behind_blanks(char *at, const char *end, char c)
{
	at = json_scan_blanks(at, end);
	return at < end && *at == c ? at + 1 : NULL;
}

/* ---- strings ---- */

static char *read_hex(char *at, const char *end, unsigned int *out)
{
	unsigned int value = 0;

	if (end - at < 4)
		return NULL;
	for (size_t i = 0; i < 4; i++) {
		char c = *at++;

		value <<= 4;
		if (c >= '0' && c <= '9')
			value |= (unsigned int)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value |= (unsigned int)((c | 0x20) - 'a' + 10);
		else
			return NULL;
	}
	*out = value;
	return at;
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
static char *read_unicode(char *at, const char *end, char **to)
{
	unsigned int c, low;

	at = read_hex(at, end, &c);
	if (!at || !c || (c >= 0xdc00 && c <= 0xdfff))
		return NULL;
	if (c >= 0xd800 && c <= 0xdbff) {
		if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
			return NULL;
		at = read_hex(at + 2, end, &low);
		if (!at || low < 0xdc00 || low > 0xdfff)
			return NULL;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	*to = put_utf8(*to, c);
	return at;
}

/* Behind the backslash. */
static char *read_escape(char *at, const char *end, char **to)
{
	static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	char c = peek(at, end);
	const char *letter = c ? strchr(letters, c) : NULL;

	if (c == 'u')
		return read_unicode(at + 1, end, to);
	if (!letter)
		return NULL;
	*(*to)++ = means[letter - letters];
	return at + 1;
}

static bool is_special(char c)
{
	return c == '"' || c == '\\' || (unsigned char)c < ' ';
}

static char *skip_plain(char *at, const char *end)
{
	for (; has_word(at, end); at += WORD) {
		uint64_t special = json_scan_special(json_scan_word(at));

		if (special)
			return at + json_scan_place(special);
	}
	while (at < end && !is_special(*at))
		at++;
	return at;
}

/* From `at` on, where the first plain bytes end. */
static char *end_string(char *at, const char *end, char **out_end)
{
	char *to = at, *run;

	while (at < end && *at == '\\') {
		run = read_escape(at + 1, end, &to);
		if (!run)
			return NULL;
		at = skip_plain(run, end);
		memmove(to, run, (size_t)(at - run));
		to += at - run;
	}
	if (at == end || *at != '"')
		return NULL;
	*to = '\0';
	*out_end = to;
	return at + 1;
}

char *json_scan_rest_of_string(char *at, const char *end, char **out, size_t *out_size)
{
	char *string_end, *behind = end_string(skip_plain(at, end), end, &string_end);

	if (!behind)
		return NULL;
	*out = at;
	*out_size = (size_t)(string_end - at);
	return behind;
}

char *json_scan_odd_string(char *at, const char *end, char **out)
{
	size_t size;

	at = json_scan_char(at, end, '"');
	return at ? json_scan_rest_of_string(at, end, out, &size) : NULL;
}

/* ---- numbers ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many digits these bytes, which were xored with '0', begin with. */
static size_t count_digits(uint64_t values)
{
	uint64_t others = ((values + JSON_SCAN_EACH_BYTE(0x7f - 9)) | values) & JSON_SCAN_HIGH_BITS;

	return others ? json_scan_place(others) : WORD;
}

/* Eight digits, the highest one lowest: neighbours are put together to four numbers of two digits,
 * these to two of four, these to one. */
static uint64_t join_digits(uint64_t values)
{
	values = (values * (1 + (10 << 8))) >> 8 & 0x00ff00ff00ff00ff;
	values = (values * (1 + (100 << 16))) >> 16 & 0x0000ffff0000ffff;
	return (values * (1 + (UINT64_C(10000) << 32))) >> 32;
}

static char *end_number(const char *begin, char *end, uint64_t number, uint64_t *out)
{
	size_t count = (size_t)(end - begin);

	/* So many digits do not overflow. */
	if (!count || count > DIGITS_MAX || number > INT64_MAX || (*begin == '0' && count > 1))
		return NULL;
	*out = number;
	return end;
}

char *json_scan_number(char *at, const char *end, uint64_t *out)
{
	static const uint64_t powers[] = { 1,	   10,	    100,      1000,	10000,
					   100000, 1000000, 10000000, 100000000 };
	uint64_t number = 0;
	const char *begin;

	if (at < end && *at <= ' ')
		at = json_scan_blanks(at, end);
	begin = at;
	while (has_word(at, end)) {
		uint64_t values = json_scan_word(at) ^ JSON_SCAN_EACH_BYTE('0');
		size_t count = count_digits(values);

		if (!count)
			break;
		/* Zeros come before the digits, in the place of what is behind them. */
		number = number * powers[count] + join_digits(values << 8 * (WORD - count));
		at += count;
		if (count < WORD)
			return end_number(begin, at, number, out);
	}
	for (; at < end && is_digit(*at); at++)
		number = number * 10 + (uint64_t)(*at - '0');
	return end_number(begin, at, number, out);
}

/* ---- other values ---- */

static char *read_word(char *at, const char *end, const char *word)
{
	size_t size = strlen(word);

	at = json_scan_blanks(at, end);
	return (size_t)(end - at) >= size && !memcmp(at, word, size) ? at + size : NULL;
}

char *json_scan_flag(char *at, const char *end, bool *out)
{
	char *behind = read_word(at, end, "true");
	bool is_true = behind;

	if (!is_true)
		behind = read_word(at, end, "false");
	if (behind)
		*out = is_true;
	return behind;
}

static char *skip_digits(char *at, const char *end)
{
	const char *begin = at;

	while (at < end && is_digit(*at))
		at++;
	return at > begin ? at : NULL;
}

static bool is_one_of(char c, const char *of)
{
	return c && strchr(of, c);
}

/* As RFC 8259 has them. */
static char *skip_number(char *at, const char *end)
{
	at += peek(at, end) == '-';
	at = peek(at, end) == '0' ? at + 1 : skip_digits(at, end);
	if (at && peek(at, end) == '.')
		at = skip_digits(at + 1, end);
	if (!at || !is_one_of(peek(at, end), "eE"))
		return at;
	at++;
	at += is_one_of(peek(at, end), "+-");
	return skip_digits(at, end);
}

static char *skip_value(char *at, const char *end, unsigned int depth);

static char *skip_key(char *at, const char *end)
{
	char *key;

	at = json_scan_string(at, end, &key);
	return at ? json_scan_char(at, end, ':') : NULL;
}

/* Behind the bracket: what CLOSE ends. */
static char *skip_values(char *at, const char *end, char close, unsigned int depth)
{
	char *next = json_scan_char(at, end, close);

	if (depth > DEPTH_MAX)
		return NULL;
	if (next)
		return next;
	do {
		at = next ? next : at;
		if (close == '}')
			at = skip_key(at, end);
		if (at)
			at = skip_value(at, end, depth);
		if (!at)
			return NULL;
		next = json_scan_char(at, end, ',');
	} while (next);
	return json_scan_char(at, end, close);
}

static char *skip_value(char *at, const char *end, unsigned int depth)
{
	char *text;

	at = json_scan_blanks(at, end);
	switch (peek(at, end)) {
	case '"':
		return json_scan_string(at, end, &text);
	case '{':
		return skip_values(at + 1, end, '}', depth + 1);
	case '[':
		return skip_values(at + 1, end, ']', depth + 1);
	case 't':
		return read_word(at, end, "true");
	case 'f':
		return read_word(at, end, "false");
	case 'n':
		return read_word(at, end, "null");
	default:
		return skip_number(at, end);
	}
}

char *json_scan_skip(char *at, const char *end)
{
	return skip_value(at, end, 0);
}
