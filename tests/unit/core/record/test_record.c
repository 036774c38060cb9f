// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "cleanup.h"
#include "core/record/record.h"

/* The line of a record, which must be one JSON object. The caller frees it. */
static char *write_line(const struct record *record)
{
	char *text = calloc(1, 65536);
	size_t size;
	json_t *root;

	assert_non_null(text);
	assert_int_equal(record_format(record, text, 65536, &size), 0);

	assert_int_equal(strlen(text), size);
	assert_ptr_equal(strchr(text, '\n'), text + size - 1);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_true(json_is_object(root));
	json_decref(root);
	return text;
}

static void leaves_out_what_is_not_known(void **state)
{
	struct record record = record_init(RECORD_AGENT_STARTED);
	cleanup_free char *line = NULL;

	(void)state;
	record.seq = 0;
	record.mono_ns = 7;
	record.boot_id = "b";
	record.node = "n";
	line = write_line(&record);
	assert_string_equal(line, "{\"v\":1,\"seq\":0,\"ts\":\"1970-01-01T00:00:00.000000000Z\","
				  "\"mono_ns\":7,\"boot_id\":\"b\",\"node\":\"n\","
				  "\"type\":\"agent.started\"}\n");
}

static void writes_every_field_in_order(void **state)
{
	const struct record record = {
		.seq = 9,
		.wall_ns = 1709210096123456789,
		.mono_ns = 10,
		.boot_id = "b",
		.node = "n",
		.type = RECORD_IP_ASSIGNED,
		.ip = "10.0.0.7",
		.prefix_len = 32,
		.family = "ipv4",
		.netns = 4026532345,
		.netns_cookie = 8193,
		.from_netns = 4026531840,
		.ifindex = 3,
		.ifname = "eth0",
		.from_ifname = "veth1",
		.link_kind = "veth",
		.range = "pod-range",
		.cidr = "10.0.0.0/26",
		.used = 41,
		.usable = 62,
		.max_pods = 16,
		.scope = "node",
		.node_prefix = 27,
		.reserved = 3,
		.namespace = "ns",
		.pod = "p",
		.pod_uid = "u",
		.container_id = "c",
		.identity = "cni-args",
		.latency_ns = 11,
		.sandbox_ns = 5,
		.plugin_ns = 6,
		.reuse_ns = 12,
		.previous_pod = "ns/q",
		.plugin = "bridge",
		.command = "ADD",
		.duration_ns = 14,
		.code = 11,
		.status = 1,
		.reason = "r",
		.message = "m",
		.network = "podnet",
		.other_netns = 102,
		.age_ns = 15,
		.count = 13,
		.backend = "fentry",
		.truncated = true,
		.initial = true,
		.coalesced = true,
	};
	cleanup_free char *line = NULL;

	(void)state;
	line = write_line(&record);
	assert_string_equal(line,
			    "{\"v\":1,\"seq\":9,\"ts\":\"2024-02-29T12:34:56.123456789Z\","
			    "\"mono_ns\":10,\"boot_id\":\"b\",\"node\":\"n\","
			    "\"type\":\"ip.assigned\",\"ip\":\"10.0.0.7\",\"prefix_len\":32,"
			    "\"family\":\"ipv4\",\"netns\":4026532345,\"netns_cookie\":8193,"
			    "\"from_netns\":4026531840,\"ifindex\":3,\"ifname\":\"eth0\","
			    "\"from_ifname\":\"veth1\",\"link_kind\":\"veth\","
			    "\"range\":\"pod-range\",\"cidr\":\"10.0.0.0/26\",\"used\":41,"
			    "\"usable\":62,\"max_pods\":16,\"scope\":\"node\",\"node_prefix\":27,"
			    "\"reserved\":3,\"namespace\":\"ns\",\"pod\":\"p\",\"pod_uid\":\"u\","
			    "\"container_id\":\"c\",\"identity\":\"cni-args\","
			    "\"latency_ns\":11,\"sandbox_ns\":5,\"plugin_ns\":6,\"reuse_ns\":12,"
			    "\"previous_pod\":\"ns/q\",\"plugin\":\"bridge\",\"command\":\"ADD\","
			    "\"duration_ns\":14,\"code\":11,\"status\":1,\"reason\":\"r\","
			    "\"message\":\"m\",\"network\":\"podnet\",\"other_netns\":102,"
			    "\"age_ns\":15,\"count\":13,\"backend\":\"fentry\",\"truncated\":true,"
			    "\"initial\":true,\"coalesced\":true}\n");
}

static void survives_strings_from_outside(void **state)
{
	static const struct {
		const char *ifname, *want;
	} cases[] = {
		{ "", "\"ifname\":\"\"" },
		{ "a\"\\\n", "\"ifname\":\"a\\\"\\\\\\n\"" },
		{ "\xff\xfe", "\"ifname\":\"\\uFFFD\\uFFFD\"" },
		{ "caf\xc3\xa9", "\"ifname\":\"caf\\u00E9\"" },
		{ "a\x7f", "\"ifname\":\"a\\u007f\"" },
		{ "\x1b[31m\xc2\x9b", "\"ifname\":\"\\u001B[31m\\u009B\"" }, /* steer terminals */
		{ "fourteen_chars\xc3", "\"ifname\":\"fourteen_chars\\uFFFD\"" }, /* cut */
	};

	(void)state;
	for_each_case(c, cases) {
		struct record record = record_init(RECORD_LINK_RENAMED);
		cleanup_free char *line = NULL;

		record.ifname = c->ifname;
		line = write_line(&record);
		assert_non_null(strstr(line, c->want));
	}
}

static void keeps_numbers_that_readers_take(void **state)
{
	static const struct {
		uint64_t cookie;
		const char *want;
	} cases[] = {
		{ 0, "\"netns_cookie\":0}" },
		{ INT64_MAX, "\"netns_cookie\":9223372036854775807}" },
		{ (uint64_t)INT64_MAX + 1, "\"netns_cookie\":9223372036854775807}" },
		{ UINT64_MAX - 1, "\"netns_cookie\":9223372036854775807}" },
		{ RECORD_ABSENT, "\"type\":\"netns.created\"}" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct record record = record_init(RECORD_NETNS_CREATED);
		cleanup_free char *line = NULL;

		record.netns_cookie = c->cookie;
		line = write_line(&record);
		assert_non_null(strstr(line, c->want));
	}
}

static void names_every_type_once(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RECORD_TYPE_COUNT; i++) {
		assert_non_null(record_type_name(i));
		assert_non_null(strchr(record_type_name(i), '.'));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(record_type_name(i), record_type_name(j));
	}
	assert_string_equal(record_type_name(RECORD_RECONCILE_CORRECTED), "reconcile.corrected");
	assert_null(record_type_name(RECORD_TYPE_COUNT));
	assert_null(record_type_name(RECORD_TYPE_COUNT + 1));
}

static void refuses_what_does_not_fit(void **state)
{
	const struct record record = record_init(RECORD_AGENT_STOPPED);
	char line[512];
	size_t size = 7, whole;

	(void)state;
	assert_int_equal(record_format(&record, line, sizeof(line), &whole), 0);
	for (size_t room = 0; room < whole; room++)
		assert_int_equal(record_format(&record, line, room, &size), -ENOSPC);
	assert_int_equal(size, 7);
	assert_int_equal(record_format(&record, line, whole, &size), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_out_what_is_not_known),
		cmocka_unit_test(writes_every_field_in_order),
		cmocka_unit_test(survives_strings_from_outside),
		cmocka_unit_test(keeps_numbers_that_readers_take),
		cmocka_unit_test(names_every_type_once),
		cmocka_unit_test(refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
