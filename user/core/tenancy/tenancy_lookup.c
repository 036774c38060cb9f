// SPDX-License-Identifier: Apache-2.0
#include "core/tenancy/tenancy_lookup.h"

static const char *const state_names[] = {
	[TENANCY_NEVER] = "never",
	[TENANCY_HELD] = "held",
	[TENANCY_FREE] = "free",
	[TENANCY_UNKNOWN] = "unknown",
};

_Static_assert(array_size(state_names) == TENANCY_STATE_COUNT, "a state without a name");

const char *tenancy_state_name(enum tenancy_state state)
{
	return state_names[state];
}

/* What is open at the end of the log is so behind it, too, as long as somebody watches. */
static bool holds(const struct tenancy *tenancy, const struct tenancies_log *log, int64_t at_ns)
{
	return tenancy_covers(tenancy, at_ns) ||
	       (tenancy->to == TENANCY_TO_OPEN && at_ns >= tenancy->to_ns && !log->is_unwatched);
}

static void add_holder(struct tenancy_answer *answer, const struct tenancy *tenancy)
{
	answer->state = TENANCY_HELD;
	if (answer->holder_count == TENANCY_HOLDERS_MAX)
		answer->holders_left_out++;
	else
		answer->holders[answer->holder_count++] = tenancy;
}

static void find_near(struct tenancy_answer *answer, const struct tenancy *tenancy, int64_t at_ns)
{
	if (tenancy->to_ns <= at_ns && (!answer->before || tenancy->to_ns >= answer->before->to_ns))
		answer->before = tenancy;
	else if (tenancy->from_ns > at_ns &&
		 (!answer->after || tenancy->from_ns < answer->after->from_ns))
		answer->after = tenancy;
}

/* The narrowest counts. */
static void doubt(struct tenancy_answer *answer, const struct tenancy_span *span)
{
	if (answer->state == TENANCY_UNKNOWN && answer->to_ns <= span->to_ns)
		return;
	answer->state = TENANCY_UNKNOWN;
	answer->has_from = answer->has_to = true;
	answer->from_ns = span->from_ns;
	answer->to_ns = span->to_ns;
	answer->is_lost = span->kind == TENANCY_LOST;
}

/* Its begin, or its end, may be on either side of at_ns. */
static void doubt_ends(struct tenancy_answer *answer, const struct tenancy *tenancy, int64_t at_ns)
{
	if (tenancy->to == TENANCY_TO_BETWEEN && at_ns >= tenancy->to_ns &&
	    at_ns < tenancy->to_before_ns)
		doubt(answer,
		      &(struct tenancy_span){ tenancy->is_lost ? TENANCY_LOST : TENANCY_UNWATCHED,
					      tenancy->to_ns, tenancy->to_before_ns });
	if (tenancy->from == TENANCY_FROM_BEFORE && tenancy->has_from_after &&
	    at_ns >= tenancy->from_after_ns && at_ns < tenancy->from_ns)
		doubt(answer, &(struct tenancy_span){ TENANCY_UNWATCHED, tenancy->from_after_ns,
						      tenancy->from_ns });
}

/* Nobody is known to have held it: is that all there is to know? */
static void doubt_free(struct tenancy_answer *answer, const struct tenancies_log *log,
		       int64_t at_ns)
{
	if (log->is_blind)
		doubt(answer, &log->blind);
	if (log->is_lossy)
		doubt(answer, &log->lossy);
	if (answer->state == TENANCY_UNKNOWN)
		return;
	if (!log->is_known || at_ns < log->known_ns) {
		answer->state = TENANCY_UNKNOWN;
		answer->has_to = log->is_known;
		answer->to_ns = log->known_ns;
	} else if (log->is_unwatched && at_ns >= log->unwatched_ns) {
		answer->state = TENANCY_UNKNOWN;
		answer->has_from = true;
		answer->from_ns = log->unwatched_ns;
	}
}

struct tenancy_answer tenancy_lookup(const struct tenancies *tenancies)
{
	const struct tenancies_log *log = tenancies_log(tenancies);
	int64_t at_ns = tenancies_query(tenancies)->at_ns;
	struct tenancy_answer answer = { .state = TENANCY_FREE,
					 .is_late = log->records && at_ns > log->last.wall_ns };

	if (!log->matched) {
		answer.state = TENANCY_NEVER;
		return answer;
	}
	for (size_t i = 0; i < tenancies_count(tenancies); i++) {
		const struct tenancy *tenancy = tenancies_at(tenancies, i);

		if (holds(tenancy, log, at_ns))
			add_holder(&answer, tenancy);
		else
			find_near(&answer, tenancy, at_ns);
	}
	for (size_t i = 0; i < tenancies_count(tenancies) && answer.state != TENANCY_HELD; i++)
		doubt_ends(&answer, tenancies_at(tenancies, i), at_ns);
	if (answer.state != TENANCY_HELD)
		doubt_free(&answer, log, at_ns);
	return answer;
}
