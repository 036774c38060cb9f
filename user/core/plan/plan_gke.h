/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GKE: a node takes one block out of its pool's secondary range when it is created, so
 * a range is full when its blocks are, whatever runs in them. Pure.
 *
 * Block of a node with P pods at most: M = 31 - ceil(log2(max(P, 8))), twice as many
 * addresses as pods. Nodes that a range /D carries: 2^(M-D). Route-based clusters give
 * a /24 a node and keep 4096 addresses for Services: floor((2^(32-D) - 4096) / 256).
 * Source: GKE's "Flexible Pod CIDR" and "Routes-based cluster" pages.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "core/base/range.h"
#include "core/plan/plan.h"

enum {
	GKE_PODS_MAX = 256, /* on a node */
	GKE_PODS_LEAST = 8, /* fewer get the same block */
	GKE_PODS_DEFAULT = 110, /* Standard clusters */
	GKE_RANGES_MAX = 64,
	GKE_POOLS_MAX = 64,
	GKE_LEN_MIN = 4, /* 240.0.0.0/4 is the largest range there is for pods */
};

#define GKE_NO_MAX UINT64_MAX

struct gke_range {
	char name[RANGE_NAME_SIZE];
	struct prefix cidr; /* IPv4, none over another */
};

/* One pool has one range; a range may serve many pools. */
struct gke_pool {
	char name[RANGE_NAME_SIZE];
	unsigned int max_pods; /* 1 to GKE_PODS_MAX */
	uint64_t min, max; /* nodes, of the autoscaler; max may be GKE_NO_MAX */
	size_t range; /* index */
};

struct gke_cluster {
	struct gke_range ranges[GKE_RANGES_MAX];
	size_t range_count;
	struct gke_pool pools[GKE_POOLS_MAX];
	size_t pool_count;
};

enum gke_stop { GKE_STOP_RANGE, GKE_STOP_MAX, GKE_STOP_COUNT };

struct gke_pool_plan {
	uint64_t nodes;
	enum gke_stop stop; /* why there is no further node */
	uint64_t stop_at; /* nodes of the whole cluster when it asked for the one it did not get */
};

struct gke_range_plan {
	uint64_t nodes;
	double taken; /* addresses in nodes' blocks */
	struct plan_space space; /* what is left */
};

struct gke_plan {
	struct gke_pool_plan pools[GKE_POOLS_MAX];
	struct gke_range_plan ranges[GKE_RANGES_MAX];
	int first; /* the pool that met a full range before any other; -1: none did */
};

unsigned int gke_node_mask(unsigned int max_pods); /* 28 to 23 */
unsigned int gke_mask_pods(unsigned int mask); /* the most pods that a node of it may have */
/* Over the mapped form, as in struct prefix. */
uint8_t gke_block_len(unsigned int max_pods);
double gke_route_based_nodes(const struct prefix *range);

/* Every pool gets its `min` nodes, in their order; then each in turn one more, until none can grow.
 * No node ever goes, and none is created that has no block. -ENOMEM; the caller owns *out and frees
 * it. */
int gke_plan_new(const struct gke_cluster *cluster, struct gke_plan **out);

DEFINE_CLEANUP(gke_plan, struct gke_plan *, free)
#define cleanup_gke_plan cleanup(cleanup_gke_plan_fn)
