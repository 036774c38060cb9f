/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel programs count on each CPU.
 */
#pragma once

#include <linux/types.h>

/* Why an event was lost: the ring had no room for one about ... */
enum loss {
	LOSS_NETNS,
	LOSS_LINK,
	LOSS_ADDR,
	LOSS_CALL, /* a run of a CNI plugin */
	LOSS_COUNT,
};

/* What ran, for the metrics of the programs: the event kinds, and behind them ... */
enum {
	PROGRAM_TRIGGER = 10, /* EVENT_KIND_COUNT: a trigger of the tracepoint backend */
	PROGRAM_EXEC, /* the environment of a process in the node's own netns was searched */
	PROGRAM_CALL, /* a CNI plugin began, wrote or ended */
	PROGRAM_COUNT,
};

struct program_stats {
	__u64 runs; /* that had something to report */
	__u64 time_ns;
};

struct cpu_stats {
	__u64 lost[LOSS_COUNT];
	__u64 seq; /* records tried on this CPU, lost ones included */
	__u64 unsearched; /* environments with more variables than were looked at */
	__u64 untracked; /* plugins whose end cannot be told: too many run at once */
	struct program_stats programs[PROGRAM_COUNT];
};
