// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shed.h"
#include "workdir.h"

static const struct kernel kernel = { .release = "6.12.1" };

static struct shed looked(char *const *listen, size_t count)
{
	struct shed shed;

	shed_look(&(struct shed_config){ .kernel = &kernel,
					 .backend = BACKEND_FENTRY,
					 .proc_dir = "/does/not/exist",
					 .listen = listen,
					 .listen_count = count },
		  &shed);
	return shed;
}

static void knows_ports_that_are_kept_for_the_privileged(void **state)
{
	static const struct {
		char *listen[2];
		bool is_low;
	} cases[] = {
		{ { ":9465", "[::1]:9465" }, false },
		{ { ":9465", "[::1]:80" }, true },
		{ { "127.0.0.1:0", ":65535" }, false },
		{ { "127.0.0.1", "" }, false },
		{ { ":1", ":2" }, true },
	};

	(void)state;
	for_each_case(c, cases)
		assert_int_equal(looked(c->listen, 2).scene.has_low_port, c->is_low);
}

static const struct metrics_degradation *find(const struct metrics_input *input, const char *what)
{
	for (size_t i = 0; i < input->degradation_count; i++)
		if (!strcmp(input->degradations[i].what, what))
			return &input->degradations[i];
	return NULL;
}

static void tells_of_each_privilege_that_counts_here(void **state)
{
	struct shed shed = { .scene = { .backend = BACKEND_FENTRY,
					.capture = CAPTURE_FENTRY,
					.is_own_netns = true },
			     .held = 1ULL << CAP_BPF };
	struct metrics_input input = { 0 };

	(void)state;
	shed_measure(&shed, &input);
	assert_int_equal(input.degradation_count, 4);
	assert_false(find(&input, "load")->is_degraded);
	assert_true(find(&input, "attach")->is_degraded);
	assert_string_equal(find(&input, "processes")->capability, "CAP_SYS_PTRACE");
	assert_false(find(&input, "sandbox")->is_degraded);
	assert_null(find(&input, "rtnetlink"));

	shed.trouble = "no filter";
	input.degradation_count = 0;
	shed_measure(&shed, &input);
	assert_true(find(&input, "sandbox")->is_degraded);
	assert_string_equal(find(&input, "sandbox")->why, "no filter");
}

static int look_and_shed(void)
{
	struct shed shed = looked(NULL, 0);

	if (shed_now(&shed, CAPTURE_FENTRY) || shed.trouble)
		return 1;
	return privilege_held() & ~(1ULL << CAP_SYS_PTRACE) ? 2 : 0;
}

static void sheds_all_but_what_is_kept_and_says_so_once(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid)
		_exit(look_and_shed());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_non_null(strstr(logged(), "shed privileges, kept capabilities '"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_ports_that_are_kept_for_the_privileged),
		cmocka_unit_test(tells_of_each_privilege_that_counts_here),
		workdir_test(sheds_all_but_what_is_kept_and_says_so_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
