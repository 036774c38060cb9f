/* SPDX-License-Identifier: Apache-2.0 */
/* Records as a log has them, for tests of what is made of them. Included after test.h. */
#pragma once

#include <stdio.h>

#include "core/log/log_text.h"
#include "core/record/record_parse.h"

enum { LINE_SIZE = 1024, OUT_SIZE = LOG_TEXT_GROWTH * LINE_SIZE + LOG_TEXT_ROOM };

/* body: a line from its type on, with ' for ". */
static inline struct record record_of(const char *time, const char *body,
				      char line[static LINE_SIZE])
{
	struct record record;
	int size = snprintf(line, LINE_SIZE, "{'v':1,'seq':1,'ts':'%s','type':%s}", time, body);

	assert_in_range(size, 1, LINE_SIZE - 1);
	for (char *at = line; *at; at++)
		if (*at == '\'')
			*at = '"';
	assert_int_equal(record_parse(line, (size_t)size, &record), 0);
	return record;
}

static inline struct record record_at_noon(const char *body, char line[static LINE_SIZE])
{
	return record_of("2026-11-26T14:40:19.134000000Z", body, line);
}

struct text_case {
	const char *body, *want;
};
