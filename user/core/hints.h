/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hints of the tracepoint backend: addresses that a kernel program saw at the
 * moment they were added. A walk and rtnetlink know better for as long as the
 * netns lives; a netns that came and went between two walks is known by its hints
 * alone. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/diff.h"

enum {
	HINTS_MAX = 4096, /* between two walks */
	HINTS_GONE_SETS = 1024, /* of namespaces that are remembered as told of and gone */
	HINTS_GONE_WAYS = 4,
};

struct hints {
	struct diff seen; /* address events, oldest first */
	uint64_t gone[HINTS_GONE_SETS][HINTS_GONE_WAYS]; /* cookies, newest first in each set */
	uint64_t walked_ns; /* when the walk to resolve by began; set by the caller */
	uint64_t dropped;
};

typedef void (*hints_fn)(const struct event *event, void *ctx);

void hints_add(struct hints *hints, const struct event *event);
/* This netns has been told of as gone: late hints of it are void. */
void hints_gone(struct hints *hints, uint64_t cookie);
bool hints_is_gone(const struct hints *hints, uint64_t cookie);
/* rtnetlink has told of this address: what a hint says of it is old. */
void hints_void(struct hints *hints, const struct event *event);
/* Tell of what the walk behind `diff` was too late for: addresses of namespaces and links that it
 * found gone, and whole namespaces that came and went. Call it before the diff is applied. Hints
 * from `walked_ns` on, when the walk began, wait for the next one. */
void hints_resolve(struct hints *hints, const struct inventory *inventory, const struct diff *diff,
		   hints_fn tell, void *ctx);
void hints_clear(struct hints *hints);
