// SPDX-License-Identifier: Apache-2.0
/*
 * What takes minutes at a server, with a fetcher of the test's own: what is asked of
 * it is kept, and the test says how it ended.
 */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "net/fetch.h"
#include "source/kube/kube_watch.h"
#include "workdir.h"

#define SECOND UINT64_C(1000000000)
#define LIST                                          \
	"{\"metadata\":{\"resourceVersion\":\"20\"}," \
	"\"items\":[{\"metadata\":{\"name\":\"node-1\"}}]}"
#define EVENT                                                        \
	"{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":" \
	"\"node-1\",\"resourceVersion\":\"21\"}}}"

struct fetcher {
	struct fetch_request request; /* the last one; url is a copy */
	char url[512];
	unsigned int started, cancelled;
	int err; /* of the next start */
};

int fetcher_start(struct fetcher *fetcher, const struct fetch_request *request, struct fetch **out)
{
	if (fetcher->err)
		return fetcher->err;
	fetcher->started++;
	fetcher->request = *request;
	snprintf(fetcher->url, sizeof(fetcher->url), "%s", request->url);
	*out = (struct fetch *)fetcher;
	return 0;
}

void fetch_cancel(struct fetch *fetch)
{
	if (fetch)
		((struct fetcher *)fetch)->cancelled++;
}

struct watched {
	struct fetcher fetcher;
	struct supplier_settings settings;
	struct kube_watch *watch;
	uint64_t now_ns;
	unsigned int told;
	int result;
};

static int tell(const json_t *object, void *ctx)
{
	struct watched *it = ctx;

	(void)object;
	it->told++;
	return it->result;
}

static void open_watched(struct watched *it)
{
	*it = (struct watched){ .settings = { .kubernetes_url = "http://h", .node = "node-1" },
				.now_ns = 1000 * SECOND };
	assert_int_equal(kube_watch_open(&(struct kube_watch_config){ .settings = &it->settings,
								      .fetcher = &it->fetcher,
								      .path = "/api/v1/nodes",
								      .on_object = tell,
								      .ctx = it },
					 &it->watch),
			 0);
}

static uint64_t turn(struct watched *it)
{
	return kube_watch_turn(it->watch, it->now_ns);
}

static bool is_watching(const struct watched *it)
{
	return strstr(it->fetcher.url, "&watch=true") != NULL;
}

static uint64_t end(struct watched *it, int err, long status, const char *body)
{
	struct fetch_answer answer = {
		.err = err, .status = status, .body = body, .size = strlen(body)
	};

	snprintf(answer.why, sizeof(answer.why), "%s", err ? "because" : "");
	it->fetcher.request.on_done(&answer, it->fetcher.request.ctx);
	return turn(it);
}

static int hear(struct watched *it, const char *text)
{
	cleanup_free char *line = strdup(text);

	assert_non_null(line);
	return it->fetcher.request.on_line(line, strlen(line), it->fetcher.request.ctx);
}

static void start_watching(struct watched *it)
{
	open_watched(it);
	assert_int_equal(turn(it), SUPPLIER_NEVER);
	assert_false(is_watching(it));
	assert_int_equal(end(it, 0, 200, LIST), SUPPLIER_NEVER);
	assert_true(is_watching(it));
	assert_int_equal(it->told, 1);
}

static void bounds_what_it_asks_for(void **state)
{
	const struct fetch_request *request;
	struct watched it;
	unsigned int timeout_s = 0;

	(void)state;
	open_watched(&it);
	request = &it.fetcher.request;
	turn(&it);
	assert_true(request->timeout_ns == KUBE_LIST_S * SECOND);
	assert_int_equal(request->max_bytes, KUBE_LIST_MAX);
	assert_null(request->on_line);
	end(&it, 0, 200, LIST);
	assert_int_equal(
		sscanf(strstr(it.fetcher.url, "timeoutSeconds"), "timeoutSeconds=%u", &timeout_s),
		1);
	assert_true(request->timeout_ns == (timeout_s + KUBE_GRACE_S) * SECOND);
	assert_int_equal(request->max_bytes, KUBE_EVENT_MAX);
	assert_non_null(request->on_line);
	kube_watch_close(it.watch);
	assert_int_equal(it.fetcher.cancelled, 1);
}

static void is_down_when_a_connection_died_quietly(void **state)
{
	struct watched it;

	(void)state;
	start_watching(&it);
	it.now_ns += 305 * SECOND;
	assert_in_range(end(&it, -ETIMEDOUT, 200, "") - it.now_ns, SECOND / 2, SECOND);
	assert_false(kube_watch_status(it.watch).is_up);
	assert_int_equal(kube_watch_status(it.watch).errors, 1);
	assert_string_equal(logged(), "podip: warn: cannot watch '/api/v1/nodes' of Kubernetes: "
				      "because, ignoring\n");
	it.now_ns += SECOND;
	turn(&it);
	assert_false(is_watching(&it));
	assert_int_equal(it.fetcher.started, 3);
	kube_watch_close(it.watch);
}

static void tells_a_watch_that_lasted_from_one_that_did_not(void **state)
{
	static const struct {
		uint64_t lasted_ns;
		int err;
		long status;
		bool is_good;
	} cases[] = {
		{ SECOND, 0, 200, true },
		{ SECOND, -ECONNRESET, 200, true },
		{ SECOND - 1, 0, 200, false },
		{ SECOND - 1, -ECONNRESET, 200, false },
		/* something between us took the connection, but no server answered */
		{ 9 * SECOND, -ECONNRESET, 0, false },
		{ 9 * SECOND, -ECONNREFUSED, 0, false },
		{ 9 * SECOND, -EPROTO, 200, false },
		{ 9 * SECOND, 0, 204, false },
	};

	(void)state;
	for_each_case(c, cases) {
		struct watched it;

		start_watching(&it);
		it.now_ns += c->lasted_ns;
		end(&it, c->err, c->status, "");
		assert_int_equal(kube_watch_status(it.watch).is_up, c->is_good);
		assert_int_equal(kube_watch_status(it.watch).errors, !c->is_good);
		assert_int_equal(it.fetcher.started, c->is_good ? 3 : 2);
		kube_watch_close(it.watch);
	}
}

static void judges_each_request_by_its_own_course(void **state)
{
	struct watched it;

	(void)state;
	start_watching(&it);
	assert_int_equal(hear(&it, EVENT), 0);
	assert_int_equal(end(&it, 0, 200, ""), it.now_ns + SECOND);
	/* This one tells nothing. */
	it.now_ns += SECOND;
	turn(&it);
	end(&it, 0, 200, "");
	assert_non_null(strstr(last_line(), "it ended at once"));
	it.now_ns += SECOND;
	turn(&it);
	end(&it, 0, 200, LIST);
	assert_int_equal(hear(&it, "nonsense"), -EBADMSG);
	end(&it, -EBADMSG, 200, "");
	assert_non_null(strstr(last_line(), "not JSON"));
	/* And this one is not to blame for that line. */
	it.now_ns += 2 * SECOND;
	turn(&it);
	end(&it, 0, 500, "");
	assert_non_null(strstr(last_line(), "HTTP status 500"));
	kube_watch_close(it.watch);
}

static void forgets_its_failures_when_a_watch_works(void **state)
{
	struct watched it;

	(void)state;
	start_watching(&it);
	for (unsigned int i = 0; i < 5; i++) {
		it.now_ns = end(&it, 0, 500, "");
		turn(&it);
		end(&it, 0, 200, LIST);
	}
	assert_in_range(end(&it, 0, 500, "") - it.now_ns, 16 * SECOND, 32 * SECOND);
	it.now_ns += 32 * SECOND;
	turn(&it);
	end(&it, 0, 200, LIST);
	assert_int_equal(log_lines(), 1);
	assert_int_equal(hear(&it, EVENT), 0);
	assert_int_equal(turn(&it), SUPPLIER_NEVER);
	assert_int_equal(log_lines(), 2);
	assert_in_range(end(&it, -EPROTO, 200, "") - it.now_ns, SECOND / 2, SECOND);
	kube_watch_close(it.watch);
}

static void asks_again_for_what_it_had_no_memory_for(void **state)
{
	struct watched it;

	(void)state;
	start_watching(&it);
	it.result = -ENOMEM;
	assert_int_equal(hear(&it, EVENT), 0);
	assert_in_range(turn(&it) - it.now_ns, SECOND / 2, SECOND);
	assert_int_equal(it.fetcher.cancelled, 1);
	assert_false(kube_watch_status(it.watch).is_up);
	it.now_ns += SECOND;
	turn(&it);
	assert_false(is_watching(&it));
	assert_in_range(end(&it, 0, 200, LIST) - it.now_ns, SECOND, 2 * SECOND);
	it.result = 0;
	it.now_ns += 2 * SECOND;
	turn(&it);
	end(&it, 0, 200, LIST);
	assert_true(is_watching(&it));
	assert_true(kube_watch_status(it.watch).is_up);
	kube_watch_close(it.watch);
}

static void waits_when_a_request_cannot_be_made(void **state)
{
	struct watched it;

	(void)state;
	open_watched(&it);
	it.fetcher.err = -EBUSY;
	assert_in_range(turn(&it) - it.now_ns, SECOND / 2, SECOND);
	it.now_ns += SECOND;
	assert_in_range(turn(&it) - it.now_ns, SECOND, 2 * SECOND);
	assert_int_equal(kube_watch_status(it.watch).errors, 2);
	assert_int_equal(log_lines(), 1);
	it.fetcher.err = 0;
	it.now_ns += 2 * SECOND;
	assert_int_equal(turn(&it), SUPPLIER_NEVER);
	kube_watch_close(it.watch);
}

static void does_nothing_while_nothing_is_due(void **state)
{
	struct watched it;

	(void)state;
	start_watching(&it);
	for (unsigned int i = 0; i < 3; i++) {
		it.now_ns += 100 * SECOND;
		assert_int_equal(turn(&it), SUPPLIER_NEVER);
	}
	assert_int_equal(it.fetcher.started, 2);
	assert_int_equal(it.told, 1);
	assert_true(kube_watch_status(it.watch).good_ns == 1000 * SECOND);
	kube_watch_close(it.watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(bounds_what_it_asks_for),
		workdir_test(is_down_when_a_connection_died_quietly),
		workdir_test(tells_a_watch_that_lasted_from_one_that_did_not),
		workdir_test(judges_each_request_by_its_own_course),
		workdir_test(forgets_its_failures_when_a_watch_works),
		workdir_test(asks_again_for_what_it_had_no_memory_for),
		workdir_test(waits_when_a_request_cannot_be_made),
		workdir_test(does_nothing_while_nothing_is_due),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
