// SPDX-License-Identifier: Apache-2.0
/* Keys of lines: those that are guessed, and those that are found otherwise. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/record/record_parse.h"

enum { LINE_SIZE = 8192 };

#define TYPE ",\"type\":\"ip.assigned\""
#define TS ",\"ts\":\"2026-01-02T03:04:05.000000006Z\""
#define HEAD "{\"v\":1,\"seq\":7" TS TYPE

/* In memory of just that size: a byte read or written behind it is found. The caller frees *out;
 * the record points there. */
static int parse(const char *line, size_t size, char **out_line, struct record *out)
{
	char *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, line, size);
	*out_line = copy;
	return record_parse(copy, size, out);
}

static int parse_only(const char *line, size_t size)
{
	cleanup_free char *copy = NULL;
	struct record record;

	return parse(line, size, &copy, &record);
}

/* A key as the line has it, of every field, and what nearly is one. */
static void knows_each_key_by_all_of_its_bytes(void **state)
{
	(void)state;
	for_each_case(field, record_fields) {
		char want[RECORD_KEY_MAX + 1] = { 0 };
		uint64_t mask = 0;

		assert_int_equal(field->name_size, strlen(field->name));
		assert_true(field->name_size + 2 <= RECORD_KEY_MAX);
		snprintf(want, sizeof(want), "%s\":", field->name);
		assert_memory_equal(field->key, want, RECORD_KEY_MAX);
		for (size_t i = 0; i < sizeof(mask) && want[i]; i++)
			mask |= UINT64_C(0xff) << 8 * i;
		assert_true(field->key_mask == mask);
		for (size_t at = 0; at < field->name_size; at++) {
			cleanup_free char *copy = NULL;
			char line[LINE_SIZE];
			struct record got;

			snprintf(want, sizeof(want), "%s", field->name);
			want[at] ^= 0x20; /* a capital, or a control: that is none of a string */
			if (want[at] < ' ')
				want[at] = '-';
			snprintf(line, sizeof(line), "%s,\"%s\":[]}", HEAD, want);
			assert_int_equal(parse(line, strlen(line), &copy, &got), 0);
			snprintf(line, sizeof(line), "%s,\"%s\":[]}", HEAD, field->name);
			assert_int_equal(parse_only(line, strlen(line)), -EINVAL);
		}
	}
}

/* What a line has for N in a field. */
static void value_of(const struct record_field *field, size_t n, char *out, size_t size)
{
	switch (field->kind) {
	case RECORD_FIELD_NUMBER:
		snprintf(out, size, "%zu", n);
		break;
	case RECORD_FIELD_TIME:
		snprintf(out, size, "\"2026-01-02T03:04:05.0000000%02zuZ\"", n);
		break;
	case RECORD_FIELD_FLAG:
		snprintf(out, size, "true");
		break;
	default:
		snprintf(out, size, "\"%zu\"", n);
	}
}

static void check_value(const struct record_field *field, size_t n, const struct record *got)
{
	const void *at = (const char *)got + field->offset;
	char digits[24];

	snprintf(digits, sizeof(digits), "%zu", n);
	switch (field->kind) {
	case RECORD_FIELD_NUMBER:
		assert_int_equal(*(const uint64_t *)at, n);
		break;
	case RECORD_FIELD_TIME:
		assert_int_equal(*(const int64_t *)at % 1000, n);
		break;
	case RECORD_FIELD_FLAG:
		assert_true(*(const bool *)at);
		break;
	case RECORD_FIELD_TYPE:
		assert_string_equal(got->type_name, digits);
		break;
	default:
		assert_string_equal(*(const char *const *)at, digits);
	}
}

/* However little of the line is behind its key: the last ones do not fill a word. */
static void reads_each_field_where_a_line_ends(void **state)
{
	(void)state;
	for_each_case(field, record_fields) {
		for (int blanks = 0; blanks < 20; blanks++) {
			cleanup_free char *copy = NULL;
			char line[LINE_SIZE], value[64];
			struct record got;

			value_of(field, 5, value, sizeof(value));
			snprintf(line, sizeof(line), "%s,\"%s\":%s}%*s", HEAD, field->name, value,
				 blanks, "");
			assert_int_equal(parse(line, strlen(line), &copy, &got), 0);
			check_value(field, 5, &got);
		}
	}
}

/* None of them is where it is guessed. */
static void reads_fields_from_the_last_to_the_first(void **state)
{
	char line[LINE_SIZE] = "{\"v\":1";
	cleanup_free char *copy = NULL;
	size_t used = strlen(line);
	struct record got;

	(void)state;
	for (size_t i = RECORD_FIELD_COUNT; i > 0; i--) {
		const struct record_field *field = &record_fields[i - 1];
		char value[64];

		value_of(field, i, value, sizeof(value));
		used += (size_t)snprintf(line + used, sizeof(line) - used, ",\"%s\":%s",
					 field->name, value);
	}
	line[used++] = '}';
	assert_int_equal(parse(line, used, &copy, &got), 0);
	for (size_t i = 0; i < RECORD_FIELD_COUNT; i++)
		check_value(&record_fields[i], i + 1, &got);
}

static void takes_v_alone_for_the_version_and_the_last_one(void **state)
{
	static const struct {
		const char *line;
		int want;
	} cases[] = {
		{ "{\"v\":1,\"v1\":2,\"\":2,\"seq\":7" TS TYPE "}", 0 },
		{ "{\"\\u0076\":1,\"V\":2,\"seq\":7" TS TYPE "}", 0 },
		{ "{\"v\":2,\"used\":[],\"v\":1,\"seq\":7" TS TYPE "}", 0 },
		{ "{\"seq\":7,\"v\":1" TS TYPE "}", 0 },
		{ "{\"seq\":7" TS TYPE ",\"v\":1}", 0 },
		{ "{\"v\":1,\"seq\":7" TS TYPE ",\"v\":2,\"used\":[]}", -EPROTO },
		{ "{\"v\":1,\"seq\":7" TS TYPE ",\"v\":2,\"v\":1,\"used\":[]}", -EINVAL },
		{ "{\"v\":2,\"seq\":7" TS TYPE ",\"v\":1}", -EINVAL }, /* these were another's */
	};

	(void)state;
	for_each_case(c, cases)
		assert_int_equal(parse_only(c->line, strlen(c->line)), c->want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_each_key_by_all_of_its_bytes),
		cmocka_unit_test(reads_each_field_where_a_line_ends),
		cmocka_unit_test(reads_fields_from_the_last_to_the_first),
		cmocka_unit_test(takes_v_alone_for_the_version_and_the_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
