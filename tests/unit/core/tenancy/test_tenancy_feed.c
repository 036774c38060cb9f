// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "core/record/record_glance.h"
#include "core/tenancy/tenancy_feed.h"
#include "tenancy_story.h"

#define HEAD(seq, second)                                                             \
	"{\"v\":1,\"seq\":" seq ",\"ts\":\"2026-01-02T03:04:" second ".000000000Z\"," \
	"\"mono_ns\":" second "000000000,\"boot_id\":\"b\",\"node\":\"n\",\"type\":"
#define ASSIGNED(seq, second, ip, pod)                                                       \
	HEAD(seq, second)                                                                    \
	"\"ip.assigned\",\"ip\":\"" ip "\",\"netns\":7,\"ifindex\":2,\"namespace\":\"shop\"" \
	",\"pod\":\"" pod "\"}"
#define RELEASED(seq, second, ip, pod)                                                       \
	HEAD(seq, second)                                                                    \
	"\"ip.released\",\"ip\":\"" ip "\",\"netns\":7,\"ifindex\":2,\"namespace\":\"shop\"" \
	",\"pod\":\"" pod "\"}"

static const int64_t base_ns = 1767323040 * STORY_NS_PER_S; /* 2026-01-02T03:04:00Z */

struct reading {
	const struct tenancy_query *query;
	const char *lines[8];
	size_t matched;
	uint64_t records, unread;
	const char *want;
};

/* Times less base_ns. */
static char *put_text(const struct tenancies *tenancies)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < tenancies_count(tenancies); i++) {
		struct tenancy tenancy = *tenancies_at(tenancies, i);

		tenancy.from_ns -= base_ns;
		tenancy.to_ns -= base_ns;
		for (size_t j = 0; j < tenancy.span_count; j++) {
			tenancy.spans[j].from_ns -= base_ns;
			tenancy.spans[j].to_ns -= base_ns;
		}
		fputs(i ? "; " : "", out);
		story_put(&tenancy, out);
	}
	fclose(out);
	return text;
}

static void check(const struct reading *reading)
{
	struct tenancies *tenancies;
	struct tenancy_feed feed;
	char *text;

	assert_int_equal(tenancies_new(reading->query, &tenancies), 0);
	tenancy_feed_init(tenancies, &feed);
	for (size_t i = 0; i < case_count(reading->lines) && reading->lines[i]; i++) {
		char *line = strdup(reading->lines[i]);

		assert_int_equal(tenancy_feed_line(&feed, line, strlen(line)), 0);
		free(line);
	}
	tenancies_end(tenancies);
	text = put_text(tenancies);
	print_message("  %s\n", reading->want);
	assert_string_equal(text, reading->want);
	assert_int_equal(tenancies_log(tenancies)->matched, reading->matched);
	assert_int_equal(tenancies_log(tenancies)->records, reading->records);
	assert_int_equal(feed.unread, reading->unread);
	free(text);
	tenancies_free(tenancies);
}

static const struct tenancy_query of_v4 = { .has_ip = true,
					    .ip = { { [10] = 0xff, 0xff, 10, 0, 0, 5 } } };
static const struct tenancy_query of_v6 = { .has_ip = true, .ip = { { 0xfd, [15] = 5 } } };
static const struct tenancy_query of_pod = { .namespace = "shop", .pod = "web-1" };
static const struct tenancy_query of_odd = { .pod = "w\"\x01" };

static void picks_the_lines_of_an_address(void **state)
{
	static const struct reading cases[] = {
		{ &of_v4,
		  { ASSIGNED("1", "10", "10.0.0.5", "web-1"),
		    RELEASED("2", "20", "10.0.0.5", "web-1") },
		  2,
		  2,
		  0,
		  "web-1 10..20" },
		/* None that only begins like it, or has it elsewhere. */
		{ &of_v4,
		  { ASSIGNED("1", "10", "10.0.0.50", "a"), ASSIGNED("2", "11", "110.0.0.5", "b"),
		    ASSIGNED("3", "12", "10.0.0.4", "10.0.0.5") },
		  0,
		  3,
		  0,
		  "" },
		{ &of_v6,
		  { ASSIGNED("1", "10", "fd00::5", "web-1"),
		    ASSIGNED("2", "11", "fd00::50", "web-2"),
		    RELEASED("3", "20", "fd00::5", "web-1") },
		  2,
		  3,
		  0,
		  "web-1 10..20" },
		/* Numbers count that no parser sees. */
		{ &of_v4,
		  { ASSIGNED("1", "10", "10.0.0.5", "web-1"), ASSIGNED("2", "11", "10.0.0.6", "a"),
		    ASSIGNED("5", "15", "10.0.0.6", "b"),
		    RELEASED("6", "20", "10.0.0.5", "web-1") },
		  2,
		  4,
		  0,
		  "web-1 10..20 lost(11-15)" },
		/* In another order, with blanks. */
		{ &of_v4,
		  { "{ \"ip\": \"10.0.0.5\", \"type\": \"ip.assigned\", \"pod\": \"web-1\", "
		    "\"ts\": \"2026-01-02T03:04:10.000000000Z\", \"seq\": 1, \"v\": 1 }",
		    HEAD("2", "11") "\"ip.released\",\"netns\":7,\"ip\":\"10.0.0.9\"}" },
		  1,
		  2,
		  0,
		  "web-1 10..11+" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void picks_the_lines_of_a_pod(void **state)
{
	static const struct reading cases[] = {
		{ &of_pod,
		  { ASSIGNED("1", "10", "10.0.0.5", "web-1"),
		    ASSIGNED("2", "11", "10.0.0.6", "web-2"),
		    RELEASED("3", "20", "10.0.0.5", "web-1") },
		  1,
		  3,
		  0,
		  "web-1 10..20" },
		/* Nobody knew the pod until it was gone. */
		{ &of_pod,
		  { HEAD("1",
			 "10") "\"ip.assigned\",\"ip\":\"10.0.0.5\",\"netns\":7,\"ifindex\":2}",
		    RELEASED("2", "20", "10.0.0.5", "web-1") },
		  1,
		  2,
		  0,
		  "web-1 10..20" },
		/* As JSON spells it. */
		{ &of_odd,
		  { ASSIGNED("1", "10", "10.0.0.5", "w\\\"\\u0001") },
		  1,
		  1,
		  0,
		  "w\"\x01 10..10+" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void reads_on_behind_what_is_no_record(void **state)
{
	static const struct reading cases[] = {
		{ &of_v4, { "" }, 0, 0, 1, "" },
		{ &of_v4, { "\xff\xfe", "{}", "[1]", "null", "{\"v\":1,\"seq\":" }, 0, 0, 5, "" },
		{ &of_v4,
		  { "{\"v\":2,\"seq\":1,\"ts\":\"2026-01-02T03:04:10.000000000Z\",\"type\":\"ip.assigned\"}" },
		  0,
		  0,
		  1,
		  "" },
		/* The line was torn, the next one tells that it is missing. */
		{ &of_v4,
		  { ASSIGNED("1", "10", "10.0.0.5", "web-1"),
		    HEAD("2", "11") "\"ip.released\",\"ip\":\"10.0.0.5\",\"net",
		    ASSIGNED("3", "12", "10.0.0.6", "web-2") },
		  1,
		  2,
		  1,
		  "web-1 10..12+ lost(10-12)" },
		/* An address that is none. */
		{ &of_v4,
		  { HEAD("1", "10") "\"ip.assigned\",\"ip\":\"10.0.0.5.6\"}",
		    HEAD("2", "11") "\"ip.assigned\"}" },
		  0,
		  2,
		  0,
		  "" },
	};

	(void)state;
	for_each_case(c, cases)
		check(c);
}

static void glances_at_what_a_line_begins_with(void **state)
{
	static const struct {
		const char *line;
		int want;
	} cases[] = {
		{ HEAD("18", "10") "\"ip.assigned\",\"ip\":\"::\"}", 0 },
		{ HEAD("18", "10") "\"x\"}", 0 },
		{ "{\"v\":1,\"seq\":18,\"ts\":\"2026-01-02T03:04:10.000000000Z\",\"mono_ns\":5,"
		  "\"type\":\"x\"}",
		  0 },
		{ "{\"v\":2,\"seq\":18,\"ts\":\"2026-01-02T03:04:10.000000000Z\",\"mono_ns\":5,"
		  "\"type\":\"x\"}",
		  -EINVAL },
		{ "{\"v\":1,\"seq\":,\"ts\":\"2026-01-02T03:04:10.000000000Z\"", -EINVAL },
		{ HEAD("99999999999999999999", "10") "\"x\"}", -EINVAL },
		{ HEAD("18", "77") "\"x\"}", -EINVAL },
		{ HEAD("18", "10") "\"x", -EINVAL },
		{ HEAD("18", "10") "\"x\\\"y\"}", -EINVAL },
	};
	struct record_glance glance;

	(void)state;
	for_each_case(c, cases) {
		glance = (struct record_glance){ .seq = 7 };
		print_message("  %s\n", c->line);
		assert_int_equal(record_glance(c->line, strlen(c->line), &glance), c->want);
		assert_int_equal(glance.seq, c->want ? 7 : 18);
		if (!c->want)
			assert_int_equal(glance.wall_ns, base_ns + 10 * STORY_NS_PER_S);
	}
	assert_int_equal(record_glance(cases[0].line, strlen(cases[0].line), &glance), 0);
	assert_memory_equal(glance.type, "ip.assigned", glance.type_size);
	assert_string_equal(glance.rest, ",\"ip\":\"::\"}");
	assert_int_equal(glance.mono_ns, 10 * STORY_NS_PER_S);
}

/* Every byte of it may be the last one that is there. */
static void looks_at_no_byte_behind_the_line(void **state)
{
	const char *line = ASSIGNED("1", "10", "10.0.0.5", "web-1");
	size_t all = strlen(line);

	(void)state;
	for (size_t size = 0; size <= all; size++) {
		struct tenancies *tenancies;
		struct tenancy_feed feed;
		char *part = malloc(size ? size : 1);

		memcpy(part, line, size);
		assert_int_equal(tenancies_new(&of_v4, &tenancies), 0);
		tenancy_feed_init(tenancies, &feed);
		assert_int_equal(tenancy_feed_line(&feed, part, size), 0);
		assert_int_equal(tenancies_log(tenancies)->matched, size == all);
		tenancies_free(tenancies);
		free(part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_the_lines_of_an_address),
		cmocka_unit_test(picks_the_lines_of_a_pod),
		cmocka_unit_test(reads_on_behind_what_is_no_record),
		cmocka_unit_test(glances_at_what_a_line_begins_with),
		cmocka_unit_test(looks_at_no_byte_behind_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
