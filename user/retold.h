/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retold: what an event log tells beside namespaces, links, addresses and ranges: CNI
 * calls, leaks, alerts and losses, for the metrics that they were part of. No I/O.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/capacity/account.h"
#include "core/metrics/collect.h"
#include "core/record/record.h"

enum { RETOLD_ALERTS_MAX = 1024 }; /* that fire at once */

struct retold;

/* -ENOMEM. The caller owns *out. */
int retold_new(struct retold **out);
void retold_free(struct retold *retold);
DEFINE_CLEANUP(retold, struct retold *, retold_free)
#define cleanup_retold cleanup(cleanup_retold_fn)

/* cni.*, ip.leaked, ip.leak_cleared, ip.duplicate, alert.*, events.lost; others are left out.
 * -EINVAL: it lacks what its type has. What no table has room for is counted. */
int retold_record(struct retold *retold, const struct record *record);
/* As it was at this time of the agent's monotonic clock. Borrowed until the next call. */
void retold_measure(struct retold *retold, const struct account *account, uint64_t mono_ns,
		    struct metrics_input *out);
