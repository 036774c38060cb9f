// SPDX-License-Identifier: Apache-2.0
#include "core/books/holdings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

static int compare_holders(const void *a, const void *b)
{
	const struct holder *left = a, *right = b;
	int order = ip_compare(&left->ip, &right->ip);

	return order ? order : (left->netns > right->netns) - (left->netns < right->netns);
}

static int compare_leases(const void *a, const void *b)
{
	return lease_compare(*(const struct lease *const *)a, *(const struct lease *const *)b);
}

static size_t list_holders(const struct inventory *inventory, struct holder *holders)
{
	size_t all = 0, count = 0;

	for (const struct address *address = inventory->addresses; address;
	     address = address->hh.next) {
		const struct netns *netns = address->link->netns;

		if (netns->is_own && !netns->is_host)
			holders[all++] = (struct holder){ address->key.ip, netns->key.inum };
	}
	qsort(holders, all, sizeof(holders[0]), compare_holders);

	for (size_t i = 0; i < all; i++) {
		if (i == 0 || compare_holders(&holders[i - 1], &holders[i]) != 0)
			holders[count++] = holders[i];
	}
	return count;
}

static size_t list_leases(const struct lease *all, size_t all_count, const struct lease **leases)
{
	size_t count = 0;

	for (size_t i = 0; i < all_count; i++) {
		if (ip_is_countable(&all[i].ip))
			leases[count++] = &all[i];
	}
	qsort(leases, count, sizeof(const struct lease *), compare_leases);
	return count;
}

int holdings_init(const struct inventory *inventory, const struct lease *leases, size_t lease_count,
		  struct holdings *out)
{
	cleanup_free struct holder *holders = NULL;
	cleanup_free const struct lease **sorted = NULL;

	/* One more, since of size 0 NULL would be no failure. */
	holders = calloc(inventory_count(inventory, INVENTORY_ADDRESSES) + 1, sizeof(holders[0]));
	sorted = calloc(lease_count + 1, sizeof(const struct lease *));
	if (!holders || !sorted)
		return -ENOMEM;

	*out = (struct holdings){
		.holder_count = list_holders(inventory, holders),
		.lease_count = list_leases(leases, lease_count, sorted),
	};
	out->holders = take_ptr(holders);
	out->leases = take_ptr(sorted);
	return 0;
}

void holdings_clear(struct holdings *holdings)
{
	free(holdings->holders);
	free(holdings->leases);
	*holdings = (struct holdings){ 0 };
}

bool holdings_next(struct holdings *holdings, struct holding *out)
{
	const struct holder *holder = holdings->holders + holdings->holder_at;
	const struct holder *last_holder = holdings->holders + holdings->holder_count;
	const struct lease **lease = holdings->leases + holdings->lease_at;
	const struct lease **last_lease = holdings->leases + holdings->lease_count;
	struct holding holding = { .holders = holder, .leases = lease };

	if (holder == last_holder && lease == last_lease)
		return false;

	if (holder == last_holder ||
	    (lease < last_lease && ip_compare(&(*lease)->ip, &holder->ip) < 0))
		holding.ip = (*lease)->ip;
	else
		holding.ip = holder->ip;
	for (; holder < last_holder && ip_compare(&holder->ip, &holding.ip) == 0; holder++)
		holding.holder_count++;
	for (; lease < last_lease && ip_compare(&(*lease)->ip, &holding.ip) == 0; lease++)
		holding.lease_count++;

	holdings->holder_at += holding.holder_count;
	holdings->lease_at += holding.lease_count;
	*out = holding;
	return true;
}

bool holding_is_missing(const struct holding *holding, const struct prefix *books, size_t count)
{
	if (holding->lease_count && strcmp(holding->leases[0]->source, LEASE_HOST_LOCAL) == 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (prefix_holds_ip(&books[i], &holding->ip))
			return true;
	return false;
}

struct pod holding_pod(const struct holding *holding)
{
	const struct lease *best = holding->leases[0];
	struct pod pod = best->pod;

	for (size_t i = 1; i < holding->lease_count; i++) {
		const struct pod *more = &holding->leases[i]->pod;

		if (!lease_is_same(best, holding->leases[i]))
			continue;
		if (!pod.name[0]) {
			memcpy(pod.namespace, more->namespace, sizeof(pod.namespace));
			memcpy(pod.name, more->name, sizeof(pod.name));
		}
		if (!pod.uid[0])
			memcpy(pod.uid, more->uid, sizeof(pod.uid));
	}
	return pod;
}
