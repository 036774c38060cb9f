/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals as a descriptor of the loop: SIGTERM and SIGINT end it well; SIGPIPE is
 * ignored.
 */
#pragma once

struct loop;

/* -errno. The caller owns *out_fd, which stays in the loop. */
int signals_open(struct loop *loop, int *out_fd);
