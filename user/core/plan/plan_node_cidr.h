/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kube-controller-manager with --allocate-node-cidrs: each node gets a block of
 * --node-cidr-mask-size out of --cluster-cidr. Pure.
 *
 * Nodes: 2^(mask - cluster's length). Pods on a node: its addresses less those that host-local
 * keeps, network, gateway and in IPv4 broadcast, and no more than the kubelet's limit. The mask may
 * not be shorter than the cluster's, nor in IPv6 more than 16 bits longer: source NewCIDRSet() of
 * pkg/controller/nodeipam/ipam/cidrset.
 */
#pragma once

#include "core/plan/plan.h"

enum {
	NODE_CIDR_MASK_V4 = 24, /* defaults of --node-cidr-mask-size-ipv4, -ipv6 */
	NODE_CIDR_MASK_V6 = 64,
	NODE_CIDR_DIFF_V6 = 16,
	NODE_CIDR_PODS = 110, /* the kubelet's default of --max-pods */
};

struct node_cidr_plan {
	double nodes;
	double addresses; /* of one node: exact, a power of two */
	double usable; /* by pods of one node; above 2^53 rounded */
	double pods; /* on one node */
};

unsigned int node_cidr_default_mask(const struct prefix *cluster);
/* -EDOM: shorter than the cluster's or longer than an address; -E2BIG: too many nodes for an IPv6
 * cluster CIDR. */
int node_cidr_plan(const struct prefix *cluster, unsigned int mask, double max_pods,
		   struct node_cidr_plan *out);
/* Where the block number `index` of `mask` starts: 0 is the first. `index` is below 2^16 in IPv6
 * and below plan's nodes. */
struct prefix node_cidr_block(const struct prefix *cluster, unsigned int mask, uint32_t index);
