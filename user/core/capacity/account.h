/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts: how many addresses each range has in use, how often they were given
 * and returned, how fast, and how soon again. An address counts once in the
 * narrowest range that holds it and once in each range around that, however many
 * namespaces hold it. Addresses outside every range count as "unranged". Pure.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/base/histogram.h"
#include "core/base/range.h"
#include "core/state/state.h"

enum account_family { ACCOUNT_IPV4, ACCOUNT_IPV6, ACCOUNT_FAMILY_COUNT };

struct usage {
	uint64_t used; /* now */
	uint64_t assigned; /* ever */
	uint64_t released; /* ever */
	struct histogram reuse; /* seconds from release to the next assignment */
};

/* What one assignment or release meant. */
struct account_note {
	int range; /* in the table, or RANGE_NONE */
	const struct usage *usage; /* of that range, or of "unranged"; borrowed */
	uint64_t reuse_ns; /* 0: not used before, as far as remembered */
	const char
		*previous_pod; /* "namespace/name" that had it before; NULL not known; borrowed */
	uint64_t latency_ns; /* creation of the netns to this address; 0 not known */
};

extern const struct histogram_bounds account_latency_bounds; /* seconds */
extern const struct histogram_bounds account_reuse_bounds; /* seconds */

struct account;

/* Starts without ranges. The caller owns *out. */
int account_new(struct account **out);
void account_free(struct account *account);
DEFINE_CLEANUP(account, struct account *, account_free)
#define cleanup_account cleanup(cleanup_account_fn)

/* Use these ranges from now on; addresses in use move over, counters of a CIDR that stays go on.
 * Takes the table, on failure (-ENOMEM) too. */
int account_set_ranges(struct account *account, struct range_table *ranges);

/* FACT_IP_ASSIGNED. -ENOMEM: nothing was counted. */
int account_assigned(struct account *account, const struct fact *fact, struct account_note *out);
/* FACT_IP_RELEASED, by pod (NULL: not known). */
void account_released(struct account *account, const struct fact *fact, const char *pod,
		      struct account_note *out);

const struct range_table *account_ranges(const struct account *account); /* borrowed */
const struct usage *account_usage(const struct account *account, size_t range);
const struct usage *account_unranged(const struct account *account, enum account_family family);
const struct histogram *account_latency(const struct account *account, enum account_family family);
/* Each distinct address in use, in no order. */
void account_each_used(const struct account *account, void (*fn)(const struct ip *ip, void *ctx),
		       void *ctx);
/* Distinct addresses in use, and released ones that are remembered. */
uint32_t account_in_use(const struct account *account);
uint32_t account_remembered(const struct account *account);
