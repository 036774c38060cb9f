// SPDX-License-Identifier: Apache-2.0
#include "core/capacity/eni_usage.h"

#include <errno.h>
#include <stdlib.h>

enum { PREFIX_ADDRESSES = 16 };

struct counting {
	const struct eni_block *sorted; /* by CIDR; blocks do not overlap */
	size_t count;
	struct eni_usage *usages;
};

static void count_used(const struct ip *ip, void *ctx)
{
	const struct counting *counting = ctx;
	const struct eni_block *block;

	block = enis_find_block(counting->sorted, counting->count, ip);
	if (block && ip_is_v4(ip))
		counting->usages[block->eni].used++;
}

int eni_usage_new(const struct enis *enis, const struct account *account, int64_t now_ns,
		  struct eni_usage **out)
{
	cleanup_free struct eni_usage *usages = NULL;
	cleanup_free struct eni_block *sorted = NULL;
	struct counting counting = { .count = enis->block_count };

	if (!enis->eni_count) {
		*out = NULL;
		return 0;
	}
	usages = calloc(enis->eni_count, sizeof(*usages));
	sorted = enis_sort_blocks(enis);
	if (!usages || !sorted)
		return -ENOMEM;
	for (size_t i = 0; i < enis->eni_count; i++)
		usages[i].sums = enis_sum_eni(enis, i, now_ns);
	counting.sorted = sorted;
	counting.usages = usages;
	account_each_used(account, count_used, &counting);
	*out = take_ptr(usages);
	return 0;
}

double eni_usage_max(const struct enis *enis, const struct eni_type *type)
{
	bool has_prefixes = false;

	for (size_t i = 0; i < enis->block_count && !has_prefixes; i++)
		has_prefixes = enis->blocks[i].is_prefix && ip_is_v4(&enis->blocks[i].cidr.base);
	return (double)type->enis * (type->ipv4 - 1) * (has_prefixes ? PREFIX_ADDRESSES : 1);
}
