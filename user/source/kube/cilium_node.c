// SPDX-License-Identifier: Apache-2.0
/*
 * What Cilium keeps of a pod CIDR (its pkg/ipam/service/ipallocator): the
 * first and the last address; of an IPv6 one all but the first 65536; and for itself
 * one each as router (the address of cilium_host), for health checks and for Ingress,
 * where it has these. The object names those three.
 */
#include "source/kube/cilium_node.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "source/base/json.h"
#include "source/kube/cilium_eni.h"
#include "source/kube/kube_supplier.h"

enum {
	OWN_MAX = 16, /* addresses of Cilium's own that are looked at; it has up to six */
	ALLOCATOR_BITS = 16, /* its bitmap has no more */
	/* A double of this many bits tells the addresses of such a bitmap from none. */
	COUNTABLE_BITS = 69,
};

struct own {
	struct ip ips[OWN_MAX];
	size_t count;
};

static void add_own(struct own *own, const char *text)
{
	struct ip ip;

	if (!text || ip_parse(text, &ip) || own->count == OWN_MAX)
		return;
	for (size_t i = 0; i < own->count; i++) {
		if (!ip_compare(&own->ips[i], &ip))
			return;
	}
	own->ips[own->count++] = ip;
}

static void find_own(const json_t *spec, struct own *own)
{
	static const char *const endpoints[] = { "health", "ingress" };
	const json_t *addresses = json_list(spec, "addresses");

	for (size_t i = 0; i < array_size(endpoints); i++) {
		const json_t *endpoint = json_child(spec, endpoints[i]);

		add_own(own, json_text(endpoint, "ipv4"));
		add_own(own, json_text(endpoint, "ipv6"));
	}
	for (size_t i = 0; i < json_array_size(addresses); i++) {
		const json_t *address = json_array_get(addresses, i);
		const char *type = json_text(address, "type");

		if (type && !strcmp(type, "CiliumInternalIP"))
			add_own(own, json_text(address, "ip"));
	}
}

/* Addresses of the CIDR that no pod gets; < 0 where that cannot be told. */
static double count_reserved(const struct prefix *cidr, const struct own *own)
{
	double size = prefix_size(cidr), usable = size;
	bool is_v4 = ip_is_v4(&cidr->base);

	/* Older versions give nothing out of two addresses, newer ones both. */
	if (size <= 2 || 128 - cidr->len > COUNTABLE_BITS)
		return -1;
	if (!is_v4 && size > 1 << ALLOCATOR_BITS)
		usable = 1 << ALLOCATOR_BITS;
	usable -= 2;
	for (size_t i = 0; i < own->count; i++)
		usable -= prefix_holds_ip(cidr, &own->ips[i]);
	return size - (usable > 0 ? usable : 0);
}

/* 0 or -ENOMEM; *bad counts what is no CIDR. */
static int add_cidrs(const json_t *list, const struct own *own, struct capacity *capacity, int *bad)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		struct range range = { .name = "cilium",
				       .scope = RANGE_SCOPE_NODE,
				       .source = "cilium",
				       .parent = RANGE_NONE };

		if (!text || prefix_parse_masked(text, &range.cidr)) {
			(*bad)++;
			continue;
		}
		range.reserved = count_reserved(&range.cidr, own);
		if (capacity_add_range(capacity, &range) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

/* The array under a key, which may be absent; another type is counted. */
static const json_t *list_of(const json_t *object, const char *key, int *bad)
{
	const json_t *value = json_object_get(object, key);

	if (value && !json_is_array(value) && !json_is_null(value))
		(*bad)++;
	return json_list(object, key);
}

static int add_ranges(const json_t *spec, struct capacity *capacity, int *bad)
{
	const json_t *ipam = json_child(spec, "ipam");
	const json_t *pools = list_of(json_child(ipam, "pools"), "allocated", bad);
	struct own own = { 0 };
	int err;

	find_own(spec, &own);
	err = add_cidrs(list_of(ipam, "podCIDRs", bad), &own, capacity, bad);
	for (size_t i = 0; !err && i < json_array_size(pools); i++)
		err = add_cidrs(list_of(json_array_get(pools, i), "cidrs", bad), &own, capacity,
				bad);
	return err;
}

int cilium_node_parse(const json_t *node, struct capacity *out)
{
	cleanup_capacity struct capacity capacity = { 0 };
	int bad = 0, err;

	err = add_ranges(json_child(node, "spec"), &capacity, &bad);
	if (!err)
		err = cilium_eni_parse(node, &capacity.enis, &bad);
	if (err)
		return err;
	if (!capacity.range_count && !capacity.enis.eni_count)
		return bad ? -EINVAL : -ENODATA;

	*out = take(capacity, ((struct capacity){ 0 }));
	return bad;
}

static int open_node(const struct supplier_config *config, void **out)
{
	return kube_supplier_open(config, "/apis/cilium.io/v2/ciliumnodes", cilium_node_parse, out);
}

const struct supplier_kind cilium_node_supplier = {
	.name = "cilium",
	.needs_network = true,
	.open = open_node,
	.close = kube_supplier_close,
	.turn = kube_supplier_turn,
	.capacity = kube_supplier_capacity,
	.version = kube_supplier_version,
	.status = kube_supplier_status,
};
