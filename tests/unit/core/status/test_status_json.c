// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/status/status_json.h"

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

static const int64_t now_ns = 1709210000123456789;

static void fill_ranges(struct status *status)
{
	status->range_count = 2;
	status->ranges = calloc(2, sizeof(*status->ranges));
	assert_non_null(status->ranges);
	status->ranges[0] = (struct status_range){
		.name = "six \"6\"",
		.cidr = "fd00:9::/64",
		.scope = "subnet",
		.source = "config",
		.capacity = 0x1p64,
		.reserved = 0,
		.usable = 0x1p64,
		.used = 3,
		.free = 0x1p64,
		.utilization = 0.25,
		.attached = NAN,
		.assigned = NAN,
		.warm = NAN,
		.cooldown = NAN,
		.node_blocks = NAN,
		.leaked = 1,
		.time_to_exhaustion_s = 3600.5,
		.confidence = 0.75,
		.headroom = -2,
		.assign_per_s = 1.0 / 3,
		.assigned_total = 12,
		.released_total = 9,
	};
	status->ranges[1] = (struct status_range){ .name = "unranged",
						   .is_v4 = true,
						   .capacity = NAN,
						   .reserved = NAN,
						   .usable = NAN,
						   .used = 1,
						   .free = NAN,
						   .utilization = NAN,
						   .attached = 20,
						   .assigned = 3,
						   .warm = 1,
						   .cooldown = 14,
						   .node_blocks = 4096,
						   .leaked = NAN,
						   .time_to_exhaustion_s = NAN,
						   .confidence = NAN,
						   .headroom = NAN,
						   .assign_per_s = NAN,
						   .assigned_total = 1 };
}

static void fill(struct status *status)
{
	*status = (struct status){
		.level = STATUS_WARNING,
		.why = "PodipRangeFilling fires for range 'six \"6\"'",
		.node = "node-1",
		.version = "1.2.3",
		.revision = "0123456789ab",
		.backend = "fentry",
		.wall_ns = now_ns,
		.started_s = 1709200000.5,
		.max_pods = NAN,
		.namespaces = 14,
		.namespaces_without_address = 1,
		.unattributed = 2,
		.duplicates = NAN,
		.waiting = 3,
		.oldest_wait_s = 61.5,
		.reconcile_age_s = NAN,
		.failures = { [REASON_EXHAUSTED] = 7, [REASON_OTHER] = NAN },
		.incidents = { [REASON_EXHAUSTED] = 2 },
		.records_written = 9007199254740993.0,
		.records_lost = 1,
		.ranges_left_out = 5,
		.alert_count = 2,
		.alerts = { { "PodipRangeFilling", "six \"6\"", "warning", true, now_ns - 1 },
			    { "PodipAgentBlind", "", "critical", false, 0 } },
		.alerts_left_out = 6,
		.source_count = 2,
		.sources = { { "config", true, true, true, 2, 0, NAN },
			     { "gce", false, false, false, NAN, NAN, NAN } },
		.loss_count = 1,
		.losses = { { "ring_full_link", 4 } },
	};
	fill_ranges(status);
}

/* Of JSON, since NAN is not equal to itself. */
static char *text_of(const struct status *status)
{
	cleanup_json json_t *json = status_to_json(status);
	char *text;

	assert_non_null(json);
	text = json_dumps(json, JSON_COMPACT);
	assert_non_null(text);
	return text;
}

static void comes_back_as_it_went(void **state)
{
	cleanup_free char *there = NULL, *back = NULL;
	cleanup_json json_t *json = NULL;
	struct status status, read;

	(void)state;
	fill(&status);
	there = text_of(&status);
	json = json_loads(there, 0, NULL);
	assert_int_equal(status_from_json(json, &read), 0);
	back = text_of(&read);
	assert_string_equal(back, there);
	assert_int_equal(read.level, STATUS_WARNING);
	assert_int_equal(read.wall_ns, now_ns);
	assert_int_equal(read.range_count, 2);
	assert_string_equal(read.ranges[0].name, "six \"6\"");
	assert_true(read.ranges[0].capacity == 0x1p64 && !read.ranges[0].is_v4);
	assert_true(read.ranges[0].assign_per_s == 1.0 / 3);
	assert_true(isnan(read.ranges[1].capacity) && read.ranges[1].is_v4);
	assert_true(isnan(read.max_pods) && isnan(read.failures[REASON_OTHER]));
	assert_true(read.failures[REASON_EXHAUSTED] == 7 && read.incidents[REASON_EXHAUSTED] == 2);
	assert_int_equal(read.ranges_left_out, 5);
	assert_int_equal(read.alerts_left_out, 6);
	assert_true(read.alerts[0].is_firing && read.alerts[0].since_ns == now_ns - 1);
	assert_true(!read.alerts[1].is_firing && read.alerts[1].since_ns == 0);
	assert_true(read.sources[0].was_up && isnan(read.sources[1].entries));
	assert_true(read.losses[0].count == 4);
	status_clear(&status);
	status_clear(&read);
}

/* Scripts depend on these. */
static void has_the_keys_that_are_documented(void **state)
{
	static const char *const parts[] = {
		"{\"v\":1,\"level\":\"warning\",\"ts\":\"2024-02-29T12:33:20.123456789Z\",",
		"\"node\":\"node-1\",\"version\":\"1.2.3\"",
		"\"namespaces\":14,\"namespaces_without_address\":1",
		"\"waiting\":3,\"oldest_wait_s\":61.5,",
		"\"failures\":{\"exhausted\":7,\"cooldown\":0,",
		"{\"range\":\"unranged\",\"cidr\":\"\",\"scope\":\"\",\"source\":\"\",\"used\":1,"
		"\"attached\":20,\"assigned\":3,\"warm\":1,\"cooldown\":14,\"node_blocks\":4096,"
		"\"assigned_total\":1,\"released_total\":0,\"family\":\"ipv4\"}",
		"{\"alert\":\"PodipAgentBlind\",\"range\":\"\",\"severity\":\"critical\",\"firing\":false}",
		"\"firing\":true,\"since\":\"2024-02-29T12:33:20.123456788Z\"",
		"{\"source\":\"gce\",\"asked\":false,\"up\":false,\"was_up\":false}",
		"\"losses\":[{\"cause\":\"ring_full_link\",\"count\":4}]",
	};
	cleanup_free char *text = NULL;
	struct status status;

	(void)state;
	fill(&status);
	text = text_of(&status);
	for_each_case(part, parts)
		if (!strstr(text, *part))
			fail_msg("no '%s' in %s", *part, text);
	status_clear(&status);
}

static void leaves_out_what_is_no_number(void **state)
{
	struct status status = { .max_pods = NAN, .oldest_wait_s = INFINITY, .waiting = -INFINITY };
	cleanup_free char *text = text_of(&status);

	(void)state;
	assert_null(strstr(text, "max_pods"));
	assert_null(strstr(text, "oldest_wait_s"));
	assert_null(strstr(text, "waiting"));
	assert_null(strstr(text, "\"ts\""));
}

#define LISTS \
	"\"failures\":{},\"incidents\":{},\"ranges\":[],\"alerts\":[],\"sources\":[],\"losses\":[]"

static void takes_what_others_add_and_misses_what_they_leave_out(void **state)
{
	cleanup_json json_t *json =
		json_loads("{\"v\":1,\"level\":\"good\",\"new\":{\"a\":[1]}," LISTS "}", 0, NULL);
	struct status status;

	(void)state;
	assert_int_equal(status_from_json(json, &status), 0);
	assert_string_equal(status.node, "");
	assert_true(isnan(status.waiting) && isnan(status.failures[REASON_TIMEOUT]));
	assert_int_equal(status.range_count, 0);
	status_clear(&status);
}

static void refuses_what_is_of_another_shape(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ "[]", -EINVAL },
		{ "1", -EINVAL },
		{ "{}", -EINVAL },
		{ "{\"v\":\"1\"}", -EINVAL },
		{ "{\"v\":2}", -EPROTO },
		{ "{\"v\":0,\"level\":\"good\"," LISTS "}", -EPROTO },
		{ "{\"v\":1," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"great\"," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":2," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\"}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"waiting\":\"3\"," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"waiting\":null," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"node\":7," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"ts\":\"today\"," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"ts\":0," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"ranges_left_out\":-1," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"ranges_left_out\":1.5," LISTS "}", -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"failures\":[],\"incidents\":{},\"ranges\":[],"
		  "\"alerts\":[],\"sources\":[],\"losses\":[]}",
		  -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"failures\":{\"other\":\"x\"},\"incidents\":{},"
		  "\"ranges\":[],\"alerts\":[],\"sources\":[],\"losses\":[]}",
		  -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"failures\":{},\"incidents\":{},\"ranges\":{},"
		  "\"alerts\":[],\"sources\":[],\"losses\":[]}",
		  -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"failures\":{},\"incidents\":{},\"ranges\":[1],"
		  "\"alerts\":[],\"sources\":[],\"losses\":[]}",
		  -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"failures\":{},\"incidents\":{},"
		  "\"ranges\":[{\"range\":\"a\"}],\"alerts\":[],\"sources\":[],\"losses\":[]}",
		  -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"failures\":{},\"incidents\":{},\"ranges\":[],"
		  "\"alerts\":[{\"firing\":1}],\"sources\":[],\"losses\":[]}",
		  -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"failures\":{},\"incidents\":{},\"ranges\":[],"
		  "\"alerts\":[],\"sources\":[{\"up\":\"yes\"}],\"losses\":[]}",
		  -EINVAL },
		{ "{\"v\":1,\"level\":\"good\",\"failures\":{},\"incidents\":{},\"ranges\":[],"
		  "\"alerts\":[],\"sources\":[],\"losses\":[{\"count\":[]}]}",
		  -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_json json_t *json = json_loads(c->text, JSON_DECODE_ANY, NULL);
		struct status status = { .waiting = 42 };

		print_message("  %s\n", c->text);
		assert_non_null(json);
		assert_int_equal(status_from_json(json, &status), c->err);
		assert_true(status.waiting == 42 && !status.ranges);
	}
}

/* As many of each as `count`. */
static json_t *make_many(size_t count)
{
	static const char *const keys[] = { "ranges", "alerts", "sources", "losses" };
	json_t *json =
		json_loads("{\"v\":1,\"level\":\"good\",\"ranges_left_out\":2," LISTS "}", 0, NULL);

	assert_non_null(json);
	for_each_case(key, keys)
		for (size_t i = 0; i < count; i++)
			json_array_append_new(json_object_get(json, *key),
					      json_pack("{s:s}", "family", "ipv6"));
	return json;
}

static void keeps_no_more_than_fits(void **state)
{
	cleanup_json json_t *json = make_many(2000);
	struct status status;
	char name[1000];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	json_object_set_new(json, "node", json_string(name));
	json_object_set_new(json_array_get(json_object_get(json, "ranges"), 0), "range",
			    json_string(name));
	assert_int_equal(status_from_json(json, &status), 0);
	assert_int_equal(status.range_count, STATUS_RANGES_MAX);
	assert_int_equal(status.ranges_left_out, 2000 - STATUS_RANGES_MAX + 2);
	assert_int_equal(status.alert_count, STATUS_ALERTS_MAX);
	assert_int_equal(status.alerts_left_out, 2000 - STATUS_ALERTS_MAX);
	assert_int_equal(status.source_count, STATUS_SOURCES_MAX);
	assert_int_equal(status.loss_count, STATUS_LOSSES_MAX);
	assert_int_equal(strlen(status.node), sizeof(status.node) - 1);
	assert_int_equal(strlen(status.ranges[0].name), RANGE_NAME_SIZE - 1);
	status_clear(&status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_went),
		cmocka_unit_test(has_the_keys_that_are_documented),
		cmocka_unit_test(leaves_out_what_is_no_number),
		cmocka_unit_test(takes_what_others_add_and_misses_what_they_leave_out),
		cmocka_unit_test(refuses_what_is_of_another_shape),
		cmocka_unit_test(keeps_no_more_than_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
