/* SPDX-License-Identifier: Apache-2.0 */
/* ENIs of a node, and their sums as a text. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "core/capacity/enis.h"

#define NS INT64_C(1000000000)

enum { NOW_S = 1750000000 };

static const int64_t now_ns = NOW_S * NS;

static inline struct prefix prefix(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix;
}

static inline struct ip ip(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(text, &ip), 0);
	return ip;
}

/* subnet and primary: NULL not known. */
static inline uint32_t add_eni(struct enis *enis, const char *id, const char *subnet,
			       const char *primary)
{
	struct eni eni = { .has_subnet = subnet, .has_primary = primary };
	int index;

	assert_int_equal(eni_id_parse(id, eni.id), 0);
	if (subnet)
		eni.subnet = prefix(subnet);
	if (primary)
		eni.primary = ip(primary);
	index = enis_add(enis, &eni);
	assert_int_equal(index, enis->eni_count - 1);
	return (uint32_t)index;
}

static inline void add_block(struct enis *enis, uint32_t eni, const char *cidr)
{
	struct eni_block block = { .cidr = prefix(cidr), .eni = eni };

	block.is_prefix = block.cidr.len < 128;
	assert_int_equal(enis_add_block(enis, &block), 0);
}

/* unassigned_s: 0 never. */
static inline void add_address(struct enis *enis, uint32_t eni, const char *text, bool is_assigned,
			       int64_t unassigned_s)
{
	const struct eni_address address = { .ip = ip(text),
					     .eni = eni,
					     .is_assigned = is_assigned,
					     .unassigned_ns = unassigned_s * NS };

	assert_int_equal(enis_add_address(enis, &address), 0);
	enis->has_addresses = true;
}

/* "attached assigned cooldown warm" */
static inline const char *text_of(struct eni_sums sums)
{
	static char text[128];

	snprintf(text, sizeof(text), "%.0f %.0f %.0f %.0f", sums.attached, sums.assigned,
		 sums.cooldown, sums.warm);
	return text;
}

static inline const char *sum_of(const struct enis *enis, const char *cidr)
{
	struct prefix in;

	if (cidr)
		in = prefix(cidr);
	return text_of(enis_sum(enis, cidr ? &in : NULL, now_ns));
}

/* A t3.medium with a second ENI out of a secondary VPC CIDR, and a prefix. */
static inline void put_node(struct enis *enis)
{
	add_eni(enis, "eni-0a", "10.0.1.0/24", "10.0.1.10");
	add_eni(enis, "eni-0b", "100.64.0.0/20", NULL);
	add_block(enis, 0, "10.0.1.11/32");
	add_block(enis, 0, "10.0.1.12/32");
	add_block(enis, 0, "10.0.1.13/32");
	add_block(enis, 1, "100.64.3.16/28");
	add_address(enis, 0, "10.0.1.11", true, 0);
	add_address(enis, 0, "10.0.1.12", false, NOW_S - 29);
	add_address(enis, 0, "10.0.1.13", false, NOW_S - 31);
	add_address(enis, 1, "100.64.3.17", true, NOW_S - 5);
	add_address(enis, 1, "100.64.3.30", true, 0);
}
