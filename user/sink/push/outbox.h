/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outbox: what an Alertmanager has to be told again and again, or once more. Of each
 * (alert, range) the latest state alone: firing, to be sent every interval, or over, to
 * be sent until that was taken. Pure; bounded.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/alert/alert_text.h"
#include "core/alert/alerts.h"

enum {
	OUTBOX_MAX = 1024,
	OUTBOX_BATCH_MAX = 64, /* in one request */
};

#define OUTBOX_NEVER UINT64_MAX

struct outbox_entry {
	enum alert_kind kind;
	enum alert_severity severity;
	char range[RANGE_NAME_SIZE], cidr[PREFIX_TEXT_SIZE]; /* "" of the node */
	char message[ALERT_MESSAGE_SIZE];
	int64_t starts_ns; /* since the epoch */
	int64_t ends_ns; /* the same; 0 it fires */
	uint64_t due_ns; /* when to be sent */
	uint64_t version; /* another one with each change; never 0 */
};

struct outbox {
	struct outbox_entry *entries; /* owned */
	size_t count, room;
	uint64_t versions; /* given so far */
	uint64_t refused; /* alerts that found no place, or that lost it before they were taken */
};

/* The entries that a request carries. */
struct outbox_batch {
	size_t entries[OUTBOX_BATCH_MAX]; /* indices, good until the outbox changes */
	uint64_t versions[OUTBOX_BATCH_MAX];
	size_t count;
};

struct outbox_clocks {
	uint64_t mono_ns; /* CLOCK_MONOTONIC */
	int64_t wall_ns; /* since the epoch */
};

void outbox_clear(struct outbox *outbox);

/* One that fires from now on, or is over; what is over and was never put is left out. Where there
 * is no place, one that is over gives up its own. -ENOSPC (counted), -ENOMEM. */
int outbox_put(struct outbox *outbox, const struct alert *alert, const struct outbox_clocks *now);
/* What is due. */
void outbox_pick(const struct outbox *outbox, uint64_t now_ns, struct outbox_batch *out);
/* The batch was taken: what fires is due again in interval_ns, what is over is forgotten. What
 * changed since it was picked stays due. */
void outbox_taken(struct outbox *outbox, const struct outbox_batch *batch, uint64_t now_ns,
		  uint64_t interval_ns);
/* When the next one is due, OUTBOX_NEVER when there is none. */
uint64_t outbox_due(const struct outbox *outbox);
