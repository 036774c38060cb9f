/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local socket: a unix socket that this process listens on at a path, for its own user
 * and root alone.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct local_socket {
	int fd; /* -1: none */
	char *path; /* owned */
	dev_t dev;
	ino_t ino;
};

/* Listens at PATH, which is absolute, with mode 0600 from the first moment on; its last directory
 * is made, with 0755, when it is missing. The socket of one who is gone is replaced. -EADDRINUSE
 * somebody answers there, or starts to; -EEXIST something else than a socket is there,
 * -ENAMETOOLONG, -EINVAL, or what the kernel says. Pair with local_socket_close(). */
int local_socket_open(const char *path, struct local_socket *out);
/* The file goes, too, if it is still ours: to be told while the descriptor is open, since then no
 * other file has its inode. The descriptor is not closed where the caller took it.
 */
void local_socket_close(struct local_socket *local);

/* Did root or our own user connect this descriptor? */
bool local_socket_trusts(int connection);
