/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CNI calls of a pod that failed: why it had no address. Pure; bounded.
 */
#pragma once

#include "core/tenancy/tenancy.h"

enum { TENANCY_FAILURES_MAX = 4096 }; /* of more the oldest go */

struct tenancy_failure {
	struct tenancy_moment moment;
	struct pod pod;
	char plugin[TENANCY_NAME_SIZE], reason[TENANCY_NAME_SIZE];
	char message[256]; /* longer ones are cut */
	uint64_t count; /* failures of the pod so far; RECORD_ABSENT */
};

/* Oldest first. Zeroed, there are none. */
struct tenancy_failures {
	struct tenancy_failure *items;
	size_t count, room;
	uint64_t left_out;
};

/* -ENOMEM. */
int tenancy_failures_add(struct tenancy_failures *failures, const struct record *record);
void tenancy_failures_clear(struct tenancy_failures *failures);
