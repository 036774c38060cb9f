// SPDX-License-Identifier: Apache-2.0
/* What the kernel refuses is asked of it with filters and capabilities, in children of our own. */
#include "test.h"

#include <cap-ng.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "refuse.h"
#include "source/kernel/capture.h"
#include "source/kernel/object.h"
#include "source/kernel/privilege.h"
#include "workdir.h"

enum { GOOD, SKIP = 77 };

#define must(condition)                  \
	do {                             \
		if (!(condition))        \
			return __LINE__; \
	} while (0)

static void expect_in_a_child(int (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(run() & 0xff);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), GOOD);
}

static void set_perfmon(capng_act_t action)
{
	capng_get_caps_process();
	capng_update(action, CAPNG_EFFECTIVE, CAP_PERFMON);
	capng_update(action, CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
	capng_apply(CAPNG_SELECT_CAPS);
}

static bool says(const struct capture_hook *hook, const char *text)
{
	const char *trouble = capture_trouble(hook);

	return trouble && strstr(trouble, text) &&
	       strstr(trouble, "what CNI plugins say is not heard");
}

static size_t warnings(void)
{
	size_t count = 0;

	for (const char *at = logged(); (at = strstr(at, "cannot hear what CNI plugins say")); at++)
		count++;
	return count;
}

static void tells_why_there_is_no_hook(void **state)
{
	static const struct object object = { .capture = CAPTURE_NONE,
					      .capture_limit = "no hook works" };
	cleanup_capture struct capture_hook *hook = NULL;

	(void)state;
	assert_int_equal(capture_open(&object, &hook), 0);
	capture_check(hook);
	capture_hold(hook, 1);
	assert_true(says(hook, "by what is full: no hook works"));
	assert_int_equal(capture_way(hook), CAPTURE_NONE);
	assert_false(capture_is_on(hook));
	assert_int_equal(warnings(), 1);
}

static void has_nothing_to_tell_of_hooks_that_are_attached(void **state)
{
	static const enum capture ways[] = { CAPTURE_FENTRY, CAPTURE_KPROBE };

	(void)state;
	for_each_case(way, ways) {
		const struct object object = { .capture = *way };
		cleanup_capture struct capture_hook *hook = NULL;

		assert_int_equal(capture_open(&object, &hook), 0);
		capture_check(hook);
		capture_hold(hook, 1);
		assert_null(capture_trouble(hook));
		assert_int_equal(capture_way(hook), *way);
		assert_true(capture_is_on(hook));
	}
}

/* Nothing is loaded: a try to attach it would end the test. */
static int check_under_a_filter(int error)
{
	const struct object object = { .capture = CAPTURE_SYSCALL };
	cleanup_capture struct capture_hook *hook = NULL;
	size_t before = warnings();

	must(!capture_open(&object, &hook));
	if (capture_trouble(hook))
		return SKIP; /* no trace file system */
	must(refuse(SYS_perf_event_open, error));
	capture_check(hook);
	capture_check(hook);
	must(says(hook, "perf_event_open(2) is refused by a seccomp profile"));
	capture_hold(hook, 2 * CAPTURE_RETRY_NS);
	must(capture_way(hook) == CAPTURE_NONE && !capture_is_on(hook));
	must(warnings() == before + 1);
	return GOOD;
}

static int check_with_eperm(void)
{
	return check_under_a_filter(EPERM);
}

static int check_with_enosys(void)
{
	return check_under_a_filter(ENOSYS);
}

static void knows_before_the_first_plugin_that_a_profile_refuses_it(void **state)
{
	(void)state;
	expect_in_a_child(check_with_eperm);
	expect_in_a_child(check_with_enosys);
}

static int attach_without_and_with_capability(void)
{
	cleanup_kernel struct kernel kernel = { 0 };
	cleanup_object struct object *object = NULL;
	cleanup_capture struct capture_hook *hook = NULL;
	struct object_config config = { .kernel = &kernel, .backend = BACKEND_TRACEPOINT };

	must(!kernel_probe(&kernel));
	config.walk_form = kernel_best_walk(&kernel);
	if (config.walk_form == WALK_FORM_COUNT || object_open(&config, &object) ||
	    object->capture != CAPTURE_SYSCALL)
		return SKIP;
	must(!capture_open(object, &hook));
	must(!capture_trouble(hook) && capture_way(hook) == CAPTURE_SYSCALL);
	set_perfmon(CAPNG_DROP);
	if (!privilege_perf_err())
		return SKIP; /* of perf_event_paranoid */
	capture_hold(hook, 1);
	capture_hold(hook, 2 * CAPTURE_RETRY_NS);
	must(says(hook, "or a security module, refuses a perf event: Permission denied"));
	must(capture_way(hook) == CAPTURE_NONE && !capture_is_on(hook) && warnings() == 1);
	set_perfmon(CAPNG_ADD);
	/* Each try that is refused may be a line of an audit log. */
	capture_hold(hook, 3 * CAPTURE_RETRY_NS - 1);
	must(capture_trouble(hook) && !capture_is_on(hook));
	capture_hold(hook, 3 * CAPTURE_RETRY_NS);
	must(!capture_trouble(hook));
	must(capture_way(hook) == CAPTURE_SYSCALL && capture_is_on(hook));
	must(strstr(logged(), "hearing what CNI plugins say again"));
	capture_release(hook);
	must(!capture_is_on(hook) && !capture_trouble(hook));
	return GOOD;
}

static void is_heard_again_once_the_kernel_allows_it(void **state)
{
	(void)state;
	expect_in_a_child(attach_without_and_with_capability);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(tells_why_there_is_no_hook),
		workdir_test(has_nothing_to_tell_of_hooks_that_are_attached),
		workdir_test(knows_before_the_first_plugin_that_a_profile_refuses_it),
		workdir_test(is_heard_again_once_the_kernel_allows_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
