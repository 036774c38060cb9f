/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calico: the blocks that its IPAM has given to this node, from the node's own
 * routes. For each block there is one route `blackhole`, which takes what is sent
 * to an address that no pod has; there may be several blocks, and they come and go.
 * rtnetlink tells of changes; then all of these routes are listed anew, at most
 * once a second.
 *
 * Who makes the routes says their protocol; both of these are in use:
 *
 *	80	Felix, pools of mode VXLAN or without BGP (calico, felix/dataplane/linux,
 *		vxlan_mgr.go: defaultVXLANProto). FelixConfiguration's deviceRouteProtocol
 *		may give it another number: such blocks are not seen.
 *	12	BIRD, `proto bird`, other pools (calico, confd/etc/calico/confd/templates,
 *		bird_aggr.cfg.template: `route CIDR blackhole`). Service CIDRs are among
 *		them, but never in the kernel (bird_ipam.cfg.template: /rejectcidrs).
 *
 * A block has /20 to /32 in IPv4 and /116 to /128 in IPv6, /26 and /122 if not set
 * (IPPool, blockSize); none is a route that has but one address (both files above).
 * All other routes are not looked at, however many a node learns by BGP.
 *
 * Every address of a block may be a pod's. Only on Windows does Calico's IPAM keep
 * some back (cni-plugin/pkg/ipamplugin: HostReservedAttrIPv4s); the address of a
 * node's own tunnel or bridge is one of a block, and counts as if a pod had it.
 */
#pragma once

#include <linux/netlink.h>

#include "core/base/addr.h"
#include "source/supplier/supplier.h"

/* Up when there is at least one block: without, it is no node of Calico. */
extern const struct supplier_kind calico_supplier;

/* The block whose route the message (RTM_NEWROUTE, RTM_DELROUTE) tells of. -ENOENT none, or not a
 * whole message: *out is untouched. */
int calico_block(const struct nlmsghdr *message, struct prefix *out);
