// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "core/record/record_parse.h"

enum { LINE_SIZE = 65536 };

#define HEAD "{\"v\":1,\"seq\":7,\"ts\":\"2026-01-02T03:04:05.000000006Z\",\"type\":\"ip.assigned\""
#define GOOD                                                                                            \
	HEAD ",\"ip\":\"10.0.0.9\",\"used\":41,\"pod\":\"a\\n\\u00e9\\ud83d\\ude00\",\"initial\":true," \
	     "\"later\":{\"a\":[1,\"}\"]}}"

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

static char *format(const struct record *record, size_t *out_size)
{
	char *line = malloc(LINE_SIZE);

	assert_non_null(line);
	assert_int_equal(record_format(record, line, LINE_SIZE, out_size), 0);
	return line;
}

static void expect_same_line(const struct record *record, const char *line, size_t size)
{
	size_t again;
	cleanup_free char *text = format(record, &again);

	assert_int_equal(again, size);
	assert_memory_equal(text, line, size);
}

static void starts_with_nothing_known(void **state)
{
	struct record record = record_init(RECORD_IP_ASSIGNED);

	(void)state;
	assert_int_equal(record.type, RECORD_IP_ASSIGNED);
	for_each_case(field, record_fields) {
		const void *at = (const char *)&record + field->offset;

		if (field->kind == RECORD_FIELD_NUMBER)
			assert_true(*(const uint64_t *)at == RECORD_ABSENT);
		if (field->kind == RECORD_FIELD_TEXT)
			assert_null(*(const char *const *)at);
		if (field->kind == RECORD_FIELD_FLAG)
			assert_false(*(const bool *)at);
	}
}

static void set(struct record *record, const struct record_field *field, uint64_t number,
		const char *text)
{
	void *at = (char *)record + field->offset;

	if (field->kind == RECORD_FIELD_NUMBER)
		*(uint64_t *)at = number;
	if (field->kind == RECORD_FIELD_TEXT)
		*(const char **)at = text;
	if (field->kind == RECORD_FIELD_FLAG)
		*(bool *)at = true;
}

static void reads_back_every_type_and_field(void **state)
{
	(void)state;
	for (enum record_type type = 0; type < RECORD_TYPE_COUNT; type++) {
		for_each_case(field, record_fields) {
			struct record record = record_init(type), got;
			cleanup_free char *line = NULL, *copy = NULL;
			size_t size;

			record.seq = 5;
			record.wall_ns = 1709210096123456789;
			set(&record, field, 12345678901234, "some text");
			line = format(&record, &size);
			assert_int_equal(parse(line, size, &copy, &got), 0);
			assert_int_equal(got.type, type);
			assert_string_equal(got.type_name, record_type_name(type));
			assert_int_equal(got.wall_ns, record.wall_ns);
			expect_same_line(&got, line, size);
		}
	}
}

static void reads_back_all_fields_at_once(void **state)
{
	static const uint64_t numbers[] = { 0, 1, INT64_MAX, 999999999999999999 };

	(void)state;
	for_each_case(number, numbers) {
		struct record record = record_init(RECORD_CNI_FAILED), got;
		cleanup_free char *line = NULL, *copy = NULL;
		size_t size;

		for_each_case(field, record_fields)
			set(&record, field, *number, field->name);
		line = format(&record, &size);
		assert_int_equal(parse(line, size, &copy, &got), 0);
		expect_same_line(&got, line, size);
		assert_true(got.seq == *number);
		assert_string_equal(got.backend, "backend");
		/* Without the end of the line, too. */
		assert_int_equal(parse_only(line, size - 1), 0);
	}
}

static void reads_back_texts_of_any_bytes(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: the same */
	} cases[] = {
		{ "", NULL },
		{ "\"\\/\b\f\n\r\t", NULL },
		{ "\x01\x02\x1f\x7f", NULL },
		{ "\\u0041\\", NULL },
		{ "\xc2\x80\xc2\x9b\xc2\x9f", NULL },
		{ "caf\xc3\xa9 \xe2\x82\xac \xef\xbf\xbf", NULL },
		{ "\xf0\x90\x80\x80\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf", NULL }, /* to U+10FFFF */
		{ "\xed\x9f\xbf\xee\x80\x80", NULL }, /* around the surrogates */
		{ "\xed\xa0\x80", TEXT_REPLACEMENT TEXT_REPLACEMENT TEXT_REPLACEMENT },
		{ "\xf4\x90\x80\x80",
		  TEXT_REPLACEMENT TEXT_REPLACEMENT TEXT_REPLACEMENT TEXT_REPLACEMENT },
		{ "a\xff", "a" TEXT_REPLACEMENT },
		{ "seven_7\"eight__8\\nine____9\n", NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct record record = record_init(RECORD_CNI_FAILED), got;
		cleanup_free char *line = NULL, *copy = NULL;
		size_t size;

		record.message = c->text;
		record.network = "behind it";
		line = format(&record, &size);
		assert_int_equal(parse(line, size, &copy, &got), -EINVAL); /* there is no seq */
		free(take_ptr(copy));
		record.seq = 1;
		free(take_ptr(line));
		line = format(&record, &size);
		assert_int_equal(parse(line, size, &copy, &got), 0);
		assert_string_equal(got.message, c->want ? c->want : c->text);
		assert_string_equal(got.network, "behind it");
	}
}

/* Every place in a word of eight. */
static void finds_the_end_of_texts_of_any_length(void **state)
{
	static const char *const ends[] = { "", "\"", "\\", "\n", "\xc3\xa9", "\x7f" };

	(void)state;
	for_each_case(end, ends) {
		for (size_t length = 0; length < 40; length++) {
			struct record record = record_init(RECORD_IP_LEAKED), got;
			cleanup_free char *line = NULL, *copy = NULL;
			char text[64];
			size_t size;

			memset(text, 'x', length);
			snprintf(text + length, sizeof(text) - length, "%s%.*s", *end,
				 (int)length / 2, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
			record.seq = 1;
			record.pod = text;
			line = format(&record, &size);
			assert_int_equal(parse(line, size, &copy, &got), 0);
			assert_string_equal(got.pod, text);
		}
	}
}

static void takes_lines_that_others_wrote(void **state)
{
	static const char *const lines[] = {
		"{\"used\":41,\"type\":\"ip.assigned\",\"ts\":\"2026-01-02T03:04:05.000000006Z\","
		"\"seq\":7,\"v\":1}",
		" \t{ \"v\" : 1 , \"seq\" :\t7,\"ts\": \"2026-01-02T03:04:05.000000006Z\" ,"
		"\"type\":\"ip.assigned\", \"used\":41 } \r\n",
		HEAD ",\"used\":41,\"x\":null,\"y\":-1.5e+3,\"z\":\"\\\"}\",\"w\":[],\"u\":{}}",
		HEAD ",\"x\":[[],[{\"a\":{\"b\":[0,-0.1,1E5,true,false,null]}}]],\"used\":41}",
		HEAD ",\"used\":1,\"used\":41}", /* the last one counts */
		HEAD ",\"\":0,\"used\":41}",
		HEAD ",\"\\u0075sed\":41}",
		HEAD ",\"initial\":false,\"used\":41,\"use\":1,\"usedd\":2}",
		HEAD ",\"seq\":7 ,\"used\":41,\"x\":[1 , 2 ,\t3]}\n",
	};

	(void)state;
	for_each_case(line, lines) {
		cleanup_free char *copy = NULL;
		struct record got;

		print_message("  %s\n", *line);
		assert_int_equal(parse(*line, strlen(*line), &copy, &got), 0);
		assert_int_equal(got.seq, 7);
		assert_int_equal(got.used, 41);
		assert_int_equal(got.type, RECORD_IP_ASSIGNED);
		assert_int_equal(got.wall_ns % 1000, 6);
		assert_false(got.initial);
		assert_true(got.usable == RECORD_ABSENT);
		assert_null(got.pod);
	}
}

static void takes_types_of_a_later_version(void **state)
{
	static const char line[] = "{\"v\":1,\"seq\":7,\"ts\":\"2026-01-02T03:04:05.000000006Z\","
				   "\"type\":\"ip.dreamt\"}";
	cleanup_free char *copy = NULL;
	struct record got;

	(void)state;
	assert_int_equal(parse(line, sizeof(line) - 1, &copy, &got), 0);
	assert_int_equal(got.type, RECORD_TYPE_COUNT);
	assert_string_equal(got.type_name, "ip.dreamt");
}

#define TYPE ",\"type\":\"ip.assigned\""
#define TS ",\"ts\":\"2026-01-02T03:04:05.000000006Z\""
#define NEST16 "[[[[[[[[[[[[[[[["

static void refuses_what_is_no_record(void **state)
{
	static const struct {
		const char *line;
		int want;
	} cases[] = {
		{ "", -EINVAL },
		{ "\n", -EINVAL },
		{ "{", -EINVAL },
		{ "{}", -EINVAL },
		{ "[]", -EINVAL },
		{ "null", -EINVAL },
		{ "\xff\xfe", -EINVAL },
		{ "{\"seq\":7" TS TYPE "}", -EINVAL },
		{ "{\"v\":1" TS TYPE "}", -EINVAL },
		{ "{\"v\":1,\"seq\":7" TYPE "}", -EINVAL },
		{ "{\"v\":1,\"seq\":7" TS "}", -EINVAL },
		{ HEAD "},", -EINVAL },
		{ HEAD "}\n\n", -EINVAL },
		{ HEAD "}\n" HEAD "}", -EINVAL },
		{ HEAD ",}", -EINVAL },
		{ HEAD ",,\"used\":1}", -EINVAL },
		{ HEAD " \"used\":1}", -EINVAL },
		{ HEAD ",\"used\" 1}", -EINVAL },
		{ HEAD ",\"used\":}", -EINVAL },
		{ HEAD ",used:1}", -EINVAL },
		{ HEAD ",\"used\":-1}", -EINVAL },
		{ HEAD ",\"used\":+1}", -EINVAL },
		{ HEAD ",\"used\":01}", -EINVAL },
		{ HEAD ",\"used\":1.5}", -EINVAL },
		{ HEAD ",\"used\":1e3}", -EINVAL },
		{ HEAD ",\"used\":0x10}", -EINVAL },
		{ HEAD ",\"used\":9223372036854775808}", -EINVAL },
		{ HEAD ",\"used\":10000000000000000000}", -EINVAL },
		{ HEAD ",\"used\":18446744073709551617}", -EINVAL },
		{ HEAD ",\"used\":99999999999999999999999999999}", -EINVAL },
		{ HEAD ",\"used\":\"1\"}", -EINVAL },
		{ HEAD ",\"used\":null}", -EINVAL },
		{ HEAD ",\"pod\":1}", -EINVAL },
		{ HEAD ",\"pod\":null}", -EINVAL },
		{ HEAD ",\"pod\":\"a}", -EINVAL },
		{ HEAD ",\"pod\":\"a\tb\"}", -EINVAL },
		{ HEAD ",\"pod\":\"a\\", -EINVAL },
		{ HEAD ",\"pod\":\"\\x41\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\u004\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\u00g0\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\u0000\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\ud800\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\udc00\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\ud800x\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\ud800\\n\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\ud800\\ud800\"}", -EINVAL },
		{ HEAD ",\"pod\":\"\\ud800\\u", -EINVAL },
		{ HEAD ",\"initial\":1}", -EINVAL },
		{ HEAD ",\"initial\":truer}", -EINVAL },
		{ HEAD ",\"type\":5}", -EINVAL },
		{ HEAD ",\"ts\":\"2026-01-02T03:04:05Z\"}", -EINVAL },
		{ HEAD ",\"ts\":5}", -EINVAL },
		{ HEAD ",\"x\":}", -EINVAL },
		{ HEAD ",\"x\":]}", -EINVAL },
		{ HEAD ",\"x\":nonsense}", -EINVAL },
		{ HEAD ",\"x\":nul}", -EINVAL },
		{ HEAD ",\"x\":-}", -EINVAL },
		{ HEAD ",\"x\":1.}", -EINVAL },
		{ HEAD ",\"x\":.5}", -EINVAL },
		{ HEAD ",\"x\":1e}", -EINVAL },
		{ HEAD ",\"x\":01}", -EINVAL },
		{ HEAD ",\"x\":[1}", -EINVAL },
		{ HEAD ",\"x\":[1,]}", -EINVAL },
		{ HEAD ",\"x\":{\"a\"}}", -EINVAL },
		{ HEAD ",\"x\":{1:2}}", -EINVAL },
		{ HEAD ",\"x\":{\"a\":1]}", -EINVAL },
		{ HEAD ",\"x\":{\"a\":1}b}", -EINVAL },
		{ HEAD ",\"x\":" NEST16 NEST16 NEST16, -EINVAL },
		{ "{\"v\":\"1\",\"seq\":7" TS TYPE "}", -EINVAL },
		{ "{\"v\":1.0,\"seq\":7" TS TYPE "}", -EINVAL },
		{ "{\"v\":0,\"seq\":7" TS TYPE "}", -EPROTO },
		{ "{\"v\":2,\"seq\":7" TS TYPE "}", -EPROTO },
		{ "{\"v\":2,\"seq\":\"seven\",\"ts\":[5],\"type\":{\"a\":1}}", -EPROTO },
		{ "{\"v\":2}", -EPROTO },
		{ "{\"v\":2,\"seq\":[7}", -EINVAL },
		{ "{\"seq\":7" TS TYPE ",\"v\":2}", -EPROTO },
	};
	struct record got = { .seq = 99 };

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *copy = NULL;

		print_message("  %s\n", c->line);
		assert_int_equal(parse(c->line, strlen(c->line), &copy, &got), c->want);
		assert_int_equal(got.seq, 99);
	}
}

static void bounds_how_deep_values_are(void **state)
{
	static const struct {
		size_t depth;
		int want;
	} cases[] = { { 32, 0 }, { 33, -EINVAL }, { 20000, -EINVAL } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *line = malloc(LINE_SIZE);
		size_t size = (size_t)snprintf(line, LINE_SIZE, "%s,\"x\":", HEAD);

		memset(line + size, '[', c->depth);
		memset(line + size + c->depth, ']', c->depth);
		size += 2 * c->depth;
		line[size++] = '}';
		assert_int_equal(parse_only(line, size), c->want);
	}
}

static void refuses_every_beginning_of_a_line(void **state)
{
	(void)state;
	for (size_t size = 0; size < strlen(GOOD); size++)
		assert_int_equal(parse_only(GOOD, size), -EINVAL);
	assert_int_equal(parse_only(GOOD, strlen(GOOD)), 0);
}

/* Any byte in any place: it is read or refused, and what it takes, jansson takes for JSON, too, but
 * for bytes that are not UTF-8, and for numbers that it has no room for. */
static void survives_every_change_of_a_byte(void **state)
{
	size_t size = strlen(GOOD), taken = 0;

	(void)state;
	for (size_t at = 0; at < size; at++) {
		for (unsigned int byte = 0; byte < 256; byte++) {
			char line[sizeof(GOOD)];
			json_t *json;
			int err;

			memcpy(line, GOOD, sizeof(line));
			line[at] = (char)byte;
			err = parse_only(line, size);
			assert_true(!err || err == -EINVAL || err == -EPROTO);
			if (err == -EINVAL || byte >= 0x80)
				continue;
			taken++;
			json = json_loadb(line, size, 0, NULL);
			assert_non_null(json);
			json_decref(json);
		}
	}
	/* Letters of texts are free to change. */
	assert_true(taken > 20 * 64);
}

static void gives_each_field_its_own_value(void **state)
{
	cleanup_free char *copy = NULL;
	struct record got;

	(void)state;
	assert_int_equal(parse(GOOD, strlen(GOOD), &copy, &got), 0);
	assert_string_equal(got.ip, "10.0.0.9");
	assert_string_equal(got.pod, "a\n\xc3\xa9\xf0\x9f\x98\x80");
	assert_true(got.initial);
	assert_int_equal(got.used, 41);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_with_nothing_known),
		cmocka_unit_test(reads_back_every_type_and_field),
		cmocka_unit_test(reads_back_all_fields_at_once),
		cmocka_unit_test(reads_back_texts_of_any_bytes),
		cmocka_unit_test(finds_the_end_of_texts_of_any_length),
		cmocka_unit_test(takes_lines_that_others_wrote),
		cmocka_unit_test(takes_types_of_a_later_version),
		cmocka_unit_test(refuses_what_is_no_record),
		cmocka_unit_test(bounds_how_deep_values_are),
		cmocka_unit_test(refuses_every_beginning_of_a_line),
		cmocka_unit_test(survives_every_change_of_a_byte),
		cmocka_unit_test(gives_each_field_its_own_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
