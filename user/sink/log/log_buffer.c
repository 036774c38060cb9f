// SPDX-License-Identifier: Apache-2.0
#include "sink/log/log_buffer.h"

#include <string.h>

bool log_buffer_put(struct log_buffer *buffer, const char *line, size_t size)
{
	if (size > LOG_BUFFER_SIZE - buffer->used)
		return false;
	memcpy(buffer->text + buffer->used, line, size);
	buffer->used += size;
	return true;
}

static size_t count_lines(const char *text, size_t size)
{
	const char *end = text + size;
	size_t count = 0;

	while ((text = memchr(text, '\n', (size_t)(end - text)))) {
		count++;
		text++;
	}
	return count;
}

size_t log_buffer_wrote(struct log_buffer *buffer, size_t done)
{
	const char *newline = memrchr(buffer->text, '\n', done);
	size_t whole = newline ? (size_t)(newline + 1 - buffer->text) : 0;
	size_t lines = count_lines(buffer->text, whole);

	buffer->used -= whole;
	memmove(buffer->text, buffer->text + whole, buffer->used);
	return lines;
}

size_t log_buffer_lines(const struct log_buffer *buffer)
{
	return count_lines(buffer->text, buffer->used);
}
