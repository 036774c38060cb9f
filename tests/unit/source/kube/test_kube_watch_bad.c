// SPDX-License-Identifier: Apache-2.0
/* What fails, over TLS: the last good state stays, and the server is left alone for a while. */
#include "test.h"

#include "kube_watch_fixture.h"

static const struct step good_list = { .body = LIST_OF("20", NODE("7")) };
static const struct step good_watch = { .body = BOOKMARK("21") };

static void waits_longer_after_each_failed_list(void **state)
{
	static const struct {
		unsigned int status;
		const char *header;
	} cases[] = {
		{ 302, "Location: https://127.0.0.1:1/" },
		{ 400, NULL },
		{ 401, NULL },
		{ 403, NULL },
		{ 410, NULL },
		{ 429, "Retry-After: 9" },
		{ 500, NULL },
		{ 204, NULL },
	};
	static const unsigned int waits_s[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 };

	(void)state;
	for_each_case(c, cases) {
		struct step steps[case_count(waits_s) + 2];
		unsigned int failures = 0;
		struct watched it;
		char want[256];

		for_each_case(step, steps)
			*step = (struct step){ .status = c->status, .header = c->header };
		steps[case_count(waits_s)] = good_list;
		steps[case_count(waits_s) + 1] = good_watch;
		open_watched(&it, steps);
		for_each_case(wait_s, waits_s) {
			run_idle(&it);
			failures++;
			expect_list(&it, failures - 1);
			expect_status(&it, false, failures);
			expect_wait(&it, *wait_s);
			assert_int_equal(it.server.asked, failures);
			it.driven.now_ns = it.driven.due_ns;
		}
		assert_string_equal(it.told, "");
		snprintf(want, sizeof(want),
			 "podip: warn: cannot list '/api/v1/nodes' of Kubernetes: HTTP status %u, "
			 "ignoring\n",
			 c->status);
		assert_string_equal(logged(), want);
		run_idle(&it);
		expect_status(&it, true, failures);
		assert_string_equal(
			last_line(),
			"podip: info: '/api/v1/nodes' of Kubernetes can be listed again\n");
		assert_int_equal(log_lines(), 2);
		assert_int_equal(truncate("log", 0), 0);
		close_watched(&it);
	}
}

static void leaves_a_kind_that_does_not_exist_alone(void **state)
{
	static const struct step steps[] = {
		{ .status = 404 }, { .status = 404 }, { .body = LIST_OF("20", NODE("7")) },
		{ .status = 500 }, { .status = 404 },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_idle(&it);
	expect_wait(&it, 300);
	run_due(&it);
	expect_wait(&it, 300);
	expect_status(&it, false, 0);
	assert_string_equal(logged(),
			    "podip: info: Kubernetes has no '/api/v1/nodes', it is asked again "
			    "every 300 s at most\n");
	/* It is there now: what goes wrong then is another matter. */
	run_due(&it);
	expect_status(&it, false, 1);
	expect_wait(&it, 1);
	run_due(&it);
	expect_wait(&it, 300);
	assert_string_equal(it.told, "7 ");
	assert_int_equal(log_lines(), 4);
	close_watched(&it);
}

static void goes_on_counting_where_lists_alone_are_allowed(void **state)
{
	static const struct step steps[] = {
		{ .status = 500 }, { .body = LIST_OF("20", NODE("7")) },
		{ .status = 403 }, { .body = LIST_OF("20", NODE("8")) },
		{ .status = 403 }, { .body = LIST_OF("20", NODE("9")) },
		{ .status = 403 },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_idle(&it);
	expect_wait(&it, 1);
	run_due(&it);
	expect_wait(&it, 2);
	run_due(&it);
	expect_wait(&it, 4);
	run_due(&it);
	expect_wait(&it, 8);
	assert_string_equal(it.told, "7 8 9 ");
	expect_status(&it, false, 4);
	/* That a list works was said of the first one alone. */
	assert_int_equal(log_lines(), 3);
	assert_non_null(strstr(last_line(), "warn: cannot watch"));
	close_watched(&it);
}

static void trusts_no_other_authority(void **state)
{
	const struct step steps[] = { good_list, good_watch };
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	kube_watch_close(it.watch);
	fetcher_close(it.fetcher);
	it.settings.kubernetes_ca_file = "ca.pem";
	assert_int_equal(symlink(web_other_ca_file(), "ca.pem"), 0);
	it.settings.kubernetes_token_file = "token";
	put("token", "the.secret");
	open_watch(&it);
	run_idle(&it);
	expect_wait(&it, 1);
	run_due(&it);
	expect_wait(&it, 2);
	expect_status(&it, false, 2);
	assert_int_equal(it.server.asked, 0);
	assert_int_equal(log_lines(), 1);
	/* The file is another one now. */
	assert_int_equal(unlink("ca.pem"), 0);
	assert_int_equal(symlink(web_ca_file(), "ca.pem"), 0);
	run_due(&it);
	expect_status(&it, true, 2);
	assert_string_equal(it.told, "7 ");
	assert_int_equal(log_lines(), 2);
	assert_null(strstr(logged(), "secret"));
	close_watched(&it);
}

static void sends_nothing_with_a_token_that_is_none(void **state)
{
	const struct step steps[] = { good_list, good_watch };
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	kube_watch_close(it.watch);
	fetcher_close(it.fetcher);
	it.settings.kubernetes_token_file = "token";
	put("token", "a.secret\r\nX-Admin: yes");
	open_watch(&it);
	run_idle(&it);
	expect_wait(&it, 1);
	run_due(&it);
	expect_wait(&it, 2);
	expect_status(&it, false, 2);
	assert_int_equal(it.server.asked, 0);
	assert_string_equal(logged(),
			    "podip: warn: cannot list '/api/v1/nodes' of Kubernetes: token "
			    "in 'token': not as expected, ignoring\n");
	put("token", "a.secret");
	run_due(&it);
	expect_status(&it, true, 2);
	assert_null(strstr(logged(), "secret"));
	close_watched(&it);
}

static void names_a_cause_again_when_it_is_another_one(void **state)
{
	static const struct step steps[] = {
		{ .status = 500 },
		{ .status = 500 },
		{ .status = 403 },
		{ .status = 500 },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_idle(&it);
	run_due(&it);
	assert_int_equal(log_lines(), 1);
	run_due(&it);
	assert_int_equal(log_lines(), 2);
	run_due(&it);
	assert_int_equal(log_lines(), 3);
	/* and when the server is gone */
	web_close(it.server.web);
	it.server.web = NULL;
	run_due(&it);
	assert_int_equal(log_lines(), 4);
	expect_status(&it, false, 5);
	close_watched(&it);
}

static void counts_objects_that_are_not_understood(void **state)
{
	static const struct step steps[] = {
		{ .body = LIST_OF("20", NODE("7")) },
		{ .body = EVENT("MODIFIED", NODE("21")) },
		{ .body = EVENT("MODIFIED", NODE("22")) },
		{ .body = BOOKMARK("23") },
		{ .body = EVENT("MODIFIED", NODE("24")) },
		{ .body = EVENT("MODIFIED", NODE("25")) },
	};
	struct watched it;

	(void)state;
	open_watched(&it, steps);
	run_told(&it, 1);
	it.result = -ENODATA;
	run_idle(&it);
	run_due(&it);
	run_due(&it);
	expect_status(&it, false, 2);
	assert_int_equal(kube_watch_status(it.watch).good_ns, 1000 * SECOND);
	assert_string_equal(logged(), "podip: warn: cannot use 'node-1' in '/api/v1/nodes' of "
				      "Kubernetes: nothing usable in it, ignoring\n");
	it.result = 3;
	run_due(&it);
	/* The watch itself is not to blame. */
	expect_watch_from(&it, 4, "23");
	expect_status(&it, true, 5);
	assert_int_equal(kube_watch_status(it.watch).good_ns, it.driven.now_ns);
	assert_string_equal(last_line(), "podip: warn: 3 values of 'node-1' in '/api/v1/nodes' of "
					 "Kubernetes are not as expected, ignoring\n");
	it.result = 0;
	run_due(&it);
	expect_status(&it, true, 5);
	assert_int_equal(log_lines(), 3);
	close_watched(&it);
}

static void can_be_closed_while_the_server_hangs(void **state)
{
	static const struct step hanging[] = {
		{ .is_open = true },
		{ .body = "{\"metadata\":", .is_open = true },
	};

	(void)state;
	for_each_case(step, hanging) {
		const struct step steps[] = { good_list, *step };
		struct watched it;

		open_watched(&it, steps);
		run_told(&it, 1);
		assert_int_equal(kube_watch_turn(it.watch, it.driven.now_ns + 1000 * SECOND),
				 SUPPLIER_NEVER);
		close_watched(&it);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(waits_longer_after_each_failed_list),
		workdir_test(leaves_a_kind_that_does_not_exist_alone),
		workdir_test(goes_on_counting_where_lists_alone_are_allowed),
		workdir_test(trusts_no_other_authority),
		workdir_test(sends_nothing_with_a_token_that_is_none),
		workdir_test(names_a_cause_again_when_it_is_another_one),
		workdir_test(counts_objects_that_are_not_understood),
		workdir_test(can_be_closed_while_the_server_hangs),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
