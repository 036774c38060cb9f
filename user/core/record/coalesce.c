// SPDX-License-Identifier: Apache-2.0
#include "core/record/coalesce.h"

#define NS_PER_S 1000000000ULL

static const bool may_leave_out[RECORD_TYPE_COUNT] = {
	[RECORD_NETNS_CREATED] = true, [RECORD_NETNS_FREED] = true,  [RECORD_LINK_CREATED] = true,
	[RECORD_LINK_MOVED] = true,    [RECORD_LINK_RENAMED] = true, [RECORD_LINK_DELETED] = true,
	[RECORD_CNI_ADD] = true,       [RECORD_CNI_DEL] = true,
};

bool coalesce_admit(struct coalesce *coalesce, enum record_type type, uint64_t now_ns)
{
	struct coalesce_type *of = &coalesce->types[type];

	if (!may_leave_out[type])
		return true;
	of->bucket.size = COALESCE_BURST;
	of->bucket.period_ns = NS_PER_S / COALESCE_RATE;
	if (token_bucket_take(&of->bucket, now_ns))
		return true;
	if (!of->left_out)
		of->due_ns = now_ns + NS_PER_S;
	of->left_out++;
	coalesce->total++;
	return false;
}

uint64_t coalesce_due(const struct coalesce *coalesce)
{
	uint64_t due_ns = 0;

	for (enum record_type i = 0; i < RECORD_TYPE_COUNT; i++) {
		const struct coalesce_type *of = &coalesce->types[i];

		if (of->left_out && (!due_ns || of->due_ns < due_ns))
			due_ns = of->due_ns;
	}
	return due_ns;
}

bool coalesce_take(struct coalesce *coalesce, uint64_t now_ns, enum record_type *out_type,
		   uint64_t *out_count)
{
	for (enum record_type i = 0; i < RECORD_TYPE_COUNT; i++) {
		struct coalesce_type *of = &coalesce->types[i];

		if (!of->left_out || of->due_ns > now_ns)
			continue;
		*out_type = i;
		*out_count = of->left_out;
		of->left_out = 0;
		return true;
	}
	return false;
}
