/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP socket: one that listens, made here for the true errno and both families on one.
 */
#pragma once

#include <stdint.h>

/* Listens on "ADDR:PORT", "[v6]:PORT" or ":PORT" (every address, both families where the kernel has
 * IPv6); port 0 takes a free one. The descriptor, non-blocking and the caller's, or -errno: -EINVAL
 * bad address, -EADDRINUSE, ... */
int tcp_socket_open(const char *address, uint16_t *out_port);
