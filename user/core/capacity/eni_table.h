/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What EC2 instance types have: network interfaces, IPv4 addresses on each, vCPUs.
 * Source: InstanceNetworkingLimits of amazon-vpc-cni-k8s, as of 2026-08, and the
 * sizes' vCPUs as EC2 documents them. Pure.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"

enum {
	ENI_TYPE_SIZE = 32,
	ENI_TABLE_MAX = 4096, /* types in one text */
	ENI_ERROR_SIZE = 160,
	ENI_LIMIT_MAX = 128, /* of one instance; no type has half of it */
	ENI_IPV4_MIN = 2,
	ENI_IPV4_MAX = 256,
	ENI_VCPUS_MAX = 4096,
};

struct eni_type {
	char name[ENI_TYPE_SIZE];
	unsigned int enis;
	unsigned int ipv4; /* of one ENI, its primary address included */
	unsigned int vcpus;
};

struct eni_table {
	size_t count;
	struct eni_type types[];
};

/* The built-in row of a type; NULL: not known. */
const struct eni_type *eni_type_find(const char *name);
size_t eni_type_count(void);
const struct eni_type *eni_type_at(size_t index);

/* Read lines "TYPE ENIS IPV4_PER_ENI VCPUS"; '#' starts a comment, empty lines are none. 0,
 * -EINVAL with "LINE: what is wrong" in error, -E2BIG past ENI_TABLE_MAX (with an error, too),
 * -ENOMEM. `size` is without the '\0' behind it. The caller owns *out and frees it. */
int eni_table_parse(const char *text, size_t size, struct eni_table **out,
		    char error[static ENI_ERROR_SIZE]);
/* NULL: not there. */
const struct eni_type *eni_table_find(const struct eni_table *table, const char *name);

DEFINE_CLEANUP(eni_table, struct eni_table *, free)
#define cleanup_eni_table cleanup(cleanup_eni_table_fn)
