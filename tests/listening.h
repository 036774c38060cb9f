/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that listen, for servers of tests. */
#pragma once

/* On 127.0.0.1 at a port that the kernel chooses, or at the path of a UNIX socket. -errno; a path
 * that is too long is -ENAMETOOLONG. The caller owns what is returned. */
int listening_tcp(void);
int listening_unix(const char *path);
