// SPDX-License-Identifier: Apache-2.0
/*
 * Two bounds of the state: how much fits into its tables, and which namespaces are
 * this node's where several nodes share a kernel.
 */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "facts.h"

/* A netns, a link and an address of 101 fit; what follows does not. */
#define FULL                                                             \
	"netns_add netns_inum=101\n"                                     \
	"link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth\n" \
	"addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"

static void refuses_what_does_not_fit_and_counts_it(void **state)
{
	static const struct {
		uint32_t limits[INVENTORY_TABLE_COUNT];
		enum inventory_table full;
		const char *refused; /* each of its events */
	} cases[] = {
		{ { 1, 9, 9 },
		  INVENTORY_NETNS,
		  "netns_add netns_inum=102\n"
		  "link_add netns_inum=102 ifindex=2 ifname=net1\n"
		  "addr_add netns_inum=102 ifindex=2 addr=10.9.0.6/24\n" },
		{ { 9, 1, 9 },
		  INVENTORY_LINKS,
		  "link_add netns_inum=101 ifindex=3 ifname=net1\n"
		  "addr_add netns_inum=101 ifindex=3 addr=10.9.0.6/24\n"
		  "link_add netns_inum=101 ifindex=3 ifname=net1 from_inum=1\n" },
		{ { 9, 9, 1 },
		  INVENTORY_ADDRESSES,
		  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.6/24\n"
		  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_facts struct facts facts = { 0 };
		const struct inventory *inventory;
		uint64_t refused = 0;

		facts_open(&facts, c->limits);
		inventory = state_inventory_const(facts.state);
		assert_int_equal(facts_apply(&facts, FULL, 2), 0);
		assert_int_equal(inventory_count(inventory, c->full), 1);
		facts_forget(&facts);
		for (const char *line = c->refused; *line; line = strchr(line, '\n') + 1) {
			const struct event event = facts_event(&facts, line, strcspn(line, "\n"));

			assert_int_equal(state_apply(facts.state, &event), -ENOSPC);
			refused++;
		}
		for (enum inventory_table i = 0; i < INVENTORY_TABLE_COUNT; i++)
			assert_int_equal(inventory->refused[i], i == c->full ? refused : 0);
		assert_int_equal(inventory_count(inventory, c->full), 1);
		assert_string_equal(facts_told(&facts), "");
	}
}

static void has_room_again_when_something_goes(void **state)
{
	static const uint32_t limits[] = { 1, 1, 1 };
	static const struct {
		const char *events, *facts;
	} cases[] = {
		{ "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
		  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.6/24\n",
		  "- 10.9.0.5/24 eth0\n+ 10.9.0.6/24 eth0\n" },
		{ "link_del netns_inum=101 ifindex=2\n"
		  "link_add netns_inum=101 ifindex=3 ifname=net1\n"
		  "addr_add netns_inum=101 ifindex=3 addr=10.9.0.6/24\n",
		  "- 10.9.0.5/24 eth0\n- link eth0\n+ link net1\n+ 10.9.0.6/24 net1\n" },
		{ "netns_del netns_inum=101\n"
		  "netns_add netns_inum=102\n"
		  "link_add netns_inum=102 ifindex=2 ifname=net1\n"
		  "addr_add netns_inum=102 ifindex=2 addr=10.9.0.6/24\n",
		  "- 10.9.0.5/24 eth0\n- link eth0\n- netns 101\n+ netns 102\n+ link net1\n"
		  "+ 10.9.0.6/24 net1\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_facts struct facts facts = { 0 };

		facts_open(&facts, limits);
		facts_apply(&facts, FULL, 2);
		facts_forget(&facts);
		assert_int_equal(facts_apply(&facts, c->events, 2), 0);
		assert_string_equal(facts_told(&facts), c->facts);
	}
}

/* Another node's pod at 101, ours at 102, another node itself at 2. */
static const struct {
	const char *text, *events, *facts;
} nested_cases[] = {
	{ "no end of a pair in the node's netns: silent",
	  "netns_add netns_inum=101\n"
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth\n"
	  "link_add netns_inum=101 ifindex=3 ifname=net1 link_kind=veth peer_inum=2\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_name netns_inum=101 ifindex=2 ifname=net0\n"
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_del netns_inum=101 ifindex=2\n"
	  "netns_del netns_inum=101\n",
	  "" },
	{ "a link shows its pair's end there: told at once",
	  "netns_add netns_inum=102\n"
	  "link_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=veth peer_inum=1\n"
	  "addr_add netns_inum=102 ifindex=2 addr=10.9.0.5/24\n"
	  "netns_del netns_inum=102\n",
	  "+ netns 102\n+ link eth0\n+ 10.9.0.5/24 eth0\n- 10.9.0.5/24 eth0\n"
	  "- link eth0\n- netns 102\n" },
	{ "an address shows it later: what was kept comes in order",
	  "netns_add netns_inum=102\n"
	  "link_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=veth\n"
	  "link_add netns_inum=102 ifindex=3 ifname=net1 link_kind=macvlan\n"
	  "addr_add netns_inum=102 ifindex=3 addr=10.9.1.5/24\n"
	  "addr_add netns_inum=102 ifindex=2 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=102 ifindex=2 addr=fd00:9::5/64 peer_inum=1\n"
	  "addr_del netns_inum=102 ifindex=3 addr=10.9.1.5/24\n",
	  "+ netns 102\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ link net1\n"
	  "+ 10.9.1.5/24 net1\n+ fd00:9::5/64 eth0\n- 10.9.1.5/24 net1\n" },
	{ "a link that is known shows it later",
	  "link_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=veth\n"
	  "link_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=veth peer_inum=1\n",
	  "+ netns 102\n+ link eth0\n" },
	{ "a file names it",
	  "netns_add netns_inum=102\n"
	  "link_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=ipvlan\n"
	  "addr_add netns_inum=102 ifindex=2 addr=10.9.0.5/24\n"
	  "netns_add netns_inum=101\n"
	  "netns_own netns_inum=102\n"
	  "addr_add netns_inum=102 ifindex=2 addr=fd00:9::5/64\n",
	  "+ netns 102\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n" },
	{ "a file names what is not there",
	  "netns_own netns_inum=103\nnetns_add netns_inum=101\nnetns_own netns_inum=0\n", "" },
	{ "gone addresses are not told of later",
	  "addr_add netns_inum=102 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=102 ifindex=2 addr=10.9.0.6/24\n"
	  "addr_del netns_inum=102 ifindex=2 addr=10.9.0.5/24\n"
	  "netns_own netns_inum=102\n",
	  "+ netns 102\n+ link eth0\n+ 10.9.0.6/24 eth0\n" },
	{ "the node's own links are its own",
	  "link_add netns_inum=1 ifindex=7 ifname=veth7 link_kind=veth peer_inum=102\n",
	  "+ link veth7\n" },
	{ "a link that moves in is told with its netns",
	  "netns_add netns_inum=102\n"
	  "link_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=veth peer_inum=1 "
	  "from_inum=1\n",
	  "+ netns 102\n> link eth0 from 1\n" },
};

static void tells_of_this_nodes_namespaces_alone(void **state)
{
	(void)state;
	for_each_case(c, nested_cases) {
		for (unsigned int times = 1; times <= 2; times++) {
			cleanup_facts struct facts facts = { 0 };

			facts_open(&facts, NULL);
			state_set_host(facts.state, FACTS_HOST, true);
			assert_int_equal(facts_apply(&facts, c->events, times), 0);
			if (strcmp(facts_told(&facts), c->facts) != 0)
				fail_msg("%s, %u times:\n%s", c->text, times, facts_told(&facts));
		}
	}
}

static void counts_its_namespaces_and_those_without_an_address(void **state)
{
	cleanup_facts struct facts facts = { 0 };
	static const struct {
		const char *event;
		uint32_t own, without;
	} cases[] = {
		{ "netns_add netns_inum=1", 0, 0 },
		{ "netns_add netns_inum=101", 0, 0 },
		{ "netns_own netns_inum=101", 1, 1 },
		{ "addr_add netns_inum=102 ifindex=2 addr=10.9.0.5/24 peer_inum=1", 2, 1 },
		{ "addr_add netns_inum=102 ifindex=2 addr=10.9.0.6/24", 2, 1 },
		{ "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24", 2, 0 },
		{ "addr_del netns_inum=102 ifindex=2 addr=10.9.0.5/24", 2, 0 },
		{ "addr_add netns_inum=103 ifindex=2 addr=10.9.0.5/24", 2, 0 },
		{ "link_del netns_inum=102 ifindex=2", 2, 1 },
		{ "netns_del netns_inum=102", 1, 0 },
		{ "netns_del netns_inum=101", 0, 0 },
	};

	(void)state;
	facts_open(&facts, NULL);
	state_set_host(facts.state, FACTS_HOST, true);
	for_each_case(c, cases) {
		uint32_t without;

		facts_apply(&facts, c->event, 1);
		assert_int_equal(state_own_netns(facts.state, &without), c->own);
		assert_int_equal(without, c->without);
	}
}

static void names_its_tables(void **state)
{
	(void)state;
	assert_string_equal(inventory_table_name(INVENTORY_NETNS), "netns");
	assert_string_equal(inventory_table_name(INVENTORY_LINKS), "links");
	assert_string_equal(inventory_table_name(INVENTORY_ADDRESSES), "addresses");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_does_not_fit_and_counts_it),
		cmocka_unit_test(has_room_again_when_something_goes),
		cmocka_unit_test(tells_of_this_nodes_namespaces_alone),
		cmocka_unit_test(counts_its_namespaces_and_those_without_an_address),
		cmocka_unit_test(names_its_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
