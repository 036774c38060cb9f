// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "core/web/peer.h"

static struct peer peer(const char *theirs, const char *ours)
{
	struct ip a, b;

	assert_int_equal(ip_parse(theirs, &a), 0);
	assert_int_equal(ip_parse(ours, &b), 0);
	return peer_of(&a, &b);
}

static void is_near_where_it_is_this_node(void **state)
{
	static const struct {
		const char *theirs, *ours;
		bool want;
	} cases[] = {
		{ "127.0.0.1", "127.0.0.1", true },
		{ "127.9.8.7", "127.0.0.1", true },
		{ "::1", "::1", true },
		{ "10.1.2.3", "10.1.2.3", true }, /* the kubelet asks at the node's address */
		{ "fd00::7", "fd00::7", true },
		{ "10.1.2.4", "10.1.2.3", false },
		{ "fd00::8", "fd00::7", false }, /* of the same /64 */
		{ "128.0.0.1", "10.1.2.3", false },
		{ "::", "10.1.2.3", false },
	};

	(void)state;
	for_each_case(c, cases) {
		print_message("  %s at %s\n", c->theirs, c->ours);
		assert_int_equal(peer(c->theirs, c->ours).is_near, c->want);
	}
}

static void has_a_part_by_address_or_by_the_64_bits_of_a_net(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_same, is_host;
	} cases[] = {
		{ "10.0.0.1", "10.0.0.1", true, true },
		{ "10.0.0.1", "10.0.0.2", false, false },
		{ "10.0.0.1", "11.0.0.1", false, false },
		{ "fd00::1", "fd00::1", true, true },
		{ "fd00::1", "fd00::ffff:2:3:4", true, false },
		{ "fd00::1", "fd00:0:0:1::1", false, false },
		{ "127.0.0.1", "127.0.0.2", true, true },
		{ "127.0.0.1", "::1", true, true },
		{ "127.0.0.1", "10.9.9.9", false, false },
		{ "10.9.9.9", "10.0.0.1", false, false }, /* this node and another one */
	};

	(void)state;
	for_each_case(c, cases) {
		struct peer a = peer(c->a, "10.9.9.9"), b = peer(c->b, "10.9.9.9");

		print_message("  %s %s\n", c->a, c->b);
		assert_int_equal(peer_is_same(&a, &b), c->is_same);
		assert_int_equal(peer_is_host(&a, &b), c->is_host);
	}
}

static void is_local_on_a_unix_socket(void **state)
{
	struct peer local = peer_local(), loopback = peer("127.0.0.1", "127.0.0.1");

	(void)state;
	assert_true(local.is_near);
	assert_true(peer_is_same(&local, &loopback));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_near_where_it_is_this_node),
		cmocka_unit_test(has_a_part_by_address_or_by_the_64_bits_of_a_net),
		cmocka_unit_test(is_local_on_a_unix_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
