// SPDX-License-Identifier: Apache-2.0
/*
 * status.eni.enis.ID: {id, ip, number, subnet: {id, cidr}, addresses: [ip],
 * prefixes: [cidr]}, where what is zero or empty is absent and `addresses` has each
 * one of the prefixes, too; status.ipam.used.IP: {owner, resource: ENI's ID}. Source:
 * pkg/aws/eni/types and pkg/ipam/types of Cilium.
 */
#include "source/kube/cilium_eni.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "source/base/json.h"

enum {
	NUMBER_MAX = 1024,
	PREFIXES_MAX = 256, /* of one ENI; EC2 has up to 49 today */
};

/* 0 where it is absent. -EINVAL. */
static int get_number(const json_t *object, const char *key, uint32_t *out)
{
	const json_t *value = json_object_get(object, key);
	json_int_t number = json_integer_value(value);

	if (value && (!json_is_integer(value) || number < 0 || number > NUMBER_MAX))
		return -EINVAL;
	*out = (uint32_t)number;
	return 0;
}

static int copy_id(const char *text, char out[static ENI_ID_SIZE])
{
	if (!text || !text[0] || strlen(text) >= ENI_ID_SIZE)
		return -EINVAL;
	text_copy(out, ENI_ID_SIZE, text);
	return 0;
}

static int read_eni(const char *id, const json_t *json, uint32_t first, struct eni *out)
{
	const json_t *subnet = json_child(json, "subnet");
	const char *cidr = json_text(subnet, "cidr"), *ip = json_text(json, "ip");
	const char *subnet_id = json_text(subnet, "id");
	struct eni eni = { 0 };

	if (!json_is_object(json) || copy_id(id, eni.id) || get_number(json, "number", &eni.device))
		return -EINVAL;
	if (subnet_id && copy_id(subnet_id, eni.subnet_id))
		return -EINVAL;
	eni.has_subnet = cidr && !prefix_parse(cidr, &eni.subnet);
	eni.has_primary = ip && !ip_parse(ip, &eni.primary);
	eni.is_primary = !eni.device;
	eni.is_excluded = eni.device < first;

	*out = eni;
	return 0;
}

/* 0, -ENOMEM; *bad grows. Blocks past the table's bound are counted there. */
static int add_prefixes(const json_t *json, uint32_t eni, struct enis *enis, int *bad)
{
	const json_t *list = json_list(json, "prefixes");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		struct eni_block block = { .eni = eni, .is_prefix = true };

		if (i >= PREFIXES_MAX || !text || prefix_parse(text, &block.cidr)) {
			(*bad)++;
			continue;
		}
		if (enis_add_block(enis, &block) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

static bool is_in_blocks(const struct enis *enis, size_t first, size_t end, const struct ip *ip)
{
	for (size_t i = first; i < end; i++) {
		if (prefix_holds_ip(&enis->blocks[i].cidr, ip))
			return true;
	}
	return false;
}

static int add_addresses(const json_t *json, uint32_t eni, struct enis *enis, int *bad)
{
	const json_t *list = json_list(json, "addresses");
	const struct eni *owner = &enis->enis[eni];
	size_t first = enis->block_count, end;
	int err;

	err = add_prefixes(json, eni, enis, bad);
	end = enis->block_count;
	for (size_t i = 0; !err && i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		struct ip ip;

		if (!text || ip_parse(text, &ip)) {
			(*bad)++;
			continue;
		}
		/* With its setting to use primary addresses they are in the list, too. */
		if (owner->has_primary && !ip_compare(&owner->primary, &ip))
			continue;
		if (is_in_blocks(enis, first, end, &ip))
			continue;
		if (enis_add_block(enis, &(struct eni_block){ .cidr = prefix_of(&ip, 128),
							      .eni = eni }) == -ENOMEM)
			err = -ENOMEM;
	}
	return err;
}

static int add_enis(const json_t *list, uint32_t first, struct enis *enis, int *bad)
{
	const char *id;
	json_t *json;
	int err = 0;

	/* The macro takes no const; nothing is changed. */
	json_object_foreach((json_t *)list, id, json)
	{
		struct eni eni;
		int index;

		if (read_eni(id, json, first, &eni)) {
			(*bad)++;
			continue;
		}
		index = enis_add(enis, &eni);
		if (index >= 0)
			err = add_addresses(json, (uint32_t)index, enis, bad);
		if (index == -ENOMEM || err)
			return -ENOMEM;
	}
	return 0;
}

/* The count where there is none. */
static size_t find_eni(const struct enis *enis, const char *id)
{
	size_t i = 0;

	while (i < enis->eni_count && (!id || strcmp(enis->enis[i].id, id) != 0))
		i++;
	return i;
}

static int add_used(const json_t *used, struct enis *enis, int *bad)
{
	const char *text;
	json_t *json;

	json_object_foreach((json_t *)used, text, json)
	{
		struct eni_address address = { .is_assigned = true };
		size_t eni;

		if (ip_parse(text, &address.ip)) {
			(*bad)++;
			continue;
		}
		eni = find_eni(enis, json_text(json, "resource"));
		/* One of an ENI that is just gone. */
		if (eni == enis->eni_count)
			continue;
		address.eni = (uint32_t)eni;
		if (enis_add_address(enis, &address) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

int cilium_eni_parse(const json_t *node, struct enis *enis, int *bad)
{
	const json_t *status = json_child(node, "status");
	const json_t *list = json_child(json_child(status, "eni"), "enis");
	uint32_t first = 0;
	int err;

	if (!list)
		return 0;
	if (get_number(json_child(json_child(node, "spec"), "eni"), "first-interface-index",
		       &first))
		(*bad)++;
	err = add_enis(list, first, enis, bad);
	if (err)
		return err;
	/* Without any the key is absent, and all are free. */
	enis->has_addresses = true;
	return add_used(json_child(json_child(status, "ipam"), "used"), enis, bad);
}
