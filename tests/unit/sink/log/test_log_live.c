// SPDX-License-Identifier: Apache-2.0
/* What becomes of the file of an event log as time goes by. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "eventlog_fixture.h"
#include "scratch.h"
#include "sink/log/eventlog.h"

static void rotates_before_a_file_is_too_large(void **state)
{
	const struct log_policy policy = log_small_policy();
	struct eventlog *log = log_open(scratch_path, &policy);
	cleanup_free char *text = NULL;
	struct log_names old;

	(void)state;
	log_put_many(log, 1, 3500, LOG_S);
	assert_int_equal(eventlog_stats(log).live.rotations, 3);
	assert_int_equal(eventlog_stats(log).live.files, 4);
	assert_int_equal(eventlog_stats(log).live.bytes, 3500 * LOG_RECORD);
	old = log_old_names();
	assert_int_equal(old.count, 3);
	assert_string_equal(old.names[0], "file.00000000000000000001");
	assert_string_equal(old.names[1], "file.00000000000000001001");
	assert_string_equal(old.names[2], "file.00000000000000002001");
	eventlog_close(log);
	text = log_all_text();
	assert_int_equal(log_check_seq(text, 1), 3500);
}

static void compresses_old_files_bit_by_bit(void **state)
{
	const struct log_policy policy = log_small_policy();
	struct eventlog *log = log_open(scratch_path, &policy);
	cleanup_free char *text = NULL;
	struct log_names old;
	unsigned int steps = 0;
	struct stat status;

	(void)state;
	log_put_many(log, 1, 2500, LOG_S);
	for (uint64_t due_ns; (due_ns = eventlog_due(log)); steps++) {
		log_put_many(log, 2501 + steps, 1, due_ns); /* life goes on */
		eventlog_work(log, due_ns);
	}
	assert_int_equal(steps, 2 * (2 + 1)); /* two members each, and the end of it */
	old = log_old_names();
	assert_int_equal(old.count, 2);
	assert_string_equal(old.names[0], "file.00000000000000000001.gz");
	assert_string_equal(old.names[1], "file.00000000000000001001.gz");
	for (size_t i = 0; i < old.count; i++) {
		assert_int_equal(stat(log_path(old.names[i]), &status), 0);
		assert_int_equal(status.st_mode & 07777, 0600);
	}
	assert_true(eventlog_stats(log).live.bytes < 2500 * LOG_RECORD);
	eventlog_close(log);
	text = log_all_text();
	assert_int_equal(log_check_seq(text, 1), 2500 + steps);
}

static void rotates_what_a_link_points_to(void **state)
{
	const struct log_policy policy = log_small_policy();
	char link[PATH_MAX + 16];
	struct eventlog *log;
	struct stat status;

	(void)state;
	snprintf(link, sizeof(link), "%s/link", scratch_directory);
	scratch_put("", 0);
	assert_int_equal(symlink("file", link), 0);
	log = log_open(link, &policy);
	log_put_many(log, 1, 2500, LOG_S);
	log_settle(log, LOG_S);
	eventlog_close(log);
	assert_int_equal(log_old_names().count, 2);
	assert_string_equal(log_old_names().names[1], "file.00000000000000001001.gz");
	assert_int_equal(lstat(link, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(stat(link, &status), 0);
	assert_int_equal(status.st_size, 500 * LOG_RECORD);
}

static void rotates_a_file_that_is_old_at_the_next_record(void **state)
{
	struct log_policy policy = log_policy;
	struct eventlog *log;
	int64_t hour_ns = 3600 * (int64_t)LOG_S;

	(void)state;
	policy.rotate_age_ns = (uint64_t)hour_ns;
	log = log_open(scratch_path, &policy);
	log_put(log, 5, LOG_WALL_NS, 0);
	log_put(log, 6, LOG_WALL_NS + hour_ns - 1, 0);
	eventlog_flush(log, LOG_S);
	assert_int_equal(log_old_names().count, 0);
	eventlog_close(log);

	/* Its age is that of its first record, whoever wrote it. */
	log = log_open(scratch_path, &policy);
	assert_int_equal(eventlog_due(log), 0);
	log_put(log, 7, LOG_WALL_NS + hour_ns, 0);
	eventlog_flush(log, 2 * LOG_S);
	assert_int_equal(log_old_names().count, 1);
	assert_string_equal(log_old_names().names[0], "file.00000000000000000005");
	eventlog_close(log);
}

static void begins_a_new_file_when_the_clock_is_set_back(void **state)
{
	static const struct {
		int64_t wall_s;
		size_t old; /* files after it */
	} cases[] = {
		{ 1000, 0 }, { 2000, 0 }, { 1940, 0 }, /* a minute is nothing */
		{ 1939, 1 }, { 1900, 1 }, { 1879, 1 }, { 1878, 2 }, { 9000, 2 }, { 100, 3 },
	};
	struct eventlog *log = log_open(scratch_path, &log_policy);
	cleanup_free char *text = NULL;
	uint64_t seq = 1;

	(void)state;
	for_each_case(c, cases) {
		print_message("  %d s\n", (int)c->wall_s);
		log_put(log, seq++, LOG_WALL_NS + c->wall_s * (int64_t)LOG_S, 0);
		assert_int_equal(log_old_names().count, c->old);
	}
	eventlog_close(log);

	/* Also against what another agent wrote. */
	log = log_open(scratch_path, &log_policy);
	log_put(log, seq++, LOG_WALL_NS, 0);
	assert_int_equal(log_old_names().count, 4);
	eventlog_close(log);
	text = log_all_text();
	assert_int_equal(log_check_seq(text, 1), seq - 1);
}

/* At every moment, not only in the end. */
static uint64_t bytes_on_disk(void)
{
	struct log_names old = log_old_names();
	struct stat status;
	uint64_t bytes = 0;

	assert_int_equal(stat(scratch_path, &status), 0);
	bytes += (uint64_t)status.st_size;
	for (size_t i = 0; i < old.count; i++) {
		assert_int_equal(stat(log_path(old.names[i]), &status), 0);
		bytes += (uint64_t)status.st_size;
	}
	return bytes;
}

static void keeps_the_total_bound_at_every_moment(void **state)
{
	enum { TOTAL = 1024 * 1024, ROUNDS = 120 };
	struct log_policy policy = log_policy;
	uint64_t most = 0, now_ns = LOG_S;
	cleanup_free char *text = NULL;
	struct eventlog *log;
	uint64_t count;

	(void)state;
	policy.total_size = TOTAL; /* which bounds a file of 64 MiB, too */
	log = log_open(scratch_path, &policy);
	for (uint64_t i = 0; i < ROUNDS; i++) {
		uint64_t bytes;

		log_put_many(log, 1 + i * 100, 100, now_ns);
		now_ns += LOG_S;
		if (i > ROUNDS / 2)
			eventlog_work(log, now_ns);
		bytes = bytes_on_disk();
		assert_true(bytes <= TOTAL);
		most = bytes > most ? bytes : most;
	}
	assert_true(most > TOTAL / 2);
	assert_true(eventlog_stats(log).live.bytes == bytes_on_disk());
	assert_int_equal(eventlog_stats(log).lost, 0);
	eventlog_close(log);
	text = log_all_text();
	count = log_check_seq(text, (uint64_t)strtoull(strstr(text, "seq\":") + 5, NULL, 10));
	assert_in_range(count, 1000, ROUNDS * 100 - 1000);
	assert_non_null(strstr(text, "\"seq\":12000,"));
}

static void writes_no_more_than_the_bound_where_it_cannot_rotate(void **state)
{
	struct log_policy policy = log_policy;
	struct eventlog *log;

	(void)state;
	policy.total_size = 1024 * 1024;
	log = log_open(scratch_path, &policy);
	log_put_many(log, 1, 100, LOG_S);
	/* A directory in the place of the old file. */
	assert_int_equal(mkdir(log_path("file.00000000000000000001"), 0700), 0);
	log_put_many(log, 101, 4000, LOG_S);
	assert_true(bytes_on_disk() <= 1024 * 1024 + 4096);
	assert_int_equal(eventlog_stats(log).live.last_error, EDQUOT);
	assert_int_equal(eventlog_stats(log).live.errors[LOG_WORK_ROTATE], 1);
	assert_true(eventlog_stats(log).lost > 0);

	assert_int_equal(rmdir(log_path("file.00000000000000000001")), 0);
	eventlog_flush(log, 62 * LOG_S);
	assert_int_equal(eventlog_stats(log).live.last_error, 0);
	assert_int_equal(eventlog_stats(log).live.rotations, 1);
	eventlog_close(log);
}

/* ---- what is never rotated ---- */

static void leaves_a_fifo_alone(void **state)
{
	const struct log_policy policy = { .rotate_size = 1, .total_size = 1 };
	cleanup_free char *text = malloc(8192);
	struct eventlog *log;
	ssize_t n;
	int reader;

	(void)state;
	assert_non_null(text);
	assert_int_equal(mkfifo(scratch_path, 0600), 0);
	log = log_open(scratch_path, &policy);
	reader = open(scratch_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	log_put(log, 1, LOG_WALL_NS, 0);
	log_put(log, 2, 0, 0); /* a clock that is set back, too */
	eventlog_flush(log, LOG_S);
	eventlog_reopen(log, LOG_S);
	assert_int_equal(eventlog_due(log), 0);
	assert_int_equal(log_old_names().count, 0);
	assert_int_equal(eventlog_stats(log).live.bytes, 0);
	assert_int_equal(eventlog_stats(log).live.files, 0);
	n = read(reader, text, 8191);
	assert_true(n > 0);
	text[n] = '\0';
	assert_int_equal(log_check_seq(text, 1), 2);
	close(reader);
	eventlog_close(log);
}

/* ---- sync ---- */

static void syncs_when_it_is_said_to(void **state)
{
	static const struct {
		uint64_t sync_ns, due_ns; /* after records at 5 s and 5.5 s */
	} cases[] = {
		{ LOG_SYNC_NEVER, 0 },
		{ LOG_SYNC_ALWAYS, 0 },
		{ LOG_S, 6 * LOG_S },
		{ 10 * LOG_S, 15 * LOG_S },
	};

	(void)state;
	for_each_case(c, cases) {
		struct log_policy policy = log_policy;
		struct eventlog *log;

		policy.sync_ns = c->sync_ns;
		log = log_open(scratch_path, &policy);
		assert_int_equal(eventlog_due(log), 0);
		log_put(log, 1, LOG_WALL_NS, 0);
		eventlog_flush(log, 5 * LOG_S);
		log_put(log, 2, LOG_WALL_NS, 0);
		eventlog_flush(log, 5 * LOG_S + LOG_S / 2);
		assert_int_equal(eventlog_due(log), c->due_ns);
		eventlog_work(log, c->due_ns ? c->due_ns - 1 : 0);
		assert_int_equal(eventlog_due(log), c->due_ns);
		eventlog_work(log, c->due_ns);
		assert_int_equal(eventlog_due(log), 0); /* nothing to wake up for */
		assert_int_equal(eventlog_stats(log).live.errors[LOG_WORK_SYNC], 0);
		eventlog_close(log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(rotates_before_a_file_is_too_large),
		scratch_test(compresses_old_files_bit_by_bit),
		scratch_test(rotates_what_a_link_points_to),
		scratch_test(rotates_a_file_that_is_old_at_the_next_record),
		scratch_test(begins_a_new_file_when_the_clock_is_set_back),
		scratch_test(keeps_the_total_bound_at_every_moment),
		scratch_test(writes_no_more_than_the_bound_where_it_cannot_rotate),
		scratch_test(leaves_a_fifo_alone),
		scratch_test(syncs_when_it_is_said_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
