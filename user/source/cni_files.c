// SPDX-License-Identifier: Apache-2.0
#include "source/cni_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "log.h"
#include "source/file.h"

static void clear_file(struct cni_file *file)
{
	free(file->ranges);
	*file = (struct cni_file){ 0 };
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

static int read_conf(const struct cni_files *files, const char *text, size_t size,
		     struct cni_file *out)
{
	struct cni_conf conf;
	int err;

	(void)files;
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

static int read_result(const struct cni_files *files, const char *text, size_t size,
		       struct cni_file *out)
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

		err = netns_inode(files->host_root, sandbox, inode);
		/* Under a root of its own the absolute link /var/run -> /run leads astray. */
		if (err && strncmp(sandbox, var_run, sizeof(var_run) - 1) == 0)
			err = netns_inode(files->host_root, sandbox + strlen("/var"), inode);
		if (!err)
			out->sandbox_count++;
	}
	/* A sandbox that is gone is a result that outlived its pod. */
	return 0;
}

static const struct kind_row {
	bool (*has_name)(const char *name); /* is a file of this name meant for us? */
	int (*read)(const struct cni_files *files, const char *text, size_t size,
		    struct cni_file *out);
	const char *what;
} rows[CNI_KIND_COUNT] = {
	[CNI_KIND_CONF] = { is_conf_name, read_conf, "CNI configuration" },
	[CNI_KIND_RESULT] = { is_result_name, read_result, "cached CNI result" },
};

static int read_one(const struct cni_files *files, const char *name, struct cni_file *out)
{
	cleanup_file struct cni_file file = { 0 };
	cleanup_free char *text = NULL;
	char path[PATH_MAX];
	size_t size;
	int err;

	if (snprintf(path, sizeof(path), "%s/%s", files->path, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	err = file_read(path, CNI_FILE_MAX, &text, &size);
	if (!err)
		err = rows[files->kind].read(files, text, size, &file);
	if (err)
		return err;

	*out = file;
	file = (struct cni_file){ 0 };
	return 0;
}

/* Where `name` is, or belongs. */
static size_t find(const struct cni_files *files, const char *name, bool *out_found)
{
	size_t low = 0, high = files->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(files->files[middle].name, name);

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

static void drop(struct cni_files *files, size_t at)
{
	clear_file(&files->files[at]);
	files->count--;
	memmove(&files->files[at], &files->files[at + 1],
		(files->count - at) * sizeof(files->files[0]));
}

static bool make_room(struct cni_files *files, size_t at)
{
	struct cni_file *file = &files->files[at];

	if (files->count == CNI_FILES_MAX)
		return false;
	memmove(file + 1, file, (files->count - at) * sizeof(*file));
	*file = (struct cni_file){ 0 };
	files->count++;
	return true;
}

static const char *describe(int err)
{
	switch (err) {
	case -EBADMSG:
		return "not JSON";
	case -EINVAL:
		return "not as expected";
	default:
		return file_strerror(err);
	}
}

static void complain(struct cni_files *files, struct cni_file *file, int err)
{
	if (err == -EFBIG)
		files->skipped++;
	else
		files->errors++;
	if (!file->is_bad)
		log_warn("cannot use '%s/%s' as %s: %s, ignoring", files->path, file->name,
			 rows[files->kind].what, describe(err));
	file->is_bad = true;
}

static void complain_full(struct cni_files *files, const char *name)
{
	files->skipped++;
	if (!files->is_full)
		log_warn("no room for '%s/%s' among %d files, ignoring", files->path, name,
			 CNI_FILES_MAX);
	files->is_full = true;
}

void cni_files_update(struct cni_files *files, const char *name, bool is_whole)
{
	cleanup_file struct cni_file fresh = { 0 };
	struct cni_file *file;
	bool is_known;
	size_t at;
	int err;

	if (!rows[files->kind].has_name(name))
		return;
	at = find(files, name, &is_known);
	err = read_one(files, name, &fresh);
	if (err == -ENOENT || err == -EISDIR) {
		if (is_known)
			drop(files, at);
		return;
	}
	if (err == -EBADMSG && !is_whole)
		return;
	if (!is_known && !make_room(files, at)) {
		complain_full(files, name);
		return;
	}

	file = &files->files[at];
	snprintf(fresh.name, sizeof(fresh.name), "%s", name);
	fresh.is_bad = file->is_bad;
	fresh.is_seen = true;
	clear_file(file);
	*file = take(fresh, ((struct cni_file){ 0 }));
	if (err)
		complain(files, file, err);
	else
		file->is_bad = false;
}

void cni_files_update_all(struct cni_files *files)
{
	DIR *stream = opendir(files->path);
	const struct dirent *entry;

	for (size_t i = 0; i < files->count; i++)
		files->files[i].is_seen = false;
	while (stream && (entry = readdir(stream)))
		cni_files_update(files, entry->d_name, true);
	if (stream)
		closedir(stream);
	for (size_t i = files->count; i-- > 0;) {
		if (!files->files[i].is_seen)
			drop(files, i);
	}
}

size_t cni_files_count_good(const struct cni_files *files)
{
	size_t good = 0;

	for (size_t i = 0; i < files->count; i++)
		good += !files->files[i].is_bad;
	return good;
}

int cni_files_init(enum cni_kind kind, const char *path, const char *host_root,
		   struct cni_files *out)
{
	struct cni_file *files = calloc(CNI_FILES_MAX, sizeof(files[0]));

	if (!files)
		return -ENOMEM;

	*out = (struct cni_files){
		.kind = kind,
		.path = path,
		.host_root = host_root,
		.files = files,
	};
	return 0;
}

void cni_files_clear(struct cni_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		clear_file(&files->files[i]);
	free(files->files);
	*files = (struct cni_files){ 0 };
}
