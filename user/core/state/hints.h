/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hints of the tracepoint backend: addresses that a kernel program saw at the
 * moment they were added. Walks know better for as long as the link lives, and
 * rtnetlink, where it reports a netns at all, tells everything of it; a link or netns
 * that came and went between two walks unheard is known by its hints alone. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/state/diff.h"

enum {
	HINTS_MAX = 4096, /* between two walks */
	HINTS_SETS = 1024, /* of namespaces that are remembered */
	HINTS_WAYS = 4,
};

struct hints_memory {
	uint64_t cookies[HINTS_SETS][HINTS_WAYS]; /* newest first in each set */
};

struct hints {
	struct diff seen; /* address events, oldest first */
	struct hints_memory gone; /* told of as gone */
	struct hints_memory heard; /* rtnetlink tells of them */
	uint64_t walked_ns; /* when the walk to resolve by began; set by the caller */
	uint64_t dropped;
};

typedef void (*hints_fn)(const struct event *event, void *ctx);

void hints_add(struct hints *hints, const struct event *event);
/* This netns has been told of as gone: late hints of it are void. */
void hints_gone(struct hints *hints, uint64_t cookie);
bool hints_is_gone(const struct hints *hints, uint64_t cookie);
/* rtnetlink has told of an address in this netns: it tells of the others, too, and of all until the
 * netns goes. Take in what it has sent before hints_resolve(). */
void hints_heard(struct hints *hints, uint64_t cookie);
/* Tell of what the walk behind `diff` was too late for: addresses of namespaces and links that it
 * found gone, and whole namespaces that came and went. An incomplete walk tells nothing of what it
 * did not see. Call it before the diff is applied. Hints from `walked_ns` on, when the walk began,
 * wait for the next one. */
void hints_resolve(struct hints *hints, const struct inventory *inventory, const struct diff *diff,
		   hints_fn tell, void *ctx);
/* A walk reads a link's IPv4 addresses before those of IPv6, and what comes in between is in the
 * second list only. Call it before an address of the walk is told: tells of those of IPv4 that were
 * hinted at since the walk began, and before this one. */
void hints_precede(struct hints *hints, const struct event *event, hints_fn tell, void *ctx);
void hints_clear(struct hints *hints);
