/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenancies of one address, or of one pod, out of the records of the event log, oldest
 * first. Pure; bounded.
 *
 * Their order is that of seq. Times may go back where the clock was set back: what that
 * does to a tenancy is written in it. A number that is missing is a record that was lost:
 * tenancies of that time say so, and one whose end may be in there is not believed to
 * go on when somebody else gets the address.
 */
#pragma once

#include "cleanup.h"
#include "core/tenancy/tenancy.h"
#include "core/tenancy/tenancy_failures.h"

struct tenancies;

/* What is known of the log. */
struct tenancies_log {
	uint64_t records;
	uint64_t matched; /* of them told of the address; of a pod, tenancies and failures */
	uint64_t left_out; /* tenancies and failures beyond the bounds */
	struct tenancy_moment first, last;
	bool is_known; /* who holds the address is, from known_ns on */
	int64_t known_ns;
	bool is_unwatched; /* nobody is known to watch since unwatched_ns */
	int64_t unwatched_ns;
	bool is_starting; /* its last agent goes on, as far as the log says, and has told of no
			     address */
	bool is_blind, is_lossy; /* at_ns is within `blind`, within `lossy` */
	struct tenancy_span blind, lossy;
	bool is_set_back; /* the clock was, somewhere */
};

/* -ENOMEM. What *query points to is borrowed. The caller owns *out. */
int tenancies_new(const struct tenancy_query *query, struct tenancies **out);
void tenancies_free(struct tenancies *tenancies);
DEFINE_CLEANUP(tenancies, struct tenancies *, tenancies_free)
#define cleanup_tenancies cleanup(cleanup_tenancies_fn)

/* The next record, of which nothing but its moment matters: one of another address or pod, and none
 * of the agent itself. */
void tenancies_pass(struct tenancies *tenancies, const struct tenancy_moment *moment);
/* The next record, any. -ENOMEM. */
int tenancies_put(struct tenancies *tenancies, const struct record *record);
/* Does everything have to be put, as an agent tells what it found? */
bool tenancies_want_all(const struct tenancies *tenancies);
/* There are no more records. What follows is valid from then on. */
void tenancies_end(struct tenancies *tenancies);

/* In the order in which they began; borrowed. */
size_t tenancies_count(const struct tenancies *tenancies);
const struct tenancy *tenancies_at(const struct tenancies *tenancies, size_t index);
const struct tenancy_failures *tenancies_failures(const struct tenancies *tenancies);
const struct tenancies_log *tenancies_log(const struct tenancies *tenancies);
const struct tenancy_query *tenancies_query(const struct tenancies *tenancies);
