// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/bpf_facts.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "source/base/file.h"

enum { FDS_MAX = 1024, FDINFO_MAX = 8192, PATH_SIZE = 512 };

static void close_directory(DIR *dir)
{
	if (dir)
		closedir(dir);
}
DEFINE_CLEANUP(closedir, DIR *, close_directory)
#define cleanup_closedir cleanup(cleanup_closedir_fn)

static void write_program(uint32_t id, FILE *out)
{
	cleanup_close int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size)) {
		fprintf(out, "program %u: %s\n", id, strerror(errno));
		return;
	}
	fprintf(out,
		"program %u name %.16s type %u tag %02x%02x%02x%02x%02x%02x%02x%02x runs %" PRIu64
		" run_ns %" PRIu64 " missed %" PRIu64 " jited %u maps %u\n",
		info.id, info.name, info.type, info.tag[0], info.tag[1], info.tag[2], info.tag[3],
		info.tag[4], info.tag[5], info.tag[6], info.tag[7], (uint64_t)info.run_cnt,
		(uint64_t)info.run_time_ns, (uint64_t)info.recursion_misses, info.jited_prog_len,
		info.nr_map_ids);
}

static void write_map(uint32_t id, FILE *out)
{
	cleanup_close int fd = bpf_map_get_fd_by_id(id);
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size)) {
		fprintf(out, "map %u: %s\n", id, strerror(errno));
		return;
	}
	fprintf(out, "map %u name %.16s type %u key %u value %u max_entries %u flags %u\n", info.id,
		info.name, info.type, info.key_size, info.value_size, info.max_entries,
		info.map_flags);
}

/* "prog_id:\t12" or "map_id:\t12" of what a descriptor is of; a link's program is its own. */
static bool find_id(const char *text, const char *key, uint32_t *out)
{
	const char *at = strstr(text, key);

	if (!at || (at > text && at[-1] != '\n'))
		return false;
	*out = (uint32_t)strtoul(at + strlen(key), NULL, 10);
	return *out;
}

static void write_descriptor(const char *path, FILE *out)
{
	cleanup_free char *text = NULL;
	size_t size;
	uint32_t id;

	if (file_read(path, FDINFO_MAX, &text, &size) || strstr(text, "link_id:"))
		return;
	if (find_id(text, "prog_id:", &id))
		write_program(id, out);
	else if (find_id(text, "map_id:", &id))
		write_map(id, out);
}

int bpf_facts_write(const char *proc_dir, int pid, FILE *out)
{
	char directory[PATH_SIZE], path[PATH_SIZE + 300];
	cleanup_closedir DIR *dir = NULL;
	const struct dirent *entry;

	snprintf(directory, sizeof(directory), "%s/%d/fdinfo", proc_dir, pid);
	dir = opendir(directory);
	if (!dir)
		return -errno;
	for (size_t i = 0; i < FDS_MAX && (entry = readdir(dir)); i++) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		write_descriptor(path, out);
	}
	return 0;
}
