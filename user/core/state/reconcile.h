/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reconcile: which differences between state and kernel are corrections. A change
 * on its way through the ring differs once; one that was missed differs in two
 * walks. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/state/correction.h"
#include "core/state/diff.h"

struct reconcile {
	struct diff diff; /* taken by the caller, then what is to be applied */
	struct diff suspects; /* of the walk before */
	bool is_confirming;
	uint64_t corrections[CORRECTION_COUNT];
};

enum reconcile_verdict {
	RECONCILE_DONE,
	RECONCILE_CONFIRM, /* take another diff in a little while and judge again */
};

/* Judge reconcile->diff, which holds the corrections to apply afterwards, counted; possibly none. A
 * netns leaves the kernel's list long before its links and addresses do, and live hooks tell of
 * those: it is missed only when it is gone for `patience_ns`. -ENOMEM. */
int reconcile_judge(struct reconcile *reconcile, uint64_t patience_ns);
/* Start over: what was suspected is void. */
void reconcile_reset(struct reconcile *reconcile);
void reconcile_clear(struct reconcile *reconcile);
