/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The node as JSON: which pod and namespace holds which address, and which addresses are
 * lost; what commands print and the agent answers. Pure.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/range.h"
#include "core/books/leaks.h"
#include "core/pod/identity.h"
#include "core/pod/pod.h"
#include "core/state/state.h"

/* All of them: NULL is out of memory, or where there is nothing to say. The caller owns them. */

/* {"v":1,"namespaces":[...]}; each address with the narrowest of the ranges that holds it. ranges
 * NULL: not known. */
json_t *snapshot_to_json(const struct state *state, const struct identities *identities,
			 const struct range_table *ranges);
/* pod: whose it is, as far as known; now_ns since the epoch. */
json_t *leak_to_json(const struct leak *leak, const struct pod *pod, int64_t now_ns);
/* {"namespace", "pod", "pod_uid", "container_id"}; NULL when nothing is known. */
json_t *pod_to_json(const struct pod *pod);
/* And back: what json does not have, or of another type, is "". */
void pod_from_json(const json_t *json, struct pod *out);

/* A pod's namespace, or some other of this node's that is not its own: is it shown? */
bool snapshot_shows(const struct netns *netns);
/* Seconds, in whole milliseconds, of what began then; 0 when that is yet to come. */
double snapshot_age_s(int64_t since_ns, int64_t now_ns);
