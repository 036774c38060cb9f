/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holdings: of each address, which of the node's namespaces hold it and which
 * leases there are of it. By sorting and merging; pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/books/lease.h"
#include "core/state/inventory.h"

struct holder {
	struct ip ip;
	uint32_t netns; /* inode */
};

/* One address. At least one of both is not empty. Borrowed from struct holdings. */
struct holding {
	struct ip ip;
	const struct holder *holders; /* by inode; each namespace once, on however many links */
	size_t holder_count;
	const struct lease **leases; /* as lease_compare() has them: best source first */
	size_t lease_count;
};

struct holdings {
	struct holder *holders;
	const struct lease **leases;
	size_t holder_count, lease_count;
	size_t holder_at, lease_at;
};

/* Namespaces count when they are the node's and not its own one, leases when a pod can own their
 * address: the inventory has no others. Leases are borrowed. -ENOMEM. The caller owns *out. */
int holdings_init(const struct inventory *inventory, const struct lease *leases, size_t lease_count,
		  struct holdings *out);
void holdings_clear(struct holdings *holdings);
/* The next address, in the order of ip_compare(). False after the last. */
bool holdings_next(struct holdings *holdings, struct holding *out);
/* Is it in one of these books' CIDRs, and not among what host-local's say? */
bool holding_is_missing(const struct holding *holding, const struct prefix *books, size_t count);
/* Of the best lease, which there must be, completed by what other leases of the same sandbox know:
 * host-local has no names. */
struct pod holding_pod(const struct holding *holding);
