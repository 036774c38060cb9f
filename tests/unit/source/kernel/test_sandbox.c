// SPDX-License-Identifier: Apache-2.0
/* Each test gives up in a child of its own: there is no way back. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/kernel/privilege.h"
#include "source/kernel/sandbox.h"
#include "source/kernel/syscalls.h"

/* Line of the first thing that is not so, as status of the child: 0 is good. */
static int in_a_child(int (*run)(bool has_capture), bool has_capture)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(run(has_capture) & 0xff);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define must(condition)                  \
	do {                             \
		if (!(condition))        \
			return __LINE__; \
	} while (0)
#define must_be_refused(call) must((errno = 0, (call) < 0) && errno == ENOSYS)

static int give_up(bool has_capture)
{
	int err = sandbox_drop(0);

	return err ? err : sandbox_filter(has_capture);
}

static uint64_t status_field(const char *name)
{
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t value = UINT64_MAX;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = strtoull(line + strlen(name), NULL, 16);
	if (file)
		fclose(file);
	return value;
}

static int drop_all(bool has_capture)
{
	must(!give_up(has_capture));
	must(status_field("CapEff:") == 0 && status_field("CapPrm:") == 0);
	must(status_field("CapInh:") == 0 && status_field("CapAmb:") == 0);
	must(status_field("NoNewPrivs:") == 1 && status_field("Seccomp:") == 2);
	must(privilege_held() == 0);
	return 0;
}

static int drop_all_but_one(bool has_capture)
{
	uint64_t held = privilege_held(), kept = held & (1ULL << 19);

	(void)has_capture;
	must(!sandbox_drop(1ULL << 19));
	must(status_field("CapEff:") == kept && status_field("CapPrm:") == kept);
	must(status_field("CapInh:") == 0 && status_field("CapAmb:") == 0);
	must(!(held & (1ULL << 8)) || status_field("CapBnd:") == kept); /* CAP_SETPCAP */
	must(status_field("NoNewPrivs:") == 1);
	return 0;
}

static void drops_every_set_of_capabilities(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(drop_all, false), 0);
	assert_int_equal(in_a_child(drop_all_but_one, false), 0);
}

static int try_what_is_refused(bool has_capture)
{
	char *const nothing[] = { NULL };
	union bpf_attr attr = { 0 };

	must(!give_up(has_capture));
	must_be_refused(execve("/bin/true", nothing, nothing));
	must_be_refused(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
	must_be_refused(syscall(SYS_process_vm_writev, getppid(), NULL, 0, NULL, 0, 0));
	must_be_refused(syscall(SYS_pidfd_getfd, 0, 0, 0));
	must_be_refused(mount("none", "/", "tmpfs", 0, NULL));
	must_be_refused(setns(0, 0));
	must_be_refused(unshare(CLONE_NEWUSER));
	must_be_refused(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0));
	must_be_refused(syscall(SYS_clone3, NULL, 0));
	must_be_refused(syscall(SYS_init_module, NULL, 0, ""));
	must_be_refused(syscall(SYS_kexec_load, 0, 0, NULL, 0));
	must_be_refused(syscall(SYS_io_uring_setup, 1, NULL));
	must_be_refused(kill(getppid(), 0));
	must_be_refused(socket(AF_PACKET, SOCK_RAW, 0));
	must_be_refused(ioctl(0, TIOCSTI, "x"));
	must_be_refused(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)));
	must_be_refused(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
	must_be_refused(syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)));
	/* Not to be had by the other half of the register either. */
	must_be_refused(syscall(SYS_bpf, 1ULL << 32 | BPF_PROG_LOAD, &attr, sizeof(attr)));
	return 0;
}

static void refuses_what_running_does_not_need(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(try_what_is_refused, false), 0);
	assert_int_equal(in_a_child(try_what_is_refused, true), 0);
}

/* Ends with us, who may not signal it. */
static pid_t start_bystander(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		pause();
	_exit(0);
}

static int try_to_signal(bool has_capture)
{
	pid_t other = start_bystander();
	siginfo_t info = { .si_code = SI_QUEUE, .si_pid = getpid() };
	int pidfd = (int)syscall(SYS_pidfd_open, other, 0);

	must(other > 0 && !give_up(has_capture));
	must_be_refused(kill(other, 0));
	must_be_refused(kill(-1, 0));
	must_be_refused(syscall(SYS_tkill, other, 0));
	must_be_refused(syscall(SYS_tkill, gettid(), 0));
	must_be_refused(syscall(SYS_tgkill, other, other, 0));
	must_be_refused(syscall(SYS_tgkill, other, other, SIGKILL));
	must_be_refused(syscall(SYS_tgkill, 0, other, 0));
	must_be_refused(syscall(SYS_tgkill, -1, other, 0));
	must_be_refused(syscall(SYS_rt_sigqueueinfo, other, SIGKILL, &info));
	must_be_refused(syscall(SYS_rt_tgsigqueueinfo, other, other, SIGKILL, &info));
	must_be_refused(syscall(SYS_pidfd_open, other, 0));
	must_be_refused(syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0));
	must_be_refused(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, NULL));
	must_be_refused(syscall(SYS_clone, CLONE_PARENT | SIGKILL, NULL, NULL, NULL, 0));
	return 0;
}

/* Who is signalled when there is something to read. */
static int try_to_have_a_descriptor_signal(bool has_capture)
{
	pid_t other = start_bystander();
	struct f_owner_ex owner = { .type = F_OWNER_PID, .pid = other };
	int ends[2], pid = other, on = 1;

	must(other > 0 && !socketpair(AF_UNIX, SOCK_STREAM, 0, ends) && !give_up(has_capture));
	must_be_refused(fcntl(ends[0], F_SETOWN, other));
	must_be_refused(fcntl(ends[0], F_SETOWN_EX, &owner));
	must_be_refused(fcntl(ends[0], F_SETSIG, SIGKILL));
	must_be_refused(syscall(SYS_fcntl, ends[0], 1ULL << 32 | F_SETOWN, other));
	must_be_refused(fcntl(ends[0], F_SETFL, O_ASYNC));
	must_be_refused(fcntl(ends[0], F_SETFL, O_NONBLOCK | O_ASYNC));
	must_be_refused(fcntl(ends[0], F_NOTIFY, DN_CREATE));
	must_be_refused(fcntl(ends[0], F_SETLEASE, F_WRLCK));
	must_be_refused(ioctl(ends[0], FIOASYNC, &on));
	must_be_refused(ioctl(ends[0], FIOSETOWN, &pid));
	must_be_refused(ioctl(ends[0], SIOCSPGRP, &pid));
	must_be_refused(ioctl(ends[0], TIOCSPGRP, &pid));
	return 0;
}

static int try_to_disturb(bool has_capture)
{
	pid_t other = start_bystander();
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_DUMMY };
	struct rlimit limit = { 10, 10 };
	uint64_t cpus = 1;

	must(other > 0 && !give_up(has_capture));
	must_be_refused(syscall(SYS_prlimit64, other, RLIMIT_NOFILE, &limit, NULL));
	must_be_refused(syscall(SYS_prlimit64, other, RLIMIT_NOFILE, NULL, &limit));
	must_be_refused(syscall(SYS_perf_event_open, &attr, other, -1, -1, 0));
	must_be_refused(syscall(SYS_sched_setaffinity, other, sizeof(cpus), &cpus));
	must_be_refused(syscall(SYS_sched_setscheduler, other, 0, NULL));
	must_be_refused(syscall(SYS_sched_setparam, other, NULL));
	must_be_refused(syscall(SYS_sched_setattr, other, NULL, 0));
	must_be_refused(syscall(SYS_setpriority, PRIO_PROCESS, other, 19));
	must_be_refused(syscall(SYS_ioprio_set, 1, other, 0));
	must_be_refused(syscall(SYS_process_madvise, -1, NULL, 0, 0, 0));
	must_be_refused(syscall(SYS_process_vm_readv, other, NULL, 0, NULL, 0, 0));
	must_be_refused(syscall(SYS_migrate_pages, other, 0, NULL, NULL));
	must_be_refused(syscall(SYS_move_pages, other, 0, NULL, NULL, NULL, 0));
	must_be_refused(syscall(SYS_kcmp, other, other, 0, 0, 0));
	must_be_refused(syscall(SYS_setpgid, other, 0));
	must_be_refused(syscall(SYS_fanotify_init, 0, 0));
	return 0;
}

static void keeps_its_hands_off_other_processes(void **state)
{
	(void)state;
	for (int has_capture = 0; has_capture < 2; has_capture++) {
		assert_int_equal(in_a_child(try_to_signal, has_capture), 0);
		assert_int_equal(in_a_child(try_to_have_a_descriptor_signal, has_capture), 0);
		assert_int_equal(in_a_child(try_to_disturb, has_capture), 0);
	}
}

static volatile sig_atomic_t signals_seen;

static void count_signal(int number)
{
	(void)number;
	signals_seen++;
}

static int raise_and_limit(bool has_capture)
{
	struct rlimit limit;
	int ends[2];

	signal(SIGUSR1, count_signal);
	must(!give_up(has_capture));
	must(!raise(SIGUSR1) && !pthread_kill(pthread_self(), SIGUSR1) && signals_seen == 2);
	must(!getrlimit(RLIMIT_NOFILE, &limit) && !setrlimit(RLIMIT_NOFILE, &limit));
	must(!pipe(ends) && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
	must(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
	must(!fcntl(ends[0], F_SETFD, FD_CLOEXEC) && fcntl(ends[0], F_GETFD) == FD_CLOEXEC);
	must(fcntl(ends[0], F_DUPFD_CLOEXEC, 0) > 0 && fcntl(ends[0], F_DUPFD, 0) > 0);
	return 0;
}

static void signals_and_limits_itself(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(raise_and_limit, false), 0);
	assert_int_equal(in_a_child(raise_and_limit, true), 0);
}

static void aborts_as_ever(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		if (!give_up(false))
			abort();
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static int try_capture(bool has_capture)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_DUMMY };

	must(!give_up(has_capture));
	errno = 0;
	syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	must((errno != ENOSYS) == has_capture);
	must(ioctl(-1, PERF_EVENT_IOC_SET_BPF, 0) < 0 && errno == EBADF);
	return 0;
}

static void lets_events_be_opened_where_write_is_hooked_alone(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(try_capture, false), 0);
	assert_int_equal(in_a_child(try_capture, true), 0);
}

static void *touch(void *touched)
{
	*(bool *)touched = true;
	return NULL;
}

static int go_on(bool has_capture)
{
	union bpf_attr attr = { .map_fd = (__u32)-1 };
	bool is_touched = false;
	pthread_t thread;
	char path[] = "/tmp/podip-sandbox-XXXXXX";
	int fd;

	must(!give_up(has_capture));
	must(sandbox_threads() == 1);
	/* As libcurl's resolver does. */
	must(!pthread_create(&thread, NULL, touch, &is_touched));
	must(!pthread_join(thread, NULL) && is_touched);
	fd = mkstemp(path);
	must(fd >= 0 && write(fd, "x", 1) == 1 && !fsync(fd) && !rename(path, path));
	must(!unlink(path));
	must(socket(AF_INET, SOCK_STREAM, 0) >= 0 && socket(AF_UNIX, SOCK_DGRAM, 0) >= 0);
	must(syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0 && errno != ENOSYS);
	must(syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)) < 0 && errno != ENOSYS);
	return 0;
}

static void lets_running_go_on(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(go_on, false), 0);
}

static void fits_every_call_into_a_program(void **state)
{
	struct sock_filter with[SANDBOX_FILTER_MAX], without[SANDBOX_FILTER_MAX];
	size_t count = sandbox_program(true, with);

	(void)state;
	assert_true(sandbox_program(false, without) < count);
	assert_true(count < SANDBOX_FILTER_MAX);
	for (size_t i = 0; i < count; i++)
		if (BPF_CLASS(with[i].code) == BPF_JMP)
			assert_true(i + 1 + with[i].jt < count && i + 1 + with[i].jf < count);
}

static void lists_every_call_once_and_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < syscall_count; i++)
		assert_true(strcmp(syscalls[i - 1].name, syscalls[i].name) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drops_every_set_of_capabilities),
		cmocka_unit_test(refuses_what_running_does_not_need),
		cmocka_unit_test(keeps_its_hands_off_other_processes),
		cmocka_unit_test(signals_and_limits_itself),
		cmocka_unit_test(aborts_as_ever),
		cmocka_unit_test(lets_events_be_opened_where_write_is_hooked_alone),
		cmocka_unit_test(lets_running_go_on),
		cmocka_unit_test(fits_every_call_into_a_program),
		cmocka_unit_test(lists_every_call_once_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
