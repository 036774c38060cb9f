// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_set.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "core/log/log_name.h"

void log_set_init(struct log_set *set, const char *path, size_t max)
{
	*set = (struct log_set){ .path = path, .max = max };
}

void log_set_clear(struct log_set *set)
{
	free(take_ptr(set->seqs));
	set->count = 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts, drops what is there twice, plain and compressed, and keeps the newest. */
static void tidy(struct log_set *set)
{
	size_t kept = 0;

	qsort(set->seqs, set->count, sizeof(*set->seqs), compare);
	for (size_t i = 0; i < set->count; i++)
		if (!i || set->seqs[i] != set->seqs[i - 1])
			set->seqs[kept++] = set->seqs[i];
	if (kept > set->max) {
		set->left_out += kept - set->max;
		memmove(set->seqs, set->seqs + kept - set->max, set->max * sizeof(*set->seqs));
		kept = set->max;
	}
	set->count = kept;
}

static DIR *open_folder(const char *path, const char **out_base)
{
	cleanup_free char *folder = strdup(path);
	char *slash;

	if (!folder)
		return NULL;
	slash = strrchr(folder, '/');
	*out_base = slash ? path + (slash - folder) + 1 : path;
	if (slash)
		slash[1] = '\0';
	return opendir(slash ? folder : ".");
}

static void add_all(struct log_set *set, DIR *folder, const char *base, uint64_t from_seq)
{
	const struct dirent *entry;
	enum log_kind kind;
	uint64_t seq;

	while ((entry = readdir(folder))) {
		if (log_name_parse(base, entry->d_name, &seq, &kind) || kind == LOG_PART ||
		    seq < from_seq)
			continue;
		if (set->count == 2 * set->max)
			tidy(set);
		set->seqs[set->count++] = seq;
	}
}

int log_set_list(struct log_set *set, uint64_t from_seq)
{
	const char *base;
	DIR *folder;

	set->count = 0;
	set->left_out = 0;
	/* Room for each of them plain and compressed, and no more than once too many. */
	if (!set->seqs)
		set->seqs = malloc((2 * set->max + 1) * sizeof(*set->seqs));
	if (!set->seqs)
		return -ENOMEM;
	folder = open_folder(set->path, &base);
	if (!folder)
		return errno == ENOMEM || errno == EMFILE || errno == ENFILE ? -errno : 0;
	add_all(set, folder, base, from_seq);
	closedir(folder);
	tidy(set);
	return 0;
}

static int open_regular(const char *path, struct log_counts *counts, struct log_file **out)
{
	cleanup_log_file struct log_file *file = NULL;
	int err = log_file_open(path, counts, &file);

	if (err)
		return err;
	if (log_file_input(file)->is_pipe)
		return -ENOTSUP;
	*out = take_ptr(file);
	return 0;
}

int log_set_open(const struct log_set *set, uint64_t seq, struct log_counts *counts,
		 struct log_file **out)
{
	/* Looked for again, when it took the plain one's place in between. */
	static const enum log_kind kinds[] = { LOG_GZIP, LOG_PLAIN, LOG_GZIP };
	int err = -ENOENT;

	for (size_t i = 0; i < array_size(kinds) && err == -ENOENT; i++) {
		char path[PATH_MAX];

		err = log_name_format(set->path, seq, kinds[i], path, sizeof(path));
		if (!err)
			err = open_regular(path, counts, out);
	}
	return err;
}
