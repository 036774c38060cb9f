// SPDX-License-Identifier: Apache-2.0
#include "sink/log/log_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "core/log/log_line.h"

enum {
	HEAD_SIZE = 64 * 1024, /* where the first record is looked for */
	FILE_MODE = 0600,
	DIRECTORY_MODE = 0755,
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
static int open_path(const char *path)
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

static void find_first(struct log_output *file, const char *text, size_t size)
{
	const char *end = text + size;

	while (text < end && !file->has_first) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((newline ? newline : end) - text);
		struct log_line line;

		file->has_first = !log_line_parse(text, length, &line) &&
				  !log_line_time(&line, &file->first_ns);
		if (file->has_first)
			file->first_seq = line.seq;
		text += length + 1;
	}
}

static int look_inside(struct log_output *file, struct log_end *out_tail)
{
	cleanup_free char *text = NULL;
	ssize_t size;
	int err = log_end_mend(file->fd, out_tail, &file->size, &file->is_torn);

	if (err)
		return err;
	text = malloc(HEAD_SIZE);
	if (!text)
		return -ENOMEM;
	size = pread(file->fd, text, HEAD_SIZE, 0);
	if (size < 0)
		return -errno;
	find_first(file, text, (size_t)size);
	file->newest_ns = out_tail->wall_ns;
	return 0;
}

static int look_at(struct log_output *file, struct log_end *out_tail)
{
	struct stat stat;

	if (fstat(file->fd, &stat) < 0)
		return -errno;
	file->is_regular = !file->is_shared && S_ISREG(stat.st_mode);
	file->device = stat.st_dev;
	file->inode = stat.st_ino;
	return file->is_regular ? look_inside(file, out_tail) : 0;
}

static int open_shared(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int log_output_open(const char *path, struct log_output *out, struct log_end *out_tail)
{
	struct log_output file = { .is_shared = !strcmp(path, "-") };
	struct log_end tail = { 0 };
	int err;

	file.fd = file.is_shared ? open_shared() : open_path(path);
	err = file.fd < 0 ? file.fd : look_at(&file, &tail);
	if (err) {
		close_fd(file.fd);
		*out = (struct log_output){ .fd = -1 };
		return err;
	}

	*out = file;
	*out_tail = tail;
	return 0;
}

void log_output_close(struct log_output *file)
{
	close_fd(file->fd);
	*file = (struct log_output){ .fd = -1 };
}

int log_output_peek(const char *path, struct log_end *out)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat stat;
	bool is_torn;
	uint64_t size;

	if (fd < 0 || fstat(fd, &stat) < 0)
		return errno == ENOENT ? 0 : -errno;
	return S_ISREG(stat.st_mode) ? log_end_mend(fd, out, &size, &is_torn) : 0;
}

bool log_output_is_linked(const struct log_output *file)
{
	struct stat stat;

	return !fstat(file->fd, &stat) && stat.st_nlink > 0;
}

bool log_output_is_at(struct log_output *file, const char *path)
{
	struct stat at;

	if (file->is_shared)
		return true;
	if (stat(path, &at) < 0 || at.st_dev != file->device || at.st_ino != file->inode)
		return false;
	if (file->is_regular && (uint64_t)at.st_size < file->size)
		*file = (struct log_output){ .fd = file->fd,
					     .is_regular = true,
					     .is_dirty = file->is_dirty,
					     .device = file->device,
					     .inode = file->inode };
	if (file->is_regular)
		file->size = (uint64_t)at.st_size;
	return true;
}

/* A pipe that polls as writable takes PIPE_BUF bytes without blocking. */
ssize_t log_output_write(struct log_output *file, const char *from, size_t size)
{
	struct pollfd pollfd = { .fd = file->fd, .events = POLLOUT };
	const char *newline;
	ssize_t n;

	if (file->is_shared) {
		if (!poll(&pollfd, 1, 0))
			return -EAGAIN;
		size = size < PIPE_BUF ? size : PIPE_BUF;
	}

	do
		n = write(file->fd, from, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	file->size += (uint64_t)n;
	file->is_dirty = file->is_regular;
	newline = memrchr(from, '\n', (size_t)n);
	file->unfinished = newline ? (size_t)(from + n - newline - 1)
				   : file->unfinished + (size_t)n;
	return n;
}

void log_output_take_back(struct log_output *file)
{
	size_t size = take(file->unfinished, 0);

	if (!file->is_regular || !size || file->size < size)
		return;
	if (!ftruncate(file->fd, (off_t)(file->size - size)))
		file->size -= size;
}

/* What the kernel could not write it may have dropped: it is not dirty for ever. */
int log_output_sync(struct log_output *file)
{
	if (!take(file->is_dirty, false))
		return 0;
	return fdatasync(file->fd) < 0 ? -errno : 0;
}

int log_output_sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	cleanup_free char *directory = slash ? strndup(path, (size_t)(slash - path) + 1)
					     : strdup(".");
	cleanup_close int fd = -1;

	if (!directory)
		return -ENOMEM;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}
