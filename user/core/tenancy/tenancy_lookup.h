/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who held the address at a time, and who before and after. Pure.
 */
#pragma once

#include "core/tenancy/tenancies.h"

enum tenancy_state {
	TENANCY_NEVER, /* the log tells nothing of the address */
	TENANCY_HELD,
	TENANCY_FREE,
	TENANCY_UNKNOWN, /* nobody watched, records were lost, or the log begins later */
	TENANCY_STATE_COUNT,
};

enum { TENANCY_HOLDERS_MAX = 16 }; /* at once; of more the first are shown */

struct tenancy_answer {
	enum tenancy_state state;
	const struct tenancy *holders[TENANCY_HOLDERS_MAX];
	size_t holder_count;
	size_t holders_left_out;
	const struct tenancy *before, *after; /* the nearest; NULL: there is none that is known */
	/* Of TENANCY_UNKNOWN: from when, until when; neither where it is open. */
	bool has_from, has_to, is_lost;
	int64_t from_ns, to_ns;
	bool is_late; /* at_ns lies behind the last record: the answer is that of then */
};

/* "never", "held", ... */
const char *tenancy_state_name(enum tenancy_state state);
/* Of the query's at_ns, after tenancies_end(). Tenancies are borrowed. */
struct tenancy_answer tenancy_lookup(const struct tenancies *tenancies);
