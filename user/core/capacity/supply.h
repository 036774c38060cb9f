/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supply: what all sources together say of this node's addresses. A source with a
 * higher precedence is believed first; what it leaves open the next one may say, and
 * where a later one contradicts it is counted against that one. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/base/range.h"
#include "core/capacity/capacity.h"
#include "core/capacity/enis.h"

enum { SUPPLY_VOICES_MAX = 16 };

struct supply_voice {
	const char *source;
	const struct capacity *capacity; /* borrowed during the merge */
};

struct supply {
	struct enis
		enis; /* attached by the voices that name ENIs, assigned by the first that knows */
	uint32_t max_pods; /* 0 not known */
	char node_pool[CAPACITY_LABEL_SIZE]; /* "" not known */
	char zone[CAPACITY_LABEL_SIZE];
	char instance_type[CAPACITY_LABEL_SIZE];
	/* By voice, what it says against those before it: another scope, node prefix or reserve of
	 * a range of the same CIDR, node ranges that have nothing in common with theirs, another
	 * number of pods, pool, zone or type. */
	uint32_t disagreements[SUPPLY_VOICES_MAX];
};

/* Merges the voices, the first with the highest precedence. Ranges of the node's own are bounded by
 * the number of pods; those of which nobody knows what is reserved are host-local's where a voice
 * names a pod_cidr_network, and get its name. -E2BIG past SUPPLY_VOICES_MAX, -ENOMEM. The caller
 * owns *out and *out_ranges. */
int supply_merge(const struct supply_voice *voices, size_t count, struct supply *out,
		 struct range_table **out_ranges);
void supply_clear(struct supply *supply);
static inline void cleanup_supply_fn(struct supply *supply)
{
	supply_clear(supply);
}
#define cleanup_supply cleanup(cleanup_supply_fn)
