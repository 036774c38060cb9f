// SPDX-License-Identifier: Apache-2.0
#include "audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/books/leaks.h"
#include "core/status/node_json.h"
#include "log.h"
#include "source/cni/host_local.h"

struct audit {
	struct audit_config config;
	struct host_local *books;
	struct leaks *leaks;
	int64_t now_ns; /* since the epoch, of the look under way */
	uint64_t leases_refused;
};

/* The books may know the container alone, where the namespace still tells the pod. */
struct pod audit_pod(const struct audit *audit, const struct leak *leak)
{
	struct identity identity;

	if (*leak->pod.name || !leak->netns)
		return leak->pod;
	identities_find(attribution_identities(audit->config.attribution), leak->netns, &leak->ip,
			&identity);
	return identity.source == IDENTITY_NONE ? leak->pod : identity.pod;
}

json_t *audit_to_json(const struct audit *audit, int64_t now_ns)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < leaks_count(audit->leaks); i++) {
		const struct leak *leak = leaks_at(audit->leaks, i);
		struct pod pod = audit_pod(audit, leak);

		json_array_append_new(rows, leak_to_json(leak, &pod, now_ns));
	}
	return rows;
}

static void on_leak(const struct leak *leak, bool is_over, void *ctx)
{
	const struct audit *audit = ctx;
	struct leak told = *leak;

	told.pod = audit_pod(audit, leak);
	audit->config.on_leak(&told, is_over, audit->config.ctx);
}

/* CIDRs of which host-local keeps books that we read. The whole ones come first: what is held in
 * them stands in the books. */
static size_t find_books(const struct audit *audit, struct prefix *out, size_t room,
			 size_t *out_whole)
{
	const struct cni_book *books;
	size_t count = cni_books(attribution_cni(audit->config.attribution), &books), found = 0;

	*out_whole = 0;
	for (size_t i = 0; i < count && found < room; i++) {
		if (!host_local_has_network(audit->books, books[i].network))
			continue;
		out[found] = books[i].cidr;
		if (books[i].is_whole) {
			out[found] = out[*out_whole];
			out[(*out_whole)++] = books[i].cidr;
		}
		found++;
	}
	return found;
}

static int list_living(const struct processes *processes, uint32_t **out)
{
	uint32_t *living = calloc(processes->count + 1, sizeof(*living));

	if (!living)
		return -ENOMEM;
	for (size_t i = 0; i < processes->count; i++)
		living[i] = processes->all[i].inum;
	*out = living;
	return 0;
}

static bool is_in(const struct prefix *books, size_t count, const struct ip *ip)
{
	for (size_t i = 0; i < count; i++)
		if (prefix_holds_ip(&books[i], ip))
			return true;
	return false;
}

static int compare_addresses(const void *a, const void *b)
{
	const struct lease *left = a, *right = b;

	return ip_compare(&left->ip, &right->ip);
}

/* Does an IPAM whose books were read keep this address's range? */
static bool is_booked(const struct lease *lease, const struct prefix *books, size_t book_count,
		      const struct lease *ipam)
{
	return is_in(books, book_count, &lease->ip) ||
	       (ipam && !strcmp(lease->network, ipam->network));
}

/* A cached result outlives its pod where DEL was lost. Where an IPAM's books are there it is they
 * that say whether an address can be given out; of an address that they have the cache still knows
 * the pod. */
static void drop_unbooked(struct lease_list *leases, const struct prefix *books, size_t book_count)
{
	const struct lease *ipam = NULL;
	struct lease *all = leases->leases;
	size_t own = 0, kept;

	/* The books' own first. */
	for (size_t i = 0; i < leases->count; i++)
		if (strcmp(all[i].source, LEASE_CNI_CACHE) != 0) {
			struct lease lease = all[i];

			all[i] = all[own];
			all[own++] = lease;
		}
	qsort(all, own, sizeof(*all), compare_addresses);
	for (size_t i = 0; i < own && !ipam; i++)
		if (!strcmp(all[i].source, LEASE_IPAM))
			ipam = &all[i];
	kept = own;
	for (size_t i = own; i < leases->count; i++)
		if (!is_booked(&all[i], books, book_count, ipam) ||
		    bsearch(&all[i], all, own, sizeof(*all), compare_addresses))
			all[kept++] = all[i];
	leases->count = kept;
}

/* When this kernel started, since the epoch. Leases outlive it, and those from before are freed by
 * and by once the node is up. */
static int64_t boot_ns(int64_t now_ns)
{
	struct timespec up;

	clock_gettime(CLOCK_BOOTTIME, &up);
	return now_ns - up.tv_sec * 1000000000LL - up.tv_nsec;
}

static int check(struct audit *audit)
{
	const struct processes *processes = attribution_processes(audit->config.attribution);
	cleanup_lease_list struct lease_list leases = { 0 };
	cleanup_free uint32_t *living = NULL;
	struct prefix books[RANGE_MAX];
	struct leaks_view view = { .inventory = state_inventory_const(audit->config.state),
				   .books = books,
				   .now_ns = audit->now_ns,
				   .grace_ns = (int64_t)audit->config.grace_ns };
	int err = host_local_read(audit->books, &leases);
	size_t book_count;

	if (!err)
		err = attribution_leases(audit->config.attribution, &leases);
	if (!err)
		err = list_living(processes, &living);
	if (err)
		return err;
	book_count = find_books(audit, books, RANGE_MAX, &view.book_count);
	/* Of books that did not fit nothing can be said to be missing. */
	if (leases.refused)
		view.book_count = 0;
	drop_unbooked(&leases, books, book_count);
	view.leases = leases.leases;
	view.lease_count = leases.count;
	/* A look that did not see every process says nothing of who is dead. */
	view.living = processes->seen && !processes->refused && !processes->dropped ? living : NULL;
	view.living_count = processes->count;
	view.ranges = audit->config.account ? account_ranges(audit->config.account) : NULL;
	view.boot_ns = audit->config.is_once ? 0 : boot_ns(audit->now_ns);
	audit->leases_refused += leases.refused;
	return leaks_check(audit->leaks, &view);
}

void audit_look(struct audit *audit, int64_t now_ns)
{
	int err;

	audit->now_ns = now_ns;
	err = check(audit);
	if (err)
		log_err(err, "cannot compare the IPAM's books with the kernel, ignoring");
}

int audit_open(const struct audit_config *config, struct audit **out)
{
	cleanup_audit struct audit *audit = calloc(1, sizeof(*audit));
	int err;

	if (!audit)
		return -ENOMEM;
	audit->config = *config;
	err = host_local_open(config->cni_state_dir, &audit->books);
	if (!err)
		err = leaks_new(on_leak, audit, &audit->leaks);
	if (err)
		return log_err(err, "cannot read the IPAM's books");
	*out = take_ptr(audit);
	return 0;
}

const struct leaks *audit_leaks(const struct audit *audit)
{
	return audit->leaks;
}

void audit_close(struct audit *audit)
{
	if (!audit)
		return;
	host_local_close(audit->books);
	leaks_free(audit->leaks);
	free(audit);
}

void audit_measure(const struct audit *audit, struct metrics_input *out)
{
	struct host_local_stats books = host_local_stats(audit->books);

	out->leaks = audit->leaks;
	collect_add_table(out, "leaks", (double)leaks_count(audit->leaks), LEAKS_MAX);
	collect_add_loss(out, "leaks_full", leaks_refused(audit->leaks) + audit->leases_refused);
	collect_add_source(out, "host-local", books.is_up, books.entries,
			   books.errors + books.skipped);
}
