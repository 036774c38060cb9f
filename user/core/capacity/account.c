// SPDX-License-Identifier: Apache-2.0
#include "core/capacity/account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/state/uses.h"

const struct histogram_bounds account_latency_bounds = {
	.count = 14,
	.upper = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30 },
};

const struct histogram_bounds account_reuse_bounds = {
	.count = 13,
	.upper = { 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 10800, 43200, 86400 },
};

struct account {
	struct range_table *ranges;
	struct usage *usages; /* one a range */
	struct usage unranged[ACCOUNT_FAMILY_COUNT];
	struct histogram latency[ACCOUNT_FAMILY_COUNT];
	struct uses uses;
};

static enum account_family family_of(const struct ip *ip)
{
	return ip_is_v4(ip) ? ACCOUNT_IPV4 : ACCOUNT_IPV6;
}

int account_new(struct account **out)
{
	cleanup_account struct account *account = calloc(1, sizeof(*account));
	int err;

	if (!account)
		return -ENOMEM;
	err = range_table_new(NULL, 0, &account->ranges);
	if (err)
		return err;
	*out = take_ptr(account);
	return 0;
}

void account_free(struct account *account)
{
	if (!account)
		return;
	uses_clear(&account->uses);
	range_table_free(account->ranges);
	free(account->usages);
	free(account);
}

/* The usage of the narrowest range and of those around it get `delta` more. */
static void add_used(struct account *account, int range, const struct ip *ip, int64_t delta)
{
	if (range == RANGE_NONE)
		account->unranged[family_of(ip)].used += (uint64_t)delta;
	for (int i = range; i != RANGE_NONE; i = range_table_at(account->ranges, (size_t)i)->parent)
		account->usages[i].used += (uint64_t)delta;
}

/* What was counted under a CIDR belongs to it under every table that has it. */
static void carry_over(const struct account *account, const struct range_table *ranges,
		       struct usage *usages)
{
	size_t old_count = range_table_count(account->ranges);
	size_t count = range_table_count(ranges);

	for (size_t i = 0, j = 0; i < count && j < old_count;) {
		int order = prefix_compare(&range_table_at(ranges, i)->cidr,
					   &range_table_at(account->ranges, j)->cidr);

		if (!order)
			usages[i] = account->usages[j];
		if (!order)
			usages[i].used = 0;
		i += order <= 0;
		j += order >= 0;
	}
}

int account_set_ranges(struct account *account, struct range_table *ranges)
{
	size_t count = range_table_count(ranges);
	struct usage *usages = calloc(count ? count : 1, sizeof(*usages));
	const struct use *use;

	if (!usages) {
		range_table_free(ranges);
		return -ENOMEM;
	}
	carry_over(account, ranges, usages);
	range_table_free(account->ranges);
	free(account->usages);
	account->ranges = ranges;
	account->usages = usages;
	account->unranged[ACCOUNT_IPV4].used = 0;
	account->unranged[ACCOUNT_IPV6].used = 0;
	for (use = account->uses.all; use; use = use->hh.next)
		if (use->holders)
			add_used(account, range_table_find(ranges, &use->ip), &use->ip, 1);
	return 0;
}

static struct usage *usage_of(struct account *account, int range, const struct ip *ip)
{
	return range == RANGE_NONE ? &account->unranged[family_of(ip)] : &account->usages[range];
}

static void count_assigned(struct account *account, int range, const struct ip *ip,
			   uint64_t reuse_ns)
{
	if (range == RANGE_NONE)
		account->unranged[family_of(ip)].assigned++;
	for (int i = range; i != RANGE_NONE;
	     i = range_table_at(account->ranges, (size_t)i)->parent) {
		account->usages[i].assigned++;
		if (reuse_ns)
			histogram_observe(&account->usages[i].reuse, &account_reuse_bounds,
					  (double)reuse_ns / 1e9);
	}
	if (range == RANGE_NONE && reuse_ns)
		histogram_observe(&account->unranged[family_of(ip)].reuse, &account_reuse_bounds,
				  (double)reuse_ns / 1e9);
}

static uint64_t latency_of(const struct fact *fact)
{
	uint64_t created_ns = fact->netns->created_ns;

	if (!fact->first_of_family || created_ns == TIME_UNKNOWN || fact->time_ns <= created_ns)
		return 0;
	return fact->time_ns - created_ns;
}

int account_assigned(struct account *account, const struct fact *fact, struct account_note *out)
{
	const struct ip *ip = &fact->address->key.ip;
	int range = range_table_find(account->ranges, ip);
	struct account_note note = { .range = range, .latency_ns = latency_of(fact) };
	struct use_past past;
	int is_first = uses_hold(&account->uses, ip, fact->time_ns, &past);

	if (is_first < 0)
		return is_first;
	note.reuse_ns = past.reuse_ns;
	note.previous_pod = past.pod;
	if (is_first)
		add_used(account, range, ip, 1);
	count_assigned(account, range, ip, note.reuse_ns);
	if (note.latency_ns)
		histogram_observe(&account->latency[family_of(ip)], &account_latency_bounds,
				  (double)note.latency_ns / 1e9);
	note.usage = usage_of(account, range, ip);
	*out = note;
	return 0;
}

void account_released(struct account *account, const struct fact *fact, const char *pod,
		      struct account_note *out)
{
	const struct ip *ip = &fact->address->key.ip;
	int range = range_table_find(account->ranges, ip);

	if (range == RANGE_NONE)
		account->unranged[family_of(ip)].released++;
	for (int i = range; i != RANGE_NONE; i = range_table_at(account->ranges, (size_t)i)->parent)
		account->usages[i].released++;
	if (uses_release(&account->uses, ip, fact->time_ns, pod))
		add_used(account, range, ip, -1);
	*out = (struct account_note){ .range = range, .usage = usage_of(account, range, ip) };
}

const struct range_table *account_ranges(const struct account *account)
{
	return account->ranges;
}

const struct usage *account_usage(const struct account *account, size_t range)
{
	return &account->usages[range];
}

const struct usage *account_unranged(const struct account *account, enum account_family family)
{
	return &account->unranged[family];
}

const struct histogram *account_latency(const struct account *account, enum account_family family)
{
	return &account->latency[family];
}

void account_each_used(const struct account *account, void (*fn)(const struct ip *ip, void *ctx),
		       void *ctx)
{
	for (const struct use *use = account->uses.all; use; use = use->hh.next)
		if (use->holders)
			fn(&use->ip, ctx);
}

uint32_t account_in_use(const struct account *account)
{
	return uses_held(&account->uses);
}

uint32_t account_remembered(const struct account *account)
{
	return account->uses.remembered_count;
}
