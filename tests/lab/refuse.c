// SPDX-License-Identifier: Apache-2.0
/*
 * refuse CALL ERROR -- COMMAND...: under a filter that answers this system call (bpf,
 * perf_event_open, fsopen) with this error (EPERM, ENOSYS), as seccomp profiles of
 * containers do.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct name {
	const char *name;
	int number;
};

static const struct name calls[] = {
	{ "bpf", SYS_bpf },
	{ "perf_event_open", SYS_perf_event_open },
	{ "fsopen", SYS_fsopen },
	{ NULL, -1 },
};

static const struct name errors[] = { { "EPERM", EPERM }, { "ENOSYS", ENOSYS }, { NULL, -1 } };

static int find(const struct name *names, const char *name)
{
	while (names->name && strcmp(names->name, name) != 0)
		names++;
	if (!names->name)
		fprintf(stderr, "refuse: what is '%s'?\n", name);
	return names->number;
}

/* One architecture's numbers: what is started is ours. No new privileges, or it takes
 * CAP_SYS_ADMIN. */
static int refuse(int number, int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(*code), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) ? -errno : 0;
}

int main(int argc, char **argv)
{
	int number, error, err;

	if (argc < 5 || strcmp(argv[3], "--") != 0)
		return 2;
	number = find(calls, argv[1]);
	error = find(errors, argv[2]);
	if (number < 0 || error < 0)
		return 2;
	err = refuse(number, error);
	if (err) {
		fprintf(stderr, "refuse: no filter of system calls: %s\n", strerror(-err));
		return 1;
	}
	execvp(argv[4], argv + 4);
	perror(argv[4]);
	return 127;
}
