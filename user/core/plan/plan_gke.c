// SPDX-License-Identifier: Apache-2.0
#include "core/plan/plan_gke.h"

#include <errno.h>
#include <math.h>

enum { UINT_BITS = 32, ROUTE_SERVICES = 4096, ROUTE_NODE = 256 };

struct growth {
	const struct gke_cluster *cluster;
	struct gke_plan *plan;
	bool has_stopped[GKE_POOLS_MAX];
	uint64_t nodes;
};

unsigned int gke_node_mask(unsigned int max_pods)
{
	unsigned int pods = max_pods > GKE_PODS_LEAST ? max_pods : GKE_PODS_LEAST;

	return UINT_BITS - 1 - (UINT_BITS - (unsigned int)__builtin_clz(pods - 1));
}

unsigned int gke_mask_pods(unsigned int mask)
{
	return 1U << (UINT_BITS - 1 - mask);
}

uint8_t gke_block_len(unsigned int max_pods)
{
	return (uint8_t)(IP_V4_BITS + gke_node_mask(max_pods));
}

double gke_route_based_nodes(const struct prefix *range)
{
	double left = prefix_size(range) - ROUTE_SERVICES;

	return left > 0 ? floor(left / ROUTE_NODE) : 0;
}

static void stop(struct growth *growth, size_t pool, enum gke_stop why)
{
	growth->has_stopped[pool] = true;
	growth->plan->pools[pool].stop = why;
	growth->plan->pools[pool].stop_at = growth->nodes;
	if (why == GKE_STOP_RANGE && growth->plan->first < 0)
		growth->plan->first = (int)pool;
}

static void add_node(struct growth *growth, size_t index)
{
	const struct gke_pool *pool = &growth->cluster->pools[index];
	struct gke_range_plan *range = &growth->plan->ranges[pool->range];
	struct prefix block;

	if (plan_space_take(&range->space, gke_block_len(pool->max_pods), &block)) {
		stop(growth, index, GKE_STOP_RANGE);
		return;
	}
	range->taken += prefix_size(&block);
	range->nodes++;
	growth->plan->pools[index].nodes++;
	growth->nodes++;
}

static void create_least(struct growth *growth, size_t index)
{
	uint64_t min = growth->cluster->pools[index].min;

	while (growth->plan->pools[index].nodes < min && !growth->has_stopped[index])
		add_node(growth, index);
}

/* Has any pool grown? */
static bool grow(struct growth *growth)
{
	uint64_t before = growth->nodes;

	for (size_t i = 0; i < growth->cluster->pool_count; i++) {
		if (growth->has_stopped[i])
			continue;
		if (growth->plan->pools[i].nodes >= growth->cluster->pools[i].max)
			stop(growth, i, GKE_STOP_MAX);
		else
			add_node(growth, i);
	}
	return growth->nodes > before;
}

int gke_plan_new(const struct gke_cluster *cluster, struct gke_plan **out)
{
	cleanup_gke_plan struct gke_plan *plan = calloc(1, sizeof(*plan));
	struct growth growth = { .cluster = cluster, .plan = plan };

	if (!plan)
		return -ENOMEM;
	plan->first = -1;
	for (size_t i = 0; i < cluster->range_count; i++)
		plan_space_init(&plan->ranges[i].space, &cluster->ranges[i].cidr);
	for (size_t i = 0; i < cluster->pool_count; i++)
		create_least(&growth, i);
	while (grow(&growth))
		;

	*out = take_ptr(plan);
	return 0;
}
