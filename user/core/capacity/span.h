/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans: stretches of addresses that need not be prefixes, and which of a range nobody
 * is given. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/range.h"

typedef unsigned __int128 number; /* an address as one */

/* Both ends are in it. */
struct span {
	number first, last;
};

enum { SPANS_MAX = 3 };

/* They do not overlap. */
struct spans {
	struct span all[SPANS_MAX];
	size_t count;
};

number span_number(const struct ip *ip);
struct ip span_ip(number value);
struct span span_of_prefix(const struct prefix *prefix);
/* What of span lies within the other. False: nothing; *out is then untouched. */
bool span_clip(struct span span, struct span within, struct span *out);
/* How many addresses both have. */
double span_overlap(struct span a, struct span b);
double spans_overlap(const struct spans *spans, struct span part);
bool spans_hold(const struct spans *spans, number ip);

/* Which addresses of a range its IPAM gives out: as its source has them, else by the rule whose
 * number `reserved` is: AWS' for subnets (all but the first four and the last), host-local's
 * without settings (all but the network's, the first as gateway, broadcast). False: nobody knows.
 */
bool span_places(const struct range *range, struct range_places *out);
/* The others; where nobody knows which, their number is *out_unplaced. */
void spans_reserved(const struct range *range, struct spans *out, double *out_unplaced);
