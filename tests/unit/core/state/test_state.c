// SPDX-License-Identifier: Apache-2.0
/*
 * Stories: events go in, facts come out. Each is told four times: with and without
 * namespace cookies, and each of both with every event once and twice.
 */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "facts.h"

struct story {
	const char *text, *events, *facts;
};

static void check(const struct story *story, bool has_no_cookies, unsigned int times)
{
	cleanup_facts struct facts facts = { 0 };

	facts_open(&facts, NULL);
	facts.has_no_cookies = has_no_cookies;
	assert_int_equal(facts_apply(&facts, story->events, times), 0);
	if (strcmp(facts_told(&facts), story->facts) != 0)
		fail_msg("%s, cookies %d, %u times:\n%s-- instead of --\n%s", story->text,
			 !has_no_cookies, times, facts_told(&facts), story->facts);
}

static void check_all(const struct story *stories, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (unsigned int times = 1; times <= 2; times++) {
			check(&stories[i], false, times);
			check(&stories[i], true, times);
		}
	}
}

static const struct story address_stories[] = {
	{ "both families come and go",
	  "netns_add netns_inum=101\n"
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64\n"
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "addr_del netns_inum=101 ifindex=2 addr=fd00:9::5/64\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n"
	  "- 10.9.0.5/24 eth0\n- fd00:9::5/64 eth0\n" },
	{ "a new prefix length is no news",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/16\n"
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/16\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n- 10.9.0.5/16 eth0\n" },
	{ "tentative does not count until it is usable",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64 addr_flags=0xc0\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64 addr_flags=0x80\n",
	  "+ netns 101\n+ link eth0\n+ fd00:9::5/64 eth0\n" },
	{ "a duplicate never counts, nor does its end",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64 addr_flags=0x48\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64 addr_flags=0x08\n"
	  "addr_del netns_inum=101 ifindex=2 addr=fd00:9::5/64\n",
	  "+ netns 101\n+ link eth0\n" },
	{ "what no pod can own never counts",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=127.0.0.2/8\n"
	  "addr_add netns_inum=101 ifindex=2 addr=169.254.9.5/16\n"
	  "addr_add netns_inum=101 ifindex=2 addr=224.0.0.5/32\n"
	  "addr_add netns_inum=101 ifindex=2 addr=0.0.0.0/32\n"
	  "addr_add netns_inum=101 ifindex=2 addr=::1/128\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fe80::5/64\n"
	  "addr_add netns_inum=101 ifindex=2 addr=ff02::5/128\n",
	  "+ netns 101\n+ link eth0\n" },
	{ "their neighbours do",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=128.0.0.1/8\n"
	  "addr_add netns_inum=101 ifindex=2 addr=169.253.9.5/16\n"
	  "addr_add netns_inum=101 ifindex=2 addr=169.255.9.5/16\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fec0::5/64\n",
	  "+ netns 101\n+ link eth0\n+ 128.0.0.1/8 eth0\n+ 169.253.9.5/16 eth0\n"
	  "+ 169.255.9.5/16 eth0\n+ fec0::5/64 eth0\n" },
	{ "the node's own never count",
	  "link_add netns_inum=1 ifindex=7 ifname=veth7 link_kind=veth\n"
	  "addr_add netns_inum=1 ifindex=7 ifname=veth7 addr=10.9.0.1/24\n"
	  "addr_del netns_inum=1 ifindex=7 ifname=veth7 addr=10.9.0.1/24\n",
	  "+ link veth7\n" },
	{ "one address in two namespaces is two facts",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=102 ifindex=2 ifname=net1 addr=10.9.0.5/24\n"
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ netns 102\n"
	  "+ 10.9.0.5/24 net1\n- 10.9.0.5/24 eth0\n" },
	{ "deletions of what is not known are no news",
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_del netns_inum=101 ifindex=2\n"
	  "link_leave netns_inum=101 ifindex=2\n"
	  "link_name netns_inum=101 ifindex=2 ifname=x\n"
	  "netns_del netns_inum=101\n"
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_del netns_inum=101 ifindex=3\n",
	  "+ netns 101\n+ link eth0\n" },
};

static void follows_addresses(void **state)
{
	(void)state;
	check_all(address_stories, case_count(address_stories));
}

static const struct story link_stories[] = {
	{ "the node's own netns shows ends of pod links alone",
	  "netns_add netns_inum=1\n"
	  "link_add netns_inum=1 ifindex=2 ifname=eth0\n"
	  "link_add netns_inum=1 ifindex=3 ifname=br0 link_kind=bridge\n"
	  "link_add netns_inum=1 ifindex=4 ifname=v link_kind=veth\n"
	  "link_add netns_inum=1 ifindex=5 ifname=m link_kind=macvlan\n"
	  "link_add netns_inum=1 ifindex=6 ifname=i link_kind=ipvlan\n"
	  "link_add netns_inum=1 ifindex=7 ifname=n link_kind=netkit\n"
	  "link_del netns_inum=1 ifindex=3\n"
	  "link_del netns_inum=1 ifindex=4\n",
	  "+ link v\n+ link m\n+ link i\n+ link n\n- link v\n" },
	{ "a pod's netns shows every link",
	  "link_add netns_inum=101 ifindex=2 ifname=br0 link_kind=bridge\n"
	  "link_add netns_inum=101 ifindex=3 ifname=ens1\n",
	  "+ netns 101\n+ link br0\n+ link ens1\n" },
	{ "a move drops the addresses, and is no deletion",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64\n"
	  "link_leave netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=veth dev=1 from_inum=101\n"
	  "addr_add netns_inum=102 ifindex=2 ifname=eth0 link_kind=veth dev=1 addr=10.9.0.5/24\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n"
	  "- fd00:9::5/64 eth0\n- 10.9.0.5/24 eth0\n+ netns 102\n"
	  "> link eth0 from 101\n+ 10.9.0.5/24 eth0\n" },
	{ "a move from where nobody looked still names it",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1 from_inum=1\n",
	  "+ netns 101\n> link eth0 from 1\n" },
	{ "a new name, and back",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_name netns_inum=101 ifindex=2 ifname=net1\n"
	  "link_name netns_inum=101 ifindex=2 ifname=eth0\n"
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n~ link net1 was eth0\n"
	  "~ link eth0 was net1\n- 10.9.0.5/24 eth0\n" },
	{ "a name of full length",
	  "link_add netns_inum=101 ifindex=2 ifname=fifteen_letters\n"
	  "link_name netns_inum=101 ifindex=2 ifname=fifteen_lettera\n",
	  "+ netns 101\n+ link fifteen_letters\n"
	  "~ link fifteen_lettera was fifteen_letters\n" },
	{ "a name that was not known before is no renaming",
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_name netns_inum=101 ifindex=2 ifname=eth0\n"
	  "addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24\n",
	  "+ netns 101\n+ 10.9.0.5/24 \n- 10.9.0.5/24 eth0\n" },
	{ "another device on the same index is another link",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_add netns_inum=101 ifindex=2 ifname=net1 link_kind=veth dev=2\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n- 10.9.0.5/24 eth0\n"
	  "- link eth0\n+ link net1\n" },
	{ "a device that is learned late is the same link",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth\n"
	  "link_add netns_inum=101 ifindex=2 ifname=net1 link_kind=veth dev=2\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n- 10.9.0.5/24 eth0\n"
	  "- link eth0\n+ link net1\n" },
};

static void follows_links(void **state)
{
	(void)state;
	check_all(link_stories, case_count(link_stories));
}

static const struct story netns_stories[] = {
	{ "events come before their netns is announced",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "netns_add netns_inum=101\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n" },
	{ "an address comes before its link and its netns",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n"
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "netns_add netns_inum=101\n",
	  "+ netns 101\n+ 10.9.0.5/24 eth0\n" },
	{ "an address that does not count announces nothing",
	  "addr_add netns_inum=101 ifindex=2 addr=fe80::5/64\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64 addr_flags=0x40\n",
	  "" },
	{ "a link goes: IPv6 newest first, then IPv4 oldest first",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.4/24\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::4/64\n"
	  "link_del netns_inum=101 ifindex=2\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n"
	  "+ 10.9.0.4/24 eth0\n+ fd00:9::4/64 eth0\n- fd00:9::4/64 eth0\n"
	  "- fd00:9::5/64 eth0\n- 10.9.0.5/24 eth0\n- 10.9.0.4/24 eth0\n"
	  "- link eth0\n" },
	{ "a netns goes: IPv6 of all links first, newest link first",
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "link_add netns_inum=101 ifindex=3 ifname=net1\n"
	  "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64\n"
	  "addr_add netns_inum=101 ifindex=3 addr=10.9.1.5/24\n"
	  "addr_add netns_inum=101 ifindex=3 addr=fd00:9:1::5/64\n"
	  "netns_del netns_inum=101\n",
	  "+ netns 101\n+ link eth0\n+ link net1\n+ 10.9.0.5/24 eth0\n"
	  "+ fd00:9::5/64 eth0\n+ 10.9.1.5/24 net1\n+ fd00:9:1::5/64 net1\n"
	  "- fd00:9:1::5/64 net1\n- fd00:9::5/64 eth0\n- 10.9.1.5/24 net1\n"
	  "- link net1\n- 10.9.0.5/24 eth0\n- link eth0\n- netns 101\n" },
	{ "the node's own netns does not go",
	  "link_add netns_inum=1 ifindex=2 ifname=eth0 link_kind=veth\n"
	  "netns_del netns_inum=1\n"
	  "link_del netns_inum=1 ifindex=2\n",
	  "+ link eth0\n- link eth0\n" },
	{ "an inode is used again after its netns is gone",
	  "netns_add netns_inum=101\n"
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n"
	  "netns_del netns_inum=101\n"
	  "netns_add netns_inum=101\n"
	  "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=1\n",
	  "+ netns 101\n+ link eth0\n- link eth0\n- netns 101\n+ netns 101\n"
	  "+ link eth0\n" },
};

static void follows_namespaces(void **state)
{
	(void)state;
	check_all(netns_stories, case_count(netns_stories));
}

static void tells_namespaces_of_one_inode_apart_by_their_cookies(void **state)
{
	static const struct story story = {
		"an inode is used again before its netns is known as gone",
		"netns_add netns_inum=101 netns_cookie=7\n"
		"link_add netns_inum=101 netns_cookie=7 ifindex=2 ifname=old\n"
		"addr_add netns_inum=101 netns_cookie=7 ifindex=2 addr=10.9.0.5/24\n"
		"netns_add netns_inum=101 netns_cookie=8\n"
		"link_add netns_inum=101 netns_cookie=8 ifindex=2 ifname=new\n"
		"addr_add netns_inum=101 netns_cookie=8 ifindex=2 addr=10.9.0.5/24\n"
		"netns_del netns_inum=101 netns_cookie=7\n",
		"+ netns 101\n+ link old\n+ 10.9.0.5/24 old\n+ netns 101\n+ link new\n+ 10.9.0.5/24 new\n"
		"- 10.9.0.5/24 old\n- link old\n- netns 101\n",
	};

	(void)state;
	check(&story, false, 1);
	check(&story, false, 2);
}

static void rejects_what_is_no_event(void **state)
{
	cleanup_facts struct facts facts = { 0 };
	struct event event = { .netns_inum = 101 };

	(void)state;
	facts_open(&facts, NULL);
	assert_int_equal(state_apply(facts.state, &event), -EINVAL);
	event.kind = EVENT_KIND_COUNT;
	assert_int_equal(state_apply(facts.state, &event), -EINVAL);
	assert_string_equal(facts_told(&facts), "");
}

struct firsts {
	char text[64];
};

static void note_first(const struct fact *fact, void *ctx)
{
	struct firsts *firsts = ctx;

	if (fact->kind == FACT_IP_ASSIGNED)
		strcat(firsts->text, fact->first_of_family ? "1" : "0");
}

static void tells_the_first_address_of_each_family(void **state)
{
	static const uint32_t limits[] = { 8, 8, 8 };
	static const char *const lines[] = {
		"addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24",
		"addr_add netns_inum=101 ifindex=2 addr=10.9.0.6/24",
		"addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64",
		"addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24",
		"addr_del netns_inum=101 ifindex=2 addr=10.9.0.6/24",
		"addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24",
		"addr_add netns_inum=101 ifindex=2 addr=fd00:9::6/64",
	};
	cleanup_state struct state *it = NULL;
	struct firsts firsts = { 0 };
	struct facts facts = { 0 };

	(void)state;
	assert_int_equal(state_new(limits, note_first, &firsts, &it), 0);
	for_each_case(line, lines) {
		const struct event event = facts_event(&facts, *line, strlen(*line));

		assert_int_equal(state_apply(it, &event), 0);
	}
	assert_string_equal(firsts.text, "10100");
}

static void keeps_what_the_kernel_says(void **state)
{
	cleanup_facts struct facts facts = { 0 };
	const struct netns *netns;
	const struct link *link;
	const struct address *address;

	(void)state;
	facts_open(&facts, NULL);
	facts_apply(&facts,
		    "netns_add netns_inum=101 time_ns=11\n"
		    "link_add netns_inum=101 ifindex=2 dev=1 ifname=eth0 link_kind=veth\n"
		    "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24 scope=253 time_ns=12\n",
		    1);
	netns = inventory_find_netns(state_inventory(facts.state), 101 + FACTS_COOKIE, 101);
	assert_non_null(netns);
	assert_int_equal(netns->created_ns, 11);
	link = inventory_find_link(state_inventory(facts.state), netns, 2);
	assert_non_null(link);
	assert_string_equal(link->kind, "veth");
	assert_int_equal(link->dev, 1);
	address = link->addresses;
	assert_non_null(address);
	assert_int_equal(address->scope, 253);
	assert_int_equal(address->since_ns, 12);
	assert_ptr_equal(
		inventory_find_address(state_inventory(facts.state), link, &address->key.ip),
		address);
}

/* The first event about a netns may come long after its creation. */
static void dates_a_creation_by_nothing_else(void **state)
{
	static const char *const lines[] = {
		"link_add netns_inum=101 ifindex=2 ifname=eth0 time_ns=11\n",
		"addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24 time_ns=11\n",
	};

	(void)state;
	for_each_case(line, lines) {
		cleanup_facts struct facts facts = { 0 };

		facts_open(&facts, NULL);
		facts_apply(&facts, *line, 1);
		assert_int_equal(state_inventory(facts.state)->netns->created_ns, TIME_UNKNOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_addresses),
		cmocka_unit_test(follows_links),
		cmocka_unit_test(follows_namespaces),
		cmocka_unit_test(tells_namespaces_of_one_inode_apart_by_their_cookies),
		cmocka_unit_test(rejects_what_is_no_event),
		cmocka_unit_test(tells_the_first_address_of_each_family),
		cmocka_unit_test(keeps_what_the_kernel_says),
		cmocka_unit_test(dates_a_creation_by_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
