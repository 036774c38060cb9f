/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Difference between the state and a walk, as the events that would close it.
 * Nothing is applied here: whoever asked decides, and goes through state_apply().
 * Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/state/state.h"
#include "walk.h"

struct diff {
	struct event *events; /* what is gone first, then what is new, in the kernel's order */
	size_t count;
	size_t capacity;
	bool is_partial; /* the walk was not complete */
};

struct diff_walk {
	const union walk_slot *slots; /* borrowed */
	size_t count;
	bool is_complete; /* an incomplete walk tells nothing of what it did not see */
	uint64_t time_ns; /* of the events */
	bool is_creation_known; /* a new netns was made just now, not some time before */
};

/* Append an event. -ENOMEM. */
int diff_push(struct diff *diff, const struct event *event);
/* Room for `more` events beyond the present. -ENOMEM leaves *diff untouched. */
int diff_reserve(struct diff *diff, size_t more);
/* By netns, link and address: <0, 0, >0. */
int diff_compare_place(const struct event *a, const struct event *b);
/* Replaces what *diff held; keeps its memory for the next time. -ENOMEM leaves it empty. */
int diff_take(struct state *state, const struct diff_walk *walk, struct diff *diff);
/* Keep in *diff only what `earlier` said as well: a change under way during one walk is no
 * difference, one that two walks see is. Events keep their earlier time. -ENOMEM leaves both
 * untouched. */
int diff_confirm(const struct diff *earlier, struct diff *diff);
/* Empty it for the next time; the memory of a burst is given back. */
void diff_reset(struct diff *diff);
void diff_clear(struct diff *diff);
