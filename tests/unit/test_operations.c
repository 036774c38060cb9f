// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "call.h"
#include "core/pod/call_counts.h"
#include "core/pod/incidents.h"
#include "loop.h"
#include "operations.h"
#include "source/kernel/object.h"
#include "source/kernel/probe.h"

#define SECOND 1000000000ULL
#define FULL                                                                       \
	"{\"code\":999,\"msg\":\"failed to allocate for range 0: no IP addresses " \
	"available in range set: 10.9.0.1-10.9.0.6\"}"

/* A node with one range, whose log is kept as text. */
struct desk {
	struct loop *loop;
	struct identities *identities;
	struct account *account;
	struct operations *operations;
	struct journal journal;
	struct reason_rule rule;
	char text[65536];
	size_t size;
	uint32_t sandbox; /* told last */
	uint64_t now_ns;
	uint32_t pid;
};

static void keep_line(const char *line, size_t size, void *ctx)
{
	struct desk *desk = ctx;

	assert_true(desk->size + size < sizeof(desk->text));
	memcpy(desk->text + desk->size, line, size);
	desk->size += size;
	desk->text[desk->size] = '\0';
}

static void on_sandbox(uint32_t netns, uint64_t time_ns, void *ctx)
{
	struct desk *desk = ctx;

	assert_int_equal(time_ns, desk->now_ns);
	desk->sandbox = netns;
}

static void use_range(struct account *account)
{
	struct range range = {
		.name = "pods", .scope = RANGE_SCOPE_NODE, .reserved = 6, .source = "cni"
	};
	const struct range_list list = { &range, 1 };
	struct range_table *table;

	assert_int_equal(prefix_parse("10.9.0.0/29", &range.cidr), 0);
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(account, table), 0);
}

static int open_desk(void **state)
{
	static struct desk desk;
	struct operations_config config = { .host_root = "", .ctx = &desk };

	desk = (struct desk){
		.now_ns = 10 * SECOND,
		.pid = 100,
		.journal = { .node = "n", .boot_id = "b", .write = keep_line, .ctx = &desk },
		.rule = { REASON_COOLDOWN, "sleepy" }
	};
	assert_int_equal(loop_new(&desk.loop), 0);
	assert_int_equal(identities_new(&desk.identities), 0);
	assert_int_equal(account_new(&desk.account), 0);
	use_range(desk.account);
	config.identities = desk.identities;
	config.account = desk.account;
	config.journal = &desk.journal;
	config.on_sandbox = on_sandbox;
	config.rules = (struct reason_rules){ &desk.rule, 1 };
	assert_int_equal(operations_open(&config, desk.loop, &desk.operations), 0);
	*state = &desk;
	return 0;
}

static int close_desk(void **state)
{
	struct desk *desk = *state;

	operations_close(desk->operations);
	account_free(desk->account);
	identities_free(desk->identities);
	loop_free(desk->loop);
	return 0;
}

/* Both usable addresses of the range are held. */
static void fill_range(struct desk *desk)
{
	static const char *const ips[] = { "10.9.0.2", "10.9.0.3" };

	for_each_case(ip, ips) {
		struct netns netns = { .is_own = true };
		struct link link = { .netns = &netns };
		struct address address = { .link = &link };
		const struct fact fact = { .kind = FACT_IP_ASSIGNED,
					   .netns = &netns,
					   .link = &link,
					   .address = &address };
		struct account_note note;

		assert_int_equal(ip_parse(*ip, &address.key.ip), 0);
		assert_int_equal(account_assigned(desk->account, &fact, &note), 0);
	}
}

/* A plugin from start to end; each try of a pod has a sandbox of its own. */
static void run(struct desk *desk, const char *command, const char *plugin, const char *text,
		uint32_t status)
{
	struct call_exec exec = { .time_ns = desk->now_ns, .pid = ++desk->pid };
	struct call_output output = { .pid = desk->pid, .size = (uint32_t)strlen(text) };
	const struct call_exit exit = { .pid = desk->pid,
					.time_ns = desk->now_ns + 5,
					.status = status };

	exec.found = (1 << CALL_FIELD_COUNT) - 1;
	snprintf(exec.command, sizeof(exec.command), "%s", command);
	snprintf(exec.container_id, sizeof(exec.container_id), "%08x", desk->pid);
	snprintf(exec.netns, sizeof(exec.netns), "/proc/self/ns/net");
	snprintf(exec.ifname, sizeof(exec.ifname), "eth0");
	snprintf(exec.args, sizeof(exec.args), "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0");
	snprintf(exec.path, sizeof(exec.path), "/opt/cni/bin");
	snprintf(exec.file, sizeof(exec.file), "/opt/cni/bin/%s", plugin);
	memcpy(output.text, text, strlen(text));
	operations_record(desk->operations, &(struct probe_record){ .exec = &exec });
	if (*text)
		operations_record(desk->operations, &(struct probe_record){ .output = &output });
	operations_record(desk->operations, &(struct probe_record){ .exit = &exit });
	desk->now_ns += 12 * SECOND;
}

static struct metrics_input measure(const struct desk *desk)
{
	struct metrics_input input = { 0 };

	operations_measure(desk->operations, &input);
	return input;
}

static size_t lines_with(const struct desk *desk, const char *text)
{
	size_t count = 0;

	for (const char *at = desk->text; (at = strstr(at, text)); at++)
		count++;
	return count;
}

static void expect_line(const struct desk *desk, const char *text)
{
	if (!strstr(desk->text, text))
		fail_msg("no '%s' in: %s", text, desk->text);
}

static void names_the_pod_of_the_namespace_when_its_plugin_starts(void **state)
{
	struct desk *desk = *state;
	struct identity identity;
	struct stat netns;

	assert_int_equal(stat("/proc/self/ns/net", &netns), 0);
	run(desk, "ADD", "bridge", "", 0);
	assert_int_equal(desk->sandbox, netns.st_ino);
	identities_find(desk->identities, (uint32_t)netns.st_ino, NULL, &identity);
	assert_string_equal(identity.pod.name, "web-0");
	assert_int_equal(identity.source, IDENTITY_CNI_ARGS);
	assert_int_equal(identity.plugin_ns, 10 * SECOND);
	expect_line(desk, "\"type\":\"cni.add\"");
	expect_line(desk, "\"command\":\"ADD\",\"duration_ns\":5}");
	assert_int_equal(measure(desk).waiting, 0);

	/* The next sandbox has the inode of the one that is gone: nothing of that one is left. */
	run(desk, "ADD", "bridge", "", 0);
	identities_find(desk->identities, (uint32_t)netns.st_ino, NULL, &identity);
	assert_string_equal(identity.pod.container_id, "00000066");
	assert_int_equal(identity.plugin_ns, 22 * SECOND);
	assert_int_equal(identities_stats(desk->identities).disagreements, 0);
}

static void tells_a_pod_that_fails_once_and_how_it_ends(void **state)
{
	struct desk *desk = *state;

	for (int i = 0; i < 4; i++) {
		run(desk, "ADD", "bridge", FULL, 1 << 8);
		run(desk, "DEL", "bridge", "", 0);
	}
	assert_int_equal(lines_with(desk, "\"type\":\"cni.failed\""), 1);
	assert_int_equal(lines_with(desk, "\"type\":\"cni.del\""), 0);
	expect_line(desk, "\"range\":\"pods\",\"cidr\":\"10.9.0.0/29\"");
	expect_line(desk,
		    "\"code\":999,\"status\":1,\"reason\":\"exhausted\",\"message\":\"failed to "
		    "allocate for range 0: no IP addresses available in range set: "
		    "10.9.0.1-10.9.0.6\",\"count\":1}");
	assert_int_equal(measure(desk).waiting, 1);
	assert_int_equal(measure(desk).call_counts->failures[REASON_EXHAUSTED], 4);
	assert_int_equal(measure(desk).call_counts->incident_count, 1);
	assert_int_equal(measure(desk).call_counts->incidents[0].count, 1);
	assert_string_equal(measure(desk).call_counts->incidents[0].range, "pods");

	run(desk, "ADD", "bridge", "{}", 0);
	expect_line(desk, "\"type\":\"cni.add\"");
	expect_line(desk, "\"duration_ns\":5,\"count\":4}");
	assert_int_equal(measure(desk).waiting, 0);
	run(desk, "DEL", "bridge", "", 0);
	assert_int_equal(lines_with(desk, "\"type\":\"cni.del\""), 1);
}

static void tells_again_when_the_reason_is_another_one(void **state)
{
	struct desk *desk = *state;

	run(desk, "ADD", "bridge", FULL, 1 << 8);
	run(desk, "ADD", "bridge", "{\"code\":11,\"msg\":\"a sleepy address\"}", 1 << 8);
	assert_int_equal(lines_with(desk, "\"type\":\"cni.failed\""), 2);
	expect_line(desk, "\"code\":11,\"status\":1,\"reason\":\"cooldown\"");
	assert_int_equal(measure(desk).call_counts->incident_count, 1);
}

/* Where the words cannot be heard. */
static void classifies_by_exit_and_state_what_said_nothing(void **state)
{
	static const struct {
		bool is_full;
		const char *command;
		uint32_t status;
		const char *want;
	} cases[] = {
		{ false, "ADD", 1 << 8,
		  "\"status\":1,\"reason\":\"other\",\"message\":\"exit status 1, its words were not "
		  "heard\"" },
		{ false, "ADD", 9,
		  "\"status\":9,\"reason\":\"timeout\",\"message\":\"killed by signal 9, its words "
		  "were not heard\"" },
		{ true, "ADD", 1 << 8, "\"status\":1,\"reason\":\"exhausted\"" },
		{ true, "DEL", 1 << 8, "\"status\":1,\"reason\":\"other\"" },
	};

	for_each_case(c, cases) {
		struct desk *desk = *state;

		if (c->is_full)
			fill_range(desk);
		run(desk, c->command, "bridge", "", c->status);
		expect_line(desk, c->want);
		assert_int_equal(lines_with(desk, "\"range\":\"pods\""),
				 c->is_full && !strcmp(c->command, "ADD"));
		close_desk(state);
		open_desk(state);
	}
}

/* bridge succeeds each time before portmap fails. */
static void keeps_the_incident_of_a_chain_until_what_failed_succeeds(void **state)
{
	struct desk *desk = *state;

	for (int i = 0; i < 3; i++) {
		run(desk, "ADD", "bridge", "", 0);
		run(desk, "ADD", "portmap", "{\"code\":999,\"msg\":\"no iptables\"}", 1 << 8);
	}
	assert_int_equal(lines_with(desk, "\"type\":\"cni.failed\""), 1);
	assert_int_equal(lines_with(desk, "\"type\":\"cni.add\""), 1); /* before anything failed */
	assert_int_equal(measure(desk).call_counts->incident_count, 1);
	run(desk, "ADD", "bridge", "", 0);
	run(desk, "ADD", "portmap", "", 0);
	assert_int_equal(lines_with(desk, "\"type\":\"cni.add\""), 2);
	expect_line(desk,
		    "\"plugin\":\"portmap\",\"command\":\"ADD\",\"duration_ns\":5,\"count\":3}");
}

/* While others go on failing, which they do for as long as a range is full. */
static void forgets_a_pod_that_is_not_tried_any_more(void **state)
{
	struct desk *desk = *state;

	run(desk, "ADD", "bridge", FULL, 1 << 8);
	operations_expire(desk->operations, 10 * SECOND + INCIDENT_FORGET_NS);
	assert_int_equal(measure(desk).waiting, 1);
	operations_expire(desk->operations, 11 * SECOND + INCIDENT_FORGET_NS);
	assert_int_equal(measure(desk).waiting, 0);

	/* Tried again an hour later it is a new incident. */
	run(desk, "ADD", "bridge", FULL, 1 << 8);
	assert_int_equal(measure(desk).call_counts->incidents[0].count, 2);
}

static void tells_as_degraded_that_plugins_are_not_heard(void **state)
{
	static const struct object hearing = { .capture = CAPTURE_FENTRY },
				   deaf = { .capture = CAPTURE_NONE, .capture_limit = "no way" };
	static const struct {
		const struct object *object; /* NULL: not even their runs */
		bool is_degraded;
		const char *why, *capture;
	} cases[] = {
		{ NULL, true, "no run of a CNI plugin is heard", "none" },
		{ &hearing, false, NULL, "fentry" },
		{ &deaf, true, "what CNI plugins say is not heard", "none" },
	};
	struct desk *desk = *state;
	const struct operations_config config = { .host_root = "",
						  .identities = desk->identities,
						  .account = desk->account,
						  .journal = &desk->journal };

	for_each_case(c, cases) {
		cleanup_operations struct operations *operations = NULL;
		struct metrics_input input = { 0 };
		const struct metrics_degradation *it = input.degradations;

		assert_int_equal(operations_open(&config, desk->loop, &operations), 0);
		if (c->object)
			assert_int_equal(operations_listen(operations, c->object), 0);
		operations_check(operations);
		operations_measure(operations, &input);
		assert_int_equal(input.degradation_count, 1);
		assert_string_equal(it->what, "capture");
		assert_null(it->capability);
		assert_int_equal(it->is_degraded, c->is_degraded);
		if (c->why)
			assert_non_null(strstr(it->why, c->why));
		assert_string_equal(input.capture, c->capture);
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_the_pod_of_the_namespace_when_its_plugin_starts),
		TEST(tells_a_pod_that_fails_once_and_how_it_ends),
		TEST(tells_again_when_the_reason_is_another_one),
		TEST(classifies_by_exit_and_state_what_said_nothing),
		TEST(forgets_a_pod_that_is_not_tried_any_more),
		TEST(tells_as_degraded_that_plugins_are_not_heard),
		TEST(keeps_the_incident_of_a_chain_until_what_failed_succeeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
