// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_lines.h"

#include <errno.h>
#include <string.h>

int log_lines_init(struct log_lines *lines, size_t line_max, size_t block_max)
{
	char *buffer = malloc(line_max + block_max + 1);

	if (!buffer)
		return -ENOMEM;
	*lines = (struct log_lines){
		.buffer = buffer,
		.line_max = line_max,
		.block_max = block_max,
	};
	return 0;
}

void log_lines_clear(struct log_lines *lines)
{
	free(take_ptr(lines->buffer));
}

void log_lines_reset(struct log_lines *lines)
{
	lines->at = lines->end = lines->searched = 0;
	lines->is_skipping = false;
}

/* Is it to be handed out? */
static bool admit(struct log_lines *lines, size_t size)
{
	bool is_end_of_skipped = take(lines->is_skipping, false);

	if (!is_end_of_skipped && size > lines->line_max)
		lines->too_long++;
	return size && !is_end_of_skipped && size <= lines->line_max;
}

/* What is left has no '\n' in it: does it still make a line? */
static void drop_too_long(struct log_lines *lines)
{
	if (!lines->is_skipping && lines->end - lines->at <= lines->line_max)
		return;
	lines->too_long += !lines->is_skipping;
	lines->is_skipping = true;
	lines->at = lines->end;
}

char *log_lines_room(struct log_lines *lines)
{
	size_t left;

	drop_too_long(lines);
	left = lines->end - lines->at;
	memmove(lines->buffer, lines->buffer + lines->at, left);
	lines->at = 0;
	lines->end = lines->searched = left;
	return lines->buffer + left;
}

void log_lines_put(struct log_lines *lines, size_t size)
{
	lines->end += size;
}

char *log_lines_next(struct log_lines *lines, size_t *out_size)
{
	char *newline;

	while ((newline = memchr(lines->buffer + lines->searched, '\n',
				 lines->end - lines->searched))) {
		char *line = lines->buffer + lines->at;

		lines->at = lines->searched = (size_t)(newline - lines->buffer) + 1;
		if (!admit(lines, (size_t)(newline - line)))
			continue;
		*newline = '\0';
		*out_size = (size_t)(newline - line);
		return line;
	}
	lines->searched = lines->end;
	return NULL;
}

size_t log_lines_left(const struct log_lines *lines)
{
	return lines->is_skipping ? 0 : lines->end - lines->at;
}

static char *last_of(struct log_lines *lines, size_t *out_size)
{
	char *line = lines->buffer + lines->at;
	size_t size = lines->end - lines->at;

	lines->buffer[lines->end] = '\0';
	lines->at = lines->end = lines->searched = 0;
	if (!admit(lines, size))
		return NULL;
	*out_size = size;
	return line;
}

char *log_lines_rest(struct log_lines *lines, size_t *out_size)
{
	return last_of(lines, out_size);
}

char *log_lines_room_before(struct log_lines *lines)
{
	size_t left, room = lines->line_max + lines->block_max;

	drop_too_long(lines);
	left = lines->end - lines->at;
	memmove(lines->buffer + room - left, lines->buffer + lines->at, left);
	lines->at = lines->searched = room - left;
	lines->end = room;
	return lines->buffer + lines->at;
}

void log_lines_put_before(struct log_lines *lines, size_t size)
{
	lines->at -= size;
}

char *log_lines_previous(struct log_lines *lines, size_t *out_size)
{
	char *newline;

	while ((newline = memrchr(lines->buffer + lines->at, '\n', lines->searched - lines->at))) {
		char *line = newline + 1;
		size_t size = (size_t)(lines->buffer + lines->end - line);

		lines->buffer[lines->end] = '\0';
		lines->end = lines->searched = (size_t)(newline - lines->buffer);
		if (!admit(lines, size))
			continue;
		*out_size = size;
		return line;
	}
	lines->searched = lines->at;
	return NULL;
}

char *log_lines_first(struct log_lines *lines, size_t *out_size)
{
	return last_of(lines, out_size);
}
