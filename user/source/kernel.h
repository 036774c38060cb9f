/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this kernel lets us do, found out by trying: each answer comes with the
 * reason and what to do about it. `podip doctor` prints them, the agent picks its
 * backend by them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"

/* Ways to hear live changes, best first. */
enum backend { BACKEND_FENTRY, BACKEND_KPROBE, BACKEND_TRACEPOINT, BACKEND_COUNT, BACKEND_NONE };

/* Forms of the walker, best first. */
enum walk_form { WALK_FORM_DIRECT, WALK_FORM_LOOP, WALK_FORM_TAIL, WALK_FORM_COUNT };

/* Things that are asked of the kernel and of its configuration. */
enum feature {
	FEATURE_BTF, /* /sys/kernel/btf/vmlinux */
	FEATURE_CAP_BPF,
	FEATURE_CAP_PERFMON,
	FEATURE_CAP_NET_ADMIN,
	FEATURE_CAP_SYS_PTRACE,
	FEATURE_CAP_SYS_ADMIN,
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

/* One kernel function a backend hooks. */
struct hook {
	enum backend backend;
	const char *program; /* in the BPF object */
	const char *function; /* kernel function or tracepoint */
	const char *fact; /* what it reports */
	const char *instead_of; /* another row's function that this one replaces where it exists */
};

extern const struct hook kernel_hooks[];
extern const size_t kernel_hook_count;

struct kernel {
	char release[65];
	char arch[65];
	struct finding features[FEATURE_COUNT];
	struct finding backends[BACKEND_COUNT];
	struct finding walk_forms[WALK_FORM_COUNT];
	bool *hook_found; /* per row of kernel_hooks: the function exists here and is not replaced
			   */
};

const char *backend_name(enum backend backend);
int backend_parse(const char *text, enum backend *out); /* -EINVAL */
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
/* Best form of the walker, WALK_FORM_COUNT when none works. */
enum walk_form kernel_best_walk(const struct kernel *kernel);
