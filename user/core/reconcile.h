/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reconcile: which differences between state and kernel are corrections. A change
 * on its way through the ring differs once; one that was missed differs in two
 * walks. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/collect.h"
#include "core/diff.h"

struct reconcile {
	struct diff diff; /* taken by the caller, then what is to be applied */
	struct diff suspects; /* of the walk before */
	bool is_confirming;
	uint64_t corrections[CORRECTION_COUNT];
};

enum reconcile_verdict {
	RECONCILE_APPLY, /* diff holds the corrections, counted; possibly none */
	RECONCILE_CONFIRM, /* take another diff in a little while and ask again */
};

/* Judge reconcile->diff. needs_confirmation: events may be on their way. -ENOMEM. */
int reconcile_judge(struct reconcile *reconcile, bool needs_confirmation);
/* Start over: what was suspected is void. */
void reconcile_reset(struct reconcile *reconcile);
void reconcile_clear(struct reconcile *reconcile);
