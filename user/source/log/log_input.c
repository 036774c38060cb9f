// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

/* O_NONBLOCK lets a FIFO be opened that nobody writes to. What is read shall wait all the same. */
int log_input_open(const char *path, struct log_counts *counts, struct log_input *out)
{
	cleanup_close int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat) < 0)
		return -errno;
	if (S_ISDIR(stat.st_mode))
		return -EISDIR;
	if (!S_ISREG(stat.st_mode) && !S_ISFIFO(stat.st_mode))
		return -ENOTSUP;
	if (fcntl(fd, F_SETFL, 0) < 0)
		return -errno;
	*out = (struct log_input){
		.is_pipe = S_ISFIFO(stat.st_mode),
		.device = stat.st_dev,
		.inode = stat.st_ino,
		.stop_fd = -1,
		.counts = counts,
	};
	out->fd = take_fd(fd);
	return 0;
}

int log_input_stdin(struct log_counts *counts, struct log_input *out)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	*out = (struct log_input){ .fd = fd, .is_pipe = true, .stop_fd = -1, .counts = counts };
	return 0;
}

void log_input_close(struct log_input *input)
{
	close_fd(take_fd(input->fd));
}

bool log_input_is(const struct log_input *input, const struct stat *stat)
{
	return input->device == stat->st_dev && input->inode == stat->st_ino;
}

int log_input_size(const struct log_input *input, uint64_t *out)
{
	struct stat stat;

	if (fstat(input->fd, &stat) < 0)
		return -errno;
	*out = (uint64_t)stat.st_size;
	return 0;
}

int log_input_read_at(const struct log_input *input, void *to, size_t size, uint64_t offset,
		      size_t *out_size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n =
			pread(input->fd, (char *)to + done, size - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += (size_t)n;
	}
	input->counts->bytes_read += done;
	*out_size = done;
	return 0;
}

static int wait_for(const struct log_input *input)
{
	struct pollfd pollfds[] = {
		{ .fd = input->fd, .events = POLLIN },
		{ .fd = input->stop_fd, .events = POLLIN },
	};

	while (poll(pollfds, array_size(pollfds), -1) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return pollfds[1].revents ? -ECANCELED : 0;
}

int log_input_read(const struct log_input *input, void *to, size_t size, size_t *out_size)
{
	int err = input->stop_fd < 0 ? 0 : wait_for(input);
	ssize_t n;

	if (err)
		return err;

	do
		n = read(input->fd, to, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	input->counts->bytes_read += (uint64_t)n;
	*out_size = (size_t)n;
	return 0;
}
