// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/syscalls.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "cleanup.h"

#define NEW_NAMESPACES                                                                             \
	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | \
	 CLONE_NEWCGROUP)

/* Walks, and reading counters: nothing can be loaded or attached any more. */
static const uint32_t bpf_commands[] = { BPF_MAP_LOOKUP_ELEM, BPF_PROG_TEST_RUN };
static const uint32_t socket_families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
static const uint32_t ioctls[] = {
	TCGETS,
	FIONREAD,
	FIONBIO,
	SIOCGIFNAME,
	SIOCGIFINDEX,
	TIOCGWINSZ,
	PERF_EVENT_IOC_SET_BPF,
	PERF_EVENT_IOC_ENABLE,
	PERF_EVENT_IOC_DISABLE,
};

/* None that has a descriptor signal somebody (F_SETOWN, F_SETSIG), or keeps others from a file
 * (leases, locks). O_ASYNC needs no owner: a terminal signals whoever is before it. */
static const uint32_t fcntls[] = { F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC, F_SETFL };
/* Of itself: prlimit64(2)'s process, and all of those in perf_event_open(2)'s sight, since an event
 * of one can signal it (SIGTRAP). */
static const uint32_t own_limits[] = { 0 };
static const uint32_t no_process[] = { (uint32_t)-1 };

_Static_assert(array_size(ioctls) <= SYSCALL_VALUES_MAX, "too many values of one call");

#define ROW(when, call)                                          \
	{                                                        \
		.name = #call, .number = SYS_##call, .use = when \
	}
/* What newer architectures left out. */
#ifdef SYS_open
#define LEGACY(when, call) ROW(when, call)
#else
#define LEGACY(when, call)                               \
	{                                                \
		.name = #call, .number = -1, .use = when \
	}
#endif

/* In alphabetical order. clone3 hides its flags behind a pointer: refused with ENOSYS it makes the
 * C library call clone. */
const struct syscall_row syscalls[] = {
	ROW(SYSCALL_RUN, accept),
	ROW(SYSCALL_RUN, accept4),
	LEGACY(SYSCALL_RUN, access),
	LEGACY(SYSCALL_START, arch_prctl),
	ROW(SYSCALL_RUN, bind),
	{ .name = "bpf",
	  .number = SYS_bpf,
	  .use = SYSCALL_RUN,
	  .values = bpf_commands,
	  .value_count = array_size(bpf_commands) },
	ROW(SYSCALL_RUN, brk),
	ROW(SYSCALL_RUN, capget),
	ROW(SYSCALL_START, capset),
	ROW(SYSCALL_START, chdir),
	LEGACY(SYSCALL_RUN, chmod),
	ROW(SYSCALL_RUN, clock_getres),
	ROW(SYSCALL_RUN, clock_gettime),
	ROW(SYSCALL_RUN, clock_nanosleep),
	{ .name = "clone",
	  .number = SYS_clone,
	  .use = SYSCALL_RUN,
	  .forbidden = NEW_NAMESPACES | CLONE_PARENT },
	ROW(SYSCALL_START, clone3),
	ROW(SYSCALL_RUN, close),
	ROW(SYSCALL_START, close_range),
	ROW(SYSCALL_RUN, connect),
	ROW(SYSCALL_RUN, dup),
	LEGACY(SYSCALL_RUN, dup2),
	ROW(SYSCALL_RUN, dup3),
	ROW(SYSCALL_RUN, epoll_create1),
	ROW(SYSCALL_RUN, epoll_ctl),
	ROW(SYSCALL_RUN, epoll_pwait),
	ROW(SYSCALL_RUN, epoll_pwait2),
	LEGACY(SYSCALL_RUN, epoll_wait),
	ROW(SYSCALL_RUN, eventfd2),
	ROW(SYSCALL_START, execve),
	ROW(SYSCALL_START, execveat),
	ROW(SYSCALL_RUN, exit),
	ROW(SYSCALL_RUN, exit_group),
	ROW(SYSCALL_RUN, faccessat),
	ROW(SYSCALL_RUN, faccessat2),
	ROW(SYSCALL_RUN, fadvise64),
	ROW(SYSCALL_RUN, fallocate),
	ROW(SYSCALL_START, fchdir),
	ROW(SYSCALL_RUN, fchmod),
	ROW(SYSCALL_RUN, fchmodat),
	{ .name = "fcntl",
	  .number = SYS_fcntl,
	  .use = SYSCALL_RUN,
	  .argument = 1,
	  .values = fcntls,
	  .value_count = array_size(fcntls),
	  .forbidden = O_ASYNC },
	ROW(SYSCALL_RUN, fdatasync),
	ROW(SYSCALL_RUN, flock),
	ROW(SYSCALL_START, fsconfig),
	ROW(SYSCALL_START, fsmount),
	ROW(SYSCALL_START, fsopen),
	ROW(SYSCALL_RUN, fstat),
	ROW(SYSCALL_RUN, fstatfs),
	ROW(SYSCALL_RUN, fsync),
	ROW(SYSCALL_RUN, ftruncate),
	ROW(SYSCALL_RUN, futex),
	ROW(SYSCALL_RUN, get_robust_list),
	ROW(SYSCALL_RUN, getcpu),
	ROW(SYSCALL_RUN, getcwd),
	ROW(SYSCALL_RUN, getdents64),
	ROW(SYSCALL_RUN, getegid),
	ROW(SYSCALL_RUN, geteuid),
	ROW(SYSCALL_RUN, getgid),
	ROW(SYSCALL_START, getgroups),
	ROW(SYSCALL_RUN, getpeername),
	ROW(SYSCALL_START, getpgid),
	LEGACY(SYSCALL_START, getpgrp),
	ROW(SYSCALL_RUN, getpid),
	ROW(SYSCALL_RUN, getppid),
	ROW(SYSCALL_RUN, getrandom),
	ROW(SYSCALL_START, getresgid),
	ROW(SYSCALL_START, getresuid),
	ROW(SYSCALL_RUN, getrlimit),
	ROW(SYSCALL_RUN, getrusage),
	ROW(SYSCALL_RUN, getsockname),
	ROW(SYSCALL_RUN, getsockopt),
	ROW(SYSCALL_RUN, gettid),
	ROW(SYSCALL_RUN, gettimeofday),
	ROW(SYSCALL_RUN, getuid),
	ROW(SYSCALL_RUN, inotify_add_watch),
	ROW(SYSCALL_RUN, inotify_init1),
	ROW(SYSCALL_RUN, inotify_rm_watch),
	{ .name = "ioctl",
	  .number = SYS_ioctl,
	  .use = SYSCALL_RUN,
	  .argument = 1,
	  .values = ioctls,
	  .value_count = array_size(ioctls) },
	ROW(SYSCALL_START, kill),
	LEGACY(SYSCALL_RUN, link),
	ROW(SYSCALL_RUN, linkat),
	ROW(SYSCALL_RUN, listen),
	ROW(SYSCALL_RUN, lseek),
	LEGACY(SYSCALL_RUN, lstat),
	ROW(SYSCALL_RUN, madvise),
	ROW(SYSCALL_RUN, membarrier),
	ROW(SYSCALL_START, mincore),
	LEGACY(SYSCALL_RUN, mkdir),
	ROW(SYSCALL_RUN, mkdirat),
	ROW(SYSCALL_RUN, mmap),
	ROW(SYSCALL_RUN, mprotect),
	ROW(SYSCALL_RUN, mremap),
	ROW(SYSCALL_RUN, munmap),
	ROW(SYSCALL_RUN, nanosleep),
	ROW(SYSCALL_RUN, newfstatat),
	LEGACY(SYSCALL_RUN, open),
	ROW(SYSCALL_RUN, openat),
	ROW(SYSCALL_START, openat2),
	{ .name = "perf_event_open",
	  .number = SYS_perf_event_open,
	  .use = SYSCALL_CAPTURE,
	  .argument = 1,
	  .values = no_process,
	  .value_count = array_size(no_process) },
	LEGACY(SYSCALL_RUN, pipe),
	ROW(SYSCALL_RUN, pipe2),
	LEGACY(SYSCALL_RUN, poll),
	ROW(SYSCALL_RUN, ppoll),
	ROW(SYSCALL_START, prctl),
	ROW(SYSCALL_RUN, pread64),
	{ .name = "prlimit64",
	  .number = SYS_prlimit64,
	  .use = SYSCALL_RUN,
	  .values = own_limits,
	  .value_count = array_size(own_limits) },
	ROW(SYSCALL_RUN, pselect6),
	ROW(SYSCALL_RUN, pwrite64),
	ROW(SYSCALL_RUN, read),
	LEGACY(SYSCALL_RUN, readlink),
	ROW(SYSCALL_RUN, readlinkat),
	ROW(SYSCALL_RUN, readv),
	ROW(SYSCALL_RUN, recvfrom),
	ROW(SYSCALL_RUN, recvmmsg),
	ROW(SYSCALL_RUN, recvmsg),
	LEGACY(SYSCALL_RUN, rename),
	ROW(SYSCALL_RUN, renameat),
	ROW(SYSCALL_RUN, renameat2),
	ROW(SYSCALL_RUN, restart_syscall),
	ROW(SYSCALL_RUN, rseq),
	ROW(SYSCALL_RUN, rt_sigaction),
	ROW(SYSCALL_RUN, rt_sigprocmask),
	ROW(SYSCALL_RUN, rt_sigreturn),
	ROW(SYSCALL_START, rt_sigtimedwait),
	ROW(SYSCALL_RUN, sched_getaffinity),
	ROW(SYSCALL_RUN, sched_yield),
	ROW(SYSCALL_START, seccomp),
	LEGACY(SYSCALL_RUN, select),
	ROW(SYSCALL_RUN, sendfile),
	ROW(SYSCALL_RUN, sendmmsg),
	ROW(SYSCALL_RUN, sendmsg),
	ROW(SYSCALL_RUN, sendto),
	ROW(SYSCALL_RUN, set_robust_list),
	ROW(SYSCALL_RUN, set_tid_address),
	ROW(SYSCALL_START, setgid),
	ROW(SYSCALL_START, setgroups),
	ROW(SYSCALL_START, setns),
	ROW(SYSCALL_START, setpgid),
	ROW(SYSCALL_START, setresgid),
	ROW(SYSCALL_START, setresuid),
	ROW(SYSCALL_START, setrlimit),
	ROW(SYSCALL_START, setsid),
	ROW(SYSCALL_RUN, setsockopt),
	ROW(SYSCALL_START, setuid),
	ROW(SYSCALL_RUN, shutdown),
	ROW(SYSCALL_RUN, sigaltstack),
	ROW(SYSCALL_RUN, signalfd4),
	{ .name = "socket",
	  .number = SYS_socket,
	  .use = SYSCALL_RUN,
	  .values = socket_families,
	  .value_count = array_size(socket_families) },
	ROW(SYSCALL_RUN, socketpair),
	LEGACY(SYSCALL_RUN, stat),
	ROW(SYSCALL_RUN, statfs),
	ROW(SYSCALL_RUN, statx),
	ROW(SYSCALL_RUN, sysinfo),
	{ .name = "tgkill", .number = SYS_tgkill, .use = SYSCALL_RUN, .is_own_pid = true },
	LEGACY(SYSCALL_RUN, time),
	ROW(SYSCALL_RUN, timerfd_create),
	ROW(SYSCALL_RUN, timerfd_gettime),
	ROW(SYSCALL_RUN, timerfd_settime),
	ROW(SYSCALL_RUN, umask),
	ROW(SYSCALL_RUN, uname),
	LEGACY(SYSCALL_RUN, unlink),
	ROW(SYSCALL_RUN, unlinkat),
	LEGACY(SYSCALL_START, vfork),
	ROW(SYSCALL_START, wait4),
	ROW(SYSCALL_START, waitid),
	ROW(SYSCALL_RUN, write),
	ROW(SYSCALL_RUN, writev),
};

const size_t syscall_count = array_size(syscalls);
