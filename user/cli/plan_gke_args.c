// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_gke_args.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/plan_args.h"
#include "core/text.h"

static const char help[] =
	"  podip plan gke --range 10.0.0.0/26 --max-pods 16\n"
	"  podip plan gke --range 10.0.0.0/26 --max-pods 16 --new-range /24\n"
	"  podip plan gke --range web=10.4.0.0/22 --range batch=10.5.0.0/24 \\\n"
	"      --pool front:range=web,max-pods=32,min=3,max=10 \\\n"
	"      --pool back:range=web --pool jobs:range=batch,max-pods=64\n"
	"  podip plan gke --route-based --range 10.0.0.0/14\n"
	"  podip plan gke -f podip.yaml -o json\n\n"
	"A node takes a block out of its pool's range when it is created, two addresses\n"
	"a pod: 8 pods a /28, 16 a /27, 32 a /26, 64 a /25, 110 and 128 a /24, 256 a /23.\n"
	"Pools get their min nodes, then one more each in turn, until each is at its max\n"
	"or its range is full.\n\n"
	"      --range [NAME=]CIDR   a secondary range for pods; repeatable\n"
	"      --max-pods N          pods on a node, of pools that do not say [110]\n"
	"      --pool NAME[:KEY=VALUE,...]\n"
	"                            keys range, max-pods, min [0], max [no limit];\n"
	"                            repeatable; without any, each range has a pool\n"
	"      --new-range /LEN      how large a range to add would be [as the full one]\n"
	"      --route-based         a routes-based cluster: /24 a node, no pools\n"
	"  -f, --config FILE         IPv4 ranges of podip.yaml with scope cluster, too;\n"
	"                            node_prefix says max-pods where no flag does\n"
	"  -o, --output table|json   [table]\n"
	"  -h, --help\n";

enum { FLAG_RANGE = 256, FLAG_PODS, FLAG_POOL, FLAG_NEW, FLAG_ROUTES };

static const struct option flags[] = {
	{ "range", required_argument, NULL, FLAG_RANGE },
	{ "max-pods", required_argument, NULL, FLAG_PODS },
	{ "pool", required_argument, NULL, FLAG_POOL },
	{ "new-range", required_argument, NULL, FLAG_NEW },
	{ "route-based", no_argument, NULL, FLAG_ROUTES },
	{ "config", required_argument, NULL, PLAN_FLAG_CONFIG },
	{ "output", required_argument, NULL, PLAN_FLAG_OUTPUT },
	{ "help", no_argument, NULL, PLAN_FLAG_HELP },
	{ 0 },
};

struct reader {
	struct gke_args args;
	unsigned int node_prefix[GKE_RANGES_MAX]; /* 0: not said */
	char pool_range[GKE_POOLS_MAX][RANGE_NAME_SIZE]; /* "": not said */
	unsigned int max_pods; /* 0: not said */
	const char *config;
};

static int find_range(const struct gke_cluster *cluster, const char *name)
{
	for (size_t i = 0; i < cluster->range_count; i++)
		if (!strcmp(cluster->ranges[i].name, name))
			return (int)i;
	return -1;
}

static int check_range(const struct gke_cluster *cluster, const struct gke_range *range)
{
	if (prefix_family_len(&range->cidr) < GKE_LEN_MIN) {
		fprintf(stderr, "podip: range '%s': wider than /%d\n", range->name, GKE_LEN_MIN);
		return -EINVAL;
	}
	if (cluster->range_count == GKE_RANGES_MAX) {
		fprintf(stderr, "podip: more than %d ranges\n", GKE_RANGES_MAX);
		return -EINVAL;
	}
	if (find_range(cluster, range->name) >= 0) {
		fprintf(stderr, "podip: two ranges are named '%s'\n", range->name);
		return -EINVAL;
	}
	for (size_t i = 0; i < cluster->range_count; i++)
		if (plan_overlaps(&cluster->ranges[i].cidr, &range->cidr)) {
			fprintf(stderr, "podip: ranges '%s' and '%s' overlap\n",
				cluster->ranges[i].name, range->name);
			return -EINVAL;
		}
	return 0;
}

static int add_range(struct reader *reader, const struct gke_range *range, unsigned int node_prefix)
{
	struct gke_cluster *cluster = &reader->args.cluster;
	int err = check_range(cluster, range);

	if (err)
		return err;
	reader->node_prefix[cluster->range_count] = node_prefix;
	cluster->ranges[cluster->range_count++] = *range;
	return 0;
}

static int take_range(struct reader *reader, const char *text)
{
	struct gke_range range = { 0 };
	struct plan_item item;
	int err = plan_read_item("--range", text, &item);

	if (err)
		return err;
	if (item.used)
		return plan_complain("--range", text, "NAME=CIDR");
	range.cidr = item.cidr;
	if (*item.name)
		text_copy(range.name, sizeof(range.name), item.name);
	else
		snprintf(range.name, sizeof(range.name), "range-%zu",
			 reader->args.cluster.range_count + 1);
	return add_range(reader, &range, 0);
}

static int take_key(const struct plan_pair *pair, struct gke_pool *pool,
		    char range[static RANGE_NAME_SIZE])
{
	if (!strcmp(pair->key, "range")) {
		text_copy(range, RANGE_NAME_SIZE, pair->value);
		return 0;
	}
	if (!strcmp(pair->key, "max-pods"))
		return plan_read_count("--pool max-pods", pair->value, GKE_PODS_MAX,
				       &pool->max_pods);
	if (!strcmp(pair->key, "min"))
		return plan_read_number("--pool min", pair->value, UINT32_MAX, &pool->min);
	if (!strcmp(pair->key, "max"))
		return plan_read_number("--pool max", pair->value, UINT32_MAX, &pool->max);
	fprintf(stderr, "podip: --pool: '%s' is not a key, expected range, max-pods, min or max\n",
		pair->key);
	return -EINVAL;
}

static int take_pool(struct reader *reader, const char *text)
{
	struct gke_cluster *cluster = &reader->args.cluster;
	struct gke_pool pool = { .max = GKE_NO_MAX };
	char range[RANGE_NAME_SIZE] = "";
	size_t size = strcspn(text, ":");
	const char *at = text + size + (text[size] == ':');
	struct plan_pair pair;
	int err = plan_read_name("--pool", text, size, pool.name);

	while (!err && !(err = plan_next_pair("--pool", &at, &pair)))
		err = take_key(&pair, &pool, range);
	if (err < 0)
		return err;
	if (cluster->pool_count == GKE_POOLS_MAX) {
		fprintf(stderr, "podip: more than %d pools\n", GKE_POOLS_MAX);
		return -EINVAL;
	}
	for (size_t i = 0; i < cluster->pool_count; i++)
		if (!strcmp(cluster->pools[i].name, pool.name)) {
			fprintf(stderr, "podip: two pools are named '%s'\n", pool.name);
			return -EINVAL;
		}
	if (pool.min > pool.max) {
		fprintf(stderr, "podip: pool '%s': its min is above its max\n", pool.name);
		return -EINVAL;
	}
	memcpy(reader->pool_range[cluster->pool_count], range, sizeof(range));
	cluster->pools[cluster->pool_count++] = pool;
	return 0;
}

/* "/24", or a CIDR of which only the length counts. */
static int take_new_range(struct reader *reader, const char *text)
{
	char whole[PREFIX_TEXT_SIZE];
	struct prefix range;

	snprintf(whole, sizeof(whole), "%s%s", *text == '/' ? "0.0.0.0" : "", text);
	if (prefix_parse_masked(whole, &range) || !ip_is_v4(&range.base) ||
	    prefix_family_len(&range) < GKE_LEN_MIN)
		return plan_complain("--new-range", text, "a length such as /24");
	reader->args.new_len = range.len;
	return 0;
}

static int take_flag(int flag, const char *value, struct reader *reader)
{
	switch (flag) {
	case FLAG_RANGE:
		return take_range(reader, value);
	case FLAG_PODS:
		return plan_read_count("--max-pods", value, GKE_PODS_MAX, &reader->max_pods);
	case FLAG_POOL:
		return take_pool(reader, value);
	case FLAG_NEW:
		return take_new_range(reader, value);
	case FLAG_ROUTES:
		reader->args.is_route_based = true;
		return 0;
	case PLAN_FLAG_CONFIG:
		reader->config = value;
		return 0;
	default:
		return plan_read_output(value, &reader->args.is_json);
	}
}

/* ---- what the flags leave open ---- */

static int take_config(struct reader *reader)
{
	cleanup_config struct config config = { 0 };
	int err = plan_read_config(reader->config, &config);

	for (size_t i = 0; i < config.range_count && !err; i++) {
		const struct range *it = &config.ranges[i];
		struct gke_range range = { .cidr = it->cidr };

		if (it->scope != RANGE_SCOPE_CLUSTER || !ip_is_v4(&it->cidr.base))
			continue;
		text_to_line(it->name, range.name, sizeof(range.name));
		err = add_range(reader, &range, it->node_prefix);
	}
	if (!err && reader->config && !reader->args.cluster.range_count) {
		fprintf(stderr, "podip: %s: no IPv4 range with scope cluster\n", reader->config);
		return -EINVAL;
	}
	return err;
}

static void add_pools(struct gke_cluster *cluster)
{
	if (cluster->pool_count)
		return;
	for (size_t i = 0; i < cluster->range_count; i++) {
		struct gke_pool *pool = &cluster->pools[cluster->pool_count++];

		*pool = (struct gke_pool){ .max = GKE_NO_MAX, .range = i };
		text_copy(pool->name, sizeof(pool->name),
			  cluster->range_count > 1 ? cluster->ranges[i].name : "default-pool");
	}
}

static int choose_range(const struct gke_cluster *cluster, const char *name, struct gke_pool *pool)
{
	int range = find_range(cluster, name);

	if (!*name && cluster->range_count > 1) {
		fprintf(stderr, "podip: pool '%s': which range? range=NAME\n", pool->name);
		return -EINVAL;
	}
	if (*name && range < 0) {
		fprintf(stderr, "podip: pool '%s': no range is named '%s'\n", pool->name, name);
		return -EINVAL;
	}
	pool->range = *name ? (size_t)range : 0;
	return 0;
}

static int choose_pods(const struct reader *reader, struct gke_pool *pool)
{
	unsigned int mask = reader->node_prefix[pool->range];

	if (pool->max_pods)
		return 0;
	pool->max_pods = reader->max_pods ? reader->max_pods : GKE_PODS_DEFAULT;
	if (reader->max_pods || !mask)
		return 0;
	if (mask < gke_node_mask(GKE_PODS_MAX) || mask > gke_node_mask(GKE_PODS_LEAST)) {
		fprintf(stderr,
			"podip: range '%s': GKE gives a node /%u to /%u, not node_prefix %u\n",
			reader->args.cluster.ranges[pool->range].name, gke_node_mask(GKE_PODS_MAX),
			gke_node_mask(GKE_PODS_LEAST), mask);
		return -EINVAL;
	}
	pool->max_pods = gke_mask_pods(mask);
	return 0;
}

static int complete(struct reader *reader)
{
	struct gke_cluster *cluster = &reader->args.cluster;
	bool has_pools = cluster->pool_count;
	int err = take_config(reader);

	if (err)
		return err;
	if (!cluster->range_count) {
		fputs("podip: no range: --range CIDR or -f podip.yaml\n", stderr);
		return -EINVAL;
	}
	if (reader->args.is_route_based && (has_pools || reader->max_pods)) {
		fputs("podip: --route-based has neither --pool nor --max-pods: a /24 a node\n",
		      stderr);
		return -EINVAL;
	}
	add_pools(cluster);
	for (size_t i = 0; i < cluster->pool_count && !err; i++) {
		err = has_pools ? choose_range(cluster, reader->pool_range[i], &cluster->pools[i])
				: 0;
		if (!err && !reader->args.is_route_based)
			err = choose_pods(reader, &cluster->pools[i]);
	}
	return err;
}

int gke_args_read(int argc, char **argv, struct gke_args *out)
{
	struct reader reader = { 0 };
	int c, err;

	argv[0] = "podip"; /* whom getopt_long() speaks for */
	optind = 0;
	while ((c = getopt_long(argc, argv, PLAN_SHORT_FLAGS, flags, NULL)) >= 0) {
		if (c == PLAN_FLAG_HELP) {
			fputs(help, stdout);
			return GKE_ARGS_EXIT;
		}
		err = c == '?' ? -EINVAL : take_flag(c, optarg, &reader);
		if (err)
			return err;
	}
	if (optind < argc) {
		fprintf(stderr, "podip: unexpected argument '%s'\n", argv[optind]);
		return -EINVAL;
	}
	err = complete(&reader);
	if (err)
		return err;
	*out = reader.args;
	return GKE_ARGS_RUN;
}
