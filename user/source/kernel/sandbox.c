// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel remembers of each call that the filter lets it pass whatever its
 * arguments are (5.11): a long list costs nothing. Calls of another architecture,
 * and those of x32, have none of our numbers.
 */
#include "source/kernel/sandbox.h"

#include <assert.h>
#include <cap-ng.h>
#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "source/kernel/syscalls.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "which architecture is this to seccomp?"
#endif

#define REFUSE (SECCOMP_RET_ERRNO | ENOSYS)

unsigned int sandbox_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *entry;
	unsigned int count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count;
}

/* ---- capabilities ---- */

static int drop_bounding(uint64_t keep)
{
	for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) {
		bool is_kept = i < 64 && keep & (1ULL << i);

		if (!is_kept && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) && errno != EPERM)
			return -errno;
	}
	return 0;
}

int sandbox_drop(uint64_t keep)
{
	int err = drop_bounding(keep);

	if (err)
		return err;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) && errno != EINVAL)
		return -errno;
	capng_get_caps_process();
	for (unsigned int i = 0; i <= CAP_LAST_CAP; i++)
		keep &= capng_have_capability(CAPNG_PERMITTED, i) ? ~0ULL : ~(1ULL << i);
	capng_clear(CAPNG_SELECT_CAPS);
	for (unsigned int i = 0; i <= CAP_LAST_CAP; i++)
		if (keep & (1ULL << i))
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, i);
	if (capng_apply(CAPNG_SELECT_CAPS))
		return -EPERM;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

/* ---- system calls ---- */

struct program {
	struct sock_filter *code;
	size_t count;
};

static void put(struct program *program, struct sock_filter instruction)
{
	assert(program->count < SANDBOX_FILTER_MAX);
	program->code[program->count++] = instruction;
}

static void put_load(struct program *program, size_t offset)
{
	put(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void put_jump(struct program *program, uint16_t code, uint32_t value, uint8_t no)
{
	put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | code | BPF_K, value, 0, no));
}

static void put_return(struct program *program, uint32_t action)
{
	put(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* The low half: the kernel reads no more of any of these. */
static void put_argument(struct program *program, unsigned int argument)
{
	size_t offset = offsetof(struct seccomp_data, args) + argument * sizeof(__u64);

	put_load(program, offset + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0));
}

static void put_value(struct program *program, uint32_t value)
{
	put_jump(program, BPF_JEQ, value, 1);
	put_return(program, SECCOMP_RET_ALLOW);
}

static void put_forbidden(struct program *program, unsigned int argument, uint32_t forbidden)
{
	put_argument(program, argument);
	put_jump(program, BPF_JSET, forbidden, 1);
	put_return(program, REFUSE);
	put_return(program, SECCOMP_RET_ALLOW);
}

static void put_values(struct program *program, const struct syscall_row *row)
{
	size_t free_count = row->value_count - (row->forbidden ? 1 : 0);

	put_argument(program, row->argument);
	for (size_t i = 0; i < free_count; i++)
		put_value(program, row->values[i]);
	if (row->is_own_pid)
		put_value(program, (uint32_t)getpid());
	if (row->forbidden) {
		put_jump(program, BPF_JEQ, row->values[free_count], 4);
		put_forbidden(program, row->argument + 1, row->forbidden);
	}
	put_return(program, REFUSE);
}

/* Of this call; it goes on behind it with others. */
static void put_checked(struct program *program, const struct syscall_row *row)
{
	size_t start = program->count;

	put_jump(program, BPF_JEQ, (uint32_t)row->number, 0);
	if (row->values || row->is_own_pid)
		put_values(program, row);
	else
		put_forbidden(program, row->argument, row->forbidden);
	program->code[start].jf = (uint8_t)(program->count - start - 1);
}

static bool is_allowed(const struct syscall_row *row, bool has_capture)
{
	return row->number >= 0 &&
	       (row->use == SYSCALL_RUN || (row->use == SYSCALL_CAPTURE && has_capture));
}

static bool is_plain(const struct syscall_row *row)
{
	return !row->values && !row->is_own_pid && !row->forbidden;
}

static void put_plain(struct program *program, bool has_capture)
{
	size_t left = 0;

	for (size_t i = 0; i < syscall_count; i++)
		left += is_plain(&syscalls[i]) && is_allowed(&syscalls[i], has_capture);
	for (size_t i = 0; i < syscall_count; i++) {
		if (!is_plain(&syscalls[i]) || !is_allowed(&syscalls[i], has_capture))
			continue;
		/* Over the other ones, and the refusal behind them. */
		put(program,
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						 (uint32_t)syscalls[i].number, (uint8_t)left, 0));
		left--;
	}
	put_return(program, REFUSE);
	put_return(program, SECCOMP_RET_ALLOW);
}

size_t sandbox_program(bool has_capture, struct sock_filter out[static SANDBOX_FILTER_MAX])
{
	struct program program = { .code = out };

	put_load(&program, offsetof(struct seccomp_data, arch));
	put(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0));
	put_return(&program, REFUSE);
	put_load(&program, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < syscall_count; i++) {
		const struct syscall_row *row = &syscalls[i];

		if (is_allowed(row, has_capture) && !is_plain(row))
			put_checked(&program, row);
	}
	put_plain(&program, has_capture);
	return program.count;
}

int sandbox_filter(bool has_capture)
{
	struct sock_filter code[SANDBOX_FILTER_MAX];
	const struct sock_fprog program = {
		.len = (unsigned short)sandbox_program(has_capture, code), .filter = code
	};

	/* Nobody else's code runs here that would have to be kept from speculating. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		    SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program))
		return -errno;
	return 0;
}
