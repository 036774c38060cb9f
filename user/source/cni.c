// SPDX-License-Identifier: Apache-2.0
/*
 * One table of files a directory, by name as libcni orders them: what each said
 * when it was last read. A change re-reads that file alone; what all of them say
 * together is put together anew from the table.
 */
#include "source/cni.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "log.h"
#include "source/cni_conf.h"
#include "source/dirwatch.h"
#include "source/file.h"

enum directory_kind { DIRECTORY_CONF, DIRECTORY_CACHE, DIRECTORY_COUNT };

struct file {
	char *name;
	struct range *ranges;
	size_t range_count;
	uint32_t sandboxes[CNI_RESULT_SANDBOXES_MAX];
	size_t sandbox_count;
	bool is_bad; /* the log has it */
	bool is_seen; /* by the reading of the directory under way */
};

struct directory {
	struct file *files; /* by name */
	size_t count;
	bool is_changed;
	bool is_full; /* the log has it */
};

struct cni {
	struct dirwatch *watch;
	const char *paths[DIRECTORY_COUNT];
	const char *host_root;
	struct directory directories[DIRECTORY_COUNT];
	struct range *ranges;
	size_t range_count;
	uint32_t *sandboxes; /* sorted */
	size_t sandbox_count;
	struct cni_stats stats;
};

static void clear_file(struct file *file)
{
	free(file->name);
	free(file->ranges);
	*file = (struct file){ 0 };
}
#define cleanup_file cleanup(clear_file)

static bool is_conf_name(const char *name)
{
	const char *suffix = strrchr(name, '.');

	return suffix && (strcmp(suffix, ".conf") == 0 || strcmp(suffix, ".conflist") == 0 ||
			  strcmp(suffix, ".json") == 0);
}

static bool is_result_name(const char *name)
{
	(void)name;
	return true;
}

static int read_conf(const struct cni *cni, const char *text, size_t size, struct file *out)
{
	struct cni_conf conf;
	int err;

	(void)cni;
	err = cni_conf_parse(text, size, &conf);
	if (err || !conf.count)
		return err;

	out->ranges = calloc(conf.count, sizeof(out->ranges[0]));
	if (!out->ranges)
		return -ENOMEM;
	memcpy(out->ranges, conf.ranges, conf.count * sizeof(out->ranges[0]));
	out->range_count = conf.count;
	return 0;
}

/* Only a file of nsfs has an inode that means a namespace; of which kind does not matter, since all
 * kinds share one numbering. */
static int netns_inode(const char *host_root, const char *sandbox, uint32_t *out)
{
	cleanup_close int fd = -1;
	char path[PATH_MAX];
	struct statfs fs;
	struct stat st;

	if (snprintf(path, sizeof(path), "%s%s", host_root, sandbox) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -EINVAL;

	*out = (uint32_t)st.st_ino;
	return 0;
}

static int read_result(const struct cni *cni, const char *text, size_t size, struct file *out)
{
	static const char var_run[] = "/var/run/";
	struct cni_result result;
	int err;

	err = cni_result_parse(text, size, &result);
	if (err)
		return err;

	for (size_t i = 0; i < result.count; i++) {
		const char *sandbox = result.sandboxes[i];
		uint32_t *inode = &out->sandboxes[out->sandbox_count];

		err = netns_inode(cni->host_root, sandbox, inode);
		/* Under a root of its own the absolute link /var/run -> /run leads astray. */
		if (err && strncmp(sandbox, var_run, sizeof(var_run) - 1) == 0)
			err = netns_inode(cni->host_root, sandbox + strlen("/var"), inode);
		if (!err)
			out->sandbox_count++;
	}
	/* A sandbox that is gone is a result that outlived its pod. */
	return 0;
}

static const struct directory_row {
	bool (*has_name)(const char *name); /* is a file of this name meant for us? */
	int (*read)(const struct cni *cni, const char *text, size_t size, struct file *out);
	const char *what;
} rows[DIRECTORY_COUNT] = {
	[DIRECTORY_CONF] = { is_conf_name, read_conf, "a CNI configuration" },
	[DIRECTORY_CACHE] = { is_result_name, read_result, "a cached CNI result" },
};

static int read_one(const struct cni *cni, size_t index, const char *name, struct file *out)
{
	cleanup_file struct file file = { 0 };
	cleanup_free char *text = NULL;
	char path[PATH_MAX];
	size_t size;
	int err;

	if (snprintf(path, sizeof(path), "%s/%s", cni->paths[index], name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	err = file_read(path, CNI_FILE_MAX, &text, &size);
	if (!err)
		err = rows[index].read(cni, text, size, &file);
	if (err)
		return err;

	*out = file;
	file = (struct file){ 0 };
	return 0;
}

/* Where `name` is, or belongs. */
static size_t find(const struct directory *directory, const char *name, bool *out_found)
{
	size_t low = 0, high = directory->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(directory->files[middle].name, name);

		if (order == 0) {
			*out_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*out_found = false;
	return low;
}

static void drop(struct directory *directory, size_t at)
{
	clear_file(&directory->files[at]);
	directory->count--;
	memmove(&directory->files[at], &directory->files[at + 1],
		(directory->count - at) * sizeof(directory->files[0]));
	directory->is_changed = true;
}

static int insert(struct directory *directory, size_t at, const char *name)
{
	char *copy;

	if (directory->count == CNI_FILES_MAX)
		return -ENOSPC;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;

	memmove(&directory->files[at + 1], &directory->files[at],
		(directory->count - at) * sizeof(directory->files[0]));
	directory->files[at] = (struct file){ .name = copy };
	directory->count++;
	return 0;
}

static const char *describe(int err)
{
	switch (err) {
	case -EBADMSG:
		return "not JSON";
	case -EINVAL:
		return "not as expected";
	case -EFBIG:
		return "too large";
	case -ENOTSUP:
		return "not a regular file";
	default:
		return strerror(-err);
	}
}
