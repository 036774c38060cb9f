// SPDX-License-Identifier: Apache-2.0
#include "source/base/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "cleanup.h"

static int open_netns(const char *path, uint32_t *out_inum)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	*out_inum = (uint32_t)status.st_ino;
	return take_fd(fd);
}

int proc_own_netns(uint32_t *out_inum)
{
	cleanup_close int fd = open_netns("/proc/self/ns/net", out_inum);

	return fd < 0 ? fd : 0;
}

int proc_host_netns(const char *proc_dir, uint32_t *out_inum)
{
	cleanup_close int fd = -1;
	char path[512];

	snprintf(path, sizeof(path), "%s/1/ns/net", proc_dir);
	fd = open_netns(path, out_inum);
	return fd < 0 ? fd : 0;
}

int proc_open_host_netns(const char *proc_dir, uint32_t inum)
{
	cleanup_close int fd = -1;
	char path[512];
	uint32_t found = 0;

	fd = open_netns("/proc/self/ns/net", &found);
	if (fd >= 0 && found == inum)
		return take_fd(fd);
	close_fd(take_fd(fd));
	snprintf(path, sizeof(path), "%s/1/ns/net", proc_dir);
	return open_netns(path, &found);
}

void proc_boot_id(const char *proc_dir, char out[static BOOT_ID_SIZE])
{
	cleanup_fclose FILE *file = NULL;
	char path[512];

	out[0] = '\0';
	snprintf(path, sizeof(path), "%s/sys/kernel/random/boot_id", proc_dir);
	file = fopen(path, "re");
	if (!file || !fgets(out, BOOT_ID_SIZE, file))
		return;
	out[strcspn(out, "\n")] = '\0';
}

static void read_memory(struct process_usage *usage)
{
	cleanup_fclose FILE *file = fopen("/proc/self/statm", "re");
	long page = sysconf(_SC_PAGESIZE);
	char line[128], *rest;

	if (!file || !fgets(line, sizeof(line), file))
		return;
	usage->virtual_bytes = strtoull(line, &rest, 10) * (uint64_t)page;
	usage->resident_bytes = strtoull(rest, NULL, 10) * (uint64_t)page;
}

/* Field 22 of stat, in ticks since boot; the name before it may hold spaces and parentheses. */
static double start_since_boot(void)
{
	cleanup_fclose FILE *file = fopen("/proc/self/stat", "re");
	char line[1024];
	const char *field;
	char *end;

	if (!file || !fgets(line, sizeof(line), file))
		return 0;
	field = strrchr(line, ')');
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		return 0;
	return (double)strtoull(field, &end, 10) / (double)sysconf(_SC_CLK_TCK);
}

static uint64_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	uint64_t count = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count ? count - 1 : 0; /* not the one that reads */
}

void proc_usage(struct process_usage *out)
{
	struct process_usage usage = { 0 };
	struct timespec cpu, wall, boot;
	struct rlimit files;

	if (!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu))
		usage.cpu_s = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
	if (!clock_gettime(CLOCK_REALTIME, &wall) && !clock_gettime(CLOCK_BOOTTIME, &boot))
		usage.start_s = (double)(wall.tv_sec - boot.tv_sec) +
				(double)(wall.tv_nsec - boot.tv_nsec) / 1e9 + start_since_boot();
	if (!getrlimit(RLIMIT_NOFILE, &files))
		usage.max_fds = files.rlim_cur;
	usage.open_fds = count_fds();
	read_memory(&usage);
	*out = usage;
}
