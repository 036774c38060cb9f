// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "core/tenancy/tenancy_lookup.h"
#include "tenancy_story.h"

static void put_answer(const struct tenancy_answer *answer, FILE *out)
{
	fputs(tenancy_state_name(answer->state), out);
	for (size_t i = 0; i < answer->holder_count; i++)
		fprintf(out, " %s", story_pod(&answer->holders[i]->pod));
	if (answer->state == TENANCY_UNKNOWN) {
		fputs(answer->is_lost ? " lost(" : " (", out);
		if (answer->has_from)
			story_put_time(answer->from_ns, out);
		putc('-', out);
		if (answer->has_to)
			story_put_time(answer->to_ns, out);
		putc(')', out);
	}
	if (answer->is_late)
		fputs(" late", out);
	if (answer->before)
		fprintf(out, " before %s", story_pod(&answer->before->pod));
	if (answer->after)
		fprintf(out, " after %s", story_pod(&answer->after->pod));
}

static void check(const char *story, const char *at, const char *want)
{
	char *end, *text = NULL;
	const struct tenancy_query query = story_query(story_ns(at, &end));
	struct tenancies *tenancies = story_play(story, &query);
	const struct tenancy_answer answer = tenancy_lookup(tenancies);
	size_t size;
	FILE *out = open_memstream(&text, &size);

	put_answer(&answer, out);
	fclose(out);
	print_message("  %s at %s\n", story, at);
	assert_string_equal(text, want);
	free(text);
	tenancies_free(tenancies);
}

struct question {
	const char *story, *at, *want;
};

#define CHECK(cases)              \
	for_each_case(c, (cases)) \
	check(c->story, c->at, c->want)

static void is_exact_to_the_nanosecond(void **state)
{
	static const char *const story = "S0 I0z:web-0 R5z A10a:web-1 R20a A30b:web-2 P50";
	static const struct {
		const char *at, *want;
	} cases[] = {
		{ "9.999999999", "free before web-0 after web-1" },
		{ "10", "held web-1 before web-0 after web-2" },
		{ "10.000000001", "held web-1 before web-0 after web-2" },
		{ "19.999999999", "held web-1 before web-0 after web-2" },
		{ "20", "free before web-1 after web-2" },
		{ "29.999999999", "free before web-1 after web-2" },
		{ "30", "held web-2 before web-1" },
		{ "50", "held web-2 before web-1" },
		{ "50.000000001", "held web-2 late before web-1" },
		{ "0", "held web-0 after web-1" },
		{ "4.999999999", "held web-0 after web-1" },
		{ "5", "free before web-0 after web-1" },
		{ "-1", "unknown (-0) after web-0" },
	};

	(void)state;
	for_each_case(c, cases)
		check(story, c->at, c->want);
	/* From one to the next within one nanosecond. */
	check("S0 A10a:web-1 R20a A20b:web-2 P50", "20", "held web-2 before web-1");
	check("S0 A10a:web-1 R10a P50", "10", "free before web-1");
	/* Of a start that told of no address it is known from the first record on. */
	check("S0 A9a:web-1 P50", "8.999999999", "unknown (-9) after web-1");
	check("S0 A11a:web-1 P50", "10", "free after web-1");
}

static void claims_nothing_of_what_nobody_watched(void **state)
{
	static const char *const on = "S0 n0 N1 A10a:web-1 X20 G30 S30 I31a:web-1 N40";
	static const char *const other = "S0 n0 N1 A10a:web-1 X20 G30 S30 I31b:web-2 D4 I32c N40";
	static const char *const gone =
		"S0 n0 N1 A10a:web-1 R12a A15b:web-2 P20 G30 S30 N40 A50c:web-3 P60";
	static const char *const nobody = "S0 n0 N1 A10a:web-1 R12a X20 G30 S30 N40 A50c:web-3 P60";
	static const struct question cases[] = {
		{ on, "25", "held web-1" },
		{ other, "19.999999999", "held web-1 after web-2" },
		{ other, "20", "unknown (20-31) before web-1 after web-2" },
		{ other, "30.999999999", "unknown (20-31) before web-1 after web-2" },
		{ other, "31", "held web-2 before web-1" },
		{ gone, "19.999999999", "held web-2 before web-1 after web-3" },
		{ gone, "20", "unknown (20-40) before web-2 after web-3" },
		{ gone, "39.999999999", "unknown (20-40) before web-2 after web-3" },
		{ gone, "40", "free before web-2 after web-3" },
		/* Nobody had it before, or after: somebody may have had it. */
		{ nobody, "19.999999999", "free before web-1 after web-3" },
		{ nobody, "20", "unknown (20-40) before web-1 after web-3" },
		{ nobody, "40", "free before web-1 after web-3" },
	};

	(void)state;
	CHECK(cases);
}

static void knows_where_the_log_begins_and_ends(void **state)
{
	static const struct question cases[] = {
		{ "", "5", "never" },
		{ "S0 D4 A10a:web-1 P20", "15", "never" },
		/* An older file is gone; what happened in this one is told. */
		{ "P5 A20a:web-1 P30", "4.999999999", "unknown (-5) after web-1" },
		{ "P5 A20a:web-1 P30", "5", "free after web-1" },
		{ "P5 R20a:web-1 P30", "5", "held web-1" },
		{ "P5 R20a:web-1 P30", "4", "unknown (-5) after web-1" },
		{ "P5 !1 P10 A20a:web-1 P30", "4", "unknown (-10) after web-1" },
		{ "P5 !1 P10 A20a:web-1 P30", "10", "free after web-1" },
		/* Held before the first agent; since when is not known. */
		{ "S5 I6a:web-1 P30", "5", "unknown (-6) after web-1" },
		{ "S5 I6a:web-1 P30", "6", "held web-1" },
		/* The last agent has ended. */
		{ "S0 A10a:web-1 X20", "19.999999999", "held web-1" },
		{ "S0 A10a:web-1 X20", "20", "unknown (20-) before web-1" },
		{ "S0 A10a:web-1 X20", "25", "unknown (20-) late before web-1" },
		{ "S0 n0 N1 A10a:web-1 R15a X20", "17", "free before web-1" },
		{ "S0 n0 N1 A10a:web-1 R15a X20", "20", "unknown (20-) before web-1" },
		{ "S0 A10a:web-1 X20 G30 S30", "25", "unknown (20-) before web-1" },
		{ "S0 A10a:web-1 X20 G30 S30", "35", "unknown (20-) late before web-1" },
	};

	(void)state;
	CHECK(cases);
}

static void says_that_records_were_lost(void **state)
{
	static const char *const hole = "S0 n0 N1 A2z:web-0 R3z P15 !3 P20 A30b:web-2 P40";
	static const char *const doubt = "S0 A10a:web-1 P15 !3 P20 A30b:web-2 P40";
	static const struct question cases[] = {
		{ hole, "14.999999999", "free before web-0 after web-2" },
		{ hole, "15", "unknown lost(15-20) before web-0 after web-2" },
		{ hole, "20", "free before web-0 after web-2" },
		{ doubt, "14.999999999", "held web-1 after web-2" },
		{ doubt, "15", "unknown lost(15-20) before web-1 after web-2" },
		{ doubt, "19.999999999", "unknown lost(15-20) before web-1 after web-2" },
		{ doubt, "20", "free before web-1 after web-2" },
		{ doubt, "30", "held web-2 before web-1" },
		{ "S0 A10a:web-1 P15 !3 P20 R30a P40", "17", "held web-1" },
		{ "S0 n0 N1 A2z:web-0 R3z P15 L20 A30b:web-2 P40", "17",
		  "unknown lost(15-20) before web-0 after web-2" },
	};

	(void)state;
	CHECK(cases);
}

static void shows_all_who_held_it_at_once(void **state)
{
	static const char *const story = "S0 A10a:web-1 A20b:web-2 R30a P40";
	static const struct question cases[] = {
		{ story, "15", "held web-1 after web-2" },
		{ story, "20", "held web-1 web-2" },
		{ story, "30", "held web-2 before web-1" },
	};
	char many[TENANCY_HOLDERS_MAX * 16] = "S0", word[16];
	const struct tenancy_query query = story_query(50 * STORY_NS_PER_S);
	struct tenancies *tenancies;
	struct tenancy_answer answer;

	(void)state;
	CHECK(cases);
	for (char c = 'a'; c < 'a' + TENANCY_HOLDERS_MAX + 2; c++) {
		snprintf(word, sizeof(word), " A10%c", c);
		strcat(many, word);
	}
	tenancies = story_play(many, &query);
	answer = tenancy_lookup(tenancies);
	assert_int_equal(answer.holder_count, TENANCY_HOLDERS_MAX);
	assert_int_equal(answer.holders_left_out, 2);
	tenancies_free(tenancies);
}

static void finds_a_time_that_was_there_twice(void **state)
{
	static const char *const story =
		"S100 A110a:web-1 P120 @-100 P21 R30a A40b:web-2 R112b P150";
	static const struct question cases[] = {
		/* Neighbours are those by the clock as it was shown. */
		{ story, "115", "held web-1 before web-2" },
		{ story, "25", "held web-1 after web-2" },
		{ story, "30", "free before web-1 after web-2" },
		{ story, "111", "held web-1 web-2" },
		{ story, "120", "held web-1 before web-2" },
		{ story, "121", "free before web-2" },
	};

	(void)state;
	CHECK(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_exact_to_the_nanosecond),
		cmocka_unit_test(claims_nothing_of_what_nobody_watched),
		cmocka_unit_test(knows_where_the_log_begins_and_ends),
		cmocka_unit_test(says_that_records_were_lost),
		cmocka_unit_test(shows_all_who_held_it_at_once),
		cmocka_unit_test(finds_a_time_that_was_there_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
