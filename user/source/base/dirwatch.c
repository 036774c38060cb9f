// SPDX-License-Identifier: Apache-2.0
/*
 * Two watches a directory: on itself, and on the nearest one above it that exists.
 * The upper one tells when it appears, and also when it goes: rmdir() sends no
 * IN_DELETE_SELF while some process has the directory open. Whatever the upper one
 * says, both are looked up anew by path; the kernel gives a directory that is
 * watched already the same number again, so an equal number means that nothing
 * happened to us.
 */
#include "source/base/dirwatch.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <sys/inotify.h>

enum {
	/* The same for all, since directories may share a watch and the last mask wins. */
	WATCH_MASK = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
		     IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR,
	GONE_MASK = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED,
	BUFFER_SIZE = 16384,
	CLIMB_MAX =
		64, /* tries before a path that changes all the time is left to its next event */
};

struct directory {
	const char *path;
	int self; /* watch descriptor; -1 while the directory is missing */
	int above;
};

struct dirwatch {
	int fd;
	size_t count;
	struct directory directories[DIRWATCH_MAX];
};

static void forget(struct dirwatch *watch, int wd)
{
	if (wd < 0)
		return;
	for (size_t i = 0; i < watch->count; i++) {
		if (watch->directories[i].self == wd || watch->directories[i].above == wd)
			return;
	}
	/* Fails when the kernel has dropped it with its directory already. */
	inotify_rm_watch(watch->fd, wd);
}

/* "/a/b//" to "/a", "/a" to "/", "a" to ".". False at the top. */
static bool climb(char *path)
{
	size_t size = strlen(path);

	while (size > 1 && path[size - 1] == '/')
		size--;
	if (size <= 1 && (path[0] == '/' || path[0] == '.'))
		return false;
	while (size > 0 && path[size - 1] != '/')
		size--;
	while (size > 1 && path[size - 1] == '/')
		size--;
	if (size == 0)
		path[size++] = '.';
	path[size] = '\0';
	return true;
}

/* Anything else is the path's fault, and may pass. */
static bool is_exhausted(int error)
{
	return error == ENOSPC || error == ENOMEM;
}

static int watch_above(int fd, const char *path, int *out)
{
	cleanup_free char *at = strdup(path);

	if (!at)
		return -ENOMEM;
	climb(at);
	do {
		int wd = inotify_add_watch(fd, at, WATCH_MASK);

		if (wd >= 0) {
			*out = wd;
			return 0;
		}
	} while (!is_exhausted(errno) && climb(at));
	return -errno;
}

/* Look both watches up by path. *out_changed: it is another directory than before, or gone. */
static int resolve(struct dirwatch *watch, struct directory *directory, bool *out_changed)
{
	const struct directory old = *directory;
	int err;

	for (int i = 0, last = -1; i < CLIMB_MAX; i++, last = directory->above) {
		int above = -1;

		err = watch_above(watch->fd, directory->path, &above);
		if (err)
			return err;
		if (directory->above != old.above && directory->above != above)
			forget(watch, take(directory->above, above));
		directory->above = above;
		/* A directory made between look and watch sends no event: look once more. */
		if (above == last)
			break;
	}
	directory->self = inotify_add_watch(watch->fd, directory->path, WATCH_MASK);
	if (directory->self < 0 && is_exhausted(errno))
		return -errno;

	if (old.above != directory->above)
		forget(watch, old.above);
	if (old.self != directory->self)
		forget(watch, old.self);
	*out_changed = old.self != directory->self;
	return 0;
}

int dirwatch_open(const char *const *paths, size_t count, struct dirwatch **out)
{
	cleanup_dirwatch struct dirwatch *watch = NULL;
	bool changed;
	int err;

	if (count > DIRWATCH_MAX)
		return -E2BIG;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return -ENOMEM;

	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd < 0)
		return -errno;
	for (size_t i = 0; i < count; i++) {
		watch->directories[i] =
			(struct directory){ .path = paths[i], .self = -1, .above = -1 };
		watch->count++;
		err = resolve(watch, &watch->directories[i], &changed);
		if (err)
			return err;
	}

	*out = take_ptr(watch);
	return 0;
}

void dirwatch_close(struct dirwatch *watch)
{
	if (!watch)
		return;
	close_fd(watch->fd);
	free(watch);
}

int dirwatch_fd(const struct dirwatch *watch)
{
	return watch->fd;
}

static int handle(struct dirwatch *watch, const struct inotify_event *event, dirwatch_fn fn,
		  void *ctx)
{
	bool is_overflow = event->mask & IN_Q_OVERFLOW;
	int err;

	for (size_t i = 0; i < watch->count; i++) {
		struct directory *directory = &watch->directories[i];
		bool is_self = event->wd == directory->self;
		bool changed = false;

		if (is_overflow || event->wd == directory->above ||
		    (is_self && event->mask & GONE_MASK)) {
			err = resolve(watch, directory, &changed);
			if (err)
				return err;
		}
		if (changed || is_overflow)
			fn(ctx, i, NULL, true);
		else if (is_self && event->len && !(event->mask & IN_ISDIR))
			fn(ctx, i, event->name, !(event->mask & IN_CREATE));
	}
	return 0;
}

int dirwatch_read(struct dirwatch *watch, dirwatch_fn fn, void *ctx)
{
	alignas(struct inotify_event) char buffer[BUFFER_SIZE];
	ssize_t size;
	int err = 0;

	while ((size = read(watch->fd, buffer, sizeof(buffer))) > 0) {
		for (char *at = buffer; at < buffer + size;) {
			const struct inotify_event *event = (const void *)at;
			int failed = handle(watch, event, fn, ctx);

			if (failed)
				err = failed;
			at += sizeof(*event) + event->len;
		}
	}
	return size < 0 && errno != EAGAIN && errno != EINTR ? -errno : err;
}
