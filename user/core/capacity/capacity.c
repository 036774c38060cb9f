// SPDX-License-Identifier: Apache-2.0
#include "core/capacity/capacity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

int capacity_add_range(struct capacity *capacity, const struct range *range)
{
	size_t room = capacity->range_room ? capacity->range_room * 2 : 4;
	struct range *ranges;

	/* First: a flood must not be looked up, too. */
	if (capacity->range_count == CAPACITY_RANGES_MAX) {
		capacity->dropped++;
		return -ENOSPC;
	}
	for (size_t i = 0; i < capacity->range_count; i++)
		if (!prefix_compare(&capacity->ranges[i].cidr, &range->cidr))
			return 0;
	if (capacity->range_count == capacity->range_room) {
		ranges = reallocarray(capacity->ranges, room, sizeof(*ranges));
		if (!ranges)
			return -ENOMEM;
		capacity->ranges = ranges;
		capacity->range_room = room;
	}
	capacity->ranges[capacity->range_count++] = *range;
	return 0;
}

int capacity_add_cidr(struct capacity *capacity, const char *cidr,
		      const struct capacity_naming *naming)
{
	struct range range = { .scope = naming->scope,
			       .reserved = naming->reserved,
			       .source = naming->source,
			       .parent = RANGE_NONE };
	int err = prefix_parse_masked(cidr, &range.cidr);

	if (err)
		return err;
	text_copy(range.name, sizeof(range.name), naming->name);
	return capacity_add_range(capacity, &range);
}

void capacity_clear(struct capacity *capacity)
{
	free(capacity->ranges);
	enis_clear(&capacity->enis);
	*capacity = (struct capacity){ 0 };
}

bool capacity_is_equal(const struct capacity *a, const struct capacity *b)
{
	if (a->range_count != b->range_count || a->max_pods != b->max_pods ||
	    strcmp(a->node_pool, b->node_pool) != 0 || strcmp(a->zone, b->zone) != 0 ||
	    strcmp(a->instance_type, b->instance_type) != 0 ||
	    strcmp(a->pod_cidr_network, b->pod_cidr_network) != 0)
		return false;
	for (size_t i = 0; i < a->range_count; i++)
		if (!range_is_equal(&a->ranges[i], &b->ranges[i]))
			return false;
	return enis_is_equal(&a->enis, &b->enis);
}
