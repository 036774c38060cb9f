// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/state/merge.h"
#include "facts.h"
#include "stream.h"

static void read_events(struct facts *facts, const char *lines, struct diff *out)
{
	for (const char *line = lines; *line; line = strchr(line, '\n') + 1) {
		const struct event event = facts_event(facts, line, strcspn(line, "\n"));

		assert_int_equal(diff_push(out, &event), 0);
	}
}

static void write_events(FILE *out, const struct diff *diff)
{
	for (size_t i = 0; i < diff->count; i++) {
		struct event event = diff->events[i];

		event.netns_cookie = 0;
		event.source = 0;
		event.time_ns = 0;
		stream_write_event(out, &event);
	}
}

#define LINK "link_add netns_inum=101 ifindex=2 ifname=eth0 link_kind=veth dev=2\n"
#define END "link_del netns_inum=101 ifindex=2 dev=2\n"
#define ADD(at, ip) "addr_add netns_inum=" at " addr=" ip "\n"
#define DEL(at, ip) "addr_del netns_inum=" at " addr=" ip "\n"
#define ETH0 "101 ifindex=2"
#define ETH1 "101 ifindex=3"
#define OTHER "102 ifindex=2"
#define V4 "10.9.0.5/24"
#define V4_B "10.9.0.6/24"
#define V6 "fd00:9::5/64"
#define V6_B "fd00:9::6/64"

static void makes_one_order_of_a_walk_and_messages(void **state)
{
	static const struct {
		const char *text, *walk, *messages, *events;
	} cases[] = {
		{ "no messages", LINK ADD(ETH0, V4), "", LINK ADD(ETH0, V4) },
		{ "no walk", "", ADD(ETH0, V4), ADD(ETH0, V4) },
		{ "the first address was gone again by the time of the walk", LINK ADD(ETH0, V6),
		  ADD(ETH0, V4) ADD(ETH0, V6) DEL(ETH0, V4) DEL(ETH0, V6),
		  LINK ADD(ETH0, V4) ADD(ETH0, V6) DEL(ETH0, V4) DEL(ETH0, V6) },
		{ "the message of IPv6 is still to come", LINK ADD(ETH0, V4) ADD(ETH0, V6),
		  ADD(ETH0, V4), LINK ADD(ETH0, V4) ADD(ETH0, V6) },
		{ "the message of IPv6 is still to come, IPv4 was gone by the time of the walk",
		  LINK ADD(ETH0, V6), ADD(ETH0, V4) DEL(ETH0, V4),
		  LINK ADD(ETH0, V4) ADD(ETH0, V6) DEL(ETH0, V4) },
		{ "several of them, in the walk's order", ADD(ETH0, V6) ADD(ETH0, V6_B),
		  ADD(ETH0, V4) DEL(ETH0, V4) ADD(ETH0, V4_B),
		  ADD(ETH0, V4) ADD(ETH0, V6) ADD(ETH0, V6_B) DEL(ETH0, V4) ADD(ETH0, V4_B) },
		{ "several links",
		  ADD(ETH0, V4) ADD(ETH0, V6) ADD(ETH1, V6_B) ADD(OTHER, V4_B) ADD(OTHER, V6_B),
		  ADD(OTHER, V4) ADD(ETH1, V4_B) ADD(ETH0, V4) DEL(ETH1, V4_B),
		  ADD(OTHER, V4_B) ADD(OTHER, V4) ADD(ETH1, V4_B) ADD(ETH0, V4) ADD(ETH1, V6_B)
			  DEL(ETH1, V4_B) ADD(ETH0, V6) ADD(OTHER, V6_B) },
		{ "the messages began after an address came", LINK ADD(ETH0, V4) ADD(ETH0, V6),
		  ADD(ETH0, V6) DEL(ETH0, V4), LINK ADD(ETH0, V4) ADD(ETH0, V6) DEL(ETH0, V4) },
		{ "an end, and the return after it", DEL(ETH0, V4), DEL(ETH0, V4) ADD(ETH0, V4),
		  DEL(ETH0, V4) ADD(ETH0, V4) },
		{ "an end that no message tells of", DEL(ETH0, V4), ADD(ETH0, V4),
		  DEL(ETH0, V4) ADD(ETH0, V4) },
		{ "a link that was gone by the time of the walk, before its messages were read",
		  END, ADD(ETH0, V6) DEL(ETH0, V4) DEL(ETH0, V6) ADD(ETH1, V4),
		  ADD(ETH0, V6) DEL(ETH0, V4) DEL(ETH0, V6) ADD(ETH1, V4) END },
		{ "its removals alone", END, DEL(ETH0, V4) DEL(ETH0, V6),
		  DEL(ETH0, V4) DEL(ETH0, V6) END },
		{ "a link that is gone, and messages of others", END, ADD(ETH1, V4),
		  END ADD(ETH1, V4) },
		{ "a link that is gone, and another one on its index", END LINK, ADD(ETH0, V4),
		  END LINK ADD(ETH0, V4) },
		{ "the same address of another link", ADD(ETH0, V4), ADD(ETH1, V4),
		  ADD(ETH0, V4) ADD(ETH1, V4) },
		{ "the same address of another namespace", ADD(ETH0, V6), ADD(OTHER, V6),
		  ADD(ETH0, V6) ADD(OTHER, V6) },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_facts struct facts facts = { 0 };
		struct diff walk = { 0 }, messages = { 0 };
		cleanup_free char *events = NULL;
		size_t size;
		FILE *out = open_memstream(&events, &size);

		assert_non_null(out);
		facts_open(&facts, NULL);
		read_events(&facts, c->walk, &walk);
		read_events(&facts, c->messages, &messages);
		assert_int_equal(merge_walk(&walk, &messages), 0);
		write_events(out, &walk);
		write_events(out, &messages);
		fclose(out);
		if (strcmp(events, c->events) != 0)
			fail_msg("%s:\n%s-- instead of --\n%s", c->text, events, c->events);
		diff_clear(&walk);
		diff_clear(&messages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_one_order_of_a_walk_and_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
