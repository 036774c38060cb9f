// SPDX-License-Identifier: Apache-2.0
#include "core/page/html.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/duration.h"
#include "core/base/text.h"

#define COUNT_EXACT 1e15 /* below it every whole number is a double */

/* LRE to RLO and LRI to PDI, LRM, RLM, ALM: a name with them reads as another. */
static bool is_turning(const char *text, size_t size)
{
	static const char *const all[] = {
		"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
		"\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c",
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strlen(all[i]) == size && !strncmp(all[i], text, size))
			return true;
	return false;
}

static const char *entity_of(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(FILE *out, const char *text)
{
	while (*text) {
		size_t size = text_char_size(text);
		const char *entity = entity_of(*text);

		if (!size)
			fputs(TEXT_REPLACEMENT, out);
		else if (entity)
			fputs(entity, out);
		else if (text_is_control(text) || is_turning(text, size))
			for (size_t i = 0; i < size; i++)
				fprintf(out, "\\x%02x", (unsigned char)text[i]);
		else
			fwrite(text, 1, size, out);
		text += size ? size : 1;
	}
}

void html_count(FILE *out, double count)
{
	char digits[32];
	int exponent;

	if (isnan(count)) {
		fputc('?', out);
		return;
	}
	if (fabs(count) >= COUNT_EXACT) {
		if (frexp(count, &exponent) == 0.5)
			fprintf(out, "2^%d", exponent - 1);
		else
			fprintf(out, "%.3g", count);
		return;
	}
	snprintf(digits, sizeof(digits), "%.0f", count);
	for (const char *at = digits; *at; at++) {
		size_t left = strlen(at);

		fputc(*at, out);
		if (*at != '-' && left > 1 && left % 3 == 1)
			fputc(',', out);
	}
}

void html_seconds(FILE *out, double seconds)
{
	char text[DURATION_TEXT_SIZE];

	if (!(seconds >= 0) || seconds > (double)DURATION_MAX_NS / 1e9) {
		fputc('?', out);
		return;
	}
	duration_format(seconds < 1 ? (uint64_t)(seconds * 1e9) : (uint64_t)seconds * 1000000000ULL,
			text);
	fputs(text, out);
}

void html_time(FILE *out, int64_t wall_ns)
{
	char text[TEXT_TIME_SIZE];

	text_time(wall_ns, text);
	fprintf(out, "<time datetime=\"%.19sZ\">%.8s</time>", text, text + sizeof("2006-01-02"));
}
