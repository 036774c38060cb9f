/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pipeline: from an event to the record that tells of it.
 *
 *	event -> state -> fact -> account -> journal
 *	                       -> foresight, pods
 */
#pragma once

#include <stdint.h>

#include "core/capacity/account.h"
#include "core/record/journal.h"
#include "core/state/state.h"
#include "watch.h"

struct foresight;
struct pods;
struct probe_record;

/* The agent sets what is borrowed as soon as it is there, before the first event. */
struct pipeline {
	struct state *state; /* owned, as is what follows */
	struct account *account;
	struct journal *journal; /* borrowed from here on */
	struct pods *pods;
	struct foresight *foresight;
	enum watch_phase phase; /* of the event whose facts are being told */
	uint64_t corrected; /* facts told by the reconcile of this turn */
	uint64_t refused; /* events that a full table could not take */
};

/* -ENOMEM. The pipeline stays where it is; pipeline_clear() in any case. */
int pipeline_init(struct pipeline *pipeline);
void pipeline_clear(struct pipeline *pipeline);

/* As watch calls them: ctx is the pipeline. */
void pipeline_event(const struct event *event, enum watch_phase phase, void *ctx);
void pipeline_call(const struct probe_record *record, void *ctx);
void pipeline_lost(const char *cause, uint64_t count, void *ctx);

/* Tells what the reconcile of this turn has corrected. */
void pipeline_end_turn(struct pipeline *pipeline);
/* Ranges from now on; takes the table. */
void pipeline_set_ranges(struct pipeline *pipeline, struct range_table *ranges);
