/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archive: owns a tar.gz that is being written. Bounded: what does not fit any more is
 * refused, and the archive stays a good one.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

enum { ARCHIVE_BYTES_MAX = 32 << 20 }; /* of what is in it, before it is compressed */

struct archive;

/* PATH is made anew, mode 0600, and must not be there yet: -EEXIST; "-" is stdout. -errno. The
 * caller owns *out. */
int archive_open(const char *path, struct archive **out);
/* Gives it up: the file is removed. After archive_finish() there is nothing to give up. */
void archive_close(struct archive *archive);
DEFINE_CLEANUP(archive, struct archive *, archive_close)
#define cleanup_archive cleanup(cleanup_archive_fn)

/* One more file, mode 0600. -EFBIG: it does not fit; -EINVAL a bad name; -errno of the write. */
int archive_add(struct archive *archive, const char *name, const char *data, size_t size);
/* The end. -errno: not all of it is written. */
int archive_finish(struct archive *archive);
