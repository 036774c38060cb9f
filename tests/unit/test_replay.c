// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "core/metrics/metrics.h"
#include "record_line.h"
#include "replay.h"

#define MS 1000000ULL
#define S (1000 * MS)

struct world {
	struct replay *replay;
	uint64_t seq, now_ns;
	char *metrics;
};

static void world_close(struct world *world)
{
	replay_free(world->replay);
	free(world->metrics);
}
#define cleanup_world __attribute__((__cleanup__(world_close)))

static int tell(struct world *world, const char *rest)
{
	struct record_line line;

	if (!world->replay)
		assert_int_equal(replay_new(NULL, &world->replay), 0);
	world->now_ns += MS;
	record_line_read(++world->seq, world->now_ns, rest, &line);
	return replay_record(world->replay, &line.record);
}

static void tell_all(struct world *world, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(tell(world, lines[i]), 0);
}
#define tell_these(world, ...)                                              \
	do {                                                                \
		const char *const these[] = { __VA_ARGS__ };                \
		tell_all((world), these, sizeof(these) / sizeof(these[0])); \
	} while (0)

static const struct replay_stats *stats_of(const struct world *world)
{
	return replay_stats(world->replay);
}

/* All that is told now. */
static const char *metrics(struct world *world)
{
	struct metrics_input input;
	size_t size;
	FILE *out;

	free(world->metrics);
	out = open_memstream(&world->metrics, &size);
	assert_non_null(out);
	replay_measure(world->replay, (int64_t)(world->now_ns + 1000 * S), &input);
	metrics_write(&input, EXPOSITION_TEXT, out);
	fclose(out);
	return world->metrics;
}

static void expect(struct world *world, const char *sample)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "\n%s\n", sample);
	if (!strstr(metrics(world), whole))
		fail_msg("no '%s' in\n%s", sample, world->metrics);
}

static void expect_none(struct world *world, const char *sample)
{
	if (strstr(metrics(world), sample))
		fail_msg("'%s' in\n%s", sample, world->metrics);
}

static const char started[] = "'type':'agent.started','message':'9.8.7 abcdef','backend':'fentry'";
static const char range[] = "'type':'range.added','range':'a','cidr':'10.0.0.0/24','usable':251,"
			    "'reserved':5,'scope':'subnet','reason':'config'";
static const char host[] = "'type':'link.created','netns':1,'netns_cookie':3,'ifindex':9,"
			   "'ifname':'v1','link_kind':'veth'";
static const char born[] = "'type':'netns.created','netns':101,'netns_cookie':7";
static const char made[] = "'type':'link.created','netns':101,'netns_cookie':7,'ifindex':2,"
			   "'ifname':'eth0','link_kind':'veth'";
#define ADDRESS(type, rest)                                                              \
	"'type':'" type "','ip':'10.0.0.5','prefix_len':24,'family':'ipv4','netns':101," \
	"'netns_cookie':7,'ifindex':2,'ifname':'eth0','link_kind':'veth','range':'a',"   \
	"'cidr':'10.0.0.0/24'," rest

static void counts_what_the_log_tells(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, started, range, host, born, made,
		   ADDRESS("ip.assigned", "'used':1,'pod':'web','latency_ns':3000000"),
		   ADDRESS("ip.released", "'used':0,'pod':'web'"),
		   ADDRESS("ip.assigned", "'used':1,'reuse_ns':1000000,'previous_pod':'/web'"));
	expect(&world, "podip_range_info{range=\"a\",cidr=\"10.0.0.0/24\",family=\"ipv4\","
		       "scope=\"subnet\",source=\"config\"} 1");
	expect(&world, "podip_range_used_addresses{range=\"a\",cidr=\"10.0.0.0/24\","
		       "family=\"ipv4\"} 1");
	expect(&world, "podip_addresses_assigned_total{range=\"a\",cidr=\"10.0.0.0/24\","
		       "family=\"ipv4\"} 2");
	expect(&world, "podip_address_assign_duration_seconds_sum{family=\"ipv4\"} 0.003");
	expect(&world, "podip_address_assign_duration_seconds_count{family=\"ipv4\"} 1");
	expect(&world, "podip_address_reuse_interval_seconds_sum{range=\"a\","
		       "cidr=\"10.0.0.0/24\",family=\"ipv4\"} 0.001");
	expect(&world, "podip_network_namespaces 1");
	expect(&world, "podip_table_entries{table=\"links\"} 2");
	expect(&world, "podip_event_log_records_total 8");
	expect(&world, "podip_build_info{version=\"9.8.7\",revision=\"abcdef\"} 1");
	expect(&world, "podip_probe_backend_info{backend=\"fentry\"} 1");
	expect_none(&world, "process_");
	expect_none(&world, "podip_source_");
	assert_int_equal(stats_of(&world)->differing, 0);
	assert_int_equal(stats_of(&world)->incomplete, 0);
}

static void knows_namespaces_apart_that_have_one_inode_in_turn(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, started, range, born, made,
		   ADDRESS("ip.assigned", "'used':1,'latency_ns':1000000"),
		   ADDRESS("ip.released", "'used':0"),
		   "'type':'netns.freed','netns':101,'netns_cookie':7",
		   "'type':'netns.created','netns':101,'netns_cookie':8",
		   "'type':'ip.assigned','ip':'10.0.0.6','prefix_len':24,'netns':101,"
		   "'netns_cookie':8,'ifindex':2,'used':1,'latency_ns':2000000");
	expect(&world, "podip_address_assign_duration_seconds_count{family=\"ipv4\"} 2");
	expect(&world, "podip_address_assign_duration_seconds_sum{family=\"ipv4\"} 0.003");
}

static void empties_what_was_known_where_an_agent_starts(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, started, range, born, made, ADDRESS("ip.assigned", "'used':1"),
		   "'type':'agent.gap','reason':'killed'", started, range,
		   "'type':'netns.created','netns':101,'netns_cookie':7,'initial':true",
		   ADDRESS("ip.assigned", "'used':1,'initial':true"));
	expect(&world, "podip_addresses_assigned_total{range=\"a\",cidr=\"10.0.0.0/24\","
		       "family=\"ipv4\"} 1");
	expect(&world, "podip_network_namespaces 1");
	/* the gap is told by the agent that starts */
	expect(&world, "podip_event_log_records_total 5");
	assert_int_equal(stats_of(&world)->starts, 2);
	assert_int_equal(stats_of(&world)->differing, 0);
}

static void keeps_the_past_of_its_forecasts_over_a_restart(void **state)
{
	static const char headroom[] = "podip_range_headroom_addresses{range=\"a\"";
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, started, range, born, made);
	for (unsigned int i = 0; i < 200; i++) {
		char text[512];

		snprintf(text, sizeof(text),
			 "'type':'ip.assigned','ip':'10.0.0.%u','prefix_len':24,'netns':101,"
			 "'netns_cookie':7,'ifindex':2,'used':%u",
			 i + 1, i + 1);
		world.now_ns += 2 * S;
		assert_int_equal(tell(&world, text), 0);
	}
	assert_int_equal(stats_of(&world)->differing, 0);
	assert_non_null(strstr(metrics(&world), headroom));
	tell_these(&world, "'type':'agent.stopped'", started, range);
	assert_non_null(strstr(metrics(&world), headroom));
	assert_non_null(strstr(world.metrics, "podip_range_used_addresses{range=\"a\","
					      "cidr=\"10.0.0.0/24\",family=\"ipv4\"} 0"));
}

static void survives_an_agent_that_starts_without_ranges(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, started, range, born, made, ADDRESS("ip.assigned", "'used':1"), started,
		   "'type':'netns.created','netns':101,'netns_cookie':7,'initial':true", made,
		   ADDRESS("ip.assigned", "'prefix_len':24"));
	expect_none(&world, "podip_range_headroom_addresses{");
	/* they come later, and go again */
	tell_these(&world, range, ADDRESS("ip.released", "'used':0"));
	assert_non_null(strstr(metrics(&world), "podip_range_headroom_addresses{range=\"a\""));
	tell_these(&world, "'type':'range.removed','range':'a','cidr':'10.0.0.0/24','usable':251",
		   ADDRESS("ip.assigned", "'prefix_len':24"));
	expect_none(&world, "podip_range_headroom_addresses{");
}

static void notices_records_that_do_not_follow_from_those_before(void **state)
{
	static const char *const wrong[] = {
		ADDRESS("ip.assigned", "'used':2"),
		ADDRESS("ip.assigned", "'used':1,'reuse_ns':5"),
		ADDRESS("ip.assigned", "'used':1,'latency_ns':9000000000"),
		ADDRESS("ip.released", "'used':0"),
		"'type':'netns.created','netns':101,'netns_cookie':7",
		"'type':'netns.freed','netns':102,'netns_cookie':8",
		"'type':'link.deleted','netns':101,'netns_cookie':7,'ifindex':3",
		"'type':'link.renamed','netns':101,'netns_cookie':7,'ifindex':3,'ifname':'x'",
	};

	(void)state;
	for_each_case(c, wrong) {
		cleanup_world struct world world = { 0 };

		tell_these(&world, started, range, born, made, *c,
			   "'type':'netns.created','netns':103,'netns_cookie':9");
		if (stats_of(&world)->differing != 1)
			fail_msg("not noticed: %s", *c);
		assert_int_equal(stats_of(&world)->first_differing, 5);
	}
}

static void says_nothing_against_a_log_that_begins_in_the_middle(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, ADDRESS("ip.released", "'used':3"), made,
		   ADDRESS("ip.assigned", "'used':3"));
	assert_int_equal(stats_of(&world)->differing, 0);
	assert_int_equal(stats_of(&world)->starts, 0);
	expect(&world, "podip_network_namespaces 1");
	expect(&world, "podip_addresses_assigned_total{range=\"unranged\",cidr=\"\","
		       "family=\"ipv4\"} 1");
}

static void counts_what_the_agent_left_out_in_a_storm(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, "\"type\":\"agent.started\"",
		   "\"type\":\"netns.created\",\"count\":1234,\"coalesced\":true",
		   "\"type\":\"cni.add\",\"count\":6,\"coalesced\":true");
	assert_int_equal(stats_of(&world)->coalesced, 1240);
	assert_int_equal(stats_of(&world)->incomplete, 0);
	assert_int_equal(stats_of(&world)->differing, 0);
}

static void counts_what_is_missing_by_number_and_what_is_incomplete(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, started, born);
	world.seq += 10;
	tell_these(&world, "'type':'link.created','netns':101", "'type':'new.thing'",
		   "'type':'cni.add'", "'type':'range.added','range':'a'", "'type':'events.lost'");
	assert_int_equal(stats_of(&world)->missing, 10);
	assert_int_equal(stats_of(&world)->incomplete, 4);
	assert_int_equal(stats_of(&world)->types[RECORD_TYPE_COUNT], 1);
	assert_int_equal(stats_of(&world)->records, 7);
}

static void refuses_two_nodes_unless_one_is_named(void **state)
{
	static const char other[] =
		"'node':'m','type':'netns.created','netns':102,'netns_cookie':8";
	cleanup_world struct world world = { 0 }, one = { 0 };

	(void)state;
	tell_these(&world, started, born);
	assert_int_equal(tell(&world, other), -EXDEV);
	assert_string_equal(stats_of(&world)->node, "n");

	assert_int_equal(replay_new("m", &one.replay), 0);
	tell_these(&one, started, born, other);
	assert_int_equal(stats_of(&one)->records, 1);
	assert_string_equal(stats_of(&one)->node, "m");
	expect(&one, "podip_network_namespaces 1");
}

static void follows_links_that_move(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, started, host, born, made,
		   /* the other end, made inside, goes to the node under the same index */
		   "'type':'link.created','netns':101,'netns_cookie':7,'ifindex':3,'ifname':'v2',"
		   "'link_kind':'veth'",
		   "'type':'link.moved','netns':1,'netns_cookie':3,'from_netns':101,'ifindex':3,"
		   "'ifname':'v2','link_kind':'veth'");
	expect(&world, "podip_table_entries{table=\"links\"} 3");
	/* and back under another one: its name finds it */
	tell_these(&world, "'type':'link.moved','netns':101,'netns_cookie':7,'from_netns':1,"
			   "'ifindex':12,'ifname':'v2','link_kind':'veth'");
	expect(&world, "podip_table_entries{table=\"links\"} 3");
	assert_int_equal(stats_of(&world)->differing, 0);
	tell_these(&world, "'type':'link.deleted','netns':101,'netns_cookie':7,'ifindex':12",
		   "'type':'link.deleted','netns':101,'netns_cookie':7,'ifindex':2",
		   "'type':'netns.freed','netns':101,'netns_cookie':7");
	assert_int_equal(stats_of(&world)->differing, 0);
	expect(&world, "podip_network_namespaces 0");
	expect(&world, "podip_table_entries{table=\"netns\"} 1");
	expect(&world, "podip_table_entries{table=\"links\"} 1");
}

static void follows_ranges_that_come_change_and_go(void **state)
{
	cleanup_world struct world world = { 0 };

	(void)state;
	tell_these(&world, started, range, born, made, ADDRESS("ip.assigned", "'used':1"),
		   "'type':'range.added','range':'b','cidr':'10.0.0.0/28','usable':16,"
		   "'scope':'node','max_pods':8,'reason':'cni'",
		   "'type':'range.changed','range':'a2','cidr':'10.0.0.0/24','usable':256,"
		   "'scope':'cluster','node_prefix':28,'reason':'node'");
	expect(&world, "podip_range_used_addresses{range=\"b\",cidr=\"10.0.0.0/28\","
		       "family=\"ipv4\"} 1");
	expect(&world, "podip_range_used_addresses{range=\"a2\",cidr=\"10.0.0.0/24\","
		       "family=\"ipv4\"} 1");
	expect(&world, "podip_range_node_blocks_capacity{range=\"a2\",cidr=\"10.0.0.0/24\","
		       "family=\"ipv4\"} 16");
	expect(&world, "podip_node_block_info{range=\"a2\",block=\"10.0.0.0/28\","
		       "family=\"ipv4\"} 1");
	expect(&world, "podip_node_max_pods 8");
	tell_these(&world, "'type':'range.removed','range':'b','cidr':'10.0.0.0/28','usable':16");
	expect_none(&world, "range=\"b\"");
	expect(&world, "podip_addresses_assigned_total{range=\"a2\",cidr=\"10.0.0.0/24\","
		       "family=\"ipv4\"} 1");
	expect_none(&world, "podip_node_max_pods 8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_the_log_tells),
		cmocka_unit_test(knows_namespaces_apart_that_have_one_inode_in_turn),
		cmocka_unit_test(empties_what_was_known_where_an_agent_starts),
		cmocka_unit_test(keeps_the_past_of_its_forecasts_over_a_restart),
		cmocka_unit_test(survives_an_agent_that_starts_without_ranges),
		cmocka_unit_test(notices_records_that_do_not_follow_from_those_before),
		cmocka_unit_test(says_nothing_against_a_log_that_begins_in_the_middle),
		cmocka_unit_test(counts_what_the_agent_left_out_in_a_storm),
		cmocka_unit_test(counts_what_is_missing_by_number_and_what_is_incomplete),
		cmocka_unit_test(refuses_two_nodes_unless_one_is_named),
		cmocka_unit_test(follows_links_that_move),
		cmocka_unit_test(follows_ranges_that_come_change_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
