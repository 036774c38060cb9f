// SPDX-License-Identifier: Apache-2.0
#include "sink/log/log_rotation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One more than the bound comes with each rotation; what is beyond twice of it is not ours. */
enum { ENTRIES_MAX = 2 * LOG_OLD_FILES_MAX };

struct entry {
	uint64_t seq;
	enum log_kind kind;
	uint64_t bytes;
};

struct log_rotation {
	char *path;
	const char *base; /* of path */
	char *directory;
	struct entry *entries; /* by seq, then by kind */
	size_t count, room;
	uint64_t bytes;
};

static void close_dir(DIR *dir)
{
	if (dir)
		closedir(dir);
}

DEFINE_CLEANUP(dir, DIR *, close_dir)
#define cleanup_dir cleanup(cleanup_dir_fn)

static int compare(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

static int add_entry(struct log_rotation *found, const struct entry *entry)
{
	if (found->count == ENTRIES_MAX)
		return 0;
	if (found->count == found->room) {
		size_t room = found->room ? 2 * found->room : 16;
		struct entry *entries = reallocarray(found->entries, room, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		found->entries = entries;
		found->room = room;
	}
	found->entries[found->count++] = *entry;
	if (entry->kind != LOG_PART) /* whoever writes it counts it */
		found->bytes += entry->bytes;
	return 0;
}

static int read_entries(DIR *dir, const char *base, struct log_rotation *found)
{
	const struct dirent *name;
	int err = 0;

	while (!err && (name = readdir(dir))) {
		struct entry entry;
		struct stat stat;

		if (log_name_parse(base, name->d_name, &entry.seq, &entry.kind) ||
		    fstatat(dirfd(dir), name->d_name, &stat, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(stat.st_mode))
			continue;
		entry.bytes = (uint64_t)stat.st_size;
		err = add_entry(found, &entry);
	}
	return err;
}

int log_rotation_look(struct log_rotation *rotation)
{
	cleanup_dir DIR *dir = opendir(rotation->directory);
	struct log_rotation found = { 0 };
	int err;

	if (!dir)
		return -errno;
	err = read_entries(dir, rotation->base, &found);
	if (err) {
		free(found.entries);
		return err;
	}
	if (found.count)
		qsort(found.entries, found.count, sizeof(*found.entries), compare);

	free(rotation->entries);
	rotation->entries = found.entries;
	rotation->count = found.count;
	rotation->room = found.room;
	rotation->bytes = found.bytes;
	return 0;
}

static int remove_file(const struct log_rotation *rotation, uint64_t seq, enum log_kind kind)
{
	char name[PATH_MAX];
	int err = log_name_format(rotation->path, seq, kind, name, sizeof(name));

	if (err)
		return err;
	return unlink(name) < 0 && errno != ENOENT ? -errno : 0;
}

static bool has_kind(const struct log_rotation *rotation, uint64_t seq, enum log_kind kind)
{
	for (size_t i = 0; i < rotation->count; i++) {
		if (rotation->entries[i].seq == seq && rotation->entries[i].kind == kind)
			return true;
	}
	return false;
}

/* What an agent before us left in the middle of its work. */
static int clear_leftovers(struct log_rotation *rotation)
{
	bool is_changed = false;

	for (size_t i = 0; i < rotation->count; i++) {
		const struct entry *entry = &rotation->entries[i];

		if (entry->kind == LOG_PART ||
		    (entry->kind == LOG_PLAIN && has_kind(rotation, entry->seq, LOG_GZIP)))
			is_changed |= !remove_file(rotation, entry->seq, entry->kind);
	}
	return is_changed ? log_rotation_look(rotation) : 0;
}

int log_rotation_open(const char *path, struct log_rotation **out)
{
	cleanup_log_rotation struct log_rotation *rotation = calloc(1, sizeof(*rotation));
	const char *slash = strrchr(path, '/');
	int err;

	if (!rotation)
		return -ENOMEM;
	rotation->path = strdup(path);
	rotation->directory = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	if (!rotation->path || !rotation->directory)
		return -ENOMEM;
	rotation->base = rotation->path + (slash ? slash + 1 - path : 0);
	err = log_rotation_look(rotation);
	if (!err)
		err = clear_leftovers(rotation);
	if (err)
		return err;

	*out = take_ptr(rotation);
	return 0;
}

void log_rotation_close(struct log_rotation *rotation)
{
	if (!rotation)
		return;
	free(rotation->entries);
	free(rotation->directory);
	free(rotation->path);
	free(rotation);
}

int log_rotation_retire(struct log_rotation *rotation, uint64_t first_seq)
{
	char name[PATH_MAX];
	uint64_t seq = first_seq;
	int err = log_rotation_look(rotation);

	if (err)
		return err;
	for (size_t i = 0; i < rotation->count; i++) {
		if (rotation->entries[i].seq == seq)
			seq++;
		else if (rotation->entries[i].seq > seq)
			break;
	}
	err = log_name_format(rotation->path, seq, LOG_PLAIN, name, sizeof(name));
	if (err)
		return err;
	if (rename(rotation->path, name) < 0)
		return -errno;
	(void)log_rotation_look(rotation); /* it is retired all the same */
	return 0;
}

int log_rotation_drop_oldest(struct log_rotation *rotation, uint64_t *out_seq)
{
	uint64_t seq;
	int err = 0;

	if (!rotation->count)
		return -ENOENT;
	seq = rotation->entries[0].seq;
	for (enum log_kind kind = 0; kind < LOG_KIND_COUNT && !err; kind++)
		err = remove_file(rotation, seq, kind);
	if (err)
		return err;

	*out_seq = seq;
	return log_rotation_look(rotation);
}

bool log_rotation_next_plain(const struct log_rotation *rotation, uint64_t after, uint64_t *out_seq)
{
	const struct entry *first = NULL;

	for (size_t i = 0; i < rotation->count; i++) {
		const struct entry *entry = &rotation->entries[i];

		if (entry->kind != LOG_PLAIN)
			continue;
		if (!first || (first->seq <= after && entry->seq > after))
			first = entry;
	}
	if (first)
		*out_seq = first->seq;
	return first;
}

bool log_rotation_newest(const struct log_rotation *rotation, uint64_t *out_seq,
			 enum log_kind *out_kind)
{
	const struct entry *last = rotation->count ? &rotation->entries[rotation->count - 1] : NULL;

	if (!last)
		return false;
	*out_seq = last->seq;
	*out_kind = last->kind;
	return true;
}

uint64_t log_rotation_bytes(const struct log_rotation *rotation)
{
	return rotation->bytes;
}

size_t log_rotation_count(const struct log_rotation *rotation)
{
	return rotation->count;
}
