// SPDX-License-Identifier: Apache-2.0
/* Each filter is taken in a child of its own: there is no way back. */
#include "test.h"

#include <cap-ng.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "refuse.h"
#include "source/kernel/filtered.h"

#define BIT(n) (1U << (n))

enum { NO_FILTER = 0xff };

/* What is found to be filtered in a process without this call, and with no capabilities. */
static unsigned int found(int number, int error, bool has_capabilities)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		capng_clear(CAPNG_SELECT_CAPS);
		if (!has_capabilities && capng_apply(CAPNG_SELECT_CAPS))
			_exit(NO_FILTER);
		_exit(refuse(number, error) ? (int)filtered_all() : NO_FILTER);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (unsigned int)WEXITSTATUS(status);
}

static bool has_capabilities(void)
{
	capng_get_caps_process();
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
}

static void finds_what_a_profile_refuses_and_nothing_else(void **state)
{
	static const struct {
		int number;
		unsigned int filtered;
	} cases[] = {
		{ SYS_bpf, BIT(FILTERED_BPF) },
		{ SYS_perf_event_open, BIT(FILTERED_PERF_EVENT_OPEN) },
		{ SYS_fsopen, BIT(FILTERED_FSOPEN) },
		{ SYS_getppid, 0 },
	};
	static const int errors[] = { EPERM, EACCES, ENOSYS };

	(void)state;
	if (!has_capabilities())
		skip();
	for_each_case(c, cases)
		for_each_case(error, errors)
			assert_int_equal(found(c->number, *error, true), c->filtered);
}

/* The kernel says EPERM to bpf(2) and fsopen(2) then, as a profile would. */
static void does_not_take_a_lack_of_capabilities_for_a_filter(void **state)
{
	(void)state;
	assert_int_equal(found(SYS_getppid, EPERM, false), 0);
	assert_int_equal(found(SYS_bpf, EPERM, false), 0);
	assert_int_equal(found(SYS_fsopen, EPERM, false), 0);
	/* It looks at the flags first. */
	assert_int_equal(found(SYS_perf_event_open, EPERM, false), BIT(FILTERED_PERF_EVENT_OPEN));
}

static void finds_a_filter_that_hides_that_there_is_one(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid)
		_exit(!refuse(SYS_perf_event_open, ENOSYS) || !refuse(SYS_prctl, EPERM) ||
		      !filtered_is(FILTERED_PERF_EVENT_OPEN));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void finds_nothing_where_there_is_no_filter(void **state)
{
	(void)state;
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0)
		skip();
	assert_int_equal(filtered_all(), 0);
}

static void names_each_call(void **state)
{
	(void)state;
	assert_string_equal(filtered_name(FILTERED_BPF), "bpf(2)");
	assert_string_equal(filtered_name(FILTERED_PERF_EVENT_OPEN), "perf_event_open(2)");
	assert_string_equal(filtered_name(FILTERED_FSOPEN), "fsopen(2)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_a_profile_refuses_and_nothing_else),
		cmocka_unit_test(does_not_take_a_lack_of_capabilities_for_a_filter),
		cmocka_unit_test(finds_a_filter_that_hides_that_there_is_one),
		cmocka_unit_test(finds_nothing_where_there_is_no_filter),
		cmocka_unit_test(names_each_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
