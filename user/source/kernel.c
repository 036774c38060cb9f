// SPDX-License-Identifier: Apache-2.0
/*
 * Verdicts build on each other: a missing BTF or capability explains the refusals
 * that follow from it, so that a user reads one cause and not ten symptoms.
 */
#include "source/kernel.h"

#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "source/attempt.h"
#include "source/symbols.h"

const struct hook kernel_hooks[] = {
	{ BACKEND_FENTRY, "fentry_link_listed", "list_netdevice", "netns created, link added",
	  NULL },
	{ BACKEND_FENTRY, "fentry_link_unlisted", "unlist_netdevice", "link removed", NULL },
	{ BACKEND_FENTRY, "fexit_link_renamed", "dev_change_name", "link renamed", NULL },
	{ BACKEND_FENTRY, "fexit_link_renamed_6_18", "netif_change_name", "link renamed",
	  "dev_change_name" },
	{ BACKEND_FENTRY, "fentry_netns_dead", "netdev_exit", "netns freed", NULL },
	{ BACKEND_FENTRY, "fentry_ipv4", "rtmsg_ifa", "IPv4 address", NULL },
	{ BACKEND_FENTRY, "fentry_ipv6", "inet6addr_notifier_call_chain", "IPv6 address", NULL },
	{ BACKEND_FENTRY, "fentry_ipv6_usable", "addrconf_dad_completed", "IPv6 usable", NULL },
	{ BACKEND_KPROBE, "kprobe_link_listed", "list_netdevice", "netns created, link added",
	  NULL },
	{ BACKEND_KPROBE, "kprobe_link_unlisted", "unlist_netdevice", "link removed", NULL },
	{ BACKEND_KPROBE, "kprobe_link_rename", "dev_change_name", "link renamed", NULL },
	{ BACKEND_KPROBE, "kretprobe_link_renamed", "dev_change_name", "link renamed", NULL },
	{ BACKEND_KPROBE, "kprobe_netns_dead", "netdev_exit", "netns freed", NULL },
	{ BACKEND_KPROBE, "kprobe_ipv4", "rtmsg_ifa", "IPv4 address", NULL },
	{ BACKEND_KPROBE, "kprobe_ipv6", "inet6addr_notifier_call_chain", "IPv6 address", NULL },
	{ BACKEND_KPROBE, "kprobe_ipv6_usable", "addrconf_dad_completed", "IPv6 usable", NULL },
	{ BACKEND_TRACEPOINT, "tp_notifier", "btf_trace_notifier_run", "IPv4 and links: walk",
	  NULL },
	{ BACKEND_TRACEPOINT, "tp_work_queued", "btf_trace_workqueue_queue_work", "netns: walk",
	  NULL },
	{ BACKEND_TRACEPOINT, "tp_work_started", "btf_trace_workqueue_execute_start",
	  "IPv6 under way", NULL },
	{ BACKEND_TRACEPOINT, "tp_work_done", "btf_trace_workqueue_execute_end", "IPv6: walk",
	  NULL },
};

const size_t kernel_hook_count = array_size(kernel_hooks);

static const char *const backend_names[] = { "fentry", "kprobe", "tracepoint" };
static const char *const walk_form_names[] = { "direct", "loop", "tail" };
static const char *const feature_names[] = {
	[FEATURE_BTF] = "kernel BTF",
	[FEATURE_CAP_BPF] = "CAP_BPF",
	[FEATURE_CAP_PERFMON] = "CAP_PERFMON",
	[FEATURE_CAP_NET_ADMIN] = "CAP_NET_ADMIN",
	[FEATURE_CAP_SYS_PTRACE] = "CAP_SYS_PTRACE",
	[FEATURE_CAP_SYS_ADMIN] = "CAP_SYS_ADMIN",
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
	[FEATURE_NETLINK_ALL_NSID] = "rtnetlink of all namespaces",
};

_Static_assert(array_size(backend_names) == BACKEND_COUNT, "a backend lacks its name");
_Static_assert(array_size(walk_form_names) == WALK_FORM_COUNT, "a walk form lacks its name");
_Static_assert(array_size(feature_names) == FEATURE_COUNT, "a feature lacks its name");

const char *backend_name(enum backend backend)
{
	return backend < BACKEND_COUNT ? backend_names[backend] : "none";
}

int backend_parse(const char *text, enum backend *out)
{
	for (size_t i = 0; i < array_size(backend_names); i++)
		if (!strcmp(text, backend_names[i])) {
			*out = i;
			return 0;
		}
	return -EINVAL;
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

static void probe_capabilities(struct kernel *kernel)
{
	static const struct {
		enum feature feature;
		unsigned int capability;
		const char *why;
	} needed[] = {
		{ FEATURE_CAP_BPF, CAP_BPF, "loads programs and maps" },
		{ FEATURE_CAP_PERFMON, CAP_PERFMON, "lets programs read kernel memory and attach" },
		{ FEATURE_CAP_NET_ADMIN, CAP_NET_ADMIN,
		  "hears rtnetlink of all namespaces, with a large buffer" },
		{ FEATURE_CAP_SYS_PTRACE, CAP_SYS_PTRACE, "reads the netns of process 1" },
		{ FEATURE_CAP_SYS_ADMIN, CAP_SYS_ADMIN,
		  "replaces CAP_BPF and CAP_PERFMON before 5.8, enters the node's netns" },
	};

	capng_get_caps_process();
	for (size_t i = 0; i < array_size(needed); i++)
		if (!capng_have_capability(CAPNG_EFFECTIVE, needed[i].capability))
			judge(&kernel->features[needed[i].feature], VERDICT_REFUSED, -EPERM,
			      "run as root, or add the capability", "not held: %s", needed[i].why);
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
	if (access("/sys/kernel/tracing/events", R_OK) &&
	    access("/sys/kernel/debug/tracing/events", R_OK))
		judge(&kernel->features[FEATURE_TRACEFS], VERDICT_LIMITED, -errno, NULL,
		      "not mounted: only kprobes of kernels before 4.17 need it");
	if (!sees_kernel_addresses())
		judge(&kernel->features[FEATURE_KALLSYMS], VERDICT_LIMITED, -EPERM,
		      "set kernel.kptr_restrict to 0 or 1 and add CAP_SYSLOG",
		      "addresses of kernel functions are hidden");
	if (lockdown && fgets(line, sizeof(line), lockdown) && strstr(line, "[confidentiality]"))
		judge(&kernel->features[FEATURE_LOCKDOWN], VERDICT_REFUSED, -EPERM,
		      "boot with lockdown=integrity or without",
		      "confidentiality: programs may not read kernel memory");
}

/* What an errno means here depends on what else is missing. */
static void judge_attempt(struct kernel *kernel, enum feature feature, int err, const char *refusal)
{
	struct finding *finding = &kernel->features[feature];

	if (!err)
		return;
	if (!works(kernel, FEATURE_CAP_BPF) && !works(kernel, FEATURE_CAP_SYS_ADMIN))
		judge(finding, VERDICT_REFUSED, err, "run as root, or add CAP_BPF and CAP_PERFMON",
		      "capability CAP_BPF is missing");
	else if (!works(kernel, FEATURE_CAP_PERFMON) && !works(kernel, FEATURE_CAP_SYS_ADMIN))
		judge(finding, VERDICT_REFUSED, err, "run as root, or add CAP_BPF and CAP_PERFMON",
		      "capability CAP_PERFMON is missing");
	else if (!works(kernel, FEATURE_LOCKDOWN))
		judge(finding, VERDICT_REFUSED, err, NULL, "kernel lockdown is confidentiality");
	else
		judge(finding, VERDICT_REFUSED, err, NULL, "%s (%s)", refusal, strerror(-err));
}

enum { NAMED_RTMSG_IFA, NAMED_NOTIFIER, NAMED_QUEUE_WORK, NAMED_RDONLY_CAST, NAMED_COUNT };

static void probe_programs(struct kernel *kernel, const struct symbol *named)
{
	const struct symbol *target = &named[NAMED_RTMSG_IFA];

	judge_attempt(
		kernel, FEATURE_WALKER, attempt_walk(),
		"the kernel does not run raw tracepoint programs on demand, 5.10 and later do");
	judge_attempt(kernel, FEATURE_FENTRY,
		      target->btf_id ? attempt_fentry(target->btf_id) : -ESRCH,
		      target->btf_id ? "the kernel refuses BPF trampolines"
				     : "the function is not in BTF");
	judge_attempt(kernel, FEATURE_KPROBE, attempt_kprobe(target->name),
		      "kprobes are not compiled in, or refused");
	judge_attempt(kernel, FEATURE_TP_NOTIFIER,
		      named[NAMED_NOTIFIER].btf_id ? attempt_tp_btf(named[NAMED_NOTIFIER].btf_id)
						   : -ESRCH,
		      "no tracepoint notifier_run, 6.5 and later have it");
	judge_attempt(kernel, FEATURE_TP_WORKQUEUE,
		      named[NAMED_QUEUE_WORK].btf_id
			      ? attempt_tp_btf(named[NAMED_QUEUE_WORK].btf_id)
			      : -ESRCH,
		      "no tracepoint workqueue_queue_work");
	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_loop, NULL) != 1)
		judge_attempt(kernel, FEATURE_BPF_LOOP, -EINVAL, "5.17 and later have it");
	if (!named[NAMED_RDONLY_CAST].btf_id)
		judge_attempt(kernel, FEATURE_RDONLY_CAST, -ESRCH, "6.2 and later have it");
	if (attempt_netlink_all_nsid())
		judge(&kernel->features[FEATURE_NETLINK_ALL_NSID], VERDICT_REFUSED, -EPERM,
		      "run as root, or add CAP_NET_ADMIN", "CAP_NET_ADMIN is missing");
}

static void find_hooks(struct kernel *kernel, const struct symbol *hooks)
{
	bool kprobes = works(kernel, FEATURE_KPROBE);

	for (size_t i = 0; i < kernel_hook_count; i++)
		kernel->hook_found[i] = kernel_hooks[i].backend == BACKEND_KPROBE
						? kprobes && !attempt_kprobe(hooks[i].name)
						: hooks[i].btf_id != 0;

	for (size_t i = 0; i < kernel_hook_count; i++) {
		const struct hook *better = &kernel_hooks[i];

		if (!better->instead_of || !kernel->hook_found[i])
			continue;
		for (size_t j = 0; j < kernel_hook_count; j++)
			if (kernel_hooks[j].backend == better->backend &&
			    !strcmp(kernel_hooks[j].function, better->instead_of))
				kernel->hook_found[j] = false;
	}
}

/* A row that another one stands in for is not missing. */
static bool is_covered(const struct kernel *kernel, size_t row)
{
	for (size_t i = 0; i < kernel_hook_count; i++)
		if (kernel->hook_found[i] && kernel_hooks[i].backend == kernel_hooks[row].backend &&
		    !strcmp(kernel_hooks[i].fact, kernel_hooks[row].fact))
			return true;
	return false;
}

static void judge_hooked(struct kernel *kernel, enum backend backend, enum feature feature)
{
	struct finding *finding = &kernel->backends[backend];

	*finding = kernel->features[feature];
	if (finding->verdict == VERDICT_REFUSED)
		return;
	if (!works(kernel, FEATURE_WALKER)) {
		*finding = kernel->features[FEATURE_WALKER];
		return;
	}
	for (size_t i = 0; i < kernel_hook_count; i++)
		if (kernel_hooks[i].backend == backend && !is_covered(kernel, i))
			judge(finding, VERDICT_REFUSED, -ESRCH, "please report this kernel",
			      "kernel function '%s' is not there", kernel_hooks[i].function);
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
		judge(tracepoint, VERDICT_LIMITED, 0, "add CAP_NET_ADMIN",
		      "without rtnetlink, addresses that live under 1 ms can be missed");
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

int kernel_probe(struct kernel *out)
{
	struct symbol symbols[NAMED_COUNT + array_size(kernel_hooks)] = {
		[NAMED_RTMSG_IFA].name = "rtmsg_ifa",
		[NAMED_NOTIFIER].name = "btf_trace_notifier_run",
		[NAMED_QUEUE_WORK].name = "btf_trace_workqueue_queue_work",
		[NAMED_RDONLY_CAST].name = "bpf_rdonly_cast",
	};
	cleanup_kernel struct kernel kernel = { 0 };
	libbpf_print_fn_t print = libbpf_set_print(silent);
	struct utsname name;

	kernel.hook_found = calloc(kernel_hook_count, sizeof(*kernel.hook_found));
	if (!kernel.hook_found)
		return -ENOMEM;
	if (!uname(&name)) {
		snprintf(kernel.release, sizeof(kernel.release), "%s", name.release);
		snprintf(kernel.arch, sizeof(kernel.arch), "%s", name.machine);
	}
	for (size_t i = 0; i < kernel_hook_count; i++)
		symbols[NAMED_COUNT + i].name = kernel_hooks[i].function;

	probe_capabilities(&kernel);
	probe_files(&kernel);
	symbols_find_btf(symbols, array_size(symbols));
	probe_programs(&kernel, symbols);
	find_hooks(&kernel, symbols + NAMED_COUNT);
	judge_backends(&kernel);
	judge_walk_forms(&kernel);
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

enum walk_form kernel_best_walk(const struct kernel *kernel)
{
	for (enum walk_form form = 0; form < WALK_FORM_COUNT; form++)
		if (kernel->walk_forms[form].verdict == VERDICT_WORKS)
			return form;
	return WALK_FORM_COUNT;
}
