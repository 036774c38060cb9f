// SPDX-License-Identifier: Apache-2.0
/*
 * The folder is watched for files that come and go, the live file for what is written to it. Any
 * event only says: look again. Watched first and looked at then, nothing is missed; looked at too
 * often, nothing is told twice.
 */
#include "source/log/log_follow.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdalign.h>
#include <string.h>
#include <sys/inotify.h>

#include "source/base/dirwatch.h"

enum {
	FILE_MASK = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF,
	EVENTS_SIZE = 4096,
	LINES_A_LOOK = 256, /* then should_stop_fd is looked at again */
	FOLDERS_MAX = 2,
};

struct follow {
	struct log_cursor *cursor;
	int stop_fd;
	log_follow_fn fn;
	void *ctx;
	int file_fd; /* inotify */
	int file_watch;
	struct dirwatch *folders;
};

static bool is_readable(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&pollfd, 1, 0) > 0;
}

/* ---- what is watched ---- */

/* The folder of PATH, "" where that cannot be told. */
static void copy_folder(const char *path, char out[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t size = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;

	if (size >= PATH_MAX)
		size = 0;
	memcpy(out, path, size);
	out[size] = '\0';
	if (!slash)
		memcpy(out, ".", sizeof("."));
}

/* A path that is a link is rotated where it leads to. */
static int watch_folders(const char *path, char folders[static FOLDERS_MAX][PATH_MAX],
			 struct dirwatch **out)
{
	const char *paths[FOLDERS_MAX] = { folders[0], folders[1] };
	char real[PATH_MAX];
	size_t count = 1;

	copy_folder(path, folders[0]);
	if (realpath(path, real)) {
		copy_folder(real, folders[1]);
		count = 2;
	}
	return dirwatch_open(paths, count, out);
}

/* By its name: if that leads to another file by now, the next look finds out. The one before is
 * watched as long as there is no other. */
static int watch_file(struct follow *follow)
{
	int watch = inotify_add_watch(follow->file_fd, follow->cursor->path, FILE_MASK);

	if (watch < 0)
		return errno == ENOSPC || errno == ENOMEM ? -errno : 0;
	if (follow->file_watch >= 0 && watch != follow->file_watch)
		inotify_rm_watch(follow->file_fd, follow->file_watch);
	follow->file_watch = watch;
	return 0;
}

static void ignore(void *ctx, size_t index, const char *name, bool is_whole)
{
	(void)ctx;
	(void)index;
	(void)name;
	(void)is_whole;
}

static int take_events(struct follow *follow)
{
	alignas(struct inotify_event) char events[EVENTS_SIZE];
	ssize_t size;

	while ((size = read(follow->file_fd, events, sizeof(events))) > 0)
		;
	if (size < 0 && errno != EAGAIN && errno != EINTR)
		return -errno;
	return dirwatch_read(follow->folders, ignore, NULL);
}

/* 1: to stop. */
static int wait_for_events(struct follow *follow)
{
	struct pollfd pollfds[] = {
		{ .fd = follow->file_fd, .events = POLLIN },
		{ .fd = dirwatch_fd(follow->folders), .events = POLLIN },
		{ .fd = follow->stop_fd, .events = POLLIN },
	};

	if (poll(pollfds, array_size(pollfds), -1) < 0)
		return errno == EINTR ? 0 : -errno;
	return pollfds[2].revents != 0;
}

/* ---- lines ---- */

/* Up to the end, -EAGAIN; or 1, or -errno. */
static int hand_out(struct follow *follow)
{
	for (size_t i = 1;; i++) {
		size_t size;
		char *line;
		int err = log_cursor_next(follow->cursor, &line, &size);

		if (!err)
			err = follow->fn(line, size, follow->ctx);
		if (err)
			return err;
		if (i % LINES_A_LOOK == 0 && is_readable(follow->stop_fd))
			return -ECANCELED;
	}
}

/* As hand_out(); 0: there is more already. */
static int hand_out_and_look(struct follow *follow)
{
	enum log_cursor_live live;
	int err = hand_out(follow);

	if (err != -EAGAIN)
		return err;
	err = log_cursor_look(follow->cursor, &live);
	if (err)
		return err;
	if (live == LOG_LIVE_SAME || live == LOG_LIVE_MISSING)
		return -EAGAIN;
	if (live == LOG_LIVE_REWRITTEN || !follow->cursor->file)
		return 0;
	/* Written to before its name went: there is another, so now it is whole. */
	err = hand_out(follow);
	if (err != -EAGAIN)
		return err;
	log_cursor_leave(follow->cursor);
	return 0;
}

static int run(struct follow *follow)
{
	int err;

	do {
		err = take_events(follow);
		if (!err)
			err = watch_file(follow);
		while (!err)
			err = hand_out_and_look(follow);
		if (err == -EAGAIN)
			err = wait_for_events(follow);
		else
			return err == -ECANCELED ? 0 : err;
	} while (!err);
	return err > 0 ? 0 : err;
}

int log_follow(struct log_cursor *cursor, int should_stop_fd, log_follow_fn fn, void *ctx)
{
	char folders[FOLDERS_MAX][PATH_MAX];
	cleanup_dirwatch struct dirwatch *watch = NULL;
	cleanup_close int file_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	struct follow follow = {
		.cursor = cursor,
		.stop_fd = should_stop_fd,
		.fn = fn,
		.ctx = ctx,
		.file_fd = file_fd,
		.file_watch = -1,
	};
	int err;

	if (file_fd < 0)
		return -errno;
	err = watch_folders(cursor->path, folders, &watch);
	if (err)
		return err;
	follow.folders = watch;
	return run(&follow);
}

int log_follow_pipe(struct log_cursor *cursor, int should_stop_fd, log_follow_fn fn, void *ctx)
{
	struct follow follow = {
		.cursor = cursor,
		.stop_fd = should_stop_fd,
		.fn = fn,
		.ctx = ctx,
	};
	int err;

	log_file_stop_at(cursor->file, should_stop_fd);
	err = hand_out(&follow);
	return err == -EAGAIN || err == -ECANCELED ? 0 : err;
}
