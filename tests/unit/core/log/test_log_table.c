// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "log_text_fixture.h"

static void tells_a_record_as_a_row(void **state)
{
	static const struct text_case cases[] = {
		{ "'agent.started','message':'0.1.0 28fd49f','backend':'tracepoint'",
		  "agent.started   -               -                        - "
		  "           -        backend tracepoint 0.1.0 28fd49f" },
		{ "'range.added','range':'pod-range','cidr':'10.0.0.8/29','usable':5,"
		  "'reason':'config','max_pods':110",
		  "range.added     -               -                        pod-range "
		  "   -        10.0.0.8/29 usable 5 max_pods 110 from config" },
		{ "'link.moved','netns':4026532456,'from_netns':4026531840,'ifname':'eth0',"
		  "'link_kind':'veth'",
		  "link.moved      -               -                        - "
		  "           -        eth0 (veth) netns 4026532456 from 4026531840" },
		{ "'ip.assigned','ip':'10.0.0.14','netns':4026532456,'range':'pod-range',"
		  "'cidr':'10.0.0.8/29','used':5,'usable':5,'namespace':'shop',"
		  "'pod':'web-5','latency_ns':11234567,'reuse_ns':3200000000,'previous_pod':'shop/web-1'",
		  "ip.assigned     10.0.0.14       shop/web-5               pod-range "
		  "   5/5 FULL after 11ms reused after 3.2s (was shop/web-1)" },
		{ "'ip.assigned','ip':'fd00:10:244:1::2a7','netns':4026532456,"
		  "'range':'pods6','cidr':'fd00:10:244:1::/64','used':5,'usable':9223372036854775807,"
		  "'namespace':'kube-system','pod':'coredns-7db6d8ff4d-x8k2p',"
		  "'latency_ns':1234567890",
		  "ip.assigned     fd00:10:244:1::2a7 kube-system/coredns-7db6d8ff4d-x8k2p "
		  "pods6        5 used   after 1.2s" },
		{ "'cni.failed','plugin':'aws-cni','command':'DEL','container_id':'0123456789abcdef0123',"
		  "'reason':'other','status':1,'message':'evil\\u001b[31m\\u009b31m\\nline',"
		  "'count':27",
		  "cni.failed      -               sandbox 0123456789ab     - "
		  "           -        other 27 times aws-cni DEL: evil\\x1b[31m\\xc2\\x9b31m\\x0aline "
		  "(status 1)" },
		{ "'alert.resolved','range':'pod-range','cidr':'10.0.0.8/29','alert':'PodipRangeExhausted',"
		  "'severity':'critical','age_ns':600000000000,'message':'4 of "
		  "5 addresses of pod-range (10.0.0.8/29) are used'",
		  "alert.resolved  -               -                        pod-range "
		  "   -        PodipRangeExhausted after 10m: 4 of 5 addresses "
		  "of pod-range (10.0.0.8/29) are used" },
		{ "'agent.gap','reason':'killed','message':'nothing was heard "
		  "for 60.000 s before this start'",
		  "agent.gap       -               -                        - "
		  "           -        !! nothing was heard for 60.000 s before "
		  "this start (agent killed)" },
		{ "'ip.moved','ip':'10.0.0.3','count':3,'message':'of a later "
		  "version'",
		  "ip.moved        10.0.0.3        -                        - "
		  "           -        count 3 of a later version" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct log_text text = { 0 };
		char line[LINE_SIZE], out[OUT_SIZE], want[OUT_SIZE];
		struct record record = record_at_noon(c->body, line);

		snprintf(want, sizeof(want), "2026-11-26T14:40:19.134Z %s\n", c->want);
		assert_int_equal(log_text_table(&text, &record, out, sizeof(out)), strlen(want));
		assert_string_equal(out, want);
	}
}

static size_t column_of(const char *row, const char *cell)
{
	const char *at = strstr(row, cell);

	assert_non_null(at);
	return (size_t)(at - row);
}

static void widens_columns_for_the_rows_to_come(void **state)
{
	struct log_text text = { 0 };
	char head[OUT_SIZE], wide[OUT_SIZE], next[OUT_SIZE], line[LINE_SIZE];
	struct record record;

	(void)state;
	log_text_table_head(&text, head, sizeof(head));
	assert_string_equal(head, "TIME                     TYPE            ADDRESS         POD"
				  "                      RANGE        USED     WHAT\n");
	record = record_at_noon("'ip.assigned','ip':'10.0.0.9','pod':'first'", line);
	log_text_table(&text, &record, next, sizeof(next));
	assert_int_equal(column_of(next, "10.0.0.9"), column_of(head, "ADDRESS"));
	assert_int_equal(column_of(next, "first"), column_of(head, "POD"));
	record = record_at_noon("'ip.assigned','ip':'fd00:1234:5678:9abc::1','pod':'second'", line);
	log_text_table(&text, &record, wide, sizeof(wide));
	record = record_at_noon("'ip.assigned','ip':'10.0.0.9','pod':'third'", line);
	log_text_table(&text, &record, next, sizeof(next));
	assert_int_equal(column_of(next, "third"), column_of(wide, "second"));
	assert_true(column_of(next, "third") > column_of(head, "POD"));
}

static void colors_a_row(void **state)
{
	static const struct text_case cases[] = {
		{ "'cni.failed'", "2026-11-26T14:40:19.134Z \x1b[31mcni.failed\x1b[0m      -  " },
		{ "'link.deleted'", "\x1b[2m2026-11-26T14:40:19.134Z link.deleted    -  " },
	};
	struct log_text text = { .has_color = true };

	(void)state;
	for_each_case(c, cases) {
		char line[LINE_SIZE], out[OUT_SIZE];
		struct record record = record_at_noon(c->body, line);

		log_text_table(&text, &record, out, sizeof(out));
		out[strlen(c->want)] = '\0';
		assert_string_equal(out, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_a_record_as_a_row),
		cmocka_unit_test(widens_columns_for_the_rows_to_come),
		cmocka_unit_test(colors_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
