// SPDX-License-Identifier: Apache-2.0
#include "cli/plan/plan_gke_args.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/plan/plan_args.h"
#include "core/base/text.h"

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

#define READER ((struct reader *)field)

PLAN_PARSER(parse_range, take_range(READER, text))
PLAN_PARSER(parse_pods, plan_read_count("--max-pods", text, GKE_PODS_MAX, &READER->max_pods))
PLAN_PARSER(parse_pool, take_pool(READER, text))
PLAN_PARSER(parse_new, take_new_range(READER, text))

const struct option_row gke_rows[] = {
	{ .flag = "range",
	  .arg = "NAME=CIDR",
	  .help = "a secondary range for pods; a CIDR alone is range-N",
	  .parse = parse_range,
	  .list_max = OPTION_LIST_MAX },
	{ .flag = "max-pods",
	  .arg = "N",
	  .help = "pods on a node, of pools that do not say; 110 if not said",
	  .parse = parse_pods },
	{ .flag = "pool",
	  .arg = "NAME:KEY=VALUE,...",
	  .help = "keys range, max-pods, min [0], max [no limit]; without any, each range has a pool",
	  .parse = parse_pool,
	  .list_max = OPTION_LIST_MAX },
	{ .flag = "new-range",
	  .arg = "/LEN",
	  .help = "how large a range to add would be; as the full one if not said",
	  .parse = parse_new },
	{ .flag = "route-based",
	  .help = "a routes-based cluster: /24 a node, no pools",
	  .parse = option_switch,
	  .offset = offsetof(struct reader, args.is_route_based) },
	PLAN_CONFIG_ROW(struct reader, config),
	PLAN_OUTPUT_ROW(struct reader, args.is_json),
};

_Static_assert(array_size(gke_rows) == GKE_ROW_COUNT, "a row more or less");

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

int gke_args_read(const struct command *command, int argc, char **argv, struct gke_args *out)
{
	struct reader reader = { 0 };
	int result = command_read(command, argc, argv, &reader, NULL);

	if (!result)
		result = complete(&reader);
	if (result)
		return result;
	*out = reader.args;
	return COMMAND_RUN;
}
