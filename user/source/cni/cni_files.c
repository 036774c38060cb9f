// SPDX-License-Identifier: Apache-2.0
#include "source/cni/cni_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "log.h"
#include "source/base/file.h"
#include "source/base/nsfs.h"

static void clear_file(struct cni_file *file)
{
	free(file->ranges);
	free(file->pod_cidr_network);
	free(file->kept);
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

static bool is_same_directory(const char *root, const char *path, const char *other)
{
	size_t root_size = strlen(root), size = strlen(path), other_size = strlen(other);

	while (size > 1 && path[size - 1] == '/')
		size--;
	while (other_size > 1 && other[other_size - 1] == '/')
		other_size--;
	return root_size + size == other_size && memcmp(other, root, root_size) == 0 &&
	       memcmp(other + root_size, path, size) == 0;
}

static int read_conf(const struct cni_files *files, const char *text, size_t size,
		     struct cni_file *out)
{
	struct cni_conf conf;
	int err;

	err = cni_conf_parse(text, size, &conf);
	if (!err && *conf.pod_cidr_network) {
		out->pod_cidr_network = strdup(conf.pod_cidr_network);
		err = out->pod_cidr_network ? 0 : -ENOMEM;
	}
	if (err || !conf.count)
		return err;

	out->ranges = calloc(conf.count, sizeof(out->ranges[0]));
	if (!out->ranges)
		return -ENOMEM;
	memcpy(out->ranges, conf.ranges, conf.count * sizeof(out->ranges[0]));
	out->range_count = conf.count;
	_Static_assert(CNI_CONF_RANGES_MAX <= 64, "more ranges than bits");
	for (size_t i = 0; i < conf.count; i++) {
		const char *dir = conf.data_dirs[i];

		if (*dir && (!files->state_dir ||
			     !is_same_directory(files->host_root, dir, files->state_dir)))
			out->elsewhere |= UINT64_C(1) << i;
	}
	return 0;
}

static void add_netns(uint32_t inode, struct cni_pod *pod)
{
	for (size_t i = 0; i < pod->netns_count; i++) {
		if (pod->netns[i] == inode)
			return;
	}
	pod->netns[pod->netns_count++] = inode;
}

static bool says_something(const struct cni_pod *pod)
{
	return pod->ip_count || *pod->pod.namespace || *pod->pod.name || *pod->pod.uid ||
	       *pod->pod.container_id;
}

static int read_result(const struct cni_files *files, const char *text, size_t size,
		       struct cni_file *out)
{
	struct cni_result result;
	struct cni_pod pod = { .since_ns = out->written_ns };
	size_t gone = 0;
	int err;

	err = cni_result_parse(text, size, &result);
	if (err)
		return err;

	for (size_t i = 0; i < result.sandbox_count; i++) {
		uint32_t inode = 0;

		err = nsfs_inode(files->host_root, result.sandboxes[i], &inode);
		gone += err == -ESTALE;
		if (!err)
			add_netns(inode, &pod);
	}
	memcpy(out->sandboxes, pod.netns, sizeof(out->sandboxes));
	out->sandbox_count = pod.netns_count;
	out->dropped_ips = result.dropped_ips;

	pod.pod = result.pod;
	pod.is_gone = gone && gone == result.sandbox_count;
	memcpy(pod.ips, result.ips, sizeof(pod.ips));
	pod.ip_count = result.ip_count;
	pod.network = result.network;
	pod.ifname = result.ifname;
	return says_something(&pod) ? cni_pod_keep(&pod, &out->kept) : 0;
}

static const struct kind_row {
	bool (*has_name)(const char *name); /* is a file of this name meant for us? */
	int (*read)(const struct cni_files *files, const char *text, size_t size,
		    struct cni_file *out);
	const char *what;
	bool is_lasting; /* what a file said lasts while it cannot be understood */
} rows[CNI_KIND_COUNT] = {
	[CNI_KIND_CONF] = { is_conf_name, read_conf, "CNI configuration", true },
	[CNI_KIND_RESULT] = { is_result_name, read_result, "cached CNI result", false },
};

static int64_t written_ns(const char *path)
{
	struct stat st;
	int64_t ns;

	if (stat(path, &st) < 0 ||
	    __builtin_mul_overflow((int64_t)st.st_mtim.tv_sec, INT64_C(1000000000), &ns) ||
	    __builtin_add_overflow(ns, (int64_t)st.st_mtim.tv_nsec, &ns))
		return 0;
	return ns;
}

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
	file.written_ns = written_ns(path);
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
	files->is_changed |= files->files[at].kept != NULL;
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
	case -E2BIG:
		return "too much in it";
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
	if (err == -ENOENT || (err == -EISDIR && !is_known)) {
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
	if (err && is_known && rows[files->kind].is_lasting) {
		file->is_seen = true;
		complain(files, file, err);
		return;
	}
	snprintf(fresh.name, sizeof(fresh.name), "%s", name);
	fresh.is_bad = file->is_bad;
	fresh.is_seen = true;
	files->is_changed |= !cni_kept_is_equal(file->kept, fresh.kept);
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
		   const char *state_dir, struct cni_files *out)
{
	struct cni_file *files = calloc(CNI_FILES_MAX, sizeof(files[0]));

	if (!files)
		return -ENOMEM;

	*out = (struct cni_files){
		.kind = kind,
		.path = path,
		.host_root = host_root,
		.state_dir = state_dir,
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
