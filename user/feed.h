/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feed: the loaded BPF object and its walker, with the node's boundary found.
 */
#pragma once

#include <stdint.h>

#include "core/state/diff.h"
#include "source/kernel/kernel.h"

struct object;
struct state;
struct walker;

struct feed {
	struct object *object;
	struct walker *walker;
	uint32_t host_inum; /* the node's own netns */
	uint64_t incomplete; /* walks that did not see everything */
};

/* Load hooks of `backend` (BACKEND_NONE: none) and the walker, and tell the state the node's
 * boundary: its own netns is that of process 1 under proc_dir. The kernel's first netns comes first
 * in a walk; where the node's is another one, several nodes share the kernel, and walks will tell
 * where the other end of each pair is. Says why in the log when it fails. */
int feed_open(struct feed *feed, const struct kernel *kernel, enum backend backend,
	      const char *proc_dir, struct state *state);
void feed_close(struct feed *feed);

/* Walk, and take the difference to the state. is_creation_known as in struct diff_walk. Logs its
 * errors. */
int feed_diff(struct feed *feed, struct state *state, bool is_creation_known, uint64_t now_ns,
	      struct diff *diff);
