// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "sink/web/pace.h"

static void runs_at_once_a_few_times_and_then_slowly(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pace_wait_ms(&pace, true, 0), 0);
		for (int j = 1; j < PACE_RUNS; j++)
			assert_int_equal(pace_wait_ms(&pace, false, 0), 0);
		for (int j = 0; j < 100; j++)
			assert_int_equal(pace_wait_ms(&pace, false, 0), PACE_MS);
	}
	/* the library's own time ends it, too */
	assert_int_equal(pace_wait_ms(&pace, false, 9000), 9000);
	assert_int_equal(pace_wait_ms(&pace, false, 0), 0);
	assert_int_equal(pace_wait_ms(&pace, false, -1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_at_once_a_few_times_and_then_slowly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
