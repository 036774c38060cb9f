// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/capacity/eni_table.h"

static void knows_the_common_types(void **state)
{
	static const struct eni_type cases[] = {
		{ "t3.small", 3, 4, 2 },       { "t3.medium", 3, 6, 2 },
		{ "t3.large", 3, 12, 2 },      { "t3a.small", 2, 4, 2 },
		{ "t4g.medium", 3, 6, 2 },     { "m4.large", 2, 10, 2 },
		{ "m4.4xlarge", 8, 30, 16 },   { "m5.large", 3, 10, 2 },
		{ "m5.xlarge", 4, 15, 4 },     { "m5.8xlarge", 8, 30, 32 },
		{ "m5.24xlarge", 15, 50, 96 }, { "m6g.medium", 2, 4, 1 },
		{ "c4.8xlarge", 8, 30, 36 },   { "c5.18xlarge", 15, 50, 72 },
		{ "r5.4xlarge", 8, 30, 16 },   { "i3.large", 3, 10, 2 },
		{ "g4dn.xlarge", 3, 10, 4 },   { "p3dn.24xlarge", 15, 50, 96 },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct eni_type *type = eni_type_find(c->name);

		print_message("  %s\n", c->name);
		assert_non_null(type);
		assert_int_equal(type->enis, c->enis);
		assert_int_equal(type->ipv4, c->ipv4);
		assert_int_equal(type->vcpus, c->vcpus);
	}
	assert_null(eni_type_find("m5"));
	assert_null(eni_type_find(""));
}

static void has_each_type_once_and_in_bounds(void **state)
{
	(void)state;
	assert_true(eni_type_count() >= 40);
	for (size_t i = 0; i < eni_type_count(); i++) {
		const struct eni_type *type = eni_type_at(i);

		assert_ptr_equal(eni_type_find(type->name), type);
		assert_in_range(type->enis, 2, 15);
		assert_in_range(type->ipv4, ENI_IPV4_MIN, 50);
		assert_in_range(type->vcpus, 1, 192);
	}
}

static void reads_a_table(void **state)
{
	static const char text[] =
		"# ours\n\nx9.large 4 15 4\n\t x9.metal-48xl\t128  256 4096 # big\r\n"
		"  # indented\nx9.small 1 2 1";
	cleanup_eni_table struct eni_table *table = NULL;
	char error[ENI_ERROR_SIZE] = "";
	const struct eni_type *type;

	(void)state;
	assert_int_equal(eni_table_parse(text, strlen(text), &table, error), 0);
	assert_string_equal(error, "");
	assert_int_equal(table->count, 3);
	type = eni_table_find(table, "x9.metal-48xl");
	assert_non_null(type);
	assert_int_equal(type->enis, 128);
	assert_int_equal(type->ipv4, 256);
	assert_int_equal(type->vcpus, 4096);
	assert_non_null(eni_table_find(table, "x9.small"));
	assert_null(eni_table_find(table, "m5.large"));
}

static void names_line_and_fault_of_a_bad_table(void **state)
{
	static const struct {
		const char *text;
		size_t size; /* 0: strlen */
		const char *want;
	} cases[] = {
		{ "x9.large 4 15", 0, "1: expected TYPE ENIS IPV4_PER_ENI VCPUS" },
		{ "\n\nx9.large 4 15 4 5\n", 0, "3: expected TYPE ENIS IPV4_PER_ENI VCPUS" },
		{ "x9.large-with-a-name-of-more-than-31 4 15 4", 0,
		  "1: expected TYPE ENIS IPV4_PER_ENI VCPUS" },
		{ "x9\0large 4 15 4", 16, "1: expected TYPE ENIS IPV4_PER_ENI VCPUS" },
		{ "X9.large 4 15 4", 0, "1: TYPE is not small letters, digits, '.' and '-'" },
		{ "x9\x1b[31m 4 15 4", 0, "1: TYPE is not small letters, digits, '.' and '-'" },
		{ "x9.large 0 15 4", 0, "1: ENIS is not a number from 1 to 128" },
		{ "x9.large 129 15 4", 0, "1: ENIS is not a number from 1 to 128" },
		{ "x9.large -4 15 4", 0, "1: ENIS is not a number from 1 to 128" },
		{ "x9.large 4294967297 15 4", 0, "1: ENIS is not a number from 1 to 128" },
		{ "x9.large 4 1 4", 0, "1: IPV4_PER_ENI is not a number from 2 to 256" },
		{ "x9.large 4 257 4", 0, "1: IPV4_PER_ENI is not a number from 2 to 256" },
		{ "x9.large 4 15 0", 0, "1: VCPUS is not a number from 1 to 4096" },
		{ "x9.large 4 15 4097", 0, "1: VCPUS is not a number from 1 to 4096" },
		{ "a 1 2 1\nb 1 2 1\na 1 2 1\n", 0, "3: 'a' is there twice" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct eni_table *table = NULL;
		char error[ENI_ERROR_SIZE] = "";

		print_message("  %s\n", c->text);
		assert_int_equal(eni_table_parse(c->text, c->size ? c->size : strlen(c->text),
						 &table, error),
				 -EINVAL);
		assert_null(table);
		assert_string_equal(error, c->want);
	}
}

static void takes_as_many_types_as_it_has_room_for(void **state)
{
	enum { LINE = 16 };
	cleanup_free char *text = calloc(ENI_TABLE_MAX + 1, LINE);
	cleanup_eni_table struct eni_table *table = NULL;
	struct eni_table *more = NULL;
	char error[ENI_ERROR_SIZE] = "";
	size_t size = 0, whole;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < ENI_TABLE_MAX; i++)
		size += (size_t)sprintf(text + size, "t%d 1 2 1\n", i);
	whole = size + (size_t)sprintf(text + size, "one 1 2 1\n");
	assert_int_equal(eni_table_parse(text, size, &table, error), 0);
	assert_int_equal(table->count, ENI_TABLE_MAX);
	assert_int_equal(eni_table_parse(text, whole, &more, error), -E2BIG);
	assert_null(more);
	assert_string_equal(error, "4097: more than 4096 types");
}

static void takes_an_empty_text(void **state)
{
	cleanup_eni_table struct eni_table *table = NULL;
	char error[ENI_ERROR_SIZE] = "";

	(void)state;
	assert_int_equal(eni_table_parse("", 0, &table, error), 0);
	assert_int_equal(table->count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_common_types),
		cmocka_unit_test(has_each_type_once_and_in_bounds),
		cmocka_unit_test(reads_a_table),
		cmocka_unit_test(names_line_and_fault_of_a_bad_table),
		cmocka_unit_test(takes_as_many_types_as_it_has_room_for),
		cmocka_unit_test(takes_an_empty_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
