/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token bucket: how often something may be done, `size` times at once and then once a
 * period. Pure. Kept as the time at which it will be full again (GCRA).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct token_bucket {
	uint32_t size; /* not 0 */
	uint64_t period_ns; /* until one token more is there */
	uint64_t full_ns; /* 0 at birth: it is full */
};

bool token_bucket_take(struct token_bucket *bucket, uint64_t now_ns);
/* When there will be a token, or was. */
uint64_t token_bucket_due(const struct token_bucket *bucket);
