// SPDX-License-Identifier: Apache-2.0
#include "source/base/nsfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"

/* The file is missing; from a directory that we see, or do we not see where it would be? */
static int missing(char *path)
{
	*strrchr(path, '/') = '\0';
	return access(*path ? path : "/", F_OK) == 0 ? -ESTALE : -ENOENT;
}

/* Only a file of nsfs has an inode that means a namespace; of which kind does not matter, since all
 * kinds share one numbering. */
static int inode_of(const char *host_root, const char *path, uint32_t *out)
{
	cleanup_close int fd = -1;
	char whole[PATH_MAX];
	struct statfs fs;
	struct stat st;

	if (snprintf(whole, sizeof(whole), "%s%s", host_root, path) >= (int)sizeof(whole))
		return -ENAMETOOLONG;
	fd = open(whole, O_PATH | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return missing(whole);
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -ESTALE;

	*out = (uint32_t)st.st_ino;
	return 0;
}

int nsfs_inode(const char *host_root, const char *path, uint32_t *out)
{
	static const char var_run[] = "/var/run/";
	int err, other;

	if (*path != '/')
		return -EINVAL;
	err = inode_of(host_root, path, out);
	if (!err || strncmp(path, var_run, sizeof(var_run) - 1) != 0)
		return err;
	/* Under a root of its own the absolute link /var/run -> /run leads astray. */
	other = inode_of(host_root, path + strlen("/var"), out);
	return err == -ESTALE && other ? err : other;
}
