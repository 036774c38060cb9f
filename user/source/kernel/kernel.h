/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this kernel lets us do, found out by trying: each answer comes with the
 * reason and what to do about it. `podip doctor` prints them, the agent picks its
 * backend by them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "source/kernel/hooks.h"

/* Forms of the walker, best first. */
enum walk_form { WALK_FORM_DIRECT, WALK_FORM_LOOP, WALK_FORM_TAIL, WALK_FORM_COUNT };

/* Ways to hear what a CNI plugin writes to stdout, best first. */
enum capture { CAPTURE_FENTRY, CAPTURE_KPROBE, CAPTURE_SYSCALL, CAPTURE_COUNT, CAPTURE_NONE };

/* Things that are asked of the kernel and of its configuration. */
enum feature {
	FEATURE_BTF, /* /sys/kernel/btf/vmlinux */
	FEATURE_LOCKDOWN,
	FEATURE_TRACEFS,
	FEATURE_KALLSYMS,
	FEATURE_WALKER, /* BPF_PROG_TEST_RUN of a raw tracepoint program */
	FEATURE_BPF_LOOP,
	FEATURE_RDONLY_CAST,
	FEATURE_FENTRY, /* a trampoline attaches */
	FEATURE_KPROBE,
	FEATURE_TP_NOTIFIER, /* tp_btf/notifier_run */
	FEATURE_TP_WORKQUEUE,
	FEATURE_TP_EXEC, /* tp_btf/sched_process_exec and _exit: runs of CNI plugins */
	FEATURE_NETLINK_ALL_NSID,
	FEATURE_COUNT,
};

enum verdict { VERDICT_WORKS, VERDICT_LIMITED, VERDICT_REFUSED, VERDICT_COUNT };

enum { FINDING_TEXT_SIZE = 160 };

struct finding {
	enum verdict verdict;
	int err; /* -errno of the try, or 0 */
	char why[FINDING_TEXT_SIZE]; /* empty when it works without remark */
	const char *remedy; /* what to do; NULL when nothing is to be done */
};

struct kernel {
	char release[65];
	char arch[65];
	unsigned int
		filtered; /* calls that a seccomp profile refuses: bit n is enum filtered's n */
	uint64_t memlock; /* bytes that may be locked at most: before 5.11 BPF's maps count */
	struct finding features[FEATURE_COUNT];
	struct finding backends[BACKEND_COUNT];
	struct finding walk_forms[WALK_FORM_COUNT];
	struct finding captures[CAPTURE_COUNT];
	bool *hook_found; /* per row of hooks: the function exists here and is not replaced
			   */
};

const char *capture_name(enum capture capture); /* "none" for CAPTURE_NONE */
const char *walk_form_name(enum walk_form form);
const char *feature_name(enum feature feature);

/* Try everything; takes some 30 ms, nothing stays loaded or attached. -ENOMEM only: that something
 * is refused is an answer. Pair with kernel_clear(). */
int kernel_probe(struct kernel *out);
void kernel_clear(struct kernel *kernel);
static inline void cleanup_kernel_fn(struct kernel *kernel)
{
	kernel_clear(kernel);
}
#define cleanup_kernel cleanup(cleanup_kernel_fn)

/* Best backend that works, BACKEND_NONE when none does. */
enum backend kernel_best_backend(const struct kernel *kernel);
/* Best way to hear plugins' stdout beside this backend, CAPTURE_NONE when none works. */
enum capture kernel_best_capture(const struct kernel *kernel, enum backend backend);
/* Best form of the walker, WALK_FORM_COUNT when none works. */
enum walk_form kernel_best_walk(const struct kernel *kernel);
