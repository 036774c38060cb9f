/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of proc: in which network namespaces one lives, and which pod its
 * cgroup names.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/pod/pod.h"

enum {
	PROCESSES_NETNS_MAX = 16384,
	PROCESSES_TRIES_MAX = 3, /* of a namespace, to find its pod */
};

struct process_netns {
	uint32_t inum;
	bool has_pod;
	struct pod pod; /* uid and the process's own container, which need not be the sandbox */
};

struct processes {
	struct process_netns *all; /* sorted by inum; owned */
	size_t count;
	uint64_t seen; /* processes, those of host_inum too */
	uint64_t refused; /* of them, whose namespace could not be read and may be a pod's */
	uint64_t dropped; /* of them, of namespaces past PROCESSES_NETNS_MAX */
};

/* Every network namespace but host_inum (0: every one) in which a process of proc_dir lives, with
 * the pod that the first of its first processes names that names one. A process that ends meanwhile
 * is none. 0 or -errno. The caller owns *out. */
int processes_scan(const char *proc_dir, uint32_t host_inum, struct processes *out);
void processes_clear(struct processes *processes);
#define cleanup_processes cleanup(processes_clear)

/* NULL when no process lives there. */
const struct process_netns *processes_find(const struct processes *processes, uint32_t inum);
