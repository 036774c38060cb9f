// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "eventlog_fixture.h"
#include "scratch.h"
#include "sink/log/log_rotation.h"

static void put_file(const char *name, size_t size)
{
	FILE *file = fopen(log_path(name), "w");

	assert_non_null(file);
	for (size_t i = 0; i < size; i++)
		putc('x', file);
	fclose(file);
}

static struct log_rotation *open_rotation(void)
{
	struct log_rotation *rotation = NULL;

	assert_int_equal(log_rotation_open(scratch_path, &rotation), 0);
	return rotation;
}

static void expect_names(const char *const *want)
{
	struct log_names found = log_old_names();
	size_t count = 0;

	for (; want[count]; count++) {
		assert_true(count < found.count);
		assert_string_equal(found.names[count], want[count]);
	}
	assert_int_equal(found.count, count);
}

static void knows_its_own_files_alone(void **state)
{
	static const char *const others[] = { "file.1",
					      "file.old",
					      "file.gz",
					      "file.00000000000000000007.bz2",
					      "other.00000000000000000007",
					      "file.0000000000000000007",
					      "file.99999999999999999999" };
	cleanup_log_rotation struct log_rotation *rotation = NULL;
	enum log_kind kind;
	uint64_t seq;

	(void)state;
	for_each_case(name, others)
		put_file(*name, 100);
	assert_int_equal(mkdir(log_path("file.00000000000000000042"), 0700), 0);
	put_file("file.00000000000000000007", 10);
	put_file("file.18446744073709551615.gz", 5);
	put_file("file.00000000000000000009.gz", 3);
	rotation = open_rotation();
	assert_int_equal(log_rotation_count(rotation), 3);
	assert_int_equal(log_rotation_bytes(rotation), 18);
	assert_true(log_rotation_newest(rotation, &seq, &kind));
	assert_true(seq == UINT64_MAX);
	assert_int_equal(kind, LOG_GZIP);
}

static void says_why_it_cannot_look(void **state)
{
	struct log_rotation *rotation = NULL;

	(void)state;
	assert_int_equal(log_rotation_open("/no/such/directory/log", &rotation), -ENOENT);
	assert_null(rotation);
}

static void finishes_what_an_agent_before_it_began(void **state)
{
	static const char *const left[] = { "file.00000000000000000001.gz",
					    "file.00000000000000000002",
					    "file.00000000000000000003", NULL };
	cleanup_log_rotation struct log_rotation *rotation = NULL;

	(void)state;
	put_file("file.00000000000000000001", 10); /* not removed yet */
	put_file("file.00000000000000000001.gz", 4);
	put_file("file.00000000000000000002", 20);
	put_file("file.00000000000000000002.gz.tmp", 2); /* not whole */
	put_file("file.00000000000000000003", 30);
	rotation = open_rotation();
	expect_names(left);
	assert_int_equal(log_rotation_bytes(rotation), 54);
}

static void names_a_file_by_its_first_seq_or_the_next_that_is_free(void **state)
{
	static const struct {
		uint64_t seq;
		const char *want;
	} cases[] = {
		{ 4711, "file.00000000000000004711" }, { 4711, "file.00000000000000004712" },
		{ 4712, "file.00000000000000004713" }, { 4714, "file.00000000000000004715" },
		{ 4700, "file.00000000000000004700" },
	};
	cleanup_log_rotation struct log_rotation *rotation = NULL;

	(void)state;
	put_file("file.00000000000000004714.gz", 1);
	rotation = open_rotation();
	for_each_case(c, cases) {
		struct stat stat_file;

		print_message("  %s\n", c->want);
		put_file("file", 7);
		assert_int_equal(log_rotation_retire(rotation, c->seq), 0);
		assert_int_equal(stat(scratch_path, &stat_file), -1);
		assert_int_equal(stat(log_path(c->want), &stat_file), 0);
		assert_int_equal(stat_file.st_size, 7);
	}
	assert_int_equal(log_rotation_count(rotation), 6);
	assert_int_equal(log_rotation_retire(rotation, 1), -ENOENT);
}

static void removes_the_oldest_first(void **state)
{
	static const char *const left[] = { "file.00000000000000000020.gz", NULL };
	cleanup_log_rotation struct log_rotation *rotation = NULL;
	uint64_t seq;

	(void)state;
	put_file("file.00000000000000000020.gz", 4);
	put_file("file.00000000000000000010", 3);
	put_file("file.00000000000000000003", 2);
	rotation = open_rotation();
	put_file("file.00000000000000000010.gz.tmp", 3); /* of now */
	assert_int_equal(log_rotation_drop_oldest(rotation, &seq), 0);
	assert_int_equal(seq, 3);
	assert_int_equal(log_rotation_bytes(rotation), 7);
	assert_int_equal(log_rotation_drop_oldest(rotation, &seq), 0);
	assert_int_equal(seq, 10);
	expect_names(left);
	assert_int_equal(log_rotation_drop_oldest(rotation, &seq), 0);
	assert_int_equal(log_rotation_drop_oldest(rotation, &seq), -ENOENT);
	assert_int_equal(seq, 20);
}

static void gives_each_plain_file_its_turn(void **state)
{
	static const struct {
		uint64_t after, want;
	} cases[] = { { 0, 3 }, { 3, 10 }, { 9, 10 }, { 10, 3 }, { 99, 3 } };
	cleanup_log_rotation struct log_rotation *rotation = NULL;
	uint64_t seq;

	(void)state;
	put_file("file.00000000000000000003", 2);
	put_file("file.00000000000000000005.gz", 2);
	put_file("file.00000000000000000010", 3);
	rotation = open_rotation();
	for_each_case(c, cases) {
		assert_true(log_rotation_next_plain(rotation, c->after, &seq));
		assert_int_equal(seq, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(knows_its_own_files_alone),
		scratch_test(says_why_it_cannot_look),
		scratch_test(finishes_what_an_agent_before_it_began),
		scratch_test(names_a_file_by_its_first_seq_or_the_next_that_is_free),
		scratch_test(removes_the_oldest_first),
		scratch_test(gives_each_plain_file_its_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
