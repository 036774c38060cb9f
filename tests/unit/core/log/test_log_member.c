// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "core/log/log_member.h"

static const struct log_member sample = {
	.size = 0x01020304,
	.text_size = 0x00030201,
	.first_seq = 0x1122334455667788,
	.last_seq = 0x1122334455667799,
	.first_ns = -2,
	.last_ns = 0x0102030405060708,
};

static const uint8_t sample_bytes[LOG_MEMBER_HEADER_SIZE] = {
	0x1f, 0x8b, 8,	  4,	0,    0,    0,	  0,	0,    255,  44,	  0,	'P',  'I',
	40,   0,    4,	  3,	2,    1,    1,	  2,	3,    0,    0x88, 0x77, 0x66, 0x55,
	0x44, 0x33, 0x22, 0x11, 0x99, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0xfe, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 8,	  7,	6,    5,    4,	  3,	2,    1,
};

static struct log_member a_member(void)
{
	return (struct log_member){ .size = 66,
				    .text_size = 1,
				    .first_seq = 7,
				    .last_seq = 7,
				    .first_ns = -5,
				    .last_ns = -5 };
}

static void is_these_bytes(void **state)
{
	uint8_t bytes[LOG_MEMBER_HEADER_SIZE];

	(void)state;
	log_member_format(&sample, bytes);
	assert_memory_equal(bytes, sample_bytes, sizeof(bytes));
}

static void reads_what_it_writes(void **state)
{
	const struct log_member cases[] = {
		a_member(),
		{ .size = LOG_MEMBER_SIZE_MAX,
		  .text_size = LOG_MEMBER_TEXT_MAX,
		  .first_seq = 0,
		  .last_seq = UINT64_MAX,
		  .first_ns = INT64_MIN,
		  .last_ns = INT64_MAX },
	};

	(void)state;
	for_each_case(c, cases) {
		uint8_t bytes[LOG_MEMBER_HEADER_SIZE + 8];
		struct log_member got;

		memset(bytes, 0xaa, sizeof(bytes));
		log_member_format(c, bytes);
		assert_int_equal(bytes[LOG_MEMBER_HEADER_SIZE], 0xaa);
		assert_int_equal(log_member_parse(bytes, sizeof(bytes), &got), 0);
		assert_memory_equal(&got, c, sizeof(got));
	}
}

static void asks_for_a_whole_header(void **state)
{
	uint8_t bytes[LOG_MEMBER_HEADER_SIZE];
	struct log_member member = a_member(), got = { .size = 42 };

	(void)state;
	log_member_format(&member, bytes);
	for (size_t size = 0; size < sizeof(bytes); size++)
		assert_int_equal(log_member_parse(bytes, size, &got), -ENODATA);
	assert_int_equal(got.size, 42);
}

static void refuses_a_header_of_another_make(void **state)
{
	struct log_member member = a_member(), got = { .size = 42 };
	uint8_t bytes[LOG_MEMBER_HEADER_SIZE];

	(void)state;
	for (size_t i = 0; i < LOG_MEMBER_HEADER_SIZE - 40; i++) {
		print_message("  byte %zu\n", i);
		log_member_format(&member, bytes);
		bytes[i] ^= 1;
		assert_int_equal(log_member_parse(bytes, sizeof(bytes), &got), -EINVAL);
		assert_int_equal(got.size, 42);
	}
}

static void refuses_numbers_that_cannot_be(void **state)
{
	static const struct {
		const char *what;
		uint32_t size, text_size;
		uint64_t first_seq, last_seq;
		int64_t first_ns, last_ns;
	} cases[] = {
		{ "smaller than header, stream and trailer", 65, 1, 7, 7, 0, 0 },
		{ "no size, where a reader would hop forever", 0, 1, 7, 7, 0, 0 },
		{ "bigger than the bound", LOG_MEMBER_SIZE_MAX + 1, 1, 7, 7, 0, 0 },
		{ "no text", 66, 0, 7, 7, 0, 0 },
		{ "more text than the bound", 66, LOG_MEMBER_TEXT_MAX + 1, 7, 7, 0, 0 },
		{ "last seq before the first", 66, 1, 8, 7, 0, 0 },
		{ "last time before the first", 66, 1, 7, 7, 1, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct log_member member = { c->size,	c->text_size, c->first_seq,
						   c->last_seq, c->first_ns,  c->last_ns };
		struct log_member got = { .size = 42 };
		uint8_t bytes[LOG_MEMBER_HEADER_SIZE];

		print_message("  %s\n", c->what);
		log_member_format(&member, bytes);
		assert_int_equal(log_member_parse(bytes, sizeof(bytes), &got), -EINVAL);
		assert_int_equal(got.size, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_these_bytes),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(asks_for_a_whole_header),
		cmocka_unit_test(refuses_a_header_of_another_make),
		cmocka_unit_test(refuses_numbers_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
