// SPDX-License-Identifier: Apache-2.0
/* What the log reader makes of compressed files that are not as they should be. */
#include "test.h"

#include "log_fixture.h"

enum { MEMBERS = 10, EACH = 20, LAST = MEMBERS * EACH };

struct damage {
	const char *what;
	size_t at; /* the first byte of so many, within member 4 (of 0 to 9); cut: here it ends */
	size_t size;
	bool is_cut, is_appended;
	uint64_t from, to; /* records that are lost */
	uint64_t damaged;
};

static size_t offset_of(const uint8_t *bytes, size_t member)
{
	struct log_member parsed;
	size_t at = 0;

	while (member--) {
		assert_int_equal(log_member_parse(bytes + at, LOG_MEMBER_HEADER_SIZE, &parsed), 0);
		at += parsed.size;
	}
	return at;
}

static void expect_all_but(const struct seen *seen, uint64_t from, uint64_t to, bool is_back)
{
	size_t at = 0;

	for (uint64_t i = 1; i <= LAST; i++) {
		uint64_t seq = is_back ? LAST + 1 - i : i;

		if (seq >= from && seq <= to)
			continue;
		assert_true(at < seen->count);
		assert_int_equal(seen->seqs[at++], seq);
	}
	assert_int_equal(at, seen->count);
}

static void leaves_out_and_counts_members_that_are_damaged(void **state)
{
	static const struct damage cases[] = {
		{ "none", 0, 0, false, false, 1000, 1000, 0 },
		{ "a byte of the text", 100, 1, false, false, 81, 100, 1 },
		{ "a byte of the first magic", 0, 1, false, false, 81, 100, 1 },
		{ "the index", 12, 6, false, false, 81, 100, 1 },
		{ "the size, too large", 16 + 2, 1, false, false, 81, 100, 1 },
		{ "a header", 0, LOG_MEMBER_HEADER_SIZE, false, false, 81, 100, 1 },
		{ "cut amid a text", 100, 0, true, false, 81, LAST, 1 },
		{ "cut amid a header", 20, 0, true, false, 81, LAST, 1 },
		{ "cut between two", 0, 0, true, false, 81, LAST, 0 },
		{ "something behind the end", 0, 0, false, true, 1000, 1000, 1 },
	};

	(void)state;
	for_each_case(c, cases) {
		for (size_t way = 0; way < 2; way++) {
			cleanup_log_reader struct log_reader *reader = NULL;
			cleanup_free struct seen *seen = seen_new();
			size_t size;
			cleanup_free uint8_t *bytes = members_of(1, LAST, EACH, &size);
			size_t at = offset_of(bytes, 4) + c->at;

			print_message("  %s, %s\n", c->what, way ? "back" : "forward");
			for (size_t i = 0; i < c->size; i++)
				bytes[at + i] ^= 0x55;
			if (c->is_cut)
				size = at;
			if (c->is_appended)
				memcpy(bytes + size, "something", 9), size += 9;
			put_bytes("events", (const char *)bytes, size);
			reader = reader_of("events");
			if (way)
				assert_int_equal(log_reader_backward(reader, see, seen), 0);
			else
				assert_int_equal(
					log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen),
					0);
			expect_all_but(seen, c->from, c->to, way);
			assert_int_equal(seen->others, 0);
			assert_true(log_reader_stats(reader).damaged >= c->damaged);
			assert_true(log_reader_stats(reader).damaged <= c->damaged + way);
		}
	}
}

static void reads_gzip_of_others_as_far_as_it_goes(void **state)
{
	static const struct {
		const char *what;
		size_t cut; /* bytes off the end */
		const char *appended;
		size_t appended_size;
		size_t least, most;
		uint64_t damaged;
	} cases[] = {
		{ "whole", 0, "", 0, 300, 300, 0 },
		{ "zeros behind it", 0, "\0\0\0\0\0\0", 6, 300, 300, 0 },
		{ "something behind it", 0, "something", 9, 300, 300, 1 },
		{ "cut by the trailer", 8, "", 0, 299, 300, 1 },
		{ "cut amid the text", 300, "", 0, 150, 299, 1 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_log_reader struct log_reader *reader = NULL;
		cleanup_free struct seen *seen = seen_new(), *back = seen_new();
		size_t size;
		cleanup_free uint8_t *bytes = gzip_of(1, 300, &size);

		print_message("  %s\n", c->what);
		size -= c->cut;
		memcpy(bytes + size, c->appended, c->appended_size);
		put_bytes("events", (const char *)bytes, size + c->appended_size);
		reader = reader_of("events");
		assert_int_equal(log_reader_since(reader, INT64_MIN, INT64_MAX, see, seen), 0);
		assert_in_range(seen->count, c->least, c->most);
		assert_int_equal(log_reader_stats(reader).damaged, c->damaged);
		assert_int_equal(log_reader_backward(reader, see, back), 0);
		assert_int_equal(back->count, seen->count);
		for (size_t i = 0; i < seen->count; i++)
			assert_int_equal(back->seqs[i], seen->seqs[seen->count - 1 - i]);
		assert_int_equal(log_reader_stats(reader).damaged, 2 * c->damaged);
	}
}

/* More than one window of its text. */
static void reads_much_gzip_of_others_backward(void **state)
{
	enum { LINES = 220000, LINE = 100 };
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free char *line = malloc(LINE + 1);
	gzFile file = gzopen("events", "wb1");
	uint64_t next = LINES;
	cleanup_free struct seen *seen = seen_new();

	(void)state;
	for (uint64_t seq = 1; seq <= LINES; seq++) {
		size_t size = put_line_at(line, seq % 50000, time_of(seq));

		assert_int_equal(gzwrite(file, line, (unsigned int)size), (int)size);
	}
	assert_int_equal(gzclose(file), Z_OK);
	reader = reader_of("events");
	/* The callee is ours to reset: not all fit at once. */
	seen->stop_after = 60000;
	assert_int_equal(log_reader_backward(reader, see, seen), 1);
	for (size_t i = 0; i < seen->count; i++)
		assert_int_equal(seen->seqs[i], next-- % 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(leaves_out_and_counts_members_that_are_damaged),
		workdir_test(reads_gzip_of_others_as_far_as_it_goes),
		workdir_test(reads_much_gzip_of_others_backward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
