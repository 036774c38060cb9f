// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/netns_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "cleanup.h"

static int enter(int netns)
{
	return setns(netns, CLONE_NEWNET) ? -errno : 0;
}

static bool is_same(int one, int other)
{
	struct stat a, b;

	return !fstat(one, &a) && !fstat(other, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* Even to stay where one is takes CAP_SYS_ADMIN. */
int netns_socket_open(int netns, int *out)
{
	cleanup_close int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	cleanup_close int fd = -1;
	bool is_own;
	int err;

	if (own < 0)
		return -errno;
	is_own = is_same(own, netns);
	err = is_own ? 0 : enter(netns);
	if (err)
		return err;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	err = fd < 0 ? -errno : 0;
	if (!is_own && enter(own))
		return -ENOTRECOVERABLE;
	if (err)
		return err;
	*out = take_fd(fd);
	return 0;
}

int netns_socket_join(int fd, const int *groups, size_t count)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };

	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	for (size_t i = 0; i < count; i++)
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i],
			       sizeof(groups[i])) < 0)
			return -errno;
	return 0;
}
