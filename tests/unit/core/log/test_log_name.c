// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "core/log/log_name.h"

static const struct {
	const char *name;
	uint64_t seq;
	enum log_kind kind;
} names[] = {
	{ "a.jsonl.00000000000000004711", 4711, LOG_PLAIN },
	{ "a.jsonl.00000000000000004711.gz", 4711, LOG_GZIP },
	{ "a.jsonl.00000000000000004711.gz.tmp", 4711, LOG_PART },
	{ "a.jsonl.00000000000000000000", 0, LOG_PLAIN },
	{ "a.jsonl.18446744073709551615.gz", UINT64_MAX, LOG_GZIP },
};

static void reads_the_names_it_makes(void **state)
{
	(void)state;
	for_each_case(c, names) {
		enum log_kind kind = LOG_KIND_COUNT;
		uint64_t seq = 7;
		char name[64];

		assert_int_equal(log_name_format("a.jsonl", c->seq, c->kind, name, sizeof(name)),
				 0);
		assert_string_equal(name, c->name);
		assert_int_equal(log_name_parse("a.jsonl", name, &seq, &kind), 0);
		assert_true(seq == c->seq);
		assert_int_equal(kind, c->kind);
	}
}

static void says_when_a_name_does_not_fit(void **state)
{
	char name[64];

	(void)state;
	assert_int_equal(log_name_format("a", 1, LOG_GZIP, name, 25), -ENAMETOOLONG);
	assert_int_equal(log_name_format("a", 1, LOG_GZIP, name, 26), 0);
	assert_int_equal(strlen(name), 25);
}

static void refuses_names_of_others(void **state)
{
	static const char *const cases[] = {
		"",
		"a.jsonl",
		"a.jsonl.",
		"a.jsonl.1",
		"a.jsonl.1.gz",
		"a.jsonl.0000000000000004711",
		"a.jsonl.000000000000000004711",
		"a.jsonl.18446744073709551616",
		"a.jsonl.00000000000000004711.bz2",
		"a.jsonl.00000000000000004711.gz.tmp2",
		"a.jsonl.00000000000000004711gz",
		"a.jsonl-00000000000000004711",
		"b.jsonl.00000000000000004711",
		"a.json.00000000000000004711",
		"a.jsonl.0000000000000000471 ",
		"a.jsonl.-0000000000000004711",
	};

	(void)state;
	for_each_case(name, cases) {
		enum log_kind kind = LOG_KIND_COUNT;
		uint64_t seq = 7;

		print_message("  '%s'\n", *name);
		assert_int_equal(log_name_parse("a.jsonl", *name, &seq, &kind), -EINVAL);
		assert_int_equal(seq, 7);
		assert_int_equal(kind, LOG_KIND_COUNT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_names_it_makes),
		cmocka_unit_test(says_when_a_name_does_not_fit),
		cmocka_unit_test(refuses_names_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
