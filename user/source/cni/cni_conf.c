// SPDX-License-Identifier: Apache-2.0
#include "source/cni/cni_conf.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "source/base/json.h"

/* An IPAM of host-local's, and what the ranges found in it have in common. */
struct ipam {
	const json_t *network;
	const char *data_dir;
	size_t first; /* of its ranges in the conf */
};

/* An absent key leaves *out, its default, alone. */
static int parse_ip_inside(const json_t *range, const char *key, const struct prefix *cidr,
			   struct ip *out)
{
	const json_t *value = json_object_get(range, key);
	struct ip ip;

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_string(value) || ip_parse(json_string_value(value), &ip) ||
	    !prefix_holds_ip(cidr, &ip))
		return -EINVAL;

	*out = ip;
	return 0;
}

static unsigned __int128 to_number(const struct ip *ip)
{
	unsigned __int128 number = 0;

	for (size_t i = 0; i < sizeof(ip->bytes); i++)
		number = number << 8 | ip->bytes[i];
	return number;
}

static struct ip to_ip(unsigned __int128 number)
{
	struct ip ip;

	for (size_t i = sizeof(ip.bytes); i-- > 0; number >>= 8)
		ip.bytes[i] = (uint8_t)number;
	return ip;
}

/* Addresses of cidr that host-local never hands out. */
static int count_reserved(const json_t *json, struct range *range)
{
	const struct prefix *cidr = &range->cidr;
	unsigned __int128 first = to_number(&cidr->base);
	unsigned __int128 last = first + (((unsigned __int128)1 << (128 - cidr->len)) - 1);
	struct ip start = to_ip(first + 1), end = to_ip(last - ip_is_v4(&cidr->base));
	struct ip gateway = start;
	unsigned __int128 reserved;
	bool has_gateway;

	if (parse_ip_inside(json, "rangeStart", cidr, &start) ||
	    parse_ip_inside(json, "rangeEnd", cidr, &end) || ip_compare(&start, &end) > 0)
		return -EINVAL;
	/* One in another network is allowed, and takes none of these. */
	has_gateway = parse_ip_inside(json, "gateway", cidr, &gateway) == 0;

	reserved = to_number(&start) - first + (last - to_number(&end));
	if (has_gateway && ip_compare(&start, &gateway) <= 0 && ip_compare(&gateway, &end) <= 0)
		reserved++;

	range->reserved = (double)reserved;
	range->places = (struct range_places){ true, has_gateway, start, end, gateway };
	return 0;
}

/* The network's name, cut between characters. */
static int copy_name(const json_t *network, char out[static RANGE_NAME_SIZE])
{
	const char *name = json_string_value(json_object_get(network, "name"));
	size_t size;

	if (!name || !*name)
		return -EINVAL;
	for (size_t i = 0; name[i]; i++) {
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return -EINVAL;
	}

	size = strlen(name);
	if (size >= RANGE_NAME_SIZE) {
		size = RANGE_NAME_SIZE - 1;
		while ((name[size] & 0xc0) == 0x80)
			size--;
	}
	memcpy(out, name, size);
	out[size] = '\0';
	return 0;
}

/* What Calico's conf has in place of a CIDR, in any case, with or without IPv6 behind it. */
static bool is_pod_cidr_word(const char *subnet)
{
	static const char word[] = "usePodCidr";

	return strncasecmp(subnet, word, sizeof(word) - 1) == 0;
}

/* An equal CIDR is another piece of the same IPAM's, or another plugin's say. */
static void merge_range(const struct ipam *ipam, const struct range *range, size_t at,
			struct cni_conf *conf)
{
	double *reserved = &conf->ranges[at].reserved;

	if (at >= ipam->first)
		*reserved -= range_usable(range);
	conf->ranges[at].places.is_known = false;
	if (*reserved < 0)
		*reserved = 0;
	if (strcmp(conf->data_dirs[at], ipam->data_dir) != 0)
		text_copy(conf->data_dirs[at], CNI_DATA_DIR_SIZE, CNI_DATA_DIR_UNKNOWN);
}

static int add_range(const struct ipam *ipam, const json_t *json, struct cni_conf *conf)
{
	const char *subnet = json_string_value(json_object_get(json, "subnet"));
	struct range range = { .scope = RANGE_SCOPE_NODE, .source = "cni", .parent = RANGE_NONE };

	if (!subnet)
		return -EINVAL;
	if (is_pod_cidr_word(subnet))
		return copy_name(ipam->network, conf->pod_cidr_network);
	/* host-local wants four addresses at least; ::/0 has no count in 128 bits. */
	if (prefix_parse_masked(subnet, &range.cidr) || range.cidr.len > 126 || !range.cidr.len ||
	    copy_name(ipam->network, range.name) || count_reserved(json, &range))
		return -EINVAL;

	for (size_t i = 0; i < conf->count; i++) {
		if (prefix_compare(&conf->ranges[i].cidr, &range.cidr) != 0)
			continue;
		merge_range(ipam, &range, i, conf);
		return 0;
	}
	if (conf->count == CNI_CONF_RANGES_MAX)
		return -E2BIG;

	text_copy(conf->data_dirs[conf->count], CNI_DATA_DIR_SIZE, ipam->data_dir);
	conf->ranges[conf->count++] = range;
	return 0;
}

/* What is too long to be kept is none that we could know. */
static int parse_data_dir(const json_t *ipam, const char **out)
{
	const json_t *value = json_object_get(ipam, "dataDir");

	if (value && !json_is_null(value) && !json_is_string(value))
		return -EINVAL;

	*out = json_is_string(value) ? json_string_value(value) : "";
	if (strlen(*out) >= CNI_DATA_DIR_SIZE)
		*out = CNI_DATA_DIR_UNKNOWN;
	return 0;
}

static int add_plugin(const json_t *network, const json_t *plugin, struct cni_conf *conf)
{
	const json_t *json = json_object_get(plugin, "ipam");
	const char *type = json_string_value(json_object_get(json, "type"));
	const json_t *sets = json_object_get(json, "ranges");
	struct ipam ipam = { .network = network, .first = conf->count };
	int err;

	if (!type || strcmp(type, "host-local") != 0)
		return 0;
	err = parse_data_dir(json, &ipam.data_dir);
	if (!err && json_object_get(json, "subnet"))
		err = add_range(&ipam, json, conf);
	for (size_t i = 0; !err && i < json_array_size(sets); i++) {
		const json_t *set = json_array_get(sets, i);

		for (size_t j = 0; !err && j < json_array_size(set); j++)
			err = add_range(&ipam, json_array_get(set, j), conf);
	}
	return err;
}

int cni_conf_parse(const char *text, size_t size, struct cni_conf *out)
{
	cleanup_json json_t *network = NULL;
	struct cni_conf conf = { 0 };
	const json_t *plugins;
	int err = json_read_last(text, size, &network);

	if (err)
		return err;
	if (!json_is_object(network))
		return -EINVAL;

	plugins = json_object_get(network, "plugins");
	if (!plugins)
		err = add_plugin(network, network, &conf);
	for (size_t i = 0; !err && i < json_array_size(plugins); i++)
		err = add_plugin(network, json_array_get(plugins, i), &conf);
	if (err)
		return err;

	*out = conf;
	return 0;
}
