/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intake: everything that tells of a change (ring, rtnetlink, walks), brought into
 * one order and passed on as events. When to look is watch's business.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/metrics/collect.h"
#include "core/state/hints.h"
#include "feed.h"

struct netlink;
struct probe;
struct probe_record;

enum watch_phase {
	WATCH_LIVE, /* it happened now */
	WATCH_INITIAL, /* it was so before the agent looked */
	WATCH_CORRECTION, /* it was missed, and found by a reconcile */
};

typedef void (*watch_fn)(const struct event *event, enum watch_phase phase, void *ctx);
/* A CNI plugin began, wrote or ended: all of the record but `event`. */
typedef void (*watch_call_fn)(const struct probe_record *record, void *ctx);
/* Events were lost just now, `count` of them (0: unknown), because of `cause` (a literal). */
typedef void (*watch_lost_fn)(const char *cause, uint64_t count, void *ctx);

enum { INTAKE_BATCH = 4096 }; /* messages taken in one go */

struct intake_config {
	const struct kernel *kernel; /* borrowed for intake_open() */
	enum backend backend;
	const char *proc_dir; /* borrowed for intake_open() */
	struct state *state; /* borrowed; what on_event applies to */
	watch_fn on_event;
	watch_call_fn on_call;
	watch_lost_fn on_lost;
	void *ctx;
};

struct intake {
	struct intake_config config;
	struct feed feed;
	struct netlink *netlink; /* tracepoint backend only, and where it is allowed */
	struct probe *probe;
	enum watch_phase phase;
	struct hints hints; /* tracepoint backend */
	struct diff held; /* rtnetlink events of links that only the next walk can name */
	struct diff ends; /* deaths of namespaces, told after all else that a walk brought up */
	bool is_holding; /* a walk is being told: what comes in now is later than it */
	uint64_t walked_at_ns, walk_took_ns;
	uint64_t netlink_overflows;
	uint64_t lost; /* of the ring, as far as told */
	uint32_t *last_seq; /* per CPU */
	int cpu_count;
};

/* Says why in the log when it fails. Pair with intake_close() in any case. */
int intake_open(struct intake *intake, const struct intake_config *config);
void intake_close(struct intake *intake);

/* Is what changed only found by walking? */
bool intake_is_walking(const struct intake *intake);
/* Pass on what the ring holds; the number of its events or -errno. */
int intake_ring(struct intake *intake);
/* Pass on what rtnetlink holds, INTAKE_BATCH messages at the most; their number or -errno. */
int intake_messages(struct intake *intake);
/* Tell of what the ring had no room for since the last time. */
void intake_losses(struct intake *intake);
/* Walk and compare; nothing is passed on yet. */
int intake_compare(struct intake *intake, bool is_creation_known, struct diff *diff);
/* Pass on a difference. */
void intake_apply(struct intake *intake, struct diff *diff, enum watch_phase phase);
/* Walk and pass on all that it shows and that waited for it. Only after intake_messages() found the
 * end: a walk that is ahead of the messages by more than one would be contradicted by them. */
int intake_walk(struct intake *intake, struct diff *diff);
/* Does something wait for a walk? */
bool intake_waits(const struct intake *intake);
/* Losses and programs. */
void intake_measure(const struct intake *intake, struct metrics_input *out);
