// SPDX-License-Identifier: Apache-2.0
#include "core/base/token_bucket.h"

uint64_t token_bucket_due(const struct token_bucket *bucket)
{
	uint64_t rest_ns = (bucket->size - 1) * bucket->period_ns;

	return bucket->full_ns > rest_ns ? bucket->full_ns - rest_ns : 0;
}

bool token_bucket_take(struct token_bucket *bucket, uint64_t now_ns)
{
	if (token_bucket_due(bucket) > now_ns)
		return false;
	if (bucket->full_ns < now_ns)
		bucket->full_ns = now_ns;
	bucket->full_ns += bucket->period_ns;
	return true;
}
