/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rtnetlink sockets of another netns. A socket stays in the netns it was made in.
 */
#pragma once

#include <stddef.h>

/* A socket that never blocks, made in `netns`, a descriptor that stays the caller's. The thread
 * is back in its own netns after it; -ENOTRECOVERABLE when it is not, else -errno. The caller owns
 * *out. */
int netns_socket_open(int netns, int *out);
/* Hear of these groups (RTNLGRP_*) from now on. -errno. */
int netns_socket_join(int fd, const int *groups, size_t count);
