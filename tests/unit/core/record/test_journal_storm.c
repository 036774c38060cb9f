// SPDX-License-Identifier: Apache-2.0
/* What the journal leaves out in a storm, and how it says so. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "core/record/journal.h"

#define S 1000000000ULL

struct desk {
	struct journal journal;
	uint64_t lines;
	char last[1024];
};

static void keep_line(const char *line, size_t size, void *ctx)
{
	struct desk *desk = ctx;
	char head[64];

	desk->lines++;
	assert_true(size < sizeof(desk->last));
	memcpy(desk->last, line, size);
	desk->last[size] = '\0';
	/* seq has no hole whatever is left out. */
	snprintf(head, sizeof(head), "{\"v\":1,\"seq\":%d,", (int)desk->lines);
	assert_memory_equal(desk->last, head, strlen(head));
}

static struct desk desk;

static void desk_open(void)
{
	desk = (struct desk){ .journal = { .now_ns = 100 * S,
					   .node = "n",
					   .boot_id = "b",
					   .write = keep_line,
					   .ctx = &desk } };
}

static void put(enum record_type type, unsigned int count, bool is_initial)
{
	while (count--) {
		struct record record = record_init(type);

		record.initial = is_initial;
		journal_put(&desk.journal, &record);
	}
}

static void says_in_one_record_how_many_it_left_out(void **state)
{
	(void)state;
	desk_open();
	put(RECORD_LINK_CREATED, COALESCE_BURST + 4321, false);
	put(RECORD_IP_ASSIGNED, 3, false);
	assert_int_equal(desk.lines, COALESCE_BURST + 3);
	journal_tell_left_out(&desk.journal, 100 * S + S / 2);
	assert_int_equal(desk.lines, COALESCE_BURST + 3);

	desk.journal.now_ns = 101 * S;
	journal_tell_left_out(&desk.journal, 101 * S);
	assert_int_equal(desk.lines, COALESCE_BURST + 4);
	assert_string_equal(desk.last,
			    "{\"v\":1,\"seq\":10004,\"ts\":\"1970-01-01T00:01:41.000000000Z\","
			    "\"mono_ns\":101000000000,\"boot_id\":\"b\",\"node\":\"n\","
			    "\"type\":\"link.created\",\"count\":4321,\"coalesced\":true}\n");
	journal_tell_left_out(&desk.journal, UINT64_MAX);
	assert_int_equal(desk.lines, COALESCE_BURST + 4);
}

static void loses_no_count_of_a_long_storm(void **state)
{
	enum { SECONDS = 20, EACH = 5000 };
	uint64_t told = 0;

	(void)state;
	desk_open();
	for (unsigned int i = 0; i < SECONDS; i++) {
		uint64_t before = desk.lines;
		const char *count;

		put(RECORD_NETNS_FREED, EACH, false);
		told += desk.lines - before;
		desk.journal.now_ns += S;
		before = desk.lines;
		journal_tell_left_out(&desk.journal, desk.journal.now_ns);
		assert_true(desk.lines <= before + 1);
		count = strstr(desk.last, "\"count\":");
		if (desk.lines > before) {
			assert_non_null(count);
			told += strtoull(count + strlen("\"count\":"), NULL, 10);
		}
	}
	assert_int_equal(told, SECONDS * EACH);
	assert_true(desk.lines < SECONDS * EACH / 2);
}

static void lists_all_that_was_there_before_it(void **state)
{
	(void)state;
	desk_open();
	put(RECORD_LINK_CREATED, COALESCE_BURST + 4321, true);
	assert_int_equal(desk.lines, COALESCE_BURST + 4321);
	put(RECORD_LINK_CREATED, 1, false);
	assert_int_equal(desk.lines, COALESCE_BURST + 4322);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_in_one_record_how_many_it_left_out),
		cmocka_unit_test(loses_no_count_of_a_long_storm),
		cmocka_unit_test(lists_all_that_was_there_before_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
