// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <math.h>

#include "source/base/json.h"
#include "source/peer/prometheus.h"
#include "web.h"
#include "workdir.h"

#define NS_PER_S UINT64_C(1000000000)
#define GOOD(samples) \
	"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" samples "]}}"

static char error[PROMETHEUS_ERROR_SIZE];

/* A server that always gives one answer, and what it was asked last. */
struct place {
	struct web_answer answer;
	char method[8], url[64], body[512], authorization[64], type[64];
};

struct seen {
	unsigned int count;
	double value, time_s;
	char range[64];
	int err; /* given back */
};

static void take_header(const struct web_request *request, const char *name, char out[static 64])
{
	const char *value = request->header(request, name);

	snprintf(out, 64, "%s", value ? value : "");
}

static void answer(const struct web_request *request, struct web_answer *out, void *ctx)
{
	struct place *place = ctx;

	snprintf(place->method, sizeof(place->method), "%s", request->method);
	snprintf(place->url, sizeof(place->url), "%s", request->url);
	snprintf(place->body, sizeof(place->body), "%s", request->body);
	take_header(request, "Authorization", place->authorization);
	take_header(request, "Content-Type", place->type);
	*out = place->answer;
}

static int see(const json_t *labels, double value, double time_s, void *ctx)
{
	struct seen *seen = ctx;
	const char *range = json_text(labels, "range");

	seen->count++;
	seen->value = value;
	seen->time_s = time_s;
	snprintf(seen->range, sizeof(seen->range), "%s", range ? range : "");
	return seen->err;
}

static int ask_at(const char *url, const struct prometheus_query *query, struct seen *seen)
{
	const struct prometheus_config config = { .url = url };
	cleanup_prometheus struct prometheus *prometheus = NULL;

	error[0] = '\0';
	assert_int_equal(prometheus_open(&config, &prometheus, error), 0);
	return prometheus_ask(prometheus, query, &(struct prometheus_sink){ see, seen }, error);
}

/* What an answer with such a body comes to. */
static int ask(struct place *place, struct seen *seen)
{
	const struct prometheus_query query = { "up", 0, 5 * NS_PER_S };
	cleanup_web struct web *web =
		web_open(&(struct web_config){ .answer = answer, .ctx = place });

	return ask_at(web_url(web), &query, seen);
}

static void asks_with_a_form(void **state)
{
	static const struct {
		double time_s;
		const char *want;
	} cases[] = {
		{ 0, "query=sum%28a%7Bb%3D~%22c%20%26%2B%22%7D%29" },
		{ 1709210096.5, "query=sum%28a%7Bb%3D~%22c%20%26%2B%22%7D%29&time=1709210096.500" },
	};
	static const char *const pieces[] = { GOOD(""), NULL };
	struct place place = { .answer.pieces = pieces };
	cleanup_web struct web *web =
		web_open(&(struct web_config){ .answer = answer, .ctx = &place });
	char url[128];

	(void)state;
	snprintf(url, sizeof(url), "%s/prefix//", web_url(web));
	for_each_case(c, cases) {
		const struct prometheus_query query = { "sum(a{b=~\"c &+\"})", c->time_s,
							5 * NS_PER_S };
		struct seen seen = { 0 };

		assert_int_equal(ask_at(url, &query, &seen), 0);
		assert_int_equal(seen.count, 0);
		assert_string_equal(place.method, "POST");
		assert_string_equal(place.url, "/prefix/api/v1/query");
		assert_string_equal(place.type, "application/x-www-form-urlencoded");
		assert_string_equal(place.body, c->want);
		assert_string_equal(place.authorization, "");
	}
}

static void reads_samples(void **state)
{
	static const struct {
		const char *body[2];
		unsigned int count;
		double value;
	} cases[] = {
		{ { GOOD("") }, 0, 0 },
		{ { GOOD("{\"metric\":{\"range\":\"pods\"},\"value\":[1709210096.5,\"42\"]}") },
		  1,
		  42 },
		{ { GOOD("{\"metric\":{},\"value\":[1709210096.5,\"0\"]},"
			 "{\"metric\":{\"range\":\"pods\"},\"value\":[1709210096.5,\"-1.5e3\"]}") },
		  2,
		  -1500 },
		{ { GOOD("{\"metric\":{\"range\":\"pods\"},\"value\":[1709210096.5,\"+Inf\"]}") },
		  1,
		  INFINITY },
		{ { GOOD("{\"metric\":{\"range\":\"pods\"},\"value\":[1709210096.5,\"-Inf\"]}") },
		  1,
		  -INFINITY },
		{ { GOOD("{\"metric\":{\"range\":\"pods\"},\"value\":[1709210096.5,\"NaN\"]}") },
		  1,
		  NAN },
	};

	(void)state;
	for_each_case(c, cases) {
		struct place place = { .answer.pieces = c->body };
		struct seen seen = { 0 };

		print_message("  %s\n", c->body[0]);
		assert_int_equal(ask(&place, &seen), 0);
		assert_int_equal(seen.count, c->count);
		assert_true(isnan(c->value) ? isnan(seen.value) : seen.value == c->value);
		assert_string_equal(seen.range, c->count ? "pods" : "");
		assert_true(!c->count || seen.time_s == 1709210096.5);
		assert_string_equal(error, "");
	}
}

#define SAMPLE(value) \
	GOOD("{\"metric\":{},\"value\":[1,\"1\"]},{\"metric\":{},\"value\":" value "}")

static void gives_no_sample_of_an_answer_that_is_not_understood(void **state)
{
	static const char *const cases[][2] = {
		{ "" },
		{ "<html>" },
		{ "{" },
		{ "null" },
		{ "[]" },
		{ "{}" },
		{ "{\"status\":\"success\"}" },
		{ "{\"status\":\"success\",\"data\":[]}" },
		{ "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":{}}}" },
		{ "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}" },
		{ "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}" },
		{ "{\"status\":\"success\",\"data\":{\"result\":[]}}" },
		{ "{\"status\":\"fine\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}" },
		{ "{\"status\":1,\"data\":{\"resultType\":\"vector\",\"result\":[]}}" },
		{ GOOD("1") },
		{ GOOD("{\"value\":[1,\"1\"]}") },
		{ GOOD("{\"metric\":[],\"value\":[1,\"1\"]}") },
		{ GOOD("{\"metric\":{}}") },
		{ SAMPLE("[1]") },
		{ SAMPLE("[1,1]") },
		{ SAMPLE("[\"1\",\"1\"]") },
		{ SAMPLE("[1,\"1\",2]") },
		{ SAMPLE("[1,\"\"]") },
		{ SAMPLE("[1,\" 1\"]") },
		{ SAMPLE("[1,\"1x\"]") },
		{ SAMPLE("[1,\"x\"]") },
		{ SAMPLE("[1,\"infinity and beyond\"]") },
		{ SAMPLE("{}") },
	};

	(void)state;
	for_each_case(c, cases) {
		struct place place = { .answer.pieces = *c };
		struct seen seen = { 0 };

		print_message("  %s\n", (*c)[0]);
		assert_int_equal(ask(&place, &seen), -EBADMSG);
		assert_int_equal(seen.count, 0);
		assert_non_null(strstr(error, "its answer is n"));
	}
}

static void tells_what_the_server_says(void **state)
{
	static const struct {
		unsigned int status;
		const char *body[2];
		const char *want;
	} cases[] = {
		{ 400,
		  { "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse \\u001b[1m\"}" },
		  "it says bad_data: parse \\x1b[1m" },
		{ 200, { "{\"status\":\"error\"}" }, "it says : " },
		{ 503,
		  { "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"late\"}" },
		  "it says timeout: late" },
		{ 500, { "upstream\nis gone" }, "status 500: upstream\\x0ais gone" },
		{ 502, { "" }, "status 502" },
		{ 404, { "{}" }, "status 404: {}" },
		{ 302, { GOOD("") }, "status 302: " },
	};

	(void)state;
	for_each_case(c, cases) {
		struct place place = { .answer = { .status = c->status, .pieces = c->body } };
		struct seen seen = { 0 };

		print_message("  %s\n", c->want);
		assert_int_equal(ask(&place, &seen), -EREMOTEIO);
		assert_memory_equal(error, c->want, strlen(c->want));
		assert_int_equal(seen.count, 0);
	}
}

static void bounds_size_values_and_time(void **state)
{
	static const char *const good[] = { GOOD(""), NULL };
	static char values[3 * JSON_VALUES_MAX];
	static const char *const many[] = { values, NULL };
	struct place places[] = {
		{ .answer = { .pieces = good, .fill = PROMETHEUS_BODY_MAX } },
		{ .answer = { .pieces = many } },
		{ .answer = { .pieces = good, .delay_ms = 60000 } },
		{ .answer = { .pieces = good, .is_cut = true } },
	};
	static const int wants[] = { -EFBIG, -E2BIG, -ETIMEDOUT, -ECONNRESET };
	const struct prometheus_query query = { "up", 0, NS_PER_S };

	(void)state;
	memset(values, '[', sizeof(values) - 1);
	for (size_t i = 0; i < case_count(wants); i++) {
		cleanup_web struct web *web =
			web_open(&(struct web_config){ .answer = answer, .ctx = &places[i] });
		struct seen seen = { 0 };

		assert_int_equal(ask_at(web_url(web), &query, &seen), wants[i]);
		assert_true(error[0]);
		assert_int_equal(seen.count, 0);
	}
}

static void ends_with_what_a_sample_is_answered(void **state)
{
	static const char *const pieces[] = { SAMPLE("[2,\"2\"]"), NULL };
	struct place place = { .answer.pieces = pieces };
	struct seen seen = { .err = -ENOMEM };

	(void)state;
	assert_int_equal(ask(&place, &seen), -ENOMEM);
	assert_int_equal(seen.count, 1);
	assert_true(error[0]);
}

static void refuses_urls_that_are_none_and_tokens_in_the_clear(void **state)
{
	static const struct prometheus_config cases[] = {
		{ .url = "" },
		{ .url = "prometheus:9090" },
		{ .url = "ftp://x" },
		{ .url = "http://" },
		{ .url = "https:////" },
		{ .url = "http://x/?a" },
		{ .url = "http://x/#a" },
		{ .url = "http://x y" },
		{ .url = "http://x", .token_file = "token" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct prometheus *prometheus = NULL;

		print_message("  '%s'\n", c->url);
		error[0] = '\0';
		assert_int_equal(prometheus_open(c, &prometheus, error), -EINVAL);
		assert_null(prometheus);
		assert_true(error[0]);
	}
}

static void reads_the_token_for_each_query(void **state)
{
	static const char *const pieces[] = { GOOD(""), NULL };
	struct place place = { .answer.pieces = pieces };
	cleanup_web struct web *web =
		web_open(&(struct web_config){ .answer = answer, .ctx = &place, .has_tls = true });
	const struct prometheus_config config = { web_url(web), web_ca_file(), "token" };
	const struct prometheus_query query = { "up", 0, 5 * NS_PER_S };
	cleanup_prometheus struct prometheus *prometheus = NULL;
	struct seen seen = { 0 };
	const struct prometheus_sink sink = { see, &seen };

	(void)state;
	assert_int_equal(prometheus_open(&config, &prometheus, error), 0);
	assert_int_equal(prometheus_ask(prometheus, &query, &sink, error), -ENOENT);
	assert_int_equal(web_requests(web), 0);
	put("token", "first\n");
	assert_int_equal(prometheus_ask(prometheus, &query, &sink, error), 0);
	assert_string_equal(place.authorization, "Bearer first");
	put("token", "second\n");
	assert_int_equal(prometheus_ask(prometheus, &query, &sink, error), 0);
	assert_string_equal(place.authorization, "Bearer second");
	put("token", "a b");
	assert_int_equal(prometheus_ask(prometheus, &query, &sink, error), -EINVAL);
	assert_null(strstr(error, "a b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_with_a_form),
		cmocka_unit_test(reads_samples),
		cmocka_unit_test(gives_no_sample_of_an_answer_that_is_not_understood),
		cmocka_unit_test(tells_what_the_server_says),
		cmocka_unit_test(bounds_size_values_and_time),
		cmocka_unit_test(ends_with_what_a_sample_is_answered),
		cmocka_unit_test(refuses_urls_that_are_none_and_tokens_in_the_clear),
		workdir_test(reads_the_token_for_each_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
