// SPDX-License-Identifier: Apache-2.0
/* The good course of a watch, over TLS. What fails is test_kube_watch_bad.c's business. */
#include "test.h"

#include "kube_watch_fixture.h"

static void lists_and_then_watches(void **state)
{
	static const struct step steps[] = {
		{ .body = LIST_OF("20", NODE("7")) },
		{ .body = EVENT("MODIFIED", NODE("21")) },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	expect_status(&it, false, 0);
	run_told(&it, 1);
	assert_string_equal(it.told, "7 ");
	expect_status(&it, true, 0);
	assert_int_equal(kube_watch_status(it.watch).good_ns, 1000 * SECOND);
	it.driven.now_ns += 9 * SECOND;
	run_told(&it, 2);
	assert_string_equal(it.told, "7 21 ");
	assert_int_equal(kube_watch_status(it.watch).good_ns, 1009 * SECOND);
	expect_list(&it, 0);
	expect_watch_from(&it, 1, "20");
	expect_status(&it, true, 0);
	assert_string_equal(logged(), "");
	close_watched(&it);
}

static void tells_of_an_event_while_the_watch_goes_on(void **state)
{
	static const struct step steps[] = {
		{ .body = LIST_OF("20", NODE("7")) },
		{ .body = EVENT("MODIFIED", NODE("21")), .is_open = true },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_told(&it, 2);
	assert_string_equal(it.told, "7 21 ");
	assert_int_equal(it.driven.due_ns, SUPPLIER_NEVER);
	expect_status(&it, true, 0);
	close_watched(&it);
}

static void understands_every_kind_of_event(void **state)
{
	static const struct {
		const char *lines, *told, *version;
		bool is_up;
		unsigned int errors;
	} cases[] = {
		{ EVENT("ADDED", NODE("21")), "7 21 ", "21", true, 0 },
		{ EVENT("MODIFIED", NODE("22")), "7 22 ", "22", true, 0 },
		{ EVENT("DELETED", NODE("23")), "7 none ", "23", false, 0 },
		{ BOOKMARK("24"), "7 ", "24", true, 0 },
		/* of another object, which the server should not tell */
		{ EVENT("MODIFIED", "{" META("node-10", "25") "}"), "7 ", "25", true, 0 },
		{ EVENT("DELETED", "{" META("node-", "26") "}"), "7 ", "26", true, 0 },
		/* opaque, and not to be trusted in a URL */
		{ BOOKMARK("a&b=c d%20#"), "7 ", "a&b=c d%20#", true, 0 },
		{ BOOKMARK("1234567890123456789012345678901234567890123456789012345678901"
			   "23"),
		  "7 ", "123456789012345678901234567890123456789012345678901234567890123", true,
		  0 },
		/* the last of those that come together */
		{ EVENT("MODIFIED", NODE("31")) EVENT("DELETED", NODE("32"))
			  EVENT("ADDED", NODE("33")) BOOKMARK("34"),
		  "7 33 ", "34", true, 0 },
		{ "\n\r\n" BOOKMARK("35") "\n", "7 ", "35", true, 0 },
		/* a type of tomorrow */
		{ BOOKMARK("36") EVENT("PATCHED", NODE("37")), "7 ", "36", true, 1 },
		/* a last line without its end */
		{ "{\"type\":\"ADDED\",\"object\":" NODE("38") "}", "7 38 ", "38", true, 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct step steps[] = {
			{ .body = LIST_OF("20", NODE("7")) },
			{ .body = c->lines },
			{ .body = BOOKMARK("90") },
		};
		struct watched it;

		open_watched(&it, steps);
		run_idle(&it);
		assert_string_equal(it.told, c->told);
		expect_status(&it, c->is_up, c->errors);
		assert_int_equal(it.driven.due_ns, it.driven.now_ns + SECOND);
		run_due(&it);
		expect_watch_from(&it, 2, c->version);
		close_watched(&it);
	}
}

static void goes_on_from_a_bookmark_after_a_cut(void **state)
{
	static const struct step steps[] = {
		{ .body = LIST_OF("20", NODE("7")) },
		{ .body = BOOKMARK("555"), .is_cut = true },
		{ .body = EVENT("MODIFIED", NODE("600")), .is_cut = true },
		{ .body = BOOKMARK("700") },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_idle(&it);
	assert_int_equal(it.driven.due_ns, it.driven.now_ns + SECOND);
	/* not before that */
	it.driven.now_ns += SECOND - 1;
	assert_int_equal(kube_watch_turn(it.watch, it.driven.now_ns), it.driven.due_ns);
	assert_int_equal(it.server.asked, 2);
	run_due(&it);
	run_due(&it);
	expect_watch_from(&it, 2, "555");
	expect_watch_from(&it, 3, "600");
	assert_int_equal(it.server.asked, 4);
	assert_string_equal(it.told, "7 600 ");
	expect_status(&it, true, 0);
	assert_string_equal(logged(), "");
	close_watched(&it);
}

static void goes_on_after_a_quiet_watch(void **state)
{
	static const bool cuts[] = { false, true };

	(void)state;
	for_each_case(is_cut, cuts) {
		const struct step steps[] = {
			{ .body = LIST_OF("20", NODE("7")) },
			{ .is_cut = *is_cut },
			{ .body = BOOKMARK("21") },
		};
		struct watched it;

		open_watched(&it, steps);
		run_told(&it, 1);
		it.driven.now_ns += 300 * SECOND;
		/* The next one begins at once. */
		run_idle(&it);
		expect_watch_from(&it, 2, "20");
		expect_status(&it, true, 0);
		assert_int_equal(kube_watch_status(it.watch).good_ns, it.driven.now_ns);
		assert_string_equal(logged(), "");
		close_watched(&it);
	}
}

static void lists_anew_when_its_version_is_gone(void **state)
{
	static const struct step gone[] = { { .status = 410 }, { .body = STATUS("410") } };

	(void)state;
	for_each_case(step, gone) {
		const struct step steps[] = {
			{ .body = LIST_OF("20", NODE("7")) }, *step,
			{ .body = LIST_OF("30", NODE("8")) }, { .body = BOOKMARK("31") },
			{ .body = BOOKMARK("32") },	      *step,
			{ .body = LIST_OF("40", NODE("9")) }, *step,
			{ .body = LIST_OF("50", NODE("9")) }, *step,
		};
		struct watched it;

		open_watched(&it, steps);
		/* All of that at one time. */
		run_idle(&it);
		expect_list(&it, 2);
		expect_watch_from(&it, 3, "30");
		assert_string_equal(it.told, "7 8 ");
		expect_status(&it, true, 0);
		run_due(&it);
		/* Once more after a watch that worked, then it waits. */
		run_due(&it);
		expect_list(&it, 6);
		assert_int_equal(it.server.asked, 8);
		expect_status(&it, false, 1);
		expect_wait(&it, 1);
		run_due(&it);
		expect_list(&it, 8);
		assert_int_equal(it.server.asked, 10);
		expect_wait(&it, 2);
		assert_int_equal(log_lines(), 1);
		assert_int_equal(truncate("log", 0), 0);
		close_watched(&it);
	}
}

static void tells_of_an_object_that_is_not_there_yet(void **state)
{
	static const struct step steps[] = {
		{ .body = LIST_OF("20", "") },
		{ .body = EVENT("ADDED", NODE("21")) },
		{ .body = EVENT("DELETED", NODE("22")) },
		{ .body = BOOKMARK("23") },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_told(&it, 1);
	expect_status(&it, false, 0);
	assert_int_equal(kube_watch_status(it.watch).good_ns, 0);
	assert_string_equal(last_line(),
			    "podip: warn: '/api/v1/nodes' of Kubernetes has no 'node-1', "
			    "ignoring\n");
	run_idle(&it);
	expect_status(&it, true, 0);
	assert_int_equal(log_lines(), 2);
	assert_string_equal(last_line(),
			    "podip: info: 'node-1' in '/api/v1/nodes' of Kubernetes is as "
			    "expected again\n");
	run_due(&it);
	assert_string_equal(it.told, "none 21 none ");
	expect_status(&it, false, 0);
	assert_int_equal(kube_watch_status(it.watch).good_ns, 1000 * SECOND);
	/* Another's bookmark says nothing good of it. */
	run_due(&it);
	assert_int_equal(kube_watch_status(it.watch).good_ns, 1000 * SECOND);
	assert_int_equal(log_lines(), 3);
	close_watched(&it);
}

static void sends_the_token_that_the_file_has_now(void **state)
{
	static const struct step steps[] = {
		{ .status = 401 },	    { .body = LIST_OF("20", NODE("7")) },
		{ .body = BOOKMARK("21") }, { .body = BOOKMARK("22") },
		{ .body = BOOKMARK("23") },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	kube_watch_close(it.watch);
	fetcher_close(it.fetcher);
	it.settings.kubernetes_token_file = "token";
	put("token", "old.secret\n");
	open_watch(&it);
	run_idle(&it);
	expect_status(&it, false, 1);
	expect_wait(&it, 1);
	put("token", " \tnew.secret\r\n");
	run_due(&it);
	expect_status(&it, true, 1);
	assert_int_equal(unlink("token"), 0);
	run_due(&it);
	put("token", "last.secret");
	run_due(&it);
	assert_string_equal(it.server.tokens[0], "Bearer old.secret");
	assert_string_equal(it.server.tokens[1], "Bearer new.secret");
	assert_string_equal(it.server.tokens[2], "Bearer new.secret");
	assert_string_equal(it.server.tokens[3], "");
	assert_string_equal(it.server.tokens[4], "Bearer last.secret");
	assert_string_equal(logged(),
			    "podip: warn: cannot list '/api/v1/nodes' of Kubernetes: HTTP status "
			    "401, ignoring\n"
			    "podip: info: '/api/v1/nodes' of Kubernetes can be listed again\n");
	close_watched(&it);
}

static void keeps_the_token_to_itself_over_http(void **state)
{
	static const struct step steps[] = {
		{ .body = LIST_OF("20", NODE("7")) },
		{ .body = BOOKMARK("21") },
	};
	struct watched it = { 0 };

	(void)state;
	serve_steps(&it.server, false, steps, case_count(steps));
	it.settings.kubernetes_url = web_url(it.server.web);
	it.settings.kubernetes_token_file = "token";
	put("token", "the.secret\n");
	open_watch(&it);
	run_idle(&it);
	expect_status(&it, true, 0);
	assert_string_equal(it.server.tokens[0], "");
	assert_string_equal(it.server.tokens[1], "");
	assert_int_equal(log_lines(), 1);
	assert_non_null(strstr(logged(), "without the token"));
	assert_null(strstr(logged(), "secret"));
	close_watched(&it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(lists_and_then_watches),
		workdir_test(tells_of_an_event_while_the_watch_goes_on),
		workdir_test(understands_every_kind_of_event),
		workdir_test(goes_on_from_a_bookmark_after_a_cut),
		workdir_test(goes_on_after_a_quiet_watch),
		workdir_test(lists_anew_when_its_version_is_gone),
		workdir_test(tells_of_an_object_that_is_not_there_yet),
		workdir_test(sends_the_token_that_the_file_has_now),
		workdir_test(keeps_the_token_to_itself_over_http),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
