// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/books/leaks.h"
#include "core/capacity/supply.h"
#include "core/metrics/collect.h"
#include "core/page/range_marks.h"
#include "eni_fixture.h"
#include "facts.h"

static const char *const events[] = {
	"netns_add netns_inum=101",
	"addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24",
	"addr_add netns_inum=101 ifindex=2 addr=10.9.0.6/24",
	"addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64",
	"addr_add netns_inum=101 ifindex=2 addr=192.0.2.5/24",
	"addr_del netns_inum=101 ifindex=2 addr=10.9.0.6/24",
	"netns_add netns_inum=102",
	"addr_add netns_inum=102 ifindex=2 addr=192.0.2.5/24",
};

struct world {
	struct state *state;
	struct account *account;
	struct leaks *leaks;
	struct supply supply;
	struct metrics_input input;
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

static void ignore_leak(const struct leak *leak, bool is_over, void *ctx)
{
	(void)leak;
	(void)is_over;
	(void)ctx;
}

static void use_ranges(struct account *account)
{
	struct range ranges[] = {
		{ .name = "pods", .source = "config", .scope = RANGE_SCOPE_CLUSTER, .reserved = 5 },
		{ .name = "block", .source = "cni", .scope = RANGE_SCOPE_NODE, .reserved = 3 },
		{ .name = "most", .source = "cni", .scope = RANGE_SCOPE_NODE, .reserved = 254 },
	};
	const struct range_list list = { ranges, case_count(ranges) };
	struct range_table *table;

	ranges[0].cidr = prefix("10.9.0.0/16");
	ranges[1].cidr = prefix("10.9.0.0/28");
	ranges[2].cidr = prefix("10.9.1.0/24");
	ranges[2].places = (struct range_places){ .is_known = true };
	ranges[2].places.first = ip("10.9.1.127");
	ranges[2].places.last = ip("10.9.1.128");
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(account, table), 0);
}

/* 10.9.0.7 is in the books alone; 192.0.2.5 is held twice. */
static struct leaks *make_leaks(struct state *state)
{
	struct lease lease = { .source = "host-local", .since_ns = 1, .ip = ip("10.9.0.7") };
	struct leaks_view view = { .inventory = state_inventory(state),
				   .leases = &lease,
				   .lease_count = 1,
				   .boot_ns = 1,
				   .now_ns = 1000 };
	struct leaks *leaks;

	assert_int_equal(leaks_new(ignore_leak, NULL, &leaks), 0);
	assert_int_equal(leaks_check(leaks, &view), 0);
	view.now_ns = 2000;
	assert_int_equal(leaks_check(leaks, &view), 0);
	assert_int_equal(leaks_count(leaks), 2);
	return leaks;
}

static void attach(struct supply *supply)
{
	struct eni_address addresses[] = {
		{ .ip = ip("10.9.8.10"), .unassigned_ns = now_ns - ENI_COOLDOWN_NS },
		{ .ip = ip("10.9.8.11"), .unassigned_ns = now_ns - ENI_COOLDOWN_NS - 1 },
		{ .ip = ip("10.9.8.12"), .is_assigned = true, .unassigned_ns = now_ns - 1 },
		{ .ip = ip("10.9.8.13") },
	};
	uint32_t eni = add_eni(&supply->enis, "eni-1", "10.9.0.0/16", "10.9.8.1");

	add_block(&supply->enis, eni, "10.9.8.0/28");
	for_each_case(address, addresses)
		assert_int_equal(enis_add_address(&supply->enis, address), 0);
}

static void world_open(struct world *world)
{
	static const uint32_t limits[] = { 16, 32, 64 };
	struct facts reader = { 0 };

	*world = (struct world){ 0 };
	assert_int_equal(account_new(&world->account), 0);
	assert_int_equal(state_new(limits, on_fact, world, &world->state), 0);
	state_set_host(world->state, FACTS_HOST, false);
	for_each_case(line, events) {
		const struct event event = facts_event(&reader, *line, strlen(*line));

		assert_int_equal(state_apply(world->state, &event), 0);
	}
	world->input.state = world->state;
	world->input.account = world->account;
}

static void world_close(struct world *world)
{
	state_free(world->state);
	account_free(world->account);
	leaks_free(world->leaks);
	supply_clear(&world->supply);
}

/* "u10.9.0.5 ...": a letter of the kind, and what it is of. */
static void expect_marks(const struct range_marks *marks, const char *want)
{
	char got[2048] = "";

	for (size_t i = 0; i < marks->count; i++) {
		char text[IP_TEXT_SIZE];
		size_t used = strlen(got);

		ip_format(&marks->marks[i].ip, text);
		snprintf(got + used, sizeof(got) - used, "%s%c%s", used ? " " : "",
			 "forcul"[marks->marks[i].kind], text);
	}
	assert_string_equal(got, want);
}

static void marks_addresses_in_use_alone_where_nothing_else_is_known(void **state)
{
	cleanup_range_marks struct range_marks marks = { 0 };
	struct world world;

	(void)state;
	world_open(&world);
	assert_int_equal(range_marks_take(&world.input, now_ns, &marks), 0);
	expect_marks(&marks, "u10.9.0.5 u192.0.2.5 ufd00:9::5");
	assert_int_equal(marks.own_count, 0);
	world_close(&world);
}

static void marks_leaks_cooldown_and_what_is_reserved(void **state)
{
	cleanup_range_marks struct range_marks marks = { 0 };
	struct world world;

	(void)state;
	world_open(&world);
	use_ranges(world.account);
	world.leaks = make_leaks(world.state);
	world.input.leaks = world.leaks;
	attach(&world.supply);
	world.input.supply = &world.supply;
	assert_int_equal(range_marks_take(&world.input, now_ns, &marks), 0);
	/* of a long stretch that is reserved some are enough */
	expect_marks(&marks, "r10.9.0.0 r10.9.0.1 u10.9.0.5 l10.9.0.7 r10.9.0.15 r10.9.1.0 "
			     "r10.9.1.1 r10.9.1.2 r10.9.1.3 r10.9.1.4 r10.9.1.5 r10.9.1.6 "
			     "r10.9.1.7 r10.9.1.8 r10.9.1.9 r10.9.1.10 r10.9.1.11 r10.9.1.12 "
			     "r10.9.1.13 r10.9.1.14 r10.9.1.15 r10.9.1.129 r10.9.1.130 r10.9.1.131 "
			     "r10.9.1.132 r10.9.1.133 r10.9.1.134 r10.9.1.135 r10.9.1.136 "
			     "r10.9.1.137 r10.9.1.138 r10.9.1.139 r10.9.1.140 r10.9.1.141 "
			     "r10.9.1.142 r10.9.1.143 r10.9.1.144 r10.9.8.1 c10.9.8.10 u192.0.2.5 "
			     "ufd00:9::5");
	assert_int_equal(marks.own_count, 3);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_addresses_in_use_alone_where_nothing_else_is_known),
		cmocka_unit_test(marks_leaks_cooldown_and_what_is_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
