// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_tail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

struct kept {
	struct kept *prev, *next;
	bool is_match;
	size_t size;
	char *line;
};

struct log_tail {
	struct kept *kept; /* the oldest first */
	size_t max, matches, notices, bytes;
	uint64_t left_out;
};

int log_tail_new(size_t max, struct log_tail **out)
{
	struct log_tail *tail = calloc(1, sizeof(*tail));

	if (!tail)
		return -ENOMEM;
	tail->max = max;
	*out = tail;
	return 0;
}

static void remove_kept(struct log_tail *tail, struct kept *kept)
{
	DL_DELETE(tail->kept, kept);
	*(kept->is_match ? &tail->matches : &tail->notices) -= 1;
	tail->bytes -= kept->size;
	free(kept->line);
	free(kept);
}

void log_tail_free(struct log_tail *tail)
{
	if (!tail)
		return;
	while (tail->kept)
		remove_kept(tail, tail->kept);
	free(tail);
}

static struct kept *keep(struct log_tail *tail, const char *line, size_t size, bool is_match)
{
	struct kept *kept = calloc(1, sizeof(*kept));

	if (!kept)
		return NULL;
	kept->line = malloc(size + 1);
	if (!kept->line) {
		free(kept);
		return NULL;
	}
	memcpy(kept->line, line, size);
	kept->line[size] = '\0';
	kept->size = size;
	kept->is_match = is_match;
	*(is_match ? &tail->matches : &tail->notices) += 1;
	tail->bytes += size;
	return kept;
}

/* A notice tells of what is missing between two that match: before the first it has no say. */
static void drop_oldest_match(struct log_tail *tail)
{
	while (tail->kept && !tail->kept->is_match)
		remove_kept(tail, tail->kept);
	if (tail->kept)
		remove_kept(tail, tail->kept);
	while (tail->kept && tail->matches && !tail->kept->is_match)
		remove_kept(tail, tail->kept);
}

static void drop_oldest_notice(struct log_tail *tail)
{
	struct kept *kept;

	DL_FOREACH(tail->kept, kept) {
		if (!kept->is_match) {
			remove_kept(tail, kept);
			tail->left_out++;
			return;
		}
	}
}

int log_tail_append(struct log_tail *tail, const char *line, size_t size, bool is_match)
{
	struct kept *kept = keep(tail, line, size, is_match);

	if (!kept)
		return -ENOMEM;
	DL_APPEND(tail->kept, kept);
	if (tail->matches > tail->max)
		drop_oldest_match(tail);
	if (tail->notices > LOG_TAIL_NOTICES_MAX)
		drop_oldest_notice(tail);
	while (tail->bytes > LOG_TAIL_BYTES_MAX && tail->kept && tail->kept->next) {
		tail->left_out++;
		remove_kept(tail, tail->kept);
	}
	return 0;
}

int log_tail_prepend(struct log_tail *tail, const char *line, size_t size, bool is_match)
{
	struct kept *kept;

	if (tail->matches == tail->max)
		return 1;
	if (!is_match && tail->notices == LOG_TAIL_NOTICES_MAX) {
		tail->left_out++;
		return 0;
	}
	if (tail->kept && tail->bytes + size > LOG_TAIL_BYTES_MAX) {
		tail->left_out++;
		return 1;
	}
	kept = keep(tail, line, size, is_match);
	if (!kept)
		return -ENOMEM;
	DL_PREPEND(tail->kept, kept);
	return tail->matches == tail->max;
}

bool log_tail_take(struct log_tail *tail, char **out_line, size_t *out_size)
{
	struct kept *kept = tail->kept;

	if (!kept)
		return false;
	*out_line = take_ptr(kept->line);
	*out_size = kept->size;
	remove_kept(tail, kept);
	return true;
}

uint64_t log_tail_left_out(const struct log_tail *tail)
{
	return tail->left_out;
}
