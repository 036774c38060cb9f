// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/attempt.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "cleanup.h"
#include "source/kernel/tracefs.h"

/* return 0; */
static const struct bpf_insn empty[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int load_empty(enum bpf_prog_type type, enum bpf_attach_type attach, uint32_t btf_id)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_btf_id = btf_id);

	return bpf_prog_load(type, "podip_attempt", "GPL", empty, array_size(empty), &opts);
}

static int attempt_tracing(enum bpf_attach_type attach, uint32_t btf_id)
{
	cleanup_close int program = load_empty(BPF_PROG_TYPE_TRACING, attach, btf_id);
	cleanup_close int link = -1;

	if (program < 0)
		return program;
	link = bpf_raw_tracepoint_open(NULL, program);
	return link < 0 ? link : 0;
}

int attempt_fentry(uint32_t btf_id)
{
	return attempt_tracing(BPF_TRACE_FENTRY, btf_id);
}

int attempt_tp_btf(uint32_t btf_id)
{
	return attempt_tracing(BPF_TRACE_RAW_TP, btf_id);
}

static int kprobe_pmu_type(uint32_t *out)
{
	cleanup_fclose FILE *file = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	char text[16];

	if (!file)
		return -errno;
	if (!fgets(text, sizeof(text), file))
		return -EIO;
	*out = (uint32_t)strtoul(text, NULL, 10);
	return 0;
}

int attempt_kprobe(const char *function)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	cleanup_close int program = -1;
	cleanup_close int event = -1;
	int err;

	err = kprobe_pmu_type(&attr.type);
	if (err)
		return err;

	program = load_empty(BPF_PROG_TYPE_KPROBE, 0, 0);
	if (program < 0)
		return program;

	attr.kprobe_func = (uint64_t)(uintptr_t)function;
	event = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		return -errno;
	return ioctl(event, PERF_EVENT_IOC_SET_BPF, program) < 0 ? -errno : 0;
}

int attempt_walk(void)
{
	uint64_t args[2] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = args, .ctx_size_in = sizeof(args));
	cleanup_close int program = load_empty(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0);

	if (program < 0)
		return program;
	return bpf_prog_test_run_opts(program, &run);
}

int attempt_tracefs(void)
{
	uint32_t id;

	return tracefs_event_id("syscalls/sys_enter_write", &id);
}

int attempt_netlink_all_nsid(void)
{
	cleanup_close int socket_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int on = 1;

	if (socket_fd < 0)
		return -errno;
	if (setsockopt(socket_fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof(on)) < 0)
		return -errno;
	return 0;
}
