/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recall: what the end of our own event log says of how many addresses were in use,
 * for what has to outlive a restart. Lines are not parsed as JSON: they are of our
 * own making, and a start has no time for it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"

enum {
	RECALL_BYTES_MAX = 16 << 20, /* of the log's end, over its files; some 45,000 records */
};

enum recalled_kind {
	RECALLED_USED, /* ip.assigned or ip.released in a range */
	RECALLED_GAP, /* from then on nobody looked: an agent stopped, or wrote its last */
};

struct recalled {
	enum recalled_kind kind;
	int64_t wall_ns; /* since the epoch */
	struct prefix cidr; /* of RECALLED_USED, as what follows */
	uint64_t used;
	int delta; /* 1 or -1 */
};

typedef void (*recall_fn)(const struct recalled *recalled, void *ctx);

/* Reads the file at path, the oldest line first; what is no record of ours is left out. Addresses
 * that were there before an agent (`initial`) tell of no change and are left out, too. 0 or -errno;
 * "-" and a missing file have nothing. */
int recall_read(const char *path, recall_fn fn, void *ctx);
/* One line, without its end. -ENOENT: it says nothing of this. */
int recall_line(const char *line, size_t size, int64_t *last_ns, recall_fn fn, void *ctx);
