// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/pod/calls.h"

static struct call_exec usual(uint32_t pid)
{
	return (struct call_exec){
		.time_ns = 1000,
		.pid = pid,
		.found = 1U << CALL_PATH,
		.command = "ADD",
		.container_id = "5d0e2b7c4a91",
		.ifname = "eth0",
		.path = "/opt/cni/bin",
		.file = "/opt/cni/bin/bridge",
	};
}

static struct call_exec numbered(uint32_t pid, uint32_t number)
{
	struct call_exec exec = usual(pid);

	snprintf(exec.container_id, sizeof(exec.container_id), "%u", number);
	return exec;
}

static const struct call *leave(struct calls *calls, uint32_t pid)
{
	return calls_exit(calls, &(struct call_exit){ .time_ns = 2000, .pid = pid });
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

static void keeps_as_much_output_as_fits(void **state)
{
	static const struct {
		uint32_t sizes[6]; /* of what was written, to 0 */
		size_t want;
		bool is_cut;
	} cases[] = {
		{ { 0 }, 0, false },
		{ { 1 }, 1, false },
		{ { 1024 }, 1024, false },
		{ { 1025 }, 1024, true },
		{ { UINT32_MAX }, 1024, true },
		{ { 1025, 10 }, 1034, true },
		{ { 1024, 1024, 1024, 1023 }, 4095, false },
		{ { 1024, 1024, 1024, 1024 }, 4096, false },
		{ { 1024, 1024, 1024, 1023, 2 }, 4096, true },
		{ { 1024, 1024, 1024, 1024, 1 }, 4096, true },
		{ { 2000, 2000, 2000, 2000, 2000 }, 4096, true },
	};

	for_each_case(c, cases) {
		struct call_exec exec = usual(100);
		char want[CALLS_TEXT_MAX + CALL_TEXT_SIZE];
		const struct call *call;
		size_t used = 0;

		assert_non_null(calls_exec(*state, &exec));
		for (size_t i = 0; c->sizes[i]; i++) {
			struct call_output output = { .pid = 100, .size = c->sizes[i] };

			for (size_t k = 0; k < sizeof(output.text); k++)
				output.text[k] = (char)(k * 7 + i * 31);
			memcpy(want + used, output.text, sizeof(output.text));
			used += c->sizes[i] < CALL_TEXT_SIZE ? c->sizes[i] : CALL_TEXT_SIZE;
			calls_output(*state, &output);
		}
		call = leave(*state, 100);
		assert_non_null(call);
		assert_int_equal(call->text_size, c->want);
		assert_memory_equal(call->text, want, c->want);
		assert_int_equal(call->is_text_cut, c->is_cut);
	}
}

static void drops_calls_that_have_grown_too_old_with_their_processes(void **state)
{
	struct calls *calls = *state;
	struct call_exec exec = usual(100);

	calls_exec(calls, &exec);
	exec.pid = 101;
	exec.time_ns = 5000;
	calls_exec(calls, &exec); /* part of it: as old as it is */
	exec.pid = 200;
	exec.time_ns = 3000;
	snprintf(exec.ifname, sizeof(exec.ifname), "net1");
	calls_exec(calls, &exec);

	calls_expire(calls, 500, 0);
	calls_expire(calls, 1000, 0);
	calls_expire(calls, 2000, 1000);
	assert_int_equal(calls_stats(calls).under_way, 2);
	calls_expire(calls, 2001, 1000);
	assert_int_equal(calls_stats(calls).under_way, 1);
	assert_int_equal(calls_stats(calls).forgotten, 1);
	assert_null(leave(calls, 100));
	assert_null(leave(calls, 101));

	/* the same call may begin anew, and the same processes */
	exec = usual(101);
	assert_non_null(calls_exec(calls, &exec));
	calls_expire(calls, UINT64_MAX, 0);
	assert_int_equal(calls_stats(calls).under_way, 0);
	assert_int_equal(calls_stats(calls).forgotten, 3);
}

static void refuses_more_calls_than_the_bound(void **state)
{
	struct call_exec exec;

	for (uint32_t i = 0; i < CALLS_MAX; i++) {
		exec = numbered(1000 + i, i);
		assert_non_null(calls_exec(*state, &exec));
	}
	exec = numbered(1, CALLS_MAX);
	assert_null(calls_exec(*state, &exec));
	assert_int_equal(calls_stats(*state).refused, 1);
	assert_int_equal(calls_stats(*state).under_way, CALLS_MAX);
	assert_null(leave(*state, 1));

	/* part of one that is under way still is */
	exec = numbered(2, 0);
	assert_null(calls_exec(*state, &exec));
	assert_int_equal(calls_stats(*state).refused, 1);

	assert_non_null(leave(*state, 1000));
	exec = numbered(1, CALLS_MAX);
	assert_non_null(calls_exec(*state, &exec));
}

static void refuses_more_processes_than_the_bound(void **state)
{
	struct call_exec exec;

	for (uint32_t i = 0; i < CALLS_PROCESS_MAX; i++) {
		exec = numbered(1000 + i, 0);
		assert_int_equal(calls_exec(*state, &exec) != NULL, i == 0);
	}
	assert_int_equal(calls_stats(*state).refused, 0);
	exec = numbered(1, 0);
	assert_null(calls_exec(*state, &exec));
	assert_int_equal(calls_stats(*state).refused, 1);
	exec = numbered(2, 1);
	exec.cut = 1U << CALL_NETNS;
	assert_null(calls_exec(*state, &exec));
	assert_int_equal(calls_stats(*state).refused, 2);
	assert_int_equal(calls_stats(*state).under_way, 1);
	assert_int_equal(calls_stats(*state).cut, 0);

	assert_null(leave(*state, 1001));
	assert_non_null(calls_exec(*state, &exec));
	assert_non_null(leave(*state, 2));
	assert_non_null(leave(*state, 1000));
	assert_int_equal(calls_stats(*state).under_way, 0);
	/* their processes went with them */
	for (uint32_t i = 0; i < CALLS_PROCESS_MAX; i++)
		assert_null(leave(*state, 1000 + i));
}

static void frees_what_is_not_there(void **state)
{
	(void)state;
	calls_free(NULL);
}

static void frees_what_it_lent(void **state)
{
	struct call_exec exec = usual(100);

	calls_exec(*state, &exec);
	exec.pid = 101;
	calls_exec(*state, &exec);
	exec = numbered(102, 7);
	calls_exec(*state, &exec);
	assert_non_null(leave(*state, 102));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(keeps_as_much_output_as_fits),
		TEST(drops_calls_that_have_grown_too_old_with_their_processes),
		TEST(refuses_more_calls_than_the_bound),
		TEST(refuses_more_processes_than_the_bound),
		TEST(frees_what_it_lent),
		cmocka_unit_test(frees_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
