/* SPDX-License-Identifier: Apache-2.0 */
/* What alerts_evaluate() told, and the rules and ranges of its tests. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "core/alert/alerts.h"

#define S 1000000000ULL

enum { LOG_SIZE = 4096 };

struct told {
	char log[LOG_SIZE]; /* "+PodipRangeFilling a 10.0.0.0/27; " */
	unsigned int count;
	struct alert last;
	char message[512];
};

static inline void hear(const struct alert *alert, void *ctx)
{
	struct told *told = ctx;
	size_t used = strlen(told->log);

	snprintf(told->log + used, sizeof(told->log) - used, "%c%s %s %s; ",
		 alert->level == ALERT_FIRING ? '+' : '-', alert_name(alert->kind), alert->range,
		 alert->cidr);
	snprintf(told->message, sizeof(told->message), "%s", alert->message);
	told->count++;
	told->last = *alert;
}

/* Rules of which only `kind` is enabled, and fires at once. */
static inline struct alert_rules only(enum alert_kind kind)
{
	struct alert_rules rules = alert_rules_default();

	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++)
		rules.of[i].is_enabled = i == kind;
	rules.of[kind].for_ns = 0;
	rules.of[kind].keep_ns = 0;
	return rules;
}

static inline struct alerts_range subnet(const char *name, const char *cidr, double used,
					 double bound)
{
	return (struct alerts_range){ .name = name,
				      .cidr = cidr,
				      .scope = RANGE_SCOPE_SUBNET,
				      .used = used,
				      .bound = bound,
				      .exhaustion_s = -1,
				      .leaked = -1 };
}

static inline void expect(struct alerts *alerts, const struct alerts_view *view, uint64_t now_s,
			  const char *want)
{
	struct told told = { 0 };

	assert_int_equal(alerts_evaluate(alerts, view, now_s * S, hear, &told), 0);
	assert_string_equal(told.log, want);
}
