// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/state/reconcile.h"
#include "facts.h"

static void push_lines(const char *lines, struct diff *out)
{
	struct facts facts = { 0 };

	for (const char *line = lines; *line; line = strchr(line, '\n') + 1) {
		const struct event event = facts_event(&facts, line, strcspn(line, "\n"));

		assert_int_equal(diff_push(out, &event), 0);
	}
}

static void keeps_what_two_walks_said(void **state)
{
	static const char event[] = "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n";
	static const struct {
		const char *earlier, *later;
		size_t kept;
	} cases[] = {
		{ "", "", 0 },
		{ event, "", 0 },
		{ "", event, 0 },
		{ event, event, 1 },
		{ event, "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24 dev=9 time_ns=9\n",
		  1 },
		{ event, "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n", 0 },
		{ event, "addr_add netns_inum=102 ifindex=2 addr=10.9.0.5/24\n", 0 },
		{ event, "addr_add netns_inum=101 netns_cookie=9 ifindex=2 addr=10.9.0.5/24\n", 0 },
		{ event, "addr_add netns_inum=101 ifindex=3 addr=10.9.0.5/24\n", 0 },
		{ event, "addr_add netns_inum=101 ifindex=2 addr=10.9.0.6/24\n", 0 },
		{ "netns_add netns_inum=103\nnetns_del netns_inum=102\nnetns_del netns_inum=101\n",
		  "netns_del netns_inum=101\nnetns_del netns_inum=104\nnetns_add netns_inum=103\n",
		  2 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct diff earlier = { 0 }, later = { 0 };

		push_lines(c->earlier, &earlier);
		push_lines(c->later, &later);
		assert_int_equal(diff_confirm(&earlier, &later), 0);
		assert_int_equal(later.count, c->kept);
		diff_clear(&earlier);
		diff_clear(&later);
	}
}

static void keeps_the_order_of_the_later_walk_and_the_times_of_the_earlier(void **state)
{
	struct diff earlier = { 0 }, later = { 0 };

	(void)state;
	push_lines("netns_add netns_inum=1 time_ns=11\nnetns_add netns_inum=2 time_ns=12\n"
		   "netns_add netns_inum=3 time_ns=13\n",
		   &earlier);
	push_lines("netns_add netns_inum=3\nnetns_add netns_inum=4\nnetns_add netns_inum=1\n",
		   &later);
	assert_int_equal(diff_confirm(&earlier, &later), 0);
	assert_int_equal(later.count, 2);
	assert_int_equal(later.events[0].netns_inum, 3);
	assert_int_equal(later.events[0].time_ns, 13);
	assert_int_equal(later.events[1].netns_inum, 1);
	assert_int_equal(later.events[1].time_ns, 11);
	diff_clear(&earlier);
	diff_clear(&later);
}

/* What the judge is given: the difference of one walk. */
static int judge(struct reconcile *reconcile, const char *lines, uint64_t patience_ns)
{
	reconcile->diff.count = 0;
	push_lines(lines, &reconcile->diff);
	return reconcile_judge(reconcile, patience_ns);
}

static uint64_t count_corrections(const struct reconcile *reconcile)
{
	uint64_t sum = 0;

	for (enum correction i = 0; i < CORRECTION_COUNT; i++)
		sum += reconcile->corrections[i];
	return sum;
}

static const char one[] = "netns_add netns_inum=101\n";
static const char other[] = "netns_del netns_inum=102\n";
static const char both[] = "netns_del netns_inum=102\nnetns_add netns_inum=101\n";

static void asks_for_a_second_walk_only_where_the_first_differs(void **state)
{
	struct reconcile reconcile = { 0 };

	(void)state;
	assert_int_equal(judge(&reconcile, "", 0), RECONCILE_DONE);
	assert_int_equal(reconcile.diff.count, 0);
	assert_int_equal(judge(&reconcile, one, 0), RECONCILE_CONFIRM);
	assert_int_equal(reconcile.diff.count, 0);
	assert_int_equal(count_corrections(&reconcile), 0);
	reconcile_clear(&reconcile);
}

static void corrects_what_two_walks_in_a_row_saw(void **state)
{
	static const struct {
		const char *first, *second;
		size_t corrected;
	} cases[] = {
		{ one, one, 1 },  { both, both, 2 }, { both, one, 1 },
		{ one, both, 1 }, { one, other, 0 }, { one, "", 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct reconcile reconcile = { 0 };

		assert_int_equal(judge(&reconcile, c->first, 0), RECONCILE_CONFIRM);
		assert_int_equal(judge(&reconcile, c->second, 0), RECONCILE_DONE);
		assert_int_equal(reconcile.diff.count, c->corrected);
		assert_int_equal(count_corrections(&reconcile), c->corrected);

		/* And the next one starts over. */
		assert_int_equal(judge(&reconcile, one, 0), RECONCILE_CONFIRM);
		assert_int_equal(count_corrections(&reconcile), c->corrected);
		reconcile_clear(&reconcile);
	}
}

static void waits_for_the_end_of_a_netns_and_for_nothing_else(void **state)
{
	static const struct {
		const char *walk;
		int verdict;
		size_t corrected;
	} cases[] = {
		{ "netns_del netns_inum=101 time_ns=100\naddr_del netns_inum=102 time_ns=100\n",
		  RECONCILE_CONFIRM, 0 },
		{ "netns_del netns_inum=101 time_ns=110\naddr_del netns_inum=102 time_ns=110\n",
		  RECONCILE_CONFIRM, 1 },
		{ "netns_del netns_inum=101 time_ns=149\n", RECONCILE_CONFIRM, 0 },
		{ "netns_del netns_inum=101 time_ns=150\n", RECONCILE_DONE, 1 },
	};
	struct reconcile reconcile = { 0 };

	(void)state;
	for_each_case(c, cases) {
		assert_int_equal(judge(&reconcile, c->walk, 50), c->verdict);
		assert_int_equal(reconcile.diff.count, c->corrected);
	}
	assert_int_equal(reconcile.corrections[CORRECTION_NETNS_REMOVED], 1);
	assert_int_equal(reconcile.corrections[CORRECTION_ADDRESS_REMOVED], 1);
	reconcile_clear(&reconcile);
}

static void stops_waiting_when_the_end_was_told(void **state)
{
	struct reconcile reconcile = { 0 };

	(void)state;
	judge(&reconcile, "netns_del netns_inum=101 time_ns=100\n", 50);
	judge(&reconcile, "netns_del netns_inum=101 time_ns=110\n", 50);
	assert_int_equal(judge(&reconcile, "", 50), RECONCILE_DONE);
	assert_int_equal(count_corrections(&reconcile), 0);
	reconcile_clear(&reconcile);
}

static void suspects_nothing_after_a_reset(void **state)
{
	struct reconcile reconcile = { 0 };

	(void)state;
	assert_int_equal(judge(&reconcile, one, 0), RECONCILE_CONFIRM);
	reconcile_reset(&reconcile);
	assert_int_equal(judge(&reconcile, one, 0), RECONCILE_CONFIRM);
	assert_int_equal(judge(&reconcile, one, 0), RECONCILE_DONE);
	assert_int_equal(reconcile.diff.count, 1);
	reconcile_clear(&reconcile);
}

static void counts_corrections_by_what_they_correct(void **state)
{
	static const struct {
		const char *event, *name;
		enum correction correction;
	} cases[] = {
		{ "netns_add netns_inum=101\n", "netns_added", CORRECTION_NETNS_ADDED },
		{ "netns_del netns_inum=101\n", "netns_removed", CORRECTION_NETNS_REMOVED },
		{ "link_add netns_inum=101\n", "link_added", CORRECTION_LINK_ADDED },
		{ "link_del netns_inum=101\n", "link_removed", CORRECTION_LINK_REMOVED },
		{ "link_leave netns_inum=101\n", "link_removed", CORRECTION_LINK_REMOVED },
		{ "link_name netns_inum=101\n", "link_renamed", CORRECTION_LINK_RENAMED },
		{ "addr_add netns_inum=101\n", "address_added", CORRECTION_ADDRESS_ADDED },
		{ "addr_del netns_inum=101\n", "address_removed", CORRECTION_ADDRESS_REMOVED },
	};

	(void)state;
	for_each_case(c, cases) {
		struct reconcile reconcile = { 0 };

		judge(&reconcile, c->event, 0);
		assert_int_equal(judge(&reconcile, c->event, 0), RECONCILE_DONE);
		assert_int_equal(reconcile.corrections[c->correction], 1);
		assert_int_equal(count_corrections(&reconcile), 1);
		assert_string_equal(correction_name(c->correction), c->name);
		reconcile_clear(&reconcile);
	}
}

static void counts_no_correction_for_what_corrects_nothing(void **state)
{
	struct reconcile reconcile = { 0 };

	(void)state;
	judge(&reconcile, "netns_own netns_inum=101\n", 0);
	assert_int_equal(judge(&reconcile, "netns_own netns_inum=101\n", 0), RECONCILE_DONE);
	assert_int_equal(count_corrections(&reconcile), 0);
	reconcile_clear(&reconcile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_two_walks_said),
		cmocka_unit_test(keeps_the_order_of_the_later_walk_and_the_times_of_the_earlier),
		cmocka_unit_test(asks_for_a_second_walk_only_where_the_first_differs),
		cmocka_unit_test(corrects_what_two_walks_in_a_row_saw),
		cmocka_unit_test(waits_for_the_end_of_a_netns_and_for_nothing_else),
		cmocka_unit_test(stops_waiting_when_the_end_was_told),
		cmocka_unit_test(suspects_nothing_after_a_reset),
		cmocka_unit_test(counts_corrections_by_what_they_correct),
		cmocka_unit_test(counts_no_correction_for_what_corrects_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
