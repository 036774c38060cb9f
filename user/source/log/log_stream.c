// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_stream.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

enum {
	GZIP_WINDOW = 31, /* of inflateInit2(): 15 bits, and a gzip header */
	IN_SIZE = 64 * 1024,
	MAGIC_SIZE = 2,
	WINDOW_MAX = 16 << 20, /* of text, on the way back */
};

struct log_stream {
	const struct log_input *input;
	bool is_begun; /* it is known whether it is gzip */
	bool is_gzip;
	bool is_amid; /* a member of gzip */
	bool is_over;
	uint64_t offset; /* in the file */
	size_t in_at, in_end;
	z_stream inflate;
	char *window; /* text of the file, from window_from up to `before` at least */
	uint64_t window_from, before;
	uint8_t in[IN_SIZE];
};

bool log_stream_is_gzip(const char *head, size_t size)
{
	return size >= MAGIC_SIZE && !memcmp(head, "\x1f\x8b", MAGIC_SIZE);
}

int log_stream_open(const struct log_input *input, struct log_stream **out)
{
	cleanup_log_stream struct log_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return -ENOMEM;
	stream->input = input;
	if (inflateInit2(&stream->inflate, GZIP_WINDOW) != Z_OK)
		return -ENOMEM;
	*out = take_ptr(stream);
	return 0;
}

void log_stream_close(struct log_stream *stream)
{
	if (!stream)
		return;
	inflateEnd(&stream->inflate);
	free(stream->window);
	free(stream);
}

void log_stream_rewind(struct log_stream *stream)
{
	inflateReset(&stream->inflate);
	stream->offset = stream->in_at = stream->in_end = 0;
	stream->is_begun = stream->is_amid = stream->is_over = false;
}

/* More bytes behind those that are left. */
static int pull(struct log_stream *stream, size_t *out_size)
{
	size_t left = stream->in_end - stream->in_at, got;
	int err;

	memmove(stream->in, stream->in + stream->in_at, left);
	stream->in_at = 0;
	stream->in_end = left;
	if (stream->input->is_pipe)
		err = log_input_read(stream->input, stream->in + left, IN_SIZE - left, &got);
	else
		err = log_input_read_at(stream->input, stream->in + left, IN_SIZE - left,
					stream->offset, &got);
	if (err)
		return err;
	stream->offset += got;
	stream->in_end += got;
	*out_size = got;
	return 0;
}

static int begin(struct log_stream *stream)
{
	size_t got = 1;
	int err = 0;

	while (!err && got && stream->in_end < MAGIC_SIZE)
		err = pull(stream, &got);
	if (err)
		return err;
	stream->is_gzip = log_stream_is_gzip((const char *)stream->in, stream->in_end);
	stream->is_begun = true;
	return 0;
}

static void end_damaged(struct log_stream *stream)
{
	stream->input->counts->damaged++;
	stream->is_over = true;
}

/* Of what was pulled. */
static int inflate_some(struct log_stream *stream, char *to, size_t size, size_t *out_size)
{
	z_stream *inflate_ = &stream->inflate;
	int result;

	/* Zeros may fill up the end of a file. */
	while (!stream->is_amid && stream->in_at < stream->in_end && !stream->in[stream->in_at])
		stream->in_at++;
	inflate_->next_in = stream->in + stream->in_at;
	inflate_->avail_in = (uInt)(stream->in_end - stream->in_at);
	inflate_->next_out = (Bytef *)to;
	inflate_->avail_out = (uInt)size;
	if (!inflate_->avail_in && !stream->is_amid) {
		*out_size = 0;
		return 0;
	}
	result = inflate(inflate_, Z_NO_FLUSH);
	stream->in_at = stream->in_end - inflate_->avail_in;
	stream->is_amid = result != Z_STREAM_END;
	if (result == Z_STREAM_END)
		inflateReset(inflate_);
	else if (result == Z_MEM_ERROR)
		return -ENOMEM;
	else if (result != Z_OK && result != Z_BUF_ERROR)
		end_damaged(stream);
	*out_size = size - inflate_->avail_out;
	return 0;
}

static size_t copy_some(struct log_stream *stream, char *to, size_t size)
{
	size_t left = stream->in_end - stream->in_at;

	if (size > left)
		size = left;
	memcpy(to, stream->in + stream->in_at, size);
	stream->in_at += size;
	return size;
}

int log_stream_read(struct log_stream *stream, char *to, size_t size, size_t *out_size)
{
	size_t done = 0, got;
	int err = stream->is_begun ? 0 : begin(stream);

	while (!err && !done && !stream->is_over) {
		if (stream->is_gzip)
			err = inflate_some(stream, to, size, &done);
		else
			done = copy_some(stream, to, size);
		if (err || done || stream->is_over || stream->in_at < stream->in_end)
			continue;
		err = pull(stream, &got);
		if (!err && !got) {
			if (stream->is_amid)
				end_damaged(stream);
			stream->is_over = true;
		}
	}
	if (!err)
		*out_size = done;
	return err;
}

/* ---- the way back ---- */

static int read_whole(struct log_stream *stream, char *to, size_t size, size_t *out_size)
{
	size_t done = 0, got = 1;
	int err = 0;

	while (!err && got && done < size) {
		err = log_stream_read(stream, to + done, size - done, &got);
		done += err ? 0 : got;
	}
	*out_size = done;
	return err;
}

/* The text before `before`, or with that unknown up to the end, which it then is. */
static int load_window(struct log_stream *stream)
{
	uint64_t at = 0, from = stream->before > WINDOW_MAX ? stream->before - WINDOW_MAX : 0;
	bool is_end_known = stream->before < UINT64_MAX;
	size_t got = 1;
	int err = 0;

	if (!stream->window)
		stream->window = malloc(WINDOW_MAX);
	if (!stream->window)
		return -ENOMEM;
	log_stream_rewind(stream);
	while (!err && got && at < (is_end_known ? stream->before : UINT64_MAX)) {
		uint64_t want = is_end_known ? (at < from ? from : stream->before) - at
					     : WINDOW_MAX;

		err = read_whole(stream, stream->window,
				 want < WINDOW_MAX ? (size_t)want : WINDOW_MAX, &got);
		stream->window_from = at;
		at += got;
	}
	if (!err)
		stream->before = at;
	return err;
}

/* What was counted as damaged on the first way is not again. */
static int load_again(struct log_stream *stream)
{
	uint64_t damaged = stream->input->counts->damaged;
	int err = load_window(stream);

	stream->input->counts->damaged = damaged;
	return err;
}

int log_stream_seek_end(struct log_stream *stream)
{
	int err;

	stream->before = UINT64_MAX;
	err = load_window(stream);
	stream->window_from = stream->before; /* it may hold less than it could */
	return err;
}

int log_stream_read_before(struct log_stream *stream, char *end, size_t size, size_t *out_size)
{
	int err = 0;

	if (stream->before && stream->before == stream->window_from)
		err = load_again(stream);
	if (err)
		return err;
	if (size > stream->before - stream->window_from)
		size = (size_t)(stream->before - stream->window_from);
	stream->before -= size;
	memcpy(end - size, stream->window + (stream->before - stream->window_from), size);
	*out_size = size;
	return 0;
}
