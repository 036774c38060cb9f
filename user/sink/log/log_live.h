/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live file of an event log through its life: it is opened, filled, synced, rotated, taken away
 * by others and made anew. What fails is told, counted and tried again. Time is an argument:
 * CLOCK_MONOTONIC; times of records are since the epoch.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sink/log/log_end.h"
#include "sink/log/log_output.h"

struct log_store;

#define LOG_SYNC_ALWAYS 0
#define LOG_SYNC_NEVER UINT64_MAX

/* Of regular files; others are neither rotated nor synced. */
struct log_policy {
	uint64_t rotate_size; /* bytes; half of total_size at most */
	uint64_t rotate_age_ns; /* from its first record, by the clocks of records */
	uint64_t total_size; /* bytes: live, old, and being compressed */
	uint64_t sync_ns; /* what is written is on disk so much later; or LOG_SYNC_... */
};

enum log_work {
	LOG_WORK_OPEN,
	LOG_WORK_WRITE,
	LOG_WORK_SYNC,
	LOG_WORK_ROTATE,
	LOG_WORK_COMPRESS,
	LOG_WORK_REMOVE,
	LOG_WORK_COUNT,
};

/* "open", "write", ...; for LOG_WORK_COUNT and above NULL. */
const char *log_work_name(enum log_work work);

struct log_live_stats {
	uint64_t errors[LOG_WORK_COUNT];
	int last_error; /* errno of the last open, write or sync; 0 when it worked */
	uint64_t rotations;
	uint64_t reopened; /* somebody had taken the file away */
	uint64_t bytes; /* of live and old files; 0 for what is no regular file */
	size_t files;
};

struct log_live {
	char *path;
	struct log_policy policy;
	struct log_output file;
	struct log_store *store; /* NULL: what is at the path is no regular file */
	uint64_t now_ns; /* as last told */
	uint64_t checked_ns, retry_ns, rotate_retry_ns, sync_due_ns;
	int told_error; /* the last one that a line of our own log told of */
	int write_error, sync_error;
	struct log_live_stats stats;
};

/* *out_tail is the newest record, of the live file or else of the newest old one. A disk that is
 * full, read-only or broken is no error. -errno; log_live_close() in any case. */
int log_live_open(const char *path, const struct log_policy *policy, struct log_live *out,
		  struct log_end *out_tail);
void log_live_close(struct log_live *live); /* syncs */

/* Is there a file to write to? Looks, once a second, whether it is still the one at the path. */
bool log_live_is_ready(struct log_live *live);
/* Rotates when it is time, and removes old files. False: `wanted` bytes are too many. */
bool log_live_make_room(struct log_live *live, size_t wanted, const struct log_end *last);
/* False: it has to be gone on with. `last` is the newest record that was to be written. */
bool log_live_rotate(struct log_live *live, const struct log_end *last);
/* Bytes written, or -errno; a torn line that was there before is ended first. */
ssize_t log_live_write(struct log_live *live, const char *from, size_t size);
/* An error, or 0 after all was written. */
void log_live_report(struct log_live *live, enum log_work work, int error);
/* All was written that could be: sync, or see to it later. */
void log_live_end_write(struct log_live *live);

/* When there is something to do: sync, compress; 0: nothing. */
uint64_t log_live_due(const struct log_live *live);
void log_live_work(struct log_live *live);
/* If somebody renamed the file, go on in a new one of the same name. */
void log_live_reopen(struct log_live *live);
struct log_live_stats log_live_stats(const struct log_live *live);
