// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "log_fixture.h"

enum form { NONE, PLAIN, MEMBERS, GZIP, BOTH };

struct part {
	enum form form;
	uint64_t from, to;
};

enum { PARTS_MAX = 6 };

static void put_part(const struct part *part, bool is_live)
{
	const char *plain = is_live ? "events" : rotated(part->from, "");
	const char *packed = is_live ? "events" : rotated(part->from, ".gz");

	if (part->form == PLAIN)
		put_plain(plain, part->from, part->to);
	if (part->form == MEMBERS || part->form == BOTH)
		put_members(packed, part->from, part->to, 7);
	if (part->form == GZIP)
		put_gzip(packed, part->from, part->to);
	/* About to be removed: nobody looks into it. */
	if (part->form == BOTH)
		put(plain, "{\"v\":1,\"seq\":666,\"ts\":\"nonsense\"}\n");
}

static void reads_all_files_as_one_row_both_ways(void **state)
{
	static const struct {
		const char *what;
		struct part parts[PARTS_MAX]; /* the last one is the live file */
		uint64_t last;
	} cases[] = {
		{ "live", { { PLAIN, 1, 100 } }, 100 },
		{ "live that is gzip", { { MEMBERS, 1, 100 } }, 100 },
		{ "live that is gzip of others", { { GZIP, 1, 100 } }, 100 },
		{ "plain", { { PLAIN, 1, 10 }, { PLAIN, 11, 20 }, { PLAIN, 21, 30 } }, 30 },
		{ "members",
		  { { MEMBERS, 1, 50 }, { MEMBERS, 51, 99 }, { PLAIN, 100, 120 } },
		  120 },
		{ "no live", { { MEMBERS, 1, 50 }, { PLAIN, 51, 60 }, { NONE } }, 60 },
		{ "all forms",
		  { { GZIP, 1, 400 },
		    { MEMBERS, 401, 450 },
		    { BOTH, 451, 470 },
		    { PLAIN, 471, 480 },
		    { PLAIN, 481, 10000 } },
		  10000 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_log_reader struct log_reader *reader = NULL;
		cleanup_free struct seen *forward = seen_new(), *back = seen_new();

		print_message("  %s\n", c->what);
		for (size_t i = 0; i < PARTS_MAX && c->parts[i].from; i++)
			put_part(&c->parts[i], i + 1 == PARTS_MAX || !c->parts[i + 1].from);
		if (!strcmp(c->what, "no live")) {
			unlink("events");
			put_part(&c->parts[1], false);
		}
		put(rotated(999999, ".gz.tmp"), "half");
		put("events.1", "another's\n");
		reader = reader_of("events");
		assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, forward), 0);
		saw(forward, 1, c->last);
		assert_int_equal(log_reader_backward(reader, see, back), 0);
		saw(back, c->last, 1);
		assert_int_equal(forward->others + back->others, 0);
		assert_int_equal(log_reader_stats(reader).lines, 2 * c->last);
		assert_int_equal(log_reader_stats(reader).damaged, 0);
		assert_int_equal(log_reader_stats(reader).files_left_out, 0);
		assert_int_equal(scratch_teardown(NULL), 0);
		assert_int_equal(scratch_setup(NULL) || chdir(scratch_directory), 0);
	}
}

static void takes_a_path_with_folders_and_one_file_of_many(void **state)
{
	cleanup_log_reader struct log_reader *whole = NULL, *one = NULL;
	cleanup_free struct seen *all = seen_new(), *some = seen_new();

	(void)state;
	make_dir("d");
	assert_int_equal(chdir("d"), 0);
	put_plain(rotated(1, ""), 1, 9);
	put_members(rotated(10, ".gz"), 10, 30, 5);
	put_plain("events", 31, 40);
	assert_int_equal(chdir(".."), 0);
	whole = reader_of("d/events");
	assert_int_equal(log_reader_since(whole, INT64_MIN, INT64_MAX, see, all), 0);
	saw(all, 1, 40);
	one = reader_of("d/events.00000000000000000010.gz");
	assert_int_equal(log_reader_since(one, INT64_MIN, INT64_MAX, see, some), 0);
	saw(some, 10, 30);
}

static void stops_when_told_to(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	put_members(rotated(1, ".gz"), 1, 50, 10);
	put_plain("events", 51, 60);
	reader = reader_of("events");
	seen->stop_after = 12;
	assert_int_equal(log_reader_backward(reader, see, seen), 1);
	saw(seen, 60, 49);
	*seen = (struct seen){ .stop_after = 55 };
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 1);
	saw(seen, 1, 55);
}

/* ---- since and until ---- */

enum { LONG = 20000 }; /* lines: some 2 MiB */

/* All from SINCE on were handed out, and of older ones few. */
static void saw_since(const struct seen *seen, uint64_t since, uint64_t last, uint64_t slack)
{
	assert_true(seen->count > 0);
	assert_int_equal(seen->others, 0);
	assert_true(seen->seqs[0] <= since);
	assert_true(seen->seqs[0] + slack >= since);
	assert_int_equal(seen->seqs[seen->count - 1], last);
	assert_int_equal(seen->count, last - seen->seqs[0] + 1);
}

static void finds_a_time_in_a_plain_file(void **state)
{
	static const uint64_t cases[] = { 1, 2, 100, 5000, 10000, 19000, 19999, LONG };

	(void)state;
	put_plain("events", 1, LONG);
	for_each_case(c, cases) {
		cleanup_log_reader struct log_reader *reader = reader_of("events");
		cleanup_free struct seen *seen = seen_new();
		uint64_t at_open = log_reader_stats(reader).bytes_read, size;

		assert_int_equal(log_reader_since(reader, time_of(*c), INT64_MAX, see, seen), 0);
		saw_since(seen, *c, LONG, 60 + 64 * 1024 / 90);
		size = seen->count * 100;
		assert_in_range(log_reader_stats(reader).bytes_read - at_open, seen->count * 90,
				size + 200 * 1024);
	}
}

static void finds_a_time_that_no_line_has(void **state)
{
	static const struct {
		int64_t since;
		size_t most;
	} cases[] = { { LONG + 1000, 1 }, { INT64_MAX / LOG_SECOND - LOG_T0 / LOG_SECOND - 1, 1 } };
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	put_plain("events", 1, LONG);
	for_each_case(c, cases) {
		cleanup_log_reader struct log_reader *reader = reader_of("events");

		*seen = (struct seen){ 0 };
		assert_int_equal(
			log_reader_since(reader, time_of((uint64_t)c->since), INT64_MAX, see, seen),
			0);
		assert_true(seen->count <= c->most);
		assert_true(log_reader_stats(reader).bytes_read < 20000);
	}
}

static void hops_over_members_that_are_too_old(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();
	struct stat first, second;

	(void)state;
	put_members(rotated(1, ".gz"), 1, 20000, 1000);
	put_members(rotated(20001, ".gz"), 20001, 40000, 1000);
	put_plain("events", 40001, 40100);
	assert_int_equal(stat(rotated(1, ".gz"), &first), 0);
	assert_int_equal(stat(rotated(20001, ".gz"), &second), 0);
	reader = reader_of("events");
	assert_int_equal(log_reader_since(reader, time_of(39500), INT64_MAX, see, seen), 0);
	saw(seen, 39001, 40100);
	assert_true(log_reader_stats(reader).bytes_read <
		    (uint64_t)(first.st_size + second.st_size) / 2);
}

/* Of a minute at most, said the writer: some lines stand so long before their time. */
static void loses_nothing_to_disorder(void **state)
{
	enum { LATER_S = 59, A_SECOND = 100, EARLY = 9000, EARLY_END = 9010 };
	cleanup_free char *text = malloc(LOG_TEXT_MAX);
	cleanup_free struct seen *seen = seen_new();
	const int64_t step = LOG_SECOND / A_SECOND;
	size_t size = 0;

	(void)state;
	for (uint64_t seq = 1; seq <= LONG; seq++) {
		bool is_early = seq >= EARLY && seq < EARLY_END;

		size += put_line_at(text + size, seq,
				    LOG_T0 + (int64_t)seq * step +
					    (is_early ? LATER_S * LOG_SECOND : 0));
	}
	put_bytes("events", text, size);
	for (int64_t after_s = 1; after_s < LATER_S; after_s += 3) {
		cleanup_log_reader struct log_reader *reader = reader_of("events");
		int64_t since_ns = LOG_T0 + EARLY * step + after_s * LOG_SECOND;

		*seen = (struct seen){ 0 };
		assert_int_equal(log_reader_since(reader, since_ns, INT64_MAX, see, seen), 0);
		assert_true(seen->seqs[0] <= EARLY);
	}
}

static void ends_behind_until_in_every_file(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	put_members(rotated(1, ".gz"), 1, 1000, 100);
	put_plain(rotated(1001, ""), 1001, 2000);
	put_plain("events", 2001, 3000);
	reader = reader_of("events");
	assert_int_equal(log_reader_since(reader, time_of(500), time_of(1100), see, seen), 0);
	saw(seen, 401, 1160);
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_since(reader, time_of(120), time_of(130), see, seen), 0);
	saw(seen, 101, 190);
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MIN, see, seen), 0);
	assert_int_equal(seen->count, 0);
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_since(reader, INT64_MAX, INT64_MAX, see, seen), 0);
	assert_true(seen->count <= 2);
}

static void put_hours(const char *path, uint64_t seq, uint64_t count, int hour)
{
	cleanup_free char *text = malloc(LOG_TEXT_MAX);
	size_t size = 0;

	for (uint64_t i = 0; i < count; i++)
		size += put_line_at(text + size, seq + i,
				    LOG_T0 + (hour * INT64_C(3600) + (int64_t)i) * LOG_SECOND);
	put_bytes(path, text, size);
}

/* Order by name is not order by time then. */
static void looks_into_every_file_when_the_clock_was_set_back(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();
	const int64_t hour = 3600 * LOG_SECOND;

	(void)state;
	put_hours(rotated(1, ""), 1, 100, 20); /* a clock that went wrong */
	put_hours(rotated(101, ""), 101, 100, 2);
	put_hours(rotated(201, ""), 201, 100, 30);
	put_hours("events", 301, 100, 3);
	reader = reader_of("events");
	assert_int_equal(log_reader_since(reader, LOG_T0 + 3 * hour, LOG_T0 + 4 * hour, see, seen),
			 0);
	/* The last line of the file before tells that it is too old. */
	assert_int_equal(seen->seqs[0], 200);
	assert_int_equal(seen->seqs[1], 301);
	assert_int_equal(seen->count, 101);
	*seen = (struct seen){ 0 };
	assert_int_equal(
		log_reader_since(reader, LOG_T0 + 20 * hour, LOG_T0 + 21 * hour, see, seen), 0);
	assert_int_equal(seen->seqs[0], 1);
	assert_int_equal(seen->seqs[99], 100);
}

/* ---- the end ---- */

static void gives_a_line_that_lacks_its_end_once(void **state)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct seen *seen = seen_new();
	char line[LOG_LINE_ROOM];
	size_t size = put_line_at(line, 11, time_of(11));

	(void)state;
	put_plain("events", 1, 10);
	line[size - 1] = '\0';
	append("events", line);
	reader = reader_of("events");
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
	saw(seen, 1, 11);
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_backward(reader, see, seen), 0);
	saw(seen, 11, 1);
	/* One that is certainly half is left for later. */
	append("events", "\n{\"v\":1,\"seq\":12,\"ts");
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_backward(reader, see, seen), 0);
	saw(seen, 11, 1);
	assert_int_equal(seen->others, 0);
	*seen = (struct seen){ 0 };
	assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
	saw(seen, 1, 11);
	assert_int_equal(seen->others, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(reads_all_files_as_one_row_both_ways),
		workdir_test(takes_a_path_with_folders_and_one_file_of_many),
		workdir_test(stops_when_told_to),
		workdir_test(finds_a_time_in_a_plain_file),
		workdir_test(finds_a_time_that_no_line_has),
		workdir_test(hops_over_members_that_are_too_old),
		workdir_test(loses_nothing_to_disorder),
		workdir_test(ends_behind_until_in_every_file),
		workdir_test(looks_into_every_file_when_the_clock_was_set_back),
		workdir_test(gives_a_line_that_lacks_its_end_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
