/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tenancies that a log told, in the order of their begin, and those of them that may
 * still end by their key. Pure; bounded.
 */
#pragma once

#include <uthash.h>

#include "core/tenancy/tenancy.h"

enum {
	TENANCIES_MAX = 16384
}; /* of more the oldest that are over, and tell nothing of at_ns, go */

/* What ends it, or finds it again, is about the same. */
struct tenancy_key {
	struct ip ip;
	uint64_t netns, ifindex;
};

struct tenancy_entry {
	struct tenancy_key key;
	struct tenancy tenancy;
	struct tenancy_moment sure; /* when it was held for sure, if nothing is heard any more */
	bool is_unsure; /* records were lost, or nobody watched, since then */
	bool is_pending; /* nobody watched from gap_ns on, and it was not found again so far */
	int64_t gap_ns;
	struct tenancy_steps sure_steps; /* as they were then, if is_unsure */
	uint64_t step_seq; /* the record before the clock was last set back */
	bool is_listed;
	UT_hash_handle hh;
};

struct tenancy_store {
	const struct tenancy_query *query; /* borrowed */
	struct tenancy_entry **items; /* all */
	size_t count, room;
	struct tenancy_entry *listed; /* by key; go on with ->hh.next */
	uint64_t left_out;
};

/* Zeroed but for its query, it is empty. */
void tenancy_store_clear(struct tenancy_store *store);
/* A new one, listed in place of one with its key. -ENOMEM. */
int tenancy_store_add(struct tenancy_store *store, const struct tenancy_key *key,
		      struct tenancy_entry **out);
/* Borrowed, or NULL. */
struct tenancy_entry *tenancy_store_find(const struct tenancy_store *store,
					 const struct tenancy_key *key);
void tenancy_store_unlist(struct tenancy_store *store, struct tenancy_entry *entry);
/* Only pods that are asked about stay, and, with keep_open, what may still become one. */
void tenancy_store_filter(struct tenancy_store *store, bool keep_open);

/* One more in an array that doubles. -ENOMEM. */
int tenancy_grow(void **items, size_t *room, size_t count, size_t size);

/* The first that is open, of this one and those listed behind it. NULL: none is. */
struct tenancy_entry *tenancy_open(struct tenancy_entry *entry);
bool tenancy_is_open(const struct tenancy_entry *entry);
/* The clock, behind the record BEFORE, to wall_ns. */
void tenancy_set_back(struct tenancy_entry *entry, const struct tenancy_moment *before,
		      int64_t wall_ns);
/* Held for sure at MOMENT, the last record; of several times the first stays. */
void tenancy_doubt(struct tenancy_entry *entry, const struct tenancy_moment *moment);
/* Found again at MOMENT. */
void tenancy_confirm(struct tenancy_entry *entry, const struct tenancy_moment *moment);
void tenancy_end_at(struct tenancy_entry *entry, const struct tenancy_moment *moment);
/* Where it was held for sure; and, as of before_ns, no more. It stays listed: its release may still
 * be told. */
void tenancy_end_between(struct tenancy_entry *entry, int64_t before_ns);
/* There are no more records, of which LAST is the last. */
void tenancy_leave_open(struct tenancy_entry *entry, const struct tenancy_moment *last);
