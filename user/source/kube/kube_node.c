// SPDX-License-Identifier: Apache-2.0
#include "source/kube/kube_node.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "source/base/json.h"
#include "source/kube/kube_supplier.h"

/* 0 or -ENOMEM; *bad counts what is no CIDR. */
static int add_cidr(const json_t *value, struct capacity *capacity, int *bad)
{
	static const struct capacity_naming naming = {
		.name = "node",
		.scope = RANGE_SCOPE_NODE,
		.reserved = -1, /* it is for the CNI to keep some */
		.source = "node",
	};
	const char *text = json_string_value(value);
	int err = text ? capacity_add_cidr(capacity, text, &naming) : -EINVAL;

	if (err == -ENOMEM)
		return err;
	if (err == -EINVAL)
		(*bad)++;
	return 0;
}

static int add_cidrs(const json_t *spec, struct capacity *capacity, int *bad)
{
	const json_t *list = json_object_get(spec, "podCIDRs");
	const json_t *single = json_object_get(spec, "podCIDR");
	int err = 0;

	if (list && !json_is_array(list) && !json_is_null(list))
		(*bad)++;
	for (size_t i = 0; !err && i < json_array_size(list); i++)
		err = add_cidr(json_array_get(list, i), capacity, bad);
	/* Kubernetes says the first one of the list here, too; "" is none. */
	if (!err && !capacity->range_count && single && !json_is_null(single) &&
	    !(json_is_string(single) && !json_string_length(single)))
		err = add_cidr(single, capacity, bad);
	return err;
}

/* A whole number as Kubernetes writes quantities: "110", "1k", "1Ki", or a number. -EINVAL. */
static int parse_count(const json_t *value, uint32_t *out)
{
	static const struct {
		const char *suffix;
		uint64_t factor;
	} suffixes[] = {
		{ "", 1 }, { "k", 1000 }, { "Ki", 1024 }, { "M", 1000000 }, { "Mi", 1048576 },
	};
	const char *text = json_string_value(value);
	uint64_t number = 0, factor = 0;

	if (json_is_integer(value)) {
		json_int_t integer = json_integer_value(value);

		if (integer < 0 || integer > UINT32_MAX)
			return -EINVAL;
		*out = (uint32_t)integer;
		return 0;
	}
	if (!text || !isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++) {
		number = number * 10 + (uint64_t)(*text - '0');
		if (number > UINT32_MAX)
			return -EINVAL;
	}
	for (size_t i = 0; i < array_size(suffixes); i++) {
		if (!strcmp(text, suffixes[i].suffix))
			factor = suffixes[i].factor;
	}
	if (!factor || number * factor > UINT32_MAX)
		return -EINVAL;

	*out = (uint32_t)(number * factor);
	return 0;
}

/* Kubernetes allows no other characters in a label's value, and no more of them. */
static bool is_label(const char *text)
{
	return strlen(text) < CAPACITY_LABEL_SIZE &&
	       !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789-_.")];
}

/* The first of the labels that is there. */
static void copy_label(const json_t *labels, const char *const *keys, char *out, int *bad)
{
	for (; *keys; keys++) {
		const json_t *value = json_object_get(labels, *keys);
		const char *text = json_string_value(value);

		if (value && (!text || !is_label(text))) {
			(*bad)++;
			continue;
		}
		if (!text || !text[0])
			continue;
		text_copy(out, CAPACITY_LABEL_SIZE, text);
		return;
	}
}

static void copy_labels(const json_t *labels, struct capacity *capacity, int *bad)
{
	const struct {
		char *out;
		const char *keys[5];
	} rows[] = {
		{ capacity->node_pool,
		  { "cloud.google.com/gke-nodepool", "eks.amazonaws.com/nodegroup",
		    "karpenter.sh/nodepool", "kubernetes.azure.com/agentpool" } },
		{ capacity->zone,
		  { "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone" } },
		{ capacity->instance_type,
		  { "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type" } },
	};

	for (size_t i = 0; i < array_size(rows); i++)
		copy_label(labels, rows[i].keys, rows[i].out, bad);
}

int kube_node_parse(const json_t *node, struct capacity *out)
{
	cleanup_capacity struct capacity capacity = { 0 };
	const json_t *pods =
		json_object_get(json_child(json_child(node, "status"), "allocatable"), "pods");
	int bad = 0, err;

	err = add_cidrs(json_child(node, "spec"), &capacity, &bad);
	if (err)
		return err;
	/* It has some, which are better known from before. */
	if (bad && !capacity.range_count)
		return -EINVAL;
	if (pods && parse_count(pods, &capacity.max_pods))
		bad++;
	if (!capacity.range_count && !capacity.max_pods)
		return bad ? -EINVAL : -ENODATA;
	copy_labels(json_child(json_child(node, "metadata"), "labels"), &capacity, &bad);

	*out = take(capacity, ((struct capacity){ 0 }));
	return bad;
}

static int open_node(const struct supplier_config *config, void **out)
{
	return kube_supplier_open(config, "/api/v1/nodes", kube_node_parse, out);
}

const struct supplier_kind kube_node_supplier = {
	.name = "node",
	.needs_network = true,
	.open = open_node,
	.close = kube_supplier_close,
	.turn = kube_supplier_turn,
	.capacity = kube_supplier_capacity,
	.version = kube_supplier_version,
	.status = kube_supplier_status,
};
