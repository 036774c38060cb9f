/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts: the states of the rules of core/alert/alert_rules.h, of each range and of the node.
 * ok -> pending while raised -> firing after `for` -> ok once clear for `keep`. That it
 * fires and that it is over is each told once; a pending one that was not raised even
 * once begins anew. Pure; bounded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/alert/alert_rules.h"

enum { ALERTS_RANGES_MAX = RANGE_MAX };

/* Values of podip_alert_state. */
enum alert_level { ALERT_OK, ALERT_PENDING, ALERT_FIRING };

struct alert {
	enum alert_kind kind;
	enum alert_severity severity;
	const char *range, *cidr; /* "" of the node; borrowed for the call */
	enum alert_level level;
	double value; /* what was compared with threshold; < 0 not known */
	double threshold;
	uint64_t since_ns; /* when the condition began; 0 with ALERT_OK that never was raised */
	const char *message; /* one line, borrowed for the call; "" from alerts_each() */
};

typedef void (*alert_fn)(const struct alert *alert, void *ctx);

struct alerts;

/* The rules are copied. -ENOMEM; the caller owns *out. */
int alerts_new(const struct alert_rules *rules, struct alerts **out);
void alerts_free(struct alerts *alerts);
DEFINE_CLEANUP(alerts, struct alerts *, alerts_free)
#define cleanup_alerts cleanup(cleanup_alerts_fn)

/* Use these from the next evaluation on. What fires by a rule that is enabled no more is over. */
void alerts_set_rules(struct alerts *alerts, const struct alert_rules *rules);

/* Judge all. fn is told of each alert that fires now (ALERT_FIRING) or that fired and is over
 * (ALERT_OK), in no order; it must not call back. What fires of a range that is not in the view any
 * more is over. A range past ALERTS_RANGES_MAX is not watched, and counted each time. -ENOMEM: so
 * are new ranges, the others are judged. To be called at least every 10 s or so: what holds between
 * two calls is not seen. */
int alerts_evaluate(struct alerts *alerts, const struct alerts_view *view, uint64_t now_ns,
		    alert_fn fn, void *ctx);

/* The level that somebody else has judged, of an event log: of alert->range and ->cidr ("" of the
 * node), since alert->since_ns. -ENOSPC past ALERTS_RANGES_MAX, -ENOMEM. */
int alerts_put(struct alerts *alerts, const struct alert *alert);

/* Each (alert, range) of an enabled rule as of the last evaluation, whatever its level. */
void alerts_each(const struct alerts *alerts, alert_fn fn, void *ctx);
/* The highest level of the alert over the ranges of this name ("" of the node): a sample of
 * podip_alert_state, whose labels do not tell two families of one network apart. */
enum alert_level alerts_level(const struct alerts *alerts, enum alert_kind kind, const char *range);

/* Did somebody need an address and not get one, at the last evaluation? */
bool alerts_is_wanted(const struct alerts *alerts);
size_t alerts_watched(const struct alerts *alerts); /* ranges now */
uint64_t alerts_refused(const struct alerts *alerts); /* past ALERTS_RANGES_MAX or memory, ever */
