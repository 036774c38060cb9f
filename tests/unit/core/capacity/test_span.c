// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "core/capacity/span.h"

static struct range make(const char *cidr, enum range_scope scope, double reserved)
{
	struct range range = { .scope = scope, .reserved = reserved };

	assert_int_equal(prefix_parse(cidr, &range.cidr), 0);
	return range;
}

static void takes_a_prefix_for_its_span(void **state)
{
	static const struct {
		const char *cidr, *first, *last;
	} cases[] = {
		{ "10.0.0.8/29", "10.0.0.8", "10.0.0.15" },
		{ "10.0.0.8/32", "10.0.0.8", "10.0.0.8" },
		{ "0.0.0.0/0", "0.0.0.0", "255.255.255.255" },
		{ "fd00::/64", "fd00::", "fd00::ffff:ffff:ffff:ffff" },
		{ "::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix prefix;
		struct span span;
		struct ip ip;
		char text[IP_TEXT_SIZE];

		assert_int_equal(prefix_parse(c->cidr, &prefix), 0);
		span = span_of_prefix(&prefix);
		ip = span_ip(span.first);
		ip_format(&ip, text);
		assert_string_equal(text, c->first);
		ip = span_ip(span.last);
		ip_format(&ip, text);
		assert_string_equal(text, c->last);
	}
}

static void clips_to_what_both_have(void **state)
{
	static const struct {
		unsigned int a, b, c, d;
		double size;
	} cases[] = {
		{ 0, 9, 0, 9, 10 }, { 0, 9, 9, 20, 1 }, { 0, 9, 10, 20, 0 },
		{ 5, 6, 0, 9, 2 },  { 0, 9, 5, 6, 2 },	{ 10, 20, 0, 9, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct span left = { c->a, c->b }, right = { c->c, c->d };
		struct span out = { 77, 77 };
		bool is_some = span_clip(left, right, &out);

		assert_int_equal(is_some, c->size > 0);
		assert_true(span_overlap(left, right) == c->size);
		assert_true(is_some || (out.first == 77 && out.last == 77));
		assert_true(!is_some || (double)(out.last - out.first) + 1 == c->size);
	}
}

/* "F" where an address is given out, "R" where it is not. */
static void expect_places(const struct range *range, const char *want, double want_unplaced)
{
	struct span all = span_of_prefix(&range->cidr);
	struct spans spans;
	double unplaced;

	spans_reserved(range, &spans, &unplaced);
	assert_true(unplaced == want_unplaced);
	for (size_t i = 0; want[i]; i++)
		assert_int_equal(spans_hold(&spans, all.first + i) ? 'R' : 'F', want[i]);
	assert_true(spans_overlap(&spans, all) + unplaced == range->reserved);
}

static void knows_rules_by_their_number(void **state)
{
	static const struct {
		const char *cidr;
		enum range_scope scope;
		double reserved;
		const char *places;
		double unplaced;
	} cases[] = {
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 3, "RRFFFFFR", 0 },
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 0, "FFFFFFFF", 0 },
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 4, "FFFFFFFF", 4 },
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 5, "FFFFFFFF", 5 },
		{ "10.0.0.8/29", RANGE_SCOPE_CLUSTER, 3, "FFFFFFFF", 3 },
		{ "10.0.0.0/28", RANGE_SCOPE_SUBNET, 5, "RRRRFFFFFFFFFFFR", 0 },
		{ "10.0.0.0/28", RANGE_SCOPE_SUBNET, 3, "FFFFFFFFFFFFFFFF", 3 },
		{ "fd00::8/125", RANGE_SCOPE_NODE, 2, "RRFFFFFF", 0 },
		{ "fd00::8/125", RANGE_SCOPE_SUBNET, 5, "FFFFFFFF", 5 },
		/* more than there are: no rule */
		{ "10.0.0.8/31", RANGE_SCOPE_NODE, 3, "FF", 3 },
		{ "10.0.0.8/30", RANGE_SCOPE_SUBNET, 5, "FFFF", 5 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = make(c->cidr, c->scope, c->reserved);

		expect_places(&range, c->places, c->unplaced);
	}
}

static void believes_the_source_before_rules(void **state)
{
	static const struct {
		const char *first, *last, *gateway;
		double reserved;
		const char *places;
	} cases[] = {
		{ "10.0.0.9", "10.0.0.14", "10.0.0.12", 3, "RFFFRFFR" },
		{ "10.0.0.11", "10.0.0.12", "10.0.0.9", 6, "RRRFFRRR" },
		{ "10.0.0.8", "10.0.0.15", NULL, 0, "FFFFFFFF" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = make("10.0.0.8/29", RANGE_SCOPE_NODE, c->reserved);

		range.places.is_known = true;
		range.places.has_gateway = c->gateway;
		assert_int_equal(ip_parse(c->first, &range.places.first), 0);
		assert_int_equal(ip_parse(c->last, &range.places.last), 0);
		if (c->gateway)
			assert_int_equal(ip_parse(c->gateway, &range.places.gateway), 0);
		expect_places(&range, c->places, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_prefix_for_its_span),
		cmocka_unit_test(clips_to_what_both_have),
		cmocka_unit_test(knows_rules_by_their_number),
		cmocka_unit_test(believes_the_source_before_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
