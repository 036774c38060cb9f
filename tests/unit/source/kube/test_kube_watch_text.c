// SPDX-License-Identifier: Apache-2.0
/* Answers of a list and of a watch that are not as they should be, over TLS. */
#include "test.h"

#include "kube_watch_fixture.h"

#define TEN "[[[[[[[[[["
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSANDS                                                                               \
	HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED \
		HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define VERSION_64 "1234567890123456789012345678901234567890123456789012345678901234"

static const struct step good_list = { .body = LIST_OF("20", NODE("7")) };
static const struct step good_watch = { .body = BOOKMARK("21") };

/* More values than are read, in little text. */
static const char *many_values(const char *begin)
{
	static char text[4 * JSON_VALUES_MAX];
	size_t used = (size_t)snprintf(text, sizeof(text), "%s", begin);

	for (unsigned int i = 0; i < JSON_VALUES_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, ",0");
	snprintf(text + used, sizeof(text) - used, "]}");
	return text;
}

static void lists_anew_after_a_failed_watch(void **state)
{
	static const struct {
		struct step watch;
		const char *why;
	} cases[] = {
		{ { .status = 401 }, "HTTP status 401" },
		{ { .status = 403 }, "HTTP status 403" },
		{ { .status = 500 }, "HTTP status 500" },
		{ { .status = 302, .header = "Location: /" }, "HTTP status 302" },
		{ { .body = STATUS("401") }, "HTTP status 401" },
		{ { .body = STATUS("599") }, "HTTP status 599" },
		{ { .body = STATUS("600") }, "HTTP status 500" },
		{ { .body = STATUS("200") }, "HTTP status 500" },
		{ { .body = STATUS("\"410\"") }, "HTTP status 500" },
		{ { .body = EVENT("ERROR", "{}") }, "HTTP status 500" },
		{ { .body = "" }, "it ended at once" },
		{ { .body = "{\"type\":\"MODIFIED\",\"object\":{\"metad\n" }, "not JSON" },
		{ { .body = "nonsense\n" }, "not JSON" },
		{ { .body = EVENT("MODIFIED", "{" META("node-1", "1") ",\"a\":\"\xff\"}") },
		  "not JSON" },
		{ { .body = EVENT("MODIFIED",
				  "{" META("node-1", "1") "," META("node-1", "2") "}") },
		  "not JSON" },
		{ { .body = THOUSANDS "\n" }, "not JSON" },
		{ { .body = "[]\n" }, "not as expected" },
		{ { .body = "{}\n" }, "not as expected" },
		{ { .body = "{\"type\":7,\"object\":" NODE("1") "}\n" }, "not as expected" },
		{ { .body = "{\"object\":" NODE("1") "}\n" }, "not as expected" },
		{ { .body = EVENT("MODIFIED", "[]") }, "not as expected" },
		{ { .body = EVENT("MODIFIED", "{\"metadata\":{\"name\":\"node-1\"}}") },
		  "not as expected" },
		{ { .body = EVENT("BOOKMARK", "{}") }, "not as expected" },
		{ { .body = EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":7}}") },
		  "not as expected" },
		{ { .body = BOOKMARK("") }, "not as expected" },
		{ { .body = BOOKMARK(VERSION_64) }, "not as expected" },
		{ { .body = "{", .fill = 64 << 20 }, "a line of more than 1048576 bytes" },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct step steps[] = { good_list, c->watch, good_list, good_watch };
		struct watched it;

		print_message("  %u %.60s\n", c->watch.status, c->watch.body ? c->watch.body : "");
		open_watched(&it, steps);
		run_idle(&it);
		assert_int_equal(it.server.asked, 2);
		assert_string_equal(it.told, "7 ");
		expect_status(&it, false, 1);
		expect_wait(&it, 1);
		assert_non_null(strstr(logged(), "warn: cannot watch"));
		assert_non_null(strstr(logged(), c->why));
		assert_int_equal(log_lines(), 1);
		run_due(&it);
		expect_list(&it, 2);
		expect_status(&it, true, 1);
		assert_int_equal(log_lines(), 2);
		assert_string_equal(
			last_line(),
			"podip: info: '/api/v1/nodes' of Kubernetes can be watched again\n");
		assert_int_equal(truncate("log", 0), 0);
		close_watched(&it);
	}
}

static void bounds_the_values_of_an_event(void **state)
{
	const struct step steps[] = {
		good_list, { .body = many_values("{\"type\":\"MODIFIED\",\"object\":[0") }
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_idle(&it);
	expect_status(&it, false, 1);
	assert_non_null(strstr(logged(), "too many values in it"));
	close_watched(&it);
}

static void refuses_a_list_that_is_not_one(void **state)
{
	static const struct {
		struct step list;
		const char *why;
	} cases[] = {
		{ { .body = "" }, "not JSON" },
		{ { .body = "{\"items\":[" }, "not JSON" },
		{ { .body = LIST_OF("20", NODE("7") "," NODE("8") ",{\"a\":1,\"a\":2}") },
		  "not JSON" },
		{ { .body = "[]" }, "not as expected" },
		{ { .body = "{}" }, "not as expected" },
		{ { .body = NODE("7") }, "not as expected" },
		{ { .body = "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":{}}" },
		  "not as expected" },
		{ { .body = "{\"metadata\":{\"resourceVersion\":1},\"items\":[]}" },
		  "not as expected" },
		{ { .body = LIST_OF("", NODE("7")) }, "not as expected" },
		{ { .body = LIST_OF(VERSION_64, NODE("7")) }, "not as expected" },
		{ { .body = LIST_OF("20", NODE("7")), .fill = 2 << 20 },
		  "a body of more than 1048576 bytes" },
		{ { .body = LIST_OF("20", NODE("7")), .is_cut = true }, "" },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct step steps[] = { c->list, good_list, good_watch };
		struct watched it;

		print_message("  %.80s\n", c->list.body);
		open_watched(&it, steps);
		run_idle(&it);
		assert_int_equal(it.server.asked, 1);
		assert_string_equal(it.told, "");
		expect_status(&it, false, 1);
		expect_wait(&it, 1);
		assert_non_null(strstr(logged(), "warn: cannot list"));
		assert_non_null(strstr(logged(), c->why));
		run_due(&it);
		assert_string_equal(it.told, "7 ");
		assert_int_equal(truncate("log", 0), 0);
		close_watched(&it);
	}
}

static void passes_over_items_that_are_not_its_own(void **state)
{
	static const struct step steps[] = {
		{ .body = LIST_OF("20", "7,{},{\"metadata\":{\"name\":1}},{" META(
						"node-10", "6") "}," NODE("7") "," NODE("8")) },
		{ .body = BOOKMARK("21") },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_idle(&it);
	assert_string_equal(it.told, "7 ");
	expect_status(&it, true, 0);
	close_watched(&it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(lists_anew_after_a_failed_watch),
		workdir_test(bounds_the_values_of_an_event),
		workdir_test(refuses_a_list_that_is_not_one),
		workdir_test(passes_over_items_that_are_not_its_own),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
