/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CiliumNode object of this node: the pod CIDRs that Cilium's own IPAM hands out
 * of, and in ENI mode the network interfaces and what is given out of them.
 */
#pragma once

#include <jansson.h>

#include "source/supplier/supplier.h"

extern const struct supplier_kind cilium_node_supplier; /* "cilium" */

/* spec.ipam.podCIDRs (the modes cluster-pool and kubernetes) and spec.ipam.pools.allocated[].cidrs
 * (multi-pool) as ranges named "cilium"; status.eni.enis as ENIs, with status.ipam.used as what is
 * assigned. Other modes (Azure, Alibaba Cloud, a pool written by hand) give -ENODATA. 0; so many
 * values that were not as expected, without which the rest is good; -EINVAL when there are some and
 * no good one; -ENODATA; -ENOMEM. *out, empty before, is untouched when it fails. The caller owns
 * it. */
int cilium_node_parse(const json_t *node, struct capacity *out);
