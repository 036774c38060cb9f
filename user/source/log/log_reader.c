// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_reader.h"

#include <errno.h>
#include <string.h>

#include "source/log/log_cursor.h"
#include "source/log/log_follow.h"

struct log_reader {
	char *path;
	struct log_cursor cursor;
	bool is_placed; /* the cursor: something was read */
	uint64_t lines;
	uint64_t too_long; /* on the way back */
};

int log_reader_open(const char *path, struct log_reader **out)
{
	cleanup_log_reader struct log_reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader)
		return -ENOMEM;
	reader->path = strdup(path);
	if (!reader->path)
		return -ENOMEM;
	err = log_cursor_init(&reader->cursor, reader->path, LOG_LINE_MAX, LOG_FILES_MAX);
	if (err)
		return err;
	*out = take_ptr(reader);
	return 0;
}

void log_reader_close(struct log_reader *reader)
{
	if (!reader)
		return;
	log_cursor_clear(&reader->cursor);
	free(reader->path);
	free(reader);
}

static int hand(struct log_reader *reader, char *line, size_t size, log_line_fn fn, void *ctx)
{
	reader->lines++;
	return fn(line, size, ctx);
}

/* ---- forward ---- */

static int hand_rest(struct log_reader *reader, log_line_fn fn, void *ctx)
{
	cleanup_free char *line = NULL;
	size_t size;
	int err = log_cursor_rest(&reader->cursor, &line, &size);

	if (err)
		return err == -EAGAIN ? 0 : err;
	return hand(reader, line, size, fn, ctx);
}

int log_reader_since(struct log_reader *reader, int64_t since_ns, int64_t until_ns, log_line_fn fn,
		     void *ctx)
{
	int err = log_cursor_seek(&reader->cursor, since_ns, until_ns);
	size_t size;
	char *line;

	reader->is_placed = true;
	while (!err) {
		err = log_cursor_next(&reader->cursor, &line, &size);
		if (!err)
			err = hand(reader, line, size, fn, ctx);
	}
	return err == -EAGAIN ? hand_rest(reader, fn, ctx) : err;
}

/* ---- backward ---- */

struct back {
	struct log_reader *reader;
	struct log_lines lines;
	log_line_fn fn;
	void *ctx;
};

/* From where the file is set to, to its begin. */
static int read_back(struct back *back, struct log_file *file)
{
	size_t size, got = 1;
	char *line;
	int err = 0;

	log_lines_reset(&back->lines);
	while (!err && got) {
		err = log_file_read_before(file, log_lines_room_before(&back->lines), &got);
		if (err)
			break;
		log_lines_put_before(&back->lines, got);
		while (!err && (line = log_lines_previous(&back->lines, &size)))
			err = hand(back->reader, line, size, back->fn, back->ctx);
	}
	if (!err && (line = log_lines_first(&back->lines, &size)))
		err = hand(back->reader, line, size, back->fn, back->ctx);
	return err;
}

static int read_rotated_back(struct back *back, uint64_t seq)
{
	struct log_cursor *cursor = &back->reader->cursor;
	cleanup_log_file struct log_file *file = NULL;
	int err = log_set_open(&cursor->set, seq, &cursor->counts, &file);

	if (err == -ENOMEM || err == -EMFILE || err == -ENFILE)
		return err;
	if (err) {
		cursor->left_out += err != -ENOENT;
		return 0;
	}
	/* Renamed since we have it. */
	if (cursor->file && log_file_is_same(file, cursor->file))
		return 0;
	err = log_file_seek_back(file);
	return err ? err : read_back(back, file);
}

static int read_all_back(struct back *back)
{
	struct log_cursor *cursor = &back->reader->cursor;
	uint64_t live_seq = UINT64_MAX;
	int err = 0;

	if (cursor->file) {
		(void)log_file_first_seq(cursor->file, &live_seq);
		err = hand_rest(back->reader, back->fn, back->ctx);
		if (!err)
			err = read_back(back, cursor->file);
	}
	/* From live_seq on it is the live one that was renamed and compressed since we have it. */
	for (size_t i = cursor->set.count; i > 0 && !err; i--)
		if (cursor->set.seqs[i - 1] < live_seq)
			err = read_rotated_back(back, cursor->set.seqs[i - 1]);
	return err;
}

int log_reader_backward(struct log_reader *reader, log_line_fn fn, void *ctx)
{
	struct back back = { .reader = reader, .fn = fn, .ctx = ctx };
	int err;

	if (reader->cursor.is_pipe)
		return -ESPIPE;
	err = log_cursor_seek_end(&reader->cursor);
	if (err)
		return err;
	reader->is_placed = true;
	err = log_lines_init(&back.lines, LOG_LINE_MAX, LOG_BLOCK_MAX);
	if (err)
		return err;
	err = read_all_back(&back);
	reader->too_long += back.lines.too_long;
	log_lines_clear(&back.lines);
	return err;
}

/* ---- what comes ---- */

struct following {
	struct log_reader *reader;
	log_line_fn fn;
	void *ctx;
};

static int on_line(char *line, size_t size, void *ctx)
{
	const struct following *following = ctx;

	return hand(following->reader, line, size, following->fn, following->ctx);
}

int log_reader_follow(struct log_reader *reader, int should_stop_fd, log_line_fn fn, void *ctx)
{
	struct following following = { .reader = reader, .fn = fn, .ctx = ctx };
	int err = 0;

	if (reader->cursor.is_pipe)
		return log_follow_pipe(&reader->cursor, should_stop_fd, on_line, &following);
	if (!reader->is_placed)
		err = log_cursor_seek_end(&reader->cursor);
	if (err)
		return err;
	reader->is_placed = true;
	return log_follow(&reader->cursor, should_stop_fd, on_line, &following);
}

struct log_reader_stats log_reader_stats(const struct log_reader *reader)
{
	return (struct log_reader_stats){
		.lines = reader->lines,
		.too_long = reader->too_long + reader->cursor.lines.too_long,
		.damaged = reader->cursor.counts.damaged,
		.files_left_out = reader->cursor.left_out,
		.bytes_read = reader->cursor.counts.bytes_read,
	};
}
