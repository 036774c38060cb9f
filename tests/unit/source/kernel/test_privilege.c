// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <cap-ng.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "refuse.h"
#include "source/kernel/privilege.h"
#include "workdir.h"

#define BIT(capability) (1ULL << (capability))
#define BASE (BIT(CAP_BPF) | BIT(CAP_PERFMON))
#define RTNETLINK (BIT(CAP_NET_BROADCAST) | BIT(CAP_NET_ADMIN))
#define ADMIN BIT(CAP_SYS_ADMIN)
#define PTRACE BIT(CAP_SYS_PTRACE)

static const struct privilege_scene usual = { .backend = BACKEND_FENTRY,
					      .capture = CAPTURE_FENTRY,
					      .is_own_netns = true,
					      .has_tracefs = true };

static struct privilege_scene with(enum backend backend, enum capture capture)
{
	struct privilege_scene scene = usual;

	scene.backend = backend;
	scene.capture = capture;
	return scene;
}

static void uses_what_the_backend_and_the_machine_need(void **state)
{
	struct privilege_scene walking = with(BACKEND_TRACEPOINT, CAPTURE_SYSCALL);
	struct privilege_scene scenes[12];
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < array_size(scenes); i++)
		scenes[i] = i < 4 ? usual : walking;
	scenes[1] = with(BACKEND_KPROBE, CAPTURE_KPROBE);
	scenes[2].is_own_netns = false;
	scenes[3] = with(BACKEND_KPROBE, CAPTURE_KPROBE);
	scenes[3].guards_perf = true;
	scenes[5].hides_symbols = true;
	scenes[6].has_tracefs = false;
	scenes[7].guards_perf = true;
	scenes[8].guards_bpf = true;
	scenes[9].charges_memlock = true;
	scenes[10].has_low_port = true;
	scenes[11].capture = CAPTURE_NONE;
	scenes[11].has_tracefs = false;
	scenes[11].guards_perf = true;

	const struct {
		uint64_t start, run;
	} wanted[] = {
		{ BASE, PTRACE },
		{ BASE, PTRACE },
		{ BASE | ADMIN, PTRACE },
		{ BASE | ADMIN, PTRACE },
		{ BASE | RTNETLINK, PTRACE | BIT(CAP_PERFMON) },
		{ BASE | RTNETLINK | BIT(CAP_SYSLOG), PTRACE | BIT(CAP_PERFMON) },
		{ BASE | RTNETLINK | ADMIN, PTRACE | BIT(CAP_PERFMON) },
		{ BASE | RTNETLINK, PTRACE | BIT(CAP_PERFMON) | ADMIN },
		{ BASE | RTNETLINK, PTRACE | BASE },
		{ BASE | RTNETLINK | BIT(CAP_SYS_RESOURCE), PTRACE | BIT(CAP_PERFMON) },
		{ BASE | RTNETLINK, PTRACE | BIT(CAP_PERFMON) | BIT(CAP_NET_BIND_SERVICE) },
		{ BASE | RTNETLINK, PTRACE },
	};

	for_each_case(c, wanted) {
		const struct privilege_scene *scene = &scenes[count++];

		print_message("  scene %zu\n", count - 1);
		assert_int_equal(privilege_set(scene, PRIVILEGE_START), c->start);
		assert_int_equal(privilege_set(scene, PRIVILEGE_RUN), c->run);
	}
	assert_int_equal(count, array_size(scenes));
}

static void keeps_no_more_than_is_held_and_used(void **state)
{
	static const struct {
		bool is_writing, guards_bpf;
		uint64_t held, kept;
	} cases[] = {
		{ false, false, ~0ULL, PTRACE },
		{ false, false, BASE, 0 },
		{ false, false, ADMIN, 0 },
		{ true, false, ~0ULL, PTRACE | BIT(CAP_PERFMON) },
		{ true, false, BASE, BIT(CAP_PERFMON) },
		/* What stands in for it is kept where there is nothing else. */
		{ true, false, ADMIN | PTRACE, ADMIN | PTRACE },
		{ true, true, ADMIN | BIT(CAP_BPF), ADMIN | BIT(CAP_BPF) },
		{ false, true, ADMIN | BIT(CAP_BPF), BIT(CAP_BPF) },
		{ false, false, 0, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct privilege_scene scene = usual;

		if (c->is_writing)
			scene = with(BACKEND_TRACEPOINT, CAPTURE_SYSCALL);
		scene.guards_bpf = c->guards_bpf;
		assert_int_equal(privilege_kept(&scene, c->held), c->kept);
	}
}

static size_t missing(const struct privilege_scene *scene, uint64_t held, const char **out_last)
{
	size_t count = 0;

	for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
		if (privilege_is_missing(&privileges[i], scene, held)) {
			*out_last = privileges[i].what;
			count++;
		}
	return count;
}

static void misses_what_is_used_and_not_held(void **state)
{
	const struct privilege_scene walking = with(BACKEND_TRACEPOINT, CAPTURE_SYSCALL);
	static const struct {
		uint64_t lacks;
		const char *what;
	} cases[] = {
		{ BIT(CAP_NET_BROADCAST), "rtnetlink" },
		{ BIT(CAP_NET_ADMIN), "rtnetlink_buffer" },
		{ PTRACE, "processes" },
	};
	const char *last = "";

	(void)state;
	for_each_case(c, cases) {
		assert_int_equal(missing(&walking, ~c->lacks, &last), 1);
		assert_string_equal(last, c->what);
	}
	/* CAP_SYS_ADMIN stands in for CAP_BPF and CAP_PERFMON, and nothing else does. */
	assert_int_equal(missing(&walking, ~BASE, &last), 0);
	assert_int_equal(missing(&usual, ~(BIT(CAP_BPF) | ADMIN), &last), 1);
	assert_string_equal(last, "load");
	assert_int_equal(missing(&usual, ~(RTNETLINK | ADMIN | BIT(CAP_SYSLOG)), &last), 0);
	assert_int_equal(missing(&usual, 0, &last), 3);
}

/* The label's values are these: each names one row. */
static void names_every_row_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++) {
		const struct privilege *it = &privileges[i];

		assert_true(it->what && it->where && it->check && it->cost && it->is_used);
		assert_true(strstr(it->check, "()") && strstr(it->check, ".c"));
		assert_string_not_equal(privilege_capability_name(it->capability), "CAP_?");
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(it->what, privileges[j].what);
	}
	assert_string_equal(privilege_capability_name(63), "CAP_?");
}

static void lists_names_in_order_and_without_overflow(void **state)
{
	char names[PRIVILEGE_NAMES_SIZE];

	(void)state;
	privilege_names(0, names);
	assert_string_equal(names, "none");
	privilege_names(BASE | PTRACE, names);
	assert_string_equal(names, "CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF");
	privilege_names(~0ULL, names);
	assert_true(strlen(names) < sizeof(names) - 1);
	assert_non_null(strstr(names, "CAP_BPF"));
}

/* What is held is the same after a look that tries with less. */
static void looks_without_losing_anything(void **state)
{
	struct privilege_scene scene = { .backend = BACKEND_KPROBE, .is_own_netns = true };
	const struct kernel kernel = { .release = "6.12.1" };
	uint64_t held = privilege_held();

	(void)state;
	privilege_look(&kernel, &scene);
	assert_int_equal(privilege_held(), held);
	assert_int_equal(scene.backend, BACKEND_KPROBE);
	assert_true(scene.is_own_netns);
}

/* ---- what is held and refused all the same ---- */

static const char *refusal(const char *what, const struct privilege_scene *scene, uint64_t held)
{
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
		if (!strcmp(privileges[i].what, what))
			return privilege_refusal(&privileges[i], scene, held);
	fail_msg("no row '%s'", what);
	return NULL;
}

static void tells_of_a_profile_that_refuses_what_is_held(void **state)
{
	static const struct {
		unsigned int filtered;
		const char *what, *call; /* NULL: it works */
	} cases[] = {
		{ 1U << FILTERED_BPF, "load", "bpf(2)" },
		{ 1U << FILTERED_BPF, "attach", "bpf(2)" },
		{ 1U << FILTERED_BPF, "processes", NULL },
		{ 1U << FILTERED_BPF, "tracefs", NULL },
		{ 1U << FILTERED_PERF_EVENT_OPEN, "load", NULL },
		{ 1U << FILTERED_PERF_EVENT_OPEN, "capture", "perf_event_open(2)" },
		{ 1U << FILTERED_PERF_EVENT_OPEN, "capture_guarded", "perf_event_open(2)" },
		{ 1U << FILTERED_FSOPEN, "tracefs", "fsopen(2)" },
		{ 1U << FILTERED_FSOPEN, "netns", NULL },
		{ 0, "load", NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct privilege_scene scene = with(BACKEND_TRACEPOINT, CAPTURE_SYSCALL);
		const char *why;

		scene.has_tracefs = scene.is_own_netns = false;
		scene.guards_perf = true;
		scene.filtered = c->filtered;
		why = refusal(c->what, &scene, ~0ULL);
		print_message("  %s: %s\n", c->what, why ? why : "works");
		if (c->call)
			assert_true(why && strstr(why, "a seccomp profile refuses ") &&
				    strstr(why, c->call));
		else
			assert_null(why);
		/* What is missing is that, and what is not used is nothing. */
		assert_null(refusal(c->what, &scene, 0));
		scene.capture = CAPTURE_NONE;
		if (c->filtered != 1U << FILTERED_BPF)
			assert_null(refusal(c->what, &scene, ~0ULL));
	}
}

static void names_what_hearing_plugins_lacks_where_it_is_refused(void **state)
{
	static const struct {
		unsigned int filtered;
		int tracefs_err;
		enum verdict calls;
		enum capture capture;
	} cases[] = {
		{ 0, 0, VERDICT_WORKS, CAPTURE_NONE },
		{ 0, -EPERM, VERDICT_WORKS, CAPTURE_SYSCALL },
		{ 0, -ENOENT, VERDICT_WORKS, CAPTURE_NONE },
		{ 1U << FILTERED_FSOPEN, -ENOSYS, VERDICT_WORKS, CAPTURE_SYSCALL },
		{ 1U << FILTERED_PERF_EVENT_OPEN, 0, VERDICT_WORKS, CAPTURE_SYSCALL },
		{ 1U << FILTERED_PERF_EVENT_OPEN, -ENOENT, VERDICT_WORKS, CAPTURE_NONE },
		{ 1U << FILTERED_PERF_EVENT_OPEN, 0, VERDICT_REFUSED, CAPTURE_NONE },
		{ 1U << FILTERED_BPF, 0, VERDICT_WORKS, CAPTURE_NONE },
	};

	(void)state;
	for_each_case(c, cases) {
		struct kernel kernel = { .filtered = c->filtered };

		for (enum capture i = 0; i < CAPTURE_COUNT; i++)
			kernel.captures[i].verdict = VERDICT_REFUSED;
		kernel.features[FEATURE_TRACEFS].err = c->tracefs_err;
		kernel.features[FEATURE_TP_EXEC].verdict = c->calls;
		assert_int_equal(privilege_capture(&kernel, BACKEND_TRACEPOINT), c->capture);
	}
}

/* ---- perf_event_paranoid ---- */

enum { UNGUARDED, GUARDED, CANNOT_TRY };

/* Where the sysctl, but not the kernel, says 4. */
static int look_at_a_paranoid_kernel(uint64_t lacks, unsigned int filtered)
{
	struct privilege_scene scene = { .backend = BACKEND_KPROBE, .is_own_netns = true };
	const struct kernel kernel = { .release = "6.12.1", .filtered = filtered };

	if (filtered && !refuse(SYS_perf_event_open, EPERM))
		return CANNOT_TRY;
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("paranoid", "/proc/sys/kernel/perf_event_paranoid", NULL, MS_BIND, NULL))
		return CANNOT_TRY;
	capng_get_caps_process();
	for (unsigned int i = 0; i <= CAP_LAST_CAP; i++)
		if (lacks & BIT(i))
			capng_update(CAPNG_DROP, CAPNG_EFFECTIVE, i);
	if (capng_apply(CAPNG_SELECT_CAPS))
		return CANNOT_TRY;
	privilege_look(&kernel, &scene);
	return scene.guards_perf ? GUARDED : UNGUARDED;
}

/* Debian's own patch guards it: what a kernel says to CAP_PERFMON alone is asked first. */
static void blames_debians_patch_where_it_is_known_to_be_there_alone(void **state)
{
	static const struct {
		uint64_t lacks;
		unsigned int filtered;
	} cases[] = {
		{ 0, 0 },
		{ BIT(CAP_PERFMON), 0 },
		{ BIT(CAP_PERFMON) | ADMIN, 0 },
		{ 0, 1U << FILTERED_PERF_EVENT_OPEN },
	};
	int status;

	(void)state;
	put("paranoid", "4\n");
	for_each_case(c, cases) {
		pid_t pid = fork();

		if (!pid)
			_exit(look_at_a_paranoid_kernel(c->lacks, c->filtered));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		/* Nor can it be told of a kernel that is guarded. */
		if (WEXITSTATUS(status) == CANNOT_TRY ||
		    (c == cases && WEXITSTATUS(status) == GUARDED))
			skip();
		assert_int_equal(WEXITSTATUS(status), UNGUARDED);
	}
}

static void counts_locked_memory_before_5_11_alone(void **state)
{
	static const struct {
		const char *release;
		uint64_t memlock;
		bool is_charged;
	} cases[] = {
		{ "5.10.0-34-amd64", 65536, true },
		{ "5.4.1", 8 << 20, true },
		{ "4.19", 65536, true },
		{ "5.10.0", UINT64_MAX, false },
		{ "5.11.0", 65536, false },
		{ "6.1.0", 65536, false },
		{ "", 65536, false },
	};

	(void)state;
	for_each_case(c, cases) {
		struct privilege_scene scene = usual;
		struct kernel kernel = { .memlock = c->memlock };

		snprintf(kernel.release, sizeof(kernel.release), "%s", c->release);
		privilege_look(&kernel, &scene);
		assert_int_equal(scene.charges_memlock, c->is_charged);
	}
}

static void takes_a_hidden_netns_for_its_own_and_another_one_not(void **state)
{
	(void)state;
	assert_true(privilege_is_own_netns("/does/not/exist"));
	make_dir("1");
	make_dir("1/ns");
	assert_int_equal(symlink("/proc/self/ns/net", "1/ns/net"), 0);
	assert_true(privilege_is_own_netns("."));
	assert_int_equal(unlink("1/ns/net"), 0);
	put("1/ns/net", "");
	assert_false(privilege_is_own_netns("."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uses_what_the_backend_and_the_machine_need),
		cmocka_unit_test(keeps_no_more_than_is_held_and_used),
		cmocka_unit_test(misses_what_is_used_and_not_held),
		cmocka_unit_test(names_every_row_once),
		cmocka_unit_test(lists_names_in_order_and_without_overflow),
		cmocka_unit_test(looks_without_losing_anything),
		cmocka_unit_test(tells_of_a_profile_that_refuses_what_is_held),
		cmocka_unit_test(names_what_hearing_plugins_lacks_where_it_is_refused),
		workdir_test(blames_debians_patch_where_it_is_known_to_be_there_alone),
		cmocka_unit_test(counts_locked_memory_before_5_11_alone),
		workdir_test(takes_a_hidden_netns_for_its_own_and_another_one_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
