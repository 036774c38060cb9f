/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recent: the newest lines of a stream, as many as a fixed memory holds. Pure; bounded.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"

struct recent;

/* Holds lines of `room` bytes together. -ENOMEM. The caller owns *out. */
int recent_new(size_t room, struct recent **out);
void recent_free(struct recent *recent);
DEFINE_CLEANUP(recent, struct recent *, recent_free)
#define cleanup_recent cleanup(cleanup_recent_fn)

/* A line with its '\n'; the oldest ones go where it needs their place. One that is longer than all
 * of it is not kept. */
void recent_add(struct recent *recent, const char *line, size_t size);
/* The newest lines, `count` at most, oldest first, with a '\0' behind them. -ENOMEM. The caller
 * owns *out. */
int recent_last(const struct recent *recent, size_t count, char **out, size_t *out_size);

size_t recent_used(const struct recent *recent); /* bytes now */
