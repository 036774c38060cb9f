/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network's configuration, as CNI leaves it on a node. A text in, facts out; no
 * file is touched.
 */
#pragma once

#include <stddef.h>

#include "core/base/range.h"

enum {
	CNI_CONF_RANGES_MAX = 64, /* in one configuration */
	CNI_DATA_DIR_SIZE = 128,
};

/* No path: two plugins do not agree on the directory of a range, or it is longer than fits. */
#define CNI_DATA_DIR_UNKNOWN "?"

struct cni_conf {
	struct range ranges[CNI_CONF_RANGES_MAX];
	/* Where host-local keeps the addresses of each range, under the network's name; "" its
	 * default */
	char data_dirs[CNI_CONF_RANGES_MAX][CNI_DATA_DIR_SIZE];
	size_t count;
	/* The network whose host-local is told to work in the node's pod CIDRs; "" none. */
	char pod_cidr_network[RANGE_NAME_SIZE];
};

/* Ranges of a .conf or .conflist: what host-local is told in `ranges` or `subnet`; none for other
 * IPAM, and of `usePodCidr` the network's name alone. `reserved` is host-local's own arithmetic:
 * all but rangeStart..rangeEnd without the gateway, which by default leaves size - 3 of IPv4.
 * -EBADMSG not JSON, -EINVAL not what host-local would take, -E2BIG past CNI_CONF_RANGES_MAX or too
 * much of it, -ENOMEM. */
int cni_conf_parse(const char *text, size_t size, struct cni_conf *out);
