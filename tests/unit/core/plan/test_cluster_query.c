// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/cluster_query.h"

static void puts_the_selector_into_each_set_of_braces(void **state)
{
	const struct cluster_query query = { .promql = "a{@} + b{@x=\"y\"}" };
	cleanup_free char *without = cluster_query_text(&query, "");
	cleanup_free char *with = cluster_query_text(&query, "c=\"d\"");

	(void)state;
	assert_string_equal(without, "a{} + b{x=\"y\"}");
	assert_string_equal(with, "a{c=\"d\",} + b{c=\"d\",x=\"y\"}");
}

static void leaves_no_series_without_a_place_for_the_selector(void **state)
{
	(void)state;
	assert_true(cluster_query_count > 0);
	for (unsigned int i = 0; i < cluster_query_count; i++) {
		const char *at = cluster_queries[i].promql;

		print_message("  %s\n", at);
		while ((at = strstr(at, "podip_"))) {
			at += strcspn(at, "{ )");
			assert_memory_equal(at, "{@", 2);
		}
	}
}

/* A sample is ignored where no row is there yet. */
static void asks_for_rows_before_what_is_in_them(void **state)
{
	bool has_rows[2] = { false, false };

	(void)state;
	for (unsigned int i = 0; i < cluster_query_count; i++) {
		bool *has = &has_rows[cluster_queries[i].is_of_nodes];

		*has = *has || cluster_queries[i].value == CLUSTER_VALUE_NODES;
		assert_true(*has);
	}
	assert_true(has_rows[0] && has_rows[1]);
}

static void takes_label_matchers_and_nothing_else(void **state)
{
	static const struct {
		const char *selector;
		int err;
	} cases[] = {
		{ "a=\"b\"", 0 },	   { "a!=\"b\"", 0 },
		{ "a=~\"b|c\"", 0 },	   { "a!~\"b.*\"", 0 },
		{ "_a1=\"b\",c=\"\"", 0 }, { "a=\"b\\\"c\"", 0 },
		{ "a=\"b\\\\\"", 0 },	   { "a=\"\xc3\xbc@{}\"", 0 },
		{ "", -EINVAL },	   { "a", -EINVAL },
		{ "1a=\"b\"", -EINVAL },   { "a=b", -EINVAL },
		{ "a!\"b\"", -EINVAL },	   { "a~\"b\"", -EINVAL },
		{ "a=\"b", -EINVAL },	   { "a=\"b\\\"", -EINVAL },
		{ "a=\"b\\", -EINVAL },	   { "a=\"b\n\"", -EINVAL },
		{ "a=\"b\",", -EINVAL },   { "a=\"b\" c=\"d\"", -EINVAL },
		{ "a=\"b\"}", -EINVAL },   { "a=\"b\",,c=\"d\"", -EINVAL },
		{ "@=\"b\"", -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		print_message("  %s\n", c->selector);
		assert_int_equal(cluster_selector_check(c->selector), c->err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_the_selector_into_each_set_of_braces),
		cmocka_unit_test(leaves_no_series_without_a_place_for_the_selector),
		cmocka_unit_test(asks_for_rows_before_what_is_in_them),
		cmocka_unit_test(takes_label_matchers_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
