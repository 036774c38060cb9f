/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status: what a person wants to know of a node, worked out once, for the terminal, the
 * page and scripts. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/range.h"
#include "core/pod/failure.h"

struct metrics_input;

enum {
	STATUS_RANGES_MAX = 1024,
	STATUS_ALERTS_MAX = 256,
	STATUS_SOURCES_MAX = 32,
	STATUS_LOSSES_MAX = 32,
	STATUS_NAME_SIZE = 64,
};

/* Numbers that are not known are NAN. Counts of addresses are doubles: a /64 has 2^64. */
struct status_range {
	char name[RANGE_NAME_SIZE];
	char cidr[PREFIX_TEXT_SIZE]; /* "" of what is in no range */
	char scope[STATUS_NAME_SIZE]; /* node, subnet, cluster */
	char source[STATUS_NAME_SIZE]; /* who says that it is there */
	bool is_v4;
	double capacity, reserved, usable, used, free, utilization;
	double attached, assigned, warm, cooldown; /* of AWS */
	double node_blocks; /* capacity in blocks of nodes */
	double leaked;
	double time_to_exhaustion_s, confidence, headroom, assign_per_s;
	double assigned_total, released_total;
};

struct status_alert {
	char alert[STATUS_NAME_SIZE];
	char range[RANGE_NAME_SIZE]; /* "" of the node */
	char severity[STATUS_NAME_SIZE];
	bool is_firing; /* else it is pending */
	int64_t since_ns; /* since the epoch; 0 not known */
};

struct status_source {
	char name[STATUS_NAME_SIZE];
	bool is_asked, is_up;
	bool was_up; /* at some time: down is trouble then */
	double entries, errors, age_s; /* NAN: not known */
};

struct status_loss {
	char cause[STATUS_NAME_SIZE];
	double count;
};

/* The worst state of the node: the exit status of `podip status`, too. */
enum status_level {
	STATUS_GOOD,
	STATUS_WARNING, /* an alert of severity warning fires, or the agent is degraded */
	STATUS_CRITICAL, /* a critical alert fires, or a range of this node has no address left
			    while somebody waits or fails */
	STATUS_LEVEL_COUNT,
};

struct status {
	enum status_level level;
	char why[256]; /* of a level that is not good: the worst thing, one sentence */
	char node[256], version[STATUS_NAME_SIZE], revision[STATUS_NAME_SIZE];
	char backend[STATUS_NAME_SIZE];
	int64_t wall_ns; /* when this was worked out */
	double started_s; /* since the epoch */
	double max_pods; /* NAN: not known */
	double namespaces, namespaces_without_address, unattributed, duplicates;
	double waiting, oldest_wait_s; /* pods without their address */
	double reconcile_age_s; /* NAN: never */
	double failures[REASON_COUNT]; /* CNI calls that failed, ever, by reason */
	double incidents[REASON_COUNT]; /* pods whose calls failed, ever */
	double records_written, records_lost;
	struct status_range *ranges; /* owned; the fullest first, of equal ones the wider last */
	size_t range_count, ranges_left_out;
	struct status_alert alerts[STATUS_ALERTS_MAX]; /* firing before pending, critical first */
	size_t alert_count, alerts_left_out;
	struct status_source sources[STATUS_SOURCES_MAX];
	size_t source_count;
	struct status_loss losses[STATUS_LOSSES_MAX]; /* those that are not 0 */
	size_t loss_count;
};

/* "good", "warning", "critical". */
const char *status_level_name(enum status_level level);
/* Of what /metrics would say now. -ENOMEM; the caller owns *out, see status_clear(). */
int status_take(const struct metrics_input *input, const char *node, int64_t wall_ns,
		struct status *out);
void status_clear(struct status *status);
