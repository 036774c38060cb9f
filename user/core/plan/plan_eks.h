/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EKS with the AWS VPC CNI: what a node may run, and what it takes out of its subnets,
 * used or not. Pure.
 *
 * Most pods, with E ENIs of I IPv4 addresses: secondary addresses E*(I-1) + 2, prefixes of
 * 16 E*((I-1)*16) + 2; custom networking leaves the primary ENI to the node: E-1 for E. The 2
 * are pods of the host's network (aws-node, kube-proxy). Recommended: 110 at most up to 30
 * vCPU, else 250. Source: max-pods-calculator.sh of amazon-eks-ami.
 *
 * Taken: each ENI its primary address, and its secondary ones or 16 a prefix. How many is what
 * ipamd does as pods come one by one, until the pool is not too low (isDatastorePoolTooLow):
 *
 *	  WARM_IP_TARGET or MINIMUM_IP_TARGET set: short of max(WARM_IP - free, MINIMUM_IP - total);
 *	  else free < WARM_ENI_TARGET * (I-1), or < WARM_PREFIX_TARGET * 16 with prefixes;
 *	  a target of 0 asks for more when nothing is free;
 *	  never when total >= the kubelet's max pods.
 *
 * It fills what is attached before it attaches another ENI, by whole ENIs without an IP target
 * (tryAssignIPs, tryAssignPrefixes, tryAllocateENI). The node starts with its primary ENI alone.
 * Source: pkg/ipamd/ipamd.go and docs/eni-and-ip-target.md of amazon-vpc-cni-k8s, 2026-08; where
 * the ENI column of docs/prefix-and-ip-target.md differs (p3dn.24xlarge), the code counts.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/base/range.h"
#include "core/capacity/eni_table.h"
#include "core/plan/plan.h"

enum {
	EKS_HOST_PODS = 2,
	EKS_CAP_VCPUS = 30,
	EKS_CAP_SMALL = 110,
	EKS_CAP_LARGE = 250,
	EKS_PREFIX_SIZE = 16,
	EKS_BROKEN_PREFIXES = 2, /* of a subnet: the reserved addresses are in them */
	EKS_SUBNET_RESERVED = 5, /* the first four addresses and the last */
	EKS_SUBNET_LEN_MIN = 16, /* lengths of a subnet of AWS */
	EKS_SUBNET_LEN_MAX = 28,
	EKS_TARGET_MAX = 4096,
};

struct eks_node {
	struct eni_type type;
	bool has_prefixes, has_custom_networking;
	unsigned int max_pods; /* the kubelet's */
	unsigned int warm_eni, warm_prefix; /* 1 each by default */
	unsigned int warm_ip, minimum_ip; /* 0: not set */
};

struct eks_taken {
	unsigned int pods; /* that have an address of their own */
	unsigned int enis;
	unsigned int prefixes; /* 0 without prefix delegation */
	unsigned int attached; /* addresses for pods */
	unsigned int node_subnet; /* with custom networking: the primary ENI's address */
	unsigned int pod_subnet; /* all others */
};

struct eks_subnet {
	char name[RANGE_NAME_SIZE];
	struct prefix cidr;
	double used; /* by others */
	double reserved; /* at least EKS_SUBNET_RESERVED */
	bool is_for_nodes; /* custom networking: primary ENIs alone */
};

/* All pods, those of the host's network included. */
unsigned int eks_max_pods(const struct eks_node *node);
unsigned int eks_cap(unsigned int vcpus);
unsigned int eks_recommended_pods(const struct eks_node *node);
/* Pods with an address of their own when the node is full: max_pods less those of the host's
 * network, and never more than its ENIs can hold. */
unsigned int eks_full_pods(const struct eks_node *node);

/* With `pods` of them, or as many as fit. */
void eks_take(const struct eks_node *node, unsigned int pods, struct eks_taken *out);

/* 2^(32-n) - reserved, less what others use. */
double eks_subnet_usable(const struct eks_subnet *subnet);
double eks_subnet_free(const struct eks_subnet *subnet);
/* What one node takes out of it. */
unsigned int eks_subnet_taken(const struct eks_subnet *subnet, const struct eks_taken *taken);
/* How many such nodes it carries. Prefixes are aligned and whole: the first and the last 16 of a
 * subnet hold addresses of AWS and are none; all other addresses are taken to be packed, so that
 * this is the best case. */
double eks_subnet_nodes(const struct eks_subnet *subnet, const struct eks_taken *taken);
