// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "core/base/token_bucket.h"

static void gives_its_size_at_once_and_then_one_a_period(void **state)
{
	static const struct {
		uint64_t now_ns;
		bool want;
	} steps[] = {
		{ 1000, true },	 { 1000, true }, { 1000, true },  { 1000, false },
		{ 1009, false }, { 1010, true }, { 1010, false }, { 1019, false },
		{ 1035, true },	 { 1035, true }, { 1035, false }, { 1040, true },
		{ 5000, true },	 { 5000, true }, { 5000, true },  { 5000, false },
	};
	struct token_bucket bucket = { .size = 3, .period_ns = 10 };

	(void)state;
	for_each_case(step, steps) {
		print_message("  %d\n", (int)step->now_ns);
		assert_int_equal(token_bucket_due(&bucket) <= step->now_ns, step->want);
		assert_int_equal(token_bucket_take(&bucket, step->now_ns), step->want);
	}
	assert_int_equal(token_bucket_due(&bucket), 5010);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_its_size_at_once_and_then_one_a_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
