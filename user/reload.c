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

#include "log.h"
#include "loop.h"
#include "source/config.h"
#include "source/dirwatch.h"
#include "source/file.h"

struct reload {
	struct reload_config config;
	char *folder;
	const char *folders[1];
	struct dirwatch *watch; /* NULL: no file */
	int timer;
	bool is_due; /* the timer runs */
	bool is_requested; /* whatever the file says */
	uint64_t seen; /* of the bytes that were tried last */
	uint64_t applied, failed;
	bool last_failed;
	double applied_at_s; /* since the epoch */
};

/* FNV-1a. 0 where it cannot be read: that it comes back is a change, too. */
static uint64_t hash_file(const char *path)
{
	cleanup_free char *text = NULL;
	uint64_t hash = 0xcbf29ce484222325ULL;
	size_t size;

	if (file_read(path, CONFIG_FILE_MAX, &text, &size))
		return 0;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3ULL;
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
	uint64_t hash = reload->watch ? hash_file(reload->config.path) : 0;
	int err;

	loop_timer_read(reload->timer);
	reload->is_due = false;
	if (take(reload->seen, hash) == hash && !is_requested)
		return 0;
	err = reload->config.apply(reload->config.ctx);
	reload->last_failed = err;
	if (err) {
		reload->failed++;
		log_err(err, "the configuration stays as it was");
		return 0;
	}
	reload->applied++;
	reload->applied_at_s = (double)loop_wall_ns() / 1e9;
	log_info("the configuration was read again");
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

	return dirwatch_read(reload->watch, on_file, reload);
}

void reload_request(struct reload *reload)
{
	reload->is_requested = true;
	plan(reload);
}

/* ---- life ---- */

static int watch_file(struct reload *reload, struct loop *loop)
{
	const char *path = reload->config.path;
	const char *slash = strrchr(path, '/');
	size_t size = slash && slash > path ? (size_t)(slash - path) : 1;
	int err;

	reload->folder = strndup(slash ? path : ".", size);
	if (!reload->folder)
		return -ENOMEM;
	reload->folders[0] = reload->folder;
	err = dirwatch_open(reload->folders, 1, &reload->watch);
	if (err)
		return log_err(err, "cannot watch the folder of '%s'", path);
	reload->seen = hash_file(path);
	return loop_add(loop, dirwatch_fd(reload->watch), on_folder, reload);
}

int reload_open(const struct reload_config *config, struct loop *loop, struct reload **out)
{
	cleanup_reload struct reload *reload = calloc(1, sizeof(*reload));
	int err;

	if (!reload)
		return -ENOMEM;
	reload->config = *config;
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
	dirwatch_close(reload->watch);
	close_fd(reload->timer);
	free(reload->folder);
	free(reload);
}

void reload_measure(const struct reload *reload, struct metrics_input *out)
{
	out->reloads = (struct metrics_reloads){ .applied = reload->applied,
						 .failed = reload->failed,
						 .last_failed = reload->last_failed,
						 .applied_at_s = reload->applied_at_s };
}
