/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Range marks: of each address of this node, whether a pod has it, it is leaked or
 * rests, from the numbers that the metrics are made of. Pure.
 */
#pragma once

#include <stdint.h>

#include "core/page/range_map.h"

struct metrics_input;

enum { RANGE_MARKS_MAX = 128 * 1024 };

/* now_ns since the epoch: what rests until when. An ENI's own address is reserved. -ENOMEM. The
 * caller owns *out. */
int range_marks_take(const struct metrics_input *input, int64_t now_ns, struct range_marks *out);
void range_marks_clear(struct range_marks *marks);
static inline void cleanup_range_marks_fn(struct range_marks *marks)
{
	range_marks_clear(marks);
}
#define cleanup_range_marks cleanup(cleanup_range_marks_fn)
