// SPDX-License-Identifier: Apache-2.0
#include "core/record/record_glance.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/text.h"

struct cursor {
	const char *at, *end;
};

#define SKIP(cursor, text) skip(cursor, text, sizeof(text) - 1)

static bool skip(struct cursor *cursor, const char *text, size_t size)
{
	if ((size_t)(cursor->end - cursor->at) < size || memcmp(cursor->at, text, size) != 0)
		return false;
	cursor->at += size;
	return true;
}

static bool read_number(struct cursor *cursor, uint64_t *out)
{
	const char *from = cursor->at;
	uint64_t number = 0;

	for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
		uint64_t digit = (uint64_t)(*cursor->at - '0');

		if (number > (INT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*out = number;
	return cursor->at > from;
}

static bool read_time(struct cursor *cursor, int64_t *out)
{
	char text[TEXT_TIME_SIZE];

	if (cursor->end - cursor->at < TEXT_TIME_SIZE)
		return false;
	memcpy(text, cursor->at, TEXT_TIME_SIZE - 1);
	text[TEXT_TIME_SIZE - 1] = '\0';
	cursor->at += TEXT_TIME_SIZE - 1;
	return !text_time_parse(text, out);
}

/* Behind its first quote, past its last one. One with an escape is left to a parser. */
static bool read_string(struct cursor *cursor, const char **out, size_t *out_size)
{
	const char *from = cursor->at;
	const char *quote = memchr(from, '"', (size_t)(cursor->end - from));

	if (!quote || memchr(from, '\\', (size_t)(quote - from)))
		return false;
	cursor->at = quote + 1;
	*out = from;
	*out_size = (size_t)(quote - from);
	return true;
}

int record_glance(const char *line, size_t size, struct record_glance *out)
{
	struct cursor cursor = { line, line + size };
	struct record_glance glance = { 0 };
	size_t node_size;
	const char *node;

	if (!SKIP(&cursor, "{\"v\":1,\"seq\":") || !read_number(&cursor, &glance.seq) ||
	    !SKIP(&cursor, ",\"ts\":\"") || !read_time(&cursor, &glance.wall_ns) ||
	    !SKIP(&cursor, "\",\"mono_ns\":") || !read_number(&cursor, &glance.mono_ns))
		return -EINVAL;
	if (SKIP(&cursor, ",\"boot_id\":\"") &&
	    !read_string(&cursor, &glance.boot_id, &glance.boot_id_size))
		return -EINVAL;
	if (SKIP(&cursor, ",\"node\":\"") && !read_string(&cursor, &node, &node_size))
		return -EINVAL;
	if (!SKIP(&cursor, ",\"type\":\"") ||
	    !read_string(&cursor, &glance.type, &glance.type_size))
		return -EINVAL;
	glance.rest = cursor.at;
	*out = glance;
	return 0;
}
