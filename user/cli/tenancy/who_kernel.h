/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel has now, of an address or a pod, beside what the event log says.
 */
#pragma once

#include "cli/base/output.h"
#include "core/tenancy/tenancy_lookup.h"

enum who_kernel_state {
	WHO_KERNEL_UNASKED, /* the question is about another time */
	WHO_KERNEL_REFUSED,
	WHO_KERNEL_ASKED,
};

enum { WHO_KERNEL_MAX = 256 }; /* holders; more are left out */

struct who_kernel {
	enum who_kernel_state state;
	char why[160]; /* WHO_KERNEL_REFUSED */
	struct tenancy *holders; /* now: only who, where, and `ip` are set; owned */
	size_t count;
	uint64_t left_out;
	bool has_verdict; /* the log says who holds it now, too */
	bool differs;
};

/* Walks the node. Whatever goes wrong is WHO_KERNEL_REFUSED and why. */
void who_kernel_ask(const struct output_options *options, const struct tenancy_query *query,
		    struct who_kernel *out);
void who_kernel_clear(struct who_kernel *kernel);
#define cleanup_who_kernel cleanup(who_kernel_clear)

/* Does it have what the log's last record leaves, and nothing else? */
void who_kernel_compare(struct who_kernel *kernel, const struct tenancies *tenancies,
			const struct tenancy_answer *answer);
