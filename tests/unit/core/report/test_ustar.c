// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/ustar.h"

static void writes_the_fields_where_tar_reads_them(void **state)
{
	const struct ustar_file file = {
		.name = "cni/10.conflist", .size = 1234, .mtime_s = 1700000000, .mode = 0100600
	};
	char header[USTAR_BLOCK_SIZE], sum[8];
	unsigned int total = 0;

	(void)state;
	assert_int_equal(ustar_header(&file, header), 0);
	assert_string_equal(header, "cni/10.conflist");
	assert_string_equal(header + 100, "0000600");
	assert_string_equal(header + 124, "00000002322");
	assert_string_equal(header + 136, "14524770400");
	assert_int_equal(header[156], '0');
	assert_string_equal(header + 257, "ustar");
	assert_memory_equal(header + 263, "00", 2);
	/* six digits, NUL, blank; taken for blanks in the sum */
	memcpy(sum, header + 148, sizeof(sum));
	assert_int_equal(sum[6], '\0');
	assert_int_equal(sum[7], ' ');
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(header); i++)
		total += (unsigned char)header[i];
	assert_int_equal(strtoul(sum, NULL, 8), total);
}

static void refuses_what_a_header_cannot_say(void **state)
{
	static const char name100[] =
		"1234567890123456789012345678901234567890123456789012345678901234567890"
		"123456789012345678901234567890";
	static const struct {
		struct ustar_file file;
		int want;
	} cases[] = {
		{ { .name = name100 }, 0 },
		{ { .name = "a" }, 0 },
		{ { .name = "a..b" }, 0 },
		{ { .name = "" }, -EINVAL },
		{ { .name = "/a" }, -EINVAL },
		{ { .name = "../a" }, -EINVAL },
		{ { .name = "a/../../b" }, -EINVAL },
		{ { .name = ".." }, -EINVAL },
		{ { .name = "a/.." }, -EINVAL },
		{ { .name = "a", .size = 1ULL << 33 }, -EFBIG },
		{ { .name = "a", .size = (1ULL << 33) - 1 }, 0 },
		{ { .name = "a", .mtime_s = 1ULL << 33 }, -EFBIG },
	};
	char longer[USTAR_NAME_MAX + 2], header[USTAR_BLOCK_SIZE] = "untouched";

	(void)state;
	for_each_case(c, cases)
		assert_int_equal(ustar_header(&c->file, header), c->want);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	strcpy(header, "untouched");
	assert_int_equal(ustar_header(&(struct ustar_file){ .name = longer }, header),
			 -ENAMETOOLONG);
	assert_string_equal(header, "untouched");
}

static void fills_up_to_whole_blocks(void **state)
{
	static const struct {
		uint64_t size;
		size_t want;
	} cases[] = { { 0, 0 }, { 1, 511 }, { 511, 1 }, { 512, 0 }, { 513, 511 } };

	(void)state;
	for_each_case(c, cases)
		assert_int_equal(ustar_padding(c->size), c->want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_fields_where_tar_reads_them),
		cmocka_unit_test(refuses_what_a_header_cannot_say),
		cmocka_unit_test(fills_up_to_whole_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
