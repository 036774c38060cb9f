/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capacity: what one source says of the addresses that this node is given. What it
 * does not know it does not say: empty strings, zero, reserved < 0. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/base/range.h"
#include "core/capacity/enis.h"

enum {
	CAPACITY_LABEL_SIZE = 64, /* Kubernetes allows label values of 63 */
	CAPACITY_RANGES_MAX = 1024, /* of one source */
};

struct capacity {
	struct range *ranges; /* owned */
	size_t range_count, range_room;
	struct enis enis;
	uint32_t max_pods; /* pods that the kubelet allows; 0 not known */
	char node_pool[CAPACITY_LABEL_SIZE]; /* "" not known */
	char zone[CAPACITY_LABEL_SIZE];
	char instance_type[CAPACITY_LABEL_SIZE];
	/* The network whose host-local works in the node's pod CIDRs, which this source does not
	 * know (`usePodCidr`); "" none. */
	char pod_cidr_network[RANGE_NAME_SIZE];
	uint64_t dropped; /* ranges past CAPACITY_RANGES_MAX */
};

/* Appends a copy; an equal CIDR is not added again. 0, -ENOMEM, -ENOSPC past the bound (counted).
 */
int capacity_add_range(struct capacity *capacity, const struct range *range);
/* A text as a range: name, scope, reserved (< 0 not known) and source. Host bits are cut off, as
 * in "10.5.72.1/24". -EINVAL not a CIDR; else as capacity_add_range(). */
struct capacity_naming {
	const char *name;
	enum range_scope scope;
	double reserved;
	const char *source; /* a literal */
};
int capacity_add_cidr(struct capacity *capacity, const char *cidr,
		      const struct capacity_naming *naming);
void capacity_clear(struct capacity *capacity);
static inline void cleanup_capacity_fn(struct capacity *capacity)
{
	capacity_clear(capacity);
}
#define cleanup_capacity cleanup(cleanup_capacity_fn)
/* Does it say the same? The order of ranges counts. */
bool capacity_is_equal(const struct capacity *a, const struct capacity *b);
