/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaks: where an IPAM's books and the kernel do not agree on an address, for
 * longer than a grace period in which either may be on its way. Each is told once
 * when it begins and once when it is over. Pure; bounded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/base/addr.h"
#include "core/base/range.h"
#include "core/books/lease.h"
#include "core/pod/pod.h"
#include "core/state/state.h"

enum leak_kind {
	LEAK_IPAM_ONLY, /* in the books, held by no namespace: lost to the range until somebody acts
			 */
	LEAK_KERNEL_ONLY, /* held, but the books of its range do not know: will be given out twice
			   */
	LEAK_ABANDONED, /* both have it, but no process lives in the namespace that holds it */
	LEAK_DUPLICATE, /* held by two namespaces at once */
	LEAK_KIND_COUNT,
};

enum { LEAKS_MAX = 8192 };

struct leak {
	struct ip ip;
	enum leak_kind kind;
	struct lease lease; /* of LEAK_IPAM_ONLY and LEAK_ABANDONED: the best source's */
	uint32_t netns,
		other_netns; /* inodes of the holders; other_netns of LEAK_DUPLICATE; else 0 */
	struct pod pod; /* of the lease, or "" */
	int64_t since_ns; /* since the epoch: of the lease's file, or when it was first seen */
	bool is_told; /* the grace period is over */
};

/* Which namespaces live: LEAK_ABANDONED needs it. Sorted inodes of all namespaces in which a
 * process runs; NULL when nobody looked. */
struct leaks_view {
	const struct inventory *inventory; /* borrowed for the call */
	const struct lease *leases; /* of all sources, any order; borrowed for the call */
	size_t lease_count;
	/* CIDRs whose books are among the leases: what is held inside them and not in the books is
	 * LEAK_KERNEL_ONLY */
	const struct prefix *books;
	size_t book_count;
	const uint32_t *living;
	size_t living_count;
	/* LEAK_DUPLICATE is told of what is leased or in one of these: pods make namespaces of
	 * their own inside. NULL: of all; so it is where there is neither a range nor a lease. */
	const struct range_table *ranges;
	int64_t now_ns; /* since the epoch */
	int64_t grace_ns;
	/* At the first check the age of a lease younger than this counts as seen: since then
	 * whoever frees leases has had the time to. 0: no age does. */
	int64_t boot_ns;
};

struct leaks;

/* Called within leaks_check(): a leak began (its grace period is over), or a told one is over. */
typedef void (*leak_fn)(const struct leak *leak, bool is_over, void *ctx);

/* -ENOMEM. The caller owns *out. */
int leaks_new(leak_fn on_leak, void *ctx, struct leaks **out);
void leaks_free(struct leaks *leaks);
DEFINE_CLEANUP(leaks, struct leaks *, leaks_free)
#define cleanup_leaks cleanup(cleanup_leaks_fn)

/* Compare. A difference that is seen for the first time waits until it has lasted grace_ns (for
 * leases with a file: until the file is that old, too); one that is gone before is forgotten. Only
 * the namespaces that are this node's own count as holders. 0 or -ENOMEM: nothing was changed. */
int leaks_check(struct leaks *leaks, const struct leaks_view *view);
/* Those that somebody else found and told, of an event log: the only ones from now on. By address,
 * then kind. -ENOMEM: nothing was changed. */
int leaks_put(struct leaks *leaks, const struct leak *told, size_t count);
/* Those that were told, by address, then kind. Borrowed until the next check. */
const struct leak *leaks_at(const struct leaks *leaks, size_t index);
size_t leaks_count(const struct leaks *leaks);
uint64_t leaks_refused(const struct leaks *leaks); /* at LEAKS_MAX, ever */

/* "ipam_only", "kernel_only", "abandoned", "duplicate": the value of the label `kind`. */
const char *leak_kind_name(enum leak_kind kind);
