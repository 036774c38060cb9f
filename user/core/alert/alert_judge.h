/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what is seen now raises an alert, or clears it: the table of
 * core/alert/alert_rules.h without its times. Pure.
 */
#pragma once

#include <stdbool.h>

#include "core/alert/alert_rules.h"
#include "core/alert/alert_text.h"

/* Neither: between the two thresholds. Never both. */
struct alert_verdict {
	bool is_raised, is_clear;
	double value; /* what was compared; < 0 not known */
};

/* All of facts but `value`, which nobody has yet. Of a range's kinds facts->range is set. */
struct alert_verdict alert_judge(const struct alert_rules *rules, enum alert_kind kind,
				 const struct alert_facts *facts);

/* Somebody needs an address and does not get one: "wanted" of core/alert/alert_rules.h. */
bool alert_is_wanted(const struct alert_rules *rules, const struct alert_facts *facts);
/* Is the last walk too long ago, where one is due every period_s? 0: there are none. */
bool alert_walk_is_overdue(double age_s, double period_s);
