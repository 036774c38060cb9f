// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"

static void tells_utf8_from_other_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t size;
	} cases[] = {
		{ "", 1 },
		{ "a", 1 },
		{ "\x7f", 1 },
		{ "\xc3\xa9", 2 },
		{ "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x90\x9d", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 },
		{ "\x80", 0 }, /* no lead byte */
		{ "\xff", 0 },
		{ "\xc0\xaf", 0 }, /* '/' in a longer form */
		{ "\xc1\xbf", 0 },
		{ "\xe0\x9f\xbf", 0 },
		{ "\xf0\x8f\xbf\xbf", 0 },
		{ "\xed\xa0\x80", 0 }, /* surrogate */
		{ "\xf4\x90\x80\x80", 0 }, /* past U+10FFFF */
		{ "\xc3", 0 }, /* cut off by the NUL */
		{ "\xe2\x82", 0 },
		{ "\xe2\x82"
		  "a",
		  0 },
		{ "\xf0\x9f\x90", 0 },
		{ "\xc3\xc3", 0 },
	};

	(void)state;
	for_each_case(c, cases)
		assert_int_equal(text_char_size(c->text), c->size);
}

static void writes_json_strings(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "\"\"" },
		{ "eth0", "\"eth0\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "a\nb\x1f\x7f", "\"a\\nb\\u001F\x7f\"" },
		{ "caf\xc3\xa9/", "\"caf\xc3\xa9/\"" },
		{ "\xff"
		  "eth\xc3",
		  "\"" TEXT_REPLACEMENT "eth" TEXT_REPLACEMENT "\"" },
	};

	(void)state;
	for_each_case(c, cases) {
		json_t *json = text_to_json(c->text);
		cleanup_free char *got = json_dumps(json, JSON_ENCODE_ANY);

		assert_non_null(got);
		assert_string_equal(got, c->want);
		json_decref(json);
	}
}

static void writes_time_and_reads_it_back(void **state)
{
	static const struct {
		int64_t wall_ns;
		const char *want;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000000000Z" },
		{ 1, "1970-01-01T00:00:00.000000001Z" },
		{ -1, "1969-12-31T23:59:59.999999999Z" },
		{ 1709210096123456789, "2024-02-29T12:34:56.123456789Z" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
	};

	(void)state;
	for_each_case(c, cases) {
		char got[TEXT_TIME_SIZE];
		int64_t wall_ns = 42;

		text_time(c->wall_ns, got);
		assert_string_equal(got, c->want);
		assert_int_equal(text_time_parse(got, &wall_ns), 0);
		assert_true(wall_ns == c->wall_ns);
	}
}

static void refuses_other_forms_of_time(void **state)
{
	static const char *const cases[] = {
		"",
		"2024-02-29",
		"2024-02-29T12:34:56Z",
		"2024-02-29T12:34:56.123456789",
		"2024-02-29T12:34:56.12345678Z",
		"2024-02-29T12:34:56.1234567890Z",
		"2024-02-29T12:34:56.123456789Z ",
		" 2024-02-29T12:34:56.123456789Z",
		"2024-02-29T12:34:56.123456789+01:00",
		"2024-02-30T12:34:56.123456789Z",
		"2024-2-29T12:34:56.123456789Z",
		"9999-12-31T23:59:59.000000000Z", /* past 64 bits of nanoseconds */
	};

	(void)state;
	for_each_case(c, cases) {
		int64_t wall_ns = 42;

		assert_int_equal(text_time_parse(*c, &wall_ns), -EINVAL);
		assert_true(wall_ns == 42);
	}
}

static void takes_no_other_byte_anywhere_in_a_time(void **state)
{
	static const char base[] = "2011-11-11T11:11:11.111111111Z";
	static const char others[] = "/:\x80\xb1\xff\xcf a";

	(void)state;
	for (size_t at = 0; at < sizeof(base) - 1; at++) {
		for (size_t i = 0; i < sizeof(others); i++) { /* its NUL, too */
			char text[sizeof(base)];
			int64_t got = 5;

			memcpy(text, base, sizeof(text));
			text[at] = others[i];
			if (!strcmp(text, base) || (others[i] == ':' && base[at] == ':'))
				continue;
			assert_int_equal(text_time_parse(text, &got), -EINVAL);
			assert_int_equal(got, 5);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_no_other_byte_anywhere_in_a_time),
		cmocka_unit_test(tells_utf8_from_other_bytes),
		cmocka_unit_test(writes_json_strings),
		cmocka_unit_test(writes_time_and_reads_it_back),
		cmocka_unit_test(refuses_other_forms_of_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
