/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log filter: which records somebody wants to see. Conditions of one kind are
 * alternatives, those of different kinds all count, and none of the negated ones may
 * hold. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/addr.h"
#include "core/record/record.h"

enum { LOG_FILTER_MAX = 384 };

enum log_filter_kind {
	LOG_FILTER_TYPE, /* "cni.failed"; or what types begin with: "ip.*" */
	LOG_FILTER_POD, /* "namespace/name", "namespace/", "name"; each with * and ? */
	LOG_FILTER_IP, /* an address, in any spelling */
	LOG_FILTER_CIDR, /* holds the record's address; of one without, its CIDR */
	LOG_FILTER_RANGE, /* name of the range */
	LOG_FILTER_REASON,
	LOG_FILTER_KIND_COUNT,
};

struct log_condition {
	enum log_filter_kind kind;
	bool is_negated;
	const char *text; /* borrowed */
	struct prefix prefix; /* of an address: all of its bits */
};

/* All zeroes lets every record through. */
struct log_filter {
	struct log_condition conditions[LOG_FILTER_MAX];
	size_t count;
};

/* One more condition; text is borrowed for as long as the filter is used. -EINVAL: text is none of
 * its kind, or a type that no record has; -ENOSPC: more than LOG_FILTER_MAX. */
int log_filter_add(struct log_filter *filter, enum log_filter_kind kind, bool is_negated,
		   const char *text);
bool log_filter_matches(const struct log_filter *filter, const struct record *record);
/* Does it tell that records may be missing: agent.*, events.lost? Then it belongs between others,
 * whether it matches or not, unless a negated type is its own. */
bool log_filter_is_notice(const struct log_filter *filter, const struct record *record);
