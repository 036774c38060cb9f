// SPDX-License-Identifier: Apache-2.0
/* A metadata server that is not up, or answers with anything but what it should. */
#include "test.h"

#include "gce_server.h"
#include "log.h"
#include "workdir.h"

/* Of the log's first line, without its end, which holds the port. */
#define ASKING "podip: warn: cannot ask gce at 'http://127.0.0.1:"

static const struct page good = { .body = NODE(A), .etag = "ETag: 1" };

static void keeps_what_it_knew_whatever_comes(void **state)
{
	static const struct {
		struct page page;
		const char *why;
	} cases[] = {
		{ { .body = "" }, "not JSON" },
		{ { .body = "[]" }, "no network interfaces" },
		{ { .body = "{\"ipAliases\":[]}" }, "not as expected" },
		{ { .body = "[{\"ipAliases\":7}]" }, "not as expected" },
		{ { .body = "[{\"ipAliases\":[\"x\"]}]" }, "'x' is no alias range" },
		{ { .body = NODE(B), .answer = { .status = 404 } }, "status 404" },
		{ { .body = NODE(B), .answer = { .status = 503 } }, "status 503" },
		{ { .body = NODE(B), .answer = { .status = 204 } }, "status 204" },
		{ { .body = NODE(B),
		    .answer = { .status = 302, .headers = { NULL, "Location: /" } } },
		  "status 302" },
		{ { .body = NODE(B), .answer = { .is_cut = true } }, "" },
		{ { .body = NODE(B), .answer = { .fill = 64 << 20 } }, "" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct page pages[] = { good, c->page, good };
		struct lab lab = open_lab(pages, 3);
		uint64_t good_ns;

		run_next(&lab);
		good_ns = status_of(&lab).good_ns;
		run_next(&lab);
		assert_false(status_of(&lab).is_up);
		assert_int_equal(status_of(&lab).errors, 1);
		assert_true(status_of(&lab).good_ns == good_ns);
		assert_string_equal(says(&lab), WANT(A));
		assert_string_equal(gce_supplier.capacity(lab.gce)->node_pool, "pool-1");
		assert_non_null(strstr(last_line(), ASKING));
		assert_non_null(strstr(last_line(), c->why));
		/* It does not make the server wait to be up again. */
		questions();
		run_next(&lab);
		assert_string_equal(questions(), PLAIN " ");
		assert_true(status_of(&lab).is_up);
		assert_int_equal(gce_supplier.version(lab.gce), 1);
		assert_non_null(strstr(last_line(), "answers again"));
		close_lab(&lab);
	}
}

static void gives_a_slow_server_its_time(void **state)
{
	static const char *const drops[] = {
		"[{\"ip", "Aliases\":[", "\"" A "\"", "]}", "]", NULL
	};
	static const struct page page = { .answer = { .pieces = drops, .piece_ms = 100 } };
	struct lab lab = open_lab(&page, 1);

	(void)state;
	run_next(&lab);
	assert_string_equal(says(&lab), WANT(A));
	assert_int_equal(status_of(&lab).errors, 0);
	close_lab(&lab);
}

static void gives_up_a_server_that_never_ends(void **state)
{
	static const struct page page = { .body = NODE(A), .answer = { .is_open = true } };
	struct lab lab = open_lab(&page, 1);

	(void)state;
	while (asked_count() < 3)
		turn(&lab, 20);
	assert_true(lab.due_ns < now_of(&lab) + 120 * second_ns);
	lab.skew_ns += lab.due_ns - now_of(&lab);
	run_next(&lab);
	assert_false(status_of(&lab).is_up);
	assert_int_equal(status_of(&lab).errors, 1);
	assert_string_equal(says(&lab), "");
	close_lab(&lab);
}

static void waits_for_a_server_that_is_not_up_at_first(void **state)
{
	static const struct page down = { .body = "", .answer = { .status = 503 } };
	const struct page pages[] = { down, down, down, down, down, good };
	struct lab lab = open_lab(pages, 6);

	(void)state;
	server.zone = server.labels = down;
	for (unsigned int i = 0; i < 5; i++) {
		run_next(&lab);
		assert_false(status_of(&lab).is_up);
		assert_true(status_of(&lab).good_ns == 0);
		assert_true(lab.due_ns <= now_of(&lab) + 60 * second_ns);
	}
	assert_true(lab.due_ns >= now_of(&lab) + 7 * second_ns); /* 16 s, less a half at most */
	assert_int_equal(log_lines(), 1);
	assert_non_null(strstr(last_line(), "status 503"));
	pthread_mutex_lock(&server.lock);
	server.zone = (struct page){ .body = "projects/123/zones/europe-west1-b" };
	server.labels = (struct page){ .body = "", .answer = { .status = 404 } };
	pthread_mutex_unlock(&server.lock);
	questions();
	run_next(&lab);
	assert_string_equal(questions(), "zone attributes/kube-labels " PLAIN " ");
	assert_true(status_of(&lab).is_up);
	assert_string_equal(says(&lab), WANT(A));
	assert_string_equal(gce_supplier.capacity(lab.gce)->zone, "europe-west1-b");
	assert_string_equal(gce_supplier.capacity(lab.gce)->node_pool, "");
	assert_int_equal(log_lines(), 2);
	assert_non_null(strstr(last_line(), "answers again"));
	close_lab(&lab);
}

static void says_once_that_nobody_listens(void **state)
{
	struct lab lab = open_lab(&good, 1);
	char url[64];

	(void)state;
	gce_supplier.close(lab.gce);
	snprintf(url, sizeof(url), "%s", web_url(lab.web));
	web_close(take_ptr(lab.web));
	lab.gce = open_gce(url, lab.fetcher);
	for (unsigned int i = 1; i <= 4; i++) {
		run_next(&lab);
		assert_int_equal(status_of(&lab).errors, i);
	}
	assert_false(status_of(&lab).is_up);
	assert_int_equal(log_lines(), 1);
	assert_non_null(strstr(logged(), ASKING));
	close_lab(&lab);
}

static void does_without_what_does_not_change(void **state)
{
	static const struct {
		struct page page;
		const char *again; /* what is asked in the next round before the interfaces */
		uint64_t errors; /* in both */
	} cases[] = {
		{ { .body = "", .answer = { .status = 404 } }, "", 0 },
		{ { .body = "x", .answer = { .status = 403 } }, "", 2 },
		{ { .body = "x", .answer = { .status = 302 } }, "", 2 },
		{ { .body = "x", .answer = { .status = 500 } }, "zone attributes/kube-labels ", 4 },
		{ { .body = "<>,cloud.google.com/gke-nodepool=<>" }, "", 2 },
		{ { .body = "" }, "", 1 }, /* no label is among the labels */
	};

	(void)state;
	for_each_case(c, cases) {
		struct lab lab = open_lab(&good, 1);

		server.zone = server.labels = c->page;
		run_next(&lab);
		assert_true(status_of(&lab).is_up);
		assert_string_equal(says(&lab), WANT(A));
		assert_string_equal(gce_supplier.capacity(lab.gce)->zone, "");
		assert_string_equal(gce_supplier.capacity(lab.gce)->node_pool, "");
		assert_string_equal(questions(), "zone attributes/kube-labels " PLAIN " ");
		run_next(&lab);
		assert_true(status_of(&lab).is_up);
		assert_int_equal(status_of(&lab).errors, c->errors);
		assert_int_equal(strncmp(questions(), c->again, strlen(c->again)), 0);
		close_lab(&lab);
	}
}

static void leaves_a_question_behind_when_it_is_closed(void **state)
{
	static const struct page page = { .body = NODE(A), .answer = { .is_open = true } };
	struct lab lab = open_lab(&page, 1);

	(void)state;
	while (asked_count() < 3)
		turn(&lab, 20);
	close_lab(&lab);
	assert_string_equal(logged(), "");
}

static void refuses_a_url_that_is_too_long(void **state)
{
	static char url[2048];
	struct lab lab = open_lab(&good, 1);
	size_t used = (size_t)snprintf(url, sizeof(url), "%s/", web_url(lab.web));

	(void)state;
	gce_supplier.close(lab.gce);
	memset(url + used, 'a', sizeof(url) - used - 1);
	lab.gce = open_gce(url, lab.fetcher);
	run_next(&lab);
	assert_int_equal(status_of(&lab).errors, 1);
	assert_string_equal(questions(), "");
	close_lab(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(keeps_what_it_knew_whatever_comes),
		workdir_test(gives_a_slow_server_its_time),
		workdir_test(gives_up_a_server_that_never_ends),
		workdir_test(waits_for_a_server_that_is_not_up_at_first),
		workdir_test(says_once_that_nobody_listens),
		workdir_test(does_without_what_does_not_change),
		workdir_test(leaves_a_question_behind_when_it_is_closed),
		workdir_test(refuses_a_url_that_is_too_long),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
