// SPDX-License-Identifier: Apache-2.0
#include "core/capacity/span.h"

enum {
	IP_BITS = 128,
	SUBNET_FIRST = 4, /* AWS keeps the first four of a subnet, and the last */
	SUBNET_RESERVED = 5,
};

number span_number(const struct ip *ip)
{
	number value = 0;

	for (size_t i = 0; i < sizeof(ip->bytes); i++)
		value = value << 8 | ip->bytes[i];
	return value;
}

struct ip span_ip(number value)
{
	struct ip ip;

	for (size_t i = sizeof(ip.bytes); i-- > 0; value >>= 8)
		ip.bytes[i] = (uint8_t)value;
	return ip;
}

struct span span_of_prefix(const struct prefix *prefix)
{
	number first = span_number(&prefix->base);
	number hosts = prefix->len ? ((number)1 << (IP_BITS - prefix->len)) - 1 : ~(number)0;

	return (struct span){ first, first + hosts };
}

bool span_clip(struct span span, struct span within, struct span *out)
{
	struct span both = { span.first > within.first ? span.first : within.first,
			     span.last < within.last ? span.last : within.last };

	if (both.first > both.last)
		return false;
	*out = both;
	return true;
}

double span_overlap(struct span a, struct span b)
{
	struct span both;

	return span_clip(a, b, &both) ? (double)(both.last - both.first) + 1 : 0;
}

double spans_overlap(const struct spans *spans, struct span part)
{
	double sum = 0;

	for (size_t i = 0; i < spans->count; i++)
		sum += span_overlap(spans->all[i], part);
	return sum;
}

bool spans_hold(const struct spans *spans, number ip)
{
	return spans_overlap(spans, (struct span){ ip, ip }) > 0;
}

static void add_span(struct spans *spans, struct span within, struct span span)
{
	if (span_clip(span, within, &spans->all[spans->count]))
		spans->count++;
}

/* Nobody says where, but the number is that of a rule: AWS', or host-local's without settings. */
static bool guess_places(const struct range *range, struct range_places *out)
{
	struct span all = span_of_prefix(&range->cidr);
	bool is_v4 = ip_is_v4(&range->cidr.base);

	if (range->scope == RANGE_SCOPE_SUBNET && is_v4 && range->reserved == SUBNET_RESERVED &&
	    range_capacity(range) > range->reserved) {
		*out = (struct range_places){ .is_known = true,
					      .first = span_ip(all.first + SUBNET_FIRST),
					      .last = span_ip(all.last - 1) };
		return true;
	}
	if (range->scope != RANGE_SCOPE_NODE || range_capacity(range) <= range->reserved ||
	    range->reserved != range_host_local_reserved(&range->cidr))
		return false;
	*out = (struct range_places){ .is_known = true,
				      .first = span_ip(all.first + 2),
				      .last = span_ip(all.last - is_v4) };
	return true;
}

bool span_places(const struct range *range, struct range_places *out)
{
	if (!range->places.is_known)
		return guess_places(range, out);
	*out = range->places;
	return true;
}

void spans_reserved(const struct range *range, struct spans *out, double *out_unplaced)
{
	struct range_places places;
	struct span all = span_of_prefix(&range->cidr);
	number first, last;

	*out = (struct spans){ 0 };
	*out_unplaced = 0;
	if (!span_places(range, &places)) {
		*out_unplaced = range->reserved > 0 ? range->reserved : 0;
		return;
	}
	first = span_number(&places.first);
	last = span_number(&places.last);
	if (first > all.first)
		add_span(out, all, (struct span){ all.first, first - 1 });
	if (last < all.last)
		add_span(out, all, (struct span){ last + 1, all.last });
	if (places.has_gateway && !spans_hold(out, span_number(&places.gateway)))
		add_span(out, all,
			 (struct span){ span_number(&places.gateway),
					span_number(&places.gateway) });
}
