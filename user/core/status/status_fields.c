// SPDX-License-Identifier: Apache-2.0
#include "core/status/status_fields.h"

#include "cleanup.h"
#include "core/status/status.h"

#define NUMBER(type, key, member)                                          \
	{                                                                  \
		key, STATUS_FIELD_NUMBER, offsetof(struct type, member), 0 \
	}
#define FLAG(type, key, member)                                          \
	{                                                                \
		key, STATUS_FIELD_FLAG, offsetof(struct type, member), 0 \
	}
#define TIME(type, key, member)                                          \
	{                                                                \
		key, STATUS_FIELD_TIME, offsetof(struct type, member), 0 \
	}
#define COUNT(type, key, member)                                          \
	{                                                                 \
		key, STATUS_FIELD_COUNT, offsetof(struct type, member), 0 \
	}
#define TEXT(type, key, member)                                        \
	{                                                              \
		key, STATUS_FIELD_TEXT, offsetof(struct type, member), \
			sizeof(((struct type *)0)->member)             \
	}

static const struct status_field status_fields[] = {
	TIME(status, "ts", wall_ns),
	TEXT(status, "why", why),
	TEXT(status, "node", node),
	TEXT(status, "version", version),
	TEXT(status, "revision", revision),
	TEXT(status, "backend", backend),
	NUMBER(status, "started_s", started_s),
	NUMBER(status, "max_pods", max_pods),
	NUMBER(status, "namespaces", namespaces),
	NUMBER(status, "namespaces_without_address", namespaces_without_address),
	NUMBER(status, "unattributed", unattributed),
	NUMBER(status, "duplicates", duplicates),
	NUMBER(status, "waiting", waiting),
	NUMBER(status, "oldest_wait_s", oldest_wait_s),
	NUMBER(status, "reconcile_age_s", reconcile_age_s),
	NUMBER(status, "records_written", records_written),
	NUMBER(status, "records_lost", records_lost),
	COUNT(status, "ranges_left_out", ranges_left_out),
	COUNT(status, "alerts_left_out", alerts_left_out),
};

static const struct status_field range_fields[] = {
	TEXT(status_range, "range", name),
	TEXT(status_range, "cidr", cidr),
	TEXT(status_range, "scope", scope),
	TEXT(status_range, "source", source),
	NUMBER(status_range, "capacity", capacity),
	NUMBER(status_range, "reserved", reserved),
	NUMBER(status_range, "usable", usable),
	NUMBER(status_range, "used", used),
	NUMBER(status_range, "free", free),
	NUMBER(status_range, "utilization", utilization),
	NUMBER(status_range, "attached", attached),
	NUMBER(status_range, "assigned", assigned),
	NUMBER(status_range, "warm", warm),
	NUMBER(status_range, "cooldown", cooldown),
	NUMBER(status_range, "node_blocks", node_blocks),
	NUMBER(status_range, "leaked", leaked),
	NUMBER(status_range, "time_to_exhaustion_s", time_to_exhaustion_s),
	NUMBER(status_range, "confidence", confidence),
	NUMBER(status_range, "headroom", headroom),
	NUMBER(status_range, "assign_per_s", assign_per_s),
	NUMBER(status_range, "assigned_total", assigned_total),
	NUMBER(status_range, "released_total", released_total),
};

static const struct status_field alert_fields[] = {
	TEXT(status_alert, "alert", alert),	  TEXT(status_alert, "range", range),
	TEXT(status_alert, "severity", severity), FLAG(status_alert, "firing", is_firing),
	TIME(status_alert, "since", since_ns),
};

static const struct status_field source_fields[] = {
	TEXT(status_source, "source", name),	   FLAG(status_source, "asked", is_asked),
	FLAG(status_source, "up", is_up),	   FLAG(status_source, "was_up", was_up),
	NUMBER(status_source, "entries", entries), NUMBER(status_source, "errors", errors),
	NUMBER(status_source, "age_s", age_s),
};

static const struct status_field loss_fields[] = {
	TEXT(status_loss, "cause", cause),
	NUMBER(status_loss, "count", count),
};

const struct status_shape status_range_shape = { range_fields, array_size(range_fields),
						 sizeof(struct status_range) };
const struct status_shape status_alert_shape = { alert_fields, array_size(alert_fields),
						 sizeof(struct status_alert) };
const struct status_shape status_source_shape = { source_fields, array_size(source_fields),
						  sizeof(struct status_source) };
const struct status_shape status_loss_shape = { loss_fields, array_size(loss_fields),
						sizeof(struct status_loss) };

const struct status_shape status_root_shape = { status_fields, array_size(status_fields),
						sizeof(struct status) };
