// SPDX-License-Identifier: Apache-2.0
/*
 * Long random histories, the same in every run, against the model. What fails can
 * be told again from the printed seed and step.
 */
#include "test.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/capacity/account.h"
#include "core/state/diff.h"
#include "core/state/state.h"
#include "model.h"

enum {
	SEEDS = 20,
	STEPS = 3000,
	WALK_STEPS = 40, /* between two walks */
};

/* ---- the state under test, with an account behind it ---- */

struct world {
	struct state *state;
	struct account *account;
	struct model model;
	struct chance chance;
	uint64_t seed, step, facts;
	uint8_t held[MODEL_NETNS][MODEL_LINKS][MODEL_IPS]; /* as the facts tell it */
};

static void on_fact(const struct fact *fact, void *ctx)
{
	struct world *world = ctx;
	struct account_note note;
	uint8_t *held;

	world->facts++;
	if (!fact->address)
		return;
	held = &world->held[fact->netns->key.inum - MODEL_HOST]
			   [fact->link->key.ifindex - MODEL_IFINDEX]
			   [model_ip_number(&fact->address->key.ip)];
	/* Assigned and released take turns. */
	assert_int_equal(*held, fact->kind == FACT_IP_RELEASED);
	*held = !*held;
	if (fact->kind == FACT_IP_ASSIGNED)
		assert_int_equal(account_assigned(world->account, fact, &note), 0);
	else
		account_released(world->account, fact, NULL, &note);
}

static void set_ranges(struct account *account)
{
	struct range ranges[] = { { .name = "outer", .source = "config" },
				  { .name = "inner", .source = "config" },
				  { .name = "six", .source = "config" } };
	const struct range_list list = { ranges, case_count(ranges) };
	struct range_table *table;

	assert_int_equal(prefix_parse("10.0.0.0/8", &ranges[0].cidr), 0);
	assert_int_equal(prefix_parse("10.9.0.0/16", &ranges[1].cidr), 0);
	assert_int_equal(prefix_parse("fd00::/16", &ranges[2].cidr), 0);
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(account, table), 0);
}

static void world_open(struct world *world, uint64_t seed, const uint32_t *limits)
{
	*world = (struct world){ .seed = seed, .chance = { seed * 0x9e3779b97f4a7c15 } };
	assert_int_equal(state_new(limits, on_fact, world, &world->state), 0);
	state_set_host(world->state, MODEL_HOST, false);
	assert_int_equal(account_new(&world->account), 0);
	set_ranges(world->account);
}

static void world_close(struct world *world)
{
	state_free(world->state);
	account_free(world->account);
}

/* ---- comparisons ---- */

static void fail_at(const struct world *world, const char *what)
{
	fail_msg("seed %" PRIu64 ", step %" PRIu64 ": %s", world->seed, world->step, what);
}

static unsigned int compare_link(const struct world *world, const struct netns *netns,
				 unsigned int number)
{
	const struct model_link *want = &world->model.links[netns->key.inum - MODEL_HOST][number];
	const struct inventory *inventory = state_inventory_const(world->state);
	const struct link *link = inventory_find_link(inventory, netns, MODEL_IFINDEX + number);
	unsigned int addresses = 0;

	if (want->exists != !!link)
		fail_at(world, "a link differs");
	for (unsigned int i = 0; link && i < MODEL_IPS; i++) {
		const struct address *address;
		const struct ip ip = model_ip(i);

		address = inventory_find_address(inventory, link, &ip);
		if (!!address != want->holds[i] ||
		    (address && address->prefix_len != model_prefix_len(i)))
			fail_at(world, "an address differs");
		addresses += !!address;
	}
	if (link && (strcmp(link->name, want->name) != 0 || link->dev != want->dev ||
		     link->address_count != addresses))
		fail_at(world, "what is known of a link differs");
	return addresses;
}

static void compare_state(const struct world *world)
{
	const struct inventory *inventory = state_inventory_const(world->state);
	unsigned int addresses = 0, links = 0;

	for (unsigned int i = 0; i < MODEL_NETNS; i++) {
		const struct netns *netns = inventory_find_netns(
			inventory, MODEL_HOST + i + MODEL_COOKIE, MODEL_HOST + i);

		if (world->model.netns[i] != !!netns)
			fail_at(world, "a netns differs");
		for (unsigned int j = 0; netns && j < MODEL_LINKS; j++) {
			addresses += compare_link(world, netns, j);
			links += world->model.links[i][j].exists;
		}
	}
	assert_int_equal(inventory_count(inventory, INVENTORY_LINKS), links);
	assert_int_equal(inventory_count(inventory, INVENTORY_ADDRESSES), addresses);
}

/* Count anew what is used: once for each address, however many links hold it. */
static void compare_account(const struct world *world)
{
	const struct range_table *ranges = account_ranges(world->account);
	uint64_t used[3] = { 0 }, unranged[ACCOUNT_FAMILY_COUNT] = { 0 }, all = 0;

	for (unsigned int i = 0; i < MODEL_IPS; i++) {
		bool is_held = model_is_held(&world->model, i), is_ranged = false;
		const struct ip ip = model_ip(i);

		for (size_t j = 0; j < range_table_count(ranges); j++) {
			if (!prefix_holds_ip(&range_table_at(ranges, j)->cidr, &ip))
				continue;
			used[j] += is_held;
			is_ranged = true;
		}
		if (!is_ranged)
			unranged[ip_is_v4(&ip) ? ACCOUNT_IPV4 : ACCOUNT_IPV6] += is_held;
		all += is_held;
	}
	for (size_t i = 0; i < case_count(used); i++)
		assert_int_equal(account_usage(world->account, i)->used, used[i]);
	for (enum account_family i = 0; i < ACCOUNT_FAMILY_COUNT; i++)
		assert_int_equal(account_unranged(world->account, i)->used, unranged[i]);
	assert_int_equal(account_in_use(world->account), all);
}

/* ---- histories ---- */

static const uint32_t plenty[] = { MODEL_NETNS, MODEL_NETNS *MODEL_LINKS, MODEL_SLOTS };

static void equals_the_model_and_takes_no_event_twice(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct world world;

		world_open(&world, seed, plenty);
		for (world.step = 1; world.step <= STEPS; world.step++) {
			const struct event event = chance_event(&world.chance, world.step);
			uint64_t facts;

			model_apply(&world.model, &event);
			assert_int_equal(state_apply(world.state, &event), 0);
			facts = world.facts;
			compare_state(&world);
			assert_int_equal(state_apply(world.state, &event), 0);
			if (world.facts != facts)
				fail_at(&world, "the same event once more told something");
			compare_state(&world);
			compare_account(&world);
		}
		world_close(&world);
	}
}

/* As an agent does that looked at the kernel just now. */
static size_t reconcile(struct world *world, struct diff *diff)
{
	union walk_slot slots[MODEL_SLOTS];
	const struct diff_walk walk = { .slots = slots,
					.count = model_walk(&world->model, slots),
					.is_complete = true,
					.time_ns = world->step };

	assert_int_equal(diff_take(world->state, &walk, diff), 0);
	for (size_t i = 0; i < diff->count; i++)
		assert_int_equal(state_apply(world->state, &diff->events[i]), 0);
	return diff->count;
}

static void finds_no_difference_where_nothing_was_lost(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct diff diff = { 0 };
		struct world world;

		world_open(&world, seed, plenty);
		world.chance.is_exact = true;
		for (world.step = 1; world.step <= STEPS; world.step++) {
			const struct event event = chance_event(&world.chance, world.step);

			model_apply(&world.model, &event);
			state_apply(world.state, &event);
			if (reconcile(&world, &diff))
				fail_at(&world, "a walk differs");
		}
		diff_clear(&diff);
		world_close(&world);
	}
}

static void one_walk_makes_good_for_any_loss(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct diff diff = { 0 };
		struct world world;

		world_open(&world, seed, plenty);
		world.chance.is_exact = true;
		for (world.step = 1; world.step <= STEPS; world.step++) {
			const struct event event = chance_event(&world.chance, world.step);

			model_apply(&world.model, &event);
			if (chance_draw(&world.chance, 3))
				state_apply(world.state, &event);
			if (world.step % WALK_STEPS)
				continue;
			reconcile(&world, &diff);
			compare_state(&world);
			compare_account(&world);
			if (reconcile(&world, &diff))
				fail_at(&world, "a second walk differs");
		}
		diff_clear(&diff);
		world_close(&world);
	}
}

/* Which of the events a full table takes is not the model's business: what it holds is. */
static void survives_full_tables(void **state)
{
	static const uint32_t limits[][INVENTORY_TABLE_COUNT] = {
		{ 2, 99, 99 }, { 99, 3, 99 }, { 99, 99, 5 }, { 3, 4, 6 }, { 0, 0, 0 },
	};

	(void)state;
	for_each_case(limit, limits) {
		const struct inventory *inventory;
		struct world world;
		uint64_t refused = 0;

		world_open(&world, 7, *limit);
		inventory = state_inventory_const(world.state);
		for (world.step = 1; world.step <= STEPS; world.step++) {
			const struct event event = chance_event(&world.chance, world.step);

			refused += state_apply(world.state, &event) != 0;
			for (enum inventory_table i = 0; i < INVENTORY_TABLE_COUNT; i++)
				assert_true(inventory_count(inventory, i) <= (*limit)[i]);
		}
		assert_true(refused > 0);
		for (enum inventory_table i = 0; i < INVENTORY_TABLE_COUNT; i++)
			refused -= inventory->refused[i];
		assert_int_equal(refused, 0);
		world_close(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_the_model_and_takes_no_event_twice),
		cmocka_unit_test(finds_no_difference_where_nothing_was_lost),
		cmocka_unit_test(one_walk_makes_good_for_any_loss),
		cmocka_unit_test(survives_full_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
