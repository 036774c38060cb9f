// SPDX-License-Identifier: Apache-2.0
#include "source/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

static int open_regular(const char *path, int *out)
{
	cleanup_close int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;

	*out = take_fd(fd);
	return 0;
}

int file_read(const char *path, size_t max, char **out, size_t *out_size)
{
	cleanup_free char *text = NULL;
	cleanup_close int fd = -1;
	size_t size = 0, room = 0;
	int err;

	err = open_regular(path, &fd);
	if (err)
		return err;

	for (;;) {
		ssize_t n;

		if (size == room) {
			char *larger;

			/* st_size is no help: 0 in proc, and the file may be growing. */
			room = room ? room * 2 : 4096;
			larger = realloc(text, room + 1);
			if (!larger)
				return -ENOMEM;
			text = larger;
		}
		n = read(fd, text + size, room - size);
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		size += (size_t)n;
		if (size > max)
			return -EFBIG;
	}
	text[size] = '\0';

	*out = take_ptr(text);
	*out_size = size;
	return 0;
}

const char *file_strerror(int err)
{
	switch (err) {
	case -EFBIG:
		return "too large";
	case -ENOTSUP:
		return "not a regular file";
	default:
		return strerror(-err);
	}
}
