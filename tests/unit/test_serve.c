// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "serve.h"

static bool is_walked;
static struct metrics_input measured;

static void measure(struct metrics_input *out, void *ctx)
{
	(void)ctx;
	*out = measured;
}

static bool is_ready(void *ctx)
{
	(void)ctx;
	return is_walked;
}

static void expect_answer(unsigned int status, const char *body)
{
	const struct serve_source source = { .measure = measure, .is_ready = is_ready };
	struct http_response response;

	assert_int_equal(serve_ready(&source, &response), 0);
	assert_int_equal(response.status, status);
	assert_int_equal(response.size, strlen(body));
	assert_memory_equal(response.body, body, response.size);
	free(response.body);
}

static void is_ready_with_what_is_missing_and_says_so(void **state)
{
	(void)state;
	is_walked = false;
	expect_answer(503, "not ready: the first walk is not done\n");
	is_walked = true;
	expect_answer(200, "ready\n");
	collect_add_degradation(&measured,
				&(struct metrics_degradation){ "load", "CAP_BPF", "no", false });
	expect_answer(200, "ready\n");
	collect_add_degradation(&measured, &(struct metrics_degradation){ "triggers", "CAP_SYSLOG",
									  "no triggers", true });
	collect_add_degradation(
		&measured, &(struct metrics_degradation){ "sandbox", NULL, "no filter", true });
	expect_answer(200, "ready\ndegraded: triggers: CAP_SYSLOG is missing: no triggers\n"
			   "degraded: sandbox: no filter\n");
}

static void bounds_what_is_missing(void **state)
{
	(void)state;
	measured = (struct metrics_input){ 0 };
	for (size_t i = 0; i < METRICS_DEGRADATION_MAX + 3; i++)
		collect_add_degradation(&measured,
					&(struct metrics_degradation){ .what = "x", .why = "y" });
	assert_int_equal(measured.degradation_count, METRICS_DEGRADATION_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_ready_with_what_is_missing_and_says_so),
		cmocka_unit_test(bounds_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
