/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flannel: the node's subnet and the network that it is cut out of, from the file
 * that flanneld writes for its CNI plugin, /run/flannel/subnet.env. Followed by
 * inotify; the file and its directory may appear, go and come again.
 *
 * The file (flannel, pkg/subnet/subnet.go, WriteSubnetFile): one assignment a line,
 *
 *	FLANNEL_NETWORK=10.5.0.0/16          several networks are joined by commas
 *	FLANNEL_SUBNET=10.5.72.1/24          the node's, with the address of its bridge
 *	FLANNEL_IPV6_NETWORK=2001:cafe:42::/56
 *	FLANNEL_IPV6_SUBNET=2001:cafe:42::1/64
 *	FLANNEL_MTU=1450
 *	FLANNEL_IPMASQ=true
 *
 * and of a family that is off neither of its two.
 */
#pragma once

#include <stddef.h>

#include "core/capacity/capacity.h"
#include "source/supplier/supplier.h"

enum { FLANNEL_FILE_MAX = 64 << 10 }; /* bytes of the file */

extern const struct supplier_kind flannel_supplier;

/* The ranges that the file's text names: of each family the subnet "flannel" of scope node, then
 * its networks "flannel-network" of scope cluster; the one that holds the subnet has its length as
 * node_prefix. As in a shell, blanks part assignments and the last one of a key holds.
 * -EINVAL not such a file: a family with but one of its two keys, no family at all, what is not
 * CIDRs of that family, or an end within an assignment of these keys, as of a file that is not
 * written to its end. -ENOMEM. The caller owns *out. */
int flannel_parse(const char *text, size_t size, struct capacity *out);
