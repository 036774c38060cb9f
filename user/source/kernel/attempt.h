/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts: load and attach an empty program of one kind, see what the kernel
 * says, and leave nothing behind. Each gives 0 or the kernel's own -errno.
 */
#pragma once

#include <stdint.h>

/* Trampoline on the kernel function with this BTF id, load and attach: on some arm64 kernels it
 * loads and fails only at attach. */
int attempt_fentry(uint32_t btf_id);
/* -ENOENT when kprobes are not compiled in. */
int attempt_kprobe(const char *function);
/* BTF raw tracepoint with the id of its btf_trace_ typedef. */
int attempt_tp_btf(uint32_t btf_id);
/* BPF_PROG_TEST_RUN of a raw tracepoint program, as the walker needs it. */
int attempt_walk(void);
/* The trace file system, mounted or to be mounted for ourselves alone. */
int attempt_tracefs(void);
/* NETLINK_LISTEN_ALL_NSID on an rtnetlink socket. */
int attempt_netlink_all_nsid(void);
