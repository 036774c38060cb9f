// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <math.h>

#include "core/plan/plan.h"

static struct prefix prefix(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix;
}

static void take(struct plan_space *space, unsigned int len, const char *want)
{
	struct prefix got = prefix("192.0.2.0/24");
	char text[PREFIX_TEXT_SIZE];

	assert_int_equal(plan_space_take(space, (uint8_t)len, &got), 0);
	prefix_format(&got, text);
	assert_string_equal(text, want);
}

static void refuse(struct plan_space *space, unsigned int len)
{
	struct prefix before = prefix("192.0.2.0/24"), got = before;

	assert_int_equal(plan_space_take(space, (uint8_t)len, &got), -ENOSPC);
	assert_memory_equal(&got, &before, sizeof(got));
}

static void gives_blocks_in_order_until_none_is_left(void **state)
{
	struct prefix range = prefix("10.0.0.0/26");
	struct plan_space space;

	(void)state;
	plan_space_init(&space, &range);
	assert_true(plan_space_free(&space) == 64);
	take(&space, IP_V4_BITS + 28, "10.0.0.0/28");
	take(&space, IP_V4_BITS + 28, "10.0.0.16/28");
	take(&space, IP_V4_BITS + 28, "10.0.0.32/28");
	assert_true(plan_space_blocks(&space, IP_V4_BITS + 28) == 1);
	take(&space, IP_V4_BITS + 28, "10.0.0.48/28");
	refuse(&space, IP_V4_BITS + 28);
	refuse(&space, IP_V4_BITS + 32);
	assert_true(plan_space_free(&space) == 0);
}

static void fills_gaps_before_it_breaks_a_larger_block(void **state)
{
	struct prefix range = prefix("10.0.0.0/24");
	struct plan_space space;

	(void)state;
	plan_space_init(&space, &range);
	take(&space, IP_V4_BITS + 28, "10.0.0.0/28");
	take(&space, IP_V4_BITS + 25, "10.0.0.128/25");
	refuse(&space, IP_V4_BITS + 25);
	assert_true(plan_space_free(&space) == 112);
	assert_true(plan_space_blocks(&space, IP_V4_BITS + 26) == 1);
	take(&space, IP_V4_BITS + 27, "10.0.0.32/27");
	take(&space, IP_V4_BITS + 28, "10.0.0.16/28");
	take(&space, IP_V4_BITS + 26, "10.0.0.64/26");
	refuse(&space, IP_V4_BITS + 32);
}

static void gives_a_whole_range_and_nothing_wider(void **state)
{
	struct prefix range = prefix("10.0.0.0/26");
	struct plan_space space;

	(void)state;
	plan_space_init(&space, &range);
	refuse(&space, IP_V4_BITS + 25);
	assert_true(plan_space_blocks(&space, IP_V4_BITS + 25) == 0);
	take(&space, IP_V4_BITS + 26, "10.0.0.0/26");
	refuse(&space, IP_V4_BITS + 26);
}

static void cuts_ipv6_to_the_last_bit(void **state)
{
	struct prefix range = prefix("fd00::/64");
	struct plan_space space;

	(void)state;
	plan_space_init(&space, &range);
	take(&space, 128, "fd00::/128");
	take(&space, 128, "fd00::1/128");
	take(&space, 127, "fd00::2/127");
	take(&space, 65, "fd00::8000:0:0:0/65");
	assert_true(plan_space_free(&space) == ldexp(1, 63) - 4);
}

static void counts_the_blocks_of_a_range(void **state)
{
	static const struct {
		const char *range;
		unsigned int len; /* over the mapped form */
		int want_log2; /* -1: none */
	} cases[] = {
		{ "10.0.0.0/26", IP_V4_BITS + 27, 1 },
		{ "10.0.0.0/26", IP_V4_BITS + 26, 0 },
		{ "10.0.0.0/26", IP_V4_BITS + 25, -1 },
		{ "0.0.0.0/0", IP_V4_BITS + 32, 32 },
		{ "fd00::/8", 64, 56 },
		{ "::/0", 128, 128 },
		{ "::/0", 0, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix range = prefix(c->range);

		print_message("  %s %u\n", c->range, c->len);
		assert_true(plan_blocks(&range, (uint8_t)c->len) ==
			    (c->want_log2 < 0 ? 0 : ldexp(1, c->want_log2)));
	}
}

static void finds_overlaps_either_way_round(void **state)
{
	static const struct {
		const char *a, *b;
		bool want;
	} cases[] = {
		{ "10.0.0.0/24", "10.0.0.0/24", true },
		{ "10.0.0.0/24", "10.0.0.128/25", true },
		{ "10.0.0.0/25", "10.0.0.128/25", false },
		{ "::/0", "10.0.0.0/8", false },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix a = prefix(c->a), b = prefix(c->b);

		assert_int_equal(plan_overlaps(&a, &b), c->want);
		assert_int_equal(plan_overlaps(&b, &a), c->want);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_blocks_in_order_until_none_is_left),
		cmocka_unit_test(fills_gaps_before_it_breaks_a_larger_block),
		cmocka_unit_test(gives_a_whole_range_and_nothing_wider),
		cmocka_unit_test(cuts_ipv6_to_the_last_bit),
		cmocka_unit_test(counts_the_blocks_of_a_range),
		cmocka_unit_test(finds_overlaps_either_way_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
