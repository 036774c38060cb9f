// SPDX-License-Identifier: Apache-2.0
/* What is asked, of whom, and what comes of it. Answers that go wrong are test_fetch_bad.c's
 * business, when what is called is test_fetch_calls.c's. */
#include "test.h"

#include <errno.h>

#include "fetch_fixture.h"
#include "workdir.h"

static const char *const hello[] = { "hello", NULL };

static void gets_an_answer_over_each_transport(void **state)
{
	static const struct route routes[] = {
		{ "/a?b=1", { .pieces = hello, .headers = { "ETag: \"e-1\"" } } }, { 0 }
	};
	static const struct {
		bool has_tls;
		const char *socket_path;
	} cases[] = { { false, NULL }, { true, NULL }, { false, "socket" }, { true, "socket" } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_web struct web *web =
			web_open(&(struct web_config){ .has_tls = c->has_tls,
						       .socket_path = c->socket_path,
						       .answer = answer_by_path,
						       .ctx = (void *)routes });
		struct fetch_request request = request_of(url_of(web, "/a?b=1"), NULL);
		struct outcome outcome;

		request.socket_path = c->socket_path;
		outcome = outcome_of(&request);
		assert_int_equal(outcome.answer.err, 0);
		assert_int_equal(outcome.answer.status, 200);
		assert_string_equal(outcome.body, "hello");
		assert_int_equal(outcome.answer.size, 5);
		assert_string_equal(outcome.answer.etag, "\"e-1\"");
		assert_int_equal(web_requests(web), 1);
	}
}

static void gives_an_answer_of_any_status_as_it_is(void **state)
{
	static const struct route routes[] = {
		{ "/302", { .status = 302, .pieces = hello, .headers = { "Location: /200" } } },
		{ "/308", { .status = 308, .pieces = hello, .headers = { "Location: /200" } } },
		{ "/401", { .status = 401, .headers = { "WWW-Authenticate: Basic" } } },
		{ "/204", { .status = 204 } },
		{ "/304", { .status = 304 } },
		{ "/503", { .status = 503, .pieces = hello } },
		{ 0 },
	};
	static const struct {
		const char *path;
		long status;
		const char *body;
	} cases[] = {
		{ "/302", 302, "hello" }, { "/308", 308, "hello" }, { "/401", 401, "" },
		{ "/204", 204, "" },	  { "/304", 304, "" },	    { "/503", 503, "hello" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_web struct web *web = open_web(routes);
		struct fetch_request request = request_of(url_of(web, c->path), NULL);
		struct outcome outcome = outcome_of(&request);

		assert_int_equal(outcome.answer.err, 0);
		assert_int_equal(outcome.answer.status, c->status);
		assert_string_equal(outcome.body, c->body);
		assert_int_equal(web_requests(web), 1);
	}
}

static void tell_request(const struct web_request *request, struct web_answer *out, void *ctx)
{
	static const char *const names[] = { "X-One", "X-Two", "Accept-Encoding", "Cookie" };
	static char text[256];
	static const char *pieces[] = { text, NULL };
	size_t used = (size_t)snprintf(text, sizeof(text), "%s %s", request->method, request->url);

	(void)ctx;
	for_each_case(name, names) {
		const char *value = request->header(request, *name);

		used += (size_t)snprintf(text + used, sizeof(text) - used, " [%s]",
					 value ? value : "");
	}
	out->pieces = pieces;
	out->headers[0] = "Set-Cookie: a=b";
}

static void sends_method_and_headers(void **state)
{
	static const struct {
		const char *method;
		const char *headers[FETCH_HEADERS_MAX];
		const char *want;
	} cases[] = {
		{ NULL, { NULL }, "GET / [] [] [] []" },
		{ "PUT", { "X-One: 1" }, "PUT / [1] [] [] []" },
		{ "GET", { "X-Two: a b", "A: b", "C: d", "X-One: e" }, "GET / [e] [a b] [] []" },
	};
	cleanup_web struct web *web = web_open(&(struct web_config){ .answer = tell_request });
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct outcome outcome = { 0 };
		struct fetch_request request = request_of(url_of(web, "/"), &outcome);

		request.method = c->method;
		memcpy(request.headers, c->headers, sizeof(request.headers));
		run(fetcher, &request);
		assert_string_equal(outcome.body, c->want);
	}
}

static void refuses_what_is_no_request(void **state)
{
	static const struct {
		const char *url, *method, *header;
		uint64_t timeout_ns;
		size_t max_bytes;
	} cases[] = {
		{ "", NULL, NULL, 1, 1 },
		{ "http://", NULL, NULL, 1, 1 },
		{ "127.0.0.1:1", NULL, NULL, 1, 1 },
		{ "127.0.0.1/a", NULL, NULL, 1, 1 },
		{ "http://127.0.0.1:99999/", NULL, NULL, 1, 1 },
		{ "http://user:password@127.0.0.1:1/", NULL, NULL, 1, 1 },
		{ "http://127.0.0.1:1/\r\nX: 1", NULL, NULL, 1, 1 },
		{ "http://127.0.0.1:1/a b", NULL, NULL, 1, 1 },
		{ "file:///etc/hostname", NULL, NULL, 1, 1 },
		{ "ftp://127.0.0.1:1/", NULL, NULL, 1, 1 },
		{ "http://127.0.0.1:1/", "", NULL, 1, 1 },
		{ "http://127.0.0.1:1/", "GET / HTTP/1.1\r\nX:", NULL, 1, 1 },
		{ "http://127.0.0.1:1/", NULL, "X: a\nY: b", 1, 1 },
		{ "http://127.0.0.1:1/", NULL, "X: a\r", 1, 1 },
		{ "http://127.0.0.1:1/", NULL, "X", 1, 1 },
		{ "http://127.0.0.1:1/", NULL, "X:", 1, 1 },
		{ "http://127.0.0.1:1/", NULL, "X: ", 1, 1 },
		{ "http://127.0.0.1:1/", NULL, ": a", 1, 1 },
		{ "http://127.0.0.1:1/", NULL, "X Y: a", 1, 1 },
		{ "http://127.0.0.1:1/", NULL, NULL, 0, 1 },
		{ "http://127.0.0.1:1/", NULL, NULL, 1, SIZE_MAX },
	};
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct fetch_request request = { .url = c->url,
						 .method = c->method,
						 .headers = { "A: b", c->header },
						 .max_bytes = c->max_bytes,
						 .timeout_ns = c->timeout_ns,
						 .on_done = keep_outcome };
		struct fetch *fetch = NULL;

		if (fetcher_start(fetcher, &request, &fetch) != -EINVAL)
			fail_msg("taken: '%s' '%s' '%s'", c->url, c->method, c->header);
		assert_null(fetch);
	}
}

static void believes_only_its_authority_and_name(void **state)
{
	static const struct route routes[] = { { 0 } };
	static const struct {
		const char *host;
		enum { ITS_OWN, ANOTHER, MISSING, EMPTY, SYSTEM } ca;
		int err;
	} cases[] = {
		{ "localhost", ITS_OWN, 0 },	   { "127.0.0.1", ITS_OWN, 0 },
		{ "127.0.0.2", ITS_OWN, -EPROTO }, { "podip.test", ITS_OWN, -EPROTO },
		{ "localhost", ANOTHER, -EPROTO }, { "localhost", MISSING, -EPROTO },
		{ "localhost", EMPTY, -EPROTO },   { "localhost", SYSTEM, -EPROTO },
	};
	cleanup_web struct web *web = web_open(&(struct web_config){
		.has_tls = true,
		.socket_path = "socket",
		.answer = answer_by_path,
		.ctx = (void *)routes,
	});
	const char *const files[] = { [ITS_OWN] = web_ca_file(),
				      [ANOTHER] = web_other_ca_file(),
				      [MISSING] = "missing.pem",
				      [EMPTY] = "empty.pem",
				      [SYSTEM] = NULL };

	(void)state;
	put("empty.pem", "");
	for_each_case(c, cases) {
		struct fetch_request request;
		struct outcome outcome;
		char url[64];

		snprintf(url, sizeof(url), "https://%s/", c->host);
		request = request_of(url, NULL);
		request.socket_path = "socket";
		request.ca_file = files[c->ca];
		outcome = outcome_of(&request);
		assert_int_equal(outcome.answer.err, c->err);
		assert_int_equal(outcome.answer.status, c->err ? 0 : 404);
	}
	assert_int_equal(web_requests(web), 2);
}

static void copy_file(const char *from, const char *to)
{
	cleanup_fclose FILE *file = fopen(from, "r");
	char text[4096];
	size_t size;

	assert_non_null(file);
	size = fread(text, 1, sizeof(text), file);
	put_bytes("new", text, size);
	assert_int_equal(rename("new", to), 0);
}

static void reads_the_authority_anew_for_each_connection(void **state)
{
	static const struct route routes[] = { { "/", { .headers = { "Connection: close" } } },
					       { 0 } };
	const struct {
		const char *ca;
		int err;
	} cases[] = { { web_ca_file(), 0 },
		      { web_other_ca_file(), -EPROTO },
		      { web_ca_file(), 0 },
		      { web_ca_file(), 0 },
		      { web_other_ca_file(), -EPROTO } };
	cleanup_web struct web *web = web_open(&(struct web_config){
		.has_tls = true, .answer = answer_by_path, .ctx = (void *)routes });
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct outcome outcome = { 0 };
		struct fetch_request request = request_of(url_of(web, "/"), &outcome);

		copy_file(c->ca, "ca.pem");
		request.ca_file = "ca.pem";
		run(fetcher, &request);
		assert_int_equal(outcome.answer.err, c->err);
	}
}

static void asks_no_proxy(void **state)
{
	static const struct route routes[] = { { "/", { .pieces = hello } }, { 0 } };
	static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY",
					     "all_proxy", "ALL_PROXY" };
	cleanup_web struct web *web = open_web(routes);
	struct fetch_request request = request_of(url_of(web, "/"), NULL);

	(void)state;
	for_each_case(name, names)
		assert_int_equal(setenv(*name, "http://127.0.0.1:1", 1), 0);
	assert_string_equal(outcome_of(&request).body, "hello");
	for_each_case(name, names)
		assert_int_equal(unsetenv(*name), 0);
}

static void gives_lines_as_they_come(void **state)
{
	static const char *const pieces[] = { "on", "e\ntwo\n\nth", "ree\nlast", NULL };
	static const struct route routes[] = {
		{ "/length", { .pieces = pieces } },
		{ "/chunks", { .pieces = pieces, .piece_ms = 1 } },
		{ "/404", { .status = 404, .pieces = pieces } },
		{ "/206", { .status = 206, .pieces = pieces } },
		{ "/none", { 0 } },
		{ 0 },
	};
	static const struct {
		const char *path, *lines;
	} cases[] = {
		{ "/length", "one|two||three|last|" },
		{ "/chunks", "one|two||three|last|" },
		{ "/404", "" },
		{ "/206", "" },
		{ "/none", "" },
	};
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct outcome outcome = { 0 };
		struct fetch_request request = request_of(url_of(web, c->path), &outcome);

		request.on_line = keep_line;
		run(fetcher, &request);
		assert_int_equal(outcome.answer.err, 0);
		assert_string_equal(outcome.lines, c->lines);
		assert_string_equal(outcome.body, "");
		assert_int_equal(outcome.answer.size, 0);
	}
}

static bool has_line(void *ctx)
{
	return ((struct outcome *)ctx)->lines[0];
}

static void gives_a_line_before_the_answer_ends(void **state)
{
	static const char *const pieces[] = { "first\nsec", NULL };
	static const struct route routes[] = { { "/", { .pieces = pieces, .is_open = true } },
					       { 0 } };
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();
	struct outcome outcome = { 0 };
	struct fetch_request request = request_of(url_of(web, "/"), &outcome);
	struct fetch *fetch;

	(void)state;
	request.on_line = keep_line;
	assert_int_equal(fetcher_start(fetcher, &request, &fetch), 0);
	fetching_run(fetcher, has_line, &outcome);
	assert_string_equal(outcome.lines, "first|");
	fetch_cancel(fetch);
	assert_int_equal(outcome.dones, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(gets_an_answer_over_each_transport),
		cmocka_unit_test(gives_an_answer_of_any_status_as_it_is),
		cmocka_unit_test(sends_method_and_headers),
		cmocka_unit_test(refuses_what_is_no_request),
		workdir_test(believes_only_its_authority_and_name),
		workdir_test(reads_the_authority_anew_for_each_connection),
		cmocka_unit_test(asks_no_proxy),
		cmocka_unit_test(gives_lines_as_they_come),
		cmocka_unit_test(gives_a_line_before_the_answer_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
