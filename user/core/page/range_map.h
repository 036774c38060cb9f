/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Range map: a range as a picture, one cell an address; of a range that is too large
 * for that, one cell a block of equal size; of IPv6, where a picture of all would be
 * empty, the blocks that hold something. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "core/base/range.h"

enum range_map_kind {
	RANGE_MAP_FREE, /* of a shared range: nobody of this node has it, others may */
	RANGE_MAP_OWN, /* of a shared range: this node's, and no pod has it */
	RANGE_MAP_RESERVED,
	RANGE_MAP_COOLDOWN,
	RANGE_MAP_USED,
	RANGE_MAP_LEAKED, /* also where a namespace holds it */
	RANGE_MAP_KIND_COUNT, /* an address of several kinds is of the last of them */
};

enum {
	RANGE_MAP_CELLS_MAX = 4096,
	RANGE_MAP_BLOCKS_MAX = 64, /* of a map that is not whole */
	RANGE_MAP_BLOCK_BITS = 8, /* a block of such a map has 2^8 addresses, or more */
};

/* What is known of one address. */
struct range_mark {
	struct ip ip;
	enum range_map_kind kind; /* RESERVED, COOLDOWN, USED or LEAKED */
};

/* What is known of all ranges. Borrowed by range_map_new(). */
struct range_marks {
	struct range_mark *marks; /* by address, each once */
	struct prefix *own; /* held for this node; by prefix_compare() */
	size_t count, own_count;
};

struct range_map_cell {
	struct ip base;
	double counts[RANGE_MAP_KIND_COUNT]; /* addresses */
};

struct range_map {
	struct prefix cidr;
	uint8_t cell_len; /* prefix length of a cell, over the mapped form: 128 is an address */
	bool is_shared; /* this node is not the only one that takes out of it */
	bool is_node_blocks; /* a cell is what a node takes out of it */
	bool is_whole; /* else cells are those that hold something */
	double counts[RANGE_MAP_KIND_COUNT]; /* of the range */
	double unplaced; /* reserved ones of which nobody knows which they are; not in counts */
	size_t count;
	struct range_map_cell cells[];
};

/* Sorts, and leaves of each address the last kind. Of prefixes inside others nothing is left. */
void range_marks_sort(struct range_marks *marks);

/* cells_max: a power of two, 4 to RANGE_MAP_CELLS_MAX; where cells are blocks of addresses a fourth
 * of it. -ENOMEM. The caller owns *out. */
int range_map_new(const struct range *range, const struct range_marks *marks, size_t cells_max,
		  struct range_map **out);
DEFINE_CLEANUP(range_map, struct range_map *, free)
#define cleanup_range_map cleanup(cleanup_range_map_fn)

/* What to draw the cell as: the last kind that it has an address of, but reserved only where all of
 * it is. */
enum range_map_kind range_map_cell_kind(const struct range_map *map,
					const struct range_map_cell *cell);
