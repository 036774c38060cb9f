/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allowance: whose new password is judged now. Judging takes long on purpose, so there
 * is so much of it for all; each peer has a part, and who has had none of late comes
 * before who keeps guessing. The node itself has an allowance beside that. Pure.
 *
 * Peers are numbers that the caller makes of addresses, in a way that nobody can foresee:
 * who shares another's number shares its part.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/token_bucket.h"

enum {
	ALLOWANCE_PEERS = 256,
	ALLOWANCE_NEAR = ALLOWANCE_PEERS, /* the number of the node itself */
	ALLOWANCE_OF_PEER = 3, /* at once; then one in ALLOWANCE_SHARE periods */
	ALLOWANCE_SHARE = 4,
	ALLOWANCE_OF_ALL = 6, /* at once; then one a period */
	ALLOWANCE_RESERVE = 3, /* of these, for who has had none of late: */
	/* Periods in which each number could have its turn at what is reserved. */
	ALLOWANCE_LATE = ALLOWANCE_PEERS,
};

struct allowance_peer {
	struct token_bucket own;
	uint64_t late_ns; /* until then it has had some of late */
};

struct allowance {
	struct token_bucket all;
	struct allowance_peer peers[ALLOWANCE_PEERS + 1];
};

/* Full, in place. */
void allowance_init(struct allowance *allowance, uint64_t period_ns);
/* What has been used stays used. */
void allowance_set_period(struct allowance *allowance, uint64_t period_ns);
bool allowance_take(struct allowance *allowance, size_t peer, uint64_t now_ns);
/* Until this peer may try again, as far as can be known. */
uint64_t allowance_wait_ns(const struct allowance *allowance, size_t peer, uint64_t now_ns);
