// SPDX-License-Identifier: Apache-2.0
#include "core/text.h"

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

int text_time_parse(const char *text, int64_t *out_wall_ns)
{
	char again[TEXT_TIME_SIZE];
	int64_t fraction = 0, wall_ns;
	struct tm tm = { 0 };
	const char *at = strptime(text, "%Y-%m-%dT%H:%M:%S.", &tm);

	if (!at)
		return -EINVAL;
	for (; *at >= '0' && *at <= '9' && fraction < NS_PER_S; at++)
		fraction = fraction * 10 + (*at - '0');

	if (__builtin_mul_overflow((int64_t)timegm(&tm), NS_PER_S, &wall_ns) ||
	    __builtin_add_overflow(wall_ns, fraction, &wall_ns))
		return -EINVAL;

	/* strptime() is lenient (blanks, short numbers, 31 February); the round trip is not. */
	text_time(wall_ns, again);
	if (strcmp(text, again) != 0)
		return -EINVAL;

	*out_wall_ns = wall_ns;
	return 0;
}
