// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "core/log/log_filter.h"

#define TYPE LOG_FILTER_TYPE
#define POD LOG_FILTER_POD
#define IP LOG_FILTER_IP
#define CIDR LOG_FILTER_CIDR
#define RANGE LOG_FILTER_RANGE
#define REASON LOG_FILTER_REASON

struct term {
	bool is_negated;
	enum log_filter_kind kind;
	const char *text; /* NULL: no more of them */
};

/* What the records of the cases are. */
enum { ASSIGNED, ASSIGNED_6, FAILED, MOVED, RANGE_ADDED, FIRING, LATER, GAP, LOST, RECORDS };

static void make_records(struct record out[static RECORDS])
{
	static const enum record_type types[] = { RECORD_IP_ASSIGNED, RECORD_IP_ASSIGNED,
						  RECORD_CNI_FAILED,  RECORD_LINK_MOVED,
						  RECORD_RANGE_ADDED, RECORD_ALERT_FIRING,
						  RECORD_TYPE_COUNT,  RECORD_AGENT_GAP,
						  RECORD_EVENTS_LOST };

	for (size_t i = 0; i < RECORDS; i++)
		out[i] = record_init(types[i]);
	out[ASSIGNED].ip = "10.0.0.14";
	out[ASSIGNED].cidr = "10.0.0.0/8";
	out[ASSIGNED].range = "pods";
	out[ASSIGNED].namespace = "shop";
	out[ASSIGNED].pod = "web-5";
	out[ASSIGNED_6].ip = "2001:db8::1";
	out[ASSIGNED_6].range = "unranged";
	out[FAILED].namespace = "shop-test";
	out[FAILED].pod = "web-6";
	out[FAILED].reason = "exhausted";
	out[MOVED].pod = "web-5";
	out[RANGE_ADDED].cidr = "10.0.0.8/29";
	out[RANGE_ADDED].range = "pods";
	out[FIRING].cidr = "2001:db8::/64";
	out[LATER].type_name = "ip.moved";
	out[LATER].ip = "not an address";
	out[LATER].cidr = "10.0.0.8/29";
	out[GAP].reason = "killed";
	out[LOST].reason = "ring";
}

struct filter_case {
	struct term terms[4];
	const char *want; /* one letter a record, in their order: x matches */
};

static void check(const struct filter_case *c)
{
	struct log_filter filter = { 0 };
	struct record records[RECORDS];
	char got[RECORDS + 1] = "";

	for (size_t i = 0; i < case_count(c->terms) && c->terms[i].text; i++) {
		print_message("  %s%d '%s'\n", c->terms[i].is_negated ? "not " : "",
			      c->terms[i].kind, c->terms[i].text);
		assert_int_equal(log_filter_add(&filter, c->terms[i].kind, c->terms[i].is_negated,
						c->terms[i].text),
				 0);
	}
	make_records(records);
	for (size_t i = 0; i < RECORDS; i++)
		got[i] = log_filter_matches(&filter, &records[i]) ? 'x' : '.';
	assert_string_equal(got, c->want);
}

static void picks_by_each_kind(void **state)
{
	static const struct filter_case cases[] = {
		{ { { 0 } }, "xxxxxxxxx" },
		{ { { false, TYPE, "cni.failed" } }, "..x......" },
		{ { { false, TYPE, "ip.assigned" } }, "xx......." },
		{ { { false, TYPE, "ip.*" } }, "xx....x.." },
		{ { { false, TYPE, "ip*" } }, "xx....x.." },
		{ { { false, TYPE, "*" } }, "xxxxxxxxx" },
		{ { { false, POD, "shop/web-5" } }, "x........" },
		{ { { false, POD, "shop/" } }, "x........" },
		{ { { false, POD, "shop*/" } }, "x.x......" },
		{ { { false, POD, "web-5" } }, "x..x....." },
		{ { { false, POD, "web-?" } }, "x.xx....." },
		{ { { false, POD, "*" } }, "x.xx....." },
		{ { { false, POD, "shop?test/*6" } }, "..x......" },
		{ { { false, POD, "*/web*" } }, "x.x......" },
		{ { { false, POD, "shop/web" } }, "........." },
		{ { { false, POD, "hop/web-5" } }, "........." },
		{ { { false, POD, "w*b*-*5" } }, "x..x....." },
		{ { { false, POD, "w*b*-*5?" } }, "........." },
		{ { { false, IP, "10.0.0.14" } }, "x........" },
		{ { { false, IP, "::ffff:10.0.0.14" } }, "x........" },
		{ { { false, IP, "10.0.0.1" } }, "........." },
		{ { { false, IP, "2001:DB8:0::0:1" } }, ".x......." },
		{ { { false, CIDR, "10.0.0.14/32" } }, "x........" },
		{ { { false, CIDR, "10.0.0.8/29" } }, "x...x...." },
		{ { { false, CIDR, "10.0.0.15/29" } }, "x...x...." },
		{ { { false, CIDR, "10.0.0.8/30" } }, "........." },
		{ { { false, CIDR, "0.0.0.0/0" } }, "x...x...." },
		{ { { false, CIDR, "2001:db8::/32" } }, ".x...x..." },
		{ { { false, CIDR, "::/0" } }, ".x...x..." },
		{ { { false, RANGE, "pods" } }, "x...x...." },
		{ { { false, RANGE, "unranged" } }, ".x......." },
		{ { { false, RANGE, "pod" } }, "........." },
		{ { { false, REASON, "exhausted" } }, "..x......" },
		{ { { false, REASON, "killed" } }, ".......x." },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void takes_one_kind_as_or_and_several_as_and(void **state)
{
	static const struct filter_case cases[] = {
		{ { { false, TYPE, "cni.failed" }, { false, TYPE, "alert.*" } }, "..x..x..." },
		{ { { false, TYPE, "ip.*" }, { false, RANGE, "pods" } }, "x........" },
		{ { { false, TYPE, "ip.*" },
		    { false, RANGE, "pods" },
		    { false, TYPE, "range.*" },
		    { false, RANGE, "unranged" } },
		  "xx..x...." },
		{ { { false, POD, "web-5" }, { false, REASON, "exhausted" } }, "........." },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void leaves_out_what_any_negated_condition_holds_for(void **state)
{
	static const struct filter_case cases[] = {
		{ { { true, TYPE, "ip.*" } }, "..xxxx.xx" },
		{ { { true, TYPE, "ip.*" }, { true, TYPE, "link.*" } }, "..x.xx.xx" },
		{ { { false, TYPE, "ip.*" }, { true, IP, "10.0.0.14" } }, ".x....x.." },
		{ { { true, IP, "10.0.0.14" }, { false, TYPE, "ip.*" } }, ".x....x.." },
		{ { { false, TYPE, "ip.*" }, { true, TYPE, "ip.assigned" } }, "......x.." },
		{ { { true, POD, "shop/" }, { true, REASON, "exhausted" } }, ".x.xxxxxx" },
		{ { { true, CIDR, "::/0" } }, "x.xxx.xxx" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void tells_notices_from_records(void **state)
{
	static const struct {
		struct term term;
		const char *want;
	} cases[] = {
		{ { false, TYPE, "cni.failed" }, ".......xx" },
		{ { false, TYPE, "agent.gap" }, ".......xx" },
		{ { true, TYPE, "cni.failed" }, ".......xx" },
		{ { true, TYPE, "agent.*" }, "........x" },
		{ { true, TYPE, "events.lost" }, ".......x." },
		{ { true, REASON, "killed" }, ".......xx" },
		{ { true, REASON, "agent.gap" }, ".......xx" },
		{ { true, TYPE, "*" }, "........." },
	};
	struct record records[RECORDS], later = record_init(RECORD_TYPE_COUNT);
	struct log_filter none = { 0 };

	(void)state;
	make_records(records);
	for_each_case(c, cases) {
		struct log_filter filter = { 0 };
		char got[RECORDS + 1] = "";

		print_message("  '%s'\n", c->term.text);
		assert_int_equal(
			log_filter_add(&filter, c->term.kind, c->term.is_negated, c->term.text), 0);
		for (size_t i = 0; i < RECORDS; i++)
			got[i] = log_filter_is_notice(&filter, &records[i]) ? 'x' : '.';
		assert_string_equal(got, c->want);
	}
	later.type_name = "agent.upgraded";
	assert_true(log_filter_is_notice(&none, &later));
	later.type_name = "agents";
	assert_false(log_filter_is_notice(&none, &later));
}

static void refuses_what_is_none_of_its_kind(void **state)
{
	static const struct term cases[] = {
		{ false, TYPE, "" },
		{ false, TYPE, "cni.fail" },
		{ false, TYPE, "cni" },
		{ false, TYPE, "CNI.failed" },
		{ false, TYPE, "*.failed" },
		{ false, TYPE, "x.*" },
		{ false, TYPE, "ip.**" },
		{ true, TYPE, "cni.failed " },
		{ false, POD, "" },
		{ false, POD, "/" },
		{ false, POD, "/web" },
		{ false, POD, "shop/web/5" },
		{ false, IP, "" },
		{ false, IP, "10.0.0" },
		{ false, IP, "10.0.0.0/24" },
		{ false, IP, "web-5" },
		{ false, CIDR, "10.0.0.14" },
		{ false, CIDR, "10.0.0.0/33" },
		{ false, CIDR, "/24" },
		{ false, RANGE, "" },
		{ false, REASON, "" },
	};
	struct log_filter filter = { 0 };

	(void)state;
	for_each_case(c, cases) {
		print_message("  %d '%s'\n", c->kind, c->text);
		assert_int_equal(log_filter_add(&filter, c->kind, c->is_negated, c->text), -EINVAL);
		assert_int_equal(filter.count, 0);
	}
}

static void has_a_bound(void **state)
{
	struct log_filter filter = { 0 };

	(void)state;
	for (size_t i = 0; i < LOG_FILTER_MAX; i++)
		assert_int_equal(log_filter_add(&filter, RANGE, false, "x"), 0);
	assert_int_equal(log_filter_add(&filter, RANGE, false, "x"), -ENOSPC);
	assert_int_equal(filter.count, LOG_FILTER_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_by_each_kind),
		cmocka_unit_test(takes_one_kind_as_or_and_several_as_and),
		cmocka_unit_test(leaves_out_what_any_negated_condition_holds_for),
		cmocka_unit_test(tells_notices_from_records),
		cmocka_unit_test(refuses_what_is_none_of_its_kind),
		cmocka_unit_test(has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
