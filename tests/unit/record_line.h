/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a test, as lines of an event log without what every line begins with.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include "core/record/record_parse.h"

struct record_line {
	char text[2048];
	struct record record;
};

/* "\"type\":\"netns.freed\",\"netns\":101": at mono_ns since boot, which was at 1000 s. ' is ". */
static inline void record_line_read(uint64_t seq, uint64_t mono_ns, const char *rest,
				    struct record_line *out)
{
	size_t size = (size_t)snprintf(
		out->text, sizeof(out->text),
		"{'v':1,'seq':%llu,'ts':'1970-01-01T00:%02llu:%02llu.%09lluZ','mono_ns':%llu,"
		"'boot_id':'b',%s%s}",
		(unsigned long long)seq, (unsigned long long)(mono_ns / 1000000000 + 1000) / 60,
		(unsigned long long)(mono_ns / 1000000000 + 1000) % 60,
		(unsigned long long)mono_ns % 1000000000, (unsigned long long)mono_ns,
		strstr(rest, "'node':") ? "" : "'node':'n',", rest);

	assert_true(size < sizeof(out->text));
	for (char *at = out->text; *at; at++)
		if (*at == '\'')
			*at = '"';
	assert_int_equal(record_parse(out->text, size, &out->record), 0);
}
