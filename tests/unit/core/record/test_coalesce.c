// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "core/record/coalesce.h"

#define S 1000000000ULL

/* How many of `count` records at one moment are to be written. */
static unsigned int admit(struct coalesce *coalesce, enum record_type type, unsigned int count,
			  uint64_t now_ns)
{
	unsigned int admitted = 0;

	while (count--)
		admitted += coalesce_admit(coalesce, type, now_ns);
	return admitted;
}

static void lets_a_burst_through_and_then_a_thousand_a_second(void **state)
{
	static const struct {
		uint64_t now_ns;
		unsigned int count, want;
	} steps[] = {
		{ 100 * S, 10000, 10000 }, { 100 * S, 50, 0 },	  { 100 * S + 1000000, 5, 1 },
		{ 101 * S, 5000, 999 },	   { 105 * S, 100, 100 }, { 200 * S, 20000, 10000 },
	};
	struct coalesce coalesce = { 0 };
	uint64_t left_out = 0;

	(void)state;
	for_each_case(step, steps) {
		assert_int_equal(admit(&coalesce, RECORD_LINK_CREATED, step->count, step->now_ns),
				 step->want);
		left_out += step->count - step->want;
		assert_int_equal(coalesce.total, left_out);
	}
}

static void leaves_out_nothing_that_matters(void **state)
{
	static const char *const may_be_left_out[] = {
		"netns.created", "netns.freed",	 "link.created", "link.moved",
		"link.renamed",	 "link.deleted", "cni.add",	 "cni.del",
	};

	(void)state;
	for (enum record_type type = 0; type < RECORD_TYPE_COUNT; type++) {
		struct coalesce coalesce = { 0 };
		bool may_be = false;

		for_each_case(name, may_be_left_out)
			may_be |= !strcmp(*name, record_type_name(type));
		print_message("  %s\n", record_type_name(type));
		assert_int_equal(admit(&coalesce, type, COALESCE_BURST + 1, S),
				 may_be ? COALESCE_BURST : COALESCE_BURST + 1);
	}
}

static void counts_types_apart(void **state)
{
	struct coalesce coalesce = { 0 };

	(void)state;
	assert_int_equal(admit(&coalesce, RECORD_LINK_CREATED, 10001, S), 10000);
	assert_int_equal(admit(&coalesce, RECORD_LINK_DELETED, 10001, S), 10000);
}

static void tells_once_a_second_how_many(void **state)
{
	struct coalesce coalesce = { 0 };
	enum record_type type;
	uint64_t count;

	(void)state;
	assert_int_equal(coalesce_due(&coalesce), 0);
	assert_false(coalesce_take(&coalesce, UINT64_MAX, &type, &count));

	admit(&coalesce, RECORD_LINK_CREATED, 10007, 5 * S);
	admit(&coalesce, RECORD_NETNS_FREED, 10003, 5 * S + 1);
	admit(&coalesce, RECORD_LINK_CREATED, 2, 5 * S + 2);
	assert_int_equal(coalesce_due(&coalesce), 6 * S);
	assert_false(coalesce_take(&coalesce, 6 * S - 1, &type, &count));
	assert_true(coalesce_take(&coalesce, 6 * S, &type, &count));
	assert_int_equal(type, RECORD_LINK_CREATED);
	assert_int_equal(count, 9);
	assert_false(coalesce_take(&coalesce, 6 * S, &type, &count));
	assert_int_equal(coalesce_due(&coalesce), 6 * S + 1);

	assert_true(coalesce_take(&coalesce, UINT64_MAX, &type, &count));
	assert_int_equal(type, RECORD_NETNS_FREED);
	assert_int_equal(count, 3);
	assert_int_equal(coalesce_due(&coalesce), 0);
	assert_int_equal(coalesce.total, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_a_burst_through_and_then_a_thousand_a_second),
		cmocka_unit_test(leaves_out_nothing_that_matters),
		cmocka_unit_test(counts_types_apart),
		cmocka_unit_test(tells_once_a_second_how_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
