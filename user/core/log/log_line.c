// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_line.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"

#define HEAD "{\"v\":1,\"seq\":"
#define BEFORE_TS ",\"ts\":\""

_Static_assert(LOG_LINE_TS_SIZE == TEXT_TIME_SIZE - 1, "a time has another length");

/* Moves past TEXT if it is there. */
static bool skip(const char **at, const char *end, const char *text)
{
	size_t size = strlen(text);

	if ((size_t)(end - *at) < size || memcmp(*at, text, size) != 0)
		return false;
	*at += size;
	return true;
}

static bool take_number(const char **at, const char *end, uint64_t *out)
{
	const char *from = *at;
	uint64_t number = 0;

	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(**at - '0'), &number))
			return false;
	}
	*out = number;
	return *at > from;
}

int log_line_parse(const char *line, size_t size, struct log_line *out)
{
	const char *at = line, *end = line + size;
	uint64_t seq;

	if (!skip(&at, end, HEAD) || !take_number(&at, end, &seq) || !skip(&at, end, BEFORE_TS) ||
	    end - at <= LOG_LINE_TS_SIZE || at[LOG_LINE_TS_SIZE] != '"')
		return -EINVAL;
	*out = (struct log_line){ .seq = seq, .ts = at };
	return 0;
}

int log_line_time(const struct log_line *line, int64_t *out_wall_ns)
{
	char ts[TEXT_TIME_SIZE];

	memcpy(ts, line->ts, LOG_LINE_TS_SIZE);
	ts[LOG_LINE_TS_SIZE] = '\0';
	return text_time_parse(ts, out_wall_ns);
}

bool log_line_is_begun(const char *text, size_t size)
{
	size_t head = strlen(HEAD);

	return size > 0 && !memcmp(text, HEAD, size < head ? size : head);
}
