/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Node object of this node: its pod CIDRs, how many pods the kubelet allows, and
 * what its labels say of pool, zone and machine.
 */
#pragma once

#include <jansson.h>

#include "source/supplier/supplier.h"

extern const struct supplier_kind kube_node_supplier; /* "node" */

/* spec.podCIDRs, or spec.podCIDR where there are none, as ranges named "node";
 * status.allocatable.pods; labels. A Node without pod CIDRs (EKS, Calico, Cilium's own pools) is
 * good when it has a limit of pods. 0; so many values that were not as expected, without which the
 * rest is good; -EINVAL when none of its pod CIDRs is one, or no other value is left; -ENODATA it
 * has neither CIDRs nor a limit; -ENOMEM. *out, empty before, is untouched when it fails. The
 * caller owns it. */
int kube_node_parse(const json_t *node, struct capacity *out);
