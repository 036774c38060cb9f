// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/pod/calls.h"

#define UID "8d2f3a51-7c1e-4f0b-9f58-0a6f1f0c2b77"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define BIT(field) (1U << (field))

/* What a runtime asks for; tests spoil it. */
static struct call_exec usual(uint32_t pid)
{
	return (struct call_exec){
		.time_ns = 1000,
		.pid = pid,
		.found = BIT(CALL_FILE) - 1,
		.command = "ADD",
		.container_id = "5d0e2b7c4a91",
		.netns = "/var/run/netns/cni-1b2c",
		.ifname = "eth0",
		.args = "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=" UID
			";K8S_POD_INFRA_CONTAINER_ID=f00d",
		.path = "/opt/cni/bin",
		.file = "/opt/cni/bin/bridge",
	};
}

static const struct call *leave(struct calls *calls, uint32_t pid)
{
	return calls_exit(calls, &(struct call_exit){ .time_ns = 2000, .pid = pid });
}

/* A call's values, what is left out as "-". */
static const char *describe(const struct call *call)
{
	static char text[sizeof(struct pod) + 512];
	const char *const values[] = {
		call->plugin,		call->ifname,	call->netns,
		call->pod.namespace,	call->pod.name, call->pod.uid,
		call->pod.container_id,
	};
	size_t used = (size_t)snprintf(text, sizeof(text), "%s", call_command_name(call->command));

	for_each_case(value, values)
		used += (size_t)snprintf(text + used, sizeof(text) - used, " %s",
					 **value ? *value : "-");
	return text;
}

static int setup(void **state)
{
	struct calls *calls = NULL;

	assert_int_equal(calls_new(&calls), 0);
	*state = calls;
	return 0;
}

static int teardown(void **state)
{
	calls_free(*state);
	return 0;
}

static void leaves_a_cut_value_out_and_says_so(void **state)
{
	static const struct {
		unsigned int cut;
		const char *want;
	} cases[] = {
		{ 0, "ADD bridge eth0 /var/run/netns/cni-1b2c shop web-0 " UID " 5d0e2b7c4a91" },
		{ BIT(CALL_COMMAND),
		  "other bridge eth0 /var/run/netns/cni-1b2c shop web-0 " UID " 5d0e2b7c4a91" },
		{ BIT(CALL_CONTAINER_ID),
		  "ADD bridge eth0 /var/run/netns/cni-1b2c shop web-0 " UID " -" },
		{ BIT(CALL_NETNS), "ADD bridge eth0 - shop web-0 " UID " 5d0e2b7c4a91" },
		{ BIT(CALL_IFNAME),
		  "ADD bridge - /var/run/netns/cni-1b2c shop web-0 " UID " 5d0e2b7c4a91" },
		{ BIT(CALL_ARGS),
		  "ADD bridge eth0 /var/run/netns/cni-1b2c shop web-0 " UID " 5d0e2b7c4a91" },
		{ BIT(CALL_PATH),
		  "ADD bridge eth0 /var/run/netns/cni-1b2c shop web-0 " UID " 5d0e2b7c4a91" },
		{ BIT(CALL_FILE),
		  "ADD unknown eth0 /var/run/netns/cni-1b2c shop web-0 " UID " 5d0e2b7c4a91" },
		{ BIT(CALL_FIELD_COUNT) - 1, "other unknown - - shop web-0 " UID " -" },
	};
	uint64_t cut = 0;

	for_each_case(c, cases) {
		struct call_exec exec = usual(100);
		const struct call *call;

		print_message("  %#x\n", c->cut);
		exec.cut = (uint16_t)c->cut;
		call = calls_exec(*state, &exec);
		assert_non_null(call);
		assert_string_equal(describe(call), c->want);
		assert_int_equal(call->is_cut, c->cut != 0);
		cut += c->cut != 0;
		assert_int_equal(calls_stats(*state).cut, cut);
		assert_ptr_equal(leave(*state, 100), call);
	}
}

static void takes_a_value_without_an_end_for_a_cut_one(void **state)
{
	struct call_exec exec = usual(100);
	const struct call *call;

	memset(exec.command, 'A', sizeof(exec.command));
	memset(exec.container_id, 'b', sizeof(exec.container_id));
	memset(exec.netns, 'c', sizeof(exec.netns));
	memset(exec.ifname, 'd', sizeof(exec.ifname));
	memset(exec.path, 'e', sizeof(exec.path));
	memset(exec.file, 'f', sizeof(exec.file));
	memset(exec.args, ';', sizeof(exec.args));
	memcpy(exec.args, "K8S_POD_NAME=x", strlen("K8S_POD_NAME=x"));
	memcpy(exec.args + sizeof(exec.args) - 14, "K8S_POD_NAME=y", 14);
	call = calls_exec(*state, &exec);
	assert_non_null(call);
	assert_string_equal(describe(call), "other unknown - - - x - -");
	assert_true(call->is_cut);
}

static void takes_values_that_just_fit(void **state)
{
	struct call_exec exec = usual(100);
	const struct call *call;

	memset(exec.container_id, 'b', sizeof(exec.container_id) - 1);
	memset(exec.netns, 'c', sizeof(exec.netns) - 1);
	memset(exec.ifname, 'd', sizeof(exec.ifname) - 1);
	call = calls_exec(*state, &exec);
	assert_non_null(call);
	assert_string_equal(call->pod.container_id, exec.container_id);
	assert_string_equal(call->netns, exec.netns);
	assert_string_equal(call->ifname, exec.ifname);
	assert_false(call->is_cut);
}

static void never_merges_calls_by_half_a_key(void **state)
{
	static const enum call_field fields[] = { CALL_COMMAND, CALL_CONTAINER_ID, CALL_IFNAME };

	for_each_case(field, fields) {
		struct call_exec exec = usual(100);

		exec.cut = (uint16_t)BIT(*field);
		assert_non_null(calls_exec(*state, &exec));
		/* the same process: its own call */
		assert_null(calls_exec(*state, &exec));
		exec.pid = 101;
		assert_non_null(calls_exec(*state, &exec));
		assert_non_null(leave(*state, 100));
		assert_non_null(leave(*state, 101));
	}
	assert_int_equal(calls_stats(*state).forgotten, 0);
}

static void never_looks_behind_the_end_of_a_value(void **state)
{
	const struct call_exec clean = usual(100);
	struct call_exec exec;
	const struct call *call;

	memset(&exec, 0x5a, sizeof(exec));
	exec.time_ns = 2000;
	exec.pid = 101;
	exec.cut = 0;
	exec.found = clean.found;
	snprintf(exec.command, sizeof(exec.command), "%s", clean.command);
	snprintf(exec.container_id, sizeof(exec.container_id), "%s", clean.container_id);
	snprintf(exec.netns, sizeof(exec.netns), "%s", clean.netns);
	snprintf(exec.ifname, sizeof(exec.ifname), "%s", clean.ifname);
	snprintf(exec.args, sizeof(exec.args), "%s", clean.args);
	snprintf(exec.path, sizeof(exec.path), "%s", clean.path);
	snprintf(exec.file, sizeof(exec.file), "%s", clean.file);
	assert_non_null(calls_exec(*state, &clean));
	assert_null(calls_exec(*state, &exec));
	assert_non_null(leave(*state, 100));
	assert_null(leave(*state, 101));

	call = calls_exec(*state, &exec);
	assert_non_null(call);
	assert_string_equal(describe(call),
			    "ADD bridge eth0 /var/run/netns/cni-1b2c shop web-0 " UID
			    " 5d0e2b7c4a91");
	assert_false(call->is_cut);
}

static void knows_the_sandbox_by_its_own_variable_first(void **state)
{
	static const struct {
		const char *variable, *args, *want;
		bool is_cut;
	} cases[] = {
		{ "aaa", "K8S_POD_INFRA_CONTAINER_ID=bbb", "aaa", false },
		{ "aaa", "", "aaa", false },
		{ "", "K8S_POD_INFRA_CONTAINER_ID=bbb", "bbb", false },
		{ "", "", "", false },
		{ "", "K8S_POD_INFRA_CONTAINER_ID=" HUNDRED, "", true },
		{ "aaa", "K8S_POD_NAMESPACE=" HUNDRED, "aaa", true },
	};

	for_each_case(c, cases) {
		struct call_exec exec = usual(100);
		const struct call *call;

		snprintf(exec.container_id, sizeof(exec.container_id), "%s", c->variable);
		snprintf(exec.args, sizeof(exec.args), "%s", c->args);
		call = calls_exec(*state, &exec);
		assert_non_null(call);
		assert_string_equal(call->pod.container_id, c->want);
		assert_int_equal(call->is_cut, c->is_cut);
		leave(*state, 100);
	}
}

static void names_the_plugin_after_its_file(void **state)
{
	static const struct {
		const char *file, *want;
	} cases[] = {
		{ "/opt/cni/bin/bridge", "bridge" },
		{ "bridge", "bridge" },
		{ "./bridge", "bridge" },
		{ "/bridge", "bridge" },
		{ "/opt/cni/bin//b", "b" },
		{ "/opt/cni/bin/\xff\x01%s", "\xff\x01%s" },
		{ "/opt/cni/bin/" TEN TEN TEN "0", TEN TEN TEN "0" },
		{ "/opt/cni/bin/" TEN TEN TEN "01", TEN TEN TEN "0" },
		{ "/opt/cni/bin/", "unknown" },
		{ "/", "unknown" },
		{ "", "unknown" },
	};

	for_each_case(c, cases) {
		struct call_exec exec = usual(100);
		const struct call *call;

		exec.found = 0;
		snprintf(exec.file, sizeof(exec.file), "%s", c->file);
		call = calls_exec(*state, &exec);
		assert_non_null(call);
		assert_string_equal(call->plugin, c->want);
		assert_false(call->is_cut);
		leave(*state, 100);
	}
}

static void begins_a_call_only_within_the_directories_of_plugins(void **state)
{
	static const struct {
		const char *path, *file;
		bool is_plugin, is_not_found;
		uint16_t cut;
	} cases[] = {
		{ "/opt/cni/bin", "/opt/cni/bin/ptp", .is_plugin = true },
		{ "/opt/cni/bin/", "/opt/cni/bin/ptp", .is_plugin = true },
		{ "/opt/cni/bin///", "/opt/cni/bin//ptp", .is_plugin = true },
		{ "/a:/opt/cni/bin", "/opt/cni/bin/ptp", .is_plugin = true },
		{ "/opt/cni/bin:/a", "/opt/cni/bin/ptp", .is_plugin = true },
		{ "/a:/opt/cni/bin/:/b", "/opt/cni/bin/ptp", .is_plugin = true },
		{ "::/opt/cni/bin", "/opt/cni/bin/ptp", .is_plugin = true },
		{ "/", "/ptp", .is_plugin = true },
		{ "///", "/ptp", .is_plugin = true },
		{ ".", "./ptp", .is_plugin = true },
		{ "bin", "bin/ptp", .is_plugin = true },
		{ "/opt/cni/bin", "/usr/sbin/ip", .is_plugin = false },
		{ "/opt/cni/bin", "/opt/cni/ptp", .is_plugin = false },
		{ "/opt/cni/bin", "/opt/cni/bin/x/ptp", .is_plugin = false },
		{ "/opt/cni/bin", "/opt/cni/bin2/ptp", .is_plugin = false },
		{ "/opt/cni/bin2", "/opt/cni/bin/ptp", .is_plugin = false },
		{ "/opt/cni/bin:", "/opt/cni/ptp", .is_plugin = false },
		{ "/opt/cni/bin:/b", "/ptp", .is_plugin = false },
		{ "/opt/cni/bin", "ptp", .is_plugin = false },
		{ "/", "ptp", .is_plugin = false },
		{ ":/a", "/ptp", .is_plugin = false },
		{ "", "/opt/cni/bin/ptp", .is_plugin = false },
		{ "/a:/b", "/a:/ptp", .is_plugin = false },
		/* where it cannot be told */
		{ "", "/usr/sbin/ip", .is_plugin = true, .is_not_found = true },
		{ "/opt/cni/bin", "/usr/sbin/ip", .is_plugin = true, .is_not_found = true },
		{ "/opt/cni", "/usr/sbin/ip", .is_plugin = true, .cut = BIT(CALL_PATH) },
		{ "/opt/cni/bin", "/usr/sbin/ip", .is_plugin = true, .cut = BIT(CALL_FILE) },
		{ "/opt/cni/bin", "", .is_plugin = true },
	};
	uint64_t strays = 0;

	for_each_case(c, cases) {
		struct call_exec exec = usual(100);

		print_message("  %s in %s\n", c->file, c->path);
		snprintf(exec.path, sizeof(exec.path), "%s", c->path);
		snprintf(exec.file, sizeof(exec.file), "%s", c->file);
		exec.cut = c->cut;
		if (c->is_not_found)
			exec.found &= (uint16_t)~BIT(CALL_PATH);
		assert_int_equal(calls_exec(*state, &exec) != NULL, c->is_plugin);
		strays += !c->is_plugin;
		assert_int_equal(calls_stats(*state).strays, strays);
		leave(*state, 100);
	}
}

static void names_every_command_and_result(void **state)
{
	static const char *const commands[] = { "ADD",	  "DEL", "CHECK", "VERSION",
						"STATUS", "GC",	 "other" };
	static const char *const others[] = { "", "add", "ADD ", "other", "\xff" };
	static const char *const results[] = { "success", "error", "killed" };

	_Static_assert(case_count(commands) == CALL_COMMAND_COUNT, "a command is not tested");
	_Static_assert(case_count(results) == CALL_RESULT_COUNT, "a result is not tested");
	for (enum call_command command = 0; command < CALL_COMMAND_COUNT; command++) {
		struct call_exec exec = usual(100);

		assert_string_equal(call_command_name(command), commands[command]);
		snprintf(exec.command, sizeof(exec.command), "%s", commands[command]);
		assert_int_equal(calls_exec(*state, &exec)->command, command);
		leave(*state, 100);
	}
	for_each_case(other, others) {
		struct call_exec exec = usual(100);

		snprintf(exec.command, sizeof(exec.command), "%s", *other);
		assert_int_equal(calls_exec(*state, &exec)->command, CALL_OTHER);
		leave(*state, 100);
	}
	for (enum call_result result = 0; result < CALL_RESULT_COUNT; result++)
		assert_string_equal(call_result_name(result), results[result]);
	assert_null(call_command_name(CALL_COMMAND_COUNT));
	assert_null(call_result_name(CALL_RESULT_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(leaves_a_cut_value_out_and_says_so),
		TEST(takes_a_value_without_an_end_for_a_cut_one),
		TEST(takes_values_that_just_fit),
		TEST(never_merges_calls_by_half_a_key),
		TEST(never_looks_behind_the_end_of_a_value),
		TEST(knows_the_sandbox_by_its_own_variable_first),
		TEST(names_the_plugin_after_its_file),
		TEST(begins_a_call_only_within_the_directories_of_plugins),
		TEST(names_every_command_and_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
