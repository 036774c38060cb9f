/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watch: hooks, walks and rtnetlink as one stream of events, in the same order
 * whichever backend there is, and the reconcile that keeps it honest.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "intake.h"

struct loop;
struct object;
struct watch;

struct watch_config {
	struct intake_config intake; /* its on_lost is called by watch */
	uint64_t reconcile_ns;
};

/* Find out whether several nodes share this kernel, attach, then walk: everything that exists has
 * been told as WATCH_INITIAL on return, and nothing that came meanwhile is missed. Says why in the
 * log when it fails. The caller owns *out. */
int watch_open(const struct watch_config *config, struct loop *loop, struct watch **out);
void watch_close(struct watch *watch);
DEFINE_CLEANUP(watch, struct watch *, watch_close)
#define cleanup_watch cleanup(cleanup_watch_fn)

const struct object *watch_object(const struct watch *watch); /* what is loaded; borrowed */
enum backend watch_backend(const struct watch *watch);
/* Take in what is on its way, once. 0 or -errno. */
int watch_drain(struct watch *watch);
/* Losses, programs, corrections and reconcile of the metrics. */
void watch_measure(const struct watch *watch, struct metrics_input *out);
