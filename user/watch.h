/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watch: hooks, walks and rtnetlink as one stream of events, in the same order
 * whichever backend there is, and the reconcile that keeps it honest.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/collect.h"
#include "event.h"
#include "source/kernel.h"

struct loop;
struct state;
struct watch;

enum watch_phase {
	WATCH_LIVE, /* it happened now */
	WATCH_INITIAL, /* it was so before the agent looked */
	WATCH_CORRECTION, /* it was missed, and found by a reconcile */
};

typedef void (*watch_fn)(const struct event *event, enum watch_phase phase, void *ctx);
/* Events were lost just now, `count` of them (0: unknown), because of `cause` (a literal). */
typedef void (*watch_lost_fn)(const char *cause, uint64_t count, void *ctx);

struct watch_config {
	const struct kernel *kernel; /* borrowed for watch_open() */
	enum backend backend;
	const char *proc_dir; /* borrowed for watch_open() */
	uint64_t reconcile_ns;
	struct state *state; /* borrowed; what on_event applies to; empty yet */
	watch_fn on_event;
	watch_lost_fn on_lost;
	void *ctx;
};

/* Find out whether several nodes share this kernel, attach, then walk: everything that exists has
 * been told as WATCH_INITIAL on return, and nothing that came meanwhile is missed. Says why in the
 * log when it fails. The caller owns *out. */
int watch_open(const struct watch_config *config, struct loop *loop, struct watch **out);
void watch_close(struct watch *watch);
DEFINE_CLEANUP(watch, struct watch *, watch_close)
#define cleanup_watch cleanup(cleanup_watch_fn)

enum backend watch_backend(const struct watch *watch);
/* Losses, programs, corrections and reconcile of the metrics. */
void watch_measure(const struct watch *watch, struct metrics_input *out);
