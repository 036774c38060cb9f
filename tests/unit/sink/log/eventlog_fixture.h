/* SPDX-License-Identifier: Apache-2.0 */
/* Records of an event log, their files, and what is in them. */
#pragma once

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "scratch.h"
#include "sink/log/eventlog.h"

#define LOG_S 1000000000ULL
#define LOG_WALL_NS 1709210096000000000

static const struct log_policy log_policy = { .rotate_size = 64 << 20,
					      .rotate_age_ns = 86400 * LOG_S,
					      .total_size = 1 << 30,
					      .sync_ns = LOG_SYNC_NEVER };

/* A record with its newline, of `size` bytes or as many as it takes. */
static inline size_t log_record(char *out, uint64_t seq, int64_t wall_ns, size_t size)
{
	char ts[TEXT_TIME_SIZE];
	uint32_t noise = (uint32_t)seq;
	int length;

	text_time(wall_ns, ts);
	length = sprintf(
		out, "{\"v\":1,\"seq\":%" PRIu64 ",\"ts\":\"%s\",\"type\":\"ip.assigned\",\"x\":\"",
		seq, ts);
	/* What does not shrink to nothing. */
	for (; (size_t)length + 3 < size; length++) {
		noise = noise * 1664525 + 1013904223;
		out[length] = (char)('a' + (noise >> 24) % 16);
	}
	length += sprintf(out + length, "\"}\n");
	return (size_t)length;
}

static inline void log_put(struct eventlog *log, uint64_t seq, int64_t wall_ns, size_t size)
{
	char text[8192];
	struct eventlog_line line = { .text = text, .seq = seq, .wall_ns = wall_ns };

	line.size = log_record(text, seq, wall_ns, size);
	eventlog_append(log, &line);
}

static inline struct eventlog *log_open(const char *path, const struct log_policy *policy)
{
	struct eventlog *log = NULL;
	struct log_end tail;

	assert_int_equal(eventlog_open(path, policy, &log, &tail), 0);
	return log;
}

enum { LOG_SMALL = 512 * 1024, LOG_RECORD = 500 };

static inline struct log_policy log_small_policy(void)
{
	struct log_policy policy = log_policy;

	policy.rotate_size = LOG_SMALL;
	return policy;
}

/* `count` records from seq on, a turn of the loop each hundred. */
static inline void log_put_many(struct eventlog *log, uint64_t seq, uint64_t count, uint64_t now_ns)
{
	for (uint64_t i = 0; i < count; i++) {
		log_put(log, seq + i, LOG_WALL_NS + (int64_t)(seq + i), LOG_RECORD);
		if (i % 100 == 99)
			eventlog_flush(log, now_ns);
	}
	eventlog_flush(log, now_ns);
}

/* ---- files ---- */

enum { LOG_NAMES_MAX = 64 };

struct log_names {
	char names[LOG_NAMES_MAX][256];
	size_t count;
};

static inline int log_by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The old files beside scratch_path, in order. */
static inline struct log_names log_old_names(void)
{
	DIR *dir = opendir(scratch_directory);
	struct log_names found = { 0 };
	const struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (strncmp(entry->d_name, "file.", 5) != 0)
			continue;
		assert_true(found.count < LOG_NAMES_MAX);
		snprintf(found.names[found.count++], sizeof(found.names[0]), "%s", entry->d_name);
	}
	closedir(dir);
	qsort(found.names, found.count, sizeof(found.names[0]), log_by_name);
	return found;
}

static inline const char *log_path(const char *name)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", scratch_directory, name);
	return path;
}

/* What a shell command prints; gzip is everywhere. */
static inline char *log_output(const char *command)
{
	char *text = malloc(SCRATCH_FILE_MAX);
	FILE *pipe = popen(command, "r");

	assert_non_null(text);
	assert_non_null(pipe);
	text[fread(text, 1, SCRATCH_FILE_MAX - 1, pipe)] = '\0';
	assert_int_equal(pclose(pipe), 0);
	return text;
}

/* All that the log holds, the oldest first. */
static inline char *log_all_text(void)
{
	char command[PATH_MAX + 128];

	snprintf(command, sizeof(command),
		 "cd %s; for f in file.* file; do [ ! -e $f ] || zcat -f $f; done",
		 scratch_directory);
	return log_output(command);
}

/* Whole records from `first` on, one after the other. Returns how many. */
static inline uint64_t log_check_seq(const char *text, uint64_t first)
{
	uint64_t count = 0;

	while (*text) {
		uint64_t seq;

		assert_int_equal(sscanf(text, "{\"v\":1,\"seq\":%" SCNu64, &seq), 1);
		assert_int_equal(seq, first + count++);
		text = strchr(text, '\n');
		assert_non_null(text);
		assert_memory_equal(text - 2, "\"}", 2);
		text++;
	}
	return count;
}

/* Let it do all that is due, whatever the clock says. */
static inline uint64_t log_settle(struct eventlog *log, uint64_t now_ns)
{
	for (uint64_t due_ns; (due_ns = eventlog_due(log));) {
		now_ns = due_ns > now_ns ? due_ns : now_ns;
		eventlog_work(log, now_ns);
		eventlog_flush(log, now_ns);
	}
	return now_ns;
}
