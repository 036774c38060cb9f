/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files of others, read whole and never trusted: a FIFO does not block, a
 * huge file does not fill the memory.
 */
#pragma once

#include <stddef.h>

/* All of `path`, with a '\0' behind it that out_size does not count. -EFBIG past max bytes, -EISDIR
 * a directory, -ENOTSUP anything else that is not a regular file, or -errno. The caller owns *out.
 */
int file_read(const char *path, size_t max, char **out, size_t *out_size);
/* What file_read() met, in words. */
const char *file_strerror(int err);
