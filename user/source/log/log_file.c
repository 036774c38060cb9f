// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_file.h"

#include <errno.h>
#include <string.h>

#include "source/log/log_members.h"
#include "source/log/log_plain.h"
#include "source/log/log_stream.h"

struct kind {
	int (*open)(struct log_file *file); /* NULL: there is nothing to do */
	int (*seek)(struct log_file *file, int64_t since_ns, int64_t until_ns);
	int (*read)(struct log_file *file, char *to, size_t *out_size);
	int (*seek_end)(struct log_file *file);
	int (*read_before)(struct log_file *file, char *end, size_t *out_size);
};

struct log_file {
	struct log_input input;
	const struct kind *kind;
	struct log_plain plain;
	struct log_members *members;
	struct log_stream *stream;
};

/* ---- plain ---- */

static int plain_seek(struct log_file *file, int64_t since_ns, int64_t until_ns)
{
	(void)until_ns;
	return log_plain_seek(&file->plain, since_ns);
}

static int plain_read(struct log_file *file, char *to, size_t *out_size)
{
	return log_plain_read(&file->plain, to, LOG_BLOCK_MAX, out_size);
}

static int plain_seek_end(struct log_file *file)
{
	return log_input_size(&file->input, &file->plain.before);
}

static int plain_read_before(struct log_file *file, char *end, size_t *out_size)
{
	return log_plain_read_before(&file->plain, end, LOG_BLOCK_MAX, out_size);
}

static const struct kind plain = {
	.seek = plain_seek,
	.read = plain_read,
	.seek_end = plain_seek_end,
	.read_before = plain_read_before,
};

/* ---- our members ---- */

static int members_open(struct log_file *file)
{
	return log_members_open(&file->input, &file->members);
}

static int members_seek(struct log_file *file, int64_t since_ns, int64_t until_ns)
{
	return log_members_seek(file->members, since_ns, until_ns);
}

static int members_read(struct log_file *file, char *to, size_t *out_size)
{
	return log_members_read(file->members, to, out_size);
}

static int members_seek_end(struct log_file *file)
{
	return log_members_seek_end(file->members);
}

static int members_read_before(struct log_file *file, char *end, size_t *out_size)
{
	return log_members_read_before(file->members, end, out_size);
}

static const struct kind members = {
	.open = members_open,
	.seek = members_seek,
	.read = members_read,
	.seek_end = members_seek_end,
	.read_before = members_read_before,
};

/* ---- gzip of others, and pipes ---- */

static int stream_open(struct log_file *file)
{
	return log_stream_open(&file->input, &file->stream);
}

static int stream_seek(struct log_file *file, int64_t since_ns, int64_t until_ns)
{
	(void)since_ns;
	(void)until_ns;
	if (!file->input.is_pipe)
		log_stream_rewind(file->stream);
	return 0;
}

static int stream_read(struct log_file *file, char *to, size_t *out_size)
{
	return log_stream_read(file->stream, to, LOG_BLOCK_MAX, out_size);
}

static int stream_seek_end(struct log_file *file)
{
	return file->input.is_pipe ? -ESPIPE : log_stream_seek_end(file->stream);
}

static int stream_read_before(struct log_file *file, char *end, size_t *out_size)
{
	return log_stream_read_before(file->stream, end, LOG_BLOCK_MAX, out_size);
}

static const struct kind stream = {
	.open = stream_open,
	.seek = stream_seek,
	.read = stream_read,
	.seek_end = stream_seek_end,
	.read_before = stream_read_before,
};

/* ---- any ---- */

static int recognize(struct log_file *file)
{
	struct log_plain *head = &file->plain;
	int err = log_input_read_at(&file->input, head->head, sizeof(head->head), 0,
				    &head->head_size);

	if (err)
		return err;
	file->kind = &plain;
	if (!log_stream_is_gzip(head->head, head->head_size))
		return 0;
	file->kind = &members;
	err = file->kind->open(file);
	if (err != -EINVAL)
		return err;
	file->kind = &stream;
	return file->kind->open(file);
}

int log_file_open(const char *path, struct log_counts *counts, struct log_file **out)
{
	cleanup_log_file struct log_file *file = calloc(1, sizeof(*file));
	int err;

	if (!file)
		return -ENOMEM;
	file->input.fd = -1;
	file->plain.input = &file->input;
	err = strcmp(path, "-") != 0 ? log_input_open(path, counts, &file->input)
				     : log_input_stdin(counts, &file->input);
	if (err)
		return err;
	file->kind = &stream;
	err = file->input.is_pipe ? file->kind->open(file) : recognize(file);
	if (err)
		return err;
	*out = take_ptr(file);
	return 0;
}

void log_file_close(struct log_file *file)
{
	if (!file)
		return;
	log_members_close(file->members);
	log_stream_close(file->stream);
	log_input_close(&file->input);
	free(file);
}

const struct log_input *log_file_input(const struct log_file *file)
{
	return &file->input;
}

bool log_file_is_same(const struct log_file *file, const struct log_file *other)
{
	return file->input.device == other->input.device && file->input.inode == other->input.inode;
}

void log_file_stop_at(struct log_file *file, int stop_fd)
{
	file->input.stop_fd = stop_fd;
}

int log_file_seek(struct log_file *file, int64_t since_ns, int64_t until_ns)
{
	return file->kind->seek(file, since_ns, until_ns);
}

int log_file_read(struct log_file *file, char *to, size_t *out_size)
{
	return file->kind->read(file, to, out_size);
}

int log_file_seek_end(struct log_file *file, size_t line_max, bool *out_is_amid)
{
	*out_is_amid = false;
	if (file->kind == &plain)
		return log_plain_seek_end(&file->plain, line_max, out_is_amid);
	return file->kind->seek_end(file);
}

int log_file_seek_back(struct log_file *file)
{
	return file->kind->seek_end(file);
}

int log_file_read_before(struct log_file *file, char *end, size_t *out_size)
{
	return file->kind->read_before(file, end, out_size);
}

int log_file_first_seq(const struct log_file *file, uint64_t *out)
{
	return file->kind == &plain ? log_plain_first_seq(&file->plain, out) : -ENODATA;
}

int log_file_is_rewritten(const struct log_file *file, bool *out)
{
	if (file->kind == &plain)
		return log_plain_is_rewritten(&file->plain, out);
	*out = false;
	return 0;
}
