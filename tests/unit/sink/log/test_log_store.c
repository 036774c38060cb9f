// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "eventlog_fixture.h"
#include "scratch.h"
#include "sink/log/log_rotation.h"
#include "sink/log/log_store.h"

static void put_old(uint64_t seq, size_t records)
{
	char name[64], text[8192];
	FILE *file;

	assert_int_equal(log_name_format("file", seq, LOG_PLAIN, name, sizeof(name)), 0);
	file = fopen(log_path(name), "w");
	assert_non_null(file);
	for (size_t i = 0; i < records; i++)
		fwrite(text, 1, log_record(text, seq + i, LOG_WALL_NS, LOG_RECORD), file);
	fclose(file);
}

static struct log_store *open_store(uint64_t total_size)
{
	struct log_store *store = NULL;

	assert_int_equal(log_store_open(scratch_path, total_size, &store), 0);
	return store;
}

static void is_idle_where_nothing_is_old(void **state)
{
	cleanup_log_store struct log_store *store = open_store(1 << 20);
	struct log_end tail = { 0 };

	(void)state;
	assert_int_equal(log_store_due(store), 0);
	assert_int_equal(log_store_tail(store, &tail), 0);
	assert_false(tail.found);
	log_store_make_room(store, 2 << 20, LOG_S); /* of what there is not */
	assert_int_equal(log_store_stats(store).files, 0);
	assert_int_equal(log_store_stats(store).remove_errors, 0);
}

static void removes_the_oldest_until_the_live_file_fits(void **state)
{
	static const struct {
		uint64_t live;
		size_t files;
	} cases[] = { { 0, 4 }, { 800000, 4 }, { 800001, 3 }, { 900000, 2 }, { 2000000, 0 } };
	cleanup_log_store struct log_store *store = NULL;

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		put_old(1 + i * 100, 100);
	store = open_store(1000000);
	for_each_case(c, cases) {
		log_store_make_room(store, c->live, LOG_S);
		assert_int_equal(log_store_stats(store).files, c->files);
		assert_int_equal(log_old_names().count, c->files);
	}
}

/* What is half compressed goes with it. */
static void stops_compressing_what_it_removes(void **state)
{
	cleanup_log_store struct log_store *store = NULL;
	uint64_t plain = 2000ULL * LOG_RECORD;

	(void)state;
	put_old(1, 2000);
	put_old(2001, 10);
	store = open_store(2 * plain);
	log_store_work(store, log_store_due(store));
	assert_int_equal(log_old_names().count, 3);
	assert_true(log_store_stats(store).bytes > plain + 10ULL * LOG_RECORD);

	log_store_make_room(store, plain, LOG_S);
	assert_int_equal(log_old_names().count, 1);
	assert_string_equal(log_old_names().names[0], "file.00000000000000002001");
	for (uint64_t due_ns; (due_ns = log_store_due(store));)
		log_store_work(store, due_ns);
	assert_string_equal(log_old_names().names[0], "file.00000000000000002001.gz");
	assert_int_equal(log_store_stats(store).compress_errors, 0);
}

static void bounds_the_number_of_files(void **state)
{
	cleanup_log_store struct log_store *store = NULL;

	(void)state;
	for (uint64_t seq = 1; seq <= LOG_OLD_FILES_MAX + 3; seq++)
		put_old(seq, 0);
	store = open_store(1 << 30);
	assert_int_equal(log_store_stats(store).files, LOG_OLD_FILES_MAX + 3);
	log_store_make_room(store, 0, LOG_S);
	assert_int_equal(log_store_stats(store).files, LOG_OLD_FILES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(is_idle_where_nothing_is_old),
		scratch_test(removes_the_oldest_until_the_live_file_fits),
		scratch_test(stops_compressing_what_it_removes),
		scratch_test(bounds_the_number_of_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
