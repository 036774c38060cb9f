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
	LOSS_COUNT,
};

struct cpu_stats {
	__u64 lost[LOSS_COUNT];
	__u64 seq; /* events tried on this CPU, lost ones included */
};
