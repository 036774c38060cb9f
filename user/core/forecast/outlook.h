/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outlook: a forecast for each range of the account, fed with every change of what is
 * in use, and with what an event log of the past tells. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/base/range.h"
#include "core/capacity/account.h"
#include "core/forecast/forecast.h"

struct outlook;

/* Without ranges. The caller owns *out. -ENOMEM. */
int outlook_new(struct outlook **out);
void outlook_free(struct outlook *outlook);
DEFINE_CLEANUP(outlook, struct outlook *, outlook_free)
#define cleanup_outlook cleanup(cleanup_outlook_fn)

/* The account has these ranges from now on: those of a CIDR that stays keep their past. Its indices
 * are those of the table. -ENOMEM leaves all as it was. */
int outlook_set_ranges(struct outlook *outlook, const struct range_table *ranges);

/* What is in use in the range, and in those around it, changed at this time since the epoch.
 * RANGE_NONE is none. */
void outlook_observe(struct outlook *outlook, const struct account *account, int range,
		     int64_t wall_ns);
/* The same of all ranges: how it is now. */
void outlook_observe_all(struct outlook *outlook, const struct account *account, int64_t wall_ns);

/* Of the past, the oldest first: so many were in use in the range of this CIDR after a change by
 * `delta` (1 or -1). Ranges around it change by as many. A CIDR that is no range is left out, and
 * so are ranges that were observed already. */
struct outlook_past {
	struct prefix cidr;
	uint64_t used;
	int delta;
	int64_t wall_ns;
};
void outlook_recall(struct outlook *outlook, const struct outlook_past *past);
/* Is there a range that was not observed yet: one that a past would be of use to? */
bool outlook_wants_past(const struct outlook *outlook);
/* The same: nobody looked from then on. */
void outlook_gap(struct outlook *outlook, int64_t wall_ns);

/* The same, of ranges that were observed, too: whoever observed has ended, and another begins. */
void outlook_end(struct outlook *outlook, int64_t wall_ns);

void outlook_ask(const struct outlook *outlook, size_t range, int64_t now_ns,
		 const struct forecast_room *room, struct forecast_answer *out);
uint64_t outlook_lost(const struct outlook *outlook); /* histories, for want of memory, ever */
