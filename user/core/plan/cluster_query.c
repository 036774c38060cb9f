// SPDX-License-Identifier: Apache-2.0
#include "core/plan/cluster_query.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHARED "cluster, range, cidr, family"
#define OWN "cluster, range, family"

/* `and` is a set operation: two scrapes of one node at a time do not make it fail. */
#define WHERE(scope) \
	" and on (job, instance, range, cidr, family) podip_range_info{@scope" scope "}"
#define IS_SHARED WHERE("!=\"node\"")
#define IS_SUBNET WHERE("=\"subnet\"")
#define IS_OWN WHERE("=\"node\"")

/* Where EC2 attaches addresses to nodes they are gone from the subnet, used or not. */
#define TAKEN                                                               \
	"sum by (" SHARED ") ((podip_range_attached_addresses{@}" IS_SUBNET \
	") or (podip_range_used_addresses{@}" IS_SHARED "))"
#define BLOCKS "count by (" OWN ") (group by (" OWN ", block) (podip_node_block_info{@}))"
#define FULLEST                                                      \
	" and on (job, instance, range, cidr, family) topk by (" OWN \
	") (1, podip_range_utilization_ratio{@}" IS_OWN ")"

/* Least squares over so long. */
#define GROWTH(of) "deriv((" of ")[1h:1m])"

const struct cluster_query cluster_queries[] = {
	{ CLUSTER_VALUE_NODES, false,
	  "count by (" SHARED ", scope) (podip_range_info{@scope!=\"node\"})" },
	{ CLUSTER_VALUE_USED, false, TAKEN },
	{ CLUSTER_VALUE_USABLE, false,
	  "max by (" SHARED ") (podip_range_usable_addresses{@}" IS_SHARED ")" },
	{ CLUSTER_VALUE_USED_GROWTH, false, GROWTH(TAKEN) },
	{ CLUSTER_VALUE_BLOCKS, false, BLOCKS },
	{ CLUSTER_VALUE_BLOCKS_CAPACITY, false,
	  "max by (" SHARED ") (podip_range_node_blocks_capacity{@})" },
	{ CLUSTER_VALUE_BLOCKS_GROWTH, false, GROWTH(BLOCKS) },
	{ CLUSTER_VALUE_NODES, true,
	  "count by (" OWN ", scope) (podip_range_info{@scope=\"node\"})" },
	{ CLUSTER_VALUE_FULL_NODES, true,
	  "count by (" OWN ") (podip_range_free_addresses{@} <= 0" IS_OWN ")" },
	{ CLUSTER_VALUE_USED, true, "podip_range_used_addresses{@}" FULLEST },
	{ CLUSTER_VALUE_USABLE, true,
	  "podip_range_used_addresses{@} + podip_range_free_addresses{@}" FULLEST },
	{ CLUSTER_VALUE_TIME, true,
	  "min by (" OWN ") (podip_range_time_to_exhaustion_seconds{@}" IS_OWN ")" },
};
const unsigned int cluster_query_count = array_size(cluster_queries);

static const char *skip_label(const char *at)
{
	if (!isalpha((unsigned char)*at) && *at != '_')
		return NULL;
	while (isalnum((unsigned char)*at) || *at == '_')
		at++;
	return at;
}

static const char *skip_operator(const char *at)
{
	if (!strncmp(at, "=~", 2) || !strncmp(at, "!=", 2) || !strncmp(at, "!~", 2))
		return at + 2;
	return *at == '=' ? at + 1 : NULL;
}

static const char *skip_value(const char *at)
{
	if (*at++ != '"')
		return NULL;
	for (; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if ((unsigned char)*at < ' ')
			return NULL;
	}
	return at + 1;
}

int cluster_selector_check(const char *selector)
{
	for (const char *at = selector;; at++) {
		at = skip_label(at);
		at = at ? skip_operator(at) : NULL;
		at = at ? skip_value(at) : NULL;
		if (!at || (*at && *at != ','))
			return -EINVAL;
		if (!*at)
			return 0;
	}
}

char *cluster_query_text(const struct cluster_query *query, const char *selector)
{
	size_t size = strlen(selector), places = 0;
	char *text, *out;

	for (const char *at = query->promql; *at; at++)
		places += *at == '@';
	text = malloc(strlen(query->promql) + places * (size + 1) + 1);
	if (!text)
		return NULL;
	out = text;
	for (const char *at = query->promql; *at; at++) {
		if (*at != '@') {
			*out++ = *at;
			continue;
		}
		memcpy(out, selector, size);
		out += size;
		/* PromQL allows a comma behind the last one. */
		if (size)
			*out++ = ',';
	}
	*out = '\0';
	return text;
}
