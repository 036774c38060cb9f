/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probe: the live hooks of the loaded object, attached, and the ring that their
 * events come through. The kernel wakes the descriptor once per arming.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "event.h"
#include "stats.h"

struct call_exec;
struct call_exit;
struct call_output;
struct object;
struct probe;

/* One of these, the others NULL. */
struct probe_record {
	const struct event *event;
	const struct call_exec *exec;
	const struct call_output *output;
	const struct call_exit *exit;
};

typedef void (*probe_fn)(const struct probe_record *record, void *ctx);

/* Sums over all CPUs. */
struct probe_stats {
	uint64_t lost[LOSS_COUNT];
	uint64_t malformed; /* records of a wrong size */
	uint64_t unsearched; /* environments too long to be searched */
	uint64_t untracked; /* CNI plugins that ran beside too many others */
	uint64_t triggers; /* of the tracepoint backend */
	struct program_stats programs[PROGRAM_COUNT];
};

/* Attach every hook of the object's backend, and those that hear of CNI plugins; -errno when one
 * that cannot be done without does not attach, with its name logged. The object is borrowed for the
 * probe's life. The caller owns *out. */
int probe_open(struct object *object, probe_fn on_record, void *ctx, struct probe **out);
void probe_close(struct probe *probe);
DEFINE_CLEANUP(probe, struct probe *, probe_close)
#define cleanup_probe cleanup(cleanup_probe_fn)

int probe_fd(const struct probe *probe); /* readable once after probe_arm(); borrowed */
int probe_drain(struct probe *probe); /* deliver all that wait; their number or -errno */
/* Ask for one wake-up at the next event or trigger. Drain once more afterwards: what came before
 * the arming does not wake. */
void probe_arm(struct probe *probe);
/* Is the wake-up still to come? Once it is not, its mark in the ring may have been drained with
 * the rest, and the descriptor stays silent. */
bool probe_is_armed(const struct probe *probe);
/* Grows with every trigger: a change means that a walk has something to find. */
uint64_t probe_triggers(const struct probe *probe);
/* Do triggers work, or must walks be periodic? */
bool probe_has_triggers(const struct probe *probe);
struct probe_stats probe_stats(const struct probe *probe);
