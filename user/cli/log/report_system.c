// SPDX-License-Identifier: Apache-2.0
#include "cli/log/report_system.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "source/base/file.h"

enum {
	ENTRIES_MAX = 4096, /* of a listing */
	FILES_MAX = 64,
	TEXT_MAX = 64 * 1024,
	ENVIRONMENT_MAX = 1 << 20,
	DEV_MAX = 4 << 20,
	PATH_SIZE = 4096,
	PREFIXES_MAX = 128,
	PREFIX_SIZE = 16,
};

/* ---- directories ---- */

static void free_entries(struct dirent **entries, int count)
{
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

/* In order, without "." and "..": hidden ones are none of ours. */
static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void list_one(const char *path, const char *name, FILE *out)
{
	char time[TEXT_TIME_SIZE], line[512];
	struct stat st;

	text_to_line(name, line, sizeof(line));
	if (lstat(path, &st) < 0) {
		fprintf(out, "%s: %s\n", line, strerror(errno));
		return;
	}
	text_time((int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec, time);
	fprintf(out, "%c%04o %10" PRIu64 " %s %s\n",
		S_ISDIR(st.st_mode)   ? 'd'
		: S_ISREG(st.st_mode) ? '-'
				      : '?',
		st.st_mode & 07777, (uint64_t)st.st_size, time, line);
}

int system_list(const char *directory, const char *prefix, FILE *out)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_shown, alphasort), listed = 0;
	char path[PATH_SIZE];

	if (count < 0)
		return -errno;
	for (int i = 0; i < count && listed < ENTRIES_MAX; i++) {
		if (strncmp(entries[i]->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		list_one(path, entries[i]->d_name, out);
		listed++;
	}
	if (listed == ENTRIES_MAX)
		fputs("(and more)\n", out);
	free_entries(entries, count);
	return 0;
}

int system_list_tree(const char *directory, FILE *out)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_shown, alphasort);
	char path[PATH_SIZE], line[PATH_SIZE];

	if (count < 0)
		return -errno;
	text_to_line(directory, line, sizeof(line));
	fprintf(out, "%s:\n", line);
	system_list(directory, "", out);
	for (int i = 0; i < count && i < FILES_MAX; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		if (entries[i]->d_type != DT_DIR)
			continue;
		text_to_line(path, line, sizeof(line));
		fprintf(out, "\n%s:\n", line);
		system_list(path, "", out);
	}
	free_entries(entries, count);
	putc('\n', out);
	return 0;
}

int system_each_file(const char *directory,
		     void (*fn)(const char *path, const char *name, void *ctx), void *ctx)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_shown, alphasort);
	char path[PATH_SIZE];

	if (count < 0)
		return -errno;
	for (int i = 0; i < count && i < FILES_MAX; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		if (entries[i]->d_type != DT_DIR)
			fn(path, entries[i]->d_name, ctx);
	}
	free_entries(entries, count);
	return 0;
}

/* ---- the kernel ---- */

/* "name: text", each line of it; what is not there says so. */
static void write_file(const char *root, const char *name, FILE *out)
{
	cleanup_free char *text = NULL;
	char path[PATH_SIZE];
	size_t size;
	int err;

	snprintf(path, sizeof(path), "%s%s", root, name);
	err = file_read(path, TEXT_MAX, &text, &size);
	fprintf(out, "%s: %s%s", name, err ? file_strerror(err) : text,
		!err && size && text[size - 1] == '\n' ? "" : "\n");
}

static void write_cgroups(const char *root, FILE *out)
{
	char path[PATH_SIZE];
	bool is_v2, is_hybrid;

	snprintf(path, sizeof(path), "%s/sys/fs/cgroup/cgroup.controllers", root);
	is_v2 = !access(path, F_OK);
	snprintf(path, sizeof(path), "%s/sys/fs/cgroup/unified/cgroup.controllers", root);
	is_hybrid = !access(path, F_OK);
	fprintf(out, "cgroups: %s\n", is_v2 ? "v2" : is_hybrid ? "hybrid" : "v1, or none");
}

int system_write_kernel(const char *host_root, const char *proc_dir, FILE *out)
{
	static const char *const of_proc[] = {
		"/version",
		"/cmdline",
		"/sys/kernel/unprivileged_bpf_disabled",
		"/sys/kernel/bpf_stats_enabled",
		"/sys/kernel/perf_event_paranoid",
		"/sys/kernel/random/boot_id",
		"/sys/net/core/bpf_jit_enable",
		"/sys/net/core/bpf_jit_harden",
		"/sys/net/core/bpf_jit_limit",
		"/sys/net/ipv4/ip_forward",
		"/sys/net/ipv4/conf/all/rp_filter",
		"/sys/net/ipv6/conf/all/disable_ipv6",
		"/sys/net/ipv6/conf/all/forwarding",
		"/sys/user/max_net_namespaces",
		"/meminfo",
	};
	static const char *const of_sys[] = { "/sys/kernel/security/lockdown",
					      "/sys/kernel/security/lsm" };
	struct utsname name;
	char path[PATH_SIZE];
	struct stat st;

	if (!uname(&name))
		fprintf(out, "uname: %s %s %s %s\n", name.sysname, name.release, name.version,
			name.machine);
	snprintf(path, sizeof(path), "%s/sys/kernel/btf/vmlinux", host_root);
	if (stat(path, &st) < 0)
		fprintf(out, "BTF: %s\n", strerror(errno));
	else
		fprintf(out, "BTF: %" PRIu64 " bytes\n", (uint64_t)st.st_size);
	write_cgroups(host_root, out);
	for (size_t i = 0; i < array_size(of_sys); i++)
		write_file(host_root, of_sys[i], out);
	for (size_t i = 0; i < array_size(of_proc); i++)
		write_file(proc_dir, of_proc[i], out);
	return 0;
}

/* ---- processes ---- */

static const char *path_of(const char *proc_dir, int pid, const char *file,
			   char out[static PATH_SIZE])
{
	snprintf(out, PATH_SIZE, "%s/%d/%s", proc_dir, pid, file);
	return out;
}

static void write_environment(const char *proc_dir, int pid, FILE *out)
{
	cleanup_free char *text = NULL;
	char path[PATH_SIZE];
	size_t size;
	int err = file_read(path_of(proc_dir, pid, "environ", path), ENVIRONMENT_MAX, &text, &size);

	if (err) {
		fprintf(out, "environment: %s\n", file_strerror(err));
		return;
	}
	for (const char *at = text; at < text + size; at += strlen(at) + 1)
		if (!strncmp(at, "PODIP_", 6))
			fprintf(out, "%s\n", at);
}

static void count_descriptors(const char *proc_dir, int pid, FILE *out)
{
	struct dirent **entries;
	char path[PATH_SIZE];
	int count;

	snprintf(path, sizeof(path), "%s/%d/fd", proc_dir, pid);
	count = scandir(path, &entries, is_shown, NULL);
	if (count < 0) {
		fprintf(out, "descriptors: %s\n", strerror(errno));
		return;
	}
	fprintf(out, "descriptors: %d\n", count);
	free_entries(entries, count);
}

int system_write_process(const char *proc_dir, int pid, FILE *out)
{
	static const char *const files[] = { "status", "limits", "cgroup" };
	char path[PATH_SIZE];

	write_environment(proc_dir, pid, out);
	count_descriptors(proc_dir, pid, out);
	for (size_t i = 0; i < array_size(files); i++) {
		cleanup_free char *text = NULL;
		size_t size;
		int err = file_read(path_of(proc_dir, pid, files[i], path), TEXT_MAX, &text, &size);

		fprintf(out, "\n%s:\n%s", files[i], err ? file_strerror(err) : text);
	}
	return 0;
}

static bool is_agent(const char *command, size_t size)
{
	const char *slash = strrchr(command, '/'), *name = slash ? slash + 1 : command;
	size_t first = strlen(command) + 1;

	return !strcmp(name, "podip") && first < size && !strcmp(command + first, "run");
}

int system_find_agent(const char *proc_dir, int wanted, char *out_command, size_t size)
{
	struct dirent **entries;
	int count = scandir(proc_dir, &entries, is_shown, NULL), pid = 0;
	char path[PATH_SIZE];

	for (int i = 0; i < count && !pid; i++) {
		cleanup_free char *text = NULL;
		size_t length;
		int candidate = (int)strtol(entries[i]->d_name, NULL, 10);

		if (candidate <= 0 || (wanted && candidate != wanted) ||
		    file_read(path_of(proc_dir, candidate, "cmdline", path), size - 2, &text,
			      &length) ||
		    !length || !is_agent(text, length))
			continue;
		memcpy(out_command, text, length);
		memset(out_command + length, 0, 2);
		pid = candidate;
	}
	if (count >= 0)
		free_entries(entries, count);
	return pid;
}

/* ---- links ---- */

struct prefix_count {
	char prefix[PREFIX_SIZE];
	unsigned int count;
};

static void count_prefix(struct prefix_count *counts, size_t *count, const char *name)
{
	char prefix[PREFIX_SIZE] = "";
	size_t i = 0;

	for (; i < sizeof(prefix) - 1 && isalpha((unsigned char)name[i]); i++)
		prefix[i] = name[i];
	for (i = 0; i < *count && strcmp(counts[i].prefix, prefix) != 0;)
		i++;
	if (i == PREFIXES_MAX)
		return;
	if (i == *count)
		memcpy(counts[(*count)++].prefix, prefix, sizeof(prefix));
	counts[i].count++;
}

int system_write_links(const char *proc_dir, FILE *out)
{
	struct prefix_count counts[PREFIXES_MAX] = { 0 };
	cleanup_free char *text = NULL;
	unsigned int total = 0;
	char path[PATH_SIZE];
	size_t count = 0, size;
	int err = file_read(path_of(proc_dir, 1, "net/dev", path), DEV_MAX, &text, &size);
	char *save = NULL;

	if (err)
		return err;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " ");
		if (!strchr(line, ':') || strchr(line, '|'))
			continue;
		count_prefix(counts, &count, line);
		total++;
	}
	fprintf(out, "%u links of the node\n", total);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%-16s %u\n", *counts[i].prefix ? counts[i].prefix : "(other)",
			counts[i].count);
	return 0;
}
