/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit: compares the IPAM's books with what the kernel has, and tells where they do
 * not agree.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "attribution.h"
#include "cleanup.h"
#include "core/books/leaks.h"
#include "core/capacity/account.h"

struct audit;

/* Everything is borrowed for the audit's life. */
struct audit_config {
	const char *cni_state_dir; /* host-local's: /var/lib/cni/networks */
	uint64_t grace_ns;
	struct attribution *attribution;
	const struct state *state;
	const struct account *account; /* NULL: no ranges are known */
	bool is_once; /* a lease's age counts for nothing: the caller looks twice */
	leak_fn on_leak; /* called within audit_look(); the leak's pod is filled in where it is
			    known */
	void *ctx;
};

/* Says why in the log when it fails. The caller owns *out. */
int audit_open(const struct audit_config *config, struct audit **out);
void audit_close(struct audit *audit);
DEFINE_CLEANUP(audit, struct audit *, audit_close)
#define cleanup_audit cleanup(cleanup_audit_fn)

/* Compare, with the processes of the last survey; now_ns since the epoch. Says in the log when it
 * cannot. */
void audit_look(struct audit *audit, int64_t now_ns);
const struct leaks *audit_leaks(const struct audit *audit); /* borrowed */
/* Who it is, by the books or by the namespace that holds the address. */
struct pod audit_pod(const struct audit *audit, const struct leak *leak);
/* An array of leak_to_json(); now_ns since the epoch. NULL: out of memory. The caller owns it. */
json_t *audit_to_json(const struct audit *audit, int64_t now_ns);
void audit_measure(const struct audit *audit, struct metrics_input *out);
