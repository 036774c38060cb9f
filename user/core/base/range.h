/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges: the CIDRs that pod addresses come from, nested as they are in the
 * field (a node block inside a secondary range, a subnet inside a VPC). Pure.
 */
#pragma once

#include "cleanup.h"
#include "core/base/addr.h"

enum {
	RANGE_NAME_SIZE = 64,
	RANGE_MAX = 1024, /* in one table */
	RANGE_NONE = -1,
};

/* What its IPAM gives out of a range: first to last, but for the gateway. */
struct range_places {
	bool is_known, has_gateway;
	struct ip first, last, gateway;
};

enum range_scope { RANGE_SCOPE_NODE, RANGE_SCOPE_SUBNET, RANGE_SCOPE_CLUSTER, RANGE_SCOPE_COUNT };

struct range {
	char name[RANGE_NAME_SIZE];
	struct prefix cidr;
	uint8_t node_prefix; /* block that each node takes out of it, family's own bits; 0 none */
	enum range_scope scope;
	double reserved; /* addresses in it that no pod can get; < 0 when its source does not know
			  */
	uint32_t max_pods; /* of the node whose own range it is; 0: no such bound is known */
	struct range_places places; /* of `reserved`, where its source knows */
	const char *source; /* "config", "cni": a literal, never freed */
	int parent; /* index of the narrowest range around it, or RANGE_NONE */
};

/* What one source says. Sources are merged in order of precedence. */
struct range_list {
	const struct range *ranges; /* borrowed */
	size_t count;
};

struct range_table;

/* "node", "subnet", "cluster"; parse gives -EINVAL. */
const char *range_scope_name(enum range_scope scope);
int range_scope_parse(const char *text, enum range_scope *out);

/* Merge `count` lists, the first with the highest precedence: of ranges with an equal CIDR the
 * first one stays, and takes `reserved`, its places and `node_prefix` from the later one where it
 * does not know them itself. Unknown `reserved` becomes 0. Sorted by prefix_compare, parents
 * linked. Those past RANGE_MAX are left out and counted. -ENOMEM. The caller owns *out. */
int range_table_new(const struct range_list *lists, size_t count, struct range_table **out);
void range_table_free(struct range_table *table);
DEFINE_CLEANUP(range_table, struct range_table *, range_table_free)
#define cleanup_range_table cleanup(cleanup_range_table_fn)

size_t range_table_count(const struct range_table *table);
size_t range_table_dropped(const struct range_table *table);
const struct range *range_table_at(const struct range_table *table, size_t index); /* borrowed */
/* Index of the narrowest range that holds ip, or RANGE_NONE. O(log n + nesting). */
int range_table_find(const struct range_table *table, const struct ip *ip);

/* Do they say the same? Where they are nested does not count. */
bool range_is_equal(const struct range *a, const struct range *b);
bool range_table_is_equal(const struct range_table *a, const struct range_table *b);

/* 2^(bits); and what is left of it without the reserved ones. Source: CONTRACT, FIELD. */
double range_capacity(const struct range *range);
double range_usable(const struct range *range);
/* Addresses of it that pods of this node can have at most: the usable ones, and of the node's own
 * range no more than max_pods, since a pod has one address of a family. */
double range_bound(const struct range *range);
/* What host-local keeps for itself where nothing else is configured: the network's address, the
 * gateway's, and IPv4's broadcast address. Source: its ipam/range.go, Canonicalize(). */
double range_host_local_reserved(const struct prefix *cidr);
