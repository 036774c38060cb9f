// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "log_text_fixture.h"

#define TIME "14:40:19.134 "
#define DAY "--- 2026-11-26 UTC ---\n"

static const struct text_case compact_cases[] = {
	{ "'agent.started','message':'0.1.0 28fd49f','backend':'tracepoint'",
	  "agent.started   backend tracepoint 0.1.0 28fd49f" },
	{ "'range.added','range':'pod-range','cidr':'10.0.0.8/29','usable':5,"
	  "'reason':'config','max_pods':110",
	  "range.added     pod-range 10.0.0.8/29 usable 5 max_pods 110 "
	  "from config" },
	{ "'netns.created','netns':4026532456", "netns.created   netns 4026532456" },
	{ "'link.created','netns':4026532456,'ifname':'eth0','link_kind':'veth',"
	  "'namespace':'shop','pod':'web-5'",
	  "link.created    eth0 (veth) netns 4026532456 shop/web-5" },
	{ "'link.moved','netns':4026532456,'from_netns':4026531840,'ifname':'eth0',"
	  "'link_kind':'veth'",
	  "link.moved      eth0 (veth) netns 4026532456 from 4026531840" },
	{ "'link.renamed','netns':4026532456,'ifname':'eth0','from_ifname':'veth1a2b',"
	  "'link_kind':'veth'",
	  "link.renamed    eth0 (veth) was veth1a2b netns 4026532456" },
	{ "'link.created','count':1234", "link.created    1234 more, left out" },
	{ "'ip.assigned','ip':'10.0.0.13','netns':4026532456,'range':'pod-range',"
	  "'cidr':'10.0.0.8/29','used':4,'usable':5,'namespace':'shop',"
	  "'pod':'web-4','initial':true",
	  "ip.assigned     10.0.0.13       shop/web-4 pod-range 4/5 (initial)" },
	{ "'ip.assigned','ip':'10.0.0.14','netns':4026532456,'range':'pod-range',"
	  "'cidr':'10.0.0.8/29','used':5,'usable':5,'namespace':'shop',"
	  "'pod':'web-5','latency_ns':11234567,'reuse_ns':3200000000,'previous_pod':'shop/web-1'",
	  "ip.assigned     10.0.0.14       shop/web-5 pod-range 5/5 FULL "
	  "after 11ms reused after 3.2s (was shop/web-1)" },
	{ "'ip.assigned','ip':'fd00:10:244:1::2a7','netns':4026532456,"
	  "'range':'pods6','cidr':'fd00:10:244:1::/64','used':5,'usable':9223372036854775807,"
	  "'namespace':'kube-system','pod':'coredns-7db6d8ff4d-x8k2p',"
	  "'latency_ns':1234567890",
	  "ip.assigned     fd00:10:244:1::2a7 kube-system/coredns-7db6d8ff4d-x8k2p "
	  "pods6 5 used after 1.2s" },
	{ "'cni.add','plugin':'bridge','command':'ADD','ifname':'eth0',"
	  "'duration_ns':45000000,'namespace':'shop','pod':'web-5','count':2",
	  "cni.add         shop/web-5 bridge eth0 in 45ms after 2 failures" },
	{ "'cni.failed','plugin':'bridge','command':'ADD','ifname':'eth0',"
	  "'duration_ns':45000000,'namespace':'shop','pod':'web-6','reason':'exhausted',"
	  "'code':11,'status':1,'message':'failed to allocate for range "
	  "0: no IP addresses available in range set: 10.0.0.9-10.0.0.14',"
	  "'count':1",
	  "cni.failed      shop/web-6 exhausted bridge: failed to allocate "
	  "for range 0: no IP addresses available in range set: 10.0.0.9-10.0.0.14 "
	  "(code 11)" },
	{ "'cni.failed','plugin':'aws-cni','command':'DEL','container_id':'0123456789abcdef0123',"
	  "'reason':'other','status':1,'message':'evil\\u001b[31m\\u009b31m\\nline',"
	  "'count':27",
	  "cni.failed      sandbox 0123456789ab other 27 times aws-cni "
	  "DEL: evil\\x1b[31m\\xc2\\x9b31m\\x0aline (status 1)" },
	{ "'cni.del','plugin':'bridge','command':'DEL','ifname':'eth0',"
	  "'duration_ns':900000,'namespace':'shop','pod':'web-5'",
	  "cni.del         shop/web-5 bridge eth0 in 900us" },
	{ "'ip.released','ip':'10.0.0.14','netns':4026532456,'range':'pod-range',"
	  "'cidr':'10.0.0.8/29','used':4,'usable':5,'namespace':'shop',"
	  "'pod':'web-5'",
	  "ip.released     10.0.0.14       shop/web-5 pod-range 4/5" },
	{ "'link.deleted','netns':4026532456,'ifname':'eth0','link_kind':'veth'",
	  "link.deleted    eth0 (veth) netns 4026532456" },
	{ "'netns.freed','netns':4026532456", "netns.freed     netns 4026532456" },
	{ "'ip.leaked','ip':'10.0.0.14','range':'pod-range','cidr':'10.0.0.8/29',"
	  "'usable':5,'namespace':'shop','pod':'web-5','reason':'ipam_only',"
	  "'age_ns':125000000000,'network':'cbr0'",
	  "ip.leaked       10.0.0.14       shop/web-5 pod-range ipam_only "
	  "for 2m5s network cbr0" },
	{ "'ip.leak_cleared','ip':'10.0.0.14','range':'pod-range','cidr':'10.0.0.8/29',"
	  "'usable':5,'namespace':'shop','pod':'web-5','reason':'ipam_only',"
	  "'age_ns':185000000000,'network':'cbr0'",
	  "ip.leak_cleared 10.0.0.14       shop/web-5 pod-range ipam_only "
	  "after 3m5s network cbr0" },
	{ "'ip.duplicate','ip':'10.0.0.12','range':'pod-range','netns':4026532456,"
	  "'other_netns':4026532999,'reason':'duplicate','age_ns':2000000000",
	  "ip.duplicate    10.0.0.12       pod-range netns 4026532456 "
	  "and 4026532999 for 2.0s" },
	{ "'alert.firing','range':'pod-range','cidr':'10.0.0.8/29','alert':'PodipRangeExhausted',"
	  "'severity':'critical','message':'5 of 5 addresses of pod-range "
	  "(10.0.0.8/29) are used'",
	  "alert.firing    critical PodipRangeExhausted: 5 of 5 addresses "
	  "of pod-range (10.0.0.8/29) are used" },
	{ "'alert.firing','alert':'PodipCniFailing','severity':'warning',"
	  "'message':'3 of the CNIs ADDs failed within 10m: 3 exhausted'",
	  "alert.firing    warning PodipCniFailing: 3 of the CNIs ADDs "
	  "failed within 10m: 3 exhausted" },
	{ "'alert.resolved','range':'pod-range','cidr':'10.0.0.8/29','alert':'PodipRangeExhausted',"
	  "'severity':'critical','age_ns':600000000000,'message':'4 of "
	  "5 addresses of pod-range (10.0.0.8/29) are used'",
	  "alert.resolved  PodipRangeExhausted after 10m: 4 of 5 addresses "
	  "of pod-range (10.0.0.8/29) are used" },
	{ "'events.lost','reason':'ring_full','count':123",
	  "events.lost     !! 123 events lost (ring_full)" },
	{ "'reconcile.corrected','count':2",
	  "reconcile.corrected 2 changes missed, found by a walk" },
	{ "'range.changed','range':'pod-range','cidr':'10.0.0.8/29','usable':6,"
	  "'reason':'config'",
	  "range.changed   pod-range 10.0.0.8/29 usable 6 from config" },
	{ "'range.removed','range':'pod-range','cidr':'10.0.0.8/29','usable':6,"
	  "'reason':'config'",
	  "range.removed   pod-range 10.0.0.8/29 usable 6 from config" },
	{ "'agent.stopped'", "agent.stopped" },
	{ "'agent.gap','reason':'killed','message':'nothing was heard "
	  "for 60.000 s before this start'",
	  "agent.gap       !! nothing was heard for 60.000 s before this "
	  "start (agent killed)" },
	{ "'ip.moved','ip':'10.0.0.3','count':3,'message':'of a later "
	  "version'",
	  "ip.moved        10.0.0.3        count 3 of a later version" },
	{ "'agent.started'", "agent.started" },
	{ "'agent.gap'", "agent.gap       !! nothing was heard" },
	{ "'events.lost','reason':'kernel'", "events.lost     !! events lost (kernel)" },
	{ "'events.lost','reason':'ring','count':1,'message':'more'",
	  "events.lost     !! 1 event lost (ring): more" },
	{ "'reconcile.corrected','count':1",
	  "reconcile.corrected 1 change missed, found by a walk" },
	{ "'reconcile.corrected'", "reconcile.corrected" },
	{ "'ip.assigned','ip':'10.0.0.9','pod_uid':'0f3a-1','container_id':'0123',"
	  "'range':'pods','used':3,'usable':1000000000,'latency_ns':999",
	  "ip.assigned     10.0.0.9        uid 0f3a-1 pods 3/1000000000 "
	  "after 0us" },
	{ "'ip.assigned','ip':'10.0.0.9','netns':5,'range':'unranged',"
	  "'used':3,'usable':1000000001,'latency_ns':9999999999",
	  "ip.assigned     10.0.0.9        netns 5 unranged 3 used after "
	  "9.9s" },
	{ "'ip.assigned','ip':'10.0.0.9','pod':'static-node-1','range':'pods',"
	  "'used':0,'usable':0,'latency_ns':61000000000,'truncated':true,"
	  "'initial':true",
	  "ip.assigned     10.0.0.9        static-node-1 pods 0/0 FULL "
	  "after 1m1s (initial) (truncated)" },
	{ "'ip.assigned','ip':'10.0.0.9','pod':'p','used':6,'usable':5,"
	  "'previous_pod':'n/q'",
	  "ip.assigned     10.0.0.9        p 6/5 FULL (was n/q)" },
	{ "'ip.released','ip':'10.0.0.9','netns':5", "ip.released     10.0.0.9        netns 5" },
	{ "'link.created','ifname':'a\\u001b]0;x\\u0007','link_kind':'\\u009b31m'",
	  "link.created    a\\x1b]0;x\\x07 (\\xc2\\x9b31m)" },
	{ "'cni.add','pod':'p','namespace':'n','plugin':'bridge','ifname':'eth0',"
	  "'duration_ns':1000000,'count':1",
	  "cni.add         n/p bridge eth0 in 1ms after 1 failure" },
	{ "'cni.add','pod':'p','namespace':'n','plugin':'bridge','ifname':'eth0',"
	  "'count':0",
	  "cni.add         n/p bridge eth0" },
	{ "'cni.failed','pod':'p','namespace':'n','reason':'timeout','plugin':'x',"
	  "'status':137,'count':3",
	  "cni.failed      n/p timeout 3 times x (status 137)" },
	{ "'alert.firing','alert':'PodipRangeFull','severity':'critical',"
	  "'range':'pods'",
	  "alert.firing    critical PodipRangeFull pods" },
	{ "'alert.firing','alert':'PodipRangeFull','severity':'critical',"
	  "'range':'pods','message':'it names none'",
	  "alert.firing    critical PodipRangeFull pods: it names none" },
	{ "'x.y','pod':'p','namespace':'n','range':'r','used':1,'usable':2,"
	  "'reason':'why'",
	  "x.y             n/p r 1/2 why" },
	{ "'x.y'", "x.y" },
};

static void tells_each_type_in_a_line(void **state)
{
	bool is_told[RECORD_TYPE_COUNT + 1] = { 0 };

	(void)state;
	for_each_case(c, compact_cases) {
		struct log_text text = { 0 };
		char line[LINE_SIZE], out[OUT_SIZE], want[OUT_SIZE];
		struct record record = record_at_noon(c->body, line);

		snprintf(want, sizeof(want), DAY TIME "%s\n", c->want);
		assert_int_equal(log_text_compact(&text, &record, out, sizeof(out)), strlen(want));
		assert_string_equal(out, want);
		is_told[record.type] = true;
	}
	for (size_t i = 0; i <= RECORD_TYPE_COUNT; i++)
		assert_true(is_told[i]);
}

static void fits_in_80_columns_where_names_are_short(void **state)
{
	static const char *const cases[] = {
		"'ip.assigned','ip':'10.128.100.114','namespace':'shop','pod':'web-0','range':'pods',"
		"'used':110,'usable':251,'latency_ns':11000000",
		"'ip.released','ip':'10.128.100.114','namespace':'shop','pod':'web-0',"
		"'range':'pod-range','used':110,'usable':251",
		"'cni.add','namespace':'shop','pod':'web-7db6d8ff4d-x8k2p','plugin':'bridge',"
		"'ifname':'eth0','duration_ns':45000000",
		"'ip.leaked','ip':'10.128.100.114','range':'pods','reason':'ipam_only',"
		"'age_ns':125000000000",
		"'link.moved','ifname':'eth0','link_kind':'veth','netns':4026532456,"
		"'from_netns':4026531840",
	};

	(void)state;
	for_each_case(c, cases) {
		struct log_text text = { 0 };
		char line[LINE_SIZE], out[OUT_SIZE];
		struct record record = record_at_noon(*c, line);
		size_t size = log_text_compact(&text, &record, out, sizeof(out));

		print_message("%s", out);
		assert_in_range(size, 1, strlen(DAY) + 80 + 1);
	}
}

static void tells_the_date_when_it_changes(void **state)
{
	static const struct {
		const char *time, *want;
	} cases[] = {
		{ "2026-11-25T23:59:59.999999999Z",
		  "--- 2026-11-25 UTC ---\n23:59:59.999 agent.stopped\n" },
		{ "2026-11-25T23:59:59.999999999Z", "23:59:59.999 agent.stopped\n" },
		{ "2026-11-26T00:00:00.000000000Z",
		  "--- 2026-11-26 UTC ---\n00:00:00.000 agent.stopped\n" },
		{ "2026-11-25T23:59:59.000000000Z",
		  "--- 2026-11-25 UTC ---\n23:59:59.000 agent.stopped\n" },
		{ "1969-12-31T23:59:59.999999999Z",
		  "--- 1969-12-31 UTC ---\n23:59:59.999 agent.stopped\n" },
		{ "1970-01-01T00:00:00.000000000Z",
		  "--- 1970-01-01 UTC ---\n00:00:00.000 agent.stopped\n" },
	};
	struct log_text text = { 0 };

	(void)state;
	for_each_case(c, cases) {
		char line[LINE_SIZE], out[OUT_SIZE];
		struct record record = record_of(c->time, "'agent.stopped'", line);

		log_text_compact(&text, &record, out, sizeof(out));
		assert_string_equal(out, c->want);
	}
}

static void colors_by_meaning(void **state)
{
	static const struct text_case cases[] = {
		{ "'ip.released','ip':'10.0.0.9'", TIME "ip.released     10.0.0.9\n" },
		{ "'ip.assigned','ip':'10.0.0.9','used':5,'usable':5",
		  TIME "\x1b[32mip.assigned\x1b[0m     10.0.0.9        5/5 \x1b[31mFULL\x1b[0m\n" },
		{ "'cni.failed','reason':'other'", TIME "\x1b[31mcni.failed\x1b[0m      other\n" },
		{ "'alert.firing','severity':'critical'",
		  TIME "\x1b[31malert.firing\x1b[0m    critical\n" },
		{ "'alert.firing','severity':'warning'",
		  TIME "\x1b[33malert.firing\x1b[0m    warning\n" },
		{ "'alert.resolved'", TIME "\x1b[32malert.resolved\x1b[0m\n" },
		{ "'ip.leaked'", TIME "\x1b[33mip.leaked\x1b[0m\n" },
		{ "'link.deleted','ifname':'eth0'",
		  "\x1b[2m" TIME "link.deleted    eth0\x1b[0m\n" },
		{ "'netns.freed','netns':5", "\x1b[2m" TIME "netns.freed     netns 5\x1b[0m\n" },
		{ "'events.lost'", "\x1b[33m" TIME "events.lost     !! events lost\x1b[0m\n" },
		{ "'agent.gap'", "\x1b[33m" TIME "agent.gap       !! nothing was heard\x1b[0m\n" },
		{ "'x.y'", TIME "x.y\n" },
	};
	struct log_text text = { .has_color = true };
	char line[LINE_SIZE], out[OUT_SIZE];
	struct record record = record_at_noon("'agent.stopped'", line);

	(void)state;
	log_text_compact(&text, &record, out, sizeof(out));
	assert_string_equal(out, "\x1b[2m--- 2026-11-26 UTC ---\x1b[0m\n" TIME "agent.stopped\n");
	for_each_case(c, cases) {
		record = record_at_noon(c->body, line);
		log_text_compact(&text, &record, out, sizeof(out));
		assert_string_equal(out, c->want);
	}
}

/* ---- bounds ---- */

/* Every text that a record has, each of nothing but what grows most. */
static void has_room_for_whatever_a_line_has(void **state)
{
	enum { TEXTS = 24, EACH = 1000 };
	enum { ALL = TEXTS * EACH, SIZE = LOG_TEXT_GROWTH * ALL + LOG_TEXT_ROOM };
	cleanup_free char *controls = malloc(EACH + 1), *out = malloc(SIZE);

	(void)state;
	assert_non_null(controls);
	assert_non_null(out);
	memset(controls, 0x7f, EACH);
	controls[EACH] = '\0';
	for (enum record_type type = 0; type <= RECORD_TYPE_COUNT; type++) {
		struct record record = record_init(type);
		struct log_text text = { .has_color = true };
		size_t size;

		record.wall_ns = INT64_MAX;
		record.type_name = controls;
		for (size_t i = 0; i < RECORD_FIELD_COUNT; i++) {
			char *field = (char *)&record + record_fields[i].offset;

			if (record_fields[i].kind == RECORD_FIELD_NUMBER)
				*(uint64_t *)field = INT64_MAX;
			else if (record_fields[i].kind == RECORD_FIELD_TEXT)
				*(const char **)field = controls;
		}
		size = log_text_compact(&text, &record, out, SIZE);
		assert_int_equal(size, strlen(out));
		assert_null(memchr(out, 0x7f, size));
		assert_true(size > (size_t)LOG_TEXT_GROWTH * EACH);
		size = log_text_table(&text, &record, out, SIZE);
		assert_int_equal(size, strlen(out));
		assert_null(memchr(out, 0x7f, size));
		size = log_text_table(&text, &record, out, LOG_TEXT_ROOM);
		assert_in_range(size, 1, LOG_TEXT_ROOM - 1);
		assert_int_equal(out[size - 1], '\n');
		assert_int_equal(size, strlen(out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_each_type_in_a_line),
		cmocka_unit_test(fits_in_80_columns_where_names_are_short),
		cmocka_unit_test(tells_the_date_when_it_changes),
		cmocka_unit_test(colors_by_meaning),
		cmocka_unit_test(has_room_for_whatever_a_line_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
