// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "source/base/complaints.h"
#include "workdir.h"

static void counts_each_and_logs_a_path_once(void **state)
{
	struct complaints complaints = { .whose = "somebody" };

	(void)state;
	complaints_error(&complaints, "a/1", "it is empty");
	complaints_error(&complaints, "a/2", "it is empty");
	complaints_error(&complaints, "a/1", "too large");
	assert_int_equal(complaints.errors, 3);
	assert_int_equal(complaints.skipped, 0);
	assert_string_equal(logged(),
			    "podip: warn: cannot use 'a/1' of somebody: it is empty, ignoring\n"
			    "podip: warn: cannot use 'a/2' of somebody: it is empty, ignoring\n");
	complaints_clear(&complaints);
	assert_int_equal(complaints.count, 0);
}

static void logs_the_first_that_meets_a_bound(void **state)
{
	struct complaints complaints = { .whose = "somebody" };

	(void)state;
	complaints_skip(&complaints, "a/1", "3 files");
	complaints_skip(&complaints, "a/2", "3 files");
	complaints_skip(&complaints, "a/1", "2 directories");
	assert_int_equal(complaints.errors, 0);
	assert_int_equal(complaints.skipped, 3);
	assert_string_equal(
		logged(),
		"podip: warn: no room for 'a/1' of somebody among 3 files, ignoring\n"
		"podip: warn: no room for 'a/1' of somebody among 2 directories, ignoring\n");
	complaints_clear(&complaints);
}

static void only_counts_what_it_has_no_memory_for(void **state)
{
	struct complaints complaints = { .whose = "somebody" };
	char path[32];

	(void)state;
	for (unsigned int i = 0; i < COMPLAINTS_MAX + 10; i++) {
		snprintf(path, sizeof(path), "a/%u", i);
		complaints_error(&complaints, path, "it is empty");
		complaints_error(&complaints, path, "it is empty");
	}
	complaints_skip(&complaints, "a/1", "3 files");
	assert_int_equal(complaints.count, COMPLAINTS_MAX);
	assert_int_equal(complaints.errors, 2 * (COMPLAINTS_MAX + 10));
	assert_int_equal(complaints.skipped, 1);
	assert_int_equal(log_lines(), COMPLAINTS_MAX + 1);
	assert_non_null(strstr(logged(), "256 files of somebody could not be used"));
	complaints_clear(&complaints);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(counts_each_and_logs_a_path_once),
		workdir_test(logs_the_first_that_meets_a_bound),
		workdir_test(only_counts_what_it_has_no_memory_for),
	};

	log_setup(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
