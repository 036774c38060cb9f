// SPDX-License-Identifier: Apache-2.0
/*
 * The folder is watched, not the file: editors replace files, and a ConfigMap is a link
 * to a link that is renamed over. Whatever changes there, the file is read again, and
 * only other bytes than before are a change.
 */
#include "reload.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "log.h"
#include "loop.h"
#include "source/base/dirwatch.h"
#include "source/base/file.h"
#include "source/config/config.h"

/* Files, and the folders that they are in. */
struct followed {
	char *files[RELOAD_FILES_MAX], *folders[RELOAD_FILES_MAX];
	size_t count;
	struct dirwatch *watch; /* NULL: no file */
};

struct reload {
	struct reload_config config;
	struct followed *followed; /* NULL: none */
	int watcher; /* epoll of its watch alone, which changes; the loop's descriptors do not */
	int timer;
	bool is_due; /* the timer runs */
	bool is_requested; /* whatever the files say */
	uint64_t seen; /* of the bytes that were tried last */
	uint64_t applied, failed;
	bool last_failed;
	double applied_at_s; /* since the epoch */
};

/* FNV-1a. What cannot be read leaves its trace, too: that it comes back is a change. */
static uint64_t hash_file(uint64_t hash, const char *path)
{
	cleanup_free char *text = NULL;
	size_t size = 0;

	if (file_read(path, CONFIG_FILE_MAX, &text, &size))
		return ~hash;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3ULL;
	return hash ^ size;
}

static uint64_t hash_files(const struct followed *followed)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; followed && i < followed->count; i++)
		hash = hash_file(hash, followed->files[i]);
	return hash;
}

static void plan(struct reload *reload)
{
	if (reload->is_due)
		return;
	reload->is_due = true;
	loop_timer_set(reload->timer, RELOAD_DELAY_NS);
}

static int on_timer(void *ctx)
{
	struct reload *reload = ctx;
	bool is_requested = take(reload->is_requested, false);
	uint64_t hash = hash_files(reload->followed);
	int err;

	loop_timer_read(reload->timer);
	reload->is_due = false;
	if (take(reload->seen, hash) == hash && !is_requested)
		return 0;
	err = reload->config.apply(reload->config.ctx);
	reload->last_failed = err;
	if (err) {
		reload->failed++;
		log_err(err, "the %s stays as it was", reload->config.what);
		return 0;
	}
	reload->applied++;
	reload->applied_at_s = (double)loop_wall_ns() / 1e9;
	log_info("the %s was read again", reload->config.what);
	return 0;
}

static void on_file(void *ctx, size_t index, const char *name, bool is_whole)
{
	struct reload *reload = ctx;

	(void)index;
	(void)name;
	if (is_whole || !name)
		plan(reload);
}

static int on_folder(void *ctx)
{
	struct reload *reload = ctx;

	return dirwatch_read(reload->followed->watch, on_file, reload);
}

void reload_request(struct reload *reload)
{
	reload->is_requested = true;
	plan(reload);
}

/* ---- life ---- */

static void followed_free(struct followed *followed)
{
	if (!followed)
		return;
	dirwatch_close(followed->watch);
	for (size_t i = 0; i < RELOAD_FILES_MAX; i++) {
		free(followed->files[i]);
		free(followed->folders[i]);
	}
	free(followed);
}
DEFINE_CLEANUP(followed, struct followed *, followed_free)

static int add_file(struct followed *followed, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t size = slash && slash > path ? (size_t)(slash - path) : 1;
	size_t i = followed->count++;

	followed->files[i] = strdup(path);
	followed->folders[i] = strndup(slash ? path : ".", size);
	return followed->files[i] && followed->folders[i] ? 0 : -ENOMEM;
}

static bool is_followed(const struct reload *reload, char *const *paths, size_t count)
{
	const struct followed *followed = reload->followed;

	if (!followed || followed->count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(followed->files[i], paths[i]) != 0)
			return false;
	return true;
}

int reload_follow(struct reload *reload, char *const *paths, size_t count)
{
	cleanup(cleanup_followed_fn) struct followed *followed = NULL;
	struct epoll_event event = { .events = EPOLLIN };
	int err = 0;

	if (count > RELOAD_FILES_MAX)
		return -E2BIG;
	if (is_followed(reload, paths, count))
		return 0;
	followed = calloc(1, sizeof(*followed));
	if (!followed)
		return -ENOMEM;
	for (size_t i = 0; i < count && !err; i++)
		err = add_file(followed, paths[i]);
	if (!err)
		err = dirwatch_open((const char *const *)followed->folders, count,
				    &followed->watch);
	if (err)
		return err;
	if (epoll_ctl(reload->watcher, EPOLL_CTL_ADD, dirwatch_fd(followed->watch), &event) < 0)
		return -errno;
	followed_free(reload->followed); /* which takes its descriptor out of the watcher, too */
	reload->followed = take_ptr(followed);
	reload->seen = hash_files(reload->followed);
	return 0;
}

static int watch_file(struct reload *reload, struct loop *loop)
{
	char *paths[] = { (char *)reload->config.path };
	int err;

	reload->watcher = epoll_create1(EPOLL_CLOEXEC);
	if (reload->watcher < 0)
		return log_err(-errno, "cannot open an epoll descriptor");
	err = reload_follow(reload, paths, 1);
	if (err)
		return log_err(err, "cannot watch the folder of '%s'", reload->config.path);
	return loop_add(loop, reload->watcher, on_folder, reload);
}

int reload_open(const struct reload_config *config, struct loop *loop, struct reload **out)
{
	cleanup_reload struct reload *reload = calloc(1, sizeof(*reload));
	int err;

	if (!reload)
		return -ENOMEM;
	reload->config = *config;
	reload->watcher = -1;
	reload->applied_at_s = (double)loop_wall_ns() / 1e9;
	reload->timer = loop_timer_open();
	if (reload->timer < 0)
		return log_err(reload->timer, "cannot open a timer");
	err = loop_add(loop, reload->timer, on_timer, reload);
	if (!err && config->path && *config->path)
		err = watch_file(reload, loop);
	if (err)
		return err;
	*out = take_ptr(reload);
	return 0;
}

void reload_close(struct reload *reload)
{
	if (!reload)
		return;
	followed_free(reload->followed);
	close_fd(reload->watcher);
	close_fd(reload->timer);
	free(reload);
}

struct metrics_reloads reload_measure(const struct reload *reload)
{
	return (struct metrics_reloads){ .applied = reload->applied,
					 .failed = reload->failed,
					 .last_failed = reload->last_failed,
					 .applied_at_s = reload->applied_at_s };
}
