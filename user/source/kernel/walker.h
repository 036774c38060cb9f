/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walker: runs the walk program and gives what it wrote. One run is one system
 * call; nothing is entered, nothing stays.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "walk.h"

struct object;
struct walker;

struct walk_view {
	const union walk_slot
		*slots; /* in memory shared with the kernel: valid until the next run */
	uint32_t count;
	uint32_t netns;
	bool is_complete; /* false: the array was full, or namespaces changed too fast to go on */
};

struct walker_stats {
	uint64_t runs;
	uint64_t incomplete;
	uint64_t time_ns; /* spent in runs */
};

/* The object is borrowed for the walker's life. The caller owns *out. */
int walker_open(struct object *object, struct walker **out);
void walker_close(struct walker *walker);
DEFINE_CLEANUP(walker, struct walker *, walker_close)
#define cleanup_walker cleanup(cleanup_walker_fn)

int walker_run(struct walker *walker, struct walk_view *out);
/* Which netns the node's own calls `nsid`. -ENOENT when there is none (any more). Needs a walk
 * before, and an object with the tracepoint backend. */
int walker_find_nsid(struct walker *walker, int nsid, uint64_t *out_cookie, uint32_t *out_inum);
/* Whose ids walker_find_nsid() is to resolve: the node's own netns. */
void walker_set_host(struct walker *walker, uint32_t inum);
/* Netns of the kernel's process 1, which needs no permission to look at it. 0 before a walk. */
uint32_t walker_first_inum(const struct walker *walker);
struct walker_stats walker_stats(const struct walker *walker);
