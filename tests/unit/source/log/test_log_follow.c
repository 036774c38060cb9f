// SPDX-License-Identifier: Apache-2.0
/* Another process writes, rotates, truncates: no line may be lost, and none told twice. */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "log_fixture.h"

enum way {
	RENAMED,
	RENAMED_AND_COMPRESSED,
	COMPRESSED_LATE, /* the one before the last one */
	TRUNCATED,
	DELETED,
	RENAMED_BY_OTHERS,
};

enum {
	ROTATIONS = 50,
	PER_FILE = 40,
	LAST = (ROTATIONS + 1) * PER_FILE,
	PATIENCE_S = 60,
	TICK_US = 200,
};

/* What the reader has seen, for a writer that must wait for it. */
static _Atomic uint64_t *progress;

static void watch_progress(uint64_t seq)
{
	atomic_store(progress, seq);
}

static void wait_for_reader(uint64_t seq)
{
	while (atomic_load(progress) < seq)
		usleep(TICK_US);
}

/* ---- the writer ---- */

static bool write_all(int fd, const char *text, size_t size)
{
	return write(fd, text, size) == (ssize_t)size;
}

/* Some whole, some in pieces. */
static bool write_records(int fd, uint64_t from, uint64_t to)
{
	char line[LOG_LINE_ROOM];

	for (uint64_t seq = from; seq <= to; seq++) {
		size_t size = put_line_at(line, seq, time_of(seq)),
		       half = seq % 3 ? size : seq % size;

		if (!write_all(fd, line, half))
			return false;
		if (seq % 30 == 0)
			usleep(TICK_US);
		if (!write_all(fd, line + half, size - half))
			return false;
	}
	return true;
}

static void pack(uint64_t first)
{
	put_members(rotated(first, ".gz.tmp"), first, first + PER_FILE - 1, 7);
	rename(rotated(first, ".gz.tmp"), rotated(first, ".gz"));
	unlink(rotated(first, ""));
}

static void rotate(enum way way, uint64_t first)
{
	switch (way) {
	/* Nobody can know of a file that came and went unseen. */
	case RENAMED_BY_OTHERS:
		wait_for_reader(first);
		rename("events", "events.1");
		break;
	case TRUNCATED:
		wait_for_reader(first + PER_FILE - 1);
		if (truncate("events", 0) < 0)
			_exit(2);
		break;
	case DELETED:
		wait_for_reader(first);
		unlink("events");
		break;
	default:
		rename("events", rotated(first, ""));
	}
	if (way == RENAMED_AND_COMPRESSED)
		pack(first);
	if (way == COMPRESSED_LATE && first > PER_FILE)
		pack(first - PER_FILE);
}

static pid_t start_writer(enum way way)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	for (uint64_t first = 1; first < LAST; first += PER_FILE) {
		int fd = open("events", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

		if (fd < 0 || !write_records(fd, first, first + PER_FILE - 1))
			_exit(1);
		close(fd);
		if (first + PER_FILE < LAST)
			rotate(way, first);
	}
	_exit(0);
}

static void end_writer(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* ---- the tests ---- */

static void loses_no_line_however_the_log_is_rotated(void **state)
{
	static const struct {
		const char *what;
		enum way way;
	} cases[] = {
		{ "renamed", RENAMED },
		{ "renamed and compressed", RENAMED_AND_COMPRESSED },
		{ "compressed late", COMPRESSED_LATE },
		{ "truncated", TRUNCATED },
		{ "deleted", DELETED },
		{ "renamed by others", RENAMED_BY_OTHERS },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_log_reader struct log_reader *reader = NULL;
		cleanup_free struct seen *seen = seen_new();
		pid_t pid;

		print_message("  %s\n", c->what);
		put("events", "");
		atomic_store(progress, 0);
		seen->on_line = watch_progress;
		seen->stop_after = LAST;
		reader = reader_of("events");
		assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
		pid = start_writer(c->way);
		assert_int_equal(log_reader_follow(reader, -1, see, seen), 1);
		end_writer(pid);
		saw(seen, 1, LAST);
		assert_int_equal(seen->others, 0);
		assert_int_equal(scratch_teardown(NULL), 0);
		assert_int_equal(scratch_setup(NULL) || chdir(scratch_directory), 0);
	}
}

/* Rotated again and again between what was read and what is followed. */
static void catches_up_with_what_was_rotated_before_it_looks(void **state)
{
	static const struct {
		size_t stop_after; /* within the first file, the last, or not */
		bool is_backward;
	} cases[] = { { 0, false }, { 3, false }, { 25, false }, { 5, true }, { 0, true } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_log_reader struct log_reader *reader = NULL;
		cleanup_free struct seen *seen = seen_new();
		uint64_t next;
		int err;

		put_members(rotated(1, ".gz"), 1, 20, 7);
		put_plain("events", 21, 30);
		reader = reader_of("events");
		seen->stop_after = c->stop_after;
		err = c->is_backward ? log_reader_backward(reader, see, seen)
				     : log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen);
		assert_int_equal(err, c->stop_after ? 1 : 0);
		next = c->is_backward || !c->stop_after ? 31 : c->stop_after + 1;
		assert_int_equal(rename("events", rotated(21, "")), 0);
		put_plain(rotated(31, ""), 31, 40);
		put_members(rotated(41, ".gz"), 41, 50, 7);
		put_plain("events", 51, 60);
		*seen = (struct seen){ .stop_after = 60 - next + 1 };
		assert_int_equal(log_reader_follow(reader, -1, see, seen), 1);
		saw(seen, next, 60);
		assert_int_equal(scratch_teardown(NULL), 0);
		assert_int_equal(scratch_setup(NULL) || chdir(scratch_directory), 0);
	}
}

static void stop_at(uint64_t seq)
{
	if (seq == 2)
		append("events", "{\"v\":1,\"seq\":3,\"ts\":\"2026-01-02T03:00:05.000000000Z\"}\n");
}

static void begins_at_the_end_when_nothing_was_read(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();
	pid_t pid;

	(void)state;
	put_plain(rotated(900, ""), 900, 910);
	put_plain("events", 911, 920);
	reader = reader_of("events");
	atomic_store(progress, 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		/* Until it is heard: nobody knows when the other one has begun to listen. */
		for (uint64_t i = 0; !atomic_load(progress); i++) {
			append("events", "nothing\n");
			usleep(TICK_US);
		}
		_exit(0);
	}
	seen->stop_after = 1;
	assert_int_equal(log_reader_follow(reader, -1, see, seen), 1);
	atomic_store(progress, 1);
	end_writer(pid);
	assert_int_equal(seen->count, 0);
	assert_int_equal(seen->others, 1);
}

static void tells_a_line_without_end_once(void **state)
{
	static const struct {
		const char *rest;
		size_t others; /* lines that come then, before a last record */
	} cases[] = { { "\n", 0 }, { ",\"more\":1}\n", 1 }, { "", 0 } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_log_reader struct log_reader *reader = NULL;
		cleanup_free struct seen *seen = seen_new();

		put("events", "{\"some\":\"line\"}");
		reader = reader_of("events");
		assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
		assert_int_equal(seen->others, 1);
		append("events", c->rest);
		if (!*c->rest)
			assert_int_equal(rename("events", rotated(1, "")), 0);
		append("events", "{\"v\":1,\"seq\":9,\"ts\":\"2026-01-02T03:00:05.000000000Z\"}\n");
		*seen = (struct seen){ .stop_after = 1 + c->others };
		assert_int_equal(log_reader_follow(reader, -1, see, seen), 1);
		assert_int_equal(seen->count, 1);
		assert_int_equal(seen->others, c->others);
		unlink("events");
	}
}

static void hears_what_is_written_while_it_tells(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	put_plain("events", 1, 2);
	reader = reader_of("events");
	seen->on_line = stop_at;
	seen->stop_after = 3;
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 1);
	saw(seen, 1, 3);
}

static void ends_when_it_is_told_to(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();
	int stop[2];

	(void)state;
	put_plain("events", 1, 10);
	assert_int_equal(pipe(stop), 0);
	reader = reader_of("events");
	assert_int_equal(close(stop[1]), 0); /* readable: at its end */
	assert_int_equal(log_reader_follow(reader, stop[0], see, seen), 0);
	assert_int_equal(seen->count, 0);
	/* Amid much to tell, too. */
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MIN, see, seen), 0);
	put_plain(rotated(1, ""), 1, 5000);
	assert_int_equal(rename(rotated(1, ""), "events"), 0);
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_follow(reader, stop[0], see, seen), 0);
	assert_true(seen->count < 5000);
	close(stop[0]);
}

/* The folder goes, and comes again. */
static void waits_for_a_log_that_is_not_there(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();
	pid_t pid;

	(void)state;
	make_dir("d");
	put_plain("d/events", 1, 10);
	reader = reader_of("d/events");
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
	unlink("d/events");
	rmdir("d");
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		usleep(20 * TICK_US);
		make_dir("d");
		usleep(20 * TICK_US);
		put_plain("d/events", 11, 20);
		_exit(0);
	}
	seen->stop_after = 20;
	assert_int_equal(log_reader_follow(reader, -1, see, seen), 1);
	end_writer(pid);
	saw(seen, 1, 20);
}

static void follows_a_link_to_where_it_leads(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();
	pid_t pid;

	(void)state;
	make_dir("there");
	put_plain("there/log", 1, 10);
	assert_int_equal(symlink("there/log", "events"), 0);
	reader = reader_of("events");
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		usleep(20 * TICK_US);
		rename("there/log", "there/log.1");
		usleep(20 * TICK_US);
		put_plain("there/log", 11, 20);
		_exit(0);
	}
	seen->stop_after = 20;
	assert_int_equal(log_reader_follow(reader, -1, see, seen), 1);
	end_writer(pid);
	saw(seen, 1, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(loses_no_line_however_the_log_is_rotated),
		workdir_test(catches_up_with_what_was_rotated_before_it_looks),
		workdir_test(begins_at_the_end_when_nothing_was_read),
		workdir_test(tells_a_line_without_end_once),
		workdir_test(hears_what_is_written_while_it_tells),
		workdir_test(ends_when_it_is_told_to),
		workdir_test(waits_for_a_log_that_is_not_there),
		workdir_test(follows_a_link_to_where_it_leads),
	};

	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (progress == MAP_FAILED)
		return 1;
	/* One that waits for ever ends here. */
	alarm(PATIENCE_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
