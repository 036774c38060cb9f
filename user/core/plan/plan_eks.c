// SPDX-License-Identifier: Apache-2.0
#include "core/plan/plan_eks.h"

#include <math.h>

struct pool {
	unsigned int enis; /* the primary one included */
	unsigned int usable_enis; /* that pods get addresses of */
	unsigned int slots; /* of all of them: secondary addresses, or prefixes */
};

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static unsigned int most(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

static unsigned int less(unsigned int a, unsigned int b)
{
	return a > b ? a - b : 0;
}

/* Addresses of one slot. */
static unsigned int slot_size(const struct eks_node *node)
{
	return node->has_prefixes ? EKS_PREFIX_SIZE : 1;
}

static unsigned int slots_per_eni(const struct eks_node *node)
{
	return node->type.ipv4 - 1;
}

static unsigned int usable_enis(const struct eks_node *node)
{
	return node->type.enis - (node->has_custom_networking ? 1 : 0);
}

static unsigned int capacity(const struct eks_node *node)
{
	return usable_enis(node) * slots_per_eni(node) * slot_size(node);
}

unsigned int eks_max_pods(const struct eks_node *node)
{
	return capacity(node) + EKS_HOST_PODS;
}

unsigned int eks_cap(unsigned int vcpus)
{
	return vcpus > EKS_CAP_VCPUS ? EKS_CAP_LARGE : EKS_CAP_SMALL;
}

unsigned int eks_recommended_pods(const struct eks_node *node)
{
	return least(eks_max_pods(node), eks_cap(node->type.vcpus));
}

unsigned int eks_full_pods(const struct eks_node *node)
{
	return least(less(node->max_pods, EKS_HOST_PODS), capacity(node));
}

/* ---- ipamd ---- */

/* Addresses that it wants beside those it has; 0: the pool is not too low. */
static unsigned int short_of(const struct eks_node *node, unsigned int total, unsigned int pods)
{
	unsigned int target = node->has_prefixes ? node->warm_prefix : node->warm_eni;
	unsigned int unit = node->has_prefixes ? EKS_PREFIX_SIZE : slots_per_eni(node);
	unsigned int free = less(total, pods);

	if (total >= node->max_pods)
		return 0;
	if (node->warm_ip || node->minimum_ip)
		return most(less(node->warm_ip, free), less(node->minimum_ip, total));
	if (!target)
		return free ? 0 : unit;
	return less(target * unit, free);
}

/* Slots that one step asks for: all of an ENI where no target says otherwise. */
static unsigned int ask(const struct eks_node *node, const struct pool *pool, unsigned int pods)
{
	unsigned int size = slot_size(node);
	unsigned int wanted = short_of(node, pool->slots * size, pods);

	if (wanted && !node->has_prefixes && !node->warm_ip && !node->minimum_ip)
		return slots_per_eni(node);
	return (wanted + size - 1) / size;
}

/* Did it change anything? */
static bool step(const struct eks_node *node, unsigned int pods, struct pool *pool)
{
	unsigned int wanted = ask(node, pool, pods);
	unsigned int room = pool->usable_enis * slots_per_eni(node) - pool->slots;

	if (!wanted)
		return false;
	if (!room) {
		if (pool->usable_enis == usable_enis(node))
			return false;
		pool->enis++;
		pool->usable_enis++;
		room = slots_per_eni(node);
	}
	pool->slots += least(wanted, room);
	return true;
}

void eks_take(const struct eks_node *node, unsigned int pods, struct eks_taken *out)
{
	struct pool pool = { .enis = 1, .usable_enis = node->has_custom_networking ? 0 : 1 };
	unsigned int running = least(pods, eks_full_pods(node)), attached;

	for (unsigned int i = 0; i <= running; i++)
		while (step(node, i, &pool))
			;

	attached = pool.slots * slot_size(node);
	*out = (struct eks_taken){ .pods = running,
				   .enis = pool.enis,
				   .prefixes = node->has_prefixes ? pool.slots : 0,
				   .attached = attached,
				   .pod_subnet = pool.usable_enis + attached,
				   .node_subnet = pool.enis - pool.usable_enis };
}

/* ---- subnets ---- */

double eks_subnet_usable(const struct eks_subnet *subnet)
{
	double usable = prefix_size(&subnet->cidr) - fmax(subnet->reserved, EKS_SUBNET_RESERVED);

	return fmax(usable, 0);
}

double eks_subnet_free(const struct eks_subnet *subnet)
{
	return fmax(eks_subnet_usable(subnet) - subnet->used, 0);
}

unsigned int eks_subnet_taken(const struct eks_subnet *subnet, const struct eks_taken *taken)
{
	return subnet->is_for_nodes ? taken->node_subnet : taken->pod_subnet;
}

/* Where single addresses do not fit beside the prefixes they break some, 16 for 16: so it is enough
 * that all addresses fit and that the prefixes do. */
double eks_subnet_nodes(const struct eks_subnet *subnet, const struct eks_taken *taken)
{
	double blocks = fmax(prefix_size(&subnet->cidr) / EKS_PREFIX_SIZE - EKS_BROKEN_PREFIXES, 0);
	unsigned int each = eks_subnet_taken(subnet, taken);
	double nodes = each ? floor(eks_subnet_free(subnet) / each) : 0;

	if (subnet->is_for_nodes || !taken->prefixes)
		return nodes;
	return fmin(nodes, floor(blocks / taken->prefixes));
}
