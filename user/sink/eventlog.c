// SPDX-License-Identifier: Apache-2.0
/*
 * One buffer between the records and the file. What a write leaves behind stays
 * at its front and is the first to go next time, so a disk that fills up in the
 * middle of a line or a pipe that blocks costs nothing until the buffer is full,
 * and never a torn line.
 */
#include "sink/eventlog.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "core/record.h"
#include "core/text.h"
#include "log.h"

enum {
	BUFFER_SIZE = 256 * 1024,
	TAIL_SIZE = 64 * 1024, /* read back of a file; no record is so long */
	FILE_MODE = 0600,
	DIRECTORY_MODE = 0755,
};

struct eventlog {
	int fd;
	bool shared; /* a descriptor of someone else's too: its flags are not ours to set */
	bool torn; /* the file ends in the middle of a line, as an agent before us left it */
	bool stalled; /* a write of this turn failed: no more until the next */
	char *path;
	struct eventlog_stats stats;
	size_t used;
	char buffer[BUFFER_SIZE];
};

static int make_parent(const char *path)
{
	cleanup_free char *parent = strdup(path);
	char *slash;

	if (!parent)
		return -ENOMEM;
	slash = strrchr(parent, '/');
	if (!slash)
		return -ENOENT;
	*slash = '\0';
	return mkdir(parent, DIRECTORY_MODE) < 0 ? -errno : 0;
}

/* O_NONBLOCK is for a FIFO without a reader; so is O_RDWR, which a file needs for its tail. */
static int open_file(const char *path)
{
	int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, flags, FILE_MODE);
	int err;

	if (fd < 0 && errno == ENOENT) {
		err = make_parent(path);
		if (err)
			return err;
		fd = open(path, flags, FILE_MODE);
	}
	return fd < 0 ? -errno : fd;
}

/* Takes a line without its '\n', if it is a record. */
static void parse_line(const char *line, size_t size, struct eventlog_tail *out)
{
	json_t *root = json_loadb(line, size, 0, NULL);
	const char *ts, *type;
	int64_t wall_ns;
	json_int_t seq;
	int version;
	bool found;

	found = root && !json_unpack(root, "{s:i, s:I, s:s, s:s}", "v", &version, "seq", &seq, "ts",
				     &ts, "type", &type);
	found = found && version == RECORD_VERSION && seq >= 0 && !text_time_parse(ts, &wall_ns);
	if (found)
		*out = (struct eventlog_tail){
			.found = true,
			.stopped = !strcmp(type, record_type_name(RECORD_AGENT_STOPPED)),
			.seq = (uint64_t)seq,
			.wall_ns = wall_ns,
		};
	json_decref(root);
}

/* The last line that is a record: an earlier crash may have left others behind it, and a record may
 * lack no more than its newline. What is before the first newline is a line only in a whole file.
 */
static struct eventlog_tail find_tail(const char *text, size_t size, bool is_whole)
{
	struct eventlog_tail tail = { 0 };
	const char *end = text + size;

	while (end && !tail.found) {
		const char *newline = memrchr(text, '\n', (size_t)(end - text));
		const char *line = newline ? newline + 1 : text;

		if (newline || is_whole)
			parse_line(line, (size_t)(end - line), &tail);
		end = newline;
	}
	return tail;
}

static int read_tail(struct eventlog *log, struct eventlog_tail *out)
{
	cleanup_free char *text = NULL;
	struct stat stat;
	ssize_t size;
	off_t from;

	if (fstat(log->fd, &stat) < 0)
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return 0;

	text = malloc(TAIL_SIZE);
	if (!text)
		return -ENOMEM;
	from = stat.st_size > TAIL_SIZE ? stat.st_size - TAIL_SIZE : 0;
	size = pread(log->fd, text, TAIL_SIZE, from);
	if (size < 0)
		return -errno;

	log->torn = size && text[size - 1] != '\n';
	*out = find_tail(text, (size_t)size, !from);
	return 0;
}

int eventlog_open(const char *path, struct eventlog **out, struct eventlog_tail *out_tail)
{
	cleanup_eventlog struct eventlog *log = calloc(1, sizeof(*log));
	struct eventlog_tail tail = { 0 };
	int err;

	if (!log)
		return -ENOMEM;
	log->fd = -1;
	log->shared = !strcmp(path, "-");
	log->path = strdup(log->shared ? "stdout" : path);
	if (!log->path)
		return -ENOMEM;

	if (log->shared) {
		log->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
		if (log->fd < 0)
			return -errno;
	} else {
		log->fd = open_file(path);
		if (log->fd < 0)
			return log->fd;
		err = read_tail(log, &tail);
		if (err)
			return err;
	}

	*out = take_ptr(log);
	*out_tail = tail;
	return 0;
}

static size_t count_lines(const char *text, size_t size)
{
	const char *end = text + size;
	size_t count = 0;

	while ((text = memchr(text, '\n', (size_t)(end - text)))) {
		count++;
		text++;
	}
	return count;
}

/* Bytes written, or -errno. A pipe that polls as writable takes PIPE_BUF bytes without blocking. */
static ssize_t write_some(const struct eventlog *log, const char *from, size_t size)
{
	struct pollfd pollfd = { .fd = log->fd, .events = POLLOUT };
	ssize_t n;

	if (log->shared) {
		if (!poll(&pollfd, 1, 0))
			return -EAGAIN;
		size = size < PIPE_BUF ? size : PIPE_BUF;
	}

	do
		n = write(log->fd, from, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* A failure is told when it starts and when it ends. A slow reader may make that every turn: what
 * it costs is counted. */
static void report(struct eventlog *log, int error)
{
	int before = log->stats.last_error;

	log->stats.last_error = error;
	if (error == before || error == EAGAIN || (!error && before == EAGAIN))
		return;

	if (error)
		log_warn("cannot write events to '%s': %s, ignoring", log->path, strerror(error));
	else
		log_info("events go to '%s' again, %llu lost so far", log->path,
			 (unsigned long long)log->stats.lost);
}

static ssize_t end_torn_line(struct eventlog *log)
{
	ssize_t n = log->torn ? write_some(log, "\n", 1) : 1;

	if (n > 0)
		log->torn = false;
	return n;
}

static void drain(struct eventlog *log)
{
	ssize_t n = end_torn_line(log);
	size_t done = 0;

	while (n > 0 && done < log->used) {
		n = write_some(log, log->buffer + done, log->used - done);
		if (n > 0)
			done += (size_t)n;
	}

	log->stats.written += count_lines(log->buffer, done);
	log->used -= done;
	memmove(log->buffer, log->buffer + done, log->used);
	log->stalled = log->used;
	report(log, n < 0 ? (int)-n : 0);
}

void eventlog_append(struct eventlog *log, const char *line, size_t size)
{
	if (size > BUFFER_SIZE - log->used && !log->stalled)
		drain(log);
	if (size > BUFFER_SIZE - log->used) {
		log->stats.lost++;
		return;
	}
	memcpy(log->buffer + log->used, line, size);
	log->used += size;
}

void eventlog_flush(struct eventlog *log)
{
	if (log->used)
		drain(log);
}

void eventlog_close(struct eventlog *log)
{
	if (!log)
		return;
	if (log->fd >= 0)
		eventlog_flush(log);
	if (log->used)
		log_warn("events lost at the end of '%s': %zu, ignoring", log->path,
			 count_lines(log->buffer, log->used));
	close_fd(log->fd);
	free(log->path);
	free(log);
}

struct eventlog_stats eventlog_stats(const struct eventlog *log)
{
	return log->stats;
}
