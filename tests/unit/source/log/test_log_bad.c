// SPDX-License-Identifier: Apache-2.0
/* What the log reader makes of files that are not as they should be. */
#include "test.h"

#include <errno.h>

#include "log_fixture.h"

static void has_nothing_where_there_is_nothing(void **state)
{
	static const struct {
		const char *path;
		int want;
	} cases[] = {
		{ "missing", -ENOENT }, { "no/folder/events", -ENOENT }, { "", -ENOENT },
		{ "dir", -EISDIR },	{ "/dev/null", -ENOTSUP },	 { "loop", -ELOOP },
		{ "events", -ENOTDIR },
	};
	struct log_reader *reader = NULL;

	(void)state;
	make_dir("dir");
	assert_int_equal(symlink("loop", "loop"), 0);
	put("file", "");
	for_each_case(c, cases) {
		print_message("  %s\n", c->path);
		assert_int_equal(
			log_reader_open(c->want == -ENOTDIR ? "file/events" : c->path, &reader),
			c->want);
		assert_null(reader);
	}
}

struct text {
	const char *bytes;
	size_t size;
	size_t records, others;
	uint64_t too_long;
};

#define RECORD "{\"v\":1,\"seq\":5,\"ts\":\"2026-01-02T03:00:05.000000000Z\",\"type\":\"x\"}"
#define BYTES(text) .bytes = (text), .size = sizeof(text) - 1

static void hands_out_whatever_lines_there_are(void **state)
{
	static const struct text cases[] = {
		{ BYTES(""), 0, 0, 0 },
		{ BYTES("\n\n"), 0, 0, 0 },
		{ BYTES("\0"), 0, 0, 0 },
		{ BYTES("\0\0\n"), 0, 1, 0 },
		{ BYTES("\0\n" RECORD "\n\0" RECORD "\n"), 1, 2, 0 },
		{ BYTES("\x1f"), 0, 0, 0 },
		{ BYTES("\xff\xfe\x80\n" RECORD), 1, 1, 0 },
		{ BYTES(RECORD), 1, 0, 0 },
		{ BYTES(RECORD "\r\n" RECORD "\n"), 2, 0, 0 },
		{ BYTES("no record\n" RECORD "\nno record"), 1, 1, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		for (size_t way = 0; way < 3; way++) {
			cleanup_log_reader struct log_reader *reader = NULL;
			cleanup_free struct seen *seen = seen_new();

			put_bytes("events", c->bytes, c->size);
			reader = reader_of("events");
			if (way < 2)
				assert_int_equal(log_reader_since(reader,
								  way ? time_of(5) : INT64_MIN,
								  INT64_MAX, see, seen),
						 0);
			else
				assert_int_equal(log_reader_backward(reader, see, seen), 0);
			/* A search may have found what is before the record too old. */
			assert_int_equal(seen->count, c->records);
			if (way != 1)
				assert_int_equal(seen->others, c->others);
			assert_int_equal(log_reader_stats(reader).too_long, c->too_long);
		}
	}
}

static void skips_and_counts_lines_without_end(void **state)
{
	static const struct {
		size_t size;
		bool is_last;
		size_t others;
		uint64_t too_long;
	} cases[] = {
		{ LOG_LINE_MAX, false, 1, 0 },	  { LOG_LINE_MAX + 1, false, 0, 1 },
		{ 3 << 20, false, 0, 1 },	  { 3 << 20, true, 0, 1 },
		{ LOG_LINE_MAX + 1, true, 0, 1 },
	};
	cleanup_free char *text = malloc(LOG_TEXT_MAX);

	(void)state;
	for_each_case(c, cases) {
		for (size_t way = 0; way < 2; way++) {
			cleanup_log_reader struct log_reader *reader = NULL;
			cleanup_free struct seen *seen = seen_new();
			size_t size = put_line_at(text, 1, time_of(1));

			memset(text + size, 'x', c->size);
			size += c->size;
			if (!c->is_last) {
				text[size++] = '\n';
				size += put_line_at(text + size, 2, time_of(2));
			}
			put_bytes("events", text, size);
			reader = reader_of("events");
			if (way)
				assert_int_equal(log_reader_backward(reader, see, seen), 0);
			else
				assert_int_equal(
					log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen),
					0);
			assert_int_equal(seen->count, c->is_last ? 1 : 2);
			assert_int_equal(seen->others, c->others);
			assert_int_equal(log_reader_stats(reader).too_long, c->too_long);
		}
	}
}

/* ---- siblings ---- */

static void leaves_out_siblings_that_are_no_files(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	put_plain(rotated(1, ""), 1, 10);
	make_dir(rotated(11, ""));
	assert_int_equal(mkfifo(rotated(12, ""), 0600), 0);
	assert_int_equal(symlink(rotated(13, ""), rotated(13, "")), 0);
	assert_int_equal(symlink("nowhere", rotated(14, ".gz")), 0);
	put(rotated(15, ""), "");
	put(rotated(16, ".gz"), "");
	put_plain("events", 11, 20);
	reader = reader_of("events");
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
	saw(seen, 1, 20);
	assert_int_equal(log_reader_stats(reader).files_left_out, 3);
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_backward(reader, see, seen), 0);
	/* Their names say that they hold what came after the live one's begin. */
	saw(seen, 20, 1);
}

static void bounds_how_many_siblings_it_reads(void **state)
{
	enum { COUNT = 5000 };
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	for (uint64_t seq = 1; seq <= COUNT; seq++)
		put_plain(rotated(seq, ""), seq, seq);
	put_plain("events", COUNT + 1, COUNT + 10);
	reader = reader_of("events");
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
	saw(seen, COUNT - LOG_FILES_MAX + 1, COUNT + 10);
	assert_int_equal(log_reader_stats(reader).files_left_out, COUNT - LOG_FILES_MAX);
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_backward(reader, see, seen), 0);
	saw(seen, COUNT + 10, COUNT - LOG_FILES_MAX + 1);
}

/* ---- meanwhile ---- */

static void compress_and_delete(uint64_t seq)
{
	if (seq != 5)
		return;
	/* The one being read, and two that were listed. */
	put_members(rotated(1, ".gz"), 1, 10, 3);
	unlink(rotated(1, ""));
	put_members(rotated(11, ".gz"), 11, 20, 3);
	unlink(rotated(11, ""));
	unlink(rotated(21, ""));
	/* And one that was not. */
	assert_int_equal(rename("events", rotated(31, "")), 0);
	put_plain("events", 41, 50);
}

static void goes_on_when_files_move_under_its_feet(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	put_plain(rotated(1, ""), 1, 10);
	put_plain(rotated(11, ""), 11, 20);
	put_plain(rotated(21, ""), 21, 30);
	put_plain("events", 31, 40);
	reader = reader_of("events");
	seen->on_line = compress_and_delete;
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
	assert_int_equal(seen->count, 40);
	assert_int_equal(seen->seqs[19], 20);
	assert_int_equal(seen->seqs[20], 31);
	assert_int_equal(seen->seqs[39], 50);
	assert_int_equal(log_reader_stats(reader).files_left_out, 0);
}

static void rotate_the_live_one(uint64_t seq)
{
	if (seq != 35)
		return;
	put_members(rotated(31, ".gz"), 31, 40, 3);
	unlink("events");
	unlink(rotated(21, ""));
}

static void goes_back_though_files_move(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	put_plain(rotated(11, ""), 11, 20);
	put_plain(rotated(21, ""), 21, 30);
	put_plain("events", 31, 40);
	reader = reader_of("events");
	seen->on_line = rotate_the_live_one;
	assert_int_equal(log_reader_backward(reader, see, seen), 0);
	assert_int_equal(seen->count, 20);
	assert_int_equal(seen->seqs[9], 31);
	assert_int_equal(seen->seqs[10], 20);
	/* It is there twice for a moment: by that name and as the file that is open. */
	put_plain("events", 41, 50);
	*seen = (struct seen){ 0 };
	assert_int_equal(link("events", rotated(41, "")), 0);
	assert_int_equal(log_reader_backward(reader, see, seen), 0);
	assert_int_equal(seen->count, 30);
}

/* ---- pipes ---- */

struct pipe {
	int fds[2];
	int stdin_fd;
};

static void pipe_begin(struct pipe *pipe_, const void *bytes, size_t size)
{
	assert_int_equal(pipe(pipe_->fds), 0);
	assert_int_equal(write(pipe_->fds[1], bytes, size), size);
	pipe_->stdin_fd = dup(STDIN_FILENO);
	assert_int_equal(dup2(pipe_->fds[0], STDIN_FILENO), STDIN_FILENO);
	close(pipe_->fds[0]);
}

static void pipe_end(const struct pipe *pipe_)
{
	assert_int_equal(dup2(pipe_->stdin_fd, STDIN_FILENO), STDIN_FILENO);
	close(pipe_->stdin_fd);
}

static void reads_standard_input(void **state)
{
	static const enum {
		PLAIN_TEXT,
		OURS,
		OTHERS,
		FORMS
	} forms[] = { PLAIN_TEXT, OURS, OTHERS };

	(void)state;
	for_each_case(form, forms) {
		cleanup_log_reader struct log_reader *reader = NULL;
		cleanup_free struct seen *seen = seen_new();
		cleanup_free void *bytes = NULL;
		struct pipe pipe;
		size_t size;

		bytes = *form == PLAIN_TEXT ? (void *)text_of(1, 100, &size)
			: *form == OURS	    ? (void *)members_of(1, 100, 9, &size)
					    : (void *)gzip_of(1, 100, &size);
		pipe_begin(&pipe, bytes, size - (*form == PLAIN_TEXT));
		close(pipe.fds[1]);
		reader = reader_of("-");
		assert_int_equal(log_reader_backward(reader, see, seen), -ESPIPE);
		assert_int_equal(log_reader_since(reader, time_of(90), time_of(95), see, seen), 0);
		saw(seen, 1, 100);
		assert_int_equal(log_reader_follow(reader, -1, see, seen), 0);
		saw(seen, 1, 100);
		pipe_end(&pipe);
	}
}

static void ends_the_wait_for_standard_input_when_told_to(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();
	size_t size;
	cleanup_free char *text = text_of(1, 10, &size);
	struct pipe pipe_;
	int stop[2];

	(void)state;
	pipe_begin(&pipe_, text, size);
	assert_int_equal(pipe(stop), 0);
	assert_int_equal(write(stop[1], "x", 1), 1);
	reader = reader_of("-");
	assert_int_equal(log_reader_follow(reader, stop[0], see, seen), 0);
	close(pipe_.fds[1]);
	close(stop[0]);
	close(stop[1]);
	pipe_end(&pipe_);
}

static void does_not_hang_at_a_fifo(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	assert_int_equal(mkfifo("events", 0600), 0);
	reader = reader_of("events");
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
	assert_int_equal(log_reader_backward(reader, see, seen), -ESPIPE);
	assert_int_equal(seen->count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(has_nothing_where_there_is_nothing),
		workdir_test(hands_out_whatever_lines_there_are),
		workdir_test(skips_and_counts_lines_without_end),
		workdir_test(leaves_out_siblings_that_are_no_files),
		workdir_test(bounds_how_many_siblings_it_reads),
		workdir_test(goes_on_when_files_move_under_its_feet),
		workdir_test(goes_back_though_files_move),
		workdir_test(reads_standard_input),
		workdir_test(ends_the_wait_for_standard_input_when_told_to),
		workdir_test(does_not_hang_at_a_fifo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
