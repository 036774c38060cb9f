// SPDX-License-Identifier: Apache-2.0
#include "core/tenancy/tenancy_store.h"

#include <errno.h>
#include <stdlib.h>

/* uthash reports a failed allocation by this macro; list() has a local `oom`. */
#undef uthash_nonfatal_oom
#define uthash_nonfatal_oom(element) (oom = true)

int tenancy_grow(void **items, size_t *room, size_t count, size_t size)
{
	size_t wanted = *room ? *room * 2 : 16;
	void *grown;

	if (count < *room)
		return 0;
	grown = reallocarray(*items, wanted, size);
	if (!grown)
		return -ENOMEM;
	*items = grown;
	*room = wanted;
	return 0;
}

/* NOLINTBEGIN(clang-analyzer-core.*): it takes uthash's rings for broken ones. */

void tenancy_store_unlist(struct tenancy_store *store, struct tenancy_entry *entry)
{
	if (entry->is_listed)
		HASH_DEL(store->listed, entry);
	entry->is_listed = false;
}

struct tenancy_entry *tenancy_store_find(const struct tenancy_store *store,
					 const struct tenancy_key *key)
{
	struct tenancy_entry *entry;

	HASH_FIND(hh, store->listed, key, sizeof(*key), entry);
	return entry;
}

static int list(struct tenancy_store *store, struct tenancy_entry *entry)
{
	struct tenancy_entry *old = tenancy_store_find(store, &entry->key);
	bool oom = false;

	if (old)
		tenancy_store_unlist(store, old);
	HASH_ADD(hh, store->listed, key, sizeof(entry->key), entry);
	entry->is_listed = !oom;
	return oom ? -ENOMEM : 0;
}

void tenancy_store_clear(struct tenancy_store *store)
{
	HASH_CLEAR(hh, store->listed);
	for (size_t i = 0; i < store->count; i++)
		free(store->items[i]);
	free(store->items);
	*store = (struct tenancy_store){ .query = store->query };
}

/* NOLINTEND(clang-analyzer-core.*) */

static int64_t end_of(const struct tenancy *tenancy)
{
	return tenancy->to == TENANCY_TO_BETWEEN ? tenancy->to_before_ns : tenancy->to_ns;
}

/* Those that answer: the ones around at_ns, the last before it and the first behind it. */
static bool is_spare(const struct tenancy_store *store, size_t index, size_t before, size_t behind)
{
	const struct tenancy *tenancy = &store->items[index]->tenancy;

	if (tenancy->to == TENANCY_TO_OPEN || index == before || index == behind)
		return false;
	return tenancy->from_ns > store->query->at_ns || end_of(tenancy) <= store->query->at_ns;
}

static void drop(struct tenancy_store *store, bool only_spare)
{
	size_t before = SIZE_MAX, behind = SIZE_MAX, kept = 0, gone = 0;

	for (size_t i = 0; i < store->count; i++) {
		const struct tenancy *tenancy = &store->items[i]->tenancy;

		if (tenancy->from_ns > store->query->at_ns && behind == SIZE_MAX)
			behind = i;
		else if (tenancy->to != TENANCY_TO_OPEN && end_of(tenancy) <= store->query->at_ns)
			before = i;
	}
	for (size_t i = 0; i < store->count; i++) {
		struct tenancy_entry *entry = store->items[i];

		if (gone == TENANCIES_MAX / 4 ||
		    (only_spare && !is_spare(store, i, before, behind))) {
			store->items[kept++] = entry;
			continue;
		}
		tenancy_store_unlist(store, entry);
		free(entry);
		gone++;
	}
	store->count = kept;
	store->left_out += gone;
}

void tenancy_store_filter(struct tenancy_store *store, bool keep_open)
{
	size_t kept = 0;

	for (size_t i = 0; i < store->count; i++) {
		struct tenancy_entry *entry = store->items[i];

		if ((keep_open && tenancy_is_open(entry)) ||
		    tenancy_is_of(store->query, &entry->tenancy.pod)) {
			store->items[kept++] = entry;
			continue;
		}
		tenancy_store_unlist(store, entry);
		free(entry);
	}
	store->count = kept;
}

/* Of a pod's, those of others go first: who they were of was not known when they began. */
static void make_room(struct tenancy_store *store)
{
	if (!store->query->has_ip)
		tenancy_store_filter(store, true);
	if (store->count == TENANCIES_MAX)
		drop(store, true);
	if (store->count == TENANCIES_MAX)
		drop(store, false);
}

int tenancy_store_add(struct tenancy_store *store, const struct tenancy_key *key,
		      struct tenancy_entry **out)
{
	struct tenancy_entry *entry;

	if (store->count == TENANCIES_MAX)
		make_room(store);
	if (tenancy_grow((void **)&store->items, &store->room, store->count, sizeof(void *)))
		return -ENOMEM;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	entry->key = *key;
	store->items[store->count++] = entry;
	*out = entry;
	return list(store, entry);
}

/* ---- one of them ---- */

bool tenancy_is_open(const struct tenancy_entry *entry)
{
	return entry->tenancy.to == TENANCY_TO_OPEN;
}

struct tenancy_entry *tenancy_open(struct tenancy_entry *entry)
{
	while (entry && !tenancy_is_open(entry))
		entry = entry->hh.next;
	return entry;
}

void tenancy_set_back(struct tenancy_entry *entry, const struct tenancy_moment *before,
		      int64_t wall_ns)
{
	struct tenancy_steps *steps = &entry->tenancy.steps;

	if (!entry->is_unsure)
		entry->sure_steps = *steps;
	if (!steps->is_set_back || before->wall_ns > steps->left_ns)
		steps->left_ns = before->wall_ns;
	if (!steps->is_set_back || wall_ns < steps->resumed_ns)
		steps->resumed_ns = wall_ns;
	steps->is_set_back = true;
	entry->step_seq = before->seq;
}

/* Where the clock was set back right behind that moment, it was not yet. */
void tenancy_doubt(struct tenancy_entry *entry, const struct tenancy_moment *moment)
{
	if (entry->is_unsure)
		return;
	if (!entry->tenancy.steps.is_set_back || entry->step_seq != moment->seq)
		entry->sure_steps = entry->tenancy.steps;
	entry->sure = *moment;
	entry->is_unsure = true;
}

void tenancy_confirm(struct tenancy_entry *entry, const struct tenancy_moment *moment)
{
	entry->sure = *moment;
	entry->is_unsure = entry->is_pending = false;
}

void tenancy_end_at(struct tenancy_entry *entry, const struct tenancy_moment *moment)
{
	entry->tenancy.to = TENANCY_TO_RELEASED;
	entry->tenancy.to_ns = moment->wall_ns;
	entry->tenancy.last = *moment;
}

static void leave_at_sure(struct tenancy_entry *entry)
{
	entry->tenancy.last = entry->sure;
	entry->tenancy.to_ns = entry->sure.wall_ns;
}

void tenancy_end_between(struct tenancy_entry *entry, int64_t before_ns)
{
	struct tenancy *tenancy = &entry->tenancy;

	leave_at_sure(entry);
	if (entry->is_unsure)
		tenancy->steps = entry->sure_steps;
	tenancy->to = TENANCY_TO_BETWEEN;
	tenancy->to_before_ns = before_ns;
	tenancy->is_lost = !entry->is_pending;
}

void tenancy_leave_open(struct tenancy_entry *entry, const struct tenancy_moment *last)
{
	if (!entry->is_pending) {
		entry->tenancy.last = *last;
		entry->tenancy.to_ns = last->wall_ns;
		return;
	}
	leave_at_sure(entry);
	entry->tenancy.steps = entry->sure_steps;
}
