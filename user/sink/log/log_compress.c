// SPDX-License-Identifier: Apache-2.0
#include "sink/log/log_compress.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/log/log_line.h"
#include "core/log/log_member.h"
#include "core/log/log_name.h"
#include "sink/log/log_output.h"

enum {
	LEVEL = 5, /* 2.6 ms a member; 6 takes a third longer for a fifteenth less */
	RAW_WINDOW = -15, /* no header of zlib's own */
	MEMORY = 8,
	FILE_MODE = 0600,
};

struct log_compress {
	char *path;
	uint64_t seq;
	char plain[PATH_MAX], part[PATH_MAX], whole[PATH_MAX];
	int in, out;
	uint64_t read, written;
	z_stream stream;
	bool has_stream, is_done;
	struct log_member member; /* the last one */
	char text[LOG_MEMBER_TEXT_MAX];
	uint8_t bytes[LOG_MEMBER_SIZE_MAX];
};

static int set_names(struct log_compress *compress)
{
	struct {
		char *name;
		enum log_kind kind;
	} names[] = {
		{ compress->plain, LOG_PLAIN },
		{ compress->part, LOG_PART },
		{ compress->whole, LOG_GZIP },
	};
	int err = 0;

	for (size_t i = 0; i < array_size(names) && !err; i++)
		err = log_name_format(compress->path, compress->seq, names[i].kind, names[i].name,
				      PATH_MAX);
	return err;
}

static int open_files(struct log_compress *compress)
{
	compress->in = open(compress->plain, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (compress->in < 0)
		return -errno;
	if (unlink(compress->part) < 0 && errno != ENOENT)
		return -errno;
	compress->out = open(compress->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	return compress->out < 0 ? -errno : 0;
}

int log_compress_open(const char *path, uint64_t seq, struct log_compress **out)
{
	cleanup_log_compress struct log_compress *compress = calloc(1, sizeof(*compress));
	int err;

	if (!compress)
		return -ENOMEM;
	compress->in = compress->out = -1;
	compress->seq = seq;
	compress->path = strdup(path);
	if (!compress->path)
		return -ENOMEM;
	compress->has_stream = deflateInit2(&compress->stream, LEVEL, Z_DEFLATED, RAW_WINDOW,
					    MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
	if (!compress->has_stream)
		return -ENOMEM;
	err = set_names(compress);
	if (!err)
		err = open_files(compress);
	if (err)
		return err;

	*out = take_ptr(compress);
	return 0;
}

void log_compress_close(struct log_compress *compress)
{
	if (!compress)
		return;
	if (compress->out >= 0 && !compress->is_done)
		unlink(compress->part);
	if (compress->has_stream)
		deflateEnd(&compress->stream);
	close_fd(compress->in);
	close_fd(compress->out);
	free(compress->path);
	free(compress);
}

/* ---- one member ---- */

/* Whole lines, as many as there is room for; a line that has no room at all, or no end, is cut. */
static ssize_t read_text(struct log_compress *compress)
{
	ssize_t n =
		pread(compress->in, compress->text, sizeof(compress->text), (off_t)compress->read);
	const char *newline;

	if (n < 0)
		return -errno;
	newline = memrchr(compress->text, '\n', (size_t)n);
	return newline ? newline + 1 - compress->text : n;
}

struct bounds {
	struct log_line earliest, latest;
	uint64_t first_seq, last_seq;
	bool has_any;
};

static void widen(struct bounds *bounds, const struct log_line *line)
{
	if (!bounds->has_any)
		*bounds = (struct bounds){ *line, *line, line->seq, line->seq, true };
	if (line->seq < bounds->first_seq)
		bounds->first_seq = line->seq;
	if (line->seq > bounds->last_seq)
		bounds->last_seq = line->seq;
	if (memcmp(line->ts, bounds->earliest.ts, LOG_LINE_TS_SIZE) < 0)
		bounds->earliest = *line;
	if (memcmp(line->ts, bounds->latest.ts, LOG_LINE_TS_SIZE) > 0)
		bounds->latest = *line;
}

/* Of a text without records nothing is known but what was before it. */
static struct log_member describe(const char *text, size_t size, const struct log_member *before)
{
	struct log_member member = { .first_seq = before->last_seq,
				     .last_seq = before->last_seq,
				     .first_ns = before->last_ns,
				     .last_ns = before->last_ns };
	struct bounds bounds = { 0 };
	int64_t first_ns, last_ns;

	for (const char *at = text, *end = text + size; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);
		struct log_line line;

		if (!log_line_parse(at, length, &line))
			widen(&bounds, &line);
		at += length + 1;
	}
	member.text_size = (uint32_t)size;
	if (!bounds.has_any || log_line_time(&bounds.earliest, &first_ns) ||
	    log_line_time(&bounds.latest, &last_ns))
		return member;
	member.first_seq = bounds.first_seq;
	member.last_seq = bounds.last_seq;
	member.first_ns = first_ns;
	member.last_ns = last_ns;
	return member;
}

static void put_le32(uint8_t *out, uint32_t number)
{
	for (size_t i = 0; i < sizeof(number); i++)
		out[i] = (uint8_t)(number >> 8 * i);
}

/* The member's size, 0 when zlib fails. */
static size_t make_member(struct log_compress *compress, size_t text_size)
{
	z_stream *stream = &compress->stream;
	struct log_member member = describe(compress->text, text_size, &compress->member);
	uint8_t *end;

	stream->next_in = (uint8_t *)compress->text;
	stream->avail_in = (uInt)text_size;
	stream->next_out = compress->bytes + LOG_MEMBER_HEADER_SIZE;
	stream->avail_out = LOG_MEMBER_SIZE_MAX - LOG_MEMBER_HEADER_SIZE - LOG_MEMBER_TRAILER_SIZE;
	if (deflateReset(stream) != Z_OK || deflate(stream, Z_FINISH) != Z_STREAM_END)
		return 0;
	end = stream->next_out;
	put_le32(end, (uint32_t)crc32(0, (const uint8_t *)compress->text, (uInt)text_size));
	put_le32(end + sizeof(uint32_t), (uint32_t)text_size);
	member.size = (uint32_t)(end + LOG_MEMBER_TRAILER_SIZE - compress->bytes);
	log_member_format(&member, compress->bytes);
	compress->member = member;
	return member.size;
}

static int write_all(int fd, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

/* The plain file must be there until the other one's content and name are on disk. */
static int finish(struct log_compress *compress)
{
	int err = 0;

	if (compress->written) {
		if (fsync(compress->out) < 0 || rename(compress->part, compress->whole) < 0)
			return -errno;
		compress->is_done = true;
		err = log_output_sync_directory(compress->path);
	}
	if (!err && unlink(compress->plain) < 0 && errno != ENOENT)
		err = -errno;
	return err ? err : LOG_COMPRESS_DONE;
}

int log_compress_step(struct log_compress *compress)
{
	ssize_t text_size = read_text(compress);
	size_t size;
	int err;

	if (text_size < 0)
		return (int)text_size;
	if (text_size == 0)
		return finish(compress);
	size = make_member(compress, (size_t)text_size);
	err = size ? write_all(compress->out, compress->bytes, size) : -EIO;
	if (err)
		return err;
	/* Begun now, it is not all left for the sync at the end. */
	(void)sync_file_range(compress->out, (off_t)compress->written, (off_t)size,
			      SYNC_FILE_RANGE_WRITE);
	compress->read += (uint64_t)text_size;
	compress->written += size;
	return 0;
}

uint64_t log_compress_seq(const struct log_compress *compress)
{
	return compress->seq;
}

uint64_t log_compress_bytes(const struct log_compress *compress)
{
	return compress->written;
}

/* ---- the last record ---- */

/* Where the last member of ours begins, by hopping over the others; -EINVAL when there is none. */
static int find_last(int fd, off_t file_size, off_t *out_at, struct log_member *out)
{
	uint8_t header[LOG_MEMBER_HEADER_SIZE];
	struct log_member member = { 0 };
	off_t at = 0, next = 0;

	while (next < file_size) {
		ssize_t n = pread(fd, header, sizeof(header), next);

		if (n < 0)
			return -errno;
		if (log_member_parse(header, (size_t)n, &member))
			break;
		at = next;
		next += (off_t)member.size;
	}
	if (!next)
		return -EINVAL;
	*out_at = at;
	*out = member;
	return 0;
}

static int inflate_member(uint8_t *bytes, const struct log_member *member, char *text)
{
	z_stream stream = { .next_in = bytes + LOG_MEMBER_HEADER_SIZE,
			    .avail_in = member->size - LOG_MEMBER_HEADER_SIZE,
			    .next_out = (uint8_t *)text,
			    .avail_out = member->text_size };
	int result;

	if (inflateInit2(&stream, RAW_WINDOW) != Z_OK)
		return -ENOMEM;
	result = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	return result == Z_STREAM_END && !stream.avail_out ? 0 : -EINVAL;
}

/* What the header says stands even where the text is spoilt: seq must not begin anew. */
static int read_last(int fd, off_t at, const struct log_member *member, struct log_end *out)
{
	cleanup_free uint8_t *bytes = malloc(LOG_MEMBER_SIZE_MAX);
	cleanup_free char *text = malloc(LOG_MEMBER_TEXT_MAX);
	ssize_t n;

	if (!bytes || !text)
		return -ENOMEM;
	n = pread(fd, bytes, member->size, at);
	if (n < 0)
		return -errno;
	if ((size_t)n == member->size && !inflate_member(bytes, member, text))
		*out = log_end_find(text, member->text_size, true);
	if (!out->found && member->last_seq)
		*out = (struct log_end){ true, false, member->last_seq, member->last_ns };
	return 0;
}

int log_compress_tail(const char *path, uint64_t seq, struct log_end *out)
{
	cleanup_close int fd = -1;
	struct log_end tail = { 0 };
	struct log_member member = { 0 };
	char name[PATH_MAX];
	struct stat stat;
	off_t at = 0;
	int err = log_name_format(path, seq, LOG_GZIP, name, sizeof(name));

	if (err)
		return err;
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &stat) < 0)
		return -errno;
	err = find_last(fd, stat.st_size, &at, &member);
	if (!err)
		err = read_last(fd, at, &member, &tail);
	if (err && err != -EINVAL)
		return err;

	*out = tail;
	return 0;
}
