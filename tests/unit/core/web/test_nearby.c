// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "core/web/nearby.h"

static void is_of_loopback_and_was_meant_so(void **state)
{
	static const struct {
		const char *peer, *host;
		bool is_forwarded, want;
	} cases[] = {
		{ "127.0.0.1", "127.0.0.1:9465", false, true },
		{ "127.200.3.4", "localhost", false, true },
		{ "::ffff:127.0.0.1", "LocalHost:9465", false, true },
		{ "::1", "[::1]:9465", false, true },
		{ "::1", "[::1]", false, true },
		{ "127.0.0.1", "127.1.2.3", false, true },
		/* from elsewhere, whatever it says */
		{ "10.0.0.1", "127.0.0.1:9465", false, false },
		{ "128.0.0.1", "localhost", false, false },
		{ "fe80::1", "localhost", false, false },
		{ "::2", "localhost", false, false },
		{ "::", "localhost", false, false },
		{ "0.0.0.0", "localhost", false, false },
		/* a proxy beside us */
		{ "127.0.0.1", "localhost", true, false },
		/* a name that was made to be 127.0.0.1 */
		{ "127.0.0.1", "evil.example:9465", false, false },
		{ "127.0.0.1", "localhost.evil.example", false, false },
		{ "127.0.0.1", "127.0.0.1.evil.example", false, false },
		{ "127.0.0.1", "10.0.0.1", false, false },
		{ "127.0.0.1", "[::2]", false, false },
		{ "127.0.0.1", "[::1", false, false },
		{ "127.0.0.1", "[::1]x", false, false },
		{ "127.0.0.1", "[]", false, false },
		{ "127.0.0.1", "", false, false },
		{ "127.0.0.1", ":9465", false, false },
		{ "127.0.0.1", NULL, false, false },
		{ "127.0.0.1", "1234567890123456789012345678901234567890123456789", false, false },
	};

	(void)state;
	for_each_case(c, cases) {
		struct nearby nearby = { .host = c->host,
					 .host_count = c->host != NULL,
					 .is_forwarded = c->is_forwarded };

		print_message("  %s %s\n", c->peer, c->host ? c->host : "(none)");
		assert_int_equal(ip_parse(c->peer, &nearby.peer), 0);
		assert_int_equal(nearby_is(&nearby), c->want);
	}
}

static void is_from_afar_where_a_header_may_be_read_in_two_ways(void **state)
{
	static const struct {
		size_t host_count;
		bool is_old, want;
	} cases[] = {
		{ 1, false, true },  { 0, false, false }, { 2, false, false },
		{ 3, false, false }, { 1, true, false },
	};

	(void)state;
	for_each_case(c, cases) {
		struct nearby nearby = { .host = "localhost",
					 .host_count = c->host_count,
					 .is_old = c->is_old };

		assert_int_equal(ip_parse("127.0.0.1", &nearby.peer), 0);
		assert_int_equal(nearby_is(&nearby), c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_from_afar_where_a_header_may_be_read_in_two_ways),
		cmocka_unit_test(is_of_loopback_and_was_meant_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
