/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last good state: what a supplier has understood, kept while it fails. Says in
 * the log what fails, each cause once, and when all is well again.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/capacity/capacity.h"
#include "source/supplier/supplier.h"

enum {
	LAST_GOOD_CAUSES_MAX = 4, /* that are told until all is well again */
	LAST_GOOD_WHY_SIZE = 160,
};

/* All but `task` starts as zero. */
struct last_good {
	const char *task; /* what is tried, for the log: "read '/a/b' of flannel"; borrowed */
	struct capacity capacity;
	uint64_t version;
	struct supplier_status status;
	char causes[LAST_GOOD_CAUSES_MAX][LAST_GOOD_WHY_SIZE]; /* told since the last success */
	size_t cause_count;
};

/* A good answer: takes *capacity over and leaves it empty. */
void last_good_set(struct last_good *last, struct capacity *capacity, uint64_t now_ns);
/* Nothing is there to be asked, which is no error: nothing is known, and it is not up. */
void last_good_none(struct last_good *last);
/* A try failed: what was known stays. */
void last_good_fail(struct last_good *last, const char *why);
void last_good_clear(struct last_good *last);

/* What struct supplier_kind asks for, of a supplier whose first member is its struct last_good. */
const struct capacity *last_good_capacity(const void *supplier);
uint64_t last_good_version(const void *supplier);
struct supplier_status last_good_status(const void *supplier);
