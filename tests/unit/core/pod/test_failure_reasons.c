// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "core/pod/failure.h"

static const struct reason_rules no_rules;

static struct failure read_text(const char *text)
{
	struct failure failure;

	failure_read(text, strlen(text), false, &failure);
	return failure;
}

/* As the plugins of the field print them. */
static const struct {
	const char *text;
	enum reason reason;
	int64_t code;
	const char *message;
} field_cases[] = {
	/* bridge and ptp with host-local */
	{ "{\n    \"cniVersion\": \"1.0.0\",\n    \"code\": 999,\n"
	  "    \"msg\": \"failed to allocate for range 0: no IP addresses available in range set: "
	  "10.0.9.1-10.0.9.6\"\n}\n",
	  REASON_EXHAUSTED, 999,
	  "failed to allocate for range 0: no IP addresses available in range set: "
	  "10.0.9.1-10.0.9.6" },
	{ "{\"cniVersion\":\"0.4.0\",\"code\":999,\"msg\":\"failed to allocate for range 0: "
	  "10.0.9.5 has been allocated to 5f1c, duplicate allocation is not allowed\"}",
	  REASON_DUPLICATE, 999,
	  "failed to allocate for range 0: 10.0.9.5 has been allocated to 5f1c, duplicate "
	  "allocation is not allowed" },
	/* aws-cni */
	{ "{\"cniVersion\":\"0.4.0\",\"code\":100,\"msg\":\"add cmd: failed to assign an IP "
	  "address to container\"}",
	  REASON_EXHAUSTED, 100, "add cmd: failed to assign an IP address to container" },
	{ "{\"code\":100,\"msg\":\"add cmd: failed to connect to backend server\"}",
	  REASON_DAEMON_UNREACHABLE, 100, "add cmd: failed to connect to backend server" },
	{ "{\"code\":100,\"msg\":\"add cmd: Error received from AddNetwork gRPC call: rpc error: "
	  "code = Unavailable desc = connection error: desc = \\\"transport: Error while dialing "
	  "dial tcp 127.0.0.1:50051: connect: connection refused\\\"\"}",
	  REASON_DAEMON_UNREACHABLE, 100,
	  "add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = "
	  "connection error: desc = \"transport: Error while dialing dial tcp 127.0.0.1:50051: "
	  "connect: connection refused\"" },
	/* ipamd, in EC2's words */
	{ "{\"code\":100,\"msg\":\"assign\",\"details\":\"no available IP/Prefix addresses\"}",
	  REASON_EXHAUSTED, 100, "assign; no available IP/Prefix addresses" },
	{ "{\"code\":100,\"msg\":\"InsufficientFreeAddressesInSubnet: The specified subnet does "
	  "not have enough free addresses to satisfy the request.\"}",
	  REASON_EXHAUSTED, 100,
	  "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free "
	  "addresses to satisfy the request." },
	{ "{\"code\":100,\"msg\":\"no available IP/Prefix addresses\",\"details\":\""
	  "InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks\"}",
	  REASON_FRAGMENTED, 100,
	  "no available IP/Prefix addresses; InsufficientCidrBlocks: The specified subnet does not "
	  "have enough free cidr blocks" },
	{ "{\"code\":100,\"msg\":\"failed to assign an IP address to container: "
	  "PrivateIpAddressLimitExceeded: Number of private addresses will exceed limit.\"}",
	  REASON_LIMIT, 100,
	  "failed to assign an IP address to container: PrivateIpAddressLimitExceeded: Number of "
	  "private addresses will exceed limit." },
	{ "{\"code\":100,\"msg\":\"no available IP/Prefix addresses, 12 in cooldown\"}",
	  REASON_COOLDOWN, 100, "no available IP/Prefix addresses, 12 in cooldown" },
	/* Cilium */
	{ "{\"cniVersion\":\"0.3.1\",\"code\":999,\"msg\":\"unable to allocate IP via local cilium "
	  "agent: [POST /ipam][502] postIpamFailure \\\"range is full\\\"\"}",
	  REASON_EXHAUSTED, 999,
	  "unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure \"range "
	  "is full\"" },
	{ "{\"code\":999,\"msg\":\"[POST /ipam][502] postIpamFailure No more IPs available\"}",
	  REASON_EXHAUSTED, 999, "[POST /ipam][502] postIpamFailure No more IPs available" },
	{ "{\"code\":999,\"msg\":\"unable to connect to Cilium agent: failed to create cilium "
	  "agent client after 30.000000 seconds timeout: Get \\\"http://localhost/v1/config\\\": "
	  "dial unix /var/run/cilium/cilium.sock: connect: no such file or directory\\nIs the "
	  "agent running?\"}",
	  REASON_DAEMON_UNREACHABLE, 999,
	  "unable to connect to Cilium agent: failed to create cilium agent client after 30.000000 "
	  "seconds timeout: Get \"http://localhost/v1/config\": dial unix "
	  "/var/run/cilium/cilium.sock: connect: no such file or directory Is the agent running?" },
	/* Calico, whereabouts, Kube-OVN, the autoscaler, and an old one */
	{ "{\"code\":999,\"msg\":\"failed to request IPv4 addresses: No IPs available in pools: "
	  "[10.244.0.0/24]\"}",
	  REASON_EXHAUSTED, 999,
	  "failed to request IPv4 addresses: No IPs available in pools: [10.244.0.0/24]" },
	{ "{\"code\":999,\"msg\":\"Error at storage engine: Could not allocate IP in range: ip: "
	  "192.168.2.225 / - 192.168.2.230\"}",
	  REASON_EXHAUSTED, 999,
	  "Error at storage engine: Could not allocate IP in range: ip: 192.168.2.225 / - "
	  "192.168.2.230" },
	{ "{\"code\":999,\"msg\":\"RPC failed; acquire address: NoAvailableAddress\"}",
	  REASON_EXHAUSTED, 999, "RPC failed; acquire address: NoAvailableAddress" },
	{ "{\"code\":999,\"msg\":\"instance group: IP_SPACE_EXHAUSTED\"}", REASON_EXHAUSTED, 999,
	  "instance group: IP_SPACE_EXHAUSTED" },
	{ "{\"code\":999,\"msg\":\"no available ip addresses on network: mynet\"}",
	  REASON_EXHAUSTED, 999, "no available ip addresses on network: mynet" },
	/* time */
	{ "{\"code\":11,\"msg\":\"rpc error: code = DeadlineExceeded\"}", REASON_TIMEOUT, 11,
	  "rpc error: code = DeadlineExceeded" },
	{ "{\"code\":999,\"msg\":\"context deadline exceeded\"}", REASON_TIMEOUT, 999,
	  "context deadline exceeded" },
	{ "{\"code\":999,\"msg\":\"dial tcp 10.96.0.1:443: i/o timeout\"}", REASON_TIMEOUT, 999,
	  "dial tcp 10.96.0.1:443: i/o timeout" },
	/* and what is none of them */
	{ "{\"code\":7,\"msg\":\"missing network name\",\"details\":\"\"}", REASON_OTHER, 7,
	  "missing network name" },
};

static void knows_the_words_of_every_system_in_the_field(void **state)
{
	(void)state;
	for_each_case(c, field_cases) {
		const struct failure failure = read_text(c->text);
		enum reason reason = reason_of(&no_rules, failure.message);

		assert_string_equal(failure.message, c->message);
		if (reason != c->reason)
			fail_msg("'%s' is '%s'", c->message, reason_name(reason));
		assert_true(failure.has_code);
		assert_int_equal(failure.code, c->code);
		assert_false(failure.is_cut);
	}
}

static void knows_words_in_any_case_and_in_the_middle_of_others(void **state)
{
	static const struct {
		const char *message;
		enum reason reason;
	} cases[] = {
		{ "RANGE IS FULL", REASON_EXHAUSTED },
		{ "xxrange is fullxx", REASON_EXHAUSTED },
		{ "range is  full", REASON_OTHER },
		{ "range is ful", REASON_OTHER },
		{ "", REASON_OTHER },
		{ "\xff\xfe range is full", REASON_EXHAUSTED },
	};

	(void)state;
	for_each_case(c, cases)
		assert_int_equal(reason_of(&no_rules, c->message), c->reason);
}

static void asks_own_rules_first_and_in_their_order(void **state)
{
	static const struct reason_rule rules[] = {
		{ REASON_LIMIT, "quota of team" },
		{ REASON_OTHER, "range is full of" },
		{ REASON_TIMEOUT, "RANGE IS FULL" },
	};
	static const struct {
		const char *message;
		size_t count;
		enum reason reason;
	} cases[] = {
		{ "Quota of team a", 3, REASON_LIMIT },
		{ "range is full of water", 3, REASON_OTHER }, /* not asked any further */
		{ "range is full", 3, REASON_TIMEOUT },
		{ "range is full", 2, REASON_EXHAUSTED },
		{ "quota of team: range is full", 3, REASON_LIMIT },
		{ "No more IPs available", 3, REASON_EXHAUSTED },
		{ "Quota of team a", 0, REASON_OTHER },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct reason_rules own = { .rules = rules, .count = c->count };

		assert_int_equal(reason_of(&own, c->message), c->reason);
	}
}

static void reads_the_names_that_it_writes(void **state)
{
	enum reason reason;

	(void)state;
	for (enum reason i = 0; i < REASON_COUNT; i++) {
		assert_int_equal(reason_parse(reason_name(i), &reason), 0);
		assert_int_equal(reason, i);
	}
	assert_null(reason_name(REASON_COUNT));
	reason = REASON_LIMIT;
	assert_int_equal(reason_parse("", &reason), -EINVAL);
	assert_int_equal(reason_parse("Exhausted", &reason), -EINVAL);
	assert_int_equal(reason_parse("exhausted ", &reason), -EINVAL);
	assert_int_equal(reason, REASON_LIMIT);
}

static void reads_rules(void **state)
{
	static const struct {
		const char *text;
		enum reason reason;
		const char *want;
	} cases[] = {
		{ "exhausted=pool is dry", REASON_EXHAUSTED, "pool is dry" },
		{ "daemon_unreachable=a=b", REASON_DAEMON_UNREACHABLE, "a=b" },
		{ "other= ", REASON_OTHER, " " },
		{ "limit==", REASON_LIMIT, "=" },
	};
	char longest[sizeof("limit=") + REASON_TEXT_SIZE] = "limit=";
	struct reason_rule rule;

	(void)state;
	for_each_case(c, cases) {
		assert_int_equal(reason_rule_parse(c->text, &rule), 0);
		assert_int_equal(rule.reason, c->reason);
		assert_string_equal(rule.text, c->want);
	}
	memset(longest + strlen("limit="), 'x', REASON_TEXT_SIZE - 1);
	assert_int_equal(reason_rule_parse(longest, &rule), 0);
	assert_int_equal(strlen(rule.text), REASON_TEXT_SIZE - 1);
}

static void rejects_what_is_no_rule(void **state)
{
	static const char *const cases[] = {
		"",
		"=",
		"exhausted",
		"exhausted=",
		"=text",
		"full=text",
		"Exhausted=text",
		" exhausted=text",
		"exhausted =text",
		"exhausted_in_more_letters_than_any_reason_has=text",
	};
	char longer[sizeof("limit=") + REASON_TEXT_SIZE] = "limit=";
	struct reason_rule rule = { .reason = REASON_COOLDOWN, .text = "kept" };

	(void)state;
	memset(longer + strlen("limit="), 'x', REASON_TEXT_SIZE);
	assert_int_equal(reason_rule_parse(longer, &rule), -EINVAL);
	for_each_case(text, cases)
		if (reason_rule_parse(*text, &rule) != -EINVAL)
			fail_msg("'%s' is a rule", *text);
	assert_int_equal(rule.reason, REASON_COOLDOWN);
	assert_string_equal(rule.text, "kept");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_words_of_every_system_in_the_field),
		cmocka_unit_test(knows_words_in_any_case_and_in_the_middle_of_others),
		cmocka_unit_test(asks_own_rules_first_and_in_their_order),
		cmocka_unit_test(reads_the_names_that_it_writes),
		cmocka_unit_test(reads_rules),
		cmocka_unit_test(rejects_what_is_no_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
