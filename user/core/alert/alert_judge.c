// SPDX-License-Identifier: Apache-2.0
#include "core/alert/alert_judge.h"

#include <math.h>

#include "cleanup.h"

/* ---- what a rule compares; < 0 not known ---- */

static double utilization(const struct alerts_range *range)
{
	return range->bound > 0 ? range->used / range->bound : -1;
}

static double free_addresses(const struct alerts_range *range)
{
	return range->bound > 0 ? fmax(range->bound - range->used, 0) : -1;
}

static double count_failed(const struct alert_facts *facts)
{
	double total = 0;

	for (enum reason i = 0; i < REASON_COUNT; i++)
		total += (double)facts->failed[i];
	return total;
}

bool alert_walk_is_overdue(double age_s, double period_s)
{
	return period_s > 0 && age_s > ALERT_WALK_PERIODS * period_s;
}

static double count_troubles(const struct alert_facts *facts)
{
	const struct alerts_view *view = facts->view;

	return (facts->lost > 0) + (double)view->sources_down +
	       alert_walk_is_overdue(view->walk_age_s, view->walk_period_s);
}

static double measure(enum alert_kind kind, const struct alert_facts *facts)
{
	switch (kind) {
	case ALERT_RANGE_FILLING:
	case ALERT_RANGE_FILLING_CRITICAL:
		return utilization(facts->range);
	case ALERT_RANGE_WILL_BE_FULL:
		return facts->range->exhaustion_s;
	case ALERT_RANGE_EXHAUSTED:
		return free_addresses(facts->range);
	case ALERT_LEAK_GROWING:
		return facts->leak_growth;
	case ALERT_ALLOCATION_FAILING:
		return count_failed(facts);
	case ALERT_SANDBOX_WAITING:
		return facts->view->waiting ? facts->view->oldest_wait_s : 0;
	default:
		return count_troubles(facts);
	}
}

/* ---- whether it counts: a node that is full by design must not page ---- */

bool alert_is_wanted(const struct alert_rules *rules, const struct alert_facts *facts)
{
	static const enum reason of_addresses[] = { REASON_EXHAUSTED, REASON_COOLDOWN, REASON_LIMIT,
						    REASON_FRAGMENTED };
	const struct alerts_view *view = facts->view;

	for (size_t i = 0; i < array_size(of_addresses); i++) {
		if (facts->failed[of_addresses[i]])
			return true;
	}
	return view->waiting && view->oldest_wait_s >= rules->of[ALERT_SANDBOX_WAITING].threshold;
}

static bool is_forecast(const struct alert_rules *rules, const struct alerts_range *range)
{
	return !range->is_bound_by_pods && range->exhaustion_s >= 0 &&
	       range->exhaustion_s <= rules->of[ALERT_RANGE_WILL_BE_FULL].threshold;
}

static bool counts(const struct alert_rules *rules, enum alert_kind kind,
		   const struct alert_facts *facts)
{
	const struct alerts_range *range = facts->range;

	switch (kind) {
	case ALERT_RANGE_FILLING:
	case ALERT_RANGE_FILLING_CRITICAL:
		return range->scope != RANGE_SCOPE_NODE || alert_is_wanted(rules, facts) ||
		       is_forecast(rules, range);
	case ALERT_RANGE_WILL_BE_FULL:
		return !range->is_bound_by_pods && utilization(range) >= ALERT_WILL_BE_FULL_LEAST;
	case ALERT_RANGE_EXHAUSTED:
		return !range->is_bound_by_pods || alert_is_wanted(rules, facts);
	default:
		return true;
	}
}

struct alert_verdict alert_judge(const struct alert_rules *rules, enum alert_kind kind,
				 const struct alert_facts *facts)
{
	struct alert_verdict verdict = { .is_clear = true, .value = measure(kind, facts) };
	const struct alert_rule *rule = &rules->of[kind];

	/* Not a number is not known either. */
	if (!(verdict.value >= 0)) {
		verdict.value = -1;
		return verdict;
	}
	if (!counts(rules, kind, facts))
		return verdict;
	if (alert_is_low(kind)) {
		verdict.is_raised = verdict.value <= rule->threshold;
		verdict.is_clear = verdict.value > rule->clear;
	} else {
		verdict.is_raised = verdict.value >= rule->threshold;
		verdict.is_clear = verdict.value < rule->clear;
	}
	return verdict;
}
