// SPDX-License-Identifier: Apache-2.0
#include "core/web/allowance.h"

void allowance_set_period(struct allowance *allowance, uint64_t period_ns)
{
	allowance->all.period_ns = period_ns;
	for (size_t i = 0; i < ALLOWANCE_PEERS; i++)
		allowance->peers[i].own.period_ns = period_ns * ALLOWANCE_SHARE;
	/* Beside what is for all: half as much. */
	allowance->peers[ALLOWANCE_NEAR].own.period_ns = period_ns * 2;
}

void allowance_init(struct allowance *allowance, uint64_t period_ns)
{
	*allowance = (struct allowance){ .all.size = ALLOWANCE_OF_ALL };
	for (size_t i = 0; i <= ALLOWANCE_NEAR; i++)
		allowance->peers[i].own.size = ALLOWANCE_OF_PEER;
	allowance_set_period(allowance, period_ns);
}

/* When there will be something for this peer of what is for all. */
static uint64_t due_of_all(const struct allowance *allowance, size_t peer, uint64_t now_ns)
{
	struct token_bucket all = allowance->all;

	if (allowance->peers[peer].late_ns > now_ns)
		all.size -= ALLOWANCE_RESERVE;
	return token_bucket_due(&all);
}

static uint64_t due_ns(const struct allowance *allowance, size_t peer, uint64_t now_ns)
{
	uint64_t own_ns = token_bucket_due(&allowance->peers[peer].own), all_ns;

	if (peer == ALLOWANCE_NEAR)
		return own_ns;
	all_ns = due_of_all(allowance, peer, now_ns);
	return own_ns > all_ns ? own_ns : all_ns;
}

bool allowance_take(struct allowance *allowance, size_t peer, uint64_t now_ns)
{
	struct allowance_peer *it = &allowance->peers[peer];

	if (due_ns(allowance, peer, now_ns) > now_ns)
		return false;
	it->late_ns = now_ns + ALLOWANCE_LATE * allowance->all.period_ns;
	if (peer != ALLOWANCE_NEAR)
		(void)token_bucket_take(&allowance->all, now_ns);
	return token_bucket_take(&it->own, now_ns);
}

uint64_t allowance_wait_ns(const struct allowance *allowance, size_t peer, uint64_t now_ns)
{
	uint64_t at_ns = due_ns(allowance, peer, now_ns);

	return at_ns > now_ns ? at_ns - now_ns : 0;
}
