// SPDX-License-Identifier: Apache-2.0
/* What the event log makes of the end of the file that an agent before it left. */
#include "test.h"

#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "core/record/record.h"
#include "eventlog_fixture.h"
#include "scratch.h"
#include "sink/log/eventlog.h"

#define TS "2024-02-29T12:34:56.000000000Z"
#define WALL_NS 1709210096000000000
#define LINE(seq, type) "{\"v\":1,\"seq\":" seq ",\"ts\":\"" TS "\",\"type\":\"" type "\"}"

static struct eventlog *open_log(const char *name, struct log_end *out_tail)
{
	struct eventlog *log = NULL;

	assert_int_equal(eventlog_open(name, &log_policy, &log, out_tail), 0);
	return log;
}

static void append_text(struct eventlog *log, const char *line)
{
	eventlog_append(log, &(struct eventlog_line){
				     .text = line, .size = strlen(line), .wall_ns = WALL_NS });
}

static void reads_back_what_it_wrote(void **state)
{
	struct record record = record_init(RECORD_AGENT_STOPPED);
	struct log_end tail;
	struct eventlog *log;
	char line[512];
	size_t size;

	(void)state;
	record.seq = 77;
	record.wall_ns = 1709210096123456789;
	record.ifname = "\xff";
	assert_int_equal(record_format(&record, line, sizeof(line), &size), 0);

	log = open_log(scratch_path, &tail);
	eventlog_append(log, &(struct eventlog_line){ .text = line, .size = size });
	eventlog_close(log);

	eventlog_close(open_log(scratch_path, &tail));
	assert_true(tail.found);
	assert_true(tail.stopped);
	assert_int_equal(tail.seq, 77);
	assert_true(tail.wall_ns == record.wall_ns);
}

static void finds_the_last_record(void **state)
{
	static const struct {
		const char *text;
		bool found, stopped;
		uint64_t seq;
		const char *after; /* where "next\n" is appended; NULL: right behind text */
	} cases[] = {
		{ "", false, false, 0, NULL },
		{ "\n", false, false, 0, NULL },
		{ LINE("5", "ip.assigned") "\n", true, false, 5, NULL },
		{ LINE("5", "agent.stopped") "\n", true, true, 5, NULL },
		{ LINE("5", "agent.stopped") "\n" LINE("6", "agent.started") "\n", true, false, 6,
		  NULL },
		{ LINE("5", "ip.assigned") "\nhello", true, false, 5, "\n" }, /* not ours to cut */
		{ "{\"v\":2,\"se", false, false, 0, "\n" },
		{ "{\"v\":1,\"seq\":7}", false, false, 0, "\n" }, /* whole, and no record */
		{ LINE("5", "ip.assigned"), true, false, 5, "\n" }, /* torn before its newline */
		{ LINE("4", "ip.assigned") "\n" LINE("5", "ip.assigned"), true, false, 5, "\n" },
		/* a torn line that an agent closed before it crashed too */
		{ LINE("5", "ip.assigned") "\n{\"v\":1,\"se\n", true, false, 5, NULL },
		{ LINE("5", "ip.assigned") "\n\n", true, false, 5, NULL },
		{ "hello\nworld\n", false, false, 0, NULL },
		{ "{\"v\":1}\n", false, false, 0, NULL },
		{ "[1,2]\n7\nnull\n", false, false, 0, NULL },
		{ "{\"v\":2,\"seq\":1,\"ts\":\"" TS "\",\"type\":\"a\"}\n", false, false, 0, NULL },
		{ "{\"v\":1,\"seq\":\"1\",\"ts\":\"" TS "\",\"type\":\"a\"}\n", false, false, 0,
		  NULL },
		{ "{\"v\":1,\"seq\":1,\"ts\":\"yesterday\",\"type\":\"a\"}\n", false, false, 0,
		  NULL },
		{ LINE("-5", "ip.assigned") "\n", false, false, 0, NULL },
		{ LINE("5", "ip.assigned\xff") "\n", false, false, 0, NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct log_end tail = { .seq = 42 };
		cleanup_free char *got = NULL;
		struct eventlog *log;
		char want[512];

		print_message("  '%s'\n", c->text);
		scratch_put(c->text, strlen(c->text));
		log = open_log(scratch_path, &tail);
		append_text(log, "next\n");
		eventlog_flush(log, 0);
		assert_int_equal(eventlog_stats(log).written, 1);
		eventlog_close(log);

		assert_int_equal(tail.found, c->found);
		assert_int_equal(tail.stopped, c->stopped);
		assert_int_equal(tail.seq, c->seq);
		assert_true(tail.wall_ns == (c->found ? WALL_NS : 0));

		snprintf(want, sizeof(want), "%s%snext\n", c->text, c->after ? c->after : "");
		got = scratch_read();
		assert_string_equal(got, want);
	}
}

static void looks_no_further_back_than_64_kib(void **state)
{
	static const struct {
		size_t junk; /* bytes behind the record, one line */
		bool found;
	} cases[] = {
		{ 0, true }, { 1000, true }, { 60000, true }, { 65536, false }, { 200000, false },
	};
	static const char record[] = LINE("9", "ip.released") "\n";

	(void)state;
	for_each_case(c, cases) {
		size_t before = 100000, size = before + sizeof(record) - 1 + c->junk;
		cleanup_free char *text = malloc(size);
		struct log_end tail;

		assert_non_null(text);
		memset(text, 'x', size);
		text[before - 1] = '\n';
		memcpy(text + before, record, sizeof(record) - 1);
		text[size - 1] = '\n';
		scratch_put(text, size);

		eventlog_close(open_log(scratch_path, &tail));
		assert_int_equal(tail.found, c->found);
		assert_int_equal(tail.seq, c->found ? 9 : 0);
	}
}

static void takes_no_rest_of_a_line_that_was_cut(void **state)
{
	enum { WINDOW = 65536, BEFORE = 1000 };
	static const char rest[] = LINE("9", "ip.released") "\n";
	cleanup_free char *text = malloc(BEFORE + WINDOW);
	struct log_end tail;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', BEFORE + WINDOW);
	memcpy(text + BEFORE, rest, sizeof(rest) - 1);
	text[BEFORE + WINDOW - 1] = '\n';
	scratch_put(text, BEFORE + WINDOW);

	eventlog_close(open_log(scratch_path, &tail));
	assert_false(tail.found);
}

/* A power cut leaves any number of the last bytes. */
static void mends_a_record_that_is_cut_anywhere(void **state)
{
	static const char before[] = LINE("8", "ip.assigned") "\n";
	static const char last[] = LINE("9", "agent.stopped");
	const size_t begin = sizeof(before) - 1, whole = sizeof(last) - 1;

	(void)state;
	for (size_t cut = 0; cut <= whole + 1; cut++) {
		cleanup_free char *got = NULL;
		char text[512], want[512];
		struct log_end tail;
		struct eventlog *log;

		snprintf(text, sizeof(text), "%s%s\n", before, last);
		scratch_put(text, begin + cut);
		log = open_log(scratch_path, &tail);
		append_text(log, "next\n");
		eventlog_close(log);

		assert_true(tail.found);
		assert_int_equal(tail.seq, cut >= whole ? 9 : 8);
		assert_int_equal(tail.stopped, cut >= whole);
		snprintf(want, sizeof(want), "%s%s%snext\n", before, cut >= whole ? last : "",
			 cut >= whole ? "\n" : "");
		got = scratch_read();
		assert_string_equal(got, want);
	}
}

/* The size of a file may be on disk before what is in it. */
static void cuts_off_what_a_power_cut_left(void **state)
{
	static const struct {
		const char *text;
		size_t zeroes;
		const char *want; /* before "next\n" */
		uint64_t seq;
	} cases[] = {
		{ LINE("9", "ip.released") "\n", 4, LINE("9", "ip.released") "\n", 9 },
		{ LINE("9", "ip.released") "\n", 65536, LINE("9", "ip.released") "\n", 9 },
		{ LINE("9", "ip.released") "\n", 300000, LINE("9", "ip.released") "\n", 9 },
		{ LINE("9", "ip.released"), 300000, LINE("9", "ip.released") "\n", 9 },
		{ LINE("9", "ip.released") "\n{\"v\":1,\"se", 5, LINE("9", "ip.released") "\n", 9 },
		{ "{\"v\":1,\"se", 70000, "", 0 },
		{ "{\"v\":1,\"se", 0, "", 0 },
		{ "{", 0, "", 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *text = calloc(1, strlen(c->text) + c->zeroes);
		cleanup_free char *got = NULL;
		struct log_end tail;
		struct eventlog *log;
		char want[512];

		print_message("  '%s' and %zu zeroes\n", c->text, c->zeroes);
		assert_non_null(text);
		memcpy(text, c->text, strlen(c->text));
		scratch_put(text, strlen(c->text) + c->zeroes);
		log = open_log(scratch_path, &tail);
		append_text(log, "next\n");
		eventlog_close(log);
		assert_int_equal(tail.seq, c->seq);
		snprintf(want, sizeof(want), "%snext\n", c->want);
		got = scratch_read();
		assert_string_equal(got, want);
	}
}

static void leaves_zeroes_to_a_file_that_is_not_ours(void **state)
{
	static const struct {
		const char text[16];
		size_t size;
	} cases[] = { { "hello\n\0\0\0", 9 }, { "hello\0\0\0", 8 }, { "\0\0\0", 3 } };

	(void)state;
	for_each_case(c, cases) {
		struct log_end tail;
		struct eventlog *log;
		struct stat stat_file;

		scratch_put(c->text, c->size);
		log = open_log(scratch_path, &tail);
		append_text(log, "next\n");
		eventlog_close(log);
		assert_false(tail.found);
		assert_int_equal(stat(scratch_path, &stat_file), 0);
		assert_int_equal(stat_file.st_size, c->size + strlen("\nnext\n"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(reads_back_what_it_wrote),
		scratch_test(finds_the_last_record),
		scratch_test(looks_no_further_back_than_64_kib),
		scratch_test(takes_no_rest_of_a_line_that_was_cut),
		scratch_test(mends_a_record_that_is_cut_anywhere),
		scratch_test(cuts_off_what_a_power_cut_left),
		scratch_test(leaves_zeroes_to_a_file_that_is_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
