// SPDX-License-Identifier: Apache-2.0
#include "source/cni.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "source/cni_files.h"
#include "source/dirwatch.h"

struct cni {
	struct dirwatch *watch;
	struct cni_files files[CNI_KIND_COUNT];
	bool is_stale[CNI_KIND_COUNT]; /* files[] changed since they were merged */
	struct range *ranges;
	size_t range_count;
	uint32_t *sandboxes; /* sorted */
	size_t sandbox_count;
	uint64_t dropped_ranges;
	int changes; /* not told yet */
};

static void on_change(void *ctx, size_t index, const char *name, bool is_whole)
{
	struct cni *cni = ctx;

	if (name)
		cni_files_update(&cni->files[index], name, is_whole);
	else
		cni_files_update_all(&cni->files[index]);
	cni->is_stale[index] = true;
}

static bool is_same_range(const struct range *a, const struct range *b)
{
	return prefix_compare(&a->cidr, &b->cidr) == 0 && a->reserved == b->reserved &&
	       strcmp(a->name, b->name) == 0;
}

static bool has_cidr(const struct range *ranges, size_t count, const struct prefix *cidr)
{
	for (size_t i = 0; i < count; i++) {
		if (prefix_compare(&ranges[i].cidr, cidr) == 0)
			return true;
	}
	return false;
}

/* All files' ranges; of an equal CIDR the first file's. CNI_RANGES_CHANGED, 0 or -errno. */
static int merge_ranges(struct cni *cni)
{
	const struct cni_files *files = &cni->files[CNI_KIND_CONF];
	cleanup_free struct range *ranges = calloc(RANGE_MAX, sizeof(ranges[0]));
	size_t count = 0, dropped = 0, same = 0;

	if (!ranges)
		return -ENOMEM;
	for (size_t i = 0; i < files->count; i++) {
		const struct cni_file *file = &files->files[i];

		for (size_t j = 0; j < file->range_count; j++) {
			if (has_cidr(ranges, count, &file->ranges[j].cidr))
				continue;
			if (count < RANGE_MAX)
				ranges[count++] = file->ranges[j];
			else
				dropped++;
		}
	}

	cni->dropped_ranges = dropped;
	while (same < count && same < cni->range_count &&
	       is_same_range(&ranges[same], &cni->ranges[same]))
		same++;
	if (same == count && same == cni->range_count)
		return 0;
	free(cni->ranges);
	cni->ranges = take_ptr(ranges);
	cni->range_count = count;
	return CNI_RANGES_CHANGED;
}

static int compare_inodes(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* All files' sandboxes, each once. CNI_SANDBOXES_CHANGED, 0 or -errno. */
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
	return CNI_SANDBOXES_CHANGED;
}

static int merge_all(struct cni *cni)
{
	static int (*const merge[CNI_KIND_COUNT])(struct cni * cni) = {
		[CNI_KIND_CONF] = merge_ranges,
		[CNI_KIND_RESULT] = merge_sandboxes,
	};

	for (size_t i = 0; i < CNI_KIND_COUNT; i++) {
		int change;

		if (!cni->is_stale[i])
			continue;
		change = merge[i](cni);
		if (change < 0)
			return change;
		cni->is_stale[i] = false;
		cni->changes |= change;
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
		err = cni_files_init(kind, paths[kind], config->host_root, &cni->files[kind]);
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
	free(cni->sandboxes);
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

const uint32_t *cni_sandboxes(const struct cni *cni, size_t *out_count)
{
	*out_count = cni->sandbox_count;
	return cni->sandboxes;
}

struct cni_stats cni_stats(const struct cni *cni)
{
	struct cni_stats stats = { .dropped_ranges = cni->dropped_ranges };

	for (size_t i = 0; i < CNI_KIND_COUNT; i++) {
		stats.files += cni_files_count_good(&cni->files[i]);
		stats.errors += cni->files[i].errors;
		stats.skipped += cni->files[i].skipped;
	}
	return stats;
}
