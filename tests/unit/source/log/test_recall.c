// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "source/log/recall.h"
#include "workdir.h"

struct told {
	char text[8192];
	size_t count;
	int64_t last_ns;
};

static void on_recalled(const struct recalled *recalled, void *ctx)
{
	struct told *told = ctx;
	size_t used = strlen(told->text), room = sizeof(told->text) - used;
	char cidr[PREFIX_TEXT_SIZE] = "", time[TEXT_TIME_SIZE];

	told->count++;
	told->last_ns = recalled->wall_ns;
	text_time(recalled->wall_ns, time);
	if (room < 200)
		return;
	if (recalled->kind == RECALLED_GAP) {
		snprintf(told->text + used, room, "gap %.8s\n", time + 11);
		return;
	}
	prefix_format(&recalled->cidr, cidr);
	snprintf(told->text + used, room, "%s %d %+d %.8s\n", cidr, (int)recalled->used,
		 recalled->delta, time + 11);
}

#define HEAD(time) "{\"v\":1,\"seq\":7,\"ts\":\"2026-01-02T" time ".000000000Z\",\"mono_ns\":5,"
#define TAIL "\"range\":\"pods\",\"cidr\":\"10.0.0.0/24\",\"used\":41,\"usable\":253}"
#define ASSIGNED(time) HEAD(time) "\"type\":\"ip.assigned\",\"ip\":\"10.0.0.9\"," TAIL
#define RELEASED(time) HEAD(time) "\"type\":\"ip.released\",\"ip\":\"10.0.0.9\"," TAIL

static void understands_what_tells_of_use_and_nothing_else(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ ASSIGNED("03:04:05"), "10.0.0.0/24 41 +1 03:04:05\n" },
		{ RELEASED("03:04:05"), "10.0.0.0/24 41 -1 03:04:05\n" },
		{ HEAD("03:04:05") "\"type\":\"agent.stopped\"}", "gap 03:04:05\n" },
		{ HEAD("03:04:05") "\"type\":\"agent.started\"}", "gap 03:04:05\n" },
		{ HEAD("03:04:05") "\"type\":\"link.created\"}", "" },
		/* Outside of all ranges, and how it was before an agent looked. */
		{ HEAD("03:04:05") "\"type\":\"ip.assigned\",\"range\":\"unranged\",\"used\":4}",
		  "" },
		{ HEAD("03:04:05") "\"type\":\"ip.assigned\",\"cidr\":\"10.0.0.0/24\",\"used\":4,"
				   "\"initial\":true}",
		  "" },
		{ HEAD("03:04:05") "\"type\":\"ip.assigned\",\"cidr\":\"10.0.0.0\",\"used\":4}",
		  "" },
		{ HEAD("03:04:05") "\"type\":\"ip.assigned\",\"cidr\":\"10.0.0.0/24", "" },
		{ HEAD("25:04:05") "\"type\":\"ip.assigned\",\"cidr\":\"10.0.0.0/24\",\"used\":4}",
		  "" },
		{ "{\"v\":2,\"ts\":\"2026-01-02T03:04:05.000000000Z\",\"type\":\"agent.stopped\"}",
		  "" },
		{ "", "" },
		{ "garbage", "" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct told told = { 0 };
		int64_t last_ns = 0;

		print_message("  %s\n", c->line);
		assert_int_equal(
			recall_line(c->line, strlen(c->line), &last_ns, on_recalled, &told),
			*c->want ? 0 : -ENOENT);
		assert_string_equal(told.text, c->want);
	}
}

/* A pod's name is no field, whatever it is. */
static void is_not_fooled_by_texts_from_outside(void **state)
{
	static const char line[] = HEAD("03:04:05") "\"type\":\"cni.failed\",\"pod\":"
						    "\"\\\"type\\\":\\\"ip.assigned\\\"\"}";
	struct told told = { 0 };
	int64_t last_ns = 0;

	(void)state;
	assert_int_equal(recall_line(line, strlen(line), &last_ns, on_recalled, &told), -ENOENT);
}

static void reads_a_log_from_its_begin_to_its_end(void **state)
{
	struct told told = { 0 };

	(void)state;
	put("log.jsonl", HEAD("03:00:00") "\"type\":\"agent.started\"}\n" ASSIGNED(
				 "03:00:01") "\nnonsense\n" HEAD("03:00:02") "\"type\":\"netns."
									     "created\"}\n"
	    /* Killed: the last it said counts. */
	    HEAD("03:30:00") "\"type\":\"agent.started\"}\n" RELEASED("03:30:01") "\n" HEAD(
		    "03:30:02") "\"type\":\"agent.stopped\"}\n"
	    /* Torn by a power cut. */
	    HEAD("03:40:00") "\"type\":\"agent.sto");
	assert_int_equal(recall_read("log.jsonl", on_recalled, &told), 0);
	assert_string_equal(told.text, "gap 03:00:00\n10.0.0.0/24 41 +1 03:00:01\ngap 03:00:02\n"
				       "10.0.0.0/24 41 -1 03:30:01\ngap 03:30:02\n");
}

static void reads_no_more_than_the_end_of_a_long_log(void **state)
{
	static const char line[] = ASSIGNED("03:00:01") "\n", old[] = ASSIGNED("02:00:00") "\n";
	size_t lines = RECALL_BYTES_MAX / (sizeof(line) - 1);
	struct told told = { 0 };
	FILE *file = fopen("log.jsonl", "w");

	(void)state;
	assert_non_null(file);
	for (size_t i = 0; i < 1000; i++)
		fputs(old, file);
	for (size_t i = 0; i < lines; i++)
		fputs(line, file);
	fputs(ASSIGNED("04:00:00") "\n", file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(recall_read("log.jsonl", on_recalled, &told), 0);
	/* What stands in the same block may come, too. */
	assert_in_range(told.count, lines + 1, lines + 600);
	assert_int_equal(told.last_ns % 3600000000000, 0);
}

static void reads_older_files_of_the_log_before_the_live_one(void **state)
{
	struct told told = { 0 };

	(void)state;
	put("log.jsonl.00000000000000000001", ASSIGNED("03:00:01") "\n");
	put("log.jsonl.00000000000000000002", RELEASED("03:00:02") "\n");
	put("log.jsonl", ASSIGNED("03:00:03") "\n");
	assert_int_equal(recall_read("log.jsonl", on_recalled, &told), 0);
	assert_string_equal(told.text, "10.0.0.0/24 41 +1 03:00:01\n10.0.0.0/24 41 -1 03:00:02\n"
				       "10.0.0.0/24 41 +1 03:00:03\n");
	assert_int_equal(unlink("log.jsonl"), 0);
	told = (struct told){ 0 };
	assert_int_equal(recall_read("log.jsonl", on_recalled, &told), 0);
	assert_int_equal(told.count, 2);
	unlink("log.jsonl.00000000000000000001");
	unlink("log.jsonl.00000000000000000002");
}

static void has_nothing_of_what_is_no_file(void **state)
{
	struct told told = { 0 };

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	make_dir("dir");
	assert_int_equal(recall_read("-", on_recalled, &told), 0);
	assert_int_equal(recall_read("missing", on_recalled, &told), 0);
	assert_int_equal(recall_read("fifo", on_recalled, &told), 0);
	assert_int_equal(recall_read("dir", on_recalled, &told), 0);
	assert_int_equal(told.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understands_what_tells_of_use_and_nothing_else),
		cmocka_unit_test(is_not_fooled_by_texts_from_outside),
		workdir_test(reads_a_log_from_its_begin_to_its_end),
		workdir_test(reads_no_more_than_the_end_of_a_long_log),
		workdir_test(reads_older_files_of_the_log_before_the_live_one),
		workdir_test(has_nothing_of_what_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
