/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log tail: the newest lines that match, and the notices between them, put by from
 * either end of a log, handed out oldest first. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

enum {
	LOG_TAIL_NOTICES_MAX =
		1000, /* kept at once; of more the oldest are left out, and counted */
	LOG_TAIL_BYTES_MAX = 64 * 1024 * 1024, /* of lines; as above */
};

struct log_tail;

/* For the MAX newest lines that match, at least 1. -ENOMEM. The caller owns *out. */
int log_tail_new(size_t max, struct log_tail **out);
void log_tail_free(struct log_tail *tail);
DEFINE_CLEANUP(log_tail, struct log_tail *, log_tail_free)
#define cleanup_log_tail cleanup(cleanup_log_tail_fn)

/* A line newer than all before; the oldest that match give way, with the notices before them.
 * -ENOMEM. */
int log_tail_append(struct log_tail *tail, const char *line, size_t size, bool is_match);
/* A line older than all before. 0; 1: nothing older will be kept; -ENOMEM. */
int log_tail_prepend(struct log_tail *tail, const char *line, size_t size, bool is_match);
/* Takes the oldest; false: there is none. *out_line is NUL-terminated and owned by the caller. */
bool log_tail_take(struct log_tail *tail, char **out_line, size_t *out_size);
/* Lines that would have been kept, had they not been too many or too long. */
uint64_t log_tail_left_out(const struct log_tail *tail);
