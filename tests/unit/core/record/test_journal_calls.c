// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "core/books/leaks.h"
#include "core/pod/calls.h"
#include "core/pod/incidents.h"
#include "core/record/journal.h"

struct desk {
	struct journal journal;
	char text[16384];
};

static void keep_line(const char *line, size_t size, void *ctx)
{
	struct desk *desk = ctx;

	assert_true(size < sizeof(desk->text));
	memcpy(desk->text, line, size);
	desk->text[size] = '\0';
}

static void desk_open(struct desk *desk)
{
	*desk = (struct desk){ .journal = { .wall_offset_ns = 1709210096000000000LL,
					    .now_ns = 3000000000,
					    .node = "n",
					    .boot_id = "b",
					    .write = keep_line,
					    .ctx = desk } };
}

/* What a line says from its type on. */
static const char *told(const struct desk *desk)
{
	return strstr(desk->text, "\"type\":");
}

static const struct pod web = {
	.namespace = "shop", .name = "web-0", .uid = "8d2f3a51", .container_id = "3f9a1c5be07d"
};
#define WEB                                                                  \
	"\"namespace\":\"shop\",\"pod\":\"web-0\",\"pod_uid\":\"8d2f3a51\"," \
	"\"container_id\":\"3f9a1c5be07d\""

static struct range make_range(const char *name, const char *cidr, double reserved)
{
	struct range range = { .source = "config", .reserved = reserved };

	snprintf(range.name, sizeof(range.name), "%s", name);
	assert_int_equal(prefix_parse(cidr, &range.cidr), 0);
	return range;
}

/* ---- facts ---- */

static void tells_whose_an_address_is_and_how_long_each_phase_took(void **state)
{
	static const struct {
		uint64_t created_ns, plugin_ns, latency_ns;
		const char *phases;
	} cases[] = {
		{ 100, 400, 900, "\"latency_ns\":900,\"sandbox_ns\":300,\"plugin_ns\":600," },
		{ 100, 0, 900, "\"latency_ns\":900," },
		{ 100, 99, 900, "\"latency_ns\":900," }, /* of an earlier namespace */
		{ 100, 1001, 900, "\"latency_ns\":900," }, /* of a second network */
		{ 0, 400, 0, "" }, /* there before us */
	};
	const struct usage usage = { .used = 3 };
	const struct link link = { .key.ifindex = 2, .name = "eth0" };
	struct address address = { .prefix_len = 24 };

	(void)state;
	assert_int_equal(ip_parse("10.9.0.5", &address.key.ip), 0);
	for_each_case(c, cases) {
		const struct netns netns = { .key.inum = 101, .created_ns = c->created_ns };
		const struct fact fact = { .kind = FACT_IP_ASSIGNED,
					   .time_ns = 1000,
					   .netns = &netns,
					   .link = &link,
					   .address = &address };
		const struct account_note note = { .range = RANGE_NONE,
						   .usage = &usage,
						   .latency_ns = c->latency_ns,
						   .reuse_ns = 7,
						   .previous_pod = "shop/old" };
		const struct identity identity = { .pod = web,
						   .source = IDENTITY_CNI_CACHE,
						   .plugin_ns = c->plugin_ns };
		const struct journal_setting setting = { .note = &note, .identity = &identity };
		struct desk desk;
		char want[1024];

		desk_open(&desk);
		journal_fact(&desk.journal, &fact, &setting);
		snprintf(want, sizeof(want),
			 "\"type\":\"ip.assigned\",\"ip\":\"10.9.0.5\",\"prefix_len\":24,"
			 "\"family\":\"ipv4\",\"netns\":101,\"ifindex\":2,\"ifname\":\"eth0\","
			 "\"range\":\"unranged\",\"used\":3," WEB ",\"identity\":\"cni-cache\",%s"
			 "\"reuse_ns\":7,\"previous_pod\":\"shop/old\"}\n",
			 c->phases);
		assert_string_equal(told(&desk), want);
	}
}

/* ---- calls ---- */

static struct call make_call(enum call_command command, enum call_result result, int status)
{
	struct call call = { .command = command,
			     .result = result,
			     .status = status,
			     .start_ns = 1000000000,
			     .duration_ns = 50,
			     .plugin = "bridge",
			     .ifname = "eth0",
			     .pod = web };

	return call;
}

static void tells_how_a_call_ended(void **state)
{
	const struct range range = make_range("pods", "10.9.0.0/29", 3);
	const struct call add = make_call(CALL_ADD, CALL_SUCCESS, 0);
	const struct call del = make_call(CALL_DEL, CALL_SUCCESS, 0);
	const struct call failed = make_call(CALL_ADD, CALL_ERROR, 1);
	const struct failure full = { .has_code = true, .code = 999, .message = "none left" };
	const struct failure mute = { .message = "" };
	const struct failure long_one = { .message = "x", .is_cut = true };
	struct call cut = make_call(CALL_ADD, CALL_SUCCESS, 0);
	const struct incident incident = { .failures = 4 };
	const struct {
		struct journal_call ended;
		const char *line;
	} cases[] = {
		{ { .call = &add, .netns = 101 },
		  "\"type\":\"cni.add\",\"netns\":101,\"ifname\":\"eth0\"," WEB
		  ",\"identity\":\"cni-args\",\"plugin\":\"bridge\",\"command\":\"ADD\","
		  "\"duration_ns\":50}\n" },
		{ { .call = &add, .netns = 101, .incident = &incident },
		  "\"type\":\"cni.add\",\"netns\":101,\"ifname\":\"eth0\"," WEB
		  ",\"identity\":\"cni-args\",\"plugin\":\"bridge\",\"command\":\"ADD\","
		  "\"duration_ns\":50,\"count\":4}\n" },
		{ { .call = &del },
		  "\"type\":\"cni.del\",\"ifname\":\"eth0\"," WEB
		  ",\"identity\":\"cni-args\",\"plugin\":\"bridge\",\"command\":\"DEL\","
		  "\"duration_ns\":50}\n" },
		{ { .call = &failed,
		    .netns = 101,
		    .failure = &full,
		    .reason = REASON_EXHAUSTED,
		    .range = &range,
		    .incident = &incident },
		  "\"type\":\"cni.failed\",\"netns\":101,\"ifname\":\"eth0\","
		  "\"range\":\"pods\",\"cidr\":\"10.9.0.0/29\",\"usable\":5," WEB
		  ",\"identity\":\"cni-args\",\"plugin\":\"bridge\",\"command\":\"ADD\","
		  "\"duration_ns\":50,\"code\":999,\"status\":1,\"reason\":\"exhausted\","
		  "\"message\":\"none left\",\"count\":4}\n" },
		{ { .call = &failed, .failure = &long_one, .reason = REASON_OTHER },
		  "\"type\":\"cni.failed\",\"ifname\":\"eth0\"," WEB
		  ",\"identity\":\"cni-args\",\"plugin\":\"bridge\",\"command\":\"ADD\","
		  "\"duration_ns\":50,\"status\":1,\"reason\":\"other\",\"message\":\"x\","
		  "\"truncated\":true}\n" },
		{ { .call = &cut },
		  "\"type\":\"cni.add\",\"ifname\":\"eth0\"," WEB
		  ",\"identity\":\"cni-args\",\"plugin\":\"bridge\",\"command\":\"ADD\","
		  "\"duration_ns\":50,\"truncated\":true}\n" },
		{ { .call = &failed, .failure = &mute, .reason = REASON_OTHER },
		  "\"type\":\"cni.failed\",\"ifname\":\"eth0\"," WEB
		  ",\"identity\":\"cni-args\",\"plugin\":\"bridge\",\"command\":\"ADD\","
		  "\"duration_ns\":50,\"status\":1,\"reason\":\"other\"}\n" },
	};

	(void)state;
	cut.is_cut = true;
	for_each_case(c, cases) {
		struct desk desk;

		desk_open(&desk);
		journal_call(&desk.journal, &c->ended);
		assert_string_equal(told(&desk), c->line);
		assert_non_null(strstr(desk.text, "\"mono_ns\":1000000050,"));
	}
}

/* Every byte of them an escape of six. */
static void has_room_for_the_longest_names_and_message(void **state)
{
	struct call call = make_call(CALL_ADD, CALL_ERROR, 1);
	struct failure failure = { 0 };
	struct journal_call ended = { .call = &call, .failure = &failure };
	struct desk desk;

	(void)state;
	memset(call.pod.namespace, '\x01', sizeof(call.pod.namespace) - 1);
	memset(call.pod.name, '\x01', sizeof(call.pod.name) - 1);
	memset(call.pod.uid, '\x01', sizeof(call.pod.uid) - 1);
	memset(call.pod.container_id, '\x01', sizeof(call.pod.container_id) - 1);
	memset(call.plugin, '\x01', sizeof(call.plugin) - 1);
	memset(call.ifname, '\x01', sizeof(call.ifname) - 1);
	memset(failure.message, '\xff', sizeof(failure.message) - 1);
	desk_open(&desk);
	journal_call(&desk.journal, &ended);
	assert_int_equal(desk.journal.unwritable, 0);
	assert_int_equal(desk.journal.seq, 1);
	assert_null(strchr(desk.text, '\x01'));
}

/* ---- leaks ---- */

static void tells_leaks_with_their_age_and_what_the_books_say(void **state)
{
	const struct range range = make_range("pods", "10.9.0.0/29", 3);
	const struct lease lease = { .source = "host-local",
				     .network = "podnet",
				     .ifname = "eth0" };
	const struct {
		struct leak leak;
		bool is_over;
		const struct range *range;
		const char *line;
	} cases[] = {
		{ { .kind = LEAK_IPAM_ONLY, .lease = lease, .pod = web, .since_ns = 400 },
		  false,
		  &range,
		  "\"type\":\"ip.leaked\",\"ip\":\"10.9.0.5\",\"family\":\"ipv4\","
		  "\"ifname\":\"eth0\",\"range\":\"pods\",\"cidr\":\"10.9.0.0/29\",\"usable\":5," WEB
		  ",\"identity\":\"host-local\",\"reason\":\"ipam_only\",\"network\":\"podnet\","
		  "\"age_ns\":600}\n" },
		{ { .kind = LEAK_IPAM_ONLY, .lease = lease, .since_ns = 1001 },
		  true,
		  NULL,
		  "\"type\":\"ip.leak_cleared\",\"ip\":\"10.9.0.5\",\"family\":\"ipv4\","
		  "\"ifname\":\"eth0\",\"range\":\"unranged\",\"identity\":\"host-local\","
		  "\"reason\":\"ipam_only\",\"network\":\"podnet\",\"age_ns\":0}\n" },
		{ { .kind = LEAK_KERNEL_ONLY, .netns = 101, .since_ns = 400 },
		  false,
		  NULL,
		  "\"type\":\"ip.leaked\",\"ip\":\"10.9.0.5\",\"family\":\"ipv4\",\"netns\":101,"
		  "\"range\":\"unranged\",\"reason\":\"kernel_only\",\"age_ns\":600}\n" },
		{ { .kind = LEAK_DUPLICATE, .netns = 101, .other_netns = 102, .since_ns = 400 },
		  false,
		  NULL,
		  "\"type\":\"ip.duplicate\",\"ip\":\"10.9.0.5\",\"family\":\"ipv4\",\"netns\":101,"
		  "\"range\":\"unranged\",\"reason\":\"duplicate\",\"other_netns\":102,"
		  "\"age_ns\":600}\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct leak leak = c->leak;
		struct desk desk;

		assert_int_equal(ip_parse("10.9.0.5", &leak.ip), 0);
		desk_open(&desk);
		journal_leak(&desk.journal, &leak, c->is_over, c->range, 1000);
		assert_string_equal(told(&desk), c->line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_whose_an_address_is_and_how_long_each_phase_took),
		cmocka_unit_test(tells_how_a_call_ended),
		cmocka_unit_test(has_room_for_the_longest_names_and_message),
		cmocka_unit_test(tells_leaks_with_their_age_and_what_the_books_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
