// SPDX-License-Identifier: Apache-2.0
#include "core/plan/plan.h"

#include <errno.h>
#include <math.h>

enum { BYTE_BITS = 8 };

void plan_space_init(struct plan_space *space, const struct prefix *range)
{
	*space = (struct plan_space){ 0 };
	space->is_free[range->len] = true;
	space->base[range->len] = range->base;
}

/* The upper half of the block of `len` - 1 at base. */
static struct ip upper_half(const struct ip *base, unsigned int len)
{
	struct ip half = *base;
	unsigned int bit = len - 1;

	half.bytes[bit / BYTE_BITS] |= (uint8_t)(0x80 >> bit % BYTE_BITS);
	return half;
}

int plan_space_take(struct plan_space *space, uint8_t len, struct prefix *out)
{
	int from = len;

	while (from >= 0 && !space->is_free[from])
		from--;
	if (from < 0)
		return -ENOSPC;

	space->is_free[from] = false;
	*out = (struct prefix){ .base = space->base[from], .len = len };
	for (unsigned int at = (unsigned int)from + 1; at <= len; at++) {
		space->is_free[at] = true;
		space->base[at] = upper_half(&out->base, at);
	}
	return 0;
}

double plan_space_blocks(const struct plan_space *space, uint8_t len)
{
	double blocks = 0;

	for (int at = 0; at <= len; at++)
		blocks += space->is_free[at] ? ldexp(1, len - at) : 0;
	return blocks;
}

double plan_space_free(const struct plan_space *space)
{
	return plan_space_blocks(space, PLAN_V6_BITS);
}

double plan_blocks(const struct prefix *range, uint8_t len)
{
	return len < range->len ? 0 : ldexp(1, len - range->len);
}

bool plan_overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_holds(a, b) || prefix_holds(b, a);
}
