/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wait for what is appended to the event log, and go with it from file to file.
 */
#pragma once

#include <stddef.h>

#include "source/log/log_cursor.h"

/* 0 to go on, 1 to stop, -errno to fail. */
typedef int (*log_follow_fn)(char *line, size_t size, void *ctx);

/* From the cursor on, until fn gives anything but 0, or the descriptor (-1: none) is readable. 0,
 * 1 when fn stopped, or -errno. */
int log_follow(struct log_cursor *cursor, int should_stop_fd, log_follow_fn fn, void *ctx);
/* The same of a pipe, until its end. */
int log_follow_pipe(struct log_cursor *cursor, int should_stop_fd, log_follow_fn fn, void *ctx);
