// SPDX-License-Identifier: Apache-2.0
#include "core/plan/plan_gke_changes.h"

static void put(struct gke_changes *out, struct gke_change change)
{
	change.pods = change.nodes * change.max_pods;
	if (out->count < GKE_CHANGES_MAX)
		out->items[out->count++] = change;
}

/* The pool with fewer pods on a node, all else as it is. */
static int replan(const struct gke_cluster *cluster, size_t index, unsigned int max_pods,
		  double *out_nodes)
{
	struct gke_cluster changed = *cluster;
	cleanup_gke_plan struct gke_plan *plan = NULL;
	int err;

	changed.pools[index].max_pods = max_pods;
	err = gke_plan_new(&changed, &plan);
	if (!err)
		*out_nodes = (double)plan->pools[index].nodes;
	return err;
}

static void list_ranges(const struct gke_cluster *cluster, const struct gke_plan *plan,
			struct gke_changes *out)
{
	const struct gke_pool *pool = &cluster->pools[plan->first];
	struct prefix added = cluster->ranges[pool->range].cidr;
	double now = (double)plan->pools[plan->first].nodes;
	uint8_t len = gke_block_len(pool->max_pods);
	struct gke_change change = { .max_pods = pool->max_pods };

	added.len = out->new_len;
	change.nodes = now + plan_blocks(&added, len);
	change.kind = GKE_CHANGE_CLUSTER_RANGE;
	put(out, change);
	change.kind = GKE_CHANGE_NEW_RANGE;
	put(out, change);
	change.kind = GKE_CHANGE_EXISTING_RANGE;
	for (size_t i = 0; i < cluster->range_count; i++) {
		change.range = &cluster->ranges[i];
		change.nodes = now + plan_space_blocks(&plan->ranges[i].space, len);
		if (i != pool->range)
			put(out, change);
	}
}

static int list_max_pods(const struct gke_cluster *cluster, const struct gke_plan *plan,
			 struct gke_changes *out)
{
	size_t index = (size_t)plan->first;
	unsigned int mask = gke_node_mask(cluster->pools[index].max_pods);

	while (++mask <= gke_node_mask(GKE_PODS_LEAST)) {
		struct gke_change change = { .kind = GKE_CHANGE_MAX_PODS,
					     .max_pods = gke_mask_pods(mask) };
		int err = replan(cluster, index, change.max_pods, &change.nodes);

		if (err)
			return err;
		put(out, change);
	}
	return 0;
}

int gke_changes_list(const struct gke_cluster *cluster, const struct gke_plan *plan,
		     uint8_t new_len, struct gke_changes *out)
{
	const struct gke_pool *pool = &cluster->pools[plan->first];

	out->count = 0;
	out->new_len = new_len ? new_len : cluster->ranges[pool->range].cidr.len;
	list_ranges(cluster, plan, out);
	return list_max_pods(cluster, plan, out);
}
