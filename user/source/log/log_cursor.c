// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_cursor.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/log/log_line.h"

void log_cursor_clear(struct log_cursor *cursor)
{
	log_file_close(take_ptr(cursor->file));
	log_lines_clear(&cursor->lines);
	log_set_clear(&cursor->set);
}

static void stand_on(struct log_cursor *cursor, struct log_file *file, bool is_live)
{
	log_file_close(cursor->file);
	cursor->file = file;
	cursor->is_live = is_live;
	cursor->told = 0;
	log_lines_reset(&cursor->lines);
}

static bool is_ours_to_tell(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

/* ---- from file to file ---- */

/* The next of the set that can be read. -ENOENT: none. */
static int open_rotated(struct log_cursor *cursor, struct log_file **out)
{
	while (cursor->at < cursor->set.count) {
		uint64_t seq = cursor->set.seqs[cursor->at++];
		int err = log_set_open(&cursor->set, seq, &cursor->counts, out);

		cursor->next_seq = seq < UINT64_MAX ? seq + 1 : seq;
		if (!err || is_ours_to_tell(err))
			return err;
		cursor->left_out += err != -ENOENT;
	}
	return -ENOENT;
}

/* The live file, or what was rotated since the set was listed. It is opened first: what is rotated
 * after that is the file that we then have. -ENOENT: neither. */
static int open_newer(struct log_cursor *cursor, struct log_file **out, bool *out_is_live)
{
	cleanup_log_file struct log_file *live = NULL, *rotated = NULL;
	int err = log_file_open(cursor->path, &cursor->counts, &live);

	if (err && err != -ENOENT)
		return err;
	err = log_set_list(&cursor->set, cursor->next_seq);
	if (err)
		return err;
	cursor->at = 0;
	err = open_rotated(cursor, &rotated);
	if (err && err != -ENOENT)
		return err;
	if (rotated && !(live && log_file_is_same(rotated, live))) {
		*out = take_ptr(rotated);
		*out_is_live = false;
		return 0;
	}
	if (!live)
		return -ENOENT;
	*out = take_ptr(live);
	*out_is_live = true;
	return 0;
}

/* -EAGAIN: there is none. */
static int advance(struct log_cursor *cursor)
{
	cleanup_log_file struct log_file *file = NULL;
	bool is_live = false;
	int err = open_rotated(cursor, &file);

	if (err == -ENOENT)
		err = open_newer(cursor, &file, &is_live);
	if (err)
		return err == -ENOENT ? -EAGAIN : err;
	if (cursor->since_ns > INT64_MIN || cursor->until_ns < INT64_MAX)
		err = log_file_seek(file, cursor->since_ns, cursor->until_ns);
	if (err)
		return err;
	stand_on(cursor, take_ptr(file), is_live);
	return 0;
}

static int list(struct log_cursor *cursor)
{
	int err = log_set_list(&cursor->set, 0);

	cursor->at = 0;
	cursor->next_seq = 0;
	cursor->left_out = cursor->set.left_out;
	return err;
}

/* A pipe is opened once, and stood on for ever. */
static int begin(struct log_cursor *cursor)
{
	cleanup_log_file struct log_file *live = NULL;
	int err = log_file_open(cursor->path, &cursor->counts, &live);

	if (err == -ENOENT) {
		err = list(cursor);
		return !err && !cursor->set.count ? -ENOENT : err;
	}
	if (err)
		return err;
	cursor->is_pipe = log_file_input(live)->is_pipe;
	if (cursor->is_pipe)
		stand_on(cursor, take_ptr(live), false);
	return 0;
}

int log_cursor_init(struct log_cursor *cursor, const char *path, size_t line_max, size_t files_max)
{
	int err;

	*cursor = (struct log_cursor){
		.path = path,
		.since_ns = INT64_MIN,
		.until_ns = INT64_MAX,
	};
	log_set_init(&cursor->set, path, files_max);
	err = log_lines_init(&cursor->lines, line_max, LOG_BLOCK_MAX);
	if (!err)
		err = begin(cursor);
	if (err)
		log_cursor_clear(cursor);
	return err;
}

static int seek_to(struct log_cursor *cursor, int64_t since_ns, int64_t until_ns)
{
	stand_on(cursor, NULL, false);
	cursor->since_ns = since_ns;
	cursor->until_ns = until_ns;
	return list(cursor);
}

int log_cursor_seek(struct log_cursor *cursor, int64_t since_ns, int64_t until_ns)
{
	return cursor->is_pipe ? 0 : seek_to(cursor, since_ns, until_ns);
}

/* To the begin of what the live file is now, if that is another text. */
static int begin_anew(struct log_cursor *cursor, bool *out_is_rewritten)
{
	bool is_rewritten;
	int err = log_file_is_rewritten(cursor->file, &is_rewritten);

	if (!err && is_rewritten)
		err = log_file_seek(cursor->file, INT64_MIN, INT64_MAX);
	if (err)
		return err;
	if (is_rewritten) {
		log_lines_reset(&cursor->lines);
		cursor->told = 0;
	}
	*out_is_rewritten = is_rewritten;
	return 0;
}

/* Of a text that was written anew before it was read, no piece is taken for the old one's. */
static int load(struct log_cursor *cursor, size_t *out_size)
{
	bool is_rewritten = false;
	int err = log_file_read(cursor->file, log_lines_room(&cursor->lines), out_size);

	if (!err && cursor->is_live && *out_size)
		err = begin_anew(cursor, &is_rewritten);
	if (!err && !is_rewritten)
		log_lines_put(&cursor->lines, *out_size);
	return err;
}

int log_cursor_seek_end(struct log_cursor *cursor)
{
	cleanup_log_file struct log_file *live = NULL;
	bool is_amid = false;
	size_t got;
	int err = log_file_open(cursor->path, &cursor->counts, &live);

	if (err && err != -ENOENT)
		return err;
	err = seek_to(cursor, INT64_MIN, INT64_MAX);
	if (!err && live)
		err = log_file_seek_end(live, cursor->lines.line_max, &is_amid);
	if (err)
		return err;
	cursor->at = cursor->set.count;
	if (cursor->at)
		cursor->next_seq = cursor->set.seqs[cursor->at - 1] + 1;
	stand_on(cursor, take_ptr(live), true);
	cursor->lines.is_skipping = is_amid;
	return cursor->file ? load(cursor, &got) : 0;
}

/* ---- lines ---- */

/* All that follow in the file are later, too. */
static bool is_too_late(const struct log_cursor *cursor, const char *text, size_t size)
{
	struct log_line line;
	int64_t wall_ns;

	return cursor->until_ns < INT64_MAX - LOG_SLACK_NS && !log_line_parse(text, size, &line) &&
	       !log_line_time(&line, &wall_ns) && wall_ns > cursor->until_ns + LOG_SLACK_NS;
}

static bool is_told(struct log_cursor *cursor, size_t size)
{
	size_t told = take(cursor->told, 0);

	return told && told == size;
}

/* -EAGAIN: the file has no more. */
static int next_in_file(struct log_cursor *cursor, char **out, size_t *out_size)
{
	size_t got = 1;
	int err = 0;

	while (!err && got) {
		while ((*out = log_lines_next(&cursor->lines, out_size)))
			if (!is_told(cursor, *out_size))
				return 0;
		err = load(cursor, &got);
	}
	if (err || cursor->is_live)
		return err ? err : -EAGAIN;
	*out = log_lines_rest(&cursor->lines, out_size);
	return *out && !is_told(cursor, *out_size) ? 0 : -EAGAIN;
}

/* -EIO and such: the others can be read all the same. */
static int next_or_bad(struct log_cursor *cursor, char **out, size_t *out_size)
{
	int err = next_in_file(cursor, out, out_size);

	if (!err || err == -EAGAIN || cursor->is_live || cursor->is_pipe || is_ours_to_tell(err))
		return err;
	cursor->left_out++;
	return -EAGAIN;
}

int log_cursor_next(struct log_cursor *cursor, char **out, size_t *out_size)
{
	int err;

	for (;;) {
		err = cursor->file ? next_or_bad(cursor, out, out_size) : -EAGAIN;
		if (!err && !is_too_late(cursor, *out, *out_size))
			return 0;
		if (err && err != -EAGAIN)
			return err;
		if (cursor->is_pipe || (cursor->file && cursor->is_live))
			return -EAGAIN;
		stand_on(cursor, NULL, false);
		err = advance(cursor);
		if (err)
			return err;
	}
}

int log_cursor_rest(struct log_cursor *cursor, char **out, size_t *out_size)
{
	size_t size = log_lines_left(&cursor->lines);
	const char *text = cursor->lines.buffer + cursor->lines.at;
	char *copy;

	if (!cursor->file || !size || size > cursor->lines.line_max || text[size - 1] != '}' ||
	    size == cursor->told || memchr(text, '\n', size))
		return -EAGAIN;
	copy = strndup(text, size);
	if (!copy)
		return -ENOMEM;
	cursor->told = size;
	*out = copy;
	*out_size = size;
	return 0;
}

/* ---- the live file ---- */

int log_cursor_look(struct log_cursor *cursor, enum log_cursor_live *out)
{
	bool is_rewritten = false;
	struct stat stat_;
	int err;

	if (stat(cursor->path, &stat_) < 0) {
		*out = LOG_LIVE_MISSING;
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	}
	if (!cursor->file || !log_input_is(log_file_input(cursor->file), &stat_)) {
		*out = LOG_LIVE_OTHER;
		return 0;
	}
	err = begin_anew(cursor, &is_rewritten);
	if (err)
		return err;
	*out = is_rewritten ? LOG_LIVE_REWRITTEN : LOG_LIVE_SAME;
	return 0;
}

/* A file without a record: by which name is it left? */
static uint64_t find_name(struct log_cursor *cursor)
{
	for (size_t i = 0; i < cursor->set.count; i++) {
		cleanup_log_file struct log_file *file = NULL;
		uint64_t seq = cursor->set.seqs[i];

		if (!log_set_open(&cursor->set, seq, &cursor->counts, &file) &&
		    log_file_is_same(file, cursor->file))
			return seq + 1;
	}
	return cursor->next_seq;
}

void log_cursor_leave(struct log_cursor *cursor)
{
	uint64_t seq;

	if (!cursor->file || !cursor->is_live)
		return;
	if (!log_file_first_seq(cursor->file, &seq))
		cursor->next_seq = seq >= cursor->next_seq ? seq + 1 : cursor->next_seq;
	else if (!log_set_list(&cursor->set, cursor->next_seq))
		cursor->next_seq = find_name(cursor);
	cursor->at = cursor->set.count;
	cursor->is_live = false;
	/* What was too old or too late is so no more. */
	cursor->since_ns = INT64_MIN;
	cursor->until_ns = INT64_MAX;
}
