/* SPDX-License-Identifier: Apache-2.0 */
/* flannel's file as flanneld writes it, and what it says. */
#pragma once

#include "ranges.h"
#include "source/supplier/flannel.h"

#define GOOD                            \
	"FLANNEL_NETWORK=10.5.0.0/16\n" \
	"FLANNEL_SUBNET=10.5.72.1/24\n" \
	"FLANNEL_MTU=1450\n"            \
	"FLANNEL_IPMASQ=true\n"
/* What GOOD says. */
#define GOOD_RANGES "flannel 10.5.72.0/24 node -1 0, flannel-network 10.5.0.0/16 cluster 0 24"
