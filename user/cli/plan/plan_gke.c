// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/plan/plan.h"
#include "cli/plan/plan_gke_args.h"
#include "cli/plan/plan_print.h"
#include "core/plan/plan_gke_changes.h"

static const char *const stop_names[] = {
	[GKE_STOP_RANGE] = "range full",
	[GKE_STOP_MAX] = "its max",
};

_Static_assert(array_size(stop_names) == GKE_STOP_COUNT, "a stop lacks its name");

static const char *const change_names[] = {
	[GKE_CHANGE_CLUSTER_RANGE] = "cluster_range",
	[GKE_CHANGE_NEW_RANGE] = "pool_new_range",
	[GKE_CHANGE_EXISTING_RANGE] = "pool_existing_range",
	[GKE_CHANGE_MAX_PODS] = "smaller_max_pods",
};

_Static_assert(array_size(change_names) == GKE_CHANGE_COUNT, "a change lacks its name");

/* ---- JSON ---- */

static json_t *range_json(const struct gke_range *range, const struct gke_range_plan *plan)
{
	double all = prefix_size(&range->cidr);
	char cidr[PREFIX_TEXT_SIZE];

	prefix_format(&range->cidr, cidr);
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:f, s:I}", "range", range->name, "cidr", cidr,
			 "addresses", plan_count_json(all), "taken", plan_count_json(plan->taken),
			 "free", plan_count_json(plan_space_free(&plan->space)), "utilization",
			 plan->taken / all, "nodes", (json_int_t)plan->nodes);
}

static json_t *pool_json(const struct gke_cluster *cluster, size_t index,
			 const struct gke_pool_plan *plan)
{
	const struct gke_pool *pool = &cluster->pools[index];
	unsigned int mask = gke_node_mask(pool->max_pods);
	json_int_t pods = (json_int_t)plan->nodes * pool->max_pods;
	json_t *max = pool->max == GKE_NO_MAX ? json_null() : json_integer((json_int_t)pool->max);

	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:I, s:o, s:I, s:I, s:s, s:I}", "pool",
			 pool->name, "range", cluster->ranges[pool->range].name, "max_pods",
			 (int)pool->max_pods, "node_prefix", (int)mask, "node_addresses",
			 1 << (PLAN_V4_BITS - mask), "min", (json_int_t)pool->min, "max", max,
			 "nodes", (json_int_t)plan->nodes, "pods", pods, "stopped_by",
			 plan->stop == GKE_STOP_RANGE ? "range" : "max", "stopped_at_nodes",
			 (json_int_t)plan->stop_at);
}

static json_t *change_json(const struct gke_change *change, int new_len)
{
	json_t *row = json_pack(
		"{s:s, s:i, s:i, s:o, s:o}", "change", change_names[change->kind], "max_pods",
		(int)change->max_pods, "node_prefix", (int)gke_node_mask(change->max_pods), "nodes",
		plan_count_json(change->nodes), "pods", plan_count_json(change->pods));

	if (change->kind <= GKE_CHANGE_NEW_RANGE)
		json_object_set_new(row, "range_prefix", json_integer(new_len));
	if (change->range)
		json_object_set_new(row, "range", json_string(change->range->name));
	return row;
}

static json_t *first_json(const struct gke_args *args, const struct gke_plan *plan)
{
	const struct gke_pool *pool;

	if (plan->first < 0)
		return json_null();
	pool = &args->cluster.pools[plan->first];
	return json_pack("{s:s, s:s, s:I, s:s, s:s}", "pool", pool->name, "range",
			 args->cluster.ranges[pool->range].name, "node",
			 (json_int_t)plan->pools[plan->first].nodes + 1, "event", "FailedScaleUp",
			 "message", "IP space exhausted");
}

static int put_json(const struct gke_args *args, const struct gke_plan *plan,
		    const struct gke_changes *changes)
{
	const struct gke_cluster *cluster = &args->cluster;
	json_t *ranges = json_array(), *pools = json_array(), *rows = json_array();
	int new_len = changes->new_len - IP_V4_BITS;

	for (size_t i = 0; i < cluster->range_count; i++)
		json_array_append_new(ranges, range_json(&cluster->ranges[i], &plan->ranges[i]));
	for (size_t i = 0; i < cluster->pool_count; i++)
		json_array_append_new(pools, pool_json(cluster, i, &plan->pools[i]));
	for (size_t i = 0; i < changes->count; i++)
		json_array_append_new(rows, change_json(&changes->items[i], new_len));
	return output_json(json_pack("{s:i, s:s, s:o, s:o, s:o, s:o}", "v", 1, "plan", "gke",
				     "pools", pools, "ranges", ranges, "first_stop",
				     first_json(args, plan), "changes", rows));
}

/* ---- table ---- */

/* Of a column of names that stand `stride` bytes apart. */
static int column_width(const char *head, const char *name, size_t stride, size_t count)
{
	size_t width = strlen(head);

	for (size_t i = 0; i < count; i++, name += stride)
		width = strlen(name) > width ? strlen(name) : width;
	return (int)width;
}

static int range_width(const struct gke_cluster *cluster)
{
	return column_width("RANGE", cluster->ranges[0].name, sizeof(*cluster->ranges),
			    cluster->range_count);
}

static void print_pools(const struct gke_cluster *cluster, const struct gke_plan *plan)
{
	int pool_name = column_width("POOL", cluster->pools[0].name, sizeof(*cluster->pools),
				     cluster->pool_count);
	int range_name = range_width(cluster);

	printf("%-*s %-*s %8s %5s %7s %8s  %-10s\n", pool_name, "POOL", range_name, "RANGE",
	       "MAX-PODS", "BLOCK", "NODES", "PODS", "STOPPED BY");
	for (size_t i = 0; i < cluster->pool_count; i++) {
		const struct gke_pool *pool = &cluster->pools[i];
		const struct gke_pool_plan *it = &plan->pools[i];

		printf("%-*s %-*s %8u   /%-2u %7" PRIu64 " %8" PRIu64 "  %s", pool_name, pool->name,
		       range_name, cluster->ranges[pool->range].name, pool->max_pods,
		       gke_node_mask(pool->max_pods), it->nodes, it->nodes * pool->max_pods,
		       stop_names[it->stop]);
		if (cluster->pool_count > 1)
			printf(", at %" PRIu64 " in all", it->stop_at);
		puts(it->nodes < pool->min ? ", below its min" : "");
	}
	puts("");
}

static void print_ranges(const struct gke_cluster *cluster, const struct gke_plan *plan)
{
	struct plan_style style = plan_style();
	int width = range_width(cluster);

	printf("%-*s %-18s %9s %9s %8s %5s\n", width, "RANGE", "CIDR", "ADDRESSES", "IN BLOCKS",
	       "FREE", "USE");
	for (size_t i = 0; i < cluster->range_count; i++) {
		const struct gke_range *range = &cluster->ranges[i];
		double all = prefix_size(&range->cidr), taken = plan->ranges[i].taken;
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&range->cidr, cidr);
		printf("%-*s %-18s %9.0f %9.0f %8.0f %4.0f%%", width, range->name, cidr, all, taken,
		       plan_space_free(&plan->ranges[i].space), 100 * taken / all);
		plan_bar(style, taken, 0, all);
		puts("");
	}
	puts("");
}

static void print_first(const struct gke_cluster *cluster, const struct gke_plan *plan)
{
	const struct gke_pool *pool = &cluster->pools[plan->first];
	const struct gke_pool_plan *it = &plan->pools[plan->first];
	const struct gke_range *range = &cluster->ranges[pool->range];
	unsigned int mask = gke_node_mask(pool->max_pods);
	double idle = (double)it->nodes * ((1U << (PLAN_V4_BITS - mask)) - pool->max_pods);

	if (cluster->pool_count > 1)
		printf("Pool '%s' stops first. ", pool->name);
	printf("%s node %" PRIu64 " is never created: no /%u is left in '%s'.\n",
	       cluster->pool_count > 1 ? "Its" : "The pool's", it->nodes + 1, mask, range->name);
	puts("  GKE says    FailedScaleUp ... IP space exhausted");
	puts("  its pods    stay Pending");
	if (it->nodes)
		printf("  still free  %.0f addresses inside its %" PRIu64
		       " block%s: no other node gets them\n",
		       idle, it->nodes, plan_plural((double)it->nodes));
	puts("");
}

static void name_change(const struct gke_change *change, int new_len, char *out, size_t size)
{
	switch (change->kind) {
	case GKE_CHANGE_CLUSTER_RANGE:
		snprintf(out, size, "add a secondary range to the cluster, a /%d", new_len);
		break;
	case GKE_CHANGE_NEW_RANGE:
		snprintf(out, size, "a node pool with a new range, a /%d", new_len);
		break;
	case GKE_CHANGE_EXISTING_RANGE:
		snprintf(out, size, "a node pool with the existing range '%.30s'",
			 change->range->name);
		break;
	default:
		snprintf(out, size, "smaller max-pods: %u, a /%u a node", change->max_pods,
			 gke_node_mask(change->max_pods));
		break;
	}
}

static void print_changes(const struct gke_args *args, const struct gke_plan *plan,
			  const struct gke_changes *changes)
{
	const struct gke_pool *pool = &args->cluster.pools[plan->first];
	uint64_t now = plan->pools[plan->first].nodes;
	int new_len = changes->new_len - IP_V4_BITS;
	char what[96];

	snprintf(what, sizeof(what), "WHAT WOULD CHANGE THAT FOR '%.28s'", pool->name);
	printf("%-58s %8s %10s\n", what, "NODES", "PODS");
	printf("%-58s %8" PRIu64 " %10" PRIu64 "\n", "as it is", now, now * pool->max_pods);
	for (size_t i = 0; i < changes->count; i++) {
		const struct gke_change *change = &changes->items[i];

		name_change(change, new_len, what, sizeof(what));
		printf("%-58s %8.0f %10.0f\n", what, change->nodes, change->pods);
	}
	puts("\nA pool keeps its one range and its max-pods: a range that is added serves pools\n"
	     "created after it, and smaller max-pods are a new pool in place of the old one.");
}

static int print_plan(const struct gke_args *args, const struct gke_plan *plan,
		      const struct gke_changes *changes)
{
	print_pools(&args->cluster, plan);
	print_ranges(&args->cluster, plan);
	if (plan->first < 0) {
		puts("No pool meets a full range: each stops at its max.");
		return 0;
	}
	print_first(&args->cluster, plan);
	print_changes(args, plan, changes);
	return 0;
}

/* ---- routes-based clusters ---- */

static int plan_routes(const struct gke_args *args)
{
	json_t *rows = json_array();
	char cidr[PREFIX_TEXT_SIZE];

	if (!args->is_json)
		printf("%-16s %-18s %9s %7s\n", "RANGE", "CIDR", "ADDRESSES", "NODES");
	for (size_t i = 0; i < args->cluster.range_count; i++) {
		const struct gke_range *range = &args->cluster.ranges[i];
		double nodes = gke_route_based_nodes(&range->cidr);

		prefix_format(&range->cidr, cidr);
		json_array_append_new(rows, json_pack("{s:s, s:s, s:o, s:o}", "range", range->name,
						      "cidr", cidr, "addresses",
						      plan_count_json(prefix_size(&range->cidr)),
						      "nodes", plan_count_json(nodes)));
		if (!args->is_json)
			printf("%-16s %-18s %9.0f %7.0f\n", range->name, cidr,
			       prefix_size(&range->cidr), nodes);
	}
	if (args->is_json)
		return output_json(json_pack("{s:i, s:s, s:o}", "v", 1, "plan", "gke-route-based",
					     "ranges", rows));
	json_decref(rows);
	puts("\nA /24 a node; 4096 addresses are for Services.");
	return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	cleanup_gke_plan struct gke_plan *plan = NULL;
	cleanup_free struct gke_args *args = calloc(1, sizeof(*args));
	cleanup_free struct gke_changes *changes = calloc(1, sizeof(*changes));
	int err;

	if (!args || !changes)
		return STATUS_FAILED;
	err = gke_args_read(command, argc, argv, args);
	if (err)
		return output_status(err);
	if (args->is_route_based)
		return plan_routes(args);
	err = gke_plan_new(&args->cluster, &plan);
	if (!err && plan->first >= 0)
		err = gke_changes_list(&args->cluster, plan, args->new_len, changes);
	if (err) {
		fputs("podip: out of memory\n", stderr);
		return STATUS_FAILED;
	}
	return args->is_json ? put_json(args, plan, changes) : print_plan(args, plan, changes);
}

const struct command cli_plan_gke_command = {
	.name = "gke",
	.parent = "plan",
	.summary = "nodes that secondary ranges carry, and which pool stops first",
	.examples = "  podip plan gke --range 10.0.0.0/26 --max-pods 16\n"
		    "  podip plan gke --range 10.0.0.0/26 --max-pods 16 --new-range /24\n"
		    "  podip plan gke --range web=10.4.0.0/22 --range batch=10.5.0.0/24 \\\n"
		    "      --pool front:range=web,max-pods=32,min=3,max=10 \\\n"
		    "      --pool back:range=web --pool jobs:range=batch,max-pods=64\n"
		    "  podip plan gke --route-based --range 10.0.0.0/14\n"
		    "  podip plan gke -f podip.yaml -o json\n",
	.text = "A node takes a block out of its pool's range when it is created, two addresses\n"
		"a pod: 8 pods a /28, 16 a /27, 32 a /26, 64 a /25, 110 and 128 a /24, 256 a /23.\n"
		"Pools get their min nodes, then one more each in turn, until each is at its max\n"
		"or its range is full. Of podip.yaml: IPv4 ranges with scope cluster; node_prefix\n"
		"says max-pods where no flag does.\n",
	.rows = gke_rows,
	.row_count = GKE_ROW_COUNT,
	.run = run,
};
