// SPDX-License-Identifier: Apache-2.0
/*
 * One pass over the directory notes who lives where; cgroups are read after it, once
 * it is known which processes of a namespace are its first ones.
 */
#include "source/base/processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PATH_SIZE = 32, /* "4294967295/ns/net" */
	LINK_SIZE = 32, /* "net:[4294967295]" */
	ROOM_AT_FIRST = 256,
	CGROUP_SIZE = 16384, /* a dozen lines of v1, deeply nested */
};

/* A namespace, and the first of its processes. */
struct home {
	uint32_t inum;
	uint32_t count;
	uint32_t pids[PROCESSES_TRIES_MAX]; /* sorted */
};

struct scan {
	int proc;
	uint32_t host_inum;
	struct home *homes; /* sorted */
	size_t count, room;
	struct processes found;
};

static void close_dir(DIR *dir)
{
	if (dir)
		closedir(dir);
}

DEFINE_CLEANUP(dir, DIR *, close_dir)
#define cleanup_dir cleanup(cleanup_dir_fn)

/* Decimal digits from `text` up to `end`, none of them a leading zero. */
static bool read_number(const char *text, char end, uint32_t *out)
{
	uint32_t number = 0;

	if (*text < '1' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint32_t)(*text - '0'), &number))
			return false;
	if (*text != end)
		return false;

	*out = number;
	return true;
}

static int read_netns(int proc, uint32_t pid, uint32_t *out)
{
	static const char head[] = "net:[";
	char path[PATH_SIZE], link[LINK_SIZE];
	ssize_t size;

	snprintf(path, sizeof(path), "%u/ns/net", pid);
	size = readlinkat(proc, path, link, sizeof(link) - 1);
	if (size < 0)
		return -errno;
	link[size] = '\0';
	if (strncmp(link, head, sizeof(head) - 1) != 0 ||
	    !read_number(link + sizeof(head) - 1, ']', out))
		return -EINVAL;
	return 0;
}

/* Whoever ends between two looks of the kernel is refused to us, too. */
static bool has_ended(int proc, uint32_t pid, int err)
{
	char path[PATH_SIZE];
	struct stat st;

	if (err == -ENOENT || err == -ESRCH || err == -ENOTDIR)
		return true;
	snprintf(path, sizeof(path), "%u", pid);
	return fstatat(proc, path, &st, 0) < 0;
}

/* Where inum is, or belongs. */
static size_t find_home(const struct scan *scan, uint32_t inum)
{
	size_t low = 0, high = scan->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (scan->homes[middle].inum < inum)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int make_room(struct scan *scan, size_t at)
{
	if (scan->count == scan->room) {
		size_t room = scan->room ? scan->room * 2 : ROOM_AT_FIRST;
		struct home *homes = realloc(scan->homes, room * sizeof(homes[0]));

		if (!homes)
			return -ENOMEM;
		scan->homes = homes;
		scan->room = room;
	}
	memmove(&scan->homes[at + 1], &scan->homes[at],
		(scan->count++ - at) * sizeof(scan->homes[0]));
	return 0;
}

static void add_pid(struct home *home, uint32_t pid)
{
	size_t at = home->count;

	while (at && home->pids[at - 1] > pid)
		at--;
	if (at == PROCESSES_TRIES_MAX)
		return;
	if (home->count < PROCESSES_TRIES_MAX)
		home->count++;
	memmove(&home->pids[at + 1], &home->pids[at],
		(home->count - 1 - at) * sizeof(home->pids[0]));
	home->pids[at] = pid;
}

static int add(struct scan *scan, uint32_t inum, uint32_t pid)
{
	size_t at = find_home(scan, inum);

	if (at == scan->count || scan->homes[at].inum != inum) {
		int err;

		if (scan->count == PROCESSES_NETNS_MAX) {
			scan->found.dropped++;
			return 0;
		}
		err = make_room(scan, at);
		if (err)
			return err;
		scan->homes[at] = (struct home){ .inum = inum };
	}
	add_pid(&scan->homes[at], pid);
	return 0;
}

static bool read_cgroup(int proc, uint32_t pid, char out[static CGROUP_SIZE])
{
	cleanup_close int fd = -1;
	char path[PATH_SIZE];
	size_t size = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "%u/cgroup", pid);
	fd = openat(proc, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while ((n = read(fd, out + size, CGROUP_SIZE - 1 - size)) > 0)
		size += (size_t)n;
	out[size] = '\0';
	return size > 0;
}

/* Processes that can do more than we can hide where they live, process 1 first of all. What stands
 * in no pod's cgroup is not what keeps a pod's namespace alive. */
static bool may_be_a_pods(int proc, uint32_t pid)
{
	char text[CGROUP_SIZE];
	struct pod pod;

	return !read_cgroup(proc, pid, text) || pod_from_cgroup(text, &pod);
}

static int look_at(struct scan *scan, uint32_t pid)
{
	uint32_t inum = 0;
	int err;

	err = read_netns(scan->proc, pid, &inum);
	if (err && has_ended(scan->proc, pid, err))
		return 0;
	scan->found.seen++;
	if (err)
		scan->found.refused += may_be_a_pods(scan->proc, pid);
	else if (inum != scan->host_inum)
		return add(scan, inum, pid);
	return 0;
}

static int look_at_all(struct scan *scan, DIR *dir)
{
	const struct dirent *entry;
	uint32_t pid;
	int err = 0;

	for (errno = 0; !err && (entry = readdir(dir)); errno = 0)
		if (read_number(entry->d_name, '\0', &pid))
			err = look_at(scan, pid);
	return err ? err : -errno;
}

static bool read_pod(int proc, const struct home *home, struct pod *out)
{
	char text[CGROUP_SIZE];
	struct pod pod;

	for (size_t i = 0; i < home->count; i++) {
		uint32_t pid = home->pids[i], inum = 0;

		if (!read_cgroup(proc, pid, text) || !pod_from_cgroup(text, &pod))
			continue;
		/* The number may be another process's by now. */
		if (read_netns(proc, pid, &inum) == 0 && inum == home->inum) {
			*out = pod;
			return true;
		}
	}
	return false;
}

static int read_pods(struct scan *scan)
{
	struct processes *found = &scan->found;

	if (!scan->count)
		return 0;
	found->all = calloc(scan->count, sizeof(found->all[0]));
	if (!found->all)
		return -ENOMEM;

	for (size_t i = 0; i < scan->count; i++) {
		struct process_netns *netns = &found->all[i];

		netns->inum = scan->homes[i].inum;
		netns->has_pod = read_pod(scan->proc, &scan->homes[i], &netns->pod);
	}
	found->count = scan->count;
	return 0;
}

int processes_scan(const char *proc_dir, uint32_t host_inum, struct processes *out)
{
	cleanup_dir DIR *dir = opendir(proc_dir);
	struct scan scan = { .host_inum = host_inum };
	int err;

	if (!dir)
		return -errno;
	scan.proc = dirfd(dir);
	err = look_at_all(&scan, dir);
	if (!err)
		err = read_pods(&scan);
	free(scan.homes);
	if (err)
		return err;

	*out = scan.found;
	return 0;
}

void processes_clear(struct processes *processes)
{
	free(processes->all);
	*processes = (struct processes){ 0 };
}

static int compare_netns(const void *key, const void *netns)
{
	uint32_t inum = *(const uint32_t *)key;
	uint32_t other = ((const struct process_netns *)netns)->inum;

	return (inum > other) - (inum < other);
}

const struct process_netns *processes_find(const struct processes *processes, uint32_t inum)
{
	if (!processes->count)
		return NULL;
	return bsearch(&inum, processes->all, processes->count, sizeof(processes->all[0]),
		       compare_netns);
}
