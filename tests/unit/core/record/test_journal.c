// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/alert/alerts.h"
#include "core/record/journal.h"

/* 2024-02-29T12:34:56Z was when the clock of the facts stood at 0. */
enum { NODE_AGE_S = 1709210096 };

/* What every line begins with, up to its number and its second. */
#define HEAD(seq, second, mono)                                                         \
	"{\"v\":1,\"seq\":" #seq ",\"ts\":\"2024-02-29T12:34:" #second ".000000000Z\"," \
	"\"mono_ns\":" #mono ",\"boot_id\":\"b\",\"node\":\"n\","

struct desk {
	struct journal journal;
	char text[65536];
	size_t size;
};

static void keep_line(const char *line, size_t size, void *ctx)
{
	struct desk *desk = ctx;

	assert_true(desk->size + size < sizeof(desk->text));
	memcpy(desk->text + desk->size, line, size);
	desk->size += size;
	desk->text[desk->size] = '\0';
}

static void desk_open(struct desk *desk)
{
	*desk = (struct desk){ .journal = { .wall_offset_ns = NODE_AGE_S * 1000000000LL,
					    .now_ns = 3000000000,
					    .node = "n",
					    .boot_id = "b",
					    .write = keep_line,
					    .ctx = desk } };
}

static void numbers_records_and_dates_them_by_both_clocks(void **state)
{
	struct record now = record_init(RECORD_AGENT_STARTED);
	struct record then = record_init(RECORD_AGENT_STOPPED);
	struct record unknown = record_init(RECORD_AGENT_GAP);
	struct desk desk;

	(void)state;
	desk_open(&desk);
	then.mono_ns = 1000000000;
	unknown.mono_ns = TIME_UNKNOWN;
	journal_put(&desk.journal, &now);
	journal_put(&desk.journal, &then);
	journal_put(&desk.journal, &unknown);
	assert_string_equal(
		desk.text,
		HEAD(1, 59, 3000000000) "\"type\":\"agent.started\"}\n" HEAD(
			2, 57,
			1000000000) "\"type\":\"agent.stopped\"}\n" HEAD(3, 59,
									 3000000000) "\"type\":\"agent.gap\"}\n");
	assert_int_equal(desk.journal.seq, 3);
	assert_int_equal(desk.journal.unwritable, 0);
}

static void leaves_no_gap_for_a_record_that_does_not_fit(void **state)
{
	cleanup_free char *message = malloc(JOURNAL_LINE_MAX + 1);
	struct record record = record_init(RECORD_AGENT_STARTED);
	struct desk desk;

	(void)state;
	assert_non_null(message);
	memset(message, 'x', JOURNAL_LINE_MAX);
	message[JOURNAL_LINE_MAX] = '\0';
	desk_open(&desk);
	record.message = message;
	journal_put(&desk.journal, &record);
	assert_int_equal(desk.journal.unwritable, 1);
	assert_string_equal(desk.text, "");

	record.message = "x";
	journal_put(&desk.journal, &record);
	assert_int_equal(desk.journal.unwritable, 1);
	assert_non_null(strstr(desk.text, "\"seq\":1,"));
}

/* ---- facts ---- */

static struct range make_range(const char *name, const char *cidr, double reserved)
{
	struct range range = { .source = "config", .reserved = reserved };

	snprintf(range.name, sizeof(range.name), "%s", name);
	assert_int_equal(prefix_parse(cidr, &range.cidr), 0);
	return range;
}

static struct range_table *make_table(const struct range *ranges, size_t count)
{
	const struct range_list list = { ranges, count };
	struct range_table *table;

	assert_int_equal(range_table_new(&list, 1, &table), 0);
	return table;
}

static const struct identity nobody = { .source = IDENTITY_NONE };

struct fact_case {
	enum fact_kind kind;
	bool is_initial;
	uint32_t from_inum;
	const char *from_name;
	const char *line; /* from its type on */
};

static void writes_each_fact_with_what_it_is_about(void **state)
{
	static const struct fact_case cases[] = {
		{ FACT_NETNS_CREATED, false, 0, NULL,
		  "netns.created\",\"netns\":101,\"netns_cookie\":7}\n" },
		{ FACT_NETNS_FREED, false, 0, NULL,
		  "netns.freed\",\"netns\":101,\"netns_cookie\":7}\n" },
		{ FACT_LINK_CREATED, true, 0, NULL,
		  "link.created\",\"netns\":101,\"netns_cookie\":7,\"ifindex\":2,"
		  "\"ifname\":\"eth0\",\"link_kind\":\"veth\",\"initial\":true}\n" },
		{ FACT_LINK_MOVED, false, 1, NULL,
		  "link.moved\",\"netns\":101,\"netns_cookie\":7,\"from_netns\":1,\"ifindex\":2,"
		  "\"ifname\":\"eth0\",\"link_kind\":\"veth\"}\n" },
		{ FACT_LINK_RENAMED, false, 0, "veth1",
		  "link.renamed\",\"netns\":101,\"netns_cookie\":7,\"ifindex\":2,"
		  "\"ifname\":\"eth0\",\"from_ifname\":\"veth1\",\"link_kind\":\"veth\"}\n" },
		{ FACT_LINK_DELETED, false, 0, NULL,
		  "link.deleted\",\"netns\":101,\"netns_cookie\":7,\"ifindex\":2,"
		  "\"ifname\":\"eth0\",\"link_kind\":\"veth\"}\n" },
	};
	const struct netns netns = { .key = { .cookie = 7, .inum = 101 } };
	const struct link link = { .key.ifindex = 2, .name = "eth0", .kind = "veth" };

	(void)state;
	for_each_case(c, cases) {
		bool has_link = c->kind != FACT_NETNS_CREATED && c->kind != FACT_NETNS_FREED;
		const struct fact fact = { .kind = c->kind,
					   .time_ns = 1000000000,
					   .netns = &netns,
					   .link = has_link ? &link : NULL,
					   .from_inum = c->from_inum,
					   .from_name = c->from_name };
		struct journal_setting setting = { .identity = &nobody };
		static const char head[] = HEAD(1, 57, 1000000000) "\"type\":\"";
		struct desk desk;

		desk_open(&desk);
		setting.is_initial = c->is_initial;
		journal_fact(&desk.journal, &fact, &setting);
		assert_memory_equal(desk.text, head, sizeof(head) - 1);
		assert_string_equal(desk.text + sizeof(head) - 1, c->line);
	}
}

static void leaves_out_what_nobody_knows(void **state)
{
	const struct netns netns = { .key = { .inum = 101 } };
	const struct link link = { .key.ifindex = 2 };
	const struct fact fact = {
		.kind = FACT_LINK_CREATED, .time_ns = TIME_UNKNOWN, .netns = &netns, .link = &link
	};
	struct desk desk;

	(void)state;
	desk_open(&desk);
	journal_fact(&desk.journal, &fact, &(struct journal_setting){ .identity = &nobody });
	assert_string_equal(desk.text,
			    HEAD(1, 59, 3000000000) "\"type\":\"link.created\",\"netns\":101,"
						    "\"ifindex\":2}\n");
}

static const struct usage usage = { .used = 41 };

static const struct {
	enum fact_kind kind;
	const char *ip;
	uint8_t prefix_len;
	struct account_note note;
	const char *line;
} address_cases[] = {
	{ FACT_IP_ASSIGNED,
	  "10.9.0.5",
	  24,
	  { .range = 0, .usage = &usage, .latency_ns = 11, .reuse_ns = 12 },
	  "\"type\":\"ip.assigned\",\"ip\":\"10.9.0.5\",\"prefix_len\":24,"
	  "\"family\":\"ipv4\",\"netns\":101,\"ifindex\":2,\"ifname\":\"eth0\","
	  "\"range\":\"pods\",\"cidr\":\"10.9.0.0/24\",\"used\":41,\"usable\":251,"
	  "\"latency_ns\":11,\"reuse_ns\":12}\n" },
	{ FACT_IP_RELEASED,
	  "10.9.0.5",
	  24,
	  { .range = 0, .usage = &usage },
	  "\"type\":\"ip.released\",\"ip\":\"10.9.0.5\",\"prefix_len\":24,"
	  "\"family\":\"ipv4\",\"netns\":101,\"ifindex\":2,\"ifname\":\"eth0\","
	  "\"range\":\"pods\",\"cidr\":\"10.9.0.0/24\",\"used\":41,\"usable\":251}\n" },
	{ FACT_IP_ASSIGNED,
	  "fd00::5",
	  64,
	  { .range = 1, .usage = &usage },
	  "\"type\":\"ip.assigned\",\"ip\":\"fd00::5\",\"prefix_len\":64,"
	  "\"family\":\"ipv6\",\"netns\":101,\"ifindex\":2,\"ifname\":\"eth0\","
	  "\"range\":\"wide\",\"cidr\":\"fd00::/16\",\"used\":41,"
	  "\"usable\":9223372036854775807}\n" }, /* more than JSON's readers count to */
	{ FACT_IP_ASSIGNED,
	  "192.0.2.5",
	  32,
	  { .range = RANGE_NONE, .usage = &usage },
	  "\"type\":\"ip.assigned\",\"ip\":\"192.0.2.5\",\"prefix_len\":32,"
	  "\"family\":\"ipv4\",\"netns\":101,\"ifindex\":2,\"ifname\":\"eth0\","
	  "\"range\":\"unranged\",\"used\":41}\n" },
};

static void writes_addresses_with_the_numbers_around_them(void **state)
{
	const struct range ranges[] = { make_range("pods", "10.9.0.0/24", 5),
					make_range("wide", "fd00::/16", 0) };
	const struct netns netns = { .key.inum = 101 };
	const struct link link = { .key.ifindex = 2, .name = "eth0" };
	cleanup_range_table struct range_table *table = make_table(ranges, 2);

	(void)state;
	for_each_case(c, address_cases) {
		struct address address = { .prefix_len = c->prefix_len };
		const struct fact fact = { .kind = c->kind,
					   .time_ns = 1000000000,
					   .netns = &netns,
					   .link = &link,
					   .address = &address };
		const struct journal_setting setting = { .ranges = table,
							 .note = &c->note,
							 .identity = &nobody };
		struct desk desk;

		assert_int_equal(ip_parse(c->ip, &address.key.ip), 0);
		desk_open(&desk);
		journal_fact(&desk.journal, &fact, &setting);
		assert_string_equal(strstr(desk.text, "\"type\":"), c->line);
	}
}

/* ---- ranges ---- */

/* "TYPE NAME CIDR USABLE\n" of each line: enough to tell them apart. */
static void summarise(const struct desk *desk, char *out, size_t size)
{
	const char *line = desk->text;
	size_t used = 0;

	out[0] = '\0';
	for (; *line; line = strchr(line, '\n') + 1) {
		char type[32], name[RANGE_NAME_SIZE], cidr[PREFIX_TEXT_SIZE];
		unsigned int usable, pods = 0;
		const char *max_pods = strstr(line, "\"max_pods\":");

		assert_int_equal(sscanf(strstr(line, "\"type\":"), "\"type\":\"%31[^\"]", type), 1);
		assert_int_equal(
			sscanf(strstr(line, "\"range\":"),
			       "\"range\":\"%63[^\"]\",\"cidr\":\"%49[^\"]\",\"usable\":%u", name,
			       cidr, &usable),
			3);
		assert_non_null(strstr(line, "\"family\":\"ipv4\""));
		assert_non_null(strstr(line, "\"reason\":\"config\""));
		if (max_pods && max_pods < strchr(line, '\n'))
			assert_int_equal(sscanf(max_pods, "\"max_pods\":%u", &pods), 1);
		used += (size_t)snprintf(out + used, size - used, "%s %s %s %u", type, name, cidr,
					 usable);
		used += (size_t)snprintf(out + used, size - used, pods ? " %u\n" : "\n", pods);
		assert_true(used < size);
	}
}

static struct range with(struct range range, enum range_scope scope, uint8_t node_prefix)
{
	range.scope = scope;
	range.node_prefix = node_prefix;
	return range;
}

static struct range with_pods(struct range range, uint32_t max_pods)
{
	range.max_pods = max_pods;
	return range;
}

static void tells_how_ranges_differ(void **state)
{
	const struct range a = make_range("a", "10.1.0.0/24", 0);
	const struct range b = make_range("b", "10.2.0.0/24", 0);
	const struct range c = make_range("c", "10.3.0.0/24", 0);
	const struct range fewer = make_range("b", "10.2.0.0/24", 6);
	const struct range renamed = make_range("x", "10.2.0.0/24", 0);
	const struct range wider = make_range("b", "10.2.0.0/23", 0);
	const struct range scoped = with(b, RANGE_SCOPE_CLUSTER, 0);
	const struct range blocks = with(b, RANGE_SCOPE_NODE, 28);
	const struct range bound = with_pods(b, 16);
	const struct {
		struct range before[3], after[3];
		size_t before_count, after_count;
		const char *want;
	} cases[] = {
		{ { a, b }, { a, b }, 2, 2, "" },
		{ { a }, { a }, 0, 1, "range.added a 10.1.0.0/24 256\n" },
		{ { a }, { a }, 1, 0, "range.removed a 10.1.0.0/24 256\n" },
		{ { b },
		  { a, b, c },
		  1,
		  3,
		  "range.added a 10.1.0.0/24 256\nrange.added c 10.3.0.0/24 256\n" },
		{ { a, b, c },
		  { b },
		  3,
		  1,
		  "range.removed a 10.1.0.0/24 256\nrange.removed c 10.3.0.0/24 256\n" },
		{ { a, b }, { a, fewer }, 2, 2, "range.changed b 10.2.0.0/24 250\n" },
		{ { b }, { bound }, 1, 1, "range.changed b 10.2.0.0/24 256 16\n" },
		{ { b }, { renamed }, 1, 1, "range.changed x 10.2.0.0/24 256\n" },
		{ { b }, { scoped }, 1, 1, "range.changed b 10.2.0.0/24 256\n" },
		{ { b }, { blocks }, 1, 1, "range.changed b 10.2.0.0/24 256\n" },
		{ { b },
		  { wider },
		  1,
		  1,
		  "range.added b 10.2.0.0/23 512\nrange.removed b 10.2.0.0/24 256\n" },
		{ { a, c },
		  { b, c },
		  2,
		  2,
		  "range.removed a 10.1.0.0/24 256\nrange.added b 10.2.0.0/24 256\n" },
	};

	(void)state;
	for_each_case(one, cases) {
		cleanup_range_table struct range_table *old = NULL, *new = NULL;
		char got[1024];
		struct desk desk;

		desk_open(&desk);
		old = make_table(one->before, one->before_count);
		new = make_table(one->after, one->after_count);
		journal_ranges(&desk.journal, old, new);
		summarise(&desk, got, sizeof(got));
		assert_string_equal(got, one->want);
	}
}

static void tells_of_alerts_that_fire_and_are_over(void **state)
{
	struct alert alert = { .kind = ALERT_RANGE_EXHAUSTED,
			       .severity = ALERT_SEVERITY_CRITICAL,
			       .range = "a",
			       .cidr = "10.1.0.0/24",
			       .level = ALERT_FIRING,
			       .message = "all gone" };
	struct desk desk;

	(void)state;
	desk_open(&desk);
	alert.since_ns = desk.journal.now_ns - 60;
	journal_alert(&desk.journal, &alert);
	assert_non_null(strstr(desk.text, "\"type\":\"alert.firing\""));
	assert_non_null(strstr(desk.text, "\"range\":\"a\",\"cidr\":\"10.1.0.0/24\""));
	assert_non_null(strstr(desk.text, "\"message\":\"all gone\""));
	assert_non_null(strstr(desk.text, "\"age_ns\":60"));
	assert_non_null(strstr(desk.text, "\"alert\":\"PodipRangeExhausted\",\"severity\":"
					  "\"critical\",\"state\":\"firing\""));

	desk_open(&desk);
	alert = (struct alert){ .kind = ALERT_AGENT_BLIND, .range = "", .cidr = "", .message = "" };
	journal_alert(&desk.journal, &alert);
	assert_non_null(strstr(desk.text, "\"type\":\"alert.resolved\""));
	assert_non_null(strstr(desk.text, "\"state\":\"resolved\""));
	assert_null(strstr(desk.text, "\"range\""));
	assert_null(strstr(desk.text, "\"message\""));
	assert_null(strstr(desk.text, "\"age_ns\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_records_and_dates_them_by_both_clocks),
		cmocka_unit_test(leaves_no_gap_for_a_record_that_does_not_fit),
		cmocka_unit_test(writes_each_fact_with_what_it_is_about),
		cmocka_unit_test(leaves_out_what_nobody_knows),
		cmocka_unit_test(writes_addresses_with_the_numbers_around_them),
		cmocka_unit_test(tells_how_ranges_differ),
		cmocka_unit_test(tells_of_alerts_that_fire_and_are_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
