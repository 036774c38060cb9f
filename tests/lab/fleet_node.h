/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node that does not exist: what its agent would put at /metrics. Families and
 * labels are those of core/metrics/metric_rows, so that a new family is in here, too; the
 * ranges, and what the numbers do, are made up.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

enum {
	FLEET_NODES_MAX = 16384, /* of the /24 of 10.0.0.0/10, and of 100.64.0.0/10 */
	FLEET_RANGES_MAX = 4,
	FLEET_BLOCK_PREFIX = 24,
};

struct fleet {
	unsigned int nodes;
	/* So many of: "pod-range", the parent of all nodes; "block" of the node, in it or else
	 * in no range; "subnet-N", shared by 1024 nodes; "block-v6" of the node. */
	unsigned int ranges;
	unsigned int full_blocks; /* the first nodes, whose block is in the parent */
	uint64_t seed;
};

/* Blocks that the parent has: the least power of two that is enough for all nodes. */
unsigned int fleet_blocks(const struct fleet *fleet);
/* All of /metrics of node `number` so many seconds after the fleet began. Its addresses
 * come and go in a period of some ten minutes; no counter ever falls. */
void fleet_node_write(const struct fleet *fleet, unsigned int number, double at_s, FILE *out);
