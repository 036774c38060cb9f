/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alert rules: which alerts there are, what each looks at, and its thresholds. Pure.
 *
 * "raised" is the condition for pending, and after `for` for firing; a firing one stays
 * until it has been "clear" for `keep`. Between the two lies the hysteresis. used, bound:
 * of the range as this node sees it; u = used / bound; free = bound - used, not below 0;
 * W: within the window (core/alert/alert_window.h). "Wanted": an ADD failed within 2m because
 * of addresses (exhausted, cooldown, limit, fragmented), or a pod has waited for as long
 * as PodipSandboxWaiting's threshold.
 *
 *	PodipRangeFilling		u >= 0.80 [1], clear u < 0.75, for 10m, keep 5m
 *		OpenShift (80 % of a node's subnet, 10m), GKE Network Analyzer (80 %)
 *	PodipRangeFillingCritical	u >= 0.90 [1], clear u < 0.85, for 5m, keep 5m
 *		Cilium mixin (90 %, 5m), Kube-OVN (90 %, 10m)
 *	PodipRangeWillBeFull		T <= 24h [2], clear T > 30h, for 1h, keep 10m
 *		kubernetes-mixin's disk rules (predicted within 24h, for 1h)
 *	PodipRangeExhausted		free <= 0 [3], clear free > 0, for 2m, keep 2m
 *		Cilium mixin (0 left, 2m)
 *	PodipLeakGrowing		leaked - lowest W 1h >= 3 [4], clear < 1, for 15m, keep 0
 *		ours: what a crash leaves behind the runtime cleans up within minutes
 *	PodipAllocationFailing		failed ADDs W 2m >= 1, clear < 1, for 5m, keep 3m
 *		ours: a pod is tried again every 11 to 16 s, so a failure that lasts is in
 *		every window; a warm pool that is refilled fails ADDs for half a minute
 *	PodipSandboxWaiting		oldest wait >= 60s, clear < 30s, for 2m, keep 1m
 *		kubernetes-mixin's KubeletPodStartUpLatencyHigh (60 s)
 *	PodipAgentBlind			troubles >= 1 [5], clear < 1, for 10m, keep 5m
 *		kube-prometheus' TargetDown (10m)
 *
 * A node that is full by design must not page. On GKE a node of 16 pods holds a /27: 16 of
 * 16 in use is a well-used node, the scheduler sends no 17th pod, and its block is bound by
 * pods, not by addresses. Where a node's range has fewer addresses than the node may have
 * pods, the kubelet does take a pod that will find none. On EKS pods draw on subnets, of
 * which one node uses little; how many addresses lie warm on its interfaces is the CNI's
 * own doing, low is normal, and no alert looks at it. So:
 *
 * [1] of a range of scope node only while addresses are wanted, or (unless it is bound by
 *     pods) while the forecast is within PodipRangeWillBeFull's threshold. Else it is clear.
 * [2] T: time to exhaustion. Not known is neither raised nor kept. Never of a range that is
 *     bound by pods, and not below u = 0.5, which is ours: the mixin asks for 0.85, at which
 *     four addresses are left in a /27. A young node is a forecast's worst case.
 * [3] of a range that is bound by pods only while addresses are wanted. Else it is clear.
 * [4] what is leaked in the first 5m after somebody first looked was so before.
 * [5] one for events lost W 5m, one for each source that is down and was up, and one when
 *     the last walk is more than 3 periods ago. The next walk makes a single loss good: for
 *     10m says that it goes on.
 *
 * A range that can have nothing (bound 0) is not judged. Of ranges of scope subnet and
 * cluster a node sees its own part alone: what is told is true, silence says nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/base/range.h"
#include "core/pod/failure.h"

/* The two severities of "filling" have names of their own: podip_alert_state and the
 * configuration tell alerts apart by name alone. */
enum alert_kind {
	ALERT_RANGE_FILLING,
	ALERT_RANGE_FILLING_CRITICAL,
	ALERT_RANGE_WILL_BE_FULL,
	ALERT_RANGE_EXHAUSTED,
	ALERT_LEAK_GROWING,
	ALERT_OF_RANGE_COUNT, /* those before are of each range, those from here on of the node */
	ALERT_ALLOCATION_FAILING = ALERT_OF_RANGE_COUNT,
	ALERT_SANDBOX_WAITING,
	ALERT_AGENT_BLIND,
	ALERT_KIND_COUNT,
};

enum alert_severity {
	ALERT_SEVERITY_INFO,
	ALERT_SEVERITY_WARNING,
	ALERT_SEVERITY_CRITICAL,
	ALERT_SEVERITY_COUNT,
};

enum alert_unit { ALERT_UNIT_RATIO, ALERT_UNIT_SECONDS, ALERT_UNIT_COUNT };

struct alert_rule {
	bool is_enabled;
	enum alert_severity severity;
	uint64_t for_ns; /* raised so long before it fires; 0 at once */
	uint64_t keep_ns; /* clear so long before it is over; 0 at once */
	double threshold;
	double clear; /* on the harmless side of threshold, or equal to it */
};

struct alert_rules {
	struct alert_rule of[ALERT_KIND_COUNT];
};

#define ALERT_FAILING_WINDOW_NS (120ULL * 1000000000)
#define ALERT_LEAK_WINDOW_NS (3600ULL * 1000000000)
#define ALERT_LEAK_SETTLE_NS (300ULL * 1000000000)
#define ALERT_LOST_WINDOW_NS (300ULL * 1000000000)
#define ALERT_WILL_BE_FULL_LEAST 0.5 /* utilization */

enum { ALERT_WALK_PERIODS = 3 };

struct alert_rules alert_rules_default(void);

/* "PodipRangeFilling": the label `alertname`. */
const char *alert_name(enum alert_kind kind);
int alert_parse(const char *name, enum alert_kind *out); /* -EINVAL */
enum alert_unit alert_unit(enum alert_kind kind);
/* Raised at or below its threshold; else at or above. */
bool alert_is_low(enum alert_kind kind);
/* "critical", "warning", "info": the label `severity`. */
const char *alert_severity_name(enum alert_severity severity);
int alert_severity_parse(const char *name, enum alert_severity *out); /* -EINVAL */

/* What alerts look at. All is borrowed for the call. */
struct alerts_range {
	const char *name; /* label `range` */
	const char *cidr; /* tells ranges apart: two families of one network have one name */
	enum range_scope scope;
	bool is_bound_by_pods; /* max_pods is known, and not more than the usable addresses */
	double used;
	double bound; /* range_bound() */
	double exhaustion_s; /* from now; < 0 not known */
	double leaked; /* of LEAK_IPAM_ONLY and LEAK_ABANDONED; < 0 nobody looks */
};

struct alerts_view {
	const struct alerts_range *ranges;
	size_t range_count;
	uint64_t failures[REASON_COUNT]; /* of ADDs, ever: a node that is drained fails DELs */
	uint32_t waiting; /* pods */
	double oldest_wait_s;
	uint64_t events_lost; /* ever */
	uint32_t sources_down; /* that were up before */
	const char *source_down; /* the first of them; NULL none */
	double walk_age_s; /* since the last one, or since the start while there was none */
	double walk_period_s; /* 0: there are none */
};
