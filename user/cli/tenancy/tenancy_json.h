/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of `podip who` and `podip pod` as JSON, one object a line, each with "v": 1 and
 * a "type". Times are RFC 3339, UTC, nine decimals; a key that is not known is left out.
 *
 * answer (always the first): "ip" and "state" (held, free, unknown, never), or "pod"; "at",
 * where a time was asked for; "unknown": [A, B] and "unknown_because" (unwatched, lost,
 * log_begins), null where it is open; "log": "path", "from", "to", "unwatched_since" (nobody
 * is known to watch since then), "clock_set_back", "left_out" (beyond bounds); "kernel": agrees,
 * differs, alone (there is no log), asked (the log cannot say), refused, and "kernel_refused".
 *
 * tenancy: "role" (before, holder, after; address, of a pod; kernel, what it has now where that is
 * not what the log says); "ip", "family", "namespace", "pod", "pod_uid", "container_id",
 * "identity", "netns", "netns_cookie", "ifname", "range"; "from" and "from_is": exact, before (it
 * was held then already; "from_between": [A, B] if it began in there); "to" and "to_is": exact,
 * between ("to_between": [A, B], no "to"), open ("as_of", no "to"); "held_ns", at least;
 * "unwatched" and "lost": [[A, B], ...] within it; "spans_left_out"; "clock_set_back".
 *
 * failure, of a pod: "ts", "namespace", "pod", "pod_uid", "container_id", "plugin", "reason",
 * "message", "count".
 */
#pragma once

#include <stdio.h>

#include "cli/tenancy/tenancy_report.h"

/* -ENOMEM; errors of `out` are the caller's to find. */
int tenancy_print_json(const struct tenancy_report *report, FILE *out);
