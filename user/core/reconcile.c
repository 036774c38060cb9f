// SPDX-License-Identifier: Apache-2.0
#include "core/reconcile.h"

static void count(struct reconcile *reconcile)
{
	for (size_t i = 0; i < reconcile->diff.count; i++) {
		enum correction correction = correction_of(&reconcile->diff.events[i]);

		if (correction < CORRECTION_COUNT)
			reconcile->corrections[correction]++;
	}
}

int reconcile_judge(struct reconcile *reconcile, bool needs_confirmation)
{
	struct diff suspects = reconcile->suspects;
	int err;

	if (needs_confirmation && !reconcile->is_confirming && reconcile->diff.count) {
		reconcile->suspects = reconcile->diff;
		reconcile->diff = suspects;
		reconcile->is_confirming = true;
		return RECONCILE_CONFIRM;
	}
	if (reconcile->is_confirming) {
		err = diff_confirm(&reconcile->suspects, &reconcile->diff);
		if (err)
			return err;
	}
	reconcile->is_confirming = false;
	count(reconcile);
	return RECONCILE_APPLY;
}

void reconcile_reset(struct reconcile *reconcile)
{
	reconcile->is_confirming = false;
}

void reconcile_clear(struct reconcile *reconcile)
{
	diff_clear(&reconcile->diff);
	diff_clear(&reconcile->suspects);
}
