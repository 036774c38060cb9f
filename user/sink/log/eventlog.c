// SPDX-License-Identifier: Apache-2.0
/*
 * One buffer between the records and the file. What a write leaves behind stays
 * at its front and is the first to go next time, so a disk that fills up in the
 * middle of a line or a pipe that blocks costs nothing until the buffer is full,
 * and never a torn line.
 */
#include "sink/log/eventlog.h"

#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "sink/log/log_buffer.h"

#define BACKWARDS_NS (60LL * 1000000000)

struct eventlog {
	struct log_live live;
	int64_t newest_ns; /* the latest time written to this file or buffered; 0 none */
	struct log_end last; /* the last record taken */
	bool is_stalled; /* a write of this turn failed: no more until the next */
	struct eventlog_hole hole;
	uint64_t written, lost;
	struct log_buffer buffer;
};

int eventlog_open(const char *path, const struct log_policy *policy, struct eventlog **out,
		  struct log_end *out_tail)
{
	cleanup_eventlog struct eventlog *log = calloc(1, sizeof(*log));
	struct log_end tail;
	int err;

	if (!log)
		return -ENOMEM;
	err = log_live_open(path, policy, &log->live, &tail);
	if (err)
		return err;

	*out = take_ptr(log);
	*out_tail = tail;
	return 0;
}

void eventlog_close(struct eventlog *log)
{
	if (!log)
		return;
	eventlog_flush(log, log->live.now_ns);
	if (log->buffer.used)
		log_warn("events lost at the end of '%s': %zu, ignoring", log->live.path,
			 log_buffer_lines(&log->buffer));
	log_live_close(&log->live);
	free(log);
}

/* ---- writing ---- */

/* The begin of the first line may be in the file already, if it is the same file yet. */
static void write_lines(struct eventlog *log)
{
	struct log_live *live = &log->live;
	ssize_t n = log_live_make_room(live, log->buffer.used, &log->last) ? 1 : -EDQUOT;
	size_t done = live->file.unfinished;

	if (live->file.fd < 0)
		return;
	while (n > 0 && done < log->buffer.used) {
		n = log_live_write(live, log->buffer.text + done, log->buffer.used - done);
		if (n > 0)
			done += (size_t)n;
	}
	log->written += log_buffer_wrote(&log->buffer, done);
	log_live_report(live, LOG_WORK_WRITE, n < 0 ? (int)-n : 0);
}

static void drain(struct eventlog *log)
{
	if (log_live_is_ready(&log->live))
		write_lines(log);
	log->is_stalled = log->buffer.used;
	log_live_end_write(&log->live);
}

void eventlog_flush(struct eventlog *log, uint64_t now_ns)
{
	log->live.now_ns = now_ns;
	if (log->buffer.used)
		drain(log);
}

/* ---- records ---- */

static bool is_backwards(const struct eventlog *log, int64_t wall_ns)
{
	const struct log_output *file = &log->live.file;
	int64_t newest_ns = log->newest_ns > file->newest_ns ? log->newest_ns : file->newest_ns;

	return file->is_regular && wall_ns < newest_ns - BACKWARDS_NS;
}

/* A reader may search by time within a file. False: what is buffered goes first, and cannot. */
static bool leave_the_future(struct eventlog *log, int64_t wall_ns)
{
	if (!is_backwards(log, wall_ns))
		return true;
	if (log->buffer.used && !log->is_stalled)
		drain(log);
	if (log->buffer.used)
		return false;
	if (!log->live.file.size || log_live_rotate(&log->live, &log->last))
		log->newest_ns = 0;
	return true;
}

static bool is_crowded(const struct eventlog *log)
{
	return log->buffer.used > LOG_BUFFER_SIZE / 2;
}

bool eventlog_take_hole(struct eventlog *log, struct eventlog_hole *out)
{
	if (!log->hole.count || is_crowded(log))
		return false;
	*out = log->hole;
	log->hole = (struct eventlog_hole){ 0 };
	return true;
}

static bool put(struct eventlog *log, const struct eventlog_line *line)
{
	if ((log->hole.count && is_crowded(log)) || !leave_the_future(log, line->wall_ns))
		return false;
	if (log_buffer_put(&log->buffer, line->text, line->size))
		return true;
	if (!log->is_stalled)
		drain(log);
	return log_buffer_put(&log->buffer, line->text, line->size);
}

void eventlog_append(struct eventlog *log, const struct eventlog_line *line)
{
	if (!put(log, line)) {
		log->lost++;
		log->hole.count++;
		log->hole.last_seq = line->seq;
		log->hole.last_ns = line->wall_ns;
		return;
	}
	log->last = (struct log_end){ .found = true, .seq = line->seq, .wall_ns = line->wall_ns };
	if (line->wall_ns > log->newest_ns)
		log->newest_ns = line->wall_ns;
}

/* ---- what is due ---- */

uint64_t eventlog_due(const struct eventlog *log)
{
	uint64_t live_ns = log_live_due(&log->live);
	uint64_t retry_ns = log->buffer.used ? log->live.retry_ns : 0;

	return !live_ns || (retry_ns && retry_ns < live_ns) ? retry_ns : live_ns;
}

void eventlog_work(struct eventlog *log, uint64_t now_ns)
{
	log->live.now_ns = now_ns;
	log_live_work(&log->live);
}

void eventlog_reopen(struct eventlog *log, uint64_t now_ns)
{
	eventlog_flush(log, now_ns);
	log_live_reopen(&log->live);
}

struct eventlog_stats eventlog_stats(const struct eventlog *log)
{
	return (struct eventlog_stats){ .written = log->written,
					.lost = log->lost,
					.live = log_live_stats(&log->live) };
}
