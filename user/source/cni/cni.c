// SPDX-License-Identifier: Apache-2.0
#include "source/cni/cni.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/text.h"
#include "source/base/dirwatch.h"
#include "source/cni/cni_files.h"

struct result {
	const struct cni_kept *kept;
};

/* What host-local itself never hands out: the network's, the gateway's and IPv4's broadcast
 * address. */
enum { OWN_RESERVED_MAX = 3 };

struct cni {
	struct dirwatch *watch;
	struct cni_files files[CNI_KIND_COUNT];
	bool is_stale[CNI_KIND_COUNT]; /* files[] changed since they were merged */
	struct range *ranges;
	size_t range_count;
	char pod_cidr_network[RANGE_NAME_SIZE]; /* "" none */
	struct cni_book *books;
	size_t book_count;
	uint32_t *sandboxes; /* sorted */
	size_t sandbox_count;
	struct result *results; /* of files[], the oldest first */
	size_t result_count;
	uint64_t dropped_ranges;
	int changes; /* not told yet */
};

static void on_change(void *ctx, size_t index, const char *name, bool is_whole)
{
	struct cni *cni = ctx;

	/* They may be about to go. */
	if (index == CNI_KIND_RESULT)
		cni->result_count = 0;
	if (name)
		cni_files_update(&cni->files[index], name, is_whole);
	else
		cni_files_update_all(&cni->files[index]);
	cni->is_stale[index] = true;
}

static bool has_cidr(const struct range *ranges, size_t count, const struct prefix *cidr)
{
	for (size_t i = 0; i < count; i++) {
		if (prefix_compare(&ranges[i].cidr, cidr) == 0)
			return true;
	}
	return false;
}

/* All files' ranges; of an equal CIDR the first file's. Returns how many do not fit. */
static uint64_t collect_ranges(const struct cni_files *files, struct range *out, size_t *out_count)
{
	uint64_t dropped = 0;
	size_t count = 0;

	for (size_t i = 0; i < files->count; i++) {
		const struct cni_file *file = &files->files[i];

		for (size_t j = 0; j < file->range_count; j++) {
			if (has_cidr(out, count, &file->ranges[j].cidr))
				continue;
			if (count < RANGE_MAX)
				out[count++] = file->ranges[j];
			else
				dropped++;
		}
	}
	*out_count = count;
	return dropped;
}

static bool is_kept_elsewhere(const struct cni_files *files, const struct prefix *cidr)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct cni_file *file = &files->files[i];

		for (size_t j = 0; file->elsewhere && j < file->range_count; j++) {
			const struct prefix *other = &file->ranges[j].cidr;

			if (file->elsewhere >> j & 1 &&
			    (prefix_holds(other, cidr) || prefix_holds(cidr, other)))
				return true;
		}
	}
	return false;
}

static bool is_same(const struct cni *cni, const struct range *ranges, size_t count)
{
	if (count != cni->range_count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!range_is_equal(&ranges[i], &cni->ranges[i]))
			return false;
	}
	return true;
}

/* The first file's that has one. */
static const char *find_pod_cidr_network(const struct cni_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->files[i].pod_cidr_network)
			return files->files[i].pod_cidr_network;
	return "";
}

/* 0 or -errno, as the other merges. */
static int merge_ranges(struct cni *cni)
{
	const struct cni_files *files = &cni->files[CNI_KIND_CONF];
	cleanup_free struct range *ranges = calloc(RANGE_MAX, sizeof(ranges[0]));
	cleanup_free struct cni_book *books = NULL;
	size_t count = 0, book_count = 0;
	const char *network;
	uint64_t dropped;

	if (!ranges)
		return -ENOMEM;
	dropped = collect_ranges(files, ranges, &count);
	books = calloc(count + 1, sizeof(books[0]));
	if (!books)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct cni_book *book = &books[book_count];

		if (is_kept_elsewhere(files, &ranges[i].cidr))
			continue;
		book->cidr = ranges[i].cidr;
		text_copy(book->network, sizeof(book->network), ranges[i].name);
		book->is_whole = ranges[i].reserved <= OWN_RESERVED_MAX;
		book_count++;
	}

	network = find_pod_cidr_network(files);
	if (!is_same(cni, ranges, count) || strcmp(cni->pod_cidr_network, network) != 0)
		cni->changes |= CNI_RANGES_CHANGED;
	text_copy(cni->pod_cidr_network, sizeof(cni->pod_cidr_network), network);
	free(cni->ranges);
	free(cni->books);
	cni->ranges = take_ptr(ranges);
	cni->range_count = count;
	cni->books = take_ptr(books);
	cni->book_count = book_count;
	cni->dropped_ranges = dropped;
	return 0;
}

static int compare_inodes(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* All files' sandboxes, each once. */
static int merge_sandboxes(struct cni *cni)
{
	const struct cni_files *files = &cni->files[CNI_KIND_RESULT];
	cleanup_free uint32_t *inodes = NULL;
	size_t total = 0, count = 0;

	inodes = calloc(files->count + 1, sizeof(files->files[0].sandboxes));
	if (!inodes)
		return -ENOMEM;
	for (size_t i = 0; i < files->count; i++) {
		const struct cni_file *file = &files->files[i];

		for (size_t j = 0; j < file->sandbox_count; j++)
			inodes[total++] = file->sandboxes[j];
	}
	qsort(inodes, total, sizeof(inodes[0]), compare_inodes);
	for (size_t i = 0; i < total; i++) {
		if (!count || inodes[count - 1] != inodes[i])
			inodes[count++] = inodes[i];
	}

	if (count == cni->sandbox_count &&
	    (!count || memcmp(inodes, cni->sandboxes, count * sizeof(inodes[0])) == 0))
		return 0;
	free(cni->sandboxes);
	cni->sandboxes = take_ptr(inodes);
	cni->sandbox_count = count;
	cni->changes |= CNI_SANDBOXES_CHANGED;
	return 0;
}

static int compare_results(const void *a, const void *b)
{
	const struct result *left = a, *right = b;

	return cni_kept_compare(left->kept, right->kept);
}

static int sort_results(struct cni *cni)
{
	struct cni_files *files = &cni->files[CNI_KIND_RESULT];
	struct result *results = calloc(files->count + 1, sizeof(results[0]));
	size_t count = 0;

	if (!results)
		return -ENOMEM;
	for (size_t i = 0; i < files->count; i++) {
		if (files->files[i].kept)
			results[count++].kept = files->files[i].kept;
	}
	qsort(results, count, sizeof(results[0]), compare_results);

	free(cni->results);
	cni->results = results;
	cni->result_count = count;
	if (take(files->is_changed, false))
		cni->changes |= CNI_RESULTS_CHANGED;
	return 0;
}

static int merge_results(struct cni *cni)
{
	int err = merge_sandboxes(cni);

	return err ? err : sort_results(cni);
}

static int merge_all(struct cni *cni)
{
	static int (*const merge[CNI_KIND_COUNT])(struct cni * cni) = {
		[CNI_KIND_CONF] = merge_ranges,
		[CNI_KIND_RESULT] = merge_results,
	};

	for (size_t i = 0; i < CNI_KIND_COUNT; i++) {
		int err = cni->is_stale[i] ? merge[i](cni) : 0;

		if (err)
			return err;
		cni->is_stale[i] = false;
	}
	return take(cni->changes, 0);
}

int cni_open(const struct cni_config *config, struct cni **out)
{
	const char *const paths[CNI_KIND_COUNT] = {
		[CNI_KIND_CONF] = config->conf_dir,
		[CNI_KIND_RESULT] = config->cache_dir,
	};
	cleanup_cni struct cni *cni = calloc(1, sizeof(*cni));
	int err;

	if (!cni)
		return -ENOMEM;
	for (enum cni_kind kind = 0; kind < CNI_KIND_COUNT; kind++) {
		err = cni_files_init(kind, paths[kind], config->host_root, config->state_dir,
				     &cni->files[kind]);
		if (err)
			return err;
	}

	err = dirwatch_open(paths, CNI_KIND_COUNT, &cni->watch);
	if (err)
		return err;
	for (size_t i = 0; i < CNI_KIND_COUNT; i++)
		on_change(cni, i, NULL, true);
	err = merge_all(cni);
	if (err < 0)
		return err;

	*out = take_ptr(cni);
	return 0;
}

void cni_close(struct cni *cni)
{
	if (!cni)
		return;
	dirwatch_close(cni->watch);
	for (size_t i = 0; i < CNI_KIND_COUNT; i++)
		cni_files_clear(&cni->files[i]);
	free(cni->ranges);
	free(cni->books);
	free(cni->sandboxes);
	free(cni->results);
	free(cni);
}

int cni_fd(const struct cni *cni)
{
	return dirwatch_fd(cni->watch);
}

int cni_refresh(struct cni *cni)
{
	int err;

	err = dirwatch_read(cni->watch, on_change, cni);
	return err ? err : merge_all(cni);
}

struct range_list cni_ranges(const struct cni *cni)
{
	return (struct range_list){ .ranges = cni->ranges, .count = cni->range_count };
}

const char *cni_pod_cidr_network(const struct cni *cni)
{
	return cni->pod_cidr_network;
}

size_t cni_books(const struct cni *cni, const struct cni_book **out)
{
	*out = cni->books;
	return cni->book_count;
}

const uint32_t *cni_sandboxes(const struct cni *cni, size_t *out_count)
{
	*out_count = cni->sandbox_count;
	return cni->sandboxes;
}

void cni_each_result(const struct cni *cni, cni_result_fn fn, void *ctx)
{
	for (size_t i = 0; i < cni->result_count; i++) {
		struct cni_pod pod;

		cni_pod_load(cni->results[i].kept, &pod);
		fn(&pod, ctx);
	}
}

static int add_leases(const struct cni_pod *pod, struct lease_list *list)
{
	struct lease lease = {
		.source = LEASE_CNI_CACHE,
		.pod = pod->pod,
		.since_ns = pod->since_ns,
	};

	text_copy(lease.network, sizeof(lease.network), pod->network);
	text_copy(lease.ifname, sizeof(lease.ifname), pod->ifname);
	for (size_t i = 0; i < pod->ip_count; i++) {
		lease.ip = pod->ips[i];
		if (lease_list_add(list, &lease) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

int cni_leases(const struct cni *cni, struct lease_list *list)
{
	int err = 0;

	for (size_t i = 0; !err && i < cni->result_count; i++) {
		struct cni_pod pod;

		cni_pod_load(cni->results[i].kept, &pod);
		err = add_leases(&pod, list);
	}
	return err;
}

struct cni_stats cni_stats(const struct cni *cni)
{
	struct cni_stats stats = { .dropped_ranges = cni->dropped_ranges };

	for (size_t i = 0; i < CNI_KIND_COUNT; i++) {
		stats.files += cni_files_count_good(&cni->files[i]);
		stats.bad += cni->files[i].count - cni_files_count_good(&cni->files[i]);
		stats.errors += cni->files[i].errors;
		stats.skipped += cni->files[i].skipped;
		for (size_t j = 0; j < cni->files[i].count; j++)
			stats.dropped_ips += cni->files[i].files[j].dropped_ips;
	}
	return stats;
}
