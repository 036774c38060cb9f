/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lease: what an IPAM's books say of one address: who holds it, and since when.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/base/addr.h"
#include "core/pod/pod.h"

/* The sources, best first: the IPAM's own books, and what others remember of them. */
#define LEASE_HOST_LOCAL "host-local"
#define LEASE_IPAM "ipam"
#define LEASE_CNI_CACHE "cni-cache"

enum {
	LEASE_NETWORK_SIZE = 64, /* name of a CNI network */
	LEASE_IFNAME_SIZE = 16, /* IFNAMSIZ */
};

struct lease {
	struct ip ip;
	const char *source; /* "host-local", "cni-cache", "ipam": a literal */
	char network[LEASE_NETWORK_SIZE]; /* "" not known */
	struct pod pod; /* as far as the books name it; container_id is the sandbox's */
	char ifname[LEASE_IFNAME_SIZE]; /* "" not known */
	int64_t since_ns; /* of its file, since the epoch; 0 not known */
};

struct lease_list {
	struct lease *leases; /* owned by whoever has the list */
	size_t count, room;
	size_t refused; /* leases past LEASES_MAX */
};

enum { LEASES_MAX = 16384 };

/* Appends a copy. -ENOSPC past LEASES_MAX (counted in refused), -ENOMEM. */
int lease_list_add(struct lease_list *list, const struct lease *lease);
void lease_list_clear(struct lease_list *list);
static inline void cleanup_lease_list_fn(struct lease_list *list)
{
	lease_list_clear(list);
}
#define cleanup_lease_list cleanup(cleanup_lease_list_fn)

/* By address, then source, best first; what is equal there still has an order: for qsort(). */
int lease_compare(const void *a, const void *b);
/* Do both speak of one sandbox? Where neither names it, of one pod. */
bool lease_is_same(const struct lease *a, const struct lease *b);
