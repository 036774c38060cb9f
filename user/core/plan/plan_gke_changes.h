/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GKE changes: what would let a pool grow past its full range, each by planning again with
 * that change. A pool keeps its one range and its max-pods: nodes in a range that is added
 * are those of a new pool, and smaller max-pods are a new pool in place of the old one.
 * Pure.
 */
#pragma once

#include "core/plan/plan_gke.h"

enum gke_change_kind {
	GKE_CHANGE_CLUSTER_RANGE, /* one more range of the cluster */
	GKE_CHANGE_NEW_RANGE, /* one more pool with a range of its own */
	GKE_CHANGE_EXISTING_RANGE, /* one more pool in what another range has left */
	GKE_CHANGE_MAX_PODS, /* fewer pods on a node */
	GKE_CHANGE_COUNT,
};

enum { GKE_CHANGES_MAX = GKE_RANGES_MAX + 8 };

struct gke_change {
	enum gke_change_kind kind;
	const struct gke_range *range; /* GKE_CHANGE_EXISTING_RANGE; borrowed of the cluster */
	unsigned int max_pods;
	double nodes, pods; /* then, in place of the pool's own */
};

struct gke_changes {
	uint8_t new_len; /* of a range that is added, over the mapped form */
	struct gke_change items[GKE_CHANGES_MAX];
	size_t count;
};

/* For the pool that stops first (plan->first, which must be one). A range that is added is a
 * /new_len, over the mapped form, or with 0 as large as the pool's own. -ENOMEM. */
int gke_changes_list(const struct gke_cluster *cluster, const struct gke_plan *plan,
		     uint8_t new_len, struct gke_changes *out);
