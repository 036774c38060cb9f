// SPDX-License-Identifier: Apache-2.0
#include "told_ranges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/record/record_event.h"

bool told_ranges_has(enum record_type type)
{
	return type == RECORD_RANGE_ADDED || type == RECORD_RANGE_CHANGED ||
	       type == RECORD_RANGE_REMOVED;
}

/* Ranges borrow the name of who said so, and tables of them outlive the record. */
static const char *name_source(struct told_ranges *told, const char *name)
{
	size_t i = 0;

	name = name ? name : "";
	while (i < told->source_count && strncmp(told->sources[i], name, TOLD_SOURCE_SIZE - 1) != 0)
		i++;
	if (i == TOLD_SOURCES_MAX)
		return "other";
	if (i == told->source_count)
		text_copy(told->sources[told->source_count++], TOLD_SOURCE_SIZE, name);
	return told->sources[i];
}

static int make_room(struct told_ranges *told)
{
	size_t room = told->room ? told->room * 2 : 16;
	struct range *larger;

	if (told->count < told->room)
		return 0;
	if (told->count == RANGE_MAX)
		return -ENOSPC;
	larger = reallocarray(told->ranges, room, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	told->ranges = larger;
	told->room = room;
	return 0;
}

static int add(struct told_ranges *told, const struct range *range)
{
	int err = make_room(told);

	if (err == -ENOSPC)
		told->refused++;
	else if (!err)
		told->ranges[told->count++] = *range;
	return err == -ENOSPC ? 0 : err;
}

int told_ranges_record(struct told_ranges *told, const struct record *record)
{
	struct range range = { .source = name_source(told, record->reason) };
	size_t at = 0;
	int err = record_range(record, &range);

	if (err)
		return err;
	told->are_new = true;
	while (at < told->count && prefix_compare(&told->ranges[at].cidr, &range.cidr) != 0)
		at++;
	if (record->type != RECORD_RANGE_REMOVED && at == told->count)
		return add(told, &range);
	if (record->type != RECORD_RANGE_REMOVED)
		told->ranges[at] = range;
	else if (at < told->count)
		told->ranges[at] = told->ranges[--told->count];
	return 0;
}

bool told_ranges_are_new(const struct told_ranges *told)
{
	return told->are_new;
}

int told_ranges_settle(struct told_ranges *told, struct range_table **out)
{
	const struct range_list list = { told->ranges, told->count };
	int err = range_table_new(&list, 1, out);

	told->are_new = told->are_new && err;
	return err;
}

uint32_t told_ranges_max_pods(const struct told_ranges *told)
{
	for (size_t i = 0; i < told->count; i++)
		if (told->ranges[i].max_pods)
			return told->ranges[i].max_pods;
	return 0;
}

void told_ranges_reset(struct told_ranges *told)
{
	told->count = 0;
	told->are_new = false;
}

void told_ranges_clear(struct told_ranges *told)
{
	free(told->ranges);
	*told = (struct told_ranges){ 0 };
}
