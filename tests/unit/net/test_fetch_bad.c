// SPDX-License-Identifier: Apache-2.0
/* Answers that are wrong, too large, too slow or cut off, and servers that are not there. */
#include "test.h"

#include <errno.h>
#include <time.h>

#include "fetch_fixture.h"
#include "raw_server.h"

enum { MIB = 1 << 20 };

/* What a buffer of 4 MiB may cost on its way: ASan keeps freed memory for a while. */
#ifdef __SANITIZE_ADDRESS__
enum { COST_MIB = 16 };
#else
enum { COST_MIB = 6 };
#endif

static struct outcome outcome_of_bytes(struct raw_server server)
{
	struct fetch_request request;
	struct outcome outcome;

	raw_server_open(&server);
	request = request_of(server.url, NULL);
	outcome = outcome_of(&request);
	raw_server_close(&server);
	return outcome;
}

#define BYTES(text) (text), sizeof(text) - 1
#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static void refuses_what_is_not_http(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		int err;
	} cases[] = {
		{ BYTES(""), -ECONNRESET },
		{ BYTES("\0\0\0\0\0\0\0\0\r\n\r\n"), -EPROTO },
		{ BYTES("SSH-2.0-OpenSSH_9.2\r\n"), -EPROTO },
		{ BYTES("\x16\x03\x01\x02\xff\xfe garbage"), -EPROTO },
		{ BYTES("<html>hello</html>\n"), -EPROTO },
		{ BYTES("HTTP/1.1 abc\r\n\r\n"), -EPROTO },
		{ BYTES("HTTP/4.2 200 OK\r\n\r\nhello"), -EPROTO },
		{ BYTES("HTTP/1.1 200 OK"), -ECONNRESET },
		{ BYTES(OK "X: y\r\n"), -ECONNRESET },
		{ BYTES(OK "X: a\0b\r\n\r\nhello"), -EPROTO },
		{ BYTES(OK "Content-Length: -5\r\n\r\nhello"), -EPROTO },
		{ BYTES(OK "Content-Length: 5x\r\n\r\nhell"), -ECONNRESET },
		{ BYTES(OK "Content-Length: 6\r\n\r\nhello"), -ECONNRESET },
		{ BYTES(OK "Content-Length: 9223372036854775807\r\n\r\nhello"), -ECONNRESET },
		{ BYTES(CHUNKED "5\r\nhello\r\n"), -ECONNRESET },
		{ BYTES(CHUNKED "6\r\nhello"), -ECONNRESET },
		{ BYTES(CHUNKED "5\r\nhelloX0\r\n\r\n"), -ECONNRESET },
		{ BYTES(CHUNKED "zz\r\nhello\r\n"), -ECONNRESET },
		{ BYTES(CHUNKED "ffffffffffffffffffffffff\r\nhello"), -ECONNRESET },
		{ BYTES(OK "Transfer-Encoding: gzip\r\n\r\nhello"), -EPROTO },
		/* no fault of theirs */
		{ BYTES(OK "\r\nhello"), 0 },
		{ BYTES(CHUNKED "5\r\nhello\r\n0\r\n\r\n"), 0 },
		{ BYTES(OK "Content-Encoding: gzip\r\n\r\nhello"), 0 },
		{ BYTES("HTTP/1.1 100 Continue\r\nETag: \"x\"\r\n\r\n" OK "\r\nhello"), 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct outcome outcome =
			outcome_of_bytes((struct raw_server){ .bytes = c->bytes, .size = c->size });

		if (outcome.answer.err != c->err)
			fail_msg("'%s': %d, not %d: %s", c->bytes, outcome.answer.err, c->err,
				 outcome.answer.why);
		assert_string_equal(outcome.answer.etag, "");
		if (!c->err)
			assert_string_equal(outcome.body, "hello");
	}
}

static void stops_at_headers_without_end(void **state)
{
	static char line[200 << 10];
	char kib[1025];
	const struct {
		struct raw_server server;
		int err;
		const char *why;
	} cases[] = {
		/* 62 of 1 KiB each are taken */
		{ { .bytes = kib, .size = 1024, .times = 63 }, -ECONNRESET, NULL },
		{ { .bytes = kib, .size = 1024, .times = 1000000 },
		  -EFBIG,
		  "more than 65536 bytes of headers" },
		{ { .bytes = BYTES("HTTP/1.1 100 Continue\r\n\r\n"), .times = 1000000 },
		  -EFBIG,
		  "more than 65536 bytes of headers" },
		{ { .bytes = line, .size = sizeof(line) }, -EIO, NULL },
	};

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, BYTES(OK "X: "));
	/* Each begins an answer of its own to the first one's end. */
	snprintf(kib, sizeof(kib), "HTTP/1.1 100 Continue\r\nX: %995s\r\n", "");
	memcpy(kib + 1020, "\r\n\r\n", 4);
	for_each_case(c, cases) {
		struct outcome outcome = outcome_of_bytes(c->server);

		assert_int_equal(outcome.answer.err, c->err);
		if (c->why)
			assert_string_equal(outcome.answer.why, c->why);
	}
}

static void refuses_plain_text_for_tls(void **state)
{
	struct raw_server server = { .bytes = BYTES(OK "Content-Length: 5\r\n\r\nhello") };
	struct fetch_request request;
	char url[80];

	(void)state;
	raw_server_open(&server);
	snprintf(url, sizeof(url), "https%s", server.url + strlen("http"));
	request = request_of(url, NULL);
	assert_int_equal(outcome_of(&request).answer.err, -EPROTO);
	raw_server_close(&server);
}

static void says_that_nobody_is_there(void **state)
{
	unsigned int port;
	cleanup_close int fd = bind_loopback(&port); /* and does not listen */
	char url[64];
	const struct {
		const char *url, *socket_path;
		int err;
	} cases[] = {
		{ url, NULL, -ECONNREFUSED },
		{ url, "/tmp/podip-no-such-socket", -ENOENT },
		{ "http://podip.invalid/", NULL, -EHOSTUNREACH },
	};

	(void)state;
	(void)fd;
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", port);
	for_each_case(c, cases) {
		struct fetch_request request = request_of(c->url, NULL);
		struct outcome outcome;

		request.socket_path = c->socket_path;
		outcome = outcome_of(&request);
		assert_int_equal(outcome.answer.err, c->err);
		assert_int_equal(outcome.answer.status, 0);
		assert_string_equal(outcome.body, "");
	}
}

static const char *const one_byte[] = { "x", NULL };

static void stops_at_the_bound_of_a_body(void **state)
{
	static const struct route routes[] = {
		{ "/length", { .pieces = one_byte, .fill = 999 } },
		{ "/length+1", { .pieces = one_byte, .fill = 1000 } },
		{ "/chunks", { .pieces = one_byte, .piece_ms = 1, .fill = 999 } },
		{ "/chunks+1", { .pieces = one_byte, .piece_ms = 1, .fill = 1000 } },
		{ "/404+1", { .status = 404, .pieces = one_byte, .fill = 1000 } },
		{ "/zero", { 0 } },
		{ 0 },
	};
	static const struct {
		const char *path;
		size_t max_bytes;
		int err;
	} cases[] = {
		{ "/length", 1000, 0 }, { "/length+1", 1000, -EFBIG },
		{ "/chunks", 1000, 0 }, { "/chunks+1", 1000, -EFBIG },
		{ "/404+1", 1001, 0 },	{ "/404+1", 1000, -EFBIG },
		{ "/zero", 0, 0 },	{ "/length", 0, -EFBIG },
	};
	cleanup_web struct web *web = open_web(routes);

	(void)state;
	for_each_case(c, cases) {
		struct fetch_request request = request_of(url_of(web, c->path), NULL);
		struct outcome outcome;

		request.max_bytes = c->max_bytes;
		outcome = outcome_of(&request);
		assert_int_equal(outcome.answer.err, c->err);
		assert_int_equal(outcome.answer.status, strstr(c->path, "404") ? 404 : 200);
		if (!c->err)
			assert_true(outcome.answer.size == c->max_bytes);
	}
}

/* Of resident memory, since it was last asked to begin anew. */
static long peak_kib(void)
{
	cleanup_fclose FILE *file = fopen("/proc/self/status", "r");
	char line[128];
	long kib = -1;

	assert_non_null(file);
	while (kib < 0 && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "VmHWM:", 6))
			kib = strtol(line + 6, NULL, 10);
	}
	return kib;
}

static void forget_peak(void)
{
	cleanup_fclose FILE *file = fopen("/proc/self/clear_refs", "w");

	assert_non_null(file);
	assert_true(fputs("5", file) >= 0);
}

static void takes_no_more_memory_than_the_bound(void **state)
{
	static const struct route routes[] = {
		{ "/warm", { .fill = 100 } },
		{ "/length", { .fill = 64 * MIB } },
		{ "/chunks", { .fill = 64 * MIB, .is_open = true } },
		{ 0 },
	};
	static const struct {
		const char *path;
		bool has_lines;
		int err;
	} cases[] = { { "/warm", false, 0 },
		      { "/length", false, -EFBIG },
		      { "/chunks", false, -EFBIG },
		      { "/chunks", true, -EFBIG } };
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct outcome outcome = { 0 };
		struct fetch_request request = request_of(url_of(web, c->path), &outcome);
		long before;

		request.max_bytes = 4 * MIB;
		request.on_line = c->has_lines ? keep_line : NULL;
		forget_peak();
		before = peak_kib();
		run(fetcher, &request);
		assert_int_equal(outcome.answer.err, c->err);
		assert_true(peak_kib() - before < COST_MIB * 1024);
	}
}

static void stops_at_the_bound_of_a_line(void **state)
{
	static const char *const pieces[] = { "0123456789\n", "0123456789\n0123456789A\nnot",
					      NULL };
	static const struct route routes[] = {
		{ "/lines", { .pieces = pieces } },
		{ "/404", { .status = 404, .pieces = one_byte, .fill = 9 } },
		{ "/404+1", { .status = 404, .pieces = one_byte, .fill = 10 } },
		{ 0 },
	};
	static const struct {
		const char *path, *lines;
		int err;
		const char *why;
	} cases[] = {
		{ "/lines", "0123456789|0123456789|", -EFBIG, "a line of more than 10 bytes" },
		{ "/404", "", 0, "" },
		{ "/404+1", "", -EFBIG, "a body of more than 10 bytes" },
	};
	cleanup_web struct web *web = open_web(routes);
	cleanup_fetcher struct fetcher *fetcher = open_fetcher();

	(void)state;
	for_each_case(c, cases) {
		struct outcome outcome = { 0 };
		struct fetch_request request = request_of(url_of(web, c->path), &outcome);

		request.on_line = keep_line;
		request.max_bytes = 10;
		run(fetcher, &request);
		assert_int_equal(outcome.answer.err, c->err);
		assert_string_equal(outcome.answer.why, c->why);
		assert_string_equal(outcome.lines, c->lines);
	}
}

static void gives_up_what_is_too_slow(void **state)
{
	static const char *const drops[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i",
					     "j", "k", "l", "m", "n", "o", "p", "q", NULL };
	static const struct route routes[] = {
		{ "/late", { .delay_ms = 60000 } },
		{ "/drips", { .pieces = drops, .piece_ms = 3000 } },
		{ "/drops", { .pieces = drops, .piece_ms = 50 } },
		{ "/stops", { .pieces = one_byte, .is_open = true } },
		{ 0 },
	};
	static const struct {
		const char *path;
		uint64_t timeout_ns, silence_ns;
		int err;
	} cases[] = {
		{ "/late", 100 * NS_PER_MS, 0, -ETIMEDOUT },
		{ "/drips", 100 * NS_PER_MS, 0, -ETIMEDOUT },
		{ "/stops", 100 * NS_PER_MS, 0, -ETIMEDOUT },
		{ "/late", 1, 0, -ETIMEDOUT },
		{ "/late", 60 * NS_PER_S, 1, -ETIMEDOUT },
		{ "/late", 60 * NS_PER_S, 500 * NS_PER_MS, -ETIMEDOUT },
		{ "/stops", 60 * NS_PER_S, 500 * NS_PER_MS, -ETIMEDOUT },
		/* all of it takes longer than one silence may */
		{ "/drops", 60 * NS_PER_S, 500 * NS_PER_MS, 0 },
		{ "/drops", 60 * NS_PER_S, UINT64_MAX, 0 },
	};
	cleanup_web struct web *web = open_web(routes);

	(void)state;
	for_each_case(c, cases) {
		struct fetch_request request = request_of(url_of(web, c->path), NULL);

		request.timeout_ns = c->timeout_ns;
		request.silence_ns = c->silence_ns;
		assert_int_equal(outcome_of(&request).answer.err, c->err);
	}
}

static void gives_up_a_connection_in_a_quarter_of_the_time(void **state)
{
	struct raw_server server = { .bytes = "" };
	struct fetch_request request;
	int waiting[BACKLOG_FILL];

	(void)state;
	raw_server_listen(&server, 0);
	fill_backlog(server.port, waiting);
	request = request_of(server.url, NULL);
	/* All of it is more than the test waits. */
	request.timeout_ns = 14 * NS_PER_S;
	assert_int_equal(outcome_of(&request).answer.err, -ETIMEDOUT);
	close_all(waiting);
	close(server.fd);
}

static void tells_a_cut_off_answer(void **state)
{
	static const char *const pieces[] = { "first\n", "second", NULL };
	static const struct route routes[] = {
		{ "/length", { .pieces = pieces, .is_cut = true } },
		{ "/chunks", { .pieces = pieces, .piece_ms = 1, .is_cut = true } },
		{ 0 },
	};
	static const struct {
		const char *path;
		bool has_tls;
	} cases[] = {
		{ "/length", false }, { "/chunks", false }, { "/length", true }, { "/chunks", true }
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_web struct web *web = web_open(&(struct web_config){
			.has_tls = c->has_tls, .answer = answer_by_path, .ctx = (void *)routes });
		struct fetch_request request = request_of(url_of(web, c->path), NULL);

		for (int has_lines = 0; has_lines < 2; has_lines++) {
			struct outcome outcome;

			request.on_line = has_lines ? keep_line : NULL;
			outcome = outcome_of(&request);
			assert_int_equal(outcome.answer.err, -ECONNRESET);
			assert_int_equal(outcome.answer.status, 200);
			assert_string_equal(outcome.lines, has_lines ? "first|" : "");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_not_http),
		cmocka_unit_test(stops_at_headers_without_end),
		cmocka_unit_test(refuses_plain_text_for_tls),
		cmocka_unit_test(says_that_nobody_is_there),
		cmocka_unit_test(stops_at_the_bound_of_a_body),
		cmocka_unit_test(takes_no_more_memory_than_the_bound),
		cmocka_unit_test(stops_at_the_bound_of_a_line),
		cmocka_unit_test(gives_up_what_is_too_slow),
		cmocka_unit_test(gives_up_a_connection_in_a_quarter_of_the_time),
		cmocka_unit_test(tells_a_cut_off_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
