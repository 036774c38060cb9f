// SPDX-License-Identifier: Apache-2.0
/*
 * The checks were looked up in Linux 6.12 and each capability was taken away, one at a
 * time, to see what fails: tests/native/privilege.test does so again. What depends on
 * the kernel is asked of the kernel, not of its version: patches travel.
 */
#include "source/kernel/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "source/base/proc.h"
#include "source/kernel/tracefs.h"

#define BIT(capability) (1ULL << (capability))

/* ---- when a row counts ---- */

static bool always(const struct privilege_scene *scene)
{
	(void)scene;
	return true;
}

static bool walks(const struct privilege_scene *scene)
{
	return scene->backend == BACKEND_TRACEPOINT;
}

static bool hears_writes(const struct privilege_scene *scene)
{
	return scene->capture == CAPTURE_SYSCALL;
}

static bool hears_writes_guarded(const struct privilege_scene *scene)
{
	return hears_writes(scene) && scene->guards_perf;
}

static bool hooks_guarded(const struct privilege_scene *scene)
{
	return scene->backend == BACKEND_KPROBE && scene->guards_perf;
}

static bool triggers_are_hidden(const struct privilege_scene *scene)
{
	return walks(scene) && scene->hides_symbols;
}

static bool mounts_tracefs(const struct privilege_scene *scene)
{
	return hears_writes(scene) && !scene->has_tracefs;
}

static bool is_elsewhere(const struct privilege_scene *scene)
{
	return !scene->is_own_netns;
}

static bool charges_memlock(const struct privilege_scene *scene)
{
	return scene->charges_memlock;
}

static bool guards_bpf(const struct privilege_scene *scene)
{
	return scene->guards_bpf;
}

static bool has_low_port(const struct privilege_scene *scene)
{
	return scene->has_low_port;
}

const struct privilege privileges[PRIVILEGE_COUNT] = {
	{ CAP_BPF, PRIVILEGE_START, "load", "everywhere",
	  "bpf_capable() in map_create() and bpf_prog_load(), kernel/bpf/syscall.c",
	  "the agent cannot run: no program is loaded", BIT(CAP_SYS_ADMIN), always, FILTERED_BPF },
	{ CAP_PERFMON, PRIVILEGE_START, "attach", "everywhere",
	  "perfmon_capable() in bpf_prog_load(), kernel/bpf/syscall.c, and in "
	  "bpf_base_func_proto(), kernel/bpf/helpers.c",
	  "the agent cannot run: no program may read kernel memory or be attached",
	  BIT(CAP_SYS_ADMIN), always, FILTERED_BPF },
	{ CAP_SYS_RESOURCE, PRIVILEGE_START, "memlock",
	  "before Linux 5.11, where RLIMIT_MEMLOCK is less than the maps",
	  "capable() in do_prlimit(), kernel/sys.c",
	  "the agent cannot run: its maps are larger than the limit of locked memory", 0,
	  charges_memlock, FILTERED_COUNT },
	{ CAP_NET_BROADCAST, PRIVILEGE_START, "rtnetlink", "backend tracepoint",
	  "ns_capable() in netlink_setsockopt() and file_ns_capable() in do_one_broadcast(), "
	  "net/netlink/af_netlink.c",
	  "no rtnetlink of all namespaces: addresses that live under a millisecond can be missed",
	  0, walks, FILTERED_COUNT },
	{ CAP_NET_ADMIN, PRIVILEGE_START, "rtnetlink_buffer", "backend tracepoint",
	  "sockopt_ns_capable() of SO_RCVBUFFORCE in sk_setsockopt(), net/core/sock.c",
	  "rtnetlink's buffer is net.core.rmem_max at most: bursts overflow it, and only walks "
	  "find what they did",
	  0, walks, FILTERED_COUNT },
	{ CAP_SYSLOG, PRIVILEGE_START, "triggers",
	  "backend tracepoint, where kptr_restrict is 1, or 0 and perf_event_paranoid 2",
	  "kallsyms_show_value() in bpf_kallsyms_lookup_name(), kernel/bpf/syscall.c",
	  "no triggers: the kernel is walked ten times a second, and what lives shorter can be "
	  "missed",
	  0, triggers_are_hidden, FILTERED_COUNT },
	{ CAP_SYS_ADMIN, PRIVILEGE_START, "netns", "outside the node's network namespace",
	  "ns_capable() in netns_install(), net/core/net_namespace.c",
	  "no rtnetlink of the node: addresses that live under a millisecond can be missed, and "
	  "calico's blocks are not seen",
	  0, is_elsewhere, FILTERED_COUNT },
	{ CAP_SYS_ADMIN, PRIVILEGE_START, "tracefs",
	  "capture syscall, where tracefs is not mounted in the agent's sight",
	  "may_mount() in fsopen(), fs/fsopen.c",
	  "what CNI plugins say is not heard: failures are told by exit status and by what is full",
	  0, mounts_tracefs, FILTERED_FSOPEN },
	{ CAP_SYS_ADMIN, PRIVILEGE_START, "kprobes",
	  "backend kprobe on Debian and Ubuntu, where perf_event_paranoid is 3 or more",
	  "perf_paranoid_any() in perf_event_open(), kernel/events/core.c of these distributions",
	  "kprobes are refused", 0, hooks_guarded, FILTERED_PERF_EVENT_OPEN },
	{ CAP_SYS_PTRACE, PRIVILEGE_RUN, "processes", "everywhere",
	  "ptrace_may_access() in proc_ns_readlink(), fs/proc/namespaces.c, by "
	  "cap_ptrace_access_check(), security/commoncap.c",
	  "processes of other users and with other capabilities do not show their netns: pods are "
	  "known by files and calls alone, abandoned addresses are not found",
	  0, always, FILTERED_COUNT },
	{ CAP_BPF, PRIVILEGE_RUN, "walks",
	  "before Linux 5.19, where kernel.unprivileged_bpf_disabled is not 0",
	  "bpf_capable() in __sys_bpf(), kernel/bpf/syscall.c",
	  "the agent cannot run: loaded programs and maps are out of reach", BIT(CAP_SYS_ADMIN),
	  guards_bpf, FILTERED_BPF },
	{ CAP_PERFMON, PRIVILEGE_RUN, "capture", "capture syscall: attached while plugins run",
	  "perf_allow_kernel() in perf_event_open(), kernel/events/core.c",
	  "what CNI plugins say is not heard: failures are told by exit status and by what is full",
	  BIT(CAP_SYS_ADMIN), hears_writes, FILTERED_PERF_EVENT_OPEN },
	{ CAP_SYS_ADMIN, PRIVILEGE_RUN, "capture_guarded",
	  "capture syscall on Debian and Ubuntu, where perf_event_paranoid is 3 or more",
	  "perf_paranoid_any() in perf_event_open(), kernel/events/core.c of these distributions",
	  "what CNI plugins say is not heard: failures are told by exit status and by what is full",
	  0, hears_writes_guarded, FILTERED_PERF_EVENT_OPEN },
	{ CAP_NET_BIND_SERVICE, PRIVILEGE_RUN, "listen", "--web.listen-address below port 1024",
	  "ns_capable() in __inet_bind(), net/ipv4/af_inet.c",
	  "the agent cannot run: it cannot listen there", 0, has_low_port, FILTERED_COUNT },
};

/* ---- names ---- */

static const struct {
	unsigned int capability;
	const char *name;
} names[] = {
	{ CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE" },
	{ CAP_NET_BROADCAST, "CAP_NET_BROADCAST" },
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
	{ CAP_SYS_PTRACE, "CAP_SYS_PTRACE" },
	{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
	{ CAP_SYS_RESOURCE, "CAP_SYS_RESOURCE" },
	{ CAP_SYSLOG, "CAP_SYSLOG" },
	{ CAP_PERFMON, "CAP_PERFMON" },
	{ CAP_BPF, "CAP_BPF" },
};

const char *privilege_capability_name(unsigned int capability)
{
	for (size_t i = 0; i < array_size(names); i++)
		if (names[i].capability == capability)
			return names[i].name;
	return "CAP_?";
}

void privilege_names(uint64_t set, char out[static PRIVILEGE_NAMES_SIZE])
{
	size_t used = 0;

	snprintf(out, PRIVILEGE_NAMES_SIZE, "none");
	for (size_t i = 0; i < array_size(names) && used < PRIVILEGE_NAMES_SIZE; i++)
		if (set & BIT(names[i].capability))
			used += (size_t)snprintf(out + used, PRIVILEGE_NAMES_SIZE - used, "%s%s",
						 used ? ", " : "", names[i].name);
}

/* ---- sets ---- */

uint64_t privilege_set(const struct privilege_scene *scene, enum privilege_phase phase)
{
	uint64_t set = 0;

	for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
		if (privileges[i].phase == phase && privileges[i].is_used(scene))
			set |= BIT(privileges[i].capability);
	return set;
}

bool privilege_is_missing(const struct privilege *privilege, const struct privilege_scene *scene,
			  uint64_t held)
{
	return privilege->is_used(scene) &&
	       !(held & (BIT(privilege->capability) | privilege->instead));
}

uint64_t privilege_kept(const struct privilege_scene *scene, uint64_t held)
{
	uint64_t kept = 0;

	for (size_t i = 0; i < PRIVILEGE_COUNT; i++) {
		const struct privilege *it = &privileges[i];

		if (it->phase != PRIVILEGE_RUN || !it->is_used(scene))
			continue;
		kept |= held & BIT(it->capability) ? BIT(it->capability) : held & it->instead;
	}
	return kept;
}

/* ---- the machine ---- */

uint64_t privilege_held(void)
{
	uint64_t held = 0;

	capng_get_caps_process();
	for (unsigned int i = 0; i <= CAP_LAST_CAP; i++)
		if (capng_have_capability(CAPNG_EFFECTIVE, i))
			held |= BIT(i);
	return held;
}

static int read_number(const char *path, int fallback)
{
	cleanup_fclose FILE *file = fopen(path, "re");
	char text[16];

	return file && fgets(text, sizeof(text), file) ? (int)strtol(text, NULL, 10) : fallback;
}

/* Of a map that is none: EBADF where it may be asked for, EPERM where nothing may. With all of
 * bpf(2) refused to us as we are the answer is of no use, and nothing will work anyway. */
static bool is_bpf_refused(void)
{
	union bpf_attr attr = { .map_fd = (__u32)-1 };

	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0 && errno == EPERM;
}

/* An event of no hardware, with the arguments that the capture's has. */
int privilege_perf_err(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_DUMMY,
					.disabled = 1 };
	cleanup_close int event =
		(int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	return event < 0 ? -errno : 0;
}

static bool is_perf_refused(void)
{
	int err = privilege_perf_err();

	return err == -EPERM || err == -EACCES;
}

/* Would the kernel refuse it to somebody with no more than `allowed`? What we hold comes back. */
static bool is_refused_with(bool (*is_refused)(void), uint64_t held, uint64_t allowed)
{
	bool result;

	capng_get_caps_process();
	for (unsigned int i = 0; i <= CAP_LAST_CAP; i++)
		if (held & ~allowed & BIT(i))
			capng_update(CAPNG_DROP, CAPNG_EFFECTIVE, i);
	if (capng_apply(CAPNG_SELECT_CAPS))
		return false;
	result = is_refused();
	for (unsigned int i = 0; i <= CAP_LAST_CAP; i++)
		if (held & BIT(i))
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, i);
	return capng_apply(CAPNG_SELECT_CAPS) ? false : result;
}

/* 5.11 is the first that does not. More than twice what the maps take is enough. */
static bool is_memlock_low(const struct kernel *kernel)
{
	enum { ENOUGH = 64 << 20 };
	char *end;
	unsigned long major = strtoul(kernel->release, &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	bool is_old = major && (major < 5 || (major == 5 && minor < 11));

	return is_old && kernel->memlock < ENOUGH;
}

static bool is_filtered(const struct privilege_scene *scene, enum filtered call)
{
	return call != FILTERED_COUNT && scene->filtered & 1U << call;
}

/* One that is missing explains it. */
static bool misses_call(const struct privilege_scene *scene, uint64_t held, enum filtered call)
{
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
		if (privileges[i].call == call && privileges[i].phase == PRIVILEGE_RUN &&
		    privilege_is_missing(&privileges[i], scene, held))
			return true;
	return false;
}

const char *privilege_refusal(const struct privilege *privilege,
			      const struct privilege_scene *scene, uint64_t held)
{
	static const char *const filters[] = {
		[FILTERED_BPF] = "a seccomp profile refuses bpf(2)",
		[FILTERED_PERF_EVENT_OPEN] = "a seccomp profile refuses perf_event_open(2)",
		[FILTERED_FSOPEN] = "a seccomp profile refuses fsopen(2)",
	};

	if (!privilege->is_used(scene) || privilege_is_missing(privilege, scene, held))
		return NULL;
	if (is_filtered(scene, privilege->call))
		return filters[privilege->call];
	if (privilege->call != FILTERED_PERF_EVENT_OPEN || privilege->phase != PRIVILEGE_RUN ||
	    misses_call(scene, held, privilege->call) ||
	    !is_refused_with(is_perf_refused, held, privilege_kept(scene, held)))
		return NULL;
	return "the kernel, or a security module, refuses perf_event_open(2)";
}

void privilege_look(const struct kernel *kernel, struct privilege_scene *scene)
{
	int kptr = read_number("/proc/sys/kernel/kptr_restrict", 0);
	int paranoid = read_number("/proc/sys/kernel/perf_event_paranoid", 2);
	uint64_t held = privilege_held();

	scene->has_tracefs = tracefs_is_mounted();
	/* At 2 they are hidden from all. */
	scene->hides_symbols = kptr == 1 || (!kptr && paranoid > 1);
	scene->charges_memlock = is_memlock_low(kernel);
	scene->filtered = kernel->filtered;
	scene->guards_bpf = !is_filtered(scene, FILTERED_BPF) &&
			    is_refused_with(is_bpf_refused, held, 0);
	/* Mainline knows no more than 2, and there CAP_PERFMON does. Without it, and under a
	 * filter, the refusal would tell nothing. */
	scene->guards_perf = paranoid > 2 && held & BIT(CAP_PERFMON) &&
			     !is_filtered(scene, FILTERED_PERF_EVENT_OPEN) &&
			     is_refused_with(is_perf_refused, held, BIT(CAP_PERFMON));
}

bool privilege_is_own_netns(const char *proc_dir)
{
	uint32_t host = 0, own = 0;

	if (proc_host_netns(proc_dir, &host) || proc_own_netns(&own))
		return true;
	return host == own;
}

/* Then it is not that the kernel had no such tracepoint. */
static bool is_kept_from_events(const struct kernel *kernel)
{
	int err = kernel->features[FEATURE_TRACEFS].err;

	if (err && err != -EPERM)
		return kernel->filtered & 1U << FILTERED_FSOPEN;
	return err || kernel->filtered & 1U << FILTERED_PERF_EVENT_OPEN;
}

enum capture privilege_capture(const struct kernel *kernel, enum backend backend)
{
	enum capture capture = kernel_best_capture(kernel, backend);

	if (backend < BACKEND_TRACEPOINT && kernel->backends[backend].verdict == VERDICT_REFUSED)
		return backend == BACKEND_FENTRY ? CAPTURE_FENTRY : CAPTURE_KPROBE;
	if (capture == CAPTURE_NONE && is_kept_from_events(kernel) &&
	    kernel->features[FEATURE_TP_EXEC].verdict == VERDICT_WORKS)
		return CAPTURE_SYSCALL;
	return capture;
}
