// SPDX-License-Identifier: Apache-2.0
/* What becomes of the file of an event log that others take away, or that an agent before left. */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "eventlog_fixture.h"
#include "scratch.h"
#include "sink/log/eventlog.h"

static void goes_on_in_a_new_file_when_asked_to(void **state)
{
	struct eventlog *log = log_open(scratch_path, &log_policy);
	cleanup_free char *moved = NULL, *fresh = NULL;
	struct stat status;

	(void)state;
	log_put(log, 1, LOG_WALL_NS, 0);
	eventlog_flush(log, LOG_S);
	assert_int_equal(rename(scratch_path, log_path("moved")), 0);
	log_put(log, 2, LOG_WALL_NS, 0);
	eventlog_reopen(log, LOG_S); /* before the second is over in which nobody looks */
	log_put(log, 3, LOG_WALL_NS, 0);
	eventlog_flush(log, LOG_S);
	assert_int_equal(eventlog_stats(log).live.reopened, 1);
	eventlog_reopen(log, LOG_S);
	assert_int_equal(eventlog_stats(log).live.reopened, 1); /* nothing had changed */
	eventlog_close(log);

	fresh = scratch_read();
	assert_int_equal(log_check_seq(fresh, 3), 1);
	assert_int_equal(stat(scratch_path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	snprintf(scratch_path, sizeof(scratch_path), "%s/moved", scratch_directory);
	moved = scratch_read();
	assert_int_equal(log_check_seq(moved, 1), 2);
}

static void makes_a_file_anew_that_was_taken_away(void **state)
{
	static const char *const cases[] = { "rm file", "mv file moved",
					     "rm file; echo other >file",
					     "rm file; mkdir moved; mv moved other" };

	(void)state;
	for_each_case(command, cases) {
		struct eventlog *log = log_open(scratch_path, &log_policy);
		cleanup_free char *text = NULL;
		char line[PATH_MAX + 128];

		print_message("  %s\n", *command);
		log_put(log, 1, LOG_WALL_NS, 0);
		eventlog_flush(log, LOG_S);
		snprintf(line, sizeof(line), "cd %s; %s", scratch_directory, *command);
		free(log_output(line));
		log_put(log, 2, LOG_WALL_NS, 0);
		eventlog_flush(log, LOG_S + 999999999); /* a stat a second is enough */
		assert_int_equal(eventlog_stats(log).live.reopened, 0);
		log_put(log, 3, LOG_WALL_NS, 0);
		eventlog_flush(log, 2 * LOG_S);
		assert_int_equal(eventlog_stats(log).live.reopened, 1);
		eventlog_close(log);
		text = scratch_read();
		assert_non_null(strstr(text, "\"seq\":3,"));
		assert_null(strstr(text, "\"seq\":2,"));
		snprintf(line, sizeof(line), "cd %s; rm -rf *", scratch_directory);
		free(log_output(line));
	}
}

static void keeps_records_while_there_can_be_no_file(void **state)
{
	char path[PATH_MAX + 32];
	struct eventlog *log;
	struct stat status;

	(void)state;
	snprintf(path, sizeof(path), "%s/sub/log", scratch_directory);
	log = log_open(path, &log_policy);
	log_put(log, 1, LOG_WALL_NS, 0);
	eventlog_flush(log, LOG_S);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(log_path("sub")), 0);
	scratch_put("in the way", 10);
	assert_int_equal(rename(scratch_path, log_path("sub")), 0);
	log_put(log, 2, LOG_WALL_NS, 0);
	eventlog_flush(log, 3 * LOG_S);
	assert_int_equal(eventlog_stats(log).live.last_error, ENOTDIR);
	assert_int_equal(eventlog_stats(log).live.errors[LOG_WORK_OPEN], 1);
	assert_int_equal(eventlog_due(log), 4 * LOG_S);

	assert_int_equal(unlink(log_path("sub")), 0);
	eventlog_flush(log, 4 * LOG_S);
	assert_int_equal(eventlog_stats(log).live.last_error, 0);
	assert_int_equal(eventlog_stats(log).written, 2);
	assert_int_equal(eventlog_stats(log).lost, 0);
	assert_int_equal(stat(path, &status), 0);
	assert_true(status.st_size > 0);
	eventlog_close(log);
}

static void takes_a_file_that_was_emptied_under_it(void **state)
{
	struct eventlog *log = log_open(scratch_path, &log_policy);
	cleanup_free char *text = NULL;

	(void)state;
	log_put(log, 1, LOG_WALL_NS, 0);
	eventlog_flush(log, LOG_S);
	assert_int_equal(truncate(scratch_path, 0), 0);
	log_put(log, 2, LOG_WALL_NS, 0);
	eventlog_flush(log, 3 * LOG_S);
	text = scratch_read();
	assert_int_equal(log_check_seq(text, 2), 1);
	assert_int_equal(eventlog_stats(log).live.bytes, strlen(text));
	eventlog_close(log);
}

/* A line that is half in one file is whole in the next, and in that one alone. */
static void tears_no_line_between_two_files(void **state)
{
	struct rlimit before, small;
	struct eventlog *log = log_open(scratch_path, &log_policy);
	cleanup_free char *text = NULL;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 1200, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	log_put_many(log, 1, 4, LOG_S);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(eventlog_stats(log).written, 2);
	assert_int_equal(rename(scratch_path, log_path("file.00000000000000000001")), 0);
	eventlog_flush(log, 3 * LOG_S);
	assert_int_equal(eventlog_stats(log).written, 4);
	eventlog_close(log);
	text = log_all_text();
	assert_int_equal(log_check_seq(text, 1), 4);
}

/* ---- restart ---- */

static void goes_on_with_seq_from_wherever_the_newest_record_is(void **state)
{
	static const struct {
		const char *what, *command;
		uint64_t seq;
	} cases[] = {
		{ "the live file", "true", 2500 },
		{ "a live file that is gone", "rm file", 2000 },
		{ "an empty live file", ">file", 2000 },
		{ "a live file with nothing whole", "printf '{\"v\":1,\"seq' >file", 2000 },
		{ "an old file that is not compressed", "rm file; gunzip file.*1001.gz", 2000 },
		{ "none but the first", "rm file file.*1001.gz", 1000 },
		{ "nothing", "rm file*", 0 },
	};
	const struct log_policy policy = log_small_policy();

	(void)state;
	for_each_case(c, cases) {
		struct eventlog *log = log_open(scratch_path, &policy);
		struct log_end tail = { 0 };
		char line[PATH_MAX + 128];

		print_message("  %s\n", c->what);
		log_put_many(log, 1, 2500, LOG_S);
		log_settle(log, LOG_S);
		eventlog_close(log);
		snprintf(line, sizeof(line), "cd %s; %s", scratch_directory, c->command);
		free(log_output(line));
		assert_int_equal(eventlog_open(scratch_path, &policy, &log, &tail), 0);
		assert_int_equal(tail.found, c->seq > 0);
		assert_int_equal(tail.seq, c->seq);
		eventlog_close(log);
		snprintf(line, sizeof(line), "rm -f %s/file*", scratch_directory);
		free(log_output(line));
	}
}

static void finishes_a_compression_that_was_cut_off(void **state)
{
	const struct log_policy policy = log_small_policy();
	struct eventlog *log = log_open(scratch_path, &policy);
	cleanup_free char *text = NULL;
	char line[PATH_MAX + 128];

	(void)state;
	log_put_many(log, 1, 1500, LOG_S);
	eventlog_close(log);
	/* as if killed: */
	snprintf(line, sizeof(line), "cd %s; echo half >file.00000000000000000001.gz.tmp",
		 scratch_directory);
	free(log_output(line));
	log = log_open(scratch_path, &policy);
	assert_int_equal(log_old_names().count, 1);
	assert_true(eventlog_due(log) > 0);
	log_settle(log, LOG_S);
	eventlog_close(log);
	assert_int_equal(log_old_names().count, 1);
	assert_string_equal(log_old_names().names[0], "file.00000000000000000001.gz");
	text = log_all_text();
	assert_int_equal(log_check_seq(text, 1), 1500);
}

static void lets_no_file_that_fails_keep_others_from_being_compressed(void **state)
{
	const struct log_policy policy = log_small_policy();
	struct eventlog *log = log_open(scratch_path, &policy);
	uint64_t now_ns;

	(void)state;
	log_put_many(log, 1, 2500, LOG_S);
	assert_int_equal(mkdir(log_path("file.00000000000000000001.gz.tmp"), 0700), 0);
	now_ns = eventlog_due(log);
	eventlog_work(log, now_ns);
	assert_int_equal(eventlog_stats(log).live.errors[LOG_WORK_COMPRESS], 1);
	assert_int_equal(eventlog_due(log), now_ns + 60 * LOG_S);
	for (unsigned int i = 0; i < 3; i++)
		eventlog_work(log, eventlog_due(log));
	assert_string_equal(log_old_names().names[2], "file.00000000000000001001.gz");
	assert_int_equal(rmdir(log_path("file.00000000000000000001.gz.tmp")), 0);
	log_settle(log, now_ns);
	assert_string_equal(log_old_names().names[0], "file.00000000000000000001.gz");
	eventlog_close(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(goes_on_in_a_new_file_when_asked_to),
		scratch_test(makes_a_file_anew_that_was_taken_away),
		scratch_test(keeps_records_while_there_can_be_no_file),
		scratch_test(takes_a_file_that_was_emptied_under_it),
		scratch_test(tears_no_line_between_two_files),
		scratch_test(goes_on_with_seq_from_wherever_the_newest_record_is),
		scratch_test(finishes_a_compression_that_was_cut_off),
		scratch_test(lets_no_file_that_fails_keep_others_from_being_compressed),
	};

	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
