// SPDX-License-Identifier: Apache-2.0
#include "cli/status_cells.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/text.h"

enum { LINE_SIZE = 2048 };

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text; text += text_char_size(text) ?: 1)
		count++;
	return count;
}

/* The columns that it took. */
static size_t put(FILE *out, const char *text, size_t width)
{
	char line[LINE_SIZE];
	const char *at = line;
	size_t count;

	text_to_line(text, line, sizeof(line));
	count = count_characters(line);
	if (count <= width) {
		fputs(line, out);
		return count;
	}
	for (size_t i = 0; i + 1 < width; i++)
		at += text_char_size(at);
	fprintf(out, "%.*s~", (int)(at - line), line);
	return width;
}

void status_put_text(FILE *out, const char *text, size_t width)
{
	put(out, text, width);
}

void status_put_cell(FILE *out, const char *text, size_t width)
{
	size_t used = put(out, text, width);

	fprintf(out, "%*s", (int)(width - used) + 1, "");
}

void status_put_wrapped(FILE *out, const char *text, size_t width)
{
	char line[LINE_SIZE], word[LINE_SIZE];
	const char *at = line;
	size_t used = 0;

	text_to_line(text, line, sizeof(line));
	while (*at) {
		size_t size = strcspn(at, " "), count;

		memcpy(word, at, size);
		word[size] = '\0';
		count = count_characters(word);
		if (used && used + 1 + count > width) {
			putc('\n', out);
			used = 0;
		} else if (used) {
			putc(' ', out);
			used++;
		}
		used += put(out, word, width);
		at += size;
		at += strspn(at, " ");
	}
	if (used)
		putc('\n', out);
}

void status_duration(double seconds, char out[static DURATION_TEXT_SIZE])
{
	double most = (double)DURATION_MAX_NS / 1e9;

	if (isnan(seconds))
		snprintf(out, DURATION_TEXT_SIZE, "-");
	else
		duration_format((uint64_t)fmin(fmax(round(seconds), 0), most) * 1000000000, out);
}

void status_list_add(struct status_list *list, const char *fmt, ...)
{
	size_t room = sizeof(list->text) - list->used;
	char item[512];
	va_list args;
	int size;

	va_start(args, fmt);
	vsnprintf(item, sizeof(item), fmt, args);
	va_end(args);
	size = snprintf(list->text + list->used, room, "%s%s", list->count ? ", " : "", item);
	list->count++;
	if (size < 0 || (size_t)size >= room)
		list->text[list->used] = '\0';
	else
		list->used += (size_t)size;
}
