// SPDX-License-Identifier: Apache-2.0
/*
 * Verdicts build on each other: a missing BTF or capability explains the refusals
 * that follow from it, so that a user reads one cause and not ten symptoms.
 */
#include "source/kernel/kernel.h"

#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "source/kernel/attempt.h"
#include "source/kernel/filtered.h"
#include "source/kernel/symbols.h"

static const char *const capture_names[] = { "fentry", "kprobe", "syscall" };
static const char *const walk_form_names[] = { "direct", "loop", "tail" };
static const char *const feature_names[] = {
	[FEATURE_BTF] = "kernel BTF",
	[FEATURE_LOCKDOWN] = "lockdown",
	[FEATURE_TRACEFS] = "tracefs",
	[FEATURE_KALLSYMS] = "kallsyms",
	[FEATURE_WALKER] = "walker (raw_tp test run)",
	[FEATURE_BPF_LOOP] = "bpf_loop",
	[FEATURE_RDONLY_CAST] = "bpf_rdonly_cast",
	[FEATURE_FENTRY] = "fentry",
	[FEATURE_KPROBE] = "kprobe",
	[FEATURE_TP_NOTIFIER] = "tp_btf/notifier_run",
	[FEATURE_TP_WORKQUEUE] = "tp_btf/workqueue_queue_work",
	[FEATURE_TP_EXEC] = "tp_btf/sched_process_exec",
	[FEATURE_NETLINK_ALL_NSID] = "rtnetlink of all namespaces",
};

_Static_assert(array_size(capture_names) == CAPTURE_COUNT, "a capture lacks its name");
_Static_assert(array_size(walk_form_names) == WALK_FORM_COUNT, "a walk form lacks its name");
_Static_assert(array_size(feature_names) == FEATURE_COUNT, "a feature lacks its name");

const char *capture_name(enum capture capture)
{
	return capture < CAPTURE_COUNT ? capture_names[capture] : "none";
}

const char *walk_form_name(enum walk_form form)
{
	return form < WALK_FORM_COUNT ? walk_form_names[form] : "none";
}

const char *feature_name(enum feature feature)
{
	return feature_names[feature];
}

__attribute__((format(printf, 5, 6))) static void judge(struct finding *finding,
							enum verdict verdict, int err,
							const char *remedy, const char *fmt, ...)
{
	va_list ap;

	finding->verdict = verdict;
	finding->err = err;
	finding->remedy = remedy;
	va_start(ap, fmt);
	vsnprintf(finding->why, sizeof(finding->why), fmt, ap);
	va_end(ap);
}

static bool works(const struct kernel *kernel, enum feature feature)
{
	return kernel->features[feature].verdict == VERDICT_WORKS;
}

static bool holds(unsigned int capability)
{
	return capng_have_capability(CAPNG_EFFECTIVE, capability) ||
	       capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
}

/* The first symbols may truly be at zero (per-CPU offsets), not all of the first hundred. */
static bool sees_kernel_addresses(void)
{
	cleanup_fclose FILE *file = fopen("/proc/kallsyms", "re");
	char line[256];

	for (int i = 0; file && i < 100 && fgets(line, sizeof(line), file); i++)
		if (strtoull(line, NULL, 16))
			return true;
	return false;
}

static void probe_files(struct kernel *kernel)
{
	cleanup_fclose FILE *lockdown = fopen("/sys/kernel/security/lockdown", "re");
	char line[64];

	if (access("/sys/kernel/btf/vmlinux", R_OK))
		judge(&kernel->features[FEATURE_BTF], VERDICT_REFUSED, -errno,
		      "use a kernel with CONFIG_DEBUG_INFO_BTF=y (every current distribution)",
		      "/sys/kernel/btf/vmlinux cannot be read: %s", strerror(errno));
	if (!sees_kernel_addresses())
		judge(&kernel->features[FEATURE_KALLSYMS], VERDICT_LIMITED, -EPERM,
		      "set kernel.kptr_restrict to 0 or 1 and add CAP_SYSLOG",
		      "addresses of kernel functions are hidden");
	if (lockdown && fgets(line, sizeof(line), lockdown) && strstr(line, "[confidentiality]"))
		judge(&kernel->features[FEATURE_LOCKDOWN], VERDICT_REFUSED, -EPERM,
		      "boot with lockdown=integrity or without",
		      "confidentiality: programs may not read kernel memory");
}

static const char in_profile[] = "allow it in the profile, as deploy/seccomp/podip.json does";

/* Which of the calls that a try makes a profile refuses; FILTERED_COUNT: none. */
static enum filtered filter_of(const struct kernel *kernel, enum feature feature, int err)
{
	static const unsigned int made[FEATURE_COUNT] = {
		[FEATURE_TRACEFS] = 1U << FILTERED_FSOPEN,
		[FEATURE_KPROBE] = 1U << FILTERED_BPF | 1U << FILTERED_PERF_EVENT_OPEN,
	};
	unsigned int calls = made[feature] ? made[feature] : 1U << FILTERED_BPF;
	enum filtered call = 0;

	if (err != -EPERM && err != -EACCES && err != -ENOSYS)
		return FILTERED_COUNT;
	while (call < FILTERED_COUNT && !(calls & kernel->filtered & 1U << call))
		call++;
	return call;
}

/* What an errno means here depends on what else is missing. */
static void judge_attempt(struct kernel *kernel, enum feature feature, int err, const char *refusal)
{
	struct finding *finding = &kernel->features[feature];
	enum filtered filter = filter_of(kernel, feature, err);

	if (!err)
		return;
	if (filter != FILTERED_COUNT)
		judge(finding, VERDICT_REFUSED, err, in_profile,
		      "%s is refused by a seccomp profile (%s)", filtered_name(filter),
		      strerror(-err));
	else if (!holds(CAP_BPF))
		judge(finding, VERDICT_REFUSED, err, "run as root, or add CAP_BPF and CAP_PERFMON",
		      "capability CAP_BPF is missing");
	else if (!holds(CAP_PERFMON))
		judge(finding, VERDICT_REFUSED, err, "run as root, or add CAP_BPF and CAP_PERFMON",
		      "capability CAP_PERFMON is missing");
	else if (!works(kernel, FEATURE_LOCKDOWN))
		judge(finding, VERDICT_REFUSED, err, NULL, "kernel lockdown is confidentiality");
	else
		judge(finding, VERDICT_REFUSED, err, NULL, "%s (%s)", refusal, strerror(-err));
}

enum {
	NAMED_RTMSG_IFA,
	NAMED_NOTIFIER,
	NAMED_QUEUE_WORK,
	NAMED_EXEC,
	NAMED_RDONLY_CAST,
	NAMED_COUNT
};

static int attempt_named(const struct symbol *tracepoint)
{
	return tracepoint->btf_id ? attempt_tp_btf(tracepoint->btf_id) : -ESRCH;
}

/* Seccomp profiles of containers refuse with the one or the other. */
static void judge_walk(struct kernel *kernel, int err)
{
	bool is_refused = err == -EPERM || err == -ENOSYS;

	judge_attempt(
		kernel, FEATURE_WALKER, err,
		is_refused ? "bpf(2) is refused, for lack of capabilities or by a seccomp profile"
			   : "the kernel does not run raw tracepoint programs on demand, 5.10 and "
			     "later do");
}

static void probe_programs(struct kernel *kernel, const struct symbol *named)
{
	const struct symbol *target = &named[NAMED_RTMSG_IFA];

	judge_walk(kernel, attempt_walk());
	judge_attempt(kernel, FEATURE_FENTRY,
		      target->btf_id ? attempt_fentry(target->btf_id) : -ESRCH,
		      target->btf_id ? "the kernel refuses BPF trampolines"
				     : "the function is not in BTF");
	judge_attempt(kernel, FEATURE_KPROBE, attempt_kprobe(target->name),
		      "kprobes are not compiled in, or refused");
	judge_attempt(kernel, FEATURE_TP_NOTIFIER, attempt_named(&named[NAMED_NOTIFIER]),
		      "no tracepoint notifier_run, 6.5 and later have it");
	judge_attempt(kernel, FEATURE_TP_WORKQUEUE, attempt_named(&named[NAMED_QUEUE_WORK]),
		      "no tracepoint workqueue_queue_work");
	judge_attempt(kernel, FEATURE_TP_EXEC, attempt_named(&named[NAMED_EXEC]),
		      "no tracepoint sched_process_exec: pods are known by files alone");
	judge_attempt(kernel, FEATURE_TRACEFS, attempt_tracefs(),
		      "not mounted, and cannot be: plugins' error texts need it where neither "
		      "fentry nor kprobes work");
	/* libbpf takes a refused bpf(2) for a yes. */
	if (kernel->filtered & 1U << FILTERED_BPF)
		judge_attempt(kernel, FEATURE_BPF_LOOP, -EPERM, "");
	else if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_loop, NULL) != 1)
		judge_attempt(kernel, FEATURE_BPF_LOOP, -EINVAL, "5.17 and later have it");
	if (!named[NAMED_RDONLY_CAST].btf_id)
		judge_attempt(kernel, FEATURE_RDONLY_CAST, -ESRCH, "6.2 and later have it");
	if (attempt_netlink_all_nsid())
		judge(&kernel->features[FEATURE_NETLINK_ALL_NSID], VERDICT_REFUSED, -EPERM,
		      "run as root, or add CAP_NET_BROADCAST", "CAP_NET_BROADCAST is missing");
}

static void judge_hooked(struct kernel *kernel, enum backend backend, enum feature feature)
{
	struct finding *finding = &kernel->backends[backend];
	const struct hook *missing;

	*finding = kernel->features[feature];
	if (finding->verdict == VERDICT_REFUSED)
		return;
	if (!works(kernel, FEATURE_WALKER)) {
		*finding = kernel->features[FEATURE_WALKER];
		return;
	}
	missing = hooks_missing(backend, kernel->hook_found);
	if (missing)
		judge(finding, VERDICT_REFUSED, -ESRCH, "please report this kernel",
		      "kernel function '%s' is not there", missing->function);
}

static void judge_backends(struct kernel *kernel)
{
	struct finding *tracepoint = &kernel->backends[BACKEND_TRACEPOINT];

	judge_hooked(kernel, BACKEND_FENTRY, FEATURE_FENTRY);
	judge_hooked(kernel, BACKEND_KPROBE, FEATURE_KPROBE);

	*tracepoint = kernel->features[FEATURE_WALKER];
	if (tracepoint->verdict == VERDICT_REFUSED)
		return;
	if (!works(kernel, FEATURE_TP_NOTIFIER) || !works(kernel, FEATURE_TP_WORKQUEUE) ||
	    !works(kernel, FEATURE_KALLSYMS))
		judge(tracepoint, VERDICT_LIMITED, 0, NULL,
		      "no triggers on this kernel: walks 10 times a second");
	else if (!works(kernel, FEATURE_NETLINK_ALL_NSID))
		judge(tracepoint, VERDICT_LIMITED, 0, "add CAP_NET_BROADCAST",
		      "without rtnetlink, addresses that live under 1 ms can be missed");
}

static void judge_captures(struct kernel *kernel)
{
	struct finding *syscall = &kernel->captures[CAPTURE_SYSCALL];

	for (enum capture i = 0; i < CAPTURE_SYSCALL; i++) {
		enum backend backend = i == CAPTURE_FENTRY ? BACKEND_FENTRY : BACKEND_KPROBE;

		kernel->captures[i] = kernel->backends[backend];
		if (kernel->backends[backend].verdict == VERDICT_WORKS &&
		    !hooks_have_optional(backend, kernel->hook_found))
			judge(&kernel->captures[i], VERDICT_REFUSED, -ESRCH, NULL,
			      "the function that writes to pipes is not there");
	}
	*syscall = kernel->features[FEATURE_TRACEFS];
	if (kernel->filtered & 1U << FILTERED_PERF_EVENT_OPEN)
		judge(syscall, VERDICT_REFUSED, 0, in_profile,
		      "perf_event_open(2) is refused by a seccomp profile");
	else if (syscall->verdict == VERDICT_WORKS)
		judge(syscall, VERDICT_LIMITED, 0, NULL,
		      "every system call takes some 12 ns more while plugins run and a minute on; "
		      "the first plugin's text may be missed");
	if (!works(kernel, FEATURE_TP_EXEC))
		for (enum capture i = 0; i < CAPTURE_COUNT; i++)
			kernel->captures[i] = kernel->features[FEATURE_TP_EXEC];
}

static void judge_walk_forms(struct kernel *kernel)
{
	static const enum feature needs[] = {
		[WALK_FORM_DIRECT] = FEATURE_RDONLY_CAST,
		[WALK_FORM_LOOP] = FEATURE_BPF_LOOP,
		[WALK_FORM_TAIL] = FEATURE_WALKER,
	};

	for (size_t i = 0; i < WALK_FORM_COUNT; i++)
		kernel->walk_forms[i] =
			kernel->features[works(kernel, FEATURE_WALKER) ? needs[i] : FEATURE_WALKER];
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

/* Before libbpf, which raises it at the first load. */
static uint64_t read_memlock(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_MEMLOCK, &limit) ? UINT64_MAX : limit.rlim_max;
}

int kernel_probe(struct kernel *out)
{
	struct symbol symbols[NAMED_COUNT + HOOK_COUNT] = {
		[NAMED_RTMSG_IFA].name = "rtmsg_ifa",
		[NAMED_NOTIFIER].name = "btf_trace_notifier_run",
		[NAMED_QUEUE_WORK].name = "btf_trace_workqueue_queue_work",
		[NAMED_EXEC].name = "btf_trace_sched_process_exec",
		[NAMED_RDONLY_CAST].name = "bpf_rdonly_cast",
	};
	cleanup_kernel struct kernel kernel = { 0 };
	libbpf_print_fn_t print = libbpf_set_print(silent);
	struct utsname name;

	kernel.hook_found = calloc(HOOK_COUNT, sizeof(*kernel.hook_found));
	if (!kernel.hook_found)
		return -ENOMEM;
	if (!uname(&name)) {
		snprintf(kernel.release, sizeof(kernel.release), "%s", name.release);
		snprintf(kernel.arch, sizeof(kernel.arch), "%s", name.machine);
	}
	for (size_t i = 0; i < HOOK_COUNT; i++)
		symbols[NAMED_COUNT + i].name = hooks[i].function;

	capng_get_caps_process();
	kernel.filtered = filtered_all();
	kernel.memlock = read_memlock();
	probe_files(&kernel);
	symbols_find_btf(symbols, array_size(symbols));
	probe_programs(&kernel, symbols);
	hooks_find(symbols + NAMED_COUNT, works(&kernel, FEATURE_KPROBE), kernel.hook_found);
	judge_backends(&kernel);
	judge_walk_forms(&kernel);
	judge_captures(&kernel);
	libbpf_set_print(print);

	*out = kernel;
	kernel.hook_found = NULL;
	return 0;
}

void kernel_clear(struct kernel *kernel)
{
	free(kernel->hook_found);
	kernel->hook_found = NULL;
}

enum backend kernel_best_backend(const struct kernel *kernel)
{
	for (enum backend backend = 0; backend < BACKEND_COUNT; backend++)
		if (kernel->backends[backend].verdict != VERDICT_REFUSED)
			return backend;
	return BACKEND_NONE;
}

/* A hook of another backend would need it loaded and attached as well: only our own, or none. */
enum capture kernel_best_capture(const struct kernel *kernel, enum backend backend)
{
	static const enum capture captures[] = { [BACKEND_FENTRY] = CAPTURE_FENTRY,
						 [BACKEND_KPROBE] = CAPTURE_KPROBE,
						 [BACKEND_TRACEPOINT] = CAPTURE_SYSCALL };
	enum capture best = captures[backend];

	if (kernel->captures[best].verdict == VERDICT_REFUSED)
		best = CAPTURE_SYSCALL;
	return kernel->captures[best].verdict == VERDICT_REFUSED ? CAPTURE_NONE : best;
}

enum walk_form kernel_best_walk(const struct kernel *kernel)
{
	for (enum walk_form form = 0; form < WALK_FORM_COUNT; form++)
		if (kernel->walk_forms[form].verdict == VERDICT_WORKS)
			return form;
	return WALK_FORM_COUNT;
}
