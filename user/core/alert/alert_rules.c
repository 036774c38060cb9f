// SPDX-License-Identifier: Apache-2.0
#include "core/alert/alert_rules.h"

#include <errno.h>
#include <string.h>

#define S 1000000000ULL
#define M (60 * S)
#define H (60 * M)

static const struct kind {
	const char *name;
	enum alert_unit unit;
	bool is_low;
	struct alert_rule rule;
} kinds[ALERT_KIND_COUNT] = {
	[ALERT_RANGE_FILLING] = {
		"PodipRangeFilling", ALERT_UNIT_RATIO, false,
		{ true, ALERT_SEVERITY_WARNING, 10 * M, 5 * M, 0.80, 0.75 },
	},
	[ALERT_RANGE_FILLING_CRITICAL] = {
		"PodipRangeFillingCritical", ALERT_UNIT_RATIO, false,
		{ true, ALERT_SEVERITY_CRITICAL, 5 * M, 5 * M, 0.90, 0.85 },
	},
	[ALERT_RANGE_WILL_BE_FULL] = {
		"PodipRangeWillBeFull", ALERT_UNIT_SECONDS, true,
		{ true, ALERT_SEVERITY_WARNING, H, 10 * M, 24 * 3600, 30 * 3600 },
	},
	[ALERT_RANGE_EXHAUSTED] = {
		"PodipRangeExhausted", ALERT_UNIT_COUNT, true,
		{ true, ALERT_SEVERITY_CRITICAL, 2 * M, 2 * M, 0, 0 },
	},
	[ALERT_LEAK_GROWING] = {
		"PodipLeakGrowing", ALERT_UNIT_COUNT, false,
		{ true, ALERT_SEVERITY_WARNING, 15 * M, 0, 3, 1 },
	},
	[ALERT_ALLOCATION_FAILING] = {
		"PodipAllocationFailing", ALERT_UNIT_COUNT, false,
		{ true, ALERT_SEVERITY_CRITICAL, 5 * M, 3 * M, 1, 1 },
	},
	[ALERT_SANDBOX_WAITING] = {
		"PodipSandboxWaiting", ALERT_UNIT_SECONDS, false,
		{ true, ALERT_SEVERITY_WARNING, 2 * M, M, 60, 30 },
	},
	[ALERT_AGENT_BLIND] = {
		"PodipAgentBlind", ALERT_UNIT_COUNT, false,
		{ true, ALERT_SEVERITY_WARNING, 10 * M, 5 * M, 1, 1 },
	},
};

static const char *const severities[ALERT_SEVERITY_COUNT] = {
	[ALERT_SEVERITY_INFO] = "info",
	[ALERT_SEVERITY_WARNING] = "warning",
	[ALERT_SEVERITY_CRITICAL] = "critical",
};

struct alert_rules alert_rules_default(void)
{
	struct alert_rules rules;

	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++)
		rules.of[i] = kinds[i].rule;
	return rules;
}

const char *alert_name(enum alert_kind kind)
{
	return kinds[kind].name;
}

int alert_parse(const char *name, enum alert_kind *out)
{
	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			*out = i;
			return 0;
		}
	}
	return -EINVAL;
}

enum alert_unit alert_unit(enum alert_kind kind)
{
	return kinds[kind].unit;
}

bool alert_is_low(enum alert_kind kind)
{
	return kinds[kind].is_low;
}

const char *alert_severity_name(enum alert_severity severity)
{
	return severities[severity];
}

int alert_severity_parse(const char *name, enum alert_severity *out)
{
	for (enum alert_severity i = 0; i < ALERT_SEVERITY_COUNT; i++) {
		if (strcmp(severities[i], name) == 0) {
			*out = i;
			return 0;
		}
	}
	return -EINVAL;
}
