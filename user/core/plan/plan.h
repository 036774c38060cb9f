/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the planners share: a range that is cut into blocks, one a node. Numbers of
 * blocks are doubles: powers of two, exact, up to 2^128. Pure.
 */
#pragma once

#include <stdbool.h>

#include "core/base/addr.h"

enum {
	PLAN_V4_BITS = 32,
	PLAN_V6_BITS = 128,
	PLAN_LEN_COUNT = 129, /* lengths 0 to 128 */
};

/* Blocks that nobody has taken, at most one of each length: a block is cut out of the smallest free
 * one that holds it, and what is left over of that has a length each. None ever comes back. */
struct plan_space {
	bool is_free[PLAN_LEN_COUNT]; /* by length over the mapped form */
	struct ip base[PLAN_LEN_COUNT];
};

void plan_space_init(struct plan_space *space, const struct prefix *range);
/* The next aligned block of `len`, which is over the mapped form. -ENOSPC: no free one is left,
 * *out is then untouched. Where all blocks are of one length they come in the order of addresses.
 */
int plan_space_take(struct plan_space *space, uint8_t len, struct prefix *out);
/* How many blocks of `len` are left. */
double plan_space_blocks(const struct plan_space *space, uint8_t len);
/* How many addresses are in no block. */
double plan_space_free(const struct plan_space *space);

/* 2^(len - the range's own): how many blocks of `len` a whole range has; 0 when it is smaller than
 * one. */
double plan_blocks(const struct prefix *range, uint8_t len);
/* Is one inside the other? */
bool plan_overlaps(const struct prefix *a, const struct prefix *b);
