/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an alert says: one line with the numbers, a summary, a runbook's address. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/alert/alert_rules.h"

enum {
	ALERT_MESSAGE_SIZE = 384,
	ALERT_RUNBOOK_SIZE = 512,
};

/* What it was judged by. */
struct alert_facts {
	const struct alerts_view *view; /* borrowed */
	const struct alerts_range *range; /* borrowed; NULL: of the node */
	uint64_t failed[REASON_COUNT]; /* within ALERT_FAILING_WINDOW_NS */
	uint64_t lost; /* within ALERT_LOST_WINDOW_NS */
	double leak_growth; /* within ALERT_LEAK_WINDOW_NS; < 0 not known */
	double value; /* what was compared with the threshold; < 0 not known */
};

/* "16 of 16 addresses of 'gke-pod-network' (10.0.0.0/27) are used": true of a raised condition and
 * of one that is over. Names are shown as text_to_line() has them; what does not fit is cut. */
void alert_text_message(enum alert_kind kind, const struct alert_facts *facts,
			char out[static ALERT_MESSAGE_SIZE]);
/* Of a range that is there no more. */
void alert_text_gone(const char *range, const char *cidr, char out[static ALERT_MESSAGE_SIZE]);

/* "Pod addresses of a range are running out.": a literal. */
const char *alert_text_summary(enum alert_kind kind);
/* BASE/NAME.md, as the shipped rules link to it; a slash at the end of BASE or not; "" when BASE is
 * "" or NULL, or does not fit. */
void alert_text_runbook(const char *base, enum alert_kind kind,
			char out[static ALERT_RUNBOOK_SIZE]);
