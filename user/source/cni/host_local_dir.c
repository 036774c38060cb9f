// SPDX-License-Identifier: Apache-2.0
/*
 * host-local takes an address as handed out as long as a file of its name exists,
 * whatever it says: one that a crash left empty is a lease of nobody, and the
 * address is lost. So it is an entry here, too, of a sandbox that is not known.
 *
 * Files are made and removed but not written again, so that a directory's time
 * tells of every change; of one within the same tick of the clock only where the
 * directory had been quiet for longer when it was read.
 */
#include "source/cni/host_local_dir.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "source/base/file.h"

enum { ROOM_AT_FIRST = 64, QUIET_S = 1 };

struct reading {
	const char *path;
	size_t limit;
	struct complaints *complaints;
	struct host_local_dir fresh;
};

static void close_dir(DIR **stream)
{
	if (*stream)
		closedir(*stream);
}
#define cleanup_closedir cleanup(close_dir)

static void clear_reading(struct reading *reading)
{
	host_local_dir_clear(&reading->fresh);
}
#define cleanup_reading cleanup(clear_reading)

static bool is_quiet(const struct stat *st)
{
	return st->st_mtim.tv_sec < time(NULL) - QUIET_S;
}

static bool is_equal(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int64_t time_of(const struct stat *st)
{
	if (st->st_mtim.tv_sec < 0 || st->st_mtim.tv_sec >= INT64_MAX / 1000000000)
		return 0;
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

const char *host_local_strerror(int err)
{
	switch (err) {
	case -EINVAL:
		return "its name is no address";
	case -ENODATA:
		return "it is empty";
	case -EBADMSG:
		return "it is no container id and interface";
	default:
		return file_strerror(err);
	}
}

/* Up to the line's end, which goes too. */
static int take_word(const char **rest, char *out, size_t size)
{
	size_t length = 0;

	while ((*rest)[length] > ' ' && (*rest)[length] <= '~')
		length++;
	if (length >= size)
		return -EBADMSG;

	memcpy(out, *rest, length);
	out[length] = '\0';
	*rest += length;
	*rest += strspn(*rest, "\r\n");
	return 0;
}

static int parse(const char *text, size_t size, struct host_local_entry *out)
{
	struct host_local_entry entry = *out;
	const char *rest = text;

	if (!size)
		return -ENODATA;
	if (take_word(&rest, entry.container_id, sizeof(entry.container_id)) ||
	    take_word(&rest, entry.ifname, sizeof(entry.ifname)) || rest != text + size ||
	    !entry.container_id[0])
		return -EBADMSG;

	*out = entry;
	return 0;
}

/* What a file cannot be blamed for. */
static bool is_shortage(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

static int read_file(struct reading *reading, const char *path, struct host_local_entry *entry)
{
	cleanup_free char *text = NULL;
	struct stat st = { 0 };
	size_t size;
	int err;

	err = stat(path, &st) < 0 ? -errno : 0;
	entry->since_ns = time_of(&st);
	if (!err)
		err = file_read(path, HOST_LOCAL_FILE_MAX, &text, &size);
	if (err == -ENOENT || is_shortage(err))
		return err;
	if (!err)
		err = parse(text, size, entry);

	/* Between creation and writing it is empty, too. */
	if (err == -ENODATA && !is_quiet(&st))
		reading->fresh.is_settled = false;
	else if (err)
		complaints_error(reading->complaints, path, host_local_strerror(err));
	return 0;
}

static int append(struct host_local_dir *dir, const struct host_local_entry *entry)
{
	if (dir->count == dir->room) {
		size_t room = dir->room ? dir->room * 2 : ROOM_AT_FIRST;
		struct host_local_entry *larger = realloc(dir->entries, room * sizeof(larger[0]));

		if (!larger)
			return -ENOMEM;
		dir->entries = larger;
		dir->room = room;
	}
	dir->entries[dir->count++] = *entry;
	return 0;
}

static bool is_lease_name(const char *name)
{
	static const char last[] = "last_reserved_ip.";

	return strcmp(name, "lock") != 0 && strncmp(name, last, sizeof(last) - 1) != 0;
}

static int add_file(const char *name, void *ctx)
{
	struct reading *reading = ctx;
	struct host_local_entry entry = { 0 };
	char path[PATH_MAX];
	int err;

	if (!is_lease_name(name))
		return 0;
	if (snprintf(path, sizeof(path), "%s/%s", reading->path, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	if (ip_parse(name, &entry.ip)) {
		complaints_error(reading->complaints, path, host_local_strerror(-EINVAL));
		return 0;
	}
	if (reading->fresh.count >= reading->limit) {
		complaints_skip(reading->complaints, path, "16384 leases");
		return 0;
	}
	err = read_file(reading, path, &entry);
	if (err)
		return err == -ENOENT ? 0 : err;
	return append(&reading->fresh, &entry);
}

_Static_assert(LEASES_MAX == 16384, "add_file() says another bound");

int host_local_dir_read(const char *path, const struct stat *stat, size_t limit,
			struct complaints *complaints, struct host_local_dir *dir)
{
	cleanup_reading struct reading reading = {
		.path = path,
		.limit = limit,
		.complaints = complaints,
		.fresh = { .stat = *stat, .is_settled = is_quiet(stat) },
	};
	struct host_local_dir before = *dir;
	int err;

	if (before.is_settled && is_equal(stat, &before.stat))
		return 0;
	err = host_local_each(path, add_file, &reading);
	if (err)
		return err;

	*dir = reading.fresh;
	reading.fresh = before;
	return 0;
}

void host_local_dir_clear(struct host_local_dir *dir)
{
	free(dir->entries);
	*dir = (struct host_local_dir){ 0 };
}

int host_local_each(const char *path, int (*on_name)(const char *name, void *ctx), void *ctx)
{
	cleanup_closedir DIR *stream = opendir(path);
	const struct dirent *entry;
	int err = 0;

	if (!stream)
		return -errno;
	while (!err) {
		errno = 0;
		entry = readdir(stream);
		if (!entry)
			return -errno;
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			err = on_name(entry->d_name, ctx);
	}
	return err;
}
