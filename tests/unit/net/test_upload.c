// SPDX-License-Identifier: Apache-2.0
/* What a request brings along. */
#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "core/base/text.h"
#include "fetching.h"
#include "web.h"

#define S 1000000000ULL

enum { LARGE = 3 << 20 };

struct heard {
	char method[16], type[64];
	char *body; /* owned */
	size_t size;
};

static void hear(const struct web_request *request, struct web_answer *out, void *ctx)
{
	struct heard *heard = ctx;
	const char *type = request->header(request, "Content-Type");

	(void)out;
	text_copy(heard->method, sizeof(heard->method), request->method);
	text_copy(heard->type, sizeof(heard->type), type ? type : "none");
	heard->size = request->body_size;
	heard->body = malloc(request->body_size + 1);
	memcpy(heard->body, request->body, request->body_size + 1);
}

struct outcome {
	long status;
	int err;
	bool is_done;
};

static void note(const struct fetch_answer *answer, void *ctx)
{
	*(struct outcome *)ctx = (struct outcome){ answer->status, answer->err, true };
}

static bool is_done(void *ctx)
{
	return ((struct outcome *)ctx)->is_done;
}

static void brings_a_body_and_its_type(void **state)
{
	static char large[LARGE];
	static const struct {
		const char *method, *body, *type;
		size_t size;
		const char *want_method, *want_type;
	} cases[] = {
		{ NULL, "{}", "application/json", 2, "POST", "application/json" },
		{ "POST", "", "text/plain", 0, "POST", "text/plain" },
		{ "PATCH", "a\0b", "application/merge-patch+json", 3, "PATCH",
		  "application/merge-patch+json" },
		{ "POST", large, "application/octet-stream", LARGE, "POST",
		  "application/octet-stream" },
		{ NULL, NULL, NULL, 0, "GET", "none" },
		{ "POST", NULL, "text/plain", 0, "POST", "none" },
	};

	(void)state;
	memset(large, 'x', sizeof(large));
	for_each_case(c, cases) {
		struct heard heard = { 0 };
		cleanup_web struct web *web =
			web_open(&(struct web_config){ .answer = hear, .ctx = &heard });
		cleanup_fetcher struct fetcher *fetcher = NULL;
		cleanup_free char *body = c->body ? malloc(c->size + 1) : NULL;
		struct outcome outcome = { 0 };
		struct fetch_request request = {
			.url = web_url(web),
			.method = c->method,
			.body = body,
			.body_size = c->size,
			.content_type = c->type,
			.max_bytes = 1024,
			.timeout_ns = 5 * S,
			.on_done = note,
			.ctx = &outcome,
		};
		struct fetch *fetch;

		if (body)
			memcpy(body, c->body, c->size);
		assert_int_equal(fetcher_open(&fetcher), 0);
		assert_int_equal(fetcher_start(fetcher, &request, &fetch), 0);
		if (body)
			memset(body, '?', c->size); /* it was borrowed for the start alone */
		fetching_run(fetcher, is_done, &outcome);
		assert_int_equal(outcome.err, 0);
		assert_int_equal(outcome.status, 200);
		assert_string_equal(heard.method, c->want_method);
		assert_string_equal(heard.type, c->want_type);
		assert_int_equal(heard.size, c->size);
		assert_memory_equal(heard.body, c->body ? c->body : "", c->size);
		free(heard.body);
	}
}

static void refuses_a_type_that_is_none(void **state)
{
	static char long_type[256];
	static const char *const types[] = { NULL, "", "  ", "text/plain\r\nX-Other: 1",
					     long_type };
	cleanup_fetcher struct fetcher *fetcher = NULL;

	(void)state;
	memset(long_type, 'x', sizeof(long_type) - 1);
	assert_int_equal(fetcher_open(&fetcher), 0);
	for_each_case(type, types) {
		struct fetch_request request = { .url = "http://127.0.0.1:1",
						 .body = "{}",
						 .body_size = 2,
						 .content_type = *type,
						 .timeout_ns = S,
						 .on_done = note };
		struct fetch *fetch = NULL;

		assert_int_equal(fetcher_start(fetcher, &request, &fetch), -EINVAL);
		assert_null(fetch);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brings_a_body_and_its_type),
		cmocka_unit_test(refuses_a_type_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
