// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "eventlog_fixture.h"
#include "scratch.h"
#include "sink/log/eventlog.h"

static struct eventlog *open_log(const char *name, struct log_end *out_tail)
{
	struct eventlog *log = NULL;

	assert_int_equal(eventlog_open(name, &log_policy, &log, out_tail), 0);
	return log;
}

static void append_text(struct eventlog *log, const char *line)
{
	eventlog_append(log, &(struct eventlog_line){ .text = line, .size = strlen(line) });
}

static void append_number(struct eventlog *log, unsigned int number)
{
	char line[512];

	snprintf(line, sizeof(line), "%06u %0200d\n", number, 0);
	append_text(log, line);
}

/* How many lines text has; each must be whole and have a higher number than the one before it. */
static unsigned int check_numbers(const char *text)
{
	unsigned int count = 0;
	long last = -1;

	for (; *text; text += 208, count++) {
		long number = strtol(text, NULL, 10);

		assert_true(number > last);
		assert_int_equal(strcspn(text, "\n"), 207);
		last = number;
	}
	return count;
}

static void creates_a_private_file_and_its_directory(void **state)
{
	struct log_end tail = { .found = true };
	char nested[PATH_MAX + 16];
	struct stat stat_file;

	(void)state;
	snprintf(nested, sizeof(nested), "%s/new/log", scratch_directory);
	eventlog_close(open_log(nested, &tail));
	assert_false(tail.found);
	assert_int_equal(stat(nested, &stat_file), 0);
	assert_int_equal(stat_file.st_mode & 07777, 0600);
	assert_int_equal(stat_file.st_size, 0);
}

static void says_why_it_cannot_open(void **state)
{
	static const struct {
		const char *name;
		int err;
	} cases[] = {
		{ "no/such/directory/log", -ENOENT },
		{ "file/log", -ENOTDIR },
		{ ".", -EISDIR },
	};

	(void)state;
	snprintf(scratch_path, sizeof(scratch_path), "%s/file", scratch_directory);
	scratch_put("", 0);
	for_each_case(c, cases) {
		struct log_end tail = { .seq = 42 };
		struct eventlog *log = NULL;

		snprintf(scratch_path, sizeof(scratch_path), "%s/%s", scratch_directory, c->name);
		assert_int_equal(eventlog_open(scratch_path, &log_policy, &log, &tail), c->err);
		assert_null(log);
		assert_int_equal(tail.seq, 42);
	}
	assert_int_equal(eventlog_open("", &log_policy, &(struct eventlog *){ NULL },
				       &(struct log_end){ 0 }),
			 -ENOENT);
}

static void writes_at_flush_and_appends(void **state)
{
	struct log_end tail;
	struct eventlog *log;
	cleanup_free char *early = NULL, *late = NULL;

	(void)state;
	scratch_put("old\n", 4);
	log = open_log(scratch_path, &tail);
	append_text(log, "one\n");
	append_text(log, "two\n");
	early = scratch_read();
	assert_string_equal(early, "old\n");
	assert_int_equal(eventlog_stats(log).written, 0);

	eventlog_flush(log, 0);
	assert_int_equal(eventlog_stats(log).written, 2);
	append_text(log, "three\n");
	eventlog_close(log);
	late = scratch_read();
	assert_string_equal(late, "old\none\ntwo\nthree\n");
}

static void flushes_a_full_buffer_by_itself(void **state)
{
	enum { COUNT = 5000 }; /* 1 MB */
	cleanup_free char *text = NULL;
	struct log_end tail;
	struct eventlog *log;

	(void)state;
	log = open_log(scratch_path, &tail);
	for (unsigned int i = 0; i < COUNT; i++)
		append_number(log, i);
	assert_in_range(eventlog_stats(log).written, 1, COUNT - 1);
	eventlog_flush(log, 0);
	assert_int_equal(eventlog_stats(log).written, COUNT);
	assert_int_equal(eventlog_stats(log).lost, 0);
	eventlog_close(log);
	text = scratch_read();
	assert_int_equal(check_numbers(text), COUNT);
}

static void loses_a_record_that_fits_no_buffer(void **state)
{
	enum { SIZE = 256 * 1024 };
	cleanup_free char *huge = malloc(SIZE + 1);
	cleanup_free char *text = NULL;
	struct log_end tail;
	struct eventlog *log;

	(void)state;
	assert_non_null(huge);
	memset(huge, 'x', SIZE);
	huge[SIZE] = '\n';
	log = open_log(scratch_path, &tail);
	append_text(log, "one\n");
	eventlog_append(log, &(struct eventlog_line){ .text = huge, .size = SIZE + 1 });
	append_text(log, "two\n");
	assert_int_equal(eventlog_stats(log).lost, 1);
	eventlog_close(log);
	text = scratch_read();
	assert_string_equal(text, "one\ntwo\n");
}

static void survives_a_full_disk(void **state)
{
	cleanup_eventlog struct eventlog *log = NULL;
	struct log_end tail;
	struct eventlog_stats stats;
	unsigned int count = 0;

	(void)state;
	log = open_log("/dev/full", &tail);
	append_number(log, count++);
	eventlog_flush(log, 0);
	stats = eventlog_stats(log);
	assert_int_equal(stats.live.last_error, ENOSPC);
	assert_int_equal(stats.written, 0);
	assert_int_equal(stats.lost, 0);

	for (; count < 2000; count++)
		append_number(log, count);
	stats = eventlog_stats(log);
	assert_int_equal(stats.written, 0);
	assert_int_equal(stats.lost, count - 256 * 1024 / 208);
}

/* What was lost has its place behind what waits and before what comes. */
static void leaves_a_hole_where_records_were_lost(void **state)
{
	cleanup_eventlog struct eventlog *log = log_open("/dev/full", &log_policy);
	struct eventlog_hole hole = { .count = 7 };
	uint64_t seq = 1;

	(void)state;
	while (!eventlog_stats(log).lost)
		log_put(log, seq++, LOG_WALL_NS, 1000);
	assert_false(eventlog_take_hole(log, &hole)); /* there is no room to tell of it */
	assert_int_equal(hole.count, 7);
	log_put(log, seq++, LOG_WALL_NS, 1000);
	log_put(log, seq, LOG_WALL_NS, 0); /* a small one would fit: not before it is told */
	assert_int_equal(eventlog_stats(log).lost, 3);
}

static void fills_a_hole_when_writing_works_again(void **state)
{
	struct rlimit before, small;
	struct eventlog *log = log_open(scratch_path, &log_policy);
	struct eventlog_hole hole;
	cleanup_free char *text = NULL;
	uint64_t seq = 1;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 1500, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (; seq <= 300; seq++)
		log_put(log, seq, LOG_WALL_NS + (int64_t)seq, 1000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_in_range(eventlog_stats(log).lost, 30, 60);
	assert_false(eventlog_take_hole(log, &hole));
	assert_true(eventlog_due(log) > 0); /* it tries again by itself */
	eventlog_flush(log, eventlog_due(log));
	assert_int_equal(eventlog_due(log), 0);

	assert_true(eventlog_take_hole(log, &hole));
	assert_int_equal(hole.count, eventlog_stats(log).lost);
	assert_int_equal(hole.last_seq, 300);
	assert_true(hole.last_ns == LOG_WALL_NS + 300);
	assert_false(eventlog_take_hole(log, &hole));
	eventlog_close(log);
	text = scratch_read();
	assert_int_equal(log_check_seq(text, 1), 300 - hole.count);
}

/* A limit on the size of a file fails in the middle of a line, as a full disk does, and can be
 * lifted. */
static void finishes_a_line_that_was_cut(void **state)
{
	cleanup_eventlog struct eventlog *log = NULL;
	cleanup_free char *cut = NULL, *whole = NULL;
	struct rlimit before, small;
	struct log_end tail;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 1000, before.rlim_max };
	log = open_log(scratch_path, &tail);
	for (unsigned int i = 0; i < 10; i++)
		append_number(log, i);

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	eventlog_flush(log, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	cut = scratch_read();
	assert_int_equal(strlen(cut), 1000);
	assert_int_equal(eventlog_stats(log).live.last_error, EFBIG);
	assert_int_equal(eventlog_stats(log).written, 4);

	append_number(log, 10);
	eventlog_flush(log, 0);
	assert_int_equal(eventlog_stats(log).live.last_error, 0);
	assert_int_equal(eventlog_stats(log).written, 11);
	whole = scratch_read();
	assert_int_equal(check_numbers(whole), 11);
}

/* Read what is in the pipe; the log may then go on. */
static void drain_pipe(int fd, char *text, size_t *size)
{
	ssize_t n;

	while ((n = read(fd, text + *size, SCRATCH_FILE_MAX - 1 - *size)) > 0)
		*size += (size_t)n;
	text[*size] = '\0';
}

/* Overrun a reader that does not read, then let it read. */
static void check_slow_reader(struct eventlog *log, int reader)
{
	enum { COUNT = 3000 };
	cleanup_free char *text = malloc(SCRATCH_FILE_MAX);
	struct eventlog_stats stats;
	size_t size = 0;

	assert_non_null(text);
	for (unsigned int i = 0; i < COUNT; i++) {
		append_number(log, i);
		eventlog_flush(log, 0);
	}
	stats = eventlog_stats(log);
	assert_int_equal(stats.live.last_error, EAGAIN);
	assert_true(stats.written > 0);
	assert_true(stats.lost > 0);

	for (int i = 0; i < 1000 && eventlog_stats(log).live.last_error; i++) {
		drain_pipe(reader, text, &size);
		eventlog_flush(log, 0);
	}
	drain_pipe(reader, text, &size);
	assert_int_equal(eventlog_stats(log).live.last_error, 0);
	assert_int_equal(eventlog_stats(log).written + stats.lost, COUNT);
	assert_int_equal(check_numbers(text), eventlog_stats(log).written);
}

static void never_blocks_on_a_fifo(void **state)
{
	cleanup_eventlog struct eventlog *log = NULL;
	cleanup_close int reader = -1;
	struct log_end tail;

	(void)state;
	assert_int_equal(mkfifo(scratch_path, 0600), 0);
	log = open_log(scratch_path, &tail);
	assert_false(tail.found);
	reader = open(scratch_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	check_slow_reader(log, reader);
}

/* The log on a pipe at stdout; cmocka has its own back when this returns. */
static struct eventlog *open_stdout(int pipe_fds[static 2])
{
	cleanup_close int saved = dup(STDOUT_FILENO);
	struct log_end tail = { .found = true };
	struct eventlog *log;

	assert_true(saved >= 0);
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	fflush(stdout);
	dup2(pipe_fds[1], STDOUT_FILENO);
	log = open_log("-", &tail);
	dup2(saved, STDOUT_FILENO);
	assert_false(tail.found);
	assert_int_equal(fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK), 0);
	return log;
}

/* Nor does it make a descriptor non-blocking that a shell or a sibling shares. */
static void never_blocks_on_stdout(void **state)
{
	cleanup_eventlog struct eventlog *log = NULL;
	int pipe_fds[2];

	(void)state;
	log = open_stdout(pipe_fds);
	check_slow_reader(log, pipe_fds[0]);
	assert_int_equal(fcntl(pipe_fds[1], F_GETFL) & O_NONBLOCK, 0);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static void survives_a_reader_that_went_away(void **state)
{
	cleanup_eventlog struct eventlog *log = NULL;
	int pipe_fds[2];

	(void)state;
	log = open_stdout(pipe_fds);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	for (unsigned int i = 0; i < 2000; i++)
		append_number(log, i);
	eventlog_flush(log, 0);
	assert_int_equal(eventlog_stats(log).live.last_error, EPIPE);
	assert_int_equal(eventlog_stats(log).written, 0);
	assert_int_equal(eventlog_stats(log).lost, 2000 - 256 * 1024 / 208);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(creates_a_private_file_and_its_directory),
		scratch_test(says_why_it_cannot_open),
		scratch_test(writes_at_flush_and_appends),
		scratch_test(flushes_a_full_buffer_by_itself),
		scratch_test(loses_a_record_that_fits_no_buffer),
		scratch_test(survives_a_full_disk),
		scratch_test(leaves_a_hole_where_records_were_lost),
		scratch_test(fills_a_hole_when_writing_works_again),
		scratch_test(finishes_a_line_that_was_cut),
		scratch_test(never_blocks_on_a_fifo),
		scratch_test(never_blocks_on_stdout),
		scratch_test(survives_a_reader_that_went_away),
	};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
