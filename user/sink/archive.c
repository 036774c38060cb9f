// SPDX-License-Identifier: Apache-2.0
#include "sink/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "core/report/ustar.h"

struct archive {
	gzFile file; /* NULL: finished */
	char *path; /* NULL: stdout */
	uint64_t time_s;
	size_t size; /* so far */
	int err; /* of the first write that failed */
};

static int open_file(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
				   : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int archive_open(const char *path, struct archive **out)
{
	cleanup_archive struct archive *archive = calloc(1, sizeof(*archive));
	cleanup_close int fd = -1;

	if (!archive)
		return -ENOMEM;
	archive->time_s = (uint64_t)time(NULL);
	fd = open_file(path);
	if (fd < 0)
		return fd;
	if (strcmp(path, "-") != 0)
		archive->path = strdup(path);
	archive->file = gzdopen(fd, "wb");
	if (!archive->file || (strcmp(path, "-") != 0 && !archive->path))
		return -ENOMEM;
	(void)take_fd(fd); /* the file has it */
	*out = take_ptr(archive);
	return 0;
}

void archive_close(struct archive *archive)
{
	if (!archive)
		return;
	if (archive->file) {
		gzclose(archive->file);
		if (archive->path)
			unlink(archive->path);
	}
	free(archive->path);
	free(archive);
}

static int put(struct archive *archive, const void *data, size_t size)
{
	if (archive->err)
		return archive->err;
	errno = 0;
	if (size && gzwrite(archive->file, data, (unsigned int)size) != (int)size)
		archive->err = errno ? -errno : -EIO;
	return archive->err;
}

int archive_add(struct archive *archive, const char *name, const char *data, size_t size)
{
	static const char zeros[USTAR_BLOCK_SIZE];
	const struct ustar_file file = {
		.name = name, .size = size, .mtime_s = archive->time_s, .mode = 0600
	};
	char header[USTAR_BLOCK_SIZE];
	int err = ustar_header(&file, header);

	if (err)
		return err;
	if (size + sizeof(header) > ARCHIVE_BYTES_MAX - archive->size)
		return -EFBIG;
	archive->size += size + sizeof(header);
	err = put(archive, header, sizeof(header));
	if (!err)
		err = put(archive, data, size);
	return err ? err : put(archive, zeros, ustar_padding(size));
}

int archive_finish(struct archive *archive)
{
	static const char zeros[USTAR_BLOCK_SIZE * USTAR_END_BLOCKS];
	int err = put(archive, zeros, sizeof(zeros)), closed;

	if (err)
		return err;
	errno = 0;
	closed = gzclose(take_ptr(archive->file));
	if (closed == Z_OK)
		return 0;
	err = errno ? -errno : -EIO;
	if (archive->path)
		unlink(archive->path);
	return err;
}
