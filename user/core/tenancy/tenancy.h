/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenancy: one holder of an address, from when to when, and how well each end is known.
 * Pure.
 *
 * It is half open: at the very nanosecond of its begin the address is held, at that of
 * its end no more. Nothing is claimed of times at which nobody watched: an end that lies
 * there is a span, and a tenancy that goes on behind it says so.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/range.h"
#include "core/pod/pod.h"
#include "core/record/record.h"

enum {
	TENANCY_SPANS_MAX = 32, /* of one tenancy; of more the last ones are left out */
	TENANCY_NAME_SIZE = 64, /* of links and sources; longer ones are cut */
	TENANCY_BOOT_ID_SIZE = 40,
	TENANCY_ID_MIN = 8, /* letters of a container id that are enough to ask by */
};

enum tenancy_from {
	TENANCY_FROM_ASSIGNED, /* exactly from_ns */
	TENANCY_FROM_BEFORE, /* held at from_ns already; the begin was not seen */
};

enum tenancy_to {
	TENANCY_TO_OPEN, /* held as of the last record, at to_ns */
	TENANCY_TO_RELEASED, /* exactly to_ns */
	TENANCY_TO_BETWEEN, /* held at to_ns, and no more at to_before_ns */
};

enum tenancy_span_kind {
	TENANCY_UNWATCHED, /* no agent was there */
	TENANCY_LOST, /* one was, but what it told is not all here */
};

/* Since the epoch; to_ns is the less when the clock was set back. */
struct tenancy_span {
	enum tenancy_span_kind kind;
	int64_t from_ns, to_ns;
};

/* The clock, where it was set back: it went up to left_ns, and on from resumed_ns. Of several times
 * the greatest and the least. */
struct tenancy_steps {
	bool is_set_back;
	int64_t left_ns, resumed_ns;
};

/* When a record was: what bounds a tenancy. */
struct tenancy_moment {
	uint64_t seq;
	int64_t wall_ns;
	uint64_t mono_ns; /* RECORD_ABSENT */
	char boot_id[TENANCY_BOOT_ID_SIZE]; /* "" */
};

/* "" and RECORD_ABSENT are not known. */
struct tenancy {
	struct ip ip;
	struct pod pod;
	char identity[TENANCY_NAME_SIZE]; /* which source knew the pod */
	uint64_t netns, netns_cookie, ifindex;
	char ifname[TENANCY_NAME_SIZE];
	char range[RANGE_NAME_SIZE];
	enum tenancy_from from;
	int64_t from_ns; /* since the epoch */
	bool has_from_after; /* TENANCY_FROM_BEFORE: it did not hold the address at from_after_ns */
	int64_t from_after_ns;
	enum tenancy_to to;
	int64_t to_ns;
	int64_t to_before_ns; /* TENANCY_TO_BETWEEN */
	bool is_lost; /* TENANCY_TO_BETWEEN: as records were lost, not as nobody watched */
	struct tenancy_moment first, last; /* the records that bound it */
	struct tenancy_steps steps;
	struct tenancy_span spans[TENANCY_SPANS_MAX];
	size_t span_count;
	uint64_t spans_left_out;
};

struct tenancy_query {
	bool has_ip; /* of this address; else of this pod */
	struct ip ip;
	/* A pod's name, its uid, or TENANCY_ID_MIN letters at least of a sandbox' id. With a
	 * namespace, which may be NULL, it is a name. Borrowed. */
	const char *namespace, *pod;
	int64_t at_ns; /* what is asked about */
	int64_t now_ns; /* behind the last record */
};

/* Is at_ns within it, as far as that is known? */
bool tenancy_covers(const struct tenancy *tenancy, int64_t at_ns);
/* How long it was at least, by the clock that nobody sets where one boot saw all of it. False when
 * the clock was set back and nothing else is known; *out_ns is then untouched. */
bool tenancy_length(const struct tenancy *tenancy, uint64_t *out_ns);
/* Is it the pod that is asked about? Not when nothing is known of it. */
bool tenancy_is_of(const struct tenancy_query *query, const struct pod *pod);

/* It is, or nothing is known of it, and what comes may say so; any pod, if an address is. */
bool tenancy_may_be_of(const struct tenancy_query *query, const struct record *record);

struct tenancy_moment tenancy_moment_of(const struct record *record);
struct pod tenancy_pod_of(const struct record *record); /* texts that do not fit are cut */
/* One that begins with it; its address and its ends are the caller's. */
struct tenancy tenancy_of(const struct record *record);
/* What the record knows of the pod, where the tenancy does not. */
void tenancy_learn(struct tenancy *tenancy, const struct record *record);
/* Is the holder that a later agent found the same one? By the namespace's cookie where both know
 * it, else by inode and pod, which may not contradict each other; and never over a boot. */
bool tenancy_goes_on(const struct tenancy *tenancy, const struct record *record);
/* Half open, too; where the clock was set back, between both. */
bool tenancy_span_holds(const struct tenancy_span *span, int64_t at_ns);
void tenancy_add_span(struct tenancy *tenancy, struct tenancy_span span);
