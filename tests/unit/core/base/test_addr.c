// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "core/base/addr.h"

static struct ip ip_of(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(text, &ip), 0);
	return ip;
}

static struct prefix prefix_at(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix;
}

static void gives_an_address_back_in_canonical_form(void **state)
{
	static const struct {
		const char *text, *want;
		int family;
	} cases[] = {
		{ "10.1.2.3", "10.1.2.3", AF_INET },
		{ "0.0.0.0", "0.0.0.0", AF_INET },
		{ "255.255.255.255", "255.255.255.255", AF_INET },
		{ "::ffff:10.1.2.3", "10.1.2.3", AF_INET },
		{ "::", "::", AF_INET6 },
		{ "::1", "::1", AF_INET6 },
		{ "FD00:0:0:0:0:0:0:AB", "fd00::ab", AF_INET6 },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", AF_INET6 },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", AF_INET6 },
		{ "2001:0db8::0001", "2001:db8::1", AF_INET6 },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", AF_INET6 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct ip ip = ip_of(c->text);
		char got[IP_TEXT_SIZE];

		print_message("  '%s'\n", c->text);
		ip_format(&ip, got);
		assert_string_equal(got, c->want);
		assert_int_equal(ip_family(&ip), c->family);
		assert_int_equal(ip_is_v4(&ip), c->family == AF_INET);
		assert_string_equal(ip_family_name(&ip), c->family == AF_INET ? "ipv4" : "ipv6");
	}
}

static void rejects_what_is_no_address_and_leaves_out_alone(void **state)
{
	static const char *const cases[] = {
		"",	     " ",	  "10.1.2",	"10.1.2.3.4", "10.1.2.256",   "010.1.2.3",
		"10.1.2.3 ", " 10.1.2.3", "10.1.2.3/8", "0x0a010203", "fe80::1%eth0", ":::",
		"1::2::3",   "12345::",	  "node-1",
	};

	(void)state;
	for_each_case(c, cases) {
		struct ip got, want;

		print_message("  '%s'\n", *c);
		memset(&got, 0x5a, sizeof(got));
		want = got;
		assert_int_equal(ip_parse(*c, &got), -EINVAL);
		assert_memory_equal(&got, &want, sizeof(got));
	}
}

static void counts_only_what_a_pod_can_own(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "10.1.2.3", true },
		{ "100.64.0.1", true },
		{ "240.0.0.1", true }, /* class E is in use for pods */
		{ "0.0.0.1", true },
		{ "0.0.0.0", false },
		{ "126.255.255.255", true },
		{ "127.0.0.1", false },
		{ "127.255.255.255", false },
		{ "128.0.0.0", true },
		{ "169.253.255.255", true },
		{ "169.254.0.0", false },
		{ "169.254.172.9", false },
		{ "169.255.0.0", true },
		{ "223.255.255.255", true },
		{ "224.0.0.0", false },
		{ "239.1.1.1", false },
		{ "fd00::1", true },
		{ "2001:db8::1", true },
		{ "::", false },
		{ "::1", false },
		{ "::2", true },
		{ "fe7f::1", true },
		{ "fe80::1", false },
		{ "febf:ffff::1", false },
		{ "fec0::1", true },
		{ "feff::1", true },
		{ "ff02::1", false },
	};

	(void)state;
	for_each_case(c, cases) {
		struct ip ip = ip_of(c->text);

		print_message("  '%s'\n", c->text);
		assert_int_equal(ip_is_countable(&ip), c->want);
	}
}

static void gives_a_prefix_back(void **state)
{
	static const struct {
		const char *text, *want;
		unsigned int len;
		double size;
	} cases[] = {
		{ "10.1.2.0/24", "10.1.2.0/24", 120, 256 },
		{ "10.0.0.0/26", "10.0.0.0/26", 122, 64 },
		{ "10.1.2.3/32", "10.1.2.3/32", 128, 1 },
		{ "10.1.2.2/31", "10.1.2.2/31", 127, 2 },
		{ "128.0.0.0/1", "128.0.0.0/1", 97, 2147483648.0 },
		{ "0.0.0.0/0", "0.0.0.0/0", 96, 4294967296.0 },
		{ "::ffff:10.0.0.0/104", "10.0.0.0/8", 104, 16777216 },
		{ "fd00::/64", "fd00::/64", 64, 18446744073709551616.0 },
		{ "FD00:0::/112", "fd00::/112", 112, 65536 },
		{ "fd00::1/128", "fd00::1/128", 128, 1 },
		{ "::/0", "::/0", 0, 340282366920938463463374607431768211456.0 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix prefix = prefix_at(c->text);
		char got[PREFIX_TEXT_SIZE];

		print_message("  '%s'\n", c->text);
		prefix_format(&prefix, got);
		assert_string_equal(got, c->want);
		assert_int_equal(prefix.len, c->len);
		assert_true(prefix_size(&prefix) == c->size);
	}
}

static void rejects_what_is_no_prefix_and_leaves_out_alone(void **state)
{
	static const struct {
		const char *text;
		int err;
		const char *masked; /* what prefix_parse_masked() takes it for */
	} cases[] = {
		{ "10.1.2.3/24", -EDOM, "10.1.2.0/24" },
		{ "10.1.2.128/24", -EDOM, "10.1.2.0/24" },
		{ "10.1.2.1/31", -EDOM, "10.1.2.0/31" },
		{ "1.0.0.0/0", -EDOM, "0.0.0.0/0" },
		{ "fd00::1/64", -EDOM, "fd00::/64" },
		{ "fd00:0:0:1::/63", -EDOM, "fd00::/63" },
		{ "::1/0", -EDOM, "::/0" },
		{ "10.1.2.0", -EINVAL, NULL },
		{ "10.1.2.0/", -EINVAL, NULL },
		{ "10.1.2.0/33", -EINVAL, NULL },
		{ "10.1.2.0/-1", -EINVAL, NULL },
		{ "10.1.2.0/+24", -EINVAL, NULL },
		{ "10.1.2.0/024", -EINVAL, NULL },
		{ "10.1.2.0/24 ", -EINVAL, NULL },
		{ "10.1.2.0/ 24", -EINVAL, NULL },
		{ "10.1.2.0/24/24", -EINVAL, NULL },
		{ "10.1.2.0/0x18", -EINVAL, NULL },
		{ "10.1.2.0/4294967320", -EINVAL, NULL }, /* 24 after a wrap of 32 bits */
		{ "10.1.2.0/255.255.255.0", -EINVAL, NULL },
		{ "fd00::/129", -EINVAL, NULL },
		{ "/24", -EINVAL, NULL },
		{ "/", -EINVAL, NULL },
		{ "", -EINVAL, NULL },
		{ "usePodCidr", -EINVAL, NULL },
		{ "1111111111111111111111111111111111111111111111111111111/24", -EINVAL, NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix got, want;
		char text[PREFIX_TEXT_SIZE];

		print_message("  '%s'\n", c->text);
		memset(&got, 0x5a, sizeof(got));
		want = got;
		assert_int_equal(prefix_parse(c->text, &got), c->err);
		assert_memory_equal(&got, &want, sizeof(got));
		assert_int_equal(prefix_parse_masked(c->text, &got), c->masked ? 0 : -EINVAL);
		if (c->masked) {
			prefix_format(&got, text);
			assert_string_equal(text, c->masked);
		} else {
			assert_memory_equal(&got, &want, sizeof(got));
		}
	}
}

static void holds_exactly_what_shares_its_bits(void **state)
{
	static const struct {
		const char *outer, *inner;
		bool want;
	} cases[] = {
		{ "10.0.0.0/26", "10.0.0.0/27", true },
		{ "10.0.0.0/26", "10.0.0.32/27", true },
		{ "10.0.0.0/26", "10.0.0.0/26", true },
		{ "10.0.0.0/26", "10.0.0.64/27", false },
		{ "10.0.0.0/26", "10.0.0.0/25", false },
		{ "10.0.0.0/26", "10.0.0.63/32", true },
		{ "10.0.0.0/26", "10.0.0.64/32", false },
		{ "0.0.0.0/0", "255.255.255.255/32", true },
		{ "fd00::/8", "fd12:3456::/32", true },
		{ "fd00::/9", "fd80::/32", false },
		{ "::/0", "fd00::/8", true },
		{ "::/0", "10.0.0.0/8", false }, /* another family, whatever the bits say */
		{ "::/0", "0.0.0.0/0", false },
		{ "0.0.0.0/0", "fd00::/8", false },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prefix outer = prefix_at(c->outer), inner = prefix_at(c->inner);

		print_message("  '%s' in '%s'\n", c->inner, c->outer);
		assert_int_equal(prefix_holds(&outer, &inner), c->want);
		if (inner.len == 128)
			assert_int_equal(prefix_holds_ip(&outer, &inner.base), c->want);
	}
}

static void sorts_outer_before_inner_and_ipv4_before_ipv6(void **state)
{
	static const char *const sorted[] = {
		"0.0.0.0/0",   "10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/26", "10.0.0.32/27",
		"10.0.1.0/24", "::/0",	     "::1/128",	    "fd00::/8",	   "fd00::/64",
	};

	(void)state;
	for (size_t i = 0; i < case_count(sorted); i++) {
		for (size_t j = 0; j < case_count(sorted); j++) {
			struct prefix a = prefix_at(sorted[i]), b = prefix_at(sorted[j]);
			int order = prefix_compare(&a, &b);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static void cuts_an_address_to_its_prefix(void **state)
{
	static const struct {
		const char *ip;
		uint8_t len;
		const char *want;
	} cases[] = {
		{ "10.1.2.255", 120, "10.1.2.0/24" },	{ "10.1.2.255", 121, "10.1.2.128/25" },
		{ "10.1.2.255", 128, "10.1.2.255/32" }, { "10.1.2.255", 96, "0.0.0.0/0" },
		{ "fdff::ffff", 12, "fdf0::/12" },	{ "fdff::ffff", 0, "::/0" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct ip ip = ip_of(c->ip);
		struct prefix prefix = prefix_of(&ip, c->len);
		char got[PREFIX_TEXT_SIZE];

		prefix_format(&prefix, got);
		assert_string_equal(got, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_an_address_back_in_canonical_form),
		cmocka_unit_test(rejects_what_is_no_address_and_leaves_out_alone),
		cmocka_unit_test(counts_only_what_a_pod_can_own),
		cmocka_unit_test(gives_a_prefix_back),
		cmocka_unit_test(rejects_what_is_no_prefix_and_leaves_out_alone),
		cmocka_unit_test(holds_exactly_what_shares_its_bits),
		cmocka_unit_test(sorts_outer_before_inner_and_ipv4_before_ipv6),
		cmocka_unit_test(cuts_an_address_to_its_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
