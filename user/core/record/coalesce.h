/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storms: records of a type that come faster than anybody reads are left out of the event log, and
 * one record a second says how many. Pure. What says who holds an address, what failed and what
 * the agent is about is never left out. All zeroes is ready for use.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/base/token_bucket.h"
#include "core/record/record.h"

enum {
	COALESCE_RATE = 1000, /* records of one type a second */
	COALESCE_BURST = 10000, /* at once */
};

struct coalesce {
	struct coalesce_type {
		struct token_bucket bucket;
		uint64_t left_out; /* and not told yet */
		uint64_t due_ns; /* when to tell */
	} types[RECORD_TYPE_COUNT];
	uint64_t total; /* left out, ever */
};

/* Is it to be written? Otherwise it is counted. */
bool coalesce_admit(struct coalesce *coalesce, enum record_type type, uint64_t now_ns);
/* When the next count is to be told; 0: nothing was left out. */
uint64_t coalesce_due(const struct coalesce *coalesce);
/* A count that is due, once; false: none is. */
bool coalesce_take(struct coalesce *coalesce, uint64_t now_ns, enum record_type *out_type,
		   uint64_t *out_count);
