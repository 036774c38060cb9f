// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "record_line.h"
#include "told_ranges.h"

static int tell(struct told_ranges *told, const char *rest)
{
	struct record_line line;

	record_line_read(1, 1, rest, &line);
	assert_true(told_ranges_has(line.record.type));
	return told_ranges_record(told, &line.record);
}

static void bounds_ranges_and_the_names_of_their_sources(void **state)
{
	struct told_ranges told = { 0 };
	struct range_table *table;

	(void)state;
	for (unsigned int i = 0; i < RANGE_MAX + 2; i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "'type':'range.added','range':'r','cidr':'10.%u.%u.0/24','usable':1,"
			 "'reason':'source-%u'",
			 i / 256, i % 256, i % (TOLD_SOURCES_MAX + 1));
		assert_int_equal(tell(&told, text), 0);
	}
	assert_int_equal(told.refused, 2);
	assert_true(told_ranges_are_new(&told));
	assert_int_equal(told_ranges_settle(&told, &table), 0);
	assert_false(told_ranges_are_new(&told));
	assert_int_equal(range_table_count(table), RANGE_MAX);
	assert_string_equal(range_table_at(table, 31)->source, "source-31");
	assert_string_equal(range_table_at(table, 32)->source, "other");
	assert_string_equal(range_table_at(table, 33)->source, "source-0");
	range_table_free(table);
	told_ranges_clear(&told);
}

static void takes_no_range_that_lacks_something(void **state)
{
	struct told_ranges told = { 0 };

	(void)state;
	assert_int_equal(tell(&told, "'type':'range.added','range':'r'"), -EINVAL);
	assert_int_equal(tell(&told, "'type':'range.removed','range':'r','cidr':'10.0.0.0/24',"
				     "'usable':1"),
			 0);
	assert_int_equal(told.count, 0);
	assert_int_equal(told_ranges_max_pods(&told), 0);
	told_ranges_clear(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_ranges_and_the_names_of_their_sources),
		cmocka_unit_test(takes_no_range_that_lacks_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
