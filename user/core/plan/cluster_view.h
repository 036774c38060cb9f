/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ranges of clusters as a table, made of what Prometheus says of all nodes. Pure.
 *
 * A row is a range that nodes share, by cluster, name, CIDR and family; or, of scope
 * node, the ranges of one name that nodes have for themselves, with the numbers of
 * the fullest one. What is not known is NAN.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/addr.h"
#include "core/base/range.h"

enum {
	CLUSTER_NAME_SIZE = 128,
	CLUSTER_ROWS_MAX = 1024,
	CLUSTER_FAMILY_SIZE = 8,
};

#define CLUSTER_TIME_MAX_S (10.0 * 365 * 24 * 3600) /* beyond it nothing is foretold */

enum cluster_value {
	CLUSTER_VALUE_NODES, /* that have the range; makes the row */
	CLUSTER_VALUE_FULL_NODES, /* of them, those with no free address */
	CLUSTER_VALUE_USED, /* addresses */
	CLUSTER_VALUE_USABLE,
	CLUSTER_VALUE_USED_GROWTH, /* addresses a second */
	CLUSTER_VALUE_BLOCKS, /* that nodes hold out of the range */
	CLUSTER_VALUE_BLOCKS_CAPACITY,
	CLUSTER_VALUE_BLOCKS_GROWTH, /* blocks a second */
	CLUSTER_VALUE_TIME, /* seconds to exhaustion, as the first of the nodes tells */
	CLUSTER_VALUE_COUNT
};

/* What one sample of an answer says; "" a label that is not there. Borrowed. */
struct cluster_sample {
	const char *cluster, *range, *cidr, *family, *scope;
	double value;
};

struct cluster_row {
	char cluster[CLUSTER_NAME_SIZE]; /* "" unnamed */
	char range[RANGE_NAME_SIZE];
	char cidr[PREFIX_TEXT_SIZE]; /* of the fullest one with scope node */
	char family[CLUSTER_FAMILY_SIZE];
	enum range_scope scope;
	double values[CLUSTER_VALUE_COUNT];
	/* Worked out by cluster_view_finish(): */
	double use; /* used / usable */
	double left; /* cluster: blocks for more nodes; node: nodes that are not full */
	double fullness; /* the greater of `use` and, where blocks are known, blocks / capacity */
	double time_s; /* until no block, or where no blocks are known no address, is left; 0 full
			*/
};

struct cluster_view {
	struct cluster_row *rows; /* owned */
	size_t count;
	size_t dropped; /* rows beyond CLUSTER_ROWS_MAX */
	size_t refused; /* samples with labels that no agent has */
};

/* is_of_nodes: of rows with scope node alone, else of all others. CLUSTER_VALUE_NODES comes before
 * the others, which are ignored where no row is theirs. A sample without CIDR is of any CIDR.
 * -ENOMEM. */
int cluster_view_add(struct cluster_view *view, enum cluster_value value, bool is_of_nodes,
		     const struct cluster_sample *sample);
/* Work out the rest and sort, the fullest first, of equally full ones that with the least time. */
void cluster_view_finish(struct cluster_view *view);
void cluster_view_clear(struct cluster_view *view);
#define cleanup_cluster_view cleanup(cluster_view_clear)
