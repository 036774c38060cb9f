// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"

enum { NS_PER_S = 1000000000, DECIMALS = 9 };

/* The second byte has bounds of its own where a longer form of a shorter character, a surrogate
 * or a number past U+10FFFF would fit. */
static const struct lead {
	unsigned char first, last, size, low, high;
} leads[] = {
	{ 0x00, 0x7f, 1, 0, 0 },       { 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static size_t lead_match(const struct lead *lead, const unsigned char *at)
{
	if (lead->size > 1 && (at[1] < lead->low || at[1] > lead->high))
		return 0;
	for (size_t i = 2; i < lead->size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	return lead->size;
}

size_t text_char_size(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	for (size_t i = 0; i < array_size(leads); i++) {
		if (*at >= leads[i].first && *at <= leads[i].last)
			return lead_match(&leads[i], at);
	}
	return 0;
}

/* Well-formed text is the rule: jansson checks it, and only what it refuses is mended. */
json_t *text_to_json(const char *text)
{
	json_t *json = json_string(text);
	cleanup_free char *mended = NULL;
	size_t used = 0;

	if (json)
		return json;
	mended = malloc(strlen(text) * strlen(TEXT_REPLACEMENT) + 1);
	if (!mended)
		return NULL;
	while (*text) {
		size_t size = text_char_size(text);

		for (size_t i = 0; i < size; i++)
			mended[used++] = text[i];
		for (const char *at = TEXT_REPLACEMENT; !size && *at; at++)
			mended[used++] = *at;
		text += size ? size : 1;
	}
	return json_stringn(mended, used);
}

void text_copy(char *out, size_t size, const char *text)
{
	size_t length = strnlen(text, size - 1);

	memcpy(out, text, length);
	out[length] = '\0';
}

bool text_is_control(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	return *at < ' ' || *at == 0x7f || (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f);
}

void text_to_line(const char *text, char *out, size_t size)
{
	size_t used = 0;

	while (*text) {
		size_t length = text_char_size(text);
		const unsigned char *at = (const unsigned char *)text;
		char piece[16];

		if (length && text_is_control(text))
			snprintf(piece, sizeof(piece), length == 1 ? "\\x%02x" : "\\x%02x\\x%02x",
				 *at, at[length - 1]);
		else
			snprintf(piece, sizeof(piece), "%.*s", length ? (int)length : 3,
				 length ? text : TEXT_REPLACEMENT);
		if (used + strlen(piece) >= size)
			break;
		text_copy(out + used, size - used, piece);
		used += strlen(piece);
		text += length ? length : 1;
	}
	out[used] = '\0';
}

void text_time(int64_t wall_ns, char out[static TEXT_TIME_SIZE])
{
	int64_t fraction = wall_ns % NS_PER_S;
	time_t seconds = wall_ns / NS_PER_S;
	struct tm tm;
	size_t size;

	if (fraction < 0) {
		fraction += NS_PER_S;
		seconds--;
	}

	/* 64 bits of nanoseconds reach from 1677 to 2262: four digits of year, and no failure. */
	gmtime_r(&seconds, &tm);
	size = strftime(out, TEXT_TIME_SIZE, "%Y-%m-%dT%H:%M:%S.", &tm);
	for (size_t i = DECIMALS; i > 0; i--) {
		out[size + i - 1] = (char)('0' + fraction % 10);
		fraction /= 10;
	}
	memcpy(out + size + DECIMALS, "Z", 2);
}

static int digits(const char *at, size_t count)
{
	int number = 0;

	for (size_t i = 0; i < count; i++)
		number = number * 10 + (at[i] - '0');
	return number;
}

/* Days since 1970-01-01. Source: H. Hinnant, "chrono-compatible low-level date algorithms". */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t shifted = month <= 2 ? year - 1
				     : year; /* years begin in March: leap days end them */
	int64_t era = shifted / 400, of_era = shifted % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool is_date(int year, int month, int day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= lengths[month - 1] + (is_leap && month == 2);
}

/* Does a digit stand where the form has 0, and else what it has? Eight bytes at a time: a digit xor
 * '0' is 9 at most, and what is added brings anything above that to the highest bit. The form's
 * last bytes are looked at twice. */
static bool has_form(const char *text, const char form[static TEXT_TIME_SIZE])
{
	static const char added[] = "vvvv\177vv\177vv\177vv\177vv\177vv\177vvvvvvvvv\177\177";
	static const size_t places[] = { 0, 8, 16, TEXT_TIME_SIZE - 8 };
	uint64_t wrong = 0;

	_Static_assert(sizeof(added) == TEXT_TIME_SIZE + 1, "one for each byte of the form");
	if (strnlen(text, TEXT_TIME_SIZE) != TEXT_TIME_SIZE - 1)
		return false;
	for (size_t i = 0; i < array_size(places); i++) {
		uint64_t bytes, wanted, add;

		memcpy(&bytes, text + places[i], sizeof(bytes));
		memcpy(&wanted, form + places[i], sizeof(wanted));
		memcpy(&add, added + places[i], sizeof(add));
		wrong |= (bytes ^ wanted) | ((bytes ^ wanted) + add);
	}
	return !(wrong & 0x8080808080808080);
}

/* A log has millions of them: strptime() and timegm() take ten times as long. */
int text_time_parse(const char *text, int64_t *out_wall_ns)
{
	static const char form[] = "0000-00-00T00:00:00.000000000Z";
	int hour, minute, second;
	int64_t days, wall_ns;

	_Static_assert(sizeof(form) == TEXT_TIME_SIZE, "the form of a time");
	if (!has_form(text, form))
		return -EINVAL;
	hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
	if (!is_date(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2)) || hour > 23 ||
	    minute > 59 || second > 59)
		return -EINVAL;
	days = days_from_civil(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2));
	if (__builtin_mul_overflow(days * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 +
					   second,
				   (int64_t)NS_PER_S, &wall_ns) ||
	    __builtin_add_overflow(wall_ns, (int64_t)digits(text + 20, DECIMALS), &wall_ns))
		return -EINVAL;
	*out_wall_ns = wall_ns;
	return 0;
}
