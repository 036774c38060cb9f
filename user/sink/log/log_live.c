// SPDX-License-Identifier: Apache-2.0
#include "sink/log/log_live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/log/log_line.h"
#include "log.h"
#include "sink/log/log_store.h"

#define NS_PER_S 1000000000ULL
#define CHECK_NS NS_PER_S /* is the file still there? */
#define RETRY_NS NS_PER_S
#define ROTATE_RETRY_NS (60 * NS_PER_S)

const char *log_work_name(enum log_work work)
{
	static const char *const names[] = {
		[LOG_WORK_OPEN] = "open",	  [LOG_WORK_WRITE] = "write",
		[LOG_WORK_SYNC] = "sync",	  [LOG_WORK_ROTATE] = "rotate",
		[LOG_WORK_COMPRESS] = "compress", [LOG_WORK_REMOVE] = "remove",
	};

	_Static_assert(array_size(names) == LOG_WORK_COUNT, "work without a name");
	return work < LOG_WORK_COUNT ? names[work] : NULL;
}

static const char *shown(const struct log_live *live)
{
	return live->file.is_shared ? "stdout" : live->path;
}

/* A failure is told when it starts and when it ends. A slow reader may make that every turn: what
 * it costs is counted. */
void log_live_report(struct log_live *live, enum log_work work, int error)
{
	int before = live->told_error;

	live->write_error = error;
	if (error)
		live->retry_ns = live->now_ns + RETRY_NS;
	if (error == EAGAIN)
		return;
	if (error)
		live->stats.errors[work]++;
	if (error == before)
		return;
	live->told_error = error;
	if (error)
		log_warn("cannot %s the event log '%s': %s, ignoring", log_work_name(work),
			 shown(live), strerror(error));
	else
		log_info("events go to '%s' again", shown(live));
}

static void sync_file(struct log_live *live)
{
	int error = -log_output_sync(&live->file);

	live->sync_due_ns = 0;
	live->stats.errors[LOG_WORK_SYNC] += !!error;
	if (error && error != live->sync_error)
		log_warn("cannot sync the event log '%s': %s, ignoring", live->path,
			 strerror(error));
	live->sync_error = error;
}

static bool does_sync(const struct log_live *live)
{
	return live->policy.sync_ns != LOG_SYNC_NEVER;
}

static void sync_names(struct log_live *live)
{
	if (does_sync(live) && log_output_sync_directory(live->path))
		live->stats.errors[LOG_WORK_SYNC]++;
}

/* ---- opening ---- */

/* What it holds is whole and on disk. */
static void leave_file(struct log_live *live)
{
	log_output_take_back(&live->file);
	if (does_sync(live) && live->file.is_dirty)
		sync_file(live);
	live->sync_due_ns = 0;
}

static int open_file(struct log_live *live, struct log_end *out_tail)
{
	struct log_output file;
	int err = log_output_open(live->path, &file, out_tail);

	if (err)
		return err;
	leave_file(live);
	log_output_close(&live->file);
	live->file = file;
	live->checked_ns = live->now_ns;
	return 0;
}

/* Without another file, one that has a name yet is better than none. */
static void open_anew(struct log_live *live)
{
	struct log_end tail;
	int err = open_file(live, &tail);

	if (!err) {
		live->stats.reopened++;
		log_info("the event log '%s' was taken away: it is opened anew", live->path);
		sync_names(live);
		return;
	}
	if (!log_output_is_linked(&live->file))
		log_output_close(&live->file);
	log_live_report(live, LOG_WORK_OPEN, -err);
}

static void check_file(struct log_live *live)
{
	if (live->file.fd < 0 || live->now_ns - live->checked_ns < CHECK_NS)
		return;
	live->checked_ns = live->now_ns;
	if (!log_output_is_at(&live->file, live->path))
		open_anew(live);
}

bool log_live_is_ready(struct log_live *live)
{
	struct log_end tail;
	int err;

	check_file(live);
	if (live->file.fd >= 0)
		return true;
	if (live->now_ns < live->retry_ns)
		return false;
	err = open_file(live, &tail);
	if (err)
		log_live_report(live, LOG_WORK_OPEN, -err);
	return !err;
}

void log_live_reopen(struct log_live *live)
{
	if (live->file.fd >= 0 && !log_output_is_at(&live->file, live->path))
		open_anew(live);
}

/* The disk may come back; a path that cannot be right will not. */
static bool is_of_the_disk(int err)
{
	return err == -ENOSPC || err == -EDQUOT || err == -EROFS || err == -EIO;
}

static int open_first(struct log_live *live, struct log_end *out_tail)
{
	int err = open_file(live, out_tail);

	if (err && !is_of_the_disk(err))
		return err;
	if (err) {
		log_live_report(live, LOG_WORK_OPEN, -err);
		err = log_output_peek(live->path, out_tail);
	}
	if (err)
		log_warn("cannot read the event log '%s': %s, ignoring", live->path,
			 strerror(-err));
	return 0;
}

static int open_store(struct log_live *live, struct log_end *tail)
{
	int err = log_store_open(live->path, live->policy.total_size, &live->store);

	if (!err && !tail->found)
		err = log_store_tail(live->store, tail);
	if (err)
		log_warn("cannot read the old files of the event log '%s': %s, ignoring",
			 live->path, strerror(-err));
	return err == -ENOMEM ? err : 0;
}

/* A link stays where it is: what it points to is rotated. */
static void resolve(struct log_live *live)
{
	char *real = live->file.is_regular ? realpath(live->path, NULL) : NULL;

	if (!real)
		return;
	free(live->path);
	live->path = real;
}

int log_live_open(const char *path, const struct log_policy *policy, struct log_live *out,
		  struct log_end *out_tail)
{
	struct log_end tail = { 0 };
	int err;

	*out = (struct log_live){ .policy = *policy, .file = { .fd = -1 } };
	if (policy->rotate_size > policy->total_size / 2)
		out->policy.rotate_size = policy->total_size / 2;
	out->path = strdup(path);
	if (!out->path)
		return -ENOMEM;
	err = open_first(out, &tail);
	resolve(out);
	if (!err && (out->file.fd < 0 || out->file.is_regular))
		err = open_store(out, &tail);
	if (err)
		return err;

	*out_tail = tail;
	return 0;
}

void log_live_close(struct log_live *live)
{
	leave_file(live);
	log_output_close(&live->file);
	log_store_close(live->store);
	free(live->path);
}

/* ---- writing ---- */

bool log_live_rotate(struct log_live *live, const struct log_end *last)
{
	struct log_end tail;
	int err;

	if (live->now_ns < live->rotate_retry_ns || !live->store)
		return false;
	leave_file(live);
	err = log_store_retire(live->store, live->file.has_first ? live->file.first_seq : last->seq,
			       live->now_ns);
	if (err) {
		log_warn("cannot rotate the event log '%s': %s, ignoring", live->path,
			 strerror(-err));
		live->stats.errors[LOG_WORK_ROTATE]++;
		live->rotate_retry_ns = live->now_ns + ROTATE_RETRY_NS;
		return false;
	}
	live->stats.rotations++;
	log_output_close(&live->file);
	err = open_file(live, &tail);
	if (err)
		log_live_report(live, LOG_WORK_OPEN, -err);
	sync_names(live);
	return true;
}

static bool is_old(const struct log_live *live, int64_t last_ns)
{
	int64_t first_ns = live->file.first_ns;

	return live->file.has_first && last_ns > first_ns &&
	       (uint64_t)(last_ns - first_ns) >= live->policy.rotate_age_ns;
}

bool log_live_make_room(struct log_live *live, size_t wanted, const struct log_end *last)
{
	if (!live->file.is_regular)
		return true;
	if (live->file.size > 0 &&
	    (live->file.size + wanted > live->policy.rotate_size || is_old(live, last->wall_ns)))
		log_live_rotate(live, last);
	if (live->store)
		log_store_make_room(live->store, live->file.size + wanted, live->now_ns);
	return live->file.size + wanted <= live->policy.total_size;
}

static void note_first(struct log_output *file, const char *line, size_t size)
{
	struct log_line first;

	if (file->has_first || log_line_parse(line, size, &first) ||
	    log_line_time(&first, &file->first_ns))
		return;
	file->has_first = true;
	file->first_seq = first.seq;
}

ssize_t log_live_write(struct log_live *live, const char *from, size_t size)
{
	ssize_t n = live->file.is_torn ? log_output_write(&live->file, "\n", 1) : 1;

	if (n <= 0)
		return n;
	live->file.is_torn = false;
	note_first(&live->file, from, size);
	return log_output_write(&live->file, from, size);
}

void log_live_end_write(struct log_live *live)
{
	if (!live->file.is_dirty || !does_sync(live))
		return;
	if (live->policy.sync_ns == LOG_SYNC_ALWAYS)
		sync_file(live);
	else if (!live->sync_due_ns)
		live->sync_due_ns = live->now_ns + live->policy.sync_ns;
}

/* ---- what is due ---- */

uint64_t log_live_due(const struct log_live *live)
{
	uint64_t store_ns = live->store ? log_store_due(live->store) : 0;
	uint64_t sync_ns = live->sync_due_ns;

	return !sync_ns || (store_ns && store_ns < sync_ns) ? store_ns : sync_ns;
}

void log_live_work(struct log_live *live)
{
	if (live->sync_due_ns && live->now_ns >= live->sync_due_ns) {
		check_file(live);
		sync_file(live);
	}
	if (live->store)
		log_store_work(live->store, live->now_ns);
}

struct log_live_stats log_live_stats(const struct log_live *live)
{
	struct log_live_stats stats = live->stats;
	struct log_store_stats old = { 0 };

	if (live->store)
		old = log_store_stats(live->store);
	stats.last_error = live->write_error ? live->write_error : live->sync_error;
	stats.errors[LOG_WORK_COMPRESS] = old.compress_errors;
	stats.errors[LOG_WORK_REMOVE] = old.remove_errors;
	stats.bytes = old.bytes + (live->file.is_regular ? live->file.size : 0);
	stats.files = old.files + live->file.is_regular;
	return stats;
}
