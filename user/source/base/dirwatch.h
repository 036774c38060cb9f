/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories whose files others write, by inotify. A directory may be missing,
 * appear later, be deleted and made again, or be replaced by a rename: one above
 * it is watched all the while.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"

enum { DIRWATCH_MAX = 8 };

struct dirwatch;

/* A file of directory `index` (in the order of paths[]) was written, moved, linked or removed. It
 * may still be half-written unless is_whole; a later call then says when it is not. `name` NULL:
 * read the whole directory, it is another one now or events were lost. */
typedef void (*dirwatch_fn)(void *ctx, size_t index, const char *name, bool is_whole);

/* Watch the directories; read each one after this, not before. paths are borrowed for the watch's
 * life. -E2BIG past DIRWATCH_MAX, or -errno. The caller owns *out. */
int dirwatch_open(const char *const *paths, size_t count, struct dirwatch **out);
void dirwatch_close(struct dirwatch *watch);
DEFINE_CLEANUP(dirwatch, struct dirwatch *, dirwatch_close)
#define cleanup_dirwatch cleanup(cleanup_dirwatch_fn)

int dirwatch_fd(
	const struct dirwatch *watch); /* readable when dirwatch_read() has work; borrowed */
/* Call fn for what changed since; never blocks. 0 or -errno. */
int dirwatch_read(struct dirwatch *watch, dirwatch_fn fn, void *ctx);
