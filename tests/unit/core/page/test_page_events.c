// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/page/page_events.h"
#include "core/record/record_parse.h"

#define HEAD "{\"v\":1,\"seq\":1,\"ts\":\"2024-02-29T12:34:56.500000000Z\","

/* The caller frees it. */
static char *write_lines(const char *const *lines, size_t count, bool shows_pods)
{
	struct record *records = calloc(count + 1, sizeof(*records));
	char **copies = calloc(count + 1, sizeof(*copies));
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(records);
	assert_non_null(copies);
	assert_non_null(out);
	for (size_t i = 0; i < count; i++) {
		copies[i] = strdup(lines[i]);
		assert_non_null(copies[i]);
		assert_int_equal(record_parse(copies[i], strlen(copies[i]), &records[i]), 0);
	}
	page_events_write(records, count, shows_pods, out);
	assert_int_equal(fclose(out), 0);
	for (size_t i = 0; i < count; i++)
		free(copies[i]);
	free(copies);
	free(records);
	return text;
}

static void tells_each_event_in_words(void **state)
{
	static const struct {
		const char *line;
		bool shows_pods;
		const char *row;
	} cases[] = {
		{ HEAD
		  "\"type\":\"ip.assigned\",\"ip\":\"10.0.0.14\",\"range\":\"web\",\"used\":5,"
		  "\"usable\":5,\"namespace\":\"shop\",\"pod\":\"web-5\",\"latency_ns\":11000000,"
		  "\"reuse_ns\":90000000000,\"previous_pod\":\"shop/web-4\"}",
		  true,
		  "<tr><td><time datetime=\"2024-02-29T12:34:56Z\">12:34:56</time></td><th "
		  "scope=\"row\">ip.assigned</th><td> <code>10.0.0.14</code> <code>shop/web-5</code> in "
		  "web, 5 of 5 used after 11ms free for 1m30s</td></tr>" },
		{ HEAD "\"type\":\"ip.assigned\",\"ip\":\"10.0.0.14\",\"range\":\"web\",\"used\":5,"
		       "\"usable\":5,\"namespace\":\"shop\",\"pod\":\"web-5\",\"initial\":true}",
		  false,
		  "<td> <code>10.0.0.14</code> in web, 5 of 5 used (was there before the agent)</td>" },
		{ HEAD
		  "\"type\":\"cni.failed\",\"plugin\":\"bridge\",\"command\":\"ADD\",\"reason\":"
		  "\"exhausted\",\"message\":\"none left for shop/web-6\",\"count\":3,"
		  "\"pod\":\"web-6\"}",
		  true,
		  "<tr class=\"bad\"><td><time datetime=\"2024-02-29T12:34:56Z\">12:34:56</time></td><th "
		  "scope=\"row\">cni.failed</th><td> <code>web-6</code> bridge ADD exhausted 3 "
		  "times<q>none left for shop/web-6</q></td></tr>" },
		{ HEAD
		  "\"type\":\"cni.failed\",\"plugin\":\"bridge\",\"command\":\"ADD\",\"reason\":"
		  "\"exhausted\",\"message\":\"none left for shop/web-6\",\"count\":3,"
		  "\"pod\":\"web-6\"}",
		  false, "cni.failed</th><td> bridge ADD exhausted 3 times</td></tr>" },
		{ HEAD "\"type\":\"ip.leaked\",\"ip\":\"10.0.0.14\",\"range\":\"web\",\"reason\":"
		       "\"ipam_only\",\"age_ns\":3600000000000}",
		  false, "<code>10.0.0.14</code> in web ipam_only since 1h</td>" },
		{ HEAD "\"type\":\"alert.firing\",\"alert\":\"PodipRangeFilling\",\"severity\":"
		       "\"warning\",\"range\":\"web\"}",
		  false, "alert.firing</th><td> PodipRangeFilling warning in web</td>" },
		{ HEAD "\"type\":\"range.added\",\"range\":\"web\",\"reason\":\"cni\",\"count\":1}",
		  false, "range.added</th><td> web cni</td>" },
		{ HEAD "\"type\":\"agent.gap\",\"reason\":\"stopped\",\"message\":\"for 1 s\"}",
		  false, "agent.gap</th><td> stopped<q>for 1 s</q></td>" },
		/* host-local's own numbers of IPv6 do not fit into the log */
		{ HEAD "\"type\":\"ip.assigned\",\"range\":\"six\",\"used\":1,\"usable\":"
		       "9223372036854775807}",
		  false, "<td> six, 1 used</td>" },
		/* of a later version */
		{ HEAD "\"type\":\"pod.<b>\",\"ip\":\"10.0.0.14\",\"colour\":\"red\"}", false,
		  "<th scope=\"row\">pod.&lt;b&gt;</th><td> <code>10.0.0.14</code></td>" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *got = write_lines(&c->line, 1, c->shows_pods);

		if (!strstr(got, c->row))
			fail_msg("'%s' is not in %s", c->row, got);
		assert_int_equal(!strstr(got, "--web.show-pods"), c->shows_pods);
	}
}

static void has_the_newest_on_top_and_so_many_of_them(void **state)
{
	static char texts[PAGE_EVENTS_MAX + 2][160];
	const char *lines[PAGE_EVENTS_MAX + 2];
	cleanup_free char *got = NULL;
	size_t rows = 0;

	(void)state;
	for (size_t i = 0; i < case_count(lines); i++) {
		snprintf(texts[i], sizeof(texts[i]),
			 HEAD "\"type\":\"ip.assigned\",\"ip\":\"ip-%zu.\"}", i);
		lines[i] = texts[i];
	}
	got = write_lines(lines, case_count(lines), false);
	for (const char *at = got; (at = strstr(at, "<tr><td>")); at++)
		rows++;
	assert_int_equal(rows, PAGE_EVENTS_MAX);
	assert_null(strstr(got, "ip-1."));
	assert_true(strstr(got, "ip-101.") < strstr(got, "ip-100."));
	assert_non_null(strstr(got, "ip-2."));
}

static void leaves_links_and_namespaces_out(void **state)
{
	static const char *const lines[] = {
		HEAD "\"type\":\"ip.assigned\",\"ip\":\"10.0.0.14\"}",
		HEAD "\"type\":\"netns.created\"}",
		HEAD "\"type\":\"netns.freed\"}",
		HEAD "\"type\":\"link.created\"}",
		HEAD "\"type\":\"link.moved\"}",
		HEAD "\"type\":\"link.renamed\"}",
		HEAD "\"type\":\"link.deleted\"}",
	};
	cleanup_free char *some = write_lines(lines, case_count(lines), true);
	cleanup_free char *none = write_lines(lines + 1, case_count(lines) - 1, true);

	(void)state;
	assert_non_null(strstr(some, "ip.assigned"));
	assert_null(strstr(some, "netns."));
	assert_null(strstr(some, "link."));
	assert_non_null(strstr(none, "None yet."));
}

static void says_that_there_is_none(void **state)
{
	cleanup_free char *got = write_lines(NULL, 0, true);

	(void)state;
	assert_non_null(strstr(got, "<td colspan=\"3\">None yet.</td>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_each_event_in_words),
		cmocka_unit_test(has_the_newest_on_top_and_so_many_of_them),
		cmocka_unit_test(leaves_links_and_namespaces_out),
		cmocka_unit_test(says_that_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
