// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "../record_line.h"
#include "core/record/record_event.h"

static struct record_line line;

static const struct record *read_one(const char *rest)
{
	record_line_read(1, 5000, rest, &line);
	return &line.record;
}

static void makes_the_event_that_a_record_was_told_of(void **state)
{
	static const struct {
		const char *line;
		enum event_kind kind;
		uint64_t time_ns;
		uint32_t ifindex, from;
		const char *ifname, *kind_of_link;
	} cases[] = {
		{ "'type':'netns.created','netns':101,'netns_cookie':7", EVENT_NETNS_ADD, 0, 0, 0,
		  "", "" },
		{ "'type':'netns.freed','netns':101,'netns_cookie':7", EVENT_NETNS_DEL, 5000, 0, 0,
		  "", "" },
		{ "'type':'link.created','netns':101,'netns_cookie':7,'ifindex':2,'ifname':'eth0',"
		  "'link_kind':'veth'",
		  EVENT_LINK_ADD, 5000, 2, 0, "eth0", "veth" },
		{ "'type':'link.moved','netns':101,'netns_cookie':7,'from_netns':1,'ifindex':3,"
		  "'ifname':'fifteen_letters'",
		  EVENT_LINK_ADD, 5000, 3, 1, "fifteen_letters", "" },
		{ "'type':'link.renamed','netns':101,'netns_cookie':7,'ifindex':3,'ifname':'a',"
		  "'from_ifname':'b'",
		  EVENT_LINK_NAME, 5000, 3, 0, "a", "" },
		{ "'type':'link.deleted','netns':101,'netns_cookie':7,'ifindex':3", EVENT_LINK_DEL,
		  5000, 3, 0, "", "" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct event event;

		assert_int_equal(record_event(read_one(c->line), &event), 0);
		assert_true(record_is_event(line.record.type));
		assert_int_equal(event.kind, c->kind);
		assert_int_equal(event.time_ns, c->time_ns);
		assert_int_equal(event.netns_inum, 101);
		assert_int_equal(event.netns_cookie, 7);
		assert_int_equal(event.ifindex, c->ifindex);
		assert_int_equal(event.from_inum, c->from);
		assert_string_equal(event.ifname, c->ifname);
		assert_string_equal(event.link_kind, c->kind_of_link);
	}
}

static void makes_the_event_of_an_address_and_of_its_namespaces_creation(void **state)
{
	struct event event, creation;
	struct ip ip, want;

	(void)state;
	read_one("'type':'ip.assigned','ip':'10.0.0.7','prefix_len':24,'netns':101,'ifindex':2,"
		 "'latency_ns':4000");
	assert_int_equal(record_event(&line.record, &event), 0);
	assert_int_equal(event.kind, EVENT_ADDR_ADD);
	assert_int_equal(event.prefix_len, 24);
	assert_int_equal(event.netns_cookie, 0);
	memcpy(ip.bytes, event.addr, sizeof(ip.bytes));
	assert_int_equal(ip_parse("10.0.0.7", &want), 0);
	assert_int_equal(ip_compare(&ip, &want), 0);
	creation = record_creation(&line.record, &event);
	assert_int_equal(creation.kind, EVENT_NETNS_ADD);
	assert_int_equal(creation.time_ns, 1000);
	assert_int_equal(creation.netns_inum, 101);

	read_one("'type':'ip.released','ip':'fd00::1','prefix_len':64,'netns':101,'ifindex':2");
	assert_int_equal(record_event(&line.record, &event), 0);
	assert_int_equal(event.kind, EVENT_ADDR_DEL);
}

static void refuses_what_lacks_what_its_type_has(void **state)
{
	static const char *const events[] = {
		"'type':'agent.started'",
		"'type':'some.other'",
		"'type':'netns.created'",
		"'type':'netns.created','netns':0",
		"'type':'netns.created','netns':4294967296",
		"'type':'link.created','netns':101",
		"'type':'link.created','netns':101,'ifindex':0",
		"'type':'ip.assigned','netns':101,'ifindex':2,'prefix_len':24",
		"'type':'ip.assigned','netns':101,'ifindex':2,'ip':'10.0.0'",
		"'type':'ip.assigned','netns':101,'ifindex':2,'ip':'10.0.0.1'",
		"'type':'ip.assigned','netns':101,'ifindex':2,'ip':'10.0.0.1','prefix_len':129",
		"'type':'ip.assigned','netns':101,'ip':'10.0.0.1','prefix_len':24",
	};

	(void)state;
	for_each_case(c, events) {
		struct event event = { .seq = 77 };

		assert_int_equal(record_event(read_one(*c), &event), -EINVAL);
		assert_int_equal(event.seq, 77);
	}
}

static void reads_a_range_back(void **state)
{
	static const struct {
		const char *line;
		int err;
		enum range_scope scope;
		double reserved;
		uint32_t node_prefix, max_pods;
	} cases[] = {
		{ "'range':'a','cidr':'10.0.0.0/26','usable':61,'scope':'node','reserved':3,"
		  "'max_pods':16",
		  0, RANGE_SCOPE_NODE, 3, 0, 16 },
		{ "'range':'a','cidr':'10.0.0.0/26','usable':64,'scope':'subnet','node_prefix':28",
		  0, RANGE_SCOPE_SUBNET, 0, 28, 0 },
		/* of an older agent */
		{ "'range':'a','cidr':'10.0.0.0/26','usable':61", 0, RANGE_SCOPE_CLUSTER, 3, 0, 0 },
		{ "'range':'a','cidr':'fd00::/64','usable':9223372036854775807", 0,
		  RANGE_SCOPE_CLUSTER, 0, 0, 0 },
		{ "'range':'a'", -EINVAL, 0, 0, 0, 0 },
		{ "'cidr':'10.0.0.0/26'", -EINVAL, 0, 0, 0, 0 },
		{ "'range':'a','cidr':'10.0.0.1/26','usable':1", -EINVAL, 0, 0, 0, 0 },
		{ "'range':'a','cidr':'10.0.0.0/26','usable':1,'scope':'moon'", -EINVAL, 0, 0, 0,
		  0 },
		{ "'range':'a','cidr':'10.0.0.0/26','usable':65", -EINVAL, 0, 0, 0, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = { .source = "config" };
		char text[512];

		snprintf(text, sizeof(text), "'type':'range.added',%s", c->line);
		assert_int_equal(record_range(read_one(text), &range), c->err);
		assert_string_equal(range.source, "config");
		if (c->err)
			continue;
		assert_string_equal(range.name, "a");
		assert_int_equal(range.scope, c->scope);
		assert_true(range.reserved == c->reserved);
		assert_int_equal(range.node_prefix, c->node_prefix);
		assert_int_equal(range.max_pods, c->max_pods);
	}
}

static void reads_a_call_back(void **state)
{
	static struct call call;
	enum reason reason;

	(void)state;
	read_one("'type':'cni.failed','command':'ADD','plugin':'bridge','ifname':'eth0',"
		 "'namespace':'shop','pod':'web','container_id':'c','duration_ns':3000,"
		 "'status':1,'reason':'exhausted','message':'full','count':1");
	assert_int_equal(record_call(&line.record, &call, &reason), 0);
	assert_int_equal(call.command, CALL_ADD);
	assert_int_equal(call.result, CALL_ERROR);
	assert_int_equal(call.status, 1);
	assert_int_equal(reason, REASON_EXHAUSTED);
	assert_int_equal(call.start_ns, 2000);
	assert_int_equal(call.duration_ns, 3000);
	assert_string_equal(call.plugin, "bridge");
	assert_string_equal(call.ifname, "eth0");
	assert_string_equal(call.pod.namespace, "shop");
	assert_string_equal(call.pod.name, "web");
	assert_string_equal(call.pod.container_id, "c");

	/* what the one before had does not stay */
	read_one("'type':'cni.del','command':'DEL','plugin':'bridge','duration_ns':3000");
	assert_int_equal(record_call(&line.record, &call, &reason), 0);
	assert_int_equal(call.command, CALL_DEL);
	assert_int_equal(call.result, CALL_SUCCESS);
	assert_int_equal(call.status, 0);
	assert_int_equal(reason, REASON_COUNT);
	assert_string_equal(call.pod.name, "");

	read_one("'type':'cni.failed','command':'ADD','plugin':'bridge','duration_ns':1,"
		 "'status':9,'reason':'timeout','message':'killed by signal 9, its words were not "
		 "heard'");
	assert_int_equal(record_call(&line.record, &call, &reason), 0);
	assert_int_equal(call.result, CALL_KILLED);
	read_one("'type':'cni.failed','command':'NEW','plugin':'bridge','duration_ns':1,"
		 "'reason':'other'");
	assert_int_equal(record_call(&line.record, &call, &reason), 0);
	assert_int_equal(call.command, CALL_OTHER);
}

static void refuses_calls_leaks_and_alerts_that_lack_something(void **state)
{
	static const char *const calls[] = {
		"'type':'cni.add','plugin':'bridge','duration_ns':1",
		"'type':'cni.add','command':'ADD','duration_ns':1",
		"'type':'cni.add','command':'ADD','plugin':'bridge'",
		"'type':'cni.add','command':'ADD','plugin':'bridge','duration_ns':5001",
		"'type':'cni.failed','command':'ADD','plugin':'bridge','duration_ns':1",
		"'type':'cni.failed','command':'ADD','plugin':'b','duration_ns':1,'reason':'moon'",
	};
	static const char *const leaks[] = {
		"'type':'ip.leaked','reason':'ipam_only'",
		"'type':'ip.leaked','ip':'10.0.0.1'",
		"'type':'ip.leaked','ip':'10.0.0.1','reason':'moon'",
		"'type':'ip.leaked','ip':'moon','reason':'ipam_only'",
	};
	static const char *const alerts[] = {
		"'type':'alert.firing'",
		"'type':'alert.firing','alert':'Moon'",
	};
	static struct call call;
	enum reason reason;
	struct leak leak;
	struct alert alert;

	(void)state;
	for_each_case(c, calls)
		assert_int_equal(record_call(read_one(*c), &call, &reason), -EINVAL);
	for_each_case(c, leaks)
		assert_int_equal(record_leak(read_one(*c), &leak), -EINVAL);
	for_each_case(c, alerts)
		assert_int_equal(record_alert(read_one(*c), &alert), -EINVAL);
}

static void reads_leaks_and_alerts_back(void **state)
{
	struct leak leak;
	struct alert alert;

	(void)state;
	read_one("'type':'ip.leaked','ip':'10.0.0.1','reason':'abandoned','age_ns':2000");
	assert_int_equal(record_leak(&line.record, &leak), 0);
	assert_int_equal(leak.kind, LEAK_ABANDONED);
	assert_true(leak.is_told);
	assert_true(leak.since_ns == 1000000003000);

	read_one("'type':'alert.firing','alert':'PodipRangeExhausted','range':'a',"
		 "'cidr':'10.0.0.0/26','age_ns':1000");
	assert_int_equal(record_alert(&line.record, &alert), 0);
	assert_int_equal(alert.kind, ALERT_RANGE_EXHAUSTED);
	assert_int_equal(alert.level, ALERT_FIRING);
	assert_string_equal(alert.range, "a");
	assert_string_equal(alert.cidr, "10.0.0.0/26");
	assert_int_equal(alert.since_ns, 4000);
	read_one("'type':'alert.resolved','alert':'PodipAgentBlind'");
	assert_int_equal(record_alert(&line.record, &alert), 0);
	assert_int_equal(alert.level, ALERT_OK);
	assert_string_equal(alert.range, "");
}

static void names_the_pod(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "'type':'x','namespace':'shop','pod':'web'", "shop/web" },
		{ "'type':'x','pod':'web'", "/web" },
		{ "'type':'x','namespace':'shop'", NULL },
		{ "'type':'x'", NULL },
	};
	char pod[POD_FULL_NAME_SIZE], text[512];

	(void)state;
	for_each_case(c, cases) {
		const char *got = record_pod(read_one(c->line), pod);

		assert_int_equal(!got, !c->want);
		if (got)
			assert_string_equal(got, c->want);
	}
	snprintf(text, sizeof(text), "'type':'x','namespace':'n','pod':'%0*d'",
		 POD_FULL_NAME_SIZE - 3, 1);
	assert_non_null(record_pod(read_one(text), pod));
	snprintf(text, sizeof(text), "'type':'x','namespace':'n','pod':'%0*d'",
		 POD_FULL_NAME_SIZE - 2, 1);
	assert_null(record_pod(read_one(text), pod));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_the_event_that_a_record_was_told_of),
		cmocka_unit_test(makes_the_event_of_an_address_and_of_its_namespaces_creation),
		cmocka_unit_test(refuses_what_lacks_what_its_type_has),
		cmocka_unit_test(names_the_pod),
		cmocka_unit_test(reads_a_range_back),
		cmocka_unit_test(reads_a_call_back),
		cmocka_unit_test(refuses_calls_leaks_and_alerts_that_lack_something),
		cmocka_unit_test(reads_leaks_and_alerts_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
