// SPDX-License-Identifier: Apache-2.0
/*
 * A check lists what differs, in order, looks each difference up in the table that
 * the check before left, and makes the table anew.
 *
 * A difference is the same one as long as nobody else is involved. An address that
 * a full range hands out again at once has another lease, and one that moved has
 * another holder: either may be on its way, and waits anew.
 */
#include "core/books/leaks.h"

#include <errno.h>
#include <string.h>

#include "core/books/holdings.h"

enum { ROOM_AT_FIRST = 64 };

static const struct kind_row {
	const char *name;
	size_t holders; /* namespaces that it is about */
	bool has_lease;
} kinds[] = {
	[LEAK_IPAM_ONLY] = { "ipam_only", 0, true },
	[LEAK_KERNEL_ONLY] = { "kernel_only", 1, false },
	[LEAK_ABANDONED] = { "abandoned", 1, true },
	[LEAK_DUPLICATE] = { "duplicate", 2, false },
};

_Static_assert(array_size(kinds) == LEAK_KIND_COUNT, "a kind lacks its row");

struct entry {
	struct leak leak;
	int64_t from_ns; /* start of its grace period */
	bool is_kept; /* the check under way sees it again */
	bool is_news; /* its grace period ended with the last check */
};

struct table {
	struct entry *entries; /* by address, then kind; those that wait, too */
	size_t count;
	uint32_t *told; /* which of them are, in the same order */
	size_t told_count;
};

struct leaks {
	leak_fn on_leak;
	void *ctx;
	struct table table;
	uint64_t refused;
	bool has_checked;
};

struct difference {
	enum leak_kind kind;
	struct holding holding;
	const struct entry *before; /* NULL: new */
};

/* What one check needs. */
struct check {
	const struct leaks_view *view;
	struct holdings holdings;
	struct difference *differences; /* by address, then kind */
	size_t count, room;
	size_t known; /* by the check before */
	struct table table;
	size_t refused;
};

/* One more, since of size 0 NULL would be no failure. */
static int init_table(struct table *table, size_t count)
{
	table->entries = calloc(count + 1, sizeof(table->entries[0]));
	table->told = calloc(count + 1, sizeof(table->told[0]));
	return table->entries && table->told ? 0 : -ENOMEM;
}

static void clear_table(struct table *table)
{
	free(table->entries);
	free(table->told);
}

static void clear_check(struct check *check)
{
	holdings_clear(&check->holdings);
	free(check->differences);
	clear_table(&check->table);
}
#define cleanup_check cleanup(clear_check)

const char *leak_kind_name(enum leak_kind kind)
{
	return kinds[kind].name;
}

static int compare_inodes(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static struct entry *find(const struct leaks *leaks, const struct ip *ip, enum leak_kind kind)
{
	size_t low = 0, high = leaks->table.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct entry *entry = &leaks->table.entries[middle];
		int order = ip_compare(&entry->leak.ip, ip);

		if (order == 0)
			order = (int)entry->leak.kind - (int)kind;
		if (order == 0)
			return entry;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Is nobody involved in this difference who is not in the leak? */
static bool covers(const struct leak *leak, enum leak_kind kind, const struct holding *holding)
{
	if (kinds[kind].has_lease &&
	    !(kinds[leak->kind].has_lease && lease_is_same(&leak->lease, holding->leases[0])))
		return false;
	for (size_t i = 0; i < kinds[kind].holders; i++) {
		uint32_t netns = holding->holders[i].netns;

		if (netns != leak->netns && netns != leak->other_netns)
			return false;
	}
	return true;
}

/* A pod that runs containers of its own has namespaces inside that no IPAM of the node knows. */
static bool is_a_pods(const struct leaks_view *view, const struct holding *holding)
{
	if (!view->ranges || holding->lease_count)
		return true;
	if (!range_table_count(view->ranges))
		return !view->lease_count;
	return range_table_find(view->ranges, &holding->ip) != RANGE_NONE;
}

/* Where nobody looked who lives, what was told stays true until something else changes. */
static bool is_abandoned(const struct leaks *leaks, const struct leaks_view *view,
			 const struct holding *holding)
{
	if (!view->living) {
		const struct entry *entry = find(leaks, &holding->ip, LEAK_ABANDONED);

		return entry && entry->leak.is_told &&
		       covers(&entry->leak, LEAK_ABANDONED, holding);
	}
	for (size_t i = 0; i < holding->holder_count; i++)
		if (bsearch(&holding->holders[i].netns, view->living, view->living_count,
			    sizeof(view->living[0]), compare_inodes))
			return false;
	return true;
}

static int add(struct check *check, enum leak_kind kind, const struct holding *holding)
{
	if (check->count == check->room) {
		size_t room = check->room ? check->room * 2 : ROOM_AT_FIRST;
		struct difference *larger = realloc(check->differences, room * sizeof(larger[0]));

		if (!larger)
			return -ENOMEM;
		check->differences = larger;
		check->room = room;
	}
	check->differences[check->count++] =
		(struct difference){ .kind = kind, .holding = *holding };
	return 0;
}

static int list_differences(const struct leaks *leaks, struct check *check)
{
	const struct leaks_view *view = check->view;
	struct holding holding;
	int err = 0;

	while (!err && holdings_next(&check->holdings, &holding)) {
		bool is_held = holding.holder_count, is_leased = holding.lease_count;
		const bool is_kind[LEAK_KIND_COUNT] = {
			[LEAK_IPAM_ONLY] = !is_held,
			[LEAK_KERNEL_ONLY] = is_held && holding_is_missing(&holding, view->books,
									   view->book_count),
			[LEAK_ABANDONED] = is_held && is_leased &&
					   is_abandoned(leaks, view, &holding),
			[LEAK_DUPLICATE] = holding.holder_count > 1 && is_a_pods(view, &holding),
		};

		for (unsigned int kind = 0; !err && kind < LEAK_KIND_COUNT; kind++)
			err = is_kind[kind] ? add(check, kind, &holding) : 0;
	}
	return err;
}

static void recognize(struct leaks *leaks, struct check *check)
{
	for (size_t i = 0; i < leaks->table.count; i++)
		leaks->table.entries[i].is_kept = false;
	for (size_t i = 0; i < check->count; i++) {
		struct difference *difference = &check->differences[i];
		struct entry *entry = find(leaks, &difference->holding.ip, difference->kind);

		if (!entry || !covers(&entry->leak, difference->kind, &difference->holding))
			continue;
		entry->is_kept = true;
		difference->before = entry;
		check->known++;
	}
}

/* Is it what is left of one that was told? */
static bool is_follow_up(const struct leaks *leaks, const struct difference *difference)
{
	for (unsigned int kind = 0; kind < LEAK_KIND_COUNT; kind++) {
		const struct entry *entry = find(leaks, &difference->holding.ip, kind);

		if (entry && entry->leak.is_told && !entry->is_kept &&
		    covers(&entry->leak, difference->kind, &difference->holding))
			return true;
	}
	return false;
}

static void set_times(const struct leaks *leaks, const struct leaks_view *view,
		      const struct difference *difference, struct entry *entry)
{
	struct leak *leak = &entry->leak;
	int64_t now_ns = view->now_ns, due_ns = now_ns - view->grace_ns;
	int64_t lease_ns = kinds[leak->kind].has_lease ? leak->lease.since_ns : 0;

	if (lease_ns < 0 || lease_ns > now_ns)
		lease_ns = 0;
	/* A clock that was set back starts it again. */
	if (!difference->before || entry->from_ns > now_ns) {
		bool has_file = leak->kind == LEAK_IPAM_ONLY && lease_ns;
		/* An agent that has just started may trust the file's age. */
		bool is_old = has_file && !leaks->has_checked && lease_ns <= due_ns &&
			      view->boot_ns && lease_ns >= view->boot_ns;

		leak->since_ns = has_file ? lease_ns : now_ns;
		entry->from_ns = is_old || is_follow_up(leaks, difference) ? due_ns : now_ns;
	}
	/* The same sandbox may get its lease again. */
	if (entry->from_ns < lease_ns)
		entry->from_ns = lease_ns;
	entry->is_news = entry->from_ns <= due_ns;
	leak->is_told = entry->is_news;
}

static void set_entry(const struct leaks *leaks, const struct leaks_view *view,
		      const struct difference *difference, struct entry *out)
{
	const struct kind_row *row = &kinds[difference->kind];
	const struct holding *holding = &difference->holding;
	struct entry entry = { 0 };
	struct leak *leak = &entry.leak;

	if (difference->before)
		entry = *difference->before;
	leak->ip = holding->ip;
	leak->kind = difference->kind;
	leak->netns = row->holders > 0 ? holding->holders[0].netns : 0;
	leak->other_netns = row->holders > 1 ? holding->holders[1].netns : 0;
	if (row->has_lease) {
		leak->lease = *holding->leases[0];
		leak->pod = holding_pod(holding);
	}
	entry.is_news = false;
	if (!leak->is_told)
		set_times(leaks, view, difference, &entry);
	*out = entry;
}

/* Those that are known keep their places in a full table. */
static int make_table(const struct leaks *leaks, struct check *check)
{
	size_t count = check->count < LEAKS_MAX ? check->count : LEAKS_MAX;
	size_t room = LEAKS_MAX - check->known;
	struct table *table = &check->table;

	if (init_table(table, count))
		return -ENOMEM;
	for (size_t i = 0; i < check->count; i++) {
		const struct difference *difference = &check->differences[i];
		struct entry *entry = &table->entries[table->count];

		if (!difference->before && !room) {
			check->refused++;
			continue;
		}
		room -= !difference->before;
		set_entry(leaks, check->view, difference, entry);
		if (entry->leak.is_told)
			table->told[table->told_count++] = (uint32_t)table->count;
		table->count++;
	}
	return 0;
}

static void tell(const struct leaks *leaks, const struct table *before)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct entry *entry = &before->entries[i];

		if (entry->leak.is_told && !entry->is_kept)
			leaks->on_leak(&entry->leak, true, leaks->ctx);
	}
	for (size_t i = 0; i < leaks->table.count; i++) {
		const struct entry *entry = &leaks->table.entries[i];

		if (entry->is_news)
			leaks->on_leak(&entry->leak, false, leaks->ctx);
	}
}

int leaks_check(struct leaks *leaks, const struct leaks_view *view)
{
	cleanup_check struct check check = { .view = view };
	struct table before;
	int err;

	err = holdings_init(view->inventory, view->leases, view->lease_count, &check.holdings);
	if (!err)
		err = list_differences(leaks, &check);
	if (err)
		return err;
	recognize(leaks, &check);
	err = make_table(leaks, &check);
	if (err)
		return err;
	before = leaks->table;
	leaks->table = check.table;
	check.table = before;
	leaks->refused += check.refused;
	leaks->has_checked = true;
	tell(leaks, &before);
	return 0;
}

int leaks_put(struct leaks *leaks, const struct leak *told, size_t count)
{
	cleanup_check struct check check = { 0 };

	if (init_table(&check.table, count))
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		check.table.entries[i].leak = told[i];
		check.table.told[i] = (uint32_t)i;
	}
	check.table.count = check.table.told_count = count;
	clear_table(&leaks->table);
	leaks->table = take(check.table, ((struct table){ 0 }));
	return 0;
}

const struct leak *leaks_at(const struct leaks *leaks, size_t index)
{
	return &leaks->table.entries[leaks->table.told[index]].leak;
}

size_t leaks_count(const struct leaks *leaks)
{
	return leaks->table.told_count;
}

uint64_t leaks_refused(const struct leaks *leaks)
{
	return leaks->refused;
}

int leaks_new(leak_fn on_leak, void *ctx, struct leaks **out)
{
	struct leaks *leaks = calloc(1, sizeof(*leaks));

	if (!leaks)
		return -ENOMEM;
	leaks->on_leak = on_leak;
	leaks->ctx = ctx;
	*out = leaks;
	return 0;
}

void leaks_free(struct leaks *leaks)
{
	if (leaks)
		clear_table(&leaks->table);
	free(leaks);
}
