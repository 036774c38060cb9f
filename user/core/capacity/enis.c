// SPDX-License-Identifier: Apache-2.0
#include "core/capacity/enis.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

int eni_id_parse(const char *text, char out[static ENI_ID_SIZE])
{
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (!size || text[size] || size >= ENI_ID_SIZE)
		return -EINVAL;
	memset(out, 0, ENI_ID_SIZE);
	memcpy(out, text, size);
	return 0;
}

/* An array whose length is a power of two is full: there is no word for its room. */
static int grow(void **array, size_t count, size_t size)
{
	void *grown;

	if (count & (count - 1))
		return 0;
	grown = reallocarray(*array, count ? count * 2 : 1, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

static int refuse(struct enis *enis)
{
	enis->dropped++;
	return -ENOSPC;
}

int enis_add(struct enis *enis, const struct eni *eni)
{
	if (enis->eni_count == ENIS_MAX)
		return refuse(enis);
	if (grow((void **)&enis->enis, enis->eni_count, sizeof(*eni)))
		return -ENOMEM;
	enis->enis[enis->eni_count] = *eni;
	return (int)enis->eni_count++;
}

int enis_add_block(struct enis *enis, const struct eni_block *block)
{
	assert(block->eni < enis->eni_count);
	if (enis->block_count == ENI_BLOCKS_MAX)
		return refuse(enis);
	if (grow((void **)&enis->blocks, enis->block_count, sizeof(*block)))
		return -ENOMEM;
	enis->blocks[enis->block_count++] = *block;
	return 0;
}

int enis_add_address(struct enis *enis, const struct eni_address *address)
{
	assert(address->eni == ENI_NONE || address->eni < enis->eni_count);
	if (enis->address_count == ENI_ADDRESSES_MAX)
		return refuse(enis);
	if (grow((void **)&enis->addresses, enis->address_count, sizeof(*address)))
		return -ENOMEM;
	enis->addresses[enis->address_count++] = *address;
	return 0;
}

void enis_clear(struct enis *enis)
{
	free(enis->enis);
	free(enis->blocks);
	free(enis->addresses);
	*enis = (struct enis){ 0 };
}

static bool is_same_eni(const struct eni *a, const struct eni *b)
{
	return !strcmp(a->id, b->id) && !strcmp(a->subnet_id, b->subnet_id) &&
	       a->has_subnet == b->has_subnet && a->has_primary == b->has_primary &&
	       (!a->has_subnet || !prefix_compare(&a->subnet, &b->subnet)) &&
	       (!a->has_primary || !ip_compare(&a->primary, &b->primary)) &&
	       a->device == b->device && a->card == b->card && a->is_primary == b->is_primary &&
	       a->is_trunk == b->is_trunk && a->is_efa == b->is_efa &&
	       a->is_excluded == b->is_excluded;
}

static bool is_same_block(const struct eni_block *a, const struct eni_block *b)
{
	return !prefix_compare(&a->cidr, &b->cidr) && a->eni == b->eni &&
	       a->is_prefix == b->is_prefix;
}

static bool is_same_address(const struct eni_address *a, const struct eni_address *b)
{
	return !ip_compare(&a->ip, &b->ip) && a->eni == b->eni &&
	       a->is_assigned == b->is_assigned && a->unassigned_ns == b->unassigned_ns;
}

bool enis_is_equal(const struct enis *a, const struct enis *b)
{
	if (a->eni_count != b->eni_count || a->block_count != b->block_count ||
	    a->address_count != b->address_count || a->has_addresses != b->has_addresses)
		return false;
	for (size_t i = 0; i < a->eni_count; i++) {
		if (!is_same_eni(&a->enis[i], &b->enis[i]))
			return false;
	}
	for (size_t i = 0; i < a->block_count; i++) {
		if (!is_same_block(&a->blocks[i], &b->blocks[i]))
			return false;
	}
	for (size_t i = 0; i < a->address_count; i++) {
		if (!is_same_address(&a->addresses[i], &b->addresses[i]))
			return false;
	}
	return true;
}

struct eni *enis_find(const struct enis *enis, const char *id)
{
	for (size_t i = 0; i < enis->eni_count; i++) {
		if (!strcmp(enis->enis[i].id, id))
			return &enis->enis[i];
	}
	return NULL;
}

/* What the metadata service says of an ENI that ipamd knows as well. */
static void complete(struct eni *eni, const struct eni *imds)
{
	if (imds->subnet_id[0])
		memcpy(eni->subnet_id, imds->subnet_id, sizeof(eni->subnet_id));
	if (imds->has_subnet)
		eni->subnet = imds->subnet;
	if (imds->has_primary)
		eni->primary = imds->primary;
	eni->has_subnet |= imds->has_subnet;
	eni->has_primary |= imds->has_primary;
	eni->is_primary |= imds->is_primary;
}

/* As large as its origin, so it fits. */
static int copy(const struct enis *from, struct enis *to)
{
	int err = 0;

	for (size_t i = 0; err >= 0 && i < from->eni_count; i++)
		err = enis_add(to, &from->enis[i]);
	for (size_t i = 0; err >= 0 && i < from->block_count; i++)
		err = enis_add_block(to, &from->blocks[i]);
	for (size_t i = 0; err >= 0 && i < from->address_count; i++)
		err = enis_add_address(to, &from->addresses[i]);
	to->has_addresses = from->has_addresses;
	to->dropped = from->dropped;
	return err < 0 ? err : 0;
}

/* Where an ENI of imds is in out; -1: its blocks are ipamd's to tell, or there is no room for it.
 * -ENOMEM. */
static int place(const struct enis *ipamd, const struct eni *imds, struct enis *out, int *out_index)
{
	struct eni *known = enis_find(out, imds->id);
	struct eni eni = *imds;
	int index;

	*out_index = -1;
	if (known) {
		complete(known, imds);
		return 0;
	}
	/* ipamd gives out addresses of those alone that it lists. */
	eni.is_excluded |= ipamd->eni_count > 0;
	index = enis_add(out, &eni);
	if (index == -ENOMEM)
		return index;
	*out_index = index < 0 ? -1 : index;
	return 0;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct eni_block *left = a, *right = b;

	return prefix_compare(&left->cidr, &right->cidr);
}

struct eni_block *enis_sort_blocks(const struct enis *enis)
{
	struct eni_block *sorted = calloc(enis->block_count + 1, sizeof(*sorted));

	for (size_t i = 0; sorted && i < enis->block_count; i++)
		sorted[i] = enis->blocks[i];
	if (sorted)
		qsort(sorted, enis->block_count, sizeof(*sorted), compare_blocks);
	return sorted;
}

const struct eni_block *enis_find_block(const struct eni_block *sorted, size_t count,
					const struct ip *ip)
{
	const struct prefix narrowest = prefix_of(ip, 128);
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_compare(&sorted[middle].cidr, &narrowest) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && prefix_holds_ip(&sorted[low - 1].cidr, ip) ? &sorted[low - 1] : NULL;
}

/* The ENIs of addresses whose source knows none. */
static int place_addresses(struct enis *enis)
{
	cleanup_free struct eni_block *sorted = enis_sort_blocks(enis);

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < enis->address_count; i++) {
		struct eni_address *address = &enis->addresses[i];
		const struct eni_block *block;

		if (address->eni != ENI_NONE)
			continue;
		block = enis_find_block(sorted, enis->block_count, &address->ip);
		address->eni = block ? block->eni : ENI_NONE;
	}
	return 0;
}

int enis_join(const struct enis *ipamd, const struct enis *imds, struct enis *out)
{
	cleanup_enis struct enis joined = { 0 };
	int places[ENIS_MAX];
	int err;

	err = copy(ipamd, &joined);
	joined.has_addresses |= imds->has_addresses;
	joined.dropped += imds->dropped;
	for (size_t i = 0; !err && i < imds->eni_count; i++)
		err = place(ipamd, &imds->enis[i], &joined, &places[i]);
	for (size_t i = 0; !err && i < imds->block_count; i++) {
		struct eni_block block = imds->blocks[i];

		if (places[block.eni] < 0)
			continue;
		block.eni = (uint32_t)places[block.eni];
		if (enis_add_block(&joined, &block) == -ENOMEM)
			err = -ENOMEM;
	}
	if (!err)
		err = place_addresses(&joined);
	if (err)
		return err;

	*out = take(joined, ((struct enis){ 0 }));
	return 0;
}

enum { ANY_ENI = ENIS_MAX };

static const struct prefix all_ipv4 = {
	.base.bytes = { [10] = 0xff, 0xff },
	.len = IP_V4_BITS,
};

/* What is summed up. */
struct filter {
	struct prefix cidr;
	size_t eni; /* ANY_ENI or an index */
};

static bool has_eni(const struct filter *filter, size_t eni)
{
	return filter->eni == ANY_ENI || filter->eni == eni;
}

/* Addresses that are in both. */
static double overlap(const struct prefix *cidr, const struct prefix *block)
{
	if (prefix_holds(cidr, block))
		return prefix_size(block);
	return prefix_holds(block, cidr) ? prefix_size(cidr) : 0;
}

/* Primary addresses in the filter's CIDR. One whose place nothing tells is in all of IPv4 alone. */
static double count_primaries(const struct enis *enis, const struct filter *filter)
{
	const struct eni_block *firsts[ENIS_MAX] = { NULL };
	double count = 0;

	for (size_t i = 0; i < enis->block_count; i++) {
		const struct eni_block *block = &enis->blocks[i];

		if (!firsts[block->eni] && ip_is_v4(&block->cidr.base))
			firsts[block->eni] = block;
	}
	for (size_t i = 0; i < enis->eni_count; i++) {
		const struct eni *eni = &enis->enis[i];
		const struct prefix *around = &all_ipv4;

		if (!has_eni(filter, i))
			continue;
		if (eni->has_primary) {
			count += prefix_holds_ip(&filter->cidr, &eni->primary);
			continue;
		}
		if (eni->has_subnet)
			around = &eni->subnet;
		else if (firsts[i])
			around = &firsts[i]->cidr;
		count += prefix_holds(&filter->cidr, around);
	}
	return count;
}

/* Of one that is not assigned. */
static bool is_cooling(const struct eni_address *address, int64_t now_ns)
{
	return address->unassigned_ns > 0 && now_ns - address->unassigned_ns <= ENI_COOLDOWN_NS;
}

static struct eni_sums sum(const struct enis *enis, const struct filter *filter, int64_t now_ns)
{
	struct eni_sums sums = { .attached = count_primaries(enis, filter) };

	for (size_t i = 0; i < enis->block_count; i++) {
		const struct eni_block *block = &enis->blocks[i];
		double size = overlap(&filter->cidr, &block->cidr);

		if (!has_eni(filter, block->eni))
			continue;
		sums.attached += size;
		if (!enis->enis[block->eni].is_excluded)
			sums.warm += size;
	}
	for (size_t i = 0; i < enis->address_count; i++) {
		const struct eni_address *address = &enis->addresses[i];
		bool is_held = address->is_assigned || is_cooling(address, now_ns);

		if (!is_held || !has_eni(filter, address->eni) ||
		    !prefix_holds_ip(&filter->cidr, &address->ip))
			continue;
		if (address->is_assigned)
			sums.assigned++;
		else
			sums.cooldown++;
		if (address->eni == ENI_NONE || !enis->enis[address->eni].is_excluded)
			sums.warm--;
	}
	if (sums.warm < 0)
		sums.warm = 0;
	return sums;
}

struct eni_sums enis_sum(const struct enis *enis, const struct prefix *cidr, int64_t now_ns)
{
	const struct filter filter = { cidr ? *cidr : all_ipv4, ANY_ENI };

	return sum(enis, &filter, now_ns);
}

struct eni_sums enis_sum_eni(const struct enis *enis, size_t eni, int64_t now_ns)
{
	const struct filter filter = { all_ipv4, eni };

	return sum(enis, &filter, now_ns);
}
