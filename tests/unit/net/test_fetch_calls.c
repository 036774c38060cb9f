// SPDX-License-Identifier: Apache-2.0
/* When on_done and on_line are called and when not, and what they may do. */
#include "test.h"

#include <errno.h>

#include "fetch_fixture.h"

static const char *const hello[] = { "hello", NULL };
static const char *const lines[] = { "one\ntwo\nthree\n", "four\n", "last", NULL };
static const struct route routes[] = {
	{ "/hello", { .pieces = hello } },
	{ "/lines", { .pieces = lines } },
	{ "/open", { .pieces = lines, .is_open = true } },
	{ "/never", { .delay_ms = 60000 } },
	{ 0 },
};

/* A request whose callbacks do something to another, or to itself. */
struct actor {
	struct outcome outcome; /* first: the fixture's callbacks are told of it */
	struct fetcher *fetcher;
	struct fetch *fetch; /* NULL once it is over */
	struct actor *other;
	const char *url; /* of what it starts, by the name of `other` */
	const char *at; /* the line at which on_line acts */
	void (*act)(struct actor *actor);
	int err; /* of what it started */
};

static int on_line(char *line, size_t size, void *ctx)
{
	struct actor *actor = ctx;
	int err = keep_line(line, size, &actor->outcome);

	if (actor->act && !strcmp(line, actor->at))
		actor->act(actor);
	return err;
}

static void on_done(const struct fetch_answer *answer, void *ctx)
{
	struct actor *actor = ctx;

	actor->fetch = NULL;
	keep_outcome(answer, &actor->outcome);
	if (actor->act && !actor->at)
		actor->act(actor);
}

static int start(struct actor *actor, struct fetcher *fetcher, const char *url, bool has_lines)
{
	struct fetch_request request = request_of(url, NULL);

	actor->fetcher = fetcher;
	request.on_line = has_lines ? on_line : NULL;
	request.on_done = on_done;
	request.ctx = actor;
	return fetcher_start(fetcher, &request, &actor->fetch);
}

static bool is_over(void *ctx)
{
	return !((struct actor *)ctx)->fetch;
}

/* How many more it takes: none that was cancelled keeps its place. */
static size_t places_of(struct fetcher *fetcher, const char *url)
{
	struct actor actors[FETCHES_MAX] = { 0 };
	size_t count = 0;

	while (count < FETCHES_MAX && !start(&actors[count], fetcher, url, false))
		count++;
	for (size_t i = 0; i < count; i++)
		fetch_cancel(actors[i].fetch);
	return count;
}

static void cancel_itself(struct actor *actor)
{
	fetch_cancel(take_ptr(actor->fetch));
}

static void cancel_other(struct actor *actor)
{
	fetch_cancel(take_ptr(actor->other->fetch));
}

static void start_other(struct actor *actor)
{
	actor->err = start(actor->other, actor->fetcher, actor->url, false);
}

static void start_and_cancel_other(struct actor *actor)
{
	start_other(actor);
	cancel_other(actor);
}

static void tells_the_end_once_and_not_while_it_starts(void **state)
{
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	const char *const urls[] = { url_of(web, "/hello"), "http://127.0.0.1:1/" };

	(void)state;
	for_each_case(url, urls) {
		struct actor actor = { 0 };
		struct outcome later = { 0 };
		struct fetch_request request = request_of(url_of(web, "/hello"), &later);

		assert_int_equal(start(&actor, fetcher, *url, false), 0);
		assert_int_equal(actor.outcome.dones, 0);
		fetching_run(fetcher, is_done, &actor.outcome);
		run(fetcher, &request);
		assert_int_equal(actor.outcome.dones, 1);
	}
}

static void takes_so_many_at_a_time(void **state)
{
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct actor actors[FETCHES_MAX] = { 0 }, another = { 0 };
	const char *never = url_of(web, "/never");

	(void)state;
	for_each_case(actor, actors)
		assert_int_equal(start(actor, fetcher, never, false), 0);
	assert_int_equal(start(&another, fetcher, never, false), -EBUSY);
	assert_null(another.fetch);
	fetch_cancel(actors[5].fetch);
	assert_int_equal(start(&another, fetcher, url_of(web, "/hello"), false), 0);
	fetching_run(fetcher, is_done, &another.outcome);
	/* The place is free before on_done is called. */
	another = (struct actor){ .act = start_other, .other = &actors[5], .url = never };
	assert_int_equal(start(&another, fetcher, url_of(web, "/hello"), false), 0);
	fetching_run(fetcher, is_done, &another.outcome);
	assert_int_equal(another.err, 0);
	assert_non_null(actors[5].fetch);
	for_each_case(actor, actors)
		assert_int_equal(actor->outcome.dones, 0);
}

static void tells_nothing_of_a_cancelled_one(void **state)
{
	static const char *const paths[] = { "/hello", "/never", "/open", "/lines" };
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for (int turns = 0; turns < 4; turns++) {
		for_each_case(path, paths) {
			struct actor actor = { 0 };
			struct outcome outcome = { 0 };
			struct fetch_request request = request_of(url_of(web, "/hello"), &outcome);

			assert_int_equal(start(&actor, fetcher, url_of(web, *path), true), 0);
			for (int i = 0; i < turns && actor.fetch; i++)
				assert_int_equal(fetcher_turn(fetcher), 0);
			assert_int_equal(actor.outcome.dones, actor.fetch ? 0 : 1);
			cancel_itself(&actor);
			run(fetcher, &request);
			assert_true(actor.outcome.dones <= 1);
		}
	}
	fetch_cancel(NULL);
}

static void may_start_another_when_one_ends(void **state)
{
	static const struct {
		const char *path;
		bool has_lines;
		const char *at;
	} cases[] = {
		{ "/hello", false, NULL }, /* from on_done */
		{ "/lines", true, "one" }, /* from on_line */
		{ "/lines", true, "last" }, /* from on_line, at the end of the answer */
	};
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct actor second = { 0 };
		struct actor first = { .act = start_other,
				       .at = c->at,
				       .other = &second,
				       .url = url_of(web, "/hello") };

		assert_int_equal(start(&first, fetcher, url_of(web, c->path), c->has_lines), 0);
		fetching_run(fetcher, is_done, &first.outcome);
		fetching_run(fetcher, is_done, &second.outcome);
		assert_int_equal(first.err, 0);
		assert_int_equal(first.outcome.answer.err, 0);
		assert_string_equal(second.outcome.body, "hello");
	}
}

static void may_cancel_itself_at_a_line(void **state)
{
	static const struct {
		const char *at, *lines;
	} cases[] = {
		{ "one", "one|" },
		{ "two", "one|two|" },
		{ "four", "one|two|three|four|" },
		{ "last", "one|two|three|four|last|" },
	};
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct actor actor = { .act = cancel_itself, .at = c->at };
		struct outcome outcome = { 0 };
		struct fetch_request request = request_of(url_of(web, "/hello"), &outcome);

		assert_int_equal(start(&actor, fetcher, url_of(web, "/lines"), true), 0);
		fetching_run(fetcher, is_over, &actor);
		run(fetcher, &request);
		assert_string_equal(actor.outcome.lines, c->lines);
		assert_int_equal(actor.outcome.dones, 0);
		assert_int_equal(places_of(fetcher, url_of(web, "/never")), FETCHES_MAX);
	}
}

static void may_cancel_another(void **state)
{
	static const struct {
		const char *path, *at, *other;
		void (*act)(struct actor *actor);
	} cases[] = {
		{ "/hello", NULL, "/never", cancel_other },
		{ "/hello", NULL, "/open", cancel_other },
		{ "/lines", "one", "/never", cancel_other },
		{ "/lines", "one", "/open", cancel_other },
		{ "/lines", "last", "/open", cancel_other },
		{ "/hello", NULL, NULL, start_and_cancel_other },
		{ "/lines", "one", NULL, start_and_cancel_other },
		{ "/lines", "last", NULL, start_and_cancel_other },
	};
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct actor second = { 0 };
		struct actor first = {
			.act = c->act, .at = c->at, .other = &second, .url = url_of(web, "/hello")
		};
		struct outcome outcome = { 0 };
		struct fetch_request request = request_of(url_of(web, "/hello"), &outcome);

		if (c->other)
			assert_int_equal(start(&second, fetcher, url_of(web, c->other), true), 0);
		assert_int_equal(start(&first, fetcher, url_of(web, c->path), c->at != NULL), 0);
		fetching_run(fetcher, is_done, &first.outcome);
		run(fetcher, &request);
		assert_int_equal(first.err, 0);
		assert_int_equal(first.outcome.answer.err, 0);
		assert_null(second.fetch);
		assert_int_equal(second.outcome.dones, 0);
		assert_int_equal(places_of(fetcher, url_of(web, "/never")), FETCHES_MAX);
	}
}

/* Both end before the one turn in which the first is told. */
static void may_cancel_one_that_has_ended_too(void **state)
{
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct actor first = { .act = cancel_other }, second = { .act = cancel_other };

	(void)state;
	first.other = &second;
	second.other = &first;
	assert_int_equal(start(&first, fetcher, "http://127.0.0.1:1/", false), 0);
	assert_int_equal(start(&second, fetcher, "http://127.0.0.1:1/", false), 0);
	fetching_run(fetcher, is_over, &first);
	fetching_run(fetcher, is_over, &second);
	assert_int_equal(first.outcome.dones + second.outcome.dones, 1);
}

static void ends_with_what_a_line_says(void **state)
{
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct outcome outcome = { .line_err = -EBADMSG };
	struct fetch_request request = request_of(url_of(web, "/lines"), &outcome);

	(void)state;
	request.on_line = keep_line;
	run(fetcher, &request);
	assert_int_equal(outcome.answer.err, -EBADMSG);
	assert_string_equal(outcome.answer.why, strerror(EBADMSG));
	assert_int_equal(outcome.answer.status, 200);
	assert_string_equal(outcome.lines, "one|");
}

static void ends_with_what_the_last_line_says(void **state)
{
	static const char *const last[] = { "last", NULL };
	static const struct route one_line[] = { { "/", { .pieces = last } }, { 0 } };
	cleanup_web struct web *web = open_web(one_line);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct outcome outcome = { .line_err = -EBADMSG };
	struct fetch_request request = request_of(url_of(web, "/"), &outcome);

	(void)state;
	request.on_line = keep_line;
	run(fetcher, &request);
	assert_int_equal(outcome.answer.err, -EBADMSG);
	assert_string_equal(outcome.lines, "last|");
}

static void closes_with_requests_under_way(void **state)
{
	static const char *const paths[] = { "/hello", "/never", "/open", "/lines" };
	cleanup_web struct web *web = open_web(routes);
	struct actor actors[4];

	(void)state;
	for (int turns = 0; turns < 4; turns++) {
		struct fetcher *fetcher = open_fetcher();

		memset(actors, 0, sizeof(actors));
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(start(&actors[i], fetcher, url_of(web, paths[i]), true),
					 0);
		for (int i = 0; i < turns; i++)
			assert_int_equal(fetcher_turn(fetcher), 0);
		for_each_case(actor, actors)
			actor->outcome.dones = 0;
		fetcher_close(fetcher);
		for_each_case(actor, actors)
			assert_int_equal(actor->outcome.dones, 0);
	}
	fetcher_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_end_once_and_not_while_it_starts),
		cmocka_unit_test(takes_so_many_at_a_time),
		cmocka_unit_test(tells_nothing_of_a_cancelled_one),
		cmocka_unit_test(may_start_another_when_one_ends),
		cmocka_unit_test(may_cancel_itself_at_a_line),
		cmocka_unit_test(may_cancel_another),
		cmocka_unit_test(may_cancel_one_that_has_ended_too),
		cmocka_unit_test(ends_with_what_a_line_says),
		cmocka_unit_test(ends_with_what_the_last_line_says),
		cmocka_unit_test(closes_with_requests_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
