// SPDX-License-Identifier: Apache-2.0
/* What is asked of the metadata server, and when. What goes wrong is test_gce_bad.c's business. */
#include "test.h"

#include "gce_server.h"
#include "log.h"
#include "workdir.h"

static void is_not_asked_without_a_url_or_a_network(void **state)
{
	struct fetcher *fetcher = NULL;
	static const char *const urls[] = { NULL, "", "http://127.0.0.1:1" };

	(void)state;
	assert_string_equal(gce_supplier.name, "gce");
	assert_true(gce_supplier.needs_network);
	assert_int_equal(fetcher_open(&fetcher), 0);
	for_each_case(url, urls) {
		const struct supplier_settings settings = { .gce_url = *url };
		const struct supplier_config config = { .settings = &settings,
							.fetcher = *url && **url ? NULL : fetcher };
		void *gce = NULL;

		assert_int_equal(gce_supplier.open(&config, &gce), 1);
		assert_null(gce);
	}
	fetcher_close(fetcher);
	gce_supplier.close(NULL);
}

static void asks_for_what_does_not_change_first(void **state)
{
	static const struct page page = { .body = NODE(A), .etag = "ETag: 411261ca6c9e4058" };
	struct lab lab = open_lab(&page, 1);

	(void)state;
	assert_string_equal(says(&lab), "");
	run_next(&lab);
	assert_string_equal(questions(), "zone attributes/kube-labels " PLAIN " ");
	assert_string_equal(says(&lab), WANT(A));
	assert_string_equal(gce_supplier.capacity(lab.gce)->zone, "europe-west1-b");
	assert_string_equal(gce_supplier.capacity(lab.gce)->node_pool, "pool-1");
	assert_true(status_of(&lab).is_up);
	assert_int_equal(status_of(&lab).entries, 1);
	assert_int_equal(status_of(&lab).errors, 0);
	assert_int_equal(gce_supplier.version(lab.gce), 1);
	assert_string_equal(logged(), "");
	close_lab(&lab);
}

static void hears_of_a_change_by_waiting_for_it(void **state)
{
	static const struct page pages[] = {
		{ .body = NODE(A), .etag = "ETag: 411261ca6c9e4058" },
		{ .body = NODE(B), .etag = "ETag: 5", .answer = { .delay_ms = 300 } },
		{ .body = NODE(B), .etag = "ETag: 5", .answer = { .is_open = true } },
	};
	struct lab lab = open_lab(pages, 3);

	(void)state;
	run_next(&lab);
	questions();
	run_next(&lab);
	assert_string_equal(questions(), PLAIN "&wait_for_change=true&last_etag=411261ca6c9e4058"
					       "&timeout_sec=60 ");
	assert_string_equal(says(&lab), WANT(B));
	assert_string_equal(gce_supplier.capacity(lab.gce)->zone, "europe-west1-b");
	assert_int_equal(gce_supplier.version(lab.gce), 2);
	/* It asks again soon, and is up while the server waits. */
	assert_true(lab.due_ns <= now_of(&lab) + second_ns);
	lab.skew_ns += second_ns;
	while (!asked_count())
		turn(&lab, 20);
	assert_string_equal(questions(), PLAIN "&wait_for_change=true&last_etag=5&timeout_sec=60 ");
	assert_true(lab.due_ns > now_of(&lab) + 70 * second_ns);
	assert_true(status_of(&lab).is_up);
	close_lab(&lab);
}

static void encodes_the_etag(void **state)
{
	static const struct page pages[] = {
		{ .body = NODE(A), .etag = "ETag: W/\"a%41&c=#+~\"" },
		{ .body = NODE(A), .etag = "ETag: x" },
	};
	struct lab lab = open_lab(pages, 2);

	(void)state;
	run_next(&lab);
	questions();
	run_next(&lab);
	assert_string_equal(questions(),
			    PLAIN "&wait_for_change=true&last_etag=W/\"a%41&c=#+~\"&timeout_sec="
				  "60 ");
	close_lab(&lab);
}

/* In the next minute after the round that follows, with nothing new. */
static size_t asked_in_a_minute(struct lab *lab)
{
	uint64_t end_ns;

	run_next(lab);
	run_next(lab);
	questions();
	end_ns = now_of(lab) + 60 * second_ns;
	while (now_of(lab) < end_ns)
		run_next(lab);
	return asked_count();
}

static void rests_when_the_server_does_not_wait(void **state)
{
	static const struct page pages[] = {
		{ .body = NODE(A), .etag = "ETag: 1" }, { .body = NODE(A) }, /* cannot wait */
	};

	(void)state;
	for_each_case(page, pages) {
		struct lab lab = open_lab(page, 1);

		assert_in_range(asked_in_a_minute(&lab), 1, 60 / PERIOD_S + 1);
		assert_true(status_of(&lab).is_up);
		assert_int_equal(gce_supplier.version(lab.gce), 1);
		close_lab(&lab);
	}
}

static void asks_on_when_the_server_has_waited(void **state)
{
	static const struct page pages[] = {
		{ .body = NODE(A), .etag = "ETag: 1" },
		{ .body = NODE(A), .etag = "ETag: 1", .answer = { .delay_ms = 1100 } },
	};
	struct lab lab = open_lab(pages, 2);

	(void)state;
	run_next(&lab);
	run_next(&lab);
	assert_true(lab.due_ns <= now_of(&lab) + second_ns);
	close_lab(&lab);
}

/* A slow answer is no waiting where there is nothing to wait with. */
static void rests_after_a_slow_answer_without_an_etag(void **state)
{
	static const struct page page = { .body = NODE(A), .answer = { .delay_ms = 1100 } };
	struct lab lab = open_lab(&page, 1);

	(void)state;
	run_next(&lab);
	assert_true(lab.due_ns > now_of(&lab) + (PERIOD_S - 1) * second_ns);
	/* and does rest, whenever it is called */
	questions();
	lab.skew_ns += 5 * second_ns;
	turn(&lab, 50);
	turn(&lab, 50);
	assert_string_equal(questions(), "");
	assert_true(lab.due_ns > now_of(&lab) + (PERIOD_S - 7) * second_ns);
	close_lab(&lab);
}

static void waits_longer_for_a_change_than_for_an_answer(void **state)
{
	static const struct page pages[] = {
		{ .body = NODE(A), .etag = "ETag: 1" },
		{ .body = NODE(B), .etag = "ETag: 2", .answer = { .delay_ms = 5300 } },
	};
	struct lab lab = open_lab(pages, 2);

	(void)state;
	run_next(&lab);
	run_next(&lab);
	assert_string_equal(says(&lab), WANT(B));
	assert_int_equal(status_of(&lab).errors, 0);
	close_lab(&lab);
}

static void asks_at_most_once_a_second_whatever_changes(void **state)
{
	static const struct page pages[] = {
		{ .body = NODE(A), .etag = "ETag: 1" }, { .body = NODE(B), .etag = "ETag: 2" },
		{ .body = NODE(A), .etag = "ETag: 3" }, { .body = NODE(B), .etag = "ETag: 4" },
		{ .body = NODE(A), .etag = "ETag: 5" },
	};
	struct lab lab = open_lab(pages, case_count(pages));

	(void)state;
	for (unsigned int i = 1; i <= case_count(pages); i++) {
		uint64_t good_ns;

		run_next(&lab);
		good_ns = status_of(&lab).good_ns;
		assert_int_equal(gce_supplier.version(lab.gce), i);
		assert_true(lab.due_ns >= good_ns + second_ns);
		assert_true(lab.due_ns <= good_ns + second_ns * 11 / 10);
	}
	close_lab(&lab);
}

static void is_up_without_an_alias(void **state)
{
	static const struct page page = { .body = "[{\"ip\":\"10.128.0.70\",\"ipAliases\":[]}]" };
	struct lab lab = open_lab(&page, 1);

	(void)state;
	run_next(&lab);
	assert_string_equal(says(&lab), "");
	assert_true(status_of(&lab).is_up);
	assert_int_equal(status_of(&lab).entries, 0);
	assert_int_equal(status_of(&lab).errors, 0);
	close_lab(&lab);
}

static void takes_a_url_with_a_slash_behind_it(void **state)
{
	static const struct page page = { .body = NODE(A) };
	struct lab lab = open_lab(&page, 1);
	char url[128];

	(void)state;
	gce_supplier.close(lab.gce);
	snprintf(url, sizeof(url), "%s//", web_url(lab.web));
	lab.gce = open_gce(url, lab.fetcher);
	run_next(&lab);
	assert_string_equal(says(&lab), WANT(A));
	close_lab(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(is_not_asked_without_a_url_or_a_network),
		workdir_test(asks_for_what_does_not_change_first),
		workdir_test(hears_of_a_change_by_waiting_for_it),
		workdir_test(encodes_the_etag),
		workdir_test(rests_when_the_server_does_not_wait),
		workdir_test(asks_on_when_the_server_has_waited),
		workdir_test(rests_after_a_slow_answer_without_an_etag),
		workdir_test(waits_longer_for_a_change_than_for_an_answer),
		workdir_test(asks_at_most_once_a_second_whatever_changes),
		workdir_test(is_up_without_an_alias),
		workdir_test(takes_a_url_with_a_slash_behind_it),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
