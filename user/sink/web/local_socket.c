// SPDX-License-Identifier: Apache-2.0
#include "sink/web/local_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "cleanup.h"

enum { SOCKET_MODE = 0600, DIRECTORY_MODE = 0755 };

static int name_of(const char *path, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (*path != '/' || path[strlen(path) - 1] == '/')
		return -EINVAL;
	if (strlen(path) >= sizeof(out->sun_path))
		return -ENAMETOOLONG;
	memcpy(out->sun_path, path, strlen(path) + 1);
	return 0;
}

/* The directory, locked until it is closed: of two agents that start at once, only one may take
 * what lies there for left behind. */
static int lock_parent(const char *path)
{
	cleanup_free char *parent = strndup(path, (size_t)(strrchr(path, '/') - path));
	cleanup_close int fd = -1;

	if (!parent)
		return -ENOMEM;
	if (*parent && mkdir(parent, DIRECTORY_MODE) < 0 && errno != EEXIST)
		return -errno;
	fd = open(*parent ? parent : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EADDRINUSE : -errno;
	return take_fd(fd);
}

static int make_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* 0: nobody listens on what is there, and it is gone. */
static int remove_stale(const struct sockaddr_un *name)
{
	cleanup_close int fd = -1;
	struct stat stat;

	if (lstat(name->sun_path, &stat) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(stat.st_mode))
		return -EEXIST;
	fd = make_socket();
	if (fd < 0)
		return -errno;
	/* EAGAIN: it is so busy that it takes no more. */
	if (!connect(fd, (const struct sockaddr *)name, sizeof(*name)) || errno == EAGAIN)
		return -EADDRINUSE;
	if (errno != ECONNREFUSED)
		return -errno;
	return unlink(name->sun_path) < 0 && errno != ENOENT ? -errno : 0;
}

/* The mode of the descriptor before bind() is that of the file: it never has another. */
static int listen_at(const struct sockaddr_un *name)
{
	cleanup_close int fd = make_socket();

	if (fd < 0 || fchmod(fd, SOCKET_MODE) < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)name, sizeof(*name)) < 0)
		return -errno;
	if (listen(fd, SOMAXCONN) < 0) {
		int err = -errno;

		unlink(name->sun_path);
		return err;
	}
	return take_fd(fd);
}

int local_socket_open(const char *path, struct local_socket *out)
{
	cleanup_close int directory = -1, fd = -1;
	cleanup_free char *copy = strdup(path);
	struct sockaddr_un name;
	struct stat stat;
	int err;

	if (!copy)
		return -ENOMEM;
	err = name_of(path, &name);
	if (err)
		return err;
	directory = lock_parent(path);
	if (directory < 0)
		return directory;
	err = remove_stale(&name);
	if (err)
		return err;
	fd = listen_at(&name);
	if (fd < 0)
		return fd;
	if (lstat(path, &stat) < 0)
		return -errno;

	*out = (struct local_socket){ take_fd(fd), take_ptr(copy), stat.st_dev, stat.st_ino };
	return 0;
}

void local_socket_close(struct local_socket *local)
{
	struct stat stat;

	if (local->path && !lstat(local->path, &stat) && stat.st_dev == local->dev &&
	    stat.st_ino == local->ino)
		unlink(local->path);
	free(local->path);
	close_fd(local->fd);
	*local = (struct local_socket){ .fd = -1 };
}

bool local_socket_trusts(int connection)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}
