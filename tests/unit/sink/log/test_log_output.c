// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "eventlog_fixture.h"
#include "scratch.h"
#include "sink/log/log_output.h"

static struct log_output file;
static struct log_end tail;

static void open_file(void)
{
	assert_int_equal(log_output_open(scratch_path, &file, &tail), 0);
}

static void write_text(const char *text)
{
	assert_int_equal(log_output_write(&file, text, strlen(text)), strlen(text));
}

static void knows_the_first_record_and_the_last(void **state)
{
	char text[1024];
	size_t size = (size_t)sprintf(text, "no record\n");

	(void)state;
	size += log_record(text + size, 7, LOG_WALL_NS, 0);
	size += log_record(text + size, 9, LOG_WALL_NS + 5, 0);
	scratch_put(text, size);
	open_file();
	assert_true(file.is_regular);
	assert_int_equal(file.size, size);
	assert_true(file.has_first);
	assert_int_equal(file.first_seq, 7);
	assert_true(file.first_ns == LOG_WALL_NS);
	assert_true(file.newest_ns == LOG_WALL_NS + 5);
	assert_int_equal(tail.seq, 9);
	log_output_close(&file);
	assert_int_equal(file.fd, -1);
	log_output_close(&file);
}

static void takes_back_a_line_that_it_only_began(void **state)
{
	static const struct {
		const char *first, *second, *want;
	} cases[] = {
		{ "one\n", "tw", "one\n" }, { "one\ntw", "o", "one\n" },	{ "on", "e", "" },
		{ "on", "e\n", "one\n" },   { "one\n", "two\n", "one\ntwo\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *got = NULL;

		scratch_put("", 0);
		open_file();
		write_text(c->first);
		write_text(c->second);
		log_output_take_back(&file);
		assert_int_equal(file.size, strlen(c->want));
		assert_int_equal(file.unfinished, 0);
		log_output_close(&file);
		got = scratch_read();
		assert_string_equal(got, c->want);
	}
}

static void is_dirty_from_a_write_to_a_sync(void **state)
{
	(void)state;
	open_file();
	assert_false(file.is_dirty);
	write_text("one\n");
	assert_true(file.is_dirty);
	assert_int_equal(log_output_sync(&file), 0);
	assert_false(file.is_dirty);
	log_output_close(&file);
}

static void sees_that_another_file_is_in_its_place(void **state)
{
	(void)state;
	open_file();
	write_text("one\n");
	assert_true(log_output_is_at(&file, scratch_path));
	assert_true(log_output_is_linked(&file));
	assert_int_equal(rename(scratch_path, log_path("moved")), 0);
	assert_false(log_output_is_at(&file, scratch_path));
	scratch_put("one\n", 4);
	assert_false(log_output_is_at(&file, scratch_path));
	assert_true(log_output_is_linked(&file));
	assert_int_equal(unlink(log_path("moved")), 0);
	assert_false(log_output_is_linked(&file));
	log_output_close(&file);
}

static void forgets_what_was_in_a_file_that_was_emptied(void **state)
{
	char text[512];

	(void)state;
	scratch_put(text, log_record(text, 7, LOG_WALL_NS, 0));
	open_file();
	write_text("begun");
	assert_int_equal(truncate(scratch_path, 0), 0);
	assert_true(log_output_is_at(&file, scratch_path));
	assert_int_equal(file.size, 0);
	assert_int_equal(file.unfinished, 0);
	assert_int_equal(file.newest_ns, 0);
	assert_false(file.has_first);
	log_output_close(&file);
}

static void peeks_without_a_change(void **state)
{
	static const char torn[] = "{\"v\":1,\"se";
	char text[512];
	struct stat status;
	size_t size = log_record(text, 7, LOG_WALL_NS, 0);

	(void)state;
	tail = (struct log_end){ 0 };
	assert_int_equal(log_output_peek(scratch_path, &tail), 0);
	assert_false(tail.found);
	memcpy(text + size, torn, sizeof(torn));
	scratch_put(text, size + sizeof(torn) - 1);
	assert_int_equal(log_output_peek(scratch_path, &tail), 0);
	assert_int_equal(tail.seq, 7);
	assert_int_equal(stat(scratch_path, &status), 0);
	assert_int_equal(status.st_size, size + sizeof(torn) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(knows_the_first_record_and_the_last),
		scratch_test(takes_back_a_line_that_it_only_began),
		scratch_test(is_dirty_from_a_write_to_a_sync),
		scratch_test(sees_that_another_file_is_in_its_place),
		scratch_test(forgets_what_was_in_a_file_that_was_emptied),
		scratch_test(peeks_without_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
