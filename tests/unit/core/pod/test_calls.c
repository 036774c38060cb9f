// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/pod/calls.h"

#define BIN "/opt/cni/bin"
#define ID_A "5d0e2b7c4a91"
#define ID_B "c81f36d09e52"

enum { SECOND = 1000000000 };

/* What these tests vary; NULL is not in the environment. */
struct start {
	uint32_t pid;
	const char *command, *id, *ifname, *file;
	uint64_t time_ns;
};

static struct call_exec exec_of(const struct start *start)
{
	struct call_exec exec = { .time_ns = start->time_ns, .pid = start->pid };

	exec.found = 1U << CALL_COMMAND | 1U << CALL_PATH;
	snprintf(exec.command, sizeof(exec.command), "%s", start->command);
	snprintf(exec.container_id, sizeof(exec.container_id), "%s", start->id ? start->id : "");
	snprintf(exec.ifname, sizeof(exec.ifname), "%s", start->ifname ? start->ifname : "");
	snprintf(exec.path, sizeof(exec.path), "%s", BIN);
	snprintf(exec.file, sizeof(exec.file), "%s", start->file);
	return exec;
}

static const struct call *run(struct calls *calls, const struct start *start)
{
	const struct call_exec exec = exec_of(start);

	return calls_exec(calls, &exec);
}

static const struct call *run_add(struct calls *calls, uint32_t pid, const char *id,
				  const char *file)
{
	return run(calls, &(struct start){ pid, "ADD", id, "eth0", file, SECOND });
}

static const struct call *leave(struct calls *calls, uint32_t pid)
{
	return calls_exit(calls,
			  &(struct call_exit){ .time_ns = 2ULL * SECOND, .pid = pid, .status = 0 });
}

static void print(struct calls *calls, uint32_t pid, const char *text)
{
	struct call_output output = { .pid = pid, .size = (uint32_t)strlen(text) };

	memcpy(output.text, text, output.size);
	calls_output(calls, &output);
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

static void ends_a_call_with_its_process(void **state)
{
	struct calls *calls = *state;
	const struct call *call = run_add(calls, 100, ID_A, BIN "/bridge");

	assert_non_null(call);
	assert_int_equal(call->start_ns, SECOND);
	assert_int_equal(call->command, CALL_ADD);
	assert_string_equal(call->plugin, "bridge");
	assert_string_equal(call->ifname, "eth0");
	assert_string_equal(call->pod.container_id, ID_A);
	assert_false(call->is_cut);
	assert_int_equal(calls_stats(calls).under_way, 1);

	assert_ptr_equal(leave(calls, 100), call);
	assert_int_equal(call->start_ns, SECOND);
	assert_int_equal(call->duration_ns, SECOND);
	assert_string_equal(call->plugin, "bridge");
	assert_int_equal(calls_stats(calls).under_way, 0);
	assert_null(leave(calls, 100));
	assert_int_equal(calls_stats(calls).forgotten, 0);
}

static void reads_the_result_from_the_wait_status(void **state)
{
	static const struct {
		uint32_t wait_status;
		enum call_result result;
		int status;
	} cases[] = {
		{ 0, CALL_SUCCESS, 0 },
		{ 0x0100, CALL_ERROR, 1 },
		{ 0xff00, CALL_ERROR, 255 },
		{ 9, CALL_KILLED, 9 },
		{ 15, CALL_KILLED, 15 },
		{ 0x80 | 11, CALL_KILLED, 11 }, /* with a core */
		/* neither of both, which no process that ended has */
		{ 0x137f, CALL_ERROR, 0x137f },
		{ 0xffff, CALL_ERROR, 0xffff },
	};

	for_each_case(c, cases) {
		const struct call_exit exit = { .time_ns = SECOND + 7,
						.pid = 100,
						.status = c->wait_status };
		const struct call *call;

		print_message("  %#x\n", c->wait_status);
		assert_non_null(run_add(*state, 100, ID_A, BIN "/bridge"));
		call = calls_exit(*state, &exit);
		assert_non_null(call);
		assert_int_equal(call->result, c->result);
		assert_int_equal(call->status, c->status);
		assert_int_equal(call->duration_ns, 7);
	}
}

static void gives_no_duration_to_a_call_that_ends_before_it_began(void **state)
{
	const struct call *call;

	run_add(*state, 100, ID_A, BIN "/bridge");
	call = calls_exit(*state, &(struct call_exit){ .time_ns = SECOND - 1, .pid = 100 });
	assert_non_null(call);
	assert_int_equal(call->duration_ns, 0);
}

static void takes_what_a_plugin_runs_for_part_of_its_call(void **state)
{
	struct calls *calls = *state;
	const struct call *call = run_add(calls, 100, ID_A, BIN "/bridge");

	assert_non_null(call);
	/* in CNI_PATH or not, and children of children */
	assert_null(run_add(calls, 101, ID_A, BIN "/host-local"));
	assert_null(run_add(calls, 102, ID_A, "/usr/sbin/iptables"));
	assert_null(run_add(calls, 103, ID_A, "/bin/sh"));
	assert_int_equal(calls_stats(calls).under_way, 1);
	assert_int_equal(calls_stats(calls).strays, 0);

	assert_null(leave(calls, 101));
	assert_null(leave(calls, 102));
	assert_null(leave(calls, 102));
	assert_int_equal(calls_stats(calls).under_way, 1);

	assert_ptr_equal(leave(calls, 100), call);
	assert_string_equal(call->plugin, "bridge");
	assert_null(leave(calls, 103));
}

static void keeps_only_the_words_of_the_outermost_process(void **state)
{
	struct calls *calls = *state;
	const struct call *call = run_add(calls, 100, ID_A, BIN "/bridge");

	run_add(calls, 101, ID_A, BIN "/host-local");
	print(calls, 100, "one ");
	print(calls, 101, "two ");
	print(calls, 102, "three ");
	print(calls, 100, "four");
	leave(calls, 101);
	assert_ptr_equal(leave(calls, 100), call);
	assert_int_equal(call->text_size, 8);
	assert_memory_equal(call->text, "one four", 8);
	assert_false(call->is_text_cut);
	print(calls, 100, "five");
}

static void takes_the_words_of_children_that_write_to_the_same_place(void **state)
{
	static const struct {
		uint64_t outer, inner;
		bool is_heard;
	} cases[] = { { 7, 7, true }, { 7, 8, false }, { 0, 0, false }, { 7, 0, false } };
	struct calls *calls = *state;

	for_each_case(c, cases) {
		struct call_exec exec = { .pid = 100, .out = c->outer, .found = 1 << CALL_FILE };
		struct call_output output = {
			.pid = 101, .out = c->inner, .size = 3, .text = "two"
		};
		const struct call_exit inner = { .pid = 101 }, outer = { .pid = 100 };
		const struct call *call;

		snprintf(exec.command, sizeof(exec.command), "ADD");
		snprintf(exec.container_id, sizeof(exec.container_id), "c0ffee");
		snprintf(exec.file, sizeof(exec.file), BIN "/script");
		call = calls_exec(calls, &exec);
		assert_non_null(call);
		exec.pid = 101;
		assert_null(calls_exec(calls, &exec));
		calls_output(calls, &output);
		assert_null(calls_exit(calls, &inner));
		assert_ptr_equal(calls_exit(calls, &outer), call);
		assert_int_equal(call->text_size, c->is_heard ? 3 : 0);
	}
}

static void runs_calls_side_by_side_when_any_part_of_the_key_differs(void **state)
{
	static const struct start starts[] = {
		{ 100, "ADD", ID_A, "eth0", BIN "/bridge", 1 },
		{ 101, "ADD", ID_B, "eth0", BIN "/bridge", 2 },
		{ 102, "ADD", ID_A, "net1", BIN "/bridge", 3 },
		{ 103, "DEL", ID_A, "eth0", BIN "/bridge", 4 },
		{ 104, "MAKE", ID_A, "eth0", BIN "/bridge", 5 },
		{ 105, "BAKE", ID_A, "eth0", BIN "/bridge", 6 },
	};

	for_each_case(start, starts)
		assert_non_null(run(*state, start));
	assert_int_equal(calls_stats(*state).under_way, case_count(starts));
	for_each_case(start, starts) {
		const struct call *call = leave(*state, start->pid);

		assert_non_null(call);
		assert_int_equal(call->start_ns, start->time_ns);
	}
}

static void never_merges_calls_without_a_container(void **state)
{
	static const struct start starts[] = {
		{ 100, "VERSION", NULL, NULL, BIN "/bridge", 1 },
		{ 101, "VERSION", NULL, NULL, BIN "/bridge", 2 },
		{ 102, "STATUS", NULL, NULL, BIN "/bridge", 3 },
		{ 103, "GC", NULL, NULL, BIN "/bridge", 4 },
		{ 104, "GC", NULL, NULL, BIN "/bridge", 5 },
	};

	for_each_case(start, starts)
		assert_non_null(run(*state, start));
	/* a wrapper */
	assert_null(run(*state, &starts[0]));
	assert_int_equal(calls_stats(*state).under_way, case_count(starts));
	/* what they run lies elsewhere */
	assert_null(run(*state,
			&(struct start){ 105, "VERSION", NULL, NULL, "/usr/sbin/iptables", 6 }));
	assert_int_equal(calls_stats(*state).strays, 1);
	for_each_case(start, starts)
		assert_non_null(leave(*state, start->pid));
}

static void runs_a_chain_as_one_call_after_the_other(void **state)
{
	static const char *const plugins[] = { "bridge", "portmap", "bandwidth" };
	uint32_t pid = 100;

	for_each_case(plugin, plugins) {
		char file[64];

		snprintf(file, sizeof(file), BIN "/%s", *plugin);
		assert_non_null(run_add(*state, ++pid, ID_A, file));
		assert_string_equal(leave(*state, pid)->plugin, *plugin);
	}
}

static void goes_on_when_a_wrapper_executes_the_plugin(void **state)
{
	struct calls *calls = *state;
	const struct call *call = run_add(calls, 100, ID_A, BIN "/wrapper");
	const struct start again = { 100, "ADD", ID_A, "eth0", "/usr/lib/bridge", 9 };

	assert_non_null(call);
	assert_null(run(calls, &again));
	assert_null(run_add(calls, 101, ID_A, BIN "/host-local"));
	assert_null(run_add(calls, 101, ID_A, "/bin/sh"));
	assert_int_equal(calls_stats(calls).under_way, 1);
	assert_int_equal(calls_stats(calls).strays, 0);

	print(calls, 100, "said");
	assert_null(leave(calls, 101));
	assert_ptr_equal(leave(calls, 100), call);
	assert_string_equal(call->plugin, "wrapper");
	assert_int_equal(call->start_ns, SECOND);
	assert_int_equal(call->text_size, 4);
}

static void forgets_a_call_whose_pid_begins_another(void **state)
{
	static const struct start others[] = {
		{ 100, "DEL", ID_A, "eth0", BIN "/ptp", 5 },
		{ 100, "ADD", ID_B, "eth0", BIN "/ptp", 5 },
		{ 100, "ADD", ID_A, "net1", BIN "/ptp", 5 },
		{ 100, "VERSION", NULL, NULL, BIN "/ptp", 5 },
	};
	uint64_t forgotten = 0;

	for_each_case(other, others) {
		const struct call *call;

		assert_non_null(run_add(*state, 100, ID_A, BIN "/bridge"));
		assert_null(run_add(*state, 101, ID_A, BIN "/host-local"));
		call = run(*state, other);
		assert_non_null(call);
		assert_string_equal(call->plugin, "ptp");
		assert_int_equal(calls_stats(*state).forgotten, ++forgotten);
		assert_int_equal(calls_stats(*state).under_way, 1);
		/* went with the old one */
		assert_null(leave(*state, 101));
		assert_ptr_equal(leave(*state, 100), call);
	}
}

static void lets_a_process_leave_one_call_for_another(void **state)
{
	struct calls *calls = *state;
	const struct call *first = run_add(calls, 100, ID_A, BIN "/bridge"), *second;

	/* within a call: the call is its outermost process's and goes on */
	assert_null(run_add(calls, 101, ID_A, BIN "/host-local"));
	second = run_add(calls, 101, ID_B, BIN "/ptp");
	assert_non_null(second);
	assert_ptr_not_equal(first, second);
	assert_int_equal(calls_stats(calls).under_way, 2);
	assert_int_equal(calls_stats(calls).forgotten, 0);

	/* and into one that is under way */
	assert_null(run_add(calls, 102, ID_A, "/bin/sh"));
	assert_null(run_add(calls, 102, ID_B, "/bin/sh"));
	assert_ptr_equal(leave(calls, 101), second);
	assert_null(leave(calls, 102));
	assert_ptr_equal(leave(calls, 100), first);

	/* the outermost one of a call that is then forgotten */
	assert_non_null(run_add(calls, 100, ID_A, BIN "/bridge"));
	second = run_add(calls, 101, ID_B, BIN "/ptp");
	assert_null(run_add(calls, 100, ID_B, BIN "/bridge"));
	assert_int_equal(calls_stats(calls).forgotten, 1);
	assert_null(leave(calls, 100));
	assert_ptr_equal(leave(calls, 101), second);
}

static void counts_what_runs_outside_every_call_as_a_stray(void **state)
{
	struct calls *calls = *state;

	assert_null(run_add(calls, 100, ID_A, "/usr/sbin/iptables"));
	assert_int_equal(calls_stats(calls).strays, 1);
	assert_null(leave(calls, 100));

	/* what outlives its call */
	run_add(calls, 100, ID_A, BIN "/bridge");
	run_add(calls, 101, ID_A, "/bin/sh");
	leave(calls, 100);
	assert_null(run_add(calls, 101, ID_A, "/usr/sbin/iptables"));
	assert_int_equal(calls_stats(calls).strays, 2);
	assert_int_equal(calls_stats(calls).under_way, 0);
	assert_int_equal(calls_stats(calls).refused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(ends_a_call_with_its_process),
		TEST(reads_the_result_from_the_wait_status),
		TEST(gives_no_duration_to_a_call_that_ends_before_it_began),
		TEST(takes_what_a_plugin_runs_for_part_of_its_call),
		TEST(keeps_only_the_words_of_the_outermost_process),
		TEST(takes_the_words_of_children_that_write_to_the_same_place),
		TEST(runs_calls_side_by_side_when_any_part_of_the_key_differs),
		TEST(never_merges_calls_without_a_container),
		TEST(runs_a_chain_as_one_call_after_the_other),
		TEST(goes_on_when_a_wrapper_executes_the_plugin),
		TEST(forgets_a_call_whose_pid_begins_another),
		TEST(lets_a_process_leave_one_call_for_another),
		TEST(counts_what_runs_outside_every_call_as_a_stray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
