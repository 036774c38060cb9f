/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Foresight: feeds the forecasts of the ranges, live and, where a range is new, from
 * the event log of the past.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/capacity/account.h"
#include "core/metrics/collect.h"

struct foresight;

/* Everything is borrowed for the foresight's life. */
struct foresight_config {
	const struct account *account;
	char *const *paths; /* of event logs; the first that is a file is read */
	size_t path_count;
};

/* -ENOMEM. The caller owns *out. */
int foresight_open(const struct foresight_config *config, struct foresight **out);
void foresight_close(struct foresight *foresight);
DEFINE_CLEANUP(foresight, struct foresight *, foresight_close)
#define cleanup_foresight cleanup(cleanup_foresight_fn)

/* The account has other ranges now. */
void foresight_ranges(struct foresight *foresight);
/* What is in use is known from now on: the first walk is over. */
void foresight_start(struct foresight *foresight, int64_t wall_ns);
/* An address of the range was assigned or released, at this time since the epoch. */
void foresight_changed(struct foresight *foresight, int range, int64_t wall_ns);

/* An agent's log goes on with another agent's, who has this account: the past stays. */
void foresight_restart(struct foresight *foresight, const struct account *account, int64_t wall_ns);

/* Answers for each range, borrowed until the next call; needs out->account, ->leaks and
 * ->range_sums. */
void foresight_measure(struct foresight *foresight, int64_t wall_ns, struct metrics_input *out);
