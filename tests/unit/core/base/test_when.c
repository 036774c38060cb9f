// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "core/base/text.h"
#include "core/base/when.h"

static const char now_text[] = "2026-11-26T14:40:19.134000000Z";

static int64_t time_of(const char *text)
{
	int64_t ns;

	assert_int_equal(text_time_parse(text, &ns), 0);
	return ns;
}

struct when_case {
	const char *text, *want;
};

static void check(const struct when_case *c)
{
	int64_t ns = 7;

	print_message("  '%s'\n", c->text);
	assert_int_equal(when_parse(c->text, time_of(now_text), &ns), 0);
	if (ns != time_of(c->want)) {
		char got[TEXT_TIME_SIZE];

		text_time(ns, got);
		assert_string_equal(got, c->want);
	}
}

static void counts_back_from_now(void **state)
{
	static const struct when_case cases[] = {
		{ "now", "2026-11-26T14:40:19.134000000Z" },
		{ "0s", "2026-11-26T14:40:19.134000000Z" },
		{ "15m", "2026-11-26T14:25:19.134000000Z" },
		{ "-15m", "2026-11-26T14:25:19.134000000Z" },
		{ "2h30m", "2026-11-26T12:10:19.134000000Z" },
		{ "1d", "2026-11-25T14:40:19.134000000Z" },
		{ "90d", "2026-08-28T14:40:19.134000000Z" },
		{ "134ms", "2026-11-26T14:40:19.000000000Z" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void takes_a_clock_for_the_last_time_that_it_was_so(void **state)
{
	static const struct when_case cases[] = {
		{ "14:00", "2026-11-26T14:00:00.000000000Z" },
		{ "00:00", "2026-11-26T00:00:00.000000000Z" },
		{ "14:40:19", "2026-11-26T14:40:19.000000000Z" },
		{ "14:40:19.134", "2026-11-26T14:40:19.134000000Z" },
		{ "14:40:19.135", "2026-11-25T14:40:19.135000000Z" },
		{ "23:50", "2026-11-25T23:50:00.000000000Z" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void completes_a_date_as_utc(void **state)
{
	static const struct when_case cases[] = {
		{ "2026-11-26", "2026-11-26T00:00:00.000000000Z" },
		{ "2024-02-29", "2024-02-29T00:00:00.000000000Z" },
		{ "2026-11-26 14:00", "2026-11-26T14:00:00.000000000Z" },
		{ "2026-11-26T14:00", "2026-11-26T14:00:00.000000000Z" },
		{ "2026-11-26 14:00:05", "2026-11-26T14:00:05.000000000Z" },
		{ "2026-11-26 14:00:05Z", "2026-11-26T14:00:05.000000000Z" },
		{ "2026-11-26t14:00:05z", "2026-11-26T14:00:05.000000000Z" },
		{ "2026-11-26T14:00:05.5Z", "2026-11-26T14:00:05.500000000Z" },
		{ "2026-11-26T14:00:05.123456789Z", "2026-11-26T14:00:05.123456789Z" },
		{ "2026-11-26T14:00:05.1234567899Z", "2026-11-26T14:00:05.123456789Z" },
		{ "2026-12-31 23:59", "2026-12-31T23:59:00.000000000Z" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void takes_an_offset_off(void **state)
{
	static const struct when_case cases[] = {
		{ "2026-11-26T14:00:05+01:00", "2026-11-26T13:00:05.000000000Z" },
		{ "2026-11-26T14:00:05.25-05:30", "2026-11-26T19:30:05.250000000Z" },
		{ "2026-11-26 00:30+01:00", "2026-11-25T23:30:00.000000000Z" },
		{ "2026-11-26 14:00-00:00", "2026-11-26T14:00:00.000000000Z" },
		{ "2026-11-26 14:00+14:45", "2026-11-25T23:15:00.000000000Z" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void refuses_anything_else(void **state)
{
	static const char *const cases[] = {
		"",
		"-",
		" ",
		"yesterday",
		"NOW",
		"now ",
		"15",
		"15x",
		"--15m",
		"+15m",
		"15m ",
		"4000d",
		"14",
		"14:",
		"14:0",
		"14:000",
		"24:00",
		"14:60",
		"14:00:60",
		"14:00:05.",
		"14:00.5",
		"14:00Z",
		"2026",
		"2026-11",
		"2026-11-2",
		"2026-11-26T",
		"2026-11-26 ",
		"2026-11-26x14:00",
		"2026-11-26  14:00",
		"2026-11-26 14",
		"2026-11-26Z",
		"2026-11-26+01:00",
		"2026-11-26 14:00 ",
		"2026-11-26 14:00x",
		"2026-11-26 14:00:05,5",
		"2026-11-26 14:00:05.Z",
		"2026-11-26 14:00+1:00",
		"2026-11-26 14:00+0100",
		"2026-11-26 14:00+01",
		"2026-11-26 14:00+30:00",
		"2026-11-26 14:00+01:60",
		"2026-11-26 14:00+01:00Z",
		"2026-00-26",
		"2026-13-26",
		"2026-02-29",
		"2026-11-31",
		"2026-11-00",
		"1600-01-01",
		"9999-12-31",
		"26-11-2026",
	};

	(void)state;
	for_each_case(c, cases) {
		int64_t ns = 7;

		print_message("  '%s'\n", *c);
		assert_int_equal(when_parse(*c, time_of(now_text), &ns), -EINVAL);
		assert_int_equal(ns, 7);
	}
}

static void does_not_pass_the_ends_of_time(void **state)
{
	static const char *const cases[] = { "1d", "2262-04-11 23:47:16.9-00:01",
					     "1677-09-21 00:12:44+00:01" };
	int64_t ns = 7;

	(void)state;
	for_each_case(c, cases) {
		print_message("  '%s'\n", *c);
		assert_int_equal(when_parse(*c, INT64_MIN + 5, &ns), -EINVAL);
		assert_int_equal(ns, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_back_from_now),
		cmocka_unit_test(takes_a_clock_for_the_last_time_that_it_was_so),
		cmocka_unit_test(completes_a_date_as_utc),
		cmocka_unit_test(takes_an_offset_off),
		cmocka_unit_test(refuses_anything_else),
		cmocka_unit_test(does_not_pass_the_ends_of_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
