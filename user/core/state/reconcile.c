// SPDX-License-Identifier: Apache-2.0
#include "core/state/reconcile.h"

#include <errno.h>

static void count(struct reconcile *reconcile)
{
	for (size_t i = 0; i < reconcile->diff.count; i++) {
		enum correction correction = correction_of(&reconcile->diff.events[i]);

		if (correction < CORRECTION_COUNT)
			reconcile->corrections[correction]++;
	}
}

/* Events keep the time at which they were first suspected. */
static bool is_due(const struct event *event, uint64_t now_ns, uint64_t patience_ns)
{
	return event->kind != EVENT_NETNS_DEL || now_ns - event->time_ns >= patience_ns;
}

/* What is due stays in the diff, the rest is suspected on. */
static int split(struct reconcile *reconcile, uint64_t now_ns, uint64_t patience_ns)
{
	struct diff *diff = &reconcile->diff;
	size_t due = 0;

	reconcile->suspects.count = 0;
	for (size_t i = 0; i < diff->count; i++) {
		if (is_due(&diff->events[i], now_ns, patience_ns))
			diff->events[due++] = diff->events[i];
		else if (diff_push(&reconcile->suspects, &diff->events[i]))
			return -ENOMEM;
	}
	diff->count = due;
	return 0;
}

int reconcile_judge(struct reconcile *reconcile, uint64_t patience_ns)
{
	uint64_t now_ns = reconcile->diff.count ? reconcile->diff.events[0].time_ns : 0;
	struct diff suspects = reconcile->suspects;
	int err;

	if (!reconcile->is_confirming) {
		reconcile->suspects = reconcile->diff;
		reconcile->diff = suspects;
		reconcile->diff.count = 0;
		reconcile->is_confirming = reconcile->suspects.count;
		return reconcile->is_confirming ? RECONCILE_CONFIRM : RECONCILE_DONE;
	}
	err = diff_confirm(&reconcile->suspects, &reconcile->diff);
	if (!err)
		err = split(reconcile, now_ns, patience_ns);
	if (err)
		return err;
	count(reconcile);
	reconcile->is_confirming = reconcile->suspects.count;
	return reconcile->is_confirming ? RECONCILE_CONFIRM : RECONCILE_DONE;
}

void reconcile_reset(struct reconcile *reconcile)
{
	reconcile->is_confirming = false;
	reconcile->suspects.count = 0;
}

void reconcile_clear(struct reconcile *reconcile)
{
	diff_clear(&reconcile->diff);
	diff_clear(&reconcile->suspects);
}
