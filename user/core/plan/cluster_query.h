/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `podip cluster` asks Prometheus, in PromQL. Pure.
 *
 * Nodes are told apart by the labels `job` and `instance` that each scrape has, and
 * clusters by `cluster`, which may be missing. Ranges that several nodes share
 * (scopes cluster and subnet) are summed over the nodes. Of ranges that each node has
 * for itself (scope node) the fullest one is asked for, since the sum of blocks that
 * are full here and empty there says nothing.
 */
#pragma once

#include <stdbool.h>

#include "core/plan/cluster_view.h"

struct cluster_query {
	enum cluster_value value;
	bool is_of_nodes; /* of the ranges with scope node; else of all others */
	const char *promql; /* with '@' where the selector goes */
};

extern const struct cluster_query cluster_queries[];
extern const unsigned int cluster_query_count;

/* Label matchers without braces: cluster="a",zone!~"b|c". -EINVAL */
int cluster_selector_check(const char *selector);
/* The query with a selector that was checked, "" none; NULL: out of memory. The caller owns it. */
char *cluster_query_text(const struct cluster_query *query, const char *selector);
