// SPDX-License-Identifier: Apache-2.0
/*
 * A state, a walk, and the events that close the difference. A walk is text, too:
 *
 *	netns 101
 *	link 2 eth0 veth 1002        ifindex, name, kind ("-" physical), device
 *	peer 1
 *	addr 10.9.0.5/24 0x80        flags may be left out
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/state/diff.h"
#include "facts.h"
#include "stream.h"

enum { SLOT_MAX = 64, WALK_TIME = 777 };

/* What the state of every case starts with. */
static const char known[] = "netns_add netns_inum=1\n"
			    "link_add netns_inum=1 ifindex=7 ifname=veth7 link_kind=veth dev=7\n"
			    "netns_add netns_inum=101\n"
			    "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=2\n"
			    "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
			    "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64\n";

#define HOST "netns 1\nlink 1 lo - 1\nlink 7 veth7 veth 7\n"
#define LO "link 1 lo - 11\naddr 127.0.0.1/8\naddr ::1/128\n"
#define ETH0 "link 2 eth0 veth 2\n"
#define IPS "addr 10.9.0.5/24\naddr fd00:9::5/64\n"

/* ---- text to walks, differences to text ---- */

static void put_link(const char *line, union walk_slot *out)
{
	char name[EVENT_NAME_SIZE] = "", kind[EVENT_KIND_SIZE] = "";
	unsigned int ifindex, dev;

	assert_int_equal(sscanf(line, "link %u %15s %15s %u", &ifindex, name, kind, &dev), 4);
	out->link = (struct walk_link){ .kind = WALK_LINK, .ifindex = ifindex, .dev = dev };
	memcpy(out->link.name, name, sizeof(name));
	if (strcmp(kind, "-") != 0)
		memcpy(out->link.link_kind, kind, sizeof(out->link.link_kind));
}

static void put_address(const char *line, union walk_slot *out)
{
	char text[IP_TEXT_SIZE];
	unsigned int len, flags = 0;
	struct ip ip;

	assert_true(sscanf(line, "addr %45[^/]/%u%*[ ]%x", text, &len, &flags) >= 2);
	assert_int_equal(ip_parse(text, &ip), 0);
	out->addr = (struct walk_addr){ .kind = WALK_ADDR,
					.family = (uint8_t)ip_family(&ip),
					.prefix_len = (uint8_t)len,
					.flags = flags };
	memcpy(out->addr.addr, ip.bytes, sizeof(out->addr.addr));
}

static size_t put_slots(const char *lines, union walk_slot out[static SLOT_MAX])
{
	size_t count = 0;

	for (const char *line = lines; *line; line = strchr(line, '\n') + 1, count++) {
		unsigned int inum;

		assert_true(count < SLOT_MAX);
		if (sscanf(line, "netns %u", &inum) == 1)
			out[count].netns = (struct walk_netns){ WALK_NETNS, .inum = inum };
		else if (sscanf(line, "peer %u", &inum) == 1)
			out[count].netns = (struct walk_netns){ WALK_PEER, .inum = inum };
		else if (!strncmp(line, "link", 4))
			put_link(line, &out[count]);
		else
			put_address(line, &out[count]);
		if (out[count].kind == WALK_NETNS || out[count].kind == WALK_PEER)
			out[count].netns.cookie = out[count].netns.inum + FACTS_COOKIE;
	}
	return count;
}

/* Without what is the same in all of them, after a look at it. The caller frees it. */
static char *write_events(const struct diff *diff)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (size_t i = 0; i < diff->count; i++) {
		struct event event = diff->events[i];

		assert_int_equal(event.source, EVENT_FROM_WALK);
		assert_int_equal(event.netns_cookie, event.netns_inum + FACTS_COOKIE);
		assert_int_equal(event.from_cookie,
				 event.from_inum ? event.from_inum + FACTS_COOKIE : 0);
		assert_int_equal(event.peer_cookie,
				 event.peer_inum ? event.peer_inum + FACTS_COOKIE : 0);
		assert_int_equal(event.time_ns, event.kind == EVENT_NETNS_ADD ? 0 : WALK_TIME);
		event.netns_cookie = event.from_cookie = event.peer_cookie = 0;
		event.source = 0;
		event.time_ns = 0;
		stream_write_event(out, &event);
	}
	fclose(out);
	return text;
}

static void walk_once(struct facts *facts, const char *lines, bool is_complete, struct diff *out)
{
	union walk_slot slots[SLOT_MAX];
	const struct diff_walk walk = { .slots = slots,
					.count = put_slots(lines, slots),
					.is_complete = is_complete,
					.time_ns = WALK_TIME };

	assert_int_equal(diff_take(facts->state, &walk, out), 0);
}

/* ---- cases ---- */

struct walk_case {
	const char *text, *walk, *events;
};

static void check(const struct walk_case *c, bool is_nested, bool is_complete)
{
	cleanup_facts struct facts facts = { 0 };
	cleanup_free char *events = NULL;
	struct diff diff = { 0 };

	facts_open(&facts, NULL);
	state_set_host(facts.state, FACTS_HOST, is_nested);
	facts_apply(&facts, known, 1);
	walk_once(&facts, c->walk, is_complete, &diff);
	events = write_events(&diff);
	if (strcmp(events, c->events) != 0)
		fail_msg("%s:\n%s-- instead of --\n%s", c->text, events, c->events);

	/* Applied, nothing differs any more. */
	for (size_t i = 0; i < diff.count; i++)
		state_apply(facts.state, &diff.events[i]);
	walk_once(&facts, c->walk, is_complete, &diff);
	if (diff.count)
		fail_msg("%s: differs still", c->text);
	diff_clear(&diff);
}

static void finds_what_is_new_and_what_is_gone(void **state)
{
	static const struct walk_case cases[] = {
		{ "nothing", HOST "netns 101\n" LO ETH0 IPS, "" },
		{ "addresses that do not count",
		  HOST "netns 101\n" LO ETH0 IPS "addr fe80::5/64\naddr 169.254.9.5/16\n"
		       "addr fd00:9::6/64 40\naddr fd00:9::7/64 48\n",
		  "" },
		{ "addresses of the node's own netns",
		  HOST "addr 192.0.2.1/24\nnetns 101\n" LO ETH0 IPS, "" },
		{ "links of the node's own netns that are no pod's",
		  HOST "link 8 br0 bridge 8\nlink 9 eth0 - 9\nlink 10 veth10 veth 10\n"
		       "netns 101\n" LO ETH0 IPS,
		  "link_add netns_inum=1 ifindex=10 ifname=veth10 link_kind=veth dev=10\n" },
		{ "a namespace with all it has, in the kernel's order",
		  HOST "netns 101\n" LO ETH0 IPS "netns 102\n" LO
		       "link 2 net1 macvlan 22\naddr 10.9.1.5/24\naddr fd00:9:1::5/64 80\n",
		  "netns_add netns_inum=102\n"
		  "link_add netns_inum=102 ifindex=2 ifname=net1 link_kind=macvlan dev=22\n"
		  "addr_add netns_inum=102 ifindex=2 addr=10.9.1.5/24 ifname=net1 "
		  "link_kind=macvlan dev=22\n"
		  "addr_add netns_inum=102 ifindex=2 addr=fd00:9:1::5/64 addr_flags=128 "
		  "ifname=net1 link_kind=macvlan dev=22\n" },
		{ "a pod address on lo", HOST "netns 101\n" LO "addr 10.9.0.9/32\n" ETH0 IPS,
		  "addr_add netns_inum=101 ifindex=1 addr=10.9.0.9/32 ifname=lo dev=11\n" },
		{ "an address that is gone", HOST "netns 101\n" LO ETH0 "addr fd00:9::5/64\n",
		  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n" },
		{ "one is gone and another is there: the end comes first",
		  HOST "netns 101\n" LO ETH0 "addr 10.9.0.6/24\naddr fd00:9::5/64\n",
		  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
		  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.6/24 ifname=eth0 link_kind=veth "
		  "dev=2\n" },
		{ "another prefix length",
		  HOST "netns 101\n" LO ETH0 "addr 10.9.0.5/16\naddr fd00:9::5/64\n",
		  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/16 ifname=eth0 link_kind=veth "
		  "dev=2\n" },
		{ "one address with two prefix lengths is one",
		  HOST "netns 101\n" LO ETH0 IPS "addr 10.9.0.5/16\n", "" },
		{ "a link is gone, and its addresses with it", HOST "netns 101\n" LO,
		  "link_del netns_inum=101 ifindex=2 dev=2\n" },
		{ "a namespace is gone, and all with it", HOST, "netns_del netns_inum=101\n" },
		{ "a new name", HOST "netns 101\n" LO "link 2 net1 veth 2\n" IPS,
		  "link_name netns_inum=101 ifindex=2 ifname=net1 link_kind=veth dev=2\n" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c, false, true);
}

static void tells_a_move_by_its_device(void **state)
{
	static const struct walk_case cases[] = {
		{ "to another namespace, with a new name and a new index",
		  HOST "netns 101\n" LO "netns 102\n" LO "link 4 net1 veth 2\naddr 10.9.0.5/24\n",
		  "link_leave netns_inum=101 ifindex=2 dev=2\n"
		  "netns_add netns_inum=102\n"
		  "link_add netns_inum=102 ifindex=4 ifname=net1 link_kind=veth dev=2 "
		  "from_inum=101\n"
		  "addr_add netns_inum=102 ifindex=4 addr=10.9.0.5/24 ifname=net1 link_kind=veth "
		  "dev=2\n" },
		{ "out of the node's own namespace",
		  "netns 1\nlink 1 lo - 1\nnetns 101\n" LO ETH0 IPS "link 3 net1 veth 7\n",
		  "link_leave netns_inum=1 ifindex=7 dev=7\n"
		  "link_add netns_inum=101 ifindex=3 ifname=net1 link_kind=veth dev=7 "
		  "from_inum=1\n" },
		{ "back into it", HOST "link 8 veth8 veth 2\nnetns 101\n" LO,
		  "link_leave netns_inum=101 ifindex=2 dev=2\n"
		  "link_add netns_inum=1 ifindex=8 ifname=veth8 link_kind=veth dev=2 "
		  "from_inum=101\n" },
		{ "another device is no move", HOST "netns 101\n" LO "link 3 net1 veth 3\n",
		  "link_del netns_inum=101 ifindex=2 dev=2\n"
		  "link_add netns_inum=101 ifindex=3 ifname=net1 link_kind=veth dev=3\n" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c, false, true);
}

static void misses_nothing_that_an_incomplete_walk_did_not_see(void **state)
{
	static const struct walk_case cases[] = {
		{ "nothing at all", "", "" },
		{ "the node's own alone", HOST, "" },
		{ "not the addresses", HOST "netns 101\n" LO ETH0, "" },
		{ "something new", HOST "netns 102\n", "netns_add netns_inum=102\n" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c, false, false);
}

static void tells_where_the_other_end_of_a_pair_is(void **state)
{
	static const struct walk_case cases[] = {
		{ "of a new link",
		  HOST "netns 101\n" LO ETH0 IPS "netns 102\n" LO "link 2 eth0 veth 22\npeer 1\n"
		       "addr 10.9.1.5/24\nlink 3 m macvlan 23\n",
		  "netns_add netns_inum=102\n"
		  "link_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=veth dev=22 "
		  "peer_inum=1\n"
		  "addr_add netns_inum=102 ifindex=2 addr=10.9.1.5/24 ifname=eth0 link_kind=veth "
		  "dev=22 peer_inum=1\n"
		  "link_add netns_inum=102 ifindex=3 ifname=m link_kind=macvlan dev=23\n" },
		{ "of a known link whose netns was not this node's yet",
		  HOST "netns 101\n" LO ETH0 "peer 1\n" IPS,
		  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=2 "
		  "peer_inum=1\n" },
		{ "in a netns that is not the node's", HOST "netns 101\n" LO ETH0 "peer 2\n" IPS,
		  "" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c, true, true);
}

static void dates_a_creation_where_it_is_known(void **state)
{
	static const struct {
		bool is_known;
		uint64_t time_ns;
	} cases[] = { { true, WALK_TIME }, { false, TIME_UNKNOWN } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_facts struct facts facts = { 0 };
		union walk_slot slots[SLOT_MAX];
		struct diff_walk walk = { .slots = slots,
					  .count = put_slots("netns 101\n" ETH0, slots),
					  .time_ns = WALK_TIME,
					  .is_creation_known = c->is_known };
		struct diff diff = { 0 };

		facts_open(&facts, NULL);
		assert_int_equal(diff_take(facts.state, &walk, &diff), 0);
		assert_int_equal(diff.count, 2);
		assert_int_equal(diff.events[0].time_ns, c->time_ns);
		assert_int_equal(diff.events[1].time_ns, WALK_TIME);
		diff_clear(&diff);
	}
}

/* Whatever the events: what they tell. */
static void takes_another_device_on_the_same_index_for_another_link(void **state)
{
	static const struct {
		const char *walk, *facts;
	} cases[] = {
		{ HOST "netns 101\n" LO "link 2 net1 veth 3\n",
		  "- fd00:9::5/64 eth0\n- 10.9.0.5/24 eth0\n- link eth0\n+ link net1\n" },
		{ HOST "netns 101\n" LO "link 2 net1 veth 3\naddr 10.9.0.5/24\n",
		  "- fd00:9::5/64 eth0\n- 10.9.0.5/24 eth0\n- link eth0\n+ link net1\n"
		  "+ 10.9.0.5/24 net1\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_facts struct facts facts = { 0 };
		struct diff diff = { 0 };

		facts_open(&facts, NULL);
		facts_apply(&facts, known, 1);
		facts_forget(&facts);
		walk_once(&facts, c->walk, true, &diff);
		for (size_t i = 0; i < diff.count; i++)
			state_apply(facts.state, &diff.events[i]);
		assert_string_equal(facts_told(&facts), c->facts);
		diff_clear(&diff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_new_and_what_is_gone),
		cmocka_unit_test(tells_a_move_by_its_device),
		cmocka_unit_test(misses_nothing_that_an_incomplete_walk_did_not_see),
		cmocka_unit_test(tells_where_the_other_end_of_a_pair_is),
		cmocka_unit_test(dates_a_creation_where_it_is_known),
		cmocka_unit_test(takes_another_device_on_the_same_index_for_another_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
