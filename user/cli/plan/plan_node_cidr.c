// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/plan/plan.h"
#include "cli/plan/plan_args.h"
#include "cli/plan/plan_print.h"
#include "core/plan/plan_node_cidr.h"

enum { CLUSTERS_MAX = 64, NODES_MAX = 1 << 24, PODS_MAX = 1 << 20, AROUND = 2 };

struct cluster {
	char cidr[PREFIX_TEXT_SIZE];
	struct prefix prefix;
	unsigned int mask;
	struct node_cidr_plan plan;
};

struct args {
	struct cluster clusters[CLUSTERS_MAX];
	size_t count;
	unsigned int mask, mask_v4, mask_v6; /* 0: not said */
	unsigned int max_pods, nodes; /* nodes 0: not said */
	const char *config;
	bool is_json;
};

static int add_cluster(struct args *args, const struct prefix *prefix, unsigned int mask)
{
	struct cluster *cluster = &args->clusters[args->count];

	if (args->count == CLUSTERS_MAX) {
		fprintf(stderr, "podip: more than %d cluster CIDRs\n", CLUSTERS_MAX);
		return -EINVAL;
	}
	for (size_t i = 0; i < args->count; i++)
		if (plan_overlaps(&args->clusters[i].prefix, prefix)) {
			prefix_format(prefix, cluster->cidr);
			fprintf(stderr, "podip: cluster CIDRs '%s' and '%s' overlap\n",
				args->clusters[i].cidr, cluster->cidr);
			return -EINVAL;
		}
	*cluster = (struct cluster){ .prefix = *prefix, .mask = mask };
	prefix_format(prefix, cluster->cidr);
	args->count++;
	return 0;
}

static int take_cidrs(struct args *args, const char *text)
{
	for (const char *at = text;; at++) {
		size_t size = strcspn(at, ",");
		char one[PREFIX_TEXT_SIZE * 2];
		struct prefix prefix;
		int err;

		snprintf(one, sizeof(one), "%.*s", (int)size, at);
		err = plan_read_cidr("--cluster-cidr", one, &prefix);
		if (!err)
			err = add_cluster(args, &prefix, 0);
		if (err)
			return err;
		at += size;
		if (!*at)
			return 0;
	}
}

#define ARGS ((struct args *)field)

PLAN_PARSER(parse_cidrs, take_cidrs(ARGS, text))
PLAN_PARSER(parse_mask, plan_read_count("--node-cidr-mask-size", text, PLAN_V6_BITS, &ARGS->mask))
PLAN_PARSER(parse_mask_v4,
	    plan_read_count("--node-cidr-mask-size-ipv4", text, PLAN_V4_BITS, &ARGS->mask_v4))
PLAN_PARSER(parse_mask_v6,
	    plan_read_count("--node-cidr-mask-size-ipv6", text, PLAN_V6_BITS, &ARGS->mask_v6))
PLAN_PARSER(parse_pods, plan_read_count("--max-pods", text, PODS_MAX, &ARGS->max_pods))
PLAN_PARSER(parse_nodes, plan_read_count("--nodes", text, NODES_MAX, &ARGS->nodes))

static const struct option_row flag_rows[] = {
	{ .flag = "cluster-cidr",
	  .arg = "CIDR,CIDR",
	  .help = "as kube-controller-manager has it: one, or one of each family",
	  .parse = parse_cidrs,
	  .list_max = OPTION_LIST_MAX },
	{ .flag = "node-cidr-mask-size",
	  .arg = "N",
	  .help = "of a cluster with one family; 24, IPv6 64 if not said",
	  .parse = parse_mask },
	{ .flag = "node-cidr-mask-size-ipv4",
	  .arg = "N",
	  .help = "24 if not said",
	  .parse = parse_mask_v4 },
	{ .flag = "node-cidr-mask-size-ipv6",
	  .arg = "N",
	  .help = "64 if not said",
	  .parse = parse_mask_v6 },
	{ .flag = "max-pods",
	  .arg = "N",
	  .fallback = "110",
	  .help = "the kubelet's",
	  .parse = parse_pods },
	{ .flag = "nodes",
	  .arg = "N",
	  .help = "how much of it so many nodes take",
	  .parse = parse_nodes },
	PLAN_CONFIG_ROW(struct args, config),
	PLAN_OUTPUT_ROW(struct args, is_json),
};

static int take_config(struct args *args)
{
	cleanup_config struct config config = { 0 };
	int err = plan_read_config(args->config, &config);

	for (size_t i = 0; i < config.range_count && !err; i++)
		if (config.ranges[i].node_prefix)
			err = add_cluster(args, &config.ranges[i].cidr,
					  config.ranges[i].node_prefix);
	if (!err && args->config && !args->count) {
		fprintf(stderr, "podip: %s: no range has a node_prefix\n", args->config);
		return -EINVAL;
	}
	return err;
}

static void choose_mask(const struct args *args, struct cluster *cluster)
{
	unsigned int own = ip_is_v4(&cluster->prefix.base) ? args->mask_v4 : args->mask_v6;

	if (own || args->mask)
		cluster->mask = own ? own : args->mask;
	else if (!cluster->mask)
		cluster->mask = node_cidr_default_mask(&cluster->prefix);
}

/* As kube-controller-manager refuses it at its start. */
static int plan_cluster(const struct args *args, struct cluster *cluster)
{
	int err;

	choose_mask(args, cluster);
	err = node_cidr_plan(&cluster->prefix, cluster->mask, args->max_pods, &cluster->plan);
	if (err == -EDOM)
		fprintf(stderr, "podip: '%s' has no blocks of /%u\n", cluster->cidr, cluster->mask);
	else if (err)
		fprintf(stderr,
			"podip: '%s': an IPv6 mask is at most %d longer, /%u, and not /%u\n",
			cluster->cidr, NODE_CIDR_DIFF_V6,
			prefix_family_len(&cluster->prefix) + NODE_CIDR_DIFF_V6, cluster->mask);
	return err;
}

static bool has_both_families(const struct args *args)
{
	for (size_t i = 1; i < args->count; i++)
		if (ip_family(&args->clusters[i].prefix.base) !=
		    ip_family(&args->clusters[0].prefix.base))
			return true;
	return false;
}

static int complete(struct args *args)
{
	int err = take_config(args);

	if (!err && !args->count) {
		fputs("podip: no cluster: --cluster-cidr CIDR or -f podip.yaml\n", stderr);
		return -EINVAL;
	}
	if (!err && args->mask && has_both_families(args)) {
		fputs("podip: --node-cidr-mask-size is for one family, use -ipv4 and -ipv6\n",
		      stderr);
		return -EINVAL;
	}
	for (size_t i = 0; i < args->count && !err; i++)
		err = plan_cluster(args, &args->clusters[i]);
	return err;
}

/* ---- out ---- */

/* Of each family together, as several ranges of one serve the same nodes; the least of both. */
static double nodes_of_family(const struct args *args, bool is_v4)
{
	double nodes = 0;

	for (size_t i = 0; i < args->count; i++)
		if (ip_is_v4(&args->clusters[i].prefix.base) == is_v4)
			nodes += args->clusters[i].plan.nodes;
	return nodes;
}

static double nodes_of(const struct args *args, const char **out_family)
{
	double v4 = nodes_of_family(args, true), v6 = nodes_of_family(args, false);

	*out_family = !v6 || (v4 && v4 <= v6) ? "ipv4" : "ipv6";
	return !v6 || (v4 && v4 <= v6) ? v4 : v6;
}

static double least_pods(const struct args *args)
{
	double pods = args->max_pods;

	for (size_t i = 0; i < args->count; i++)
		if (args->clusters[i].plan.pods < pods)
			pods = args->clusters[i].plan.pods;
	return pods;
}

static void last_block(const struct cluster *cluster, char out[static PREFIX_TEXT_SIZE])
{
	struct prefix block = node_cidr_block(&cluster->prefix, cluster->mask,
					      (uint32_t)(cluster->plan.nodes - 1));

	prefix_format(&block, out);
}

static unsigned int first_mask(const struct cluster *cluster)
{
	return cluster->mask > AROUND ? cluster->mask - AROUND : 0;
}

static void append_mask(json_t *masks, const struct cluster *cluster, unsigned int mask,
			unsigned int max_pods)
{
	struct node_cidr_plan plan;

	if (!node_cidr_plan(&cluster->prefix, mask, max_pods, &plan))
		json_array_append_new(masks,
				      json_pack("{s:i, s:o, s:o, s:o}", "node_prefix", (int)mask,
						"nodes", plan_count_json(plan.nodes), "node_pods",
						plan_count_json(plan.pods), "pods",
						plan_count_json(plan.nodes * plan.pods)));
}

static json_t *cluster_json(const struct args *args, const struct cluster *cluster)
{
	json_t *masks = json_array();
	char last[PREFIX_TEXT_SIZE];

	last_block(cluster, last);
	for (unsigned int mask = first_mask(cluster); mask <= cluster->mask + AROUND; mask++)
		append_mask(masks, cluster, mask, args->max_pods);
	return json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:s, s:o}", "cidr", cluster->cidr,
			 "family", ip_family_name(&cluster->prefix.base), "node_prefix",
			 (int)cluster->mask, "nodes", plan_count_json(cluster->plan.nodes),
			 "node_addresses", plan_count_json(cluster->plan.addresses), "node_usable",
			 plan_count_json(cluster->plan.usable), "node_pods",
			 plan_count_json(cluster->plan.pods), "last_block", last, "masks", masks);
}

static int put_json(const struct args *args)
{
	json_t *rows = json_array(), *json;
	const char *family;
	double nodes = nodes_of(args, &family);

	for (size_t i = 0; i < args->count; i++)
		json_array_append_new(rows, cluster_json(args, &args->clusters[i]));
	json = json_pack("{s:i, s:s, s:o, s:o, s:s, s:o}", "v", 1, "plan", "node-cidr", "clusters",
			 rows, "nodes", plan_count_json(nodes), "first_full", family, "pods",
			 plan_count_json(nodes * least_pods(args)));
	if (args->nodes)
		json_object_set_new(json, "fits", json_boolean(args->nodes <= nodes));
	return output_json(json);
}

static void print_clusters(const struct args *args)
{
	struct plan_style style = plan_style();
	char addresses[PLAN_COUNT_SIZE];

	printf("%-20s %5s %8s %10s %9s%s\n", "CLUSTER CIDR", "BLOCK", "NODES", "ADDRESSES",
	       "PODS/NODE", args->nodes ? "   TAKEN" : "");
	for (size_t i = 0; i < args->count; i++) {
		const struct cluster *it = &args->clusters[i];
		double share = args->nodes / nodes_of_family(args, ip_is_v4(&it->prefix.base));

		printf("%-20s  /%-3u %8.0f %10s %9.0f", it->cidr, it->mask, it->plan.nodes,
		       plan_count(it->plan.addresses, addresses), it->plan.pods);
		if (args->nodes) {
			printf(" %6.0f%%", 100 * share);
			plan_bar(style, share * it->plan.nodes, 0, it->plan.nodes);
		}
		puts("");
	}
}

static void print_masks(const struct args *args, const struct cluster *cluster)
{
	printf("\n%-28s %8s %10s %12s\n", cluster->cidr, "NODES", "PODS/NODE", "PODS");
	for (unsigned int mask = first_mask(cluster); mask <= cluster->mask + AROUND; mask++) {
		struct node_cidr_plan plan;
		char what[32];

		if (node_cidr_plan(&cluster->prefix, mask, args->max_pods, &plan))
			continue;
		snprintf(what, sizeof(what), "  a /%u a node%s", mask,
			 mask == cluster->mask ? ", as it is" : "");
		printf("%-28s %8.0f %10.0f %12.0f\n", what, plan.nodes, plan.pods,
		       plan.nodes * plan.pods);
	}
}

static int print_plan(const struct args *args)
{
	const char *family;
	double nodes = nodes_of(args, &family);

	print_clusters(args);
	if (args->nodes)
		printf("\n%u node%s: %s\n", args->nodes, plan_plural(args->nodes),
		       args->nodes <= nodes ? "fit" : "do not fit");
	printf("\nNode %.0f gets no podCIDR", nodes + 1);
	if (has_both_families(args))
		printf(", for want of %s blocks", family);
	puts(":");
	puts("  the event   CIDRNotAvailable: no remaining CIDRs left to allocate in the\n"
	     "              accepted range\n"
	     "  the node    is there, and stays NotReady for its CNI has no configuration\n"
	     "  its pods    stay Pending");
	for (size_t i = 0; i < args->count; i++)
		print_masks(args, &args->clusters[i]);
	puts("\nThe mask of a running cluster cannot be changed; nodes keep the blocks they have.");
	return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct args args = { 0 };
	int result = command_read(command, argc, argv, &args, NULL);

	if (result != COMMAND_RUN)
		return output_status(result);
	if (complete(&args))
		return STATUS_USAGE;
	return args.is_json ? put_json(&args) : print_plan(&args);
}

const struct command cli_plan_node_cidr_command = {
	.name = "node-cidr",
	.parent = "plan",
	.summary = "nodes that --cluster-cidr of kube-controller-manager carries",
	.examples =
		"  podip plan node-cidr --cluster-cidr 10.244.0.0/16\n"
		"  podip plan node-cidr --cluster-cidr 10.244.0.0/16 --node-cidr-mask-size 25\n"
		"  podip plan node-cidr --cluster-cidr 10.244.0.0/16,fd00:10:244::/48 --nodes 300\n"
		"  podip plan node-cidr -f podip.yaml -o json\n",
	.text = "kube-controller-manager gives each node a block of the mask out of the cluster\n"
		"CIDR. In dual stack a node needs one of each family: the smaller count holds.\n",
	.rows = flag_rows,
	.row_count = array_size(flag_rows),
	.run = run,
};
