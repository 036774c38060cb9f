// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/recent.h"
#include "core/capacity/account.h"
#include "core/metrics/collect.h"
#include "core/state/state.h"
#include "page_view.h"
#include "sink/web/http.h"

#define LINE                                                                                     \
	"{\"v\":1,\"seq\":1,\"ts\":\"2024-02-29T12:34:56.500000000Z\",\"type\":\"ip.assigned\"," \
	"\"ip\":\"10.0.0.14\",\"namespace\":\"shop\",\"pod\":\"web-5\"}\n"

struct world {
	struct state *state;
	struct account *account;
	struct recent *recent;
};

static void ignore_fact(const struct fact *fact, void *ctx)
{
	(void)fact;
	(void)ctx;
}

static void measure(struct metrics_input *out, void *ctx)
{
	const struct world *world = ctx;

	*out = (struct metrics_input){ .state = world->state,
				       .account = world->account,
				       .backend = "fentry",
				       .version = "1.2.3",
				       .revision = "0123456789ab" };
}

static void world_open(struct world *world)
{
	static const uint32_t limits[] = { 16, 32, 64 };

	*world = (struct world){ 0 };
	assert_int_equal(state_new(limits, ignore_fact, NULL, &world->state), 0);
	assert_int_equal(account_new(&world->account), 0);
	assert_int_equal(recent_new(4096, &world->recent), 0);
}

static void world_close(struct world *world)
{
	state_free(world->state);
	account_free(world->account);
	recent_free(world->recent);
}

static const char *header(const struct http_response *response, const char *name)
{
	for (const struct http_header *at = response->headers; at && at->name; at++)
		if (!strcmp(at->name, name))
			return at->value;
	return "";
}

/* The contract with the browser, word for word. */
static void expect_headers(const struct http_response *response)
{
	assert_string_equal(header(response, "Content-Security-Policy"),
			    "default-src 'none'; style-src 'self'; script-src 'self'; "
			    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
			    "frame-ancestors 'none'");
	assert_string_equal(header(response, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(header(response, "Referrer-Policy"), "no-referrer");
	assert_string_equal(header(response, "Cache-Control"), "no-store");
}

static char *answer(struct world *world, enum page_names names, bool is_nearby, bool has_recent)
{
	const struct page_view view = { .node = "node-1",
					.names = names,
					.recent = has_recent ? world->recent : NULL,
					.measure = measure,
					.ctx = world };
	struct http_response response = { 0 };
	char *text;

	assert_int_equal(page_view_answer(&view, is_nearby, &response), 0);
	assert_int_equal(response.status, 200);
	assert_string_equal(response.content_type, "text/html; charset=utf-8");
	expect_headers(&response);
	text = strndup(response.body, response.size);
	free(response.body);
	assert_non_null(text);
	return text;
}

static void shows_the_newest_events_but_no_names(void **state)
{
	static const struct {
		enum page_names names;
		bool is_nearby, has_recent;
		bool has_ip, has_pod;
	} cases[] = {
		{ PAGE_NAMES_NONE, true, false, false, false },
		{ PAGE_NAMES_NONE, true, true, true, false },
		{ PAGE_NAMES_NEARBY, false, true, true, false },
		{ PAGE_NAMES_NEARBY, true, true, true, true },
		{ PAGE_NAMES_ALL, false, true, true, true },
	};
	struct world world;

	(void)state;
	world_open(&world);
	recent_add(world.recent, "not a record\n", strlen("not a record\n"));
	recent_add(world.recent, LINE, strlen(LINE));
	for_each_case(c, cases) {
		cleanup_free char *text = answer(&world, c->names, c->is_nearby, c->has_recent);

		assert_non_null(strstr(text, "<h1>node-1</h1>"));
		assert_int_equal(!!strstr(text, "10.0.0.14"), c->has_ip);
		assert_int_equal(!!strstr(text, "web-5"), c->has_pod);
		assert_int_equal(!!strstr(text, "shop"), c->has_pod);
	}
	world_close(&world);
}

static void has_style_and_script_inside(void **state)
{
	static const struct {
		enum page_file_name name;
		const char *content_type, *start, *part, *end;
	} cases[] = {
		{ PAGE_FILE_STYLE, "text/css; charset=utf-8", "/* SPDX",
		  "prefers-color-scheme: dark", "}\n" },
		{ PAGE_FILE_SCRIPT, "text/javascript; charset=utf-8", "// SPDX", "'use strict';",
		  ");\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct http_response response = { 0 };
		cleanup_free char *text = NULL;

		assert_int_equal(page_view_answer_file(c->name, &response), 0);
		assert_int_equal(response.status, 200);
		assert_string_equal(response.content_type, c->content_type);
		expect_headers(&response);
		text = strndup(response.body, response.size);
		free(response.body);
		assert_non_null(text);
		assert_int_equal(strlen(text), response.size);
		assert_int_equal(strncmp(text, c->start, strlen(c->start)), 0);
		assert_non_null(strstr(text, c->part));
		assert_string_equal(text + response.size - strlen(c->end), c->end);
	}
}

/* What a policy or a reviewer would refuse. */
static void needs_nobody_else(void **state)
{
	static const char *const never[] = { "http:",	  "https:",	    "//cdn",
					     "@import",	  "url(",	    "eval(",
					     "innerHTML", "document.write", "Function(" };

	(void)state;
	for (enum page_file_name name = PAGE_FILE_STYLE; name <= PAGE_FILE_SCRIPT; name++) {
		struct page_file file = page_file(name);
		cleanup_free char *text = strndup(file.text, file.size);

		assert_non_null(text);
		for_each_case(word, never)
			if (strstr(text, *word))
				fail_msg("'%s' is in it", *word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_the_newest_events_but_no_names),
		cmocka_unit_test(has_style_and_script_inside),
		cmocka_unit_test(needs_nobody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
