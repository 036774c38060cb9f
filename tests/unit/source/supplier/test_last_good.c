// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>

#include "log.h"
#include "source/supplier/last_good.h"
#include "workdir.h"

/* With one range, 10.0.N.0/24. */
static struct capacity capacity_of(unsigned int n)
{
	const struct capacity_naming naming = { "a", RANGE_SCOPE_NODE, -1, "test" };
	struct capacity capacity = { 0 };
	char cidr[32];

	snprintf(cidr, sizeof(cidr), "10.0.%u.0/24", n);
	assert_int_equal(capacity_add_cidr(&capacity, cidr, &naming), 0);
	return capacity;
}

static void takes_over_what_is_good(void **state)
{
	struct last_good last = { .task = "try" };
	struct capacity capacity = capacity_of(1);

	(void)state;
	capacity.max_pods = 110;
	last_good_set(&last, &capacity, 7);
	assert_null(capacity.ranges);
	assert_int_equal(last_good_capacity(&last)->range_count, 1);
	assert_int_equal(last_good_version(&last), 1);
	assert_true(last_good_status(&last).is_up);
	assert_int_equal(last_good_status(&last).entries, 2);
	assert_true(last_good_status(&last).good_ns == 7);

	capacity = capacity_of(1);
	capacity.max_pods = 110;
	last_good_set(&last, &capacity, 8);
	assert_int_equal(last_good_version(&last), 1);
	assert_true(last_good_status(&last).good_ns == 8);
	capacity = capacity_of(2);
	last_good_set(&last, &capacity, 9);
	assert_int_equal(last_good_version(&last), 2);
	assert_int_equal(last_good_status(&last).entries, 1);
	assert_string_equal(logged(), "");
	last_good_clear(&last);
}

static void keeps_it_while_tries_fail(void **state)
{
	struct last_good last = { .task = "try" };
	struct capacity capacity = capacity_of(1);

	(void)state;
	last_good_set(&last, &capacity, 7);
	last_good_fail(&last, "a cause");
	last_good_fail(&last, "a cause");
	assert_int_equal(last_good_capacity(&last)->range_count, 1);
	assert_int_equal(last_good_version(&last), 1);
	assert_false(last_good_status(&last).is_up);
	assert_int_equal(last_good_status(&last).errors, 2);
	assert_int_equal(last_good_status(&last).entries, 1);
	assert_true(last_good_status(&last).good_ns == 7);
	assert_string_equal(logged(), "podip: warn: cannot try: a cause, ignoring\n");

	last_good_none(&last);
	assert_int_equal(last_good_capacity(&last)->range_count, 0);
	assert_int_equal(last_good_version(&last), 2);
	assert_int_equal(last_good_status(&last).entries, 0);
	assert_int_equal(last_good_status(&last).errors, 2);
	assert_false(last_good_status(&last).is_up);
	last_good_clear(&last);
}

static void says_once_that_there_is_no_room(void **state)
{
	struct last_good last = { .task = "try" };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct capacity capacity = capacity_of(i);

		capacity.dropped = 3;
		last_good_set(&last, &capacity, 7);
	}
	assert_string_equal(
		logged(),
		"podip: warn: cannot try whole: no room for more than 1024 ranges, ignoring\n");
	last_good_clear(&last);
}

static void names_a_bounded_number_of_causes(void **state)
{
	struct last_good last = { .task = "try" };
	struct capacity empty = { 0 };
	char why[16];

	(void)state;
	for (unsigned int i = 0; i < 3 * LAST_GOOD_CAUSES_MAX; i++) {
		snprintf(why, sizeof(why), "cause %u", i);
		last_good_fail(&last, why);
	}
	assert_int_equal(log_lines(), LAST_GOOD_CAUSES_MAX);
	assert_int_equal(last.status.errors, 3 * LAST_GOOD_CAUSES_MAX);
	last_good_set(&last, &empty, 7);
	last_good_fail(&last, "cause 0");
	assert_string_equal(last_line(), "podip: warn: cannot try: cause 0, ignoring\n");
	assert_int_equal(log_lines(), LAST_GOOD_CAUSES_MAX + 2);
	/* What is gone is not well again. */
	last_good_none(&last);
	last_good_set(&last, &empty, 8);
	assert_int_equal(log_lines(), LAST_GOOD_CAUSES_MAX + 2);
	last_good_clear(&last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(takes_over_what_is_good),
		workdir_test(keeps_it_while_tries_fail),
		workdir_test(says_once_that_there_is_no_room),
		workdir_test(names_a_bounded_number_of_causes),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
