/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the event log, turned back into what the core was told when they were
 * written: events, ranges, calls, leaks, alerts. Pure.
 *
 * All give -EINVAL for a record that lacks what its type has, and then leave *out as it
 * was; which types they take, each says.
 */
#pragma once

#include <stdbool.h>

#include "core/alert/alerts.h"
#include "core/base/range.h"
#include "core/books/leaks.h"
#include "core/pod/calls.h"
#include "core/pod/failure.h"
#include "core/pod/pod.h"
#include "core/record/record.h"
#include "event.h"

/* Does an event stand behind a record of this type: is it of a namespace, a link or an address? */
bool record_is_event(enum record_type type);
/* Of those. A namespace has no time of creation: the record is of when it was told, and what came
 * of the creation stands in the latency of its addresses. link.moved is of its arrival. */
int record_event(const struct record *record, struct event *out);
/* Of ip.assigned with a latency: when its namespace was created. */
struct event record_creation(const struct record *record, const struct event *assigned);

/* "namespace/name" of the record's pod; NULL where it names none, or a longer one. */
const char *record_pod(const struct record *record, char out[static POD_FULL_NAME_SIZE]);

/* range.*; `source` is left alone, and has to be set. What a record of an older agent lacks is as
 * harmless as can be: a range of the cluster. */
int record_range(const struct record *record, struct range *out);
/* cni.*; out->text, ->netns, and of ->pod what the record does not know, are left alone or "".
 * Reason is REASON_COUNT of a success. */
int record_call(const struct record *record, struct call *out, enum reason *out_reason);
/* ip.leaked, ip.duplicate, ip.leak_cleared: address, kind and since when. */
int record_leak(const struct record *record, struct leak *out);
/* alert.*; names are borrowed from the record. -EINVAL: of a kind that is not known, too. */
int record_alert(const struct record *record, struct alert *out);
