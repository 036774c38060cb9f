// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/forecast/outlook.h"
#include "facts.h"

#define S 1000000000LL
#define START (1700000000LL * S)

static const uint32_t limits[] = { 16, 32, 512 };

struct world {
	struct state *state;
	struct account *account;
	struct outlook *outlook;
	int64_t now_ns;
};

static void on_fact(const struct fact *fact, void *ctx)
{
	struct world *world = ctx;
	struct account_note note;

	if (fact->kind == FACT_IP_ASSIGNED)
		assert_int_equal(account_assigned(world->account, fact, &note), 0);
	else if (fact->kind == FACT_IP_RELEASED)
		account_released(world->account, fact, NULL, &note);
	else
		return;
	outlook_observe(world->outlook, world->account, note.range, world->now_ns);
}

static void use_ranges(struct world *world, const char *const *cidrs, size_t count)
{
	struct range ranges[4] = { 0 };
	const struct range_list list = { ranges, count };
	struct range_table *table;

	for (size_t i = 0; i < count; i++) {
		ranges[i].source = "config";
		assert_int_equal(prefix_parse(cidrs[i], &ranges[i].cidr), 0);
	}
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(world->account, table), 0);
	assert_int_equal(outlook_set_ranges(world->outlook, account_ranges(world->account)), 0);
}

static void world_open(struct world *world)
{
	static const char *const cidrs[] = { "10.0.0.0/16", "10.0.0.0/24" };

	*world = (struct world){ .now_ns = START };
	assert_int_equal(outlook_new(&world->outlook), 0);
	assert_int_equal(account_new(&world->account), 0);
	assert_int_equal(state_new(limits, on_fact, world, &world->state), 0);
	state_set_host(world->state, FACTS_HOST, false);
	use_ranges(world, cidrs, case_count(cidrs));
}

static void world_close(struct world *world)
{
	state_free(world->state);
	account_free(world->account);
	outlook_free(world->outlook);
}

static void apply(struct world *world, const char *line)
{
	struct facts reader = { 0 };
	const struct event event = facts_event(&reader, line, strlen(line));

	assert_int_equal(state_apply(world->state, &event), 0);
}

/* One more address a minute. */
static void rise(struct world *world, unsigned int from, unsigned int to)
{
	char line[128];

	for (unsigned int i = from; i < to; i++) {
		world->now_ns += 60 * S;
		snprintf(line, sizeof(line), "addr_add netns_inum=101 ifindex=2 addr=10.0.0.%u/24",
			 i);
		apply(world, line);
	}
}

static struct forecast_answer ask(const struct world *world, size_t range, double bound)
{
	const struct forecast_room room = { .bound = bound };
	struct forecast_answer answer;

	outlook_ask(world->outlook, range, world->now_ns, &room, &answer);
	return answer;
}

static void sees_a_range_and_what_is_around_it_fill(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	apply(&world, "netns_add netns_inum=101 time_ns=1");
	outlook_observe_all(world.outlook, world.account, world.now_ns);
	rise(&world, 1, 121);
	/* 134 left, one a minute. */
	assert_true(ask(&world, 1, 254).is_known);
	assert_true(ask(&world, 1, 254).seconds > 134 * 60 / 1.5);
	assert_true(ask(&world, 1, 254).seconds < 134 * 60 * 1.5);
	assert_true(ask(&world, 0, 254).is_known);
	assert_true(ask(&world, 1, 254).headroom == 134);
	world_close(&world);
}

static void keeps_the_past_of_a_cidr_that_stays(void **state)
{
	static const char *const other[] = { "10.0.0.0/24", "10.9.0.0/24", "fd00::/64" };
	struct world world;
	struct forecast_answer before, after;

	(void)state;
	world_open(&world);
	apply(&world, "netns_add netns_inum=101 time_ns=1");
	outlook_observe_all(world.outlook, world.account, world.now_ns);
	rise(&world, 1, 121);
	before = ask(&world, 1, 254);
	use_ranges(&world, other, case_count(other));
	after = ask(&world, 0, 254);
	assert_true(after.is_known && after.seconds == before.seconds);
	assert_false(ask(&world, 1, 254).is_known);
	assert_true(isnan(ask(&world, 1, 254).headroom));
	world_close(&world);
}

static struct outlook_past past_of(const char *cidr, uint64_t used, int delta, int64_t wall_ns)
{
	struct outlook_past past = { .used = used, .delta = delta, .wall_ns = wall_ns };

	assert_int_equal(prefix_parse(cidr, &past.cidr), 0);
	return past;
}

/* Two hours of the past, of the /24 in the /16; then it goes on as it was. */
static void goes_on_from_what_is_recalled(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	for (unsigned int i = 1; i <= 120; i++) {
		const struct outlook_past past =
			past_of("10.0.0.0/24", i, 1, START + (int64_t)i * 60 * S);

		outlook_recall(world.outlook, &past);
	}
	world.now_ns = START + 121 * 60 * S;
	for (size_t i = 0; i < 2; i++) {
		assert_true(ask(&world, i, 254).is_known);
		assert_true(ask(&world, i, 254).headroom == 134);
	}
	outlook_gap(world.outlook, world.now_ns);
	assert_true(isnan(ask(&world, 0, 254).headroom));
	world_close(&world);
}

static void changes_ranges_around_by_as_many(void **state)
{
	static const char *const cidrs[] = { "10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24" };
	const struct outlook_past story[] = {
		past_of("10.0.0.0/24", 5, 1, START),
		past_of("10.0.1.0/24", 3, 1, START + S),
		past_of("10.0.0.0/24", 6, 1, START + 2 * S),
		past_of("10.0.1.0/24", 2, -1, START + 3 * S),
		past_of("10.9.0.0/24", 9, 1, START + 4 * S),
	};
	struct world world;

	(void)state;
	world_open(&world);
	use_ranges(&world, cidrs, case_count(cidrs));
	for_each_case(past, story)
		outlook_recall(world.outlook, past);
	world.now_ns = START + 5 * S;
	assert_true(ask(&world, 1, 100).headroom == 94);
	assert_true(ask(&world, 2, 100).headroom == 98);
	/* 5, then one more by the first word of the other, one more, one less. */
	assert_true(ask(&world, 0, 100).headroom == 94);
	world_close(&world);
}

static void recalls_nothing_of_what_it_sees_itself(void **state)
{
	const struct outlook_past past = past_of("10.0.0.0/24", 77, 1, START - S);
	struct world world;

	(void)state;
	world_open(&world);
	assert_true(outlook_wants_past(world.outlook));
	outlook_observe_all(world.outlook, world.account, START);
	assert_false(outlook_wants_past(world.outlook));
	outlook_recall(world.outlook, &past);
	outlook_gap(world.outlook, START);
	assert_true(ask(&world, 1, 254).headroom == 254);
	world_close(&world);
}

static void goes_on_with_another_agents_eyes(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	apply(&world, "netns_add netns_inum=101 time_ns=1");
	outlook_observe_all(world.outlook, world.account, world.now_ns);
	rise(&world, 1, 120);
	assert_true(ask(&world, 1, 254).is_known);
	outlook_end(world.outlook, world.now_ns);
	assert_true(outlook_wants_past(world.outlook));
	assert_true(isnan(ask(&world, 1, 254).headroom));
	outlook_observe_all(world.outlook, world.account, world.now_ns + S);
	world.now_ns += 2 * S;
	assert_false(isnan(ask(&world, 1, 254).headroom));
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sees_a_range_and_what_is_around_it_fill),
		cmocka_unit_test(keeps_the_past_of_a_cidr_that_stays),
		cmocka_unit_test(goes_on_from_what_is_recalled),
		cmocka_unit_test(changes_ranges_around_by_as_many),
		cmocka_unit_test(recalls_nothing_of_what_it_sees_itself),
		cmocka_unit_test(goes_on_with_another_agents_eyes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
