// SPDX-License-Identifier: Apache-2.0
#include "core/plan/plan_node_cidr.h"

#include <errno.h>
#include <math.h>

enum { RESERVED_V4 = 3, RESERVED_V6 = 2, IP_BYTES = 16, BYTE_BITS = 8 };

unsigned int node_cidr_default_mask(const struct prefix *cluster)
{
	return ip_is_v4(&cluster->base) ? NODE_CIDR_MASK_V4 : NODE_CIDR_MASK_V6;
}

int node_cidr_plan(const struct prefix *cluster, unsigned int mask, double max_pods,
		   struct node_cidr_plan *out)
{
	bool is_v4 = ip_is_v4(&cluster->base);
	unsigned int bits = is_v4 ? PLAN_V4_BITS : PLAN_V6_BITS, len = prefix_family_len(cluster);
	double addresses;

	if (mask < len || mask > bits)
		return -EDOM;
	if (!is_v4 && mask - len > NODE_CIDR_DIFF_V6)
		return -E2BIG;
	addresses = ldexp(1, (int)(bits - mask));
	*out = (struct node_cidr_plan){
		.nodes = ldexp(1, (int)(mask - len)),
		.addresses = addresses,
		.usable = fmax(addresses - (is_v4 ? RESERVED_V4 : RESERVED_V6), 0),
	};
	out->pods = fmin(out->usable, max_pods);
	return 0;
}

struct prefix node_cidr_block(const struct prefix *cluster, unsigned int mask, uint32_t index)
{
	unsigned int shift = (ip_is_v4(&cluster->base) ? PLAN_V4_BITS : PLAN_V6_BITS) - mask;
	struct prefix block = *cluster;

	block.len = (uint8_t)(PLAN_V6_BITS - shift);
	for (unsigned int bit = 0; bit < PLAN_V4_BITS && shift + bit < PLAN_V6_BITS; bit++)
		if (index >> bit & 1)
			block.base.bytes[IP_BYTES - 1 - (shift + bit) / BYTE_BITS] |=
				(uint8_t)(1U << (shift + bit) % BYTE_BITS);
	return block;
}
