/* SPDX-License-Identifier: Apache-2.0 */
/* What a supplier says, as text. */
#pragma once

#include <stdio.h>

#include "core/capacity/capacity.h"

/* "name cidr scope reserved node_prefix", separated by ", ". */
static inline const char *ranges_of(const struct capacity *capacity, const char *source)
{
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < capacity->range_count; i++) {
		const struct range *range = &capacity->ranges[i];
		char cidr[PREFIX_TEXT_SIZE];

		assert_string_equal(range->source, source);
		assert_int_equal(range->parent, RANGE_NONE);
		prefix_format(&range->cidr, cidr);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s %s %.0f %u",
					 i ? ", " : "", range->name, cidr,
					 range_scope_name(range->scope), range->reserved,
					 range->node_prefix);
		assert_true(used < sizeof(text));
	}
	return text;
}
