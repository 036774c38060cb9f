// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "tenancy_story.h"

struct story_case {
	const char *story, *want;
};

static void check(const struct story_case *cases, size_t count, const struct tenancy_query *query)
{
	for (const struct story_case *c = cases; c < cases + count; c++) {
		struct tenancies *tenancies = story_play(c->story, query);
		char *text = story_text(tenancies);

		print_message("  %s\n", c->story);
		assert_string_equal(text, c->want);
		free(text);
		tenancies_free(tenancies);
	}
}

#define CHECK(cases, query) check(cases, case_count(cases), query)

static const struct tenancy_query of_ip = { .has_ip = true,
					    .ip = { { [10] = 0xff, 0xff, 10, 0, 0, 5 } },
					    .now_ns = 1000 * STORY_NS_PER_S };

static void bounds_tenancies_by_what_was_told(void **state)
{
	static const struct story_case cases[] = {
		{ "", "" },
		{ "S0", "" },
		{ "S0 A10a:web-1 R20a", "web-1 10..20" },
		{ "S0 A10a:web-1 R20a P25 A30b:web-2 P40", "web-1 10..20; web-2 30..40+" },
		{ "S0 A10.000000001a:web-1 R10.000000002a", "web-1 10.000000001..10.000000002" },
		/* To another namespace within one nanosecond. */
		{ "S0 A10a:web-1 R20a A20b:web-2", "web-1 10..20; web-2 20..20+" },
		/* Another address of the same pod. */
		{ "S0 D4 A10a:web-1 D5 A11a:web-1 D4 R12a P13", "web-1 11..13+" },
		{ "S0 I0a:web-1 R20a", "web-1 <0..20" },
		/* An older log is gone: it was held when this one begins. */
		{ "P5 R20a:web-1", "web-1 <5..20" },
		{ "P5 A20a:web-1", "web-1 20..20+" },
		/* The agent learned the name later. */
		{ "S0 A10a R20a:web-1", "web-1 10..20" },
		{ "S0 A10a:web-1 R20a:web-2", "web-1 10..20" },
	};

	(void)state;
	CHECK(cases, &of_ip);
}

static void goes_on_over_a_restart_where_the_namespace_is_the_same(void **state)
{
	static const struct story_case cases[] = {
		{ "S0 A10a:web-1 X20 G30 S30 I31a:web-1 N40", "web-1 10..40+ unwatched(20-31)" },
		/* Killed, not stopped: the last record is when it was there at the latest. */
		{ "S0 A10a:web-1 P20 G30 S30 I31a:web-1 N40", "web-1 10..40+ unwatched(20-31)" },
		/* Either of the two records is enough. */
		{ "S0 A10a:web-1 P20 S30 I31a:web-1 N40", "web-1 10..40+ unwatched(20-31)" },
		{ "S0 A10a:web-1 P20 G30 I31a:web-1 N40", "web-1 10..40+ unwatched(20-31)" },
		{ "S0 A10a:web-1 X20 G30 S30 I31a:web-1 R40a", "web-1 10..40 unwatched(20-31)" },
		{ "S0 A10a:web-1 X20 G30 S30 I30a:web-1 X40 G50 S50 I50a R60a",
		  "web-1 10..60 unwatched(20-30) unwatched(40-50)" },
		/* By cookie alone: the name need not be known to both. */
		{ "S0 A10a X20 G30 S30 I31a:web-1 N40", "web-1 10..40+ unwatched(20-31)" },
		/* Without one, by inode and pod. */
		{ "S0 A10a-:web-1 X20 G30 S30 I31a-:web-1 N40", "web-1 10..40+ unwatched(20-31)" },
		{ "S0 A10a-:web-1 X20 G30 S30 I31a:web-1 N40", "web-1 10..40+ unwatched(20-31)" },
		{ "S0 A10a-:web-1 X20 G30 S30 I31a-:web-2 N40",
		  "web-1 10..(20-31); web-2 <31..40+ after(20-31)" },
		{ "S0 U A10a-:u1 X20 G30 S30 I31a-:u2 N40",
		  "u1 10..(20-31); u2 <31..40+ after(20-31)" },
		/* An inode is used again, a cookie never; and neither over a boot. */
		{ "S0 A10a:web-1 X20 G30 S30 I31a2:web-1 N40",
		  "web-1 10..(20-31); web-1 <31..40+ after(20-31)" },
		{ "S0 A10a:web-1 X20 B G30 S30 I31a:web-1 N40",
		  "web-1 10..(20-31); web-1 <31..40+ after(20-31)" },
		/* An agent that was killed before it told what it found is part of the gap. */
		{ "S0 A10a:web-1 X20 G30 S30 G35 S35 I36a:web-1 N40",
		  "web-1 10..40+ unwatched(20-36)" },
	};

	(void)state;
	CHECK(cases, &of_ip);
}

static void ends_between_two_times_what_was_not_found_again(void **state)
{
	static const struct story_case cases[] = {
		/* Others were found, the last of them at 32. */
		{ "S0 A10a:web-1 X20 G30 S30 D4 I31b I32c N40", "web-1 10..(20-32)" },
		/* Nothing was: the next record is later than the look, which is soon. */
		{ "S0 A10a:web-1 X20 G30 S30 N39", "web-1 10..(20-39)" },
		{ "S0 A10a:web-1 X20 G30 S30 N500", "web-1 10..(20-40)" },
		{ "S0 A10a:web-1 X20 G30 S30 n30 N40", "web-1 10..(20-40)" },
		{ "S0 A10a:web-1 X20 G30 S30 X40", "web-1 10..(20-40)" },
		/* It looked; when is not told, but it was before now. */
		{ "S0 A10a:web-1 X20 G30 S30 n30", "web-1 10..(20-40)" },
		{ "S0 A10a:web-1 X20 G30 S30 I31b:web-2 N40",
		  "web-1 10..(20-31); web-2 <31..40+ after(20-31)" },
		/* Perhaps it has not looked: nothing is claimed. */
		{ "S0 A10a:web-1 X20 G30 S30", "web-1 10..20+" },
		{ "S0 A10a:web-1 X20", "web-1 10..20+" },
		/* It was there all the same: its release is believed. */
		{ "S0 A10a:web-1 X20 G30 S30 D4 I31b D5 N32 R40a",
		  "web-1 10..40 unwatched(20-31)" },
		{ "S0 A10a:web-1 P20 G30 S30 D4 I31b D5 A50a2:web-3 P60",
		  "web-1 10..(20-31); web-3 50..60+" },
	};

	(void)state;
	CHECK(cases, &of_ip);
}

static void shows_both_of_two_who_hold_it_at_once(void **state)
{
	static const struct story_case cases[] = {
		{ "S0 A10a:web-1 A20b:web-2 R30a P40", "web-1 10..30; web-2 20..40+" },
		{ "S0 I0a:web-1 I0b:web-2 R30b P40", "web-1 <0..40+; web-2 <0..30" },
		{ "S0 A10a:web-1 A20b:web-2 X30 G40 S40 I41b I41a N50",
		  "web-1 10..50+ unwatched(30-41); web-2 20..50+ unwatched(30-41)" },
	};

	(void)state;
	CHECK(cases, &of_ip);
}

static void says_where_records_were_lost(void **state)
{
	static const struct story_case cases[] = {
		/* The agent lost events, and its reconcile has found what they told. */
		{ "S0 A10a:web-1 P15 L20 R30a", "web-1 10..30 lost(15-20)" },
		/* Numbers are missing. */
		{ "S0 A10a:web-1 P15 !3 P20 R30a", "web-1 10..30 lost(15-20)" },
		/* Who has it then got it after it was released. */
		{ "S0 A10a:web-1 P15 !3 P20 A30b:web-2 P40",
		  "web-1 10..lost(15-20) lost(15-20); web-2 30..40+" },
		{ "S0 A10a:web-1 P15 !3 P20 A30a2:web-2 P40",
		  "web-1 10..lost(15-20) lost(15-20); web-2 30..40+" },
		/* They had it both, after all. */
		{ "S0 A10a:web-1 P15 !3 P20 A30b:web-2 R40a P50",
		  "web-1 10..40 lost(15-20); web-2 30..50+" },
		/* What an agent lost itself is no reason to doubt. */
		{ "S0 A10a:web-1 P15 L20 A30b:web-2 P40",
		  "web-1 10..40+ lost(15-20); web-2 30..40+" },
		/* Its begin is among them. */
		{ "S0 A1a:web-0 R2a P15 !1 P20 R30b:web-2",
		  "web-0 1..2; web-2 <20..30 after(15-20)" },
		{ "P15 !1 P20 R30b:web-2", "web-2 <20..30" },
		/* It is not: it was not there when an agent looked later. */
		{ "S0 P5 !1 P10 X15 G20 S20 D4 I21b D5 N25 R30a:web-1", "web-1 <30..30" },
		/* It was found again: no doubt is left. */
		{ "S0 A10a:web-1 P15 !3 P20 X25 G30 S30 I31a N35 A40b:web-2 P50",
		  "web-1 10..50+ lost(15-20) unwatched(25-31); web-2 40..50+" },
		/* It was not: since when is not known. */
		{ "S0 A10a:web-1 P15 !3 P20 X25 G30 S30 D4 I31b D5 N35",
		  "web-1 10..(15-31) lost(15-20)" },
		/* Assigned again, and never released in between. */
		{ "S0 A10a:web-1 A30a:web-1 R40a", "web-1 10..lost(10-30); web-1 30..40" },
	};

	(void)state;
	CHECK(cases, &of_ip);
}

static void follows_numbers_where_the_clock_was_set_back(void **state)
{
	static const struct story_case cases[] = {
		{ "S100 A110a:web-1 P120 @-100 P21 R30a", "web-1 110..30 back(120-21)" },
		{ "S100 A110a:web-1 R120a @-100 A21b:web-2 P30", "web-1 110..120; web-2 21..30+" },
		/* Twice: the widest. */
		{ "S100 A110a:web-1 P120 @-100 P21 P50 @-45 P6 R10a", "web-1 110..10 back(120-6)" },
		/* Forward is no matter; nor is disorder, or two readings of the clock. */
		{ "S100 A110a:web-1 @100 P220 R230a", "web-1 110..230" },
		{ "S100 P112 A110a:web-1 P109 R120a", "web-1 110..120" },
		{ "S100 A110a:web-1 @-0.05 P112 R120a", "web-1 110..120" },
		/* While nobody watched; where it was held for sure it was not set back yet. */
		{ "S100 A110a:web-1 X120 @-100 G30 S30 I31a N35",
		  "web-1 110..35+ unwatched(120-31) back(120-30)" },
		{ "S100 A110a:web-1 X120 @-100 G30 S30 D4 I31b D5 N35", "web-1 110..(120-31)" },
		{ "S100 A110a:web-1 X120 @-100 G30 S30", "web-1 110..120+" },
		{ "S100 A110a:web-1 P115 @-100 P16 X20 G30 S30 D4 I31b D5 N35",
		  "web-1 110..(20-31) back(115-16)" },
		{ "S100 A110a:web-1 P115 @-100 P16 X20 @-15 G12 S12 D4 I13b D5 N15",
		  "web-1 110..(20-13) back(115-16)" },
		/* Between boots only much is taken for it. */
		{ "S100 A110a:web-1 X120 B G30 S30 D4 I31b D5 N35", "web-1 110..(120-31)" },
	};

	(void)state;
	CHECK(cases, &of_ip);
}

static void lists_the_addresses_of_a_pod(void **state)
{
	static const struct story_case cases[] = {
		{ "S0 A10a:web-1 D4 A11b:web-2 D6 A12a:web-1 R13a D5 R14a P20",
		  "web-1 10..14; web-1 12..13" },
		/* Its name was learned later, or by a later agent. */
		{ "S0 A10a A11b R14a:web-1 P20", "web-1 10..14" },
		{ "S0 A10a X20 G30 S30 I31a:web-1 N40", "web-1 10..40+ unwatched(20-31)" },
		{ "S0 A10a:web-1 X20 G30 S30 I31a N40", "web-1 10..40+ unwatched(20-31)" },
		{ "P5 R14a:web-1 R15b:web-2 R16c", "web-1 <5..14" },
		/* Somebody else has its namespace's inode. */
		{ "S0 A10a:web-1 P15 !1 P20 A30a2:web-2 P40", "web-1 10..lost(15-20) lost(15-20)" },
		{ "S0 A10a:web-1 X20 G30 S30 I31a2:web-2 N40", "web-1 10..(20-31)" },
	};
	const struct tenancy_query query = { .namespace = "shop",
					     .pod = "web-1",
					     .now_ns = 1000 * STORY_NS_PER_S };

	(void)state;
	CHECK(cases, &query);
}

static void knows_a_pod_by_name_uid_or_sandbox(void **state)
{
	static const struct {
		const char *namespace, *pod;
		bool want;
	} cases[] = {
		{ "shop", "web-1", true },	   { NULL, "web-1", true },
		{ "other", "web-1", false },	   { "shop", "web", false },
		{ NULL, "web-10", false },	   { NULL, "", false },
		{ NULL, "0b2e9f43-uid", true },	   { NULL, "0b2e9f43", false },
		{ "shop", "0b2e9f43-uid", false }, { NULL, "3f2a9c1", false },
		{ NULL, "3f2a9c1d", true },	   { NULL, "3f2a9c1d77", true },
		{ NULL, "3f2a9c1d777", false },	   { "shop", "3f2a9c1d", false },
	};
	const struct pod pod = { "shop", "web-1", "0b2e9f43-uid", "3f2a9c1d77" }, none = { 0 };

	(void)state;
	for_each_case(c, cases) {
		const struct tenancy_query query = { .namespace = c->namespace, .pod = c->pod };

		print_message("  %s/%s\n", c->namespace ? c->namespace : "", c->pod);
		assert_int_equal(tenancy_is_of(&query, &pod), c->want);
		assert_false(tenancy_is_of(&query, &none));
	}
}

static void keeps_the_failures_of_a_pod(void **state)
{
	const struct tenancy_query query = { .pod = "web-1" };
	struct tenancies *tenancies =
		story_play("S0 F5a:web-1 F6a:web-2 A10a:web-1 F20a:web-1 F21a", &query);
	const struct tenancy_failures *failures = tenancies_failures(tenancies);

	(void)state;
	assert_int_equal(failures->count, 2);
	assert_int_equal(failures->items[0].moment.wall_ns, 5 * STORY_NS_PER_S);
	assert_string_equal(failures->items[1].reason, "exhausted");
	assert_int_equal(failures->items[1].moment.seq, 5);
	assert_int_equal(tenancies_log(tenancies)->matched, 3);
	tenancies_free(tenancies);
}

static void measures_by_the_clock_that_nobody_sets(void **state)
{
	static const struct {
		const char *story;
		bool want;
		int64_t seconds;
	} cases[] = {
		{ "S0 A10a:web-1 R20a", true, 10 },
		{ "S100 A110a:web-1 P120 @-100 P21 R30a", true, 20 },
		{ "S100 A110a:web-1 @100 P220 R230a", true, 20 },
		{ "S0 A10a:web-1 X20 G30 S30 D4 I31b D5 N40", true, 10 },
		{ "S0 I10a:web-1 P30", true, 20 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct tenancies *tenancies = story_play(c->story, &of_ip);
		uint64_t length_ns = 7;

		print_message("  %s\n", c->story);
		assert_int_equal(tenancy_length(tenancies_at(tenancies, 0), &length_ns), c->want);
		assert_int_equal(length_ns, c->seconds * STORY_NS_PER_S);
		tenancies_free(tenancies);
	}
}

static void claims_no_length_that_no_clock_shows(void **state)
{
	struct tenancy tenancy = { .from_ns = 20, .to_ns = 10 };
	uint64_t length_ns = 7;

	(void)state;
	assert_false(tenancy_length(&tenancy, &length_ns));
	assert_int_equal(length_ns, 7);
	tenancy.to_ns = 25;
	assert_true(tenancy_length(&tenancy, &length_ns));
	assert_int_equal(length_ns, 5);
	tenancy.steps.is_set_back = true;
	assert_false(tenancy_length(&tenancy, &length_ns));
	tenancy = (struct tenancy){ .from_ns = INT64_MIN, .to_ns = INT64_MAX };
	assert_true(tenancy_length(&tenancy, &length_ns));
	assert_true(length_ns == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_tenancies_by_what_was_told),
		cmocka_unit_test(goes_on_over_a_restart_where_the_namespace_is_the_same),
		cmocka_unit_test(ends_between_two_times_what_was_not_found_again),
		cmocka_unit_test(shows_both_of_two_who_hold_it_at_once),
		cmocka_unit_test(says_where_records_were_lost),
		cmocka_unit_test(follows_numbers_where_the_clock_was_set_back),
		cmocka_unit_test(lists_the_addresses_of_a_pod),
		cmocka_unit_test(knows_a_pod_by_name_uid_or_sandbox),
		cmocka_unit_test(keeps_the_failures_of_a_pod),
		cmocka_unit_test(measures_by_the_clock_that_nobody_sets),
		cmocka_unit_test(claims_no_length_that_no_clock_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
