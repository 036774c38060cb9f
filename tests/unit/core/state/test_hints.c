// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "core/state/hints.h"
#include "facts.h"

/* A state, the hints that came in, and what the walk after them found. */
struct desk {
	struct facts facts;
	struct hints hints;
	struct diff diff;
};

static void desk_open(struct desk *desk)
{
	*desk = (struct desk){ 0 };
	facts_open(&desk->facts, NULL);
}

static void desk_close(struct desk *desk)
{
	facts_close(&desk->facts);
	hints_clear(&desk->hints);
	diff_clear(&desk->diff);
}

static void each_line(struct desk *desk, const char *lines,
		      void (*take_one)(struct desk *desk, const struct event *event))
{
	for (const char *line = lines; *line; line = strchr(line, '\n') + 1) {
		const struct event event = facts_event(&desk->facts, line, strcspn(line, "\n"));

		take_one(desk, &event);
	}
}

static void add_hint(struct desk *desk, const struct event *event)
{
	hints_add(&desk->hints, event);
}

static void hear(struct desk *desk, const struct event *event)
{
	hints_heard(&desk->hints, event->netns_cookie);
}

static void add_difference(struct desk *desk, const struct event *event)
{
	assert_int_equal(diff_push(&desk->diff, event), 0);
}

static void apply_event(const struct event *event, void *ctx)
{
	struct desk *desk = ctx;

	if (event->kind == EVENT_NETNS_DEL)
		hints_gone(&desk->hints, event->netns_cookie);
	assert_int_equal(state_apply(desk->facts.state, event), 0);
}

static void resolve(struct desk *desk)
{
	desk->hints.walked_ns = UINT64_MAX;
	hints_resolve(&desk->hints, state_inventory(desk->facts.state), &desk->diff, apply_event,
		      desk);
	for (size_t i = 0; i < desk->diff.count; i++)
		apply_event(&desk->diff.events[i], desk);
	desk->diff.count = 0;
}

static const struct {
	const char *text, *known, *hints, *messages, *walk, *facts;
} cases[] = {
	{ "a namespace that came and went between two walks is known by its hints", "",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=fd00:9::5/64\n",
	  "", "",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n"
	  "- fd00:9::5/64 eth0\n- 10.9.0.5/24 eth0\n- link eth0\n- netns 101\n" },
	{ "two of them are told one after the other", "",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=102 ifindex=2 ifname=net1 addr=10.9.0.6/24\n"
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=fd00:9::5/64\n",
	  "", "",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n"
	  "- fd00:9::5/64 eth0\n- 10.9.0.5/24 eth0\n- link eth0\n- netns 101\n"
	  "+ netns 102\n+ link net1\n+ 10.9.0.6/24 net1\n"
	  "- 10.9.0.6/24 net1\n- link net1\n- netns 102\n" },
	{ "what lives is left to the walk",
	  "netns_add netns_inum=101\nlink_add netns_inum=101 ifindex=2 ifname=eth0\n",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n", "", "",
	  "+ netns 101\n+ link eth0\n" },
	{ "what the walk found new is left to it", "",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n", "",
	  "netns_add netns_inum=101\nlink_add netns_inum=101 ifindex=2 ifname=eth0\n",
	  "+ netns 101\n+ link eth0\n" },
	{ "a link came and went in a namespace that lives", "netns_add netns_inum=101\n",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=101 ifindex=1 ifname=lo addr=10.9.0.9/24\n"
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=fd00:9::5/64\n",
	  "", "",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n"
	  "- fd00:9::5/64 eth0\n- 10.9.0.5/24 eth0\n- link eth0\n" },
	{ "what the walk found gone had this address, too",
	  "netns_add netns_inum=101\nlink_add netns_inum=101 ifindex=2 ifname=eth0\n",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n", "",
	  "netns_del netns_inum=101\n",
	  "+ netns 101\n+ link eth0\n+ 10.9.0.5/24 eth0\n- 10.9.0.5/24 eth0\n- link eth0\n"
	  "- netns 101\n" },
	{ "so had a link that the walk found gone, and another had not",
	  "netns_add netns_inum=101\nlink_add netns_inum=101 ifindex=2 ifname=eth0\n"
	  "link_add netns_inum=101 ifindex=3 ifname=net1\n",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=101 ifindex=3 ifname=net1 addr=10.9.0.6/24\n",
	  "", "link_del netns_inum=101 ifindex=2\n",
	  "+ netns 101\n+ link eth0\n+ link net1\n+ 10.9.0.5/24 eth0\n- 10.9.0.5/24 eth0\n"
	  "- link eth0\n" },
	{ "what rtnetlink tells of is left to it",
	  "netns_add netns_inum=101\nlink_add netns_inum=101 ifindex=2 ifname=eth0\n",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n"
	  "addr_add netns_inum=102 ifindex=2 ifname=net1 addr=10.9.0.6/24\n",
	  "addr_del netns_inum=101 ifindex=1 addr=127.0.0.1/8\n", "netns_del netns_inum=101\n",
	  "+ netns 101\n+ link eth0\n+ netns 102\n+ link net1\n+ 10.9.0.6/24 net1\n"
	  "- 10.9.0.6/24 net1\n- link net1\n- netns 102\n- link eth0\n- netns 101\n" },
	{ "addresses that do not count make no namespace", "",
	  "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=fe80::5/64\n",
	  "addr_add netns_inum=101 ifindex=2 addr=fe80::5/64\n", "", "" },
};

static void tells_of_what_the_walk_was_too_late_for(void **state)
{
	(void)state;
	for_each_case(c, cases) {
		struct desk desk;

		desk_open(&desk);
		facts_apply(&desk.facts, c->known, 1);
		each_line(&desk, c->hints, add_hint);
		each_line(&desk, c->messages, hear);
		each_line(&desk, c->walk, add_difference);
		resolve(&desk);
		if (strcmp(facts_told(&desk.facts), c->facts) != 0)
			fail_msg("%s:\n%s", c->text, facts_told(&desk.facts));

		/* Once. */
		facts_forget(&desk.facts);
		resolve(&desk);
		assert_string_equal(facts_told(&desk.facts), "");
		desk_close(&desk);
	}
}

#define AT "netns_inum=101 ifindex=2 ifname=eth0 addr="

static void tells_first_what_came_while_the_walk_was_between_two_lists(void **state)
{
	static const struct {
		const char *text, *hints, *messages, *facts;
	} walks[] = {
		{ "IPv4 came after the walk had read its list",
		  "addr_add time_ns=7 " AT "10.9.0.5/24\naddr_add time_ns=8 " AT "fd00:9::5/64\n",
		  "", "+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n" },
		{ "IPv6 has not been hinted at yet", "addr_add time_ns=7 " AT "10.9.0.5/24\n", "",
		  "+ 10.9.0.5/24 eth0\n+ fd00:9::5/64 eth0\n" },
		{ "IPv4 came after IPv6",
		  "addr_add time_ns=7 " AT "fd00:9::5/64\naddr_add time_ns=8 " AT "10.9.0.5/24\n",
		  "", "+ fd00:9::5/64 eth0\n" },
		{ "a hint older than the walk, which knows better",
		  "addr_add time_ns=4 " AT "10.9.0.5/24\n", "", "+ fd00:9::5/64 eth0\n" },
		{ "of another link",
		  "addr_add time_ns=7 netns_inum=101 ifindex=3 addr=10.9.0.5/24\n", "",
		  "+ fd00:9::5/64 eth0\n" },
		{ "rtnetlink tells of them", "addr_add time_ns=7 " AT "10.9.0.5/24\n",
		  "addr_add netns_inum=101 ifindex=1 addr=127.0.0.1/8\n", "+ fd00:9::5/64 eth0\n" },
	};

	(void)state;
	for_each_case(c, walks) {
		struct desk desk;
		struct event event;

		desk_open(&desk);
		facts_apply(&desk.facts,
			    "netns_add netns_inum=101\n"
			    "link_add netns_inum=101 ifindex=2 ifname=eth0\n",
			    1);
		facts_forget(&desk.facts);
		desk.hints.walked_ns = 5;
		each_line(&desk, c->hints, add_hint);
		each_line(&desk, c->messages, hear);
		event = facts_event(&desk.facts, "addr_add " AT "fd00:9::5/64",
				    strlen("addr_add " AT "fd00:9::5/64"));
		hints_precede(&desk.hints, &event, apply_event, &desk);
		apply_event(&event, &desk);
		if (strcmp(facts_told(&desk.facts), c->facts) != 0)
			fail_msg("%s:\n%s", c->text, facts_told(&desk.facts));
		desk_close(&desk);
	}
}

static void takes_nothing_for_gone_that_an_incomplete_walk_did_not_see(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk);
	each_line(&desk, "addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n",
		  add_hint);
	desk.diff.is_partial = true;
	resolve(&desk);
	assert_string_equal(facts_told(&desk.facts), "");
	assert_int_equal(desk.hints.seen.count, 0); /* none waits for a walk that never comes */
	desk_close(&desk);
}

static void takes_no_hint_of_what_is_known_as_gone(void **state)
{
	static const char hint[] =
		"addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n";
	struct desk desk;

	(void)state;
	desk_open(&desk);
	each_line(&desk, hint, add_hint);
	resolve(&desk);
	facts_forget(&desk.facts);

	each_line(&desk, hint, add_hint);
	assert_int_equal(desk.hints.seen.count, 0);

	/* One that was on its way when the end was told. */
	each_line(&desk, "addr_add netns_inum=102 ifindex=2 ifname=eth0 addr=10.9.0.5/24\n",
		  add_hint);
	hints_gone(&desk.hints, 102 + FACTS_COOKIE);
	resolve(&desk);
	assert_string_equal(facts_told(&desk.facts), "");
	desk_close(&desk);
}

/* Without one that lasts, a hint may be about any netns of that inode. */
static void takes_no_hint_without_a_cookie(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk);
	desk.facts.has_no_cookies = true;
	each_line(&desk, "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n", add_hint);
	assert_int_equal(desk.hints.seen.count, 0);
	assert_int_equal(desk.hints.dropped, 0);
	desk_close(&desk);
}

static void drops_hints_beyond_its_bound_and_counts_them(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk);
	for (unsigned int i = 0; i < HINTS_MAX + 3; i++)
		each_line(&desk, "addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24\n", add_hint);
	assert_int_equal(desk.hints.seen.count, HINTS_MAX);
	assert_int_equal(desk.hints.dropped, 3);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_what_the_walk_was_too_late_for),
		cmocka_unit_test(tells_first_what_came_while_the_walk_was_between_two_lists),
		cmocka_unit_test(takes_nothing_for_gone_that_an_incomplete_walk_did_not_see),
		cmocka_unit_test(takes_no_hint_of_what_is_known_as_gone),
		cmocka_unit_test(takes_no_hint_without_a_cookie),
		cmocka_unit_test(drops_hints_beyond_its_bound_and_counts_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
