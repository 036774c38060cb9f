// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/capacity/eni_usage.h"
#include "facts.h"

static const uint32_t limits[] = { 16, 32, 64 };

struct world {
	struct state *state;
	struct account *account;
	struct enis enis;
};

static void on_fact(const struct fact *fact, void *ctx)
{
	struct world *world = ctx;
	struct account_note note;

	if (fact->kind == FACT_IP_ASSIGNED)
		assert_int_equal(account_assigned(world->account, fact, &note), 0);
	else if (fact->kind == FACT_IP_RELEASED)
		account_released(world->account, fact, NULL, &note);
}

static void world_open(struct world *world)
{
	*world = (struct world){ 0 };
	assert_int_equal(account_new(&world->account), 0);
	assert_int_equal(state_new(limits, on_fact, world, &world->state), 0);
	state_set_host(world->state, FACTS_HOST, false);
}

static void world_close(struct world *world)
{
	state_free(world->state);
	account_free(world->account);
	enis_clear(&world->enis);
}

static void attach(struct world *world, const char *id, const char *const *blocks)
{
	struct eni eni = { 0 };
	int index;

	strcpy(eni.id, id);
	index = enis_add(&world->enis, &eni);
	assert_true(index >= 0);
	for (; *blocks; blocks++) {
		struct eni_block block = { .eni = (uint32_t)index };

		assert_int_equal(prefix_parse(*blocks, &block.cidr), 0);
		block.is_prefix = ip_is_v4(&block.cidr.base) && block.cidr.len < 128;
		assert_int_equal(enis_add_block(&world->enis, &block), 0);
	}
}

static void happens(struct world *world, const char *line)
{
	struct facts reader = { 0 };
	const struct event event = facts_event(&reader, line, strlen(line));

	assert_int_equal(state_apply(world->state, &event), 0);
}

static void counts_what_the_kernel_has_of_each_enis_addresses(void **state)
{
	static const char *const first[] = { "10.0.208.5/32", "10.0.208.7/32", NULL };
	static const char *const second[] = { "100.64.1.16/28", "fd00::/80", NULL };
	cleanup_free struct eni_usage *usages = NULL;
	struct world world;

	(void)state;
	world_open(&world);
	attach(&world, "eni-1", first);
	attach(&world, "eni-2", second);
	happens(&world, "netns_add netns_inum=101 time_ns=1");
	happens(&world, "netns_add netns_inum=102 time_ns=1");
	happens(&world, "addr_add netns_inum=101 ifindex=2 addr=10.0.208.5/32 time_ns=2");
	happens(&world, "addr_add netns_inum=102 ifindex=2 addr=10.0.208.5/32 time_ns=2");
	happens(&world, "addr_add netns_inum=101 ifindex=2 addr=100.64.1.16/32 time_ns=2");
	happens(&world, "addr_add netns_inum=101 ifindex=2 addr=100.64.1.31/32 time_ns=2");
	happens(&world, "addr_add netns_inum=101 ifindex=2 addr=100.64.1.20/32 time_ns=2");
	happens(&world, "addr_del netns_inum=101 ifindex=2 addr=100.64.1.20/32 time_ns=3");
	/* Beside them, and of the other family. */
	happens(&world, "addr_add netns_inum=101 ifindex=2 addr=10.0.208.6/32 time_ns=2");
	happens(&world, "addr_add netns_inum=101 ifindex=2 addr=10.0.208.4/32 time_ns=2");
	happens(&world, "addr_add netns_inum=101 ifindex=2 addr=100.64.1.32/32 time_ns=2");
	happens(&world, "addr_add netns_inum=101 ifindex=2 addr=fd00::5/128 time_ns=2");
	assert_int_equal(eni_usage_new(&world.enis, world.account, 0, &usages), 0);
	assert_true(usages[0].used == 1);
	assert_true(usages[1].used == 2);
	assert_true(usages[0].sums.attached == 3);
	assert_true(usages[1].sums.attached == 17);
	world_close(&world);
}

static void is_nothing_without_enis(void **state)
{
	struct eni_usage *usages = (void *)1;
	struct world world;

	(void)state;
	world_open(&world);
	assert_int_equal(eni_usage_new(&world.enis, world.account, 0, &usages), 0);
	assert_null(usages);
	world_close(&world);
}

/* FIELD: t3.medium has 3 ENIs of 6 addresses, 17 pods with the two of the host; with prefixes 242.
 */
static void knows_what_an_instance_type_can_hold(void **state)
{
	static const struct {
		const char *type, *block;
		double want;
	} cases[] = {
		{ "t3.medium", "10.0.0.4/32", 17 - 2 },
		{ "t3.medium", "10.0.0.16/28", 242 - 2 },
		{ "t3.medium", "fd00::/80", 17 - 2 },
		{ "m5.large", "10.0.0.4/32", 29 - 2 },
		{ "m4.4xlarge", "10.0.0.4/32", 234 - 2 },
		{ "p3dn.24xlarge", "10.0.0.4/32", 737 - 2 },
		{ "m5.large", "10.0.0.16/28", 434 - 2 },
	};

	(void)state;
	for_each_case(c, cases) {
		const char *const blocks[] = { c->block, NULL };
		const struct eni_type *type = eni_type_find(c->type);
		struct world world = { 0 };

		print_message("  %s %s\n", c->type, c->block);
		assert_non_null(type);
		attach(&world, "eni-1", blocks);
		assert_true(eni_usage_max(&world.enis, type) == c->want);
		enis_clear(&world.enis);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_the_kernel_has_of_each_enis_addresses),
		cmocka_unit_test(is_nothing_without_enis),
		cmocka_unit_test(knows_what_an_instance_type_can_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
