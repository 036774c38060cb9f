// SPDX-License-Identifier: Apache-2.0
#include "core/base/recent.h"

#include <errno.h>
#include <string.h>

/* A ring of bytes: a line may go on at its beginning. */
struct recent {
	size_t room, start, used;
	char bytes[];
};

int recent_new(size_t room, struct recent **out)
{
	struct recent *recent = calloc(1, sizeof(*recent) + room);

	if (!recent)
		return -ENOMEM;
	recent->room = room;
	*out = recent;
	return 0;
}

void recent_free(struct recent *recent)
{
	free(recent);
}

static char at(const struct recent *recent, size_t index)
{
	return recent->bytes[(recent->start + index) % recent->room];
}

static void drop_oldest(struct recent *recent)
{
	size_t size = 0;

	while (at(recent, size++) != '\n' && size < recent->used)
		continue;
	recent->start = (recent->start + size) % recent->room;
	recent->used -= size;
}

void recent_add(struct recent *recent, const char *line, size_t size)
{
	size_t end, first;

	if (size > recent->room)
		return;
	while (size > recent->room - recent->used)
		drop_oldest(recent);
	end = (recent->start + recent->used) % (recent->room ? recent->room : 1);
	first = size < recent->room - end ? size : recent->room - end;
	memcpy(recent->bytes + end, line, first);
	memcpy(recent->bytes, line + first, size - first);
	recent->used += size;
}

/* Where the newest `count` lines begin. */
static size_t find_last(const struct recent *recent, size_t count)
{
	size_t from = recent->used;

	while (from && count) {
		from--;
		while (from && at(recent, from - 1) != '\n')
			from--;
		count--;
	}
	return from;
}

int recent_last(const struct recent *recent, size_t count, char **out, size_t *out_size)
{
	size_t from = find_last(recent, count), size = recent->used - from;
	char *text = malloc(size + 1);
	size_t begin, first;

	if (!text)
		return -ENOMEM;
	begin = recent->room ? (recent->start + from) % recent->room : 0;
	first = size < recent->room - begin ? size : recent->room - begin;
	memcpy(text, recent->bytes + begin, first);
	memcpy(text + first, recent->bytes, size - first);
	text[size] = '\0';
	*out = text;
	*out_size = size;
	return 0;
}

size_t recent_used(const struct recent *recent)
{
	return recent->used;
}
