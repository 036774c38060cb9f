// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <unistd.h>

#include "ipamd_fixture.h"
#include "log.h"
#include "source/cloud/ipamd.h"
#include "supplier_fixture.h"

#define ONE \
	"{\"0\":{\"ENIs\":{\"eni-0a\":{\"IPv4Addresses\":{\"10.0.1.11\":{\"Assigned\":true}}}}}}"
#define ONE_TEXT "eni-0a 0.0 10.0.1.11/32 10.0.1.11="
#define TWO                                                                                     \
	"{\"0\":{\"ENIs\":{\"eni-0a\":{\"IPv4Addresses\":{\"10.0.1.11\":{\"Assigned\":true}}}," \
	"\"eni-0b\":{\"DeviceNumber\":1}}}}"
#define BLOCKS(blocks) "{\"ENIs\":{\"eni-0a\":{\"AvailableIPv4Cidrs\":" blocks "}}}"
#define ODD "{\"0\":{\"ENIs\":{\"eni-0a\":{\"DeviceNumber\":-1},\"eni-0b\":7}}}"

/* What the server says next; changed while nothing is asked. */
static struct web_answer next;
static const char *pieces[2];
static char asked[256];

static void answer(const struct web_request *request, struct web_answer *out, void *ctx)
{
	(void)ctx;
	snprintf(asked, sizeof(asked), "%s %s", request->method, request->url);
	*out = next;
}

static void say(const char *text)
{
	pieces[0] = text;
	next = (struct web_answer){ .pieces = pieces };
}

static struct web *serve(const char *socket_path)
{
	const struct web_config config = { .answer = answer, .socket_path = socket_path };

	say(ONE);
	return web_open(&config);
}

static struct rig ask(const char *url)
{
	const struct supplier_settings settings = {
		.ipamd_url = url,
		.period_ns = 10 * RIG_SECOND_NS,
	};

	return rig_open(&ipamd_supplier, &settings);
}

static void expect(const struct rig *rig, const char *enis, uint64_t version)
{
	assert_string_equal(text_of(&rig_capacity(rig)->enis), enis);
	assert_int_equal(rig_version(rig), version);
}

static void asks_over_tcp_and_unix_sockets(void **state)
{
	static const char *const paths[] = { NULL, "ipamd.sock" };

	(void)state;
	for_each_case(path, paths) {
		cleanup_web struct web *web = serve(*path);
		cleanup_rig struct rig rig = ask(*path ? "unix:ipamd.sock" : web_url(web));

		expect(&rig, "", 0);
		assert_false(rig_status(&rig).is_up);
		assert_int_equal(rig_status(&rig).good_ns, 0);
		rig_round(&rig);
		assert_string_equal(asked, "GET /v1/enis");
		expect(&rig, ONE_TEXT, 1);
		assert_true(rig_capacity(&rig)->enis.has_addresses);
		assert_int_equal(rig_capacity(&rig)->range_count, 0);
		assert_true(rig_status(&rig).is_up);
		assert_int_equal(rig_status(&rig).entries, 1);
		assert_int_equal(rig_status(&rig).errors, 0);
		assert_int_equal(rig_status(&rig).good_ns, rig.now_ns);
		assert_int_equal(rig.due_ns, rig.now_ns + 10 * RIG_SECOND_NS);
	}
	assert_string_equal(logged(), "");
}

static void takes_a_url_that_ends_with_a_slash(void **state)
{
	cleanup_web struct web *web = serve(NULL);
	char url[128];

	(void)state;
	snprintf(url, sizeof(url), "%s/", web_url(web));
	{
		cleanup_rig struct rig rig = ask(url);

		/* It has a copy of the setting. */
		memset(url, 'x', sizeof(url) - 1);
		rig_round(&rig);
		assert_string_equal(asked, "GET /v1/enis");
	}
}

static void is_not_asked_without_a_url(void **state)
{
	static const char *const urls[] = { NULL, "" };
	static char huge[1000];

	(void)state;
	for_each_case(url, urls) {
		const struct supplier_settings settings = { .ipamd_url = *url };
		const struct supplier_config config = { .settings = &settings };
		void *out = &huge;

		assert_int_equal(ipamd_supplier.open(&config, &out), 1);
		assert_ptr_equal(out, &huge);
	}
	assert_string_equal(logged(), "");

	memset(huge, 'x', sizeof(huge) - 1);
	{
		const struct supplier_settings settings = { .ipamd_url = huge };
		const struct supplier_config config = { .settings = &settings };
		void *out = NULL;

		assert_int_equal(ipamd_supplier.open(&config, &out), -ENAMETOOLONG);
		assert_null(out);
	}
	assert_int_equal(log_lines(), 1);
}

static void has_another_version_only_after_a_change(void **state)
{
	cleanup_web struct web *web = serve(NULL);
	cleanup_rig struct rig rig = ask(web_url(web));

	(void)state;
	rig_round(&rig);
	rig_next(&rig);
	expect(&rig, ONE_TEXT, 1);
	assert_int_equal(web_requests(web), 2);
	say(TWO);
	rig_next(&rig);
	expect(&rig, ONE_TEXT "; eni-0b 0.1", 2);
	assert_int_equal(rig_status(&rig).entries, 2);
	rig_next(&rig);
	expect(&rig, ONE_TEXT "; eni-0b 0.1", 2);
	say(ONE);
	rig_next(&rig);
	expect(&rig, ONE_TEXT, 3);
	assert_int_equal(rig_status(&rig).entries, 1);
	assert_string_equal(logged(), "");
}

static void asks_nothing_before_it_is_time(void **state)
{
	cleanup_web struct web *web = serve(NULL);
	cleanup_rig struct rig rig = ask(web_url(web));

	(void)state;
	rig_round(&rig);
	for (unsigned int i = 0; i < 3; i++) {
		rig_turn(&rig);
		assert_int_equal(rig.due_ns, rig.now_ns + 10 * RIG_SECOND_NS);
	}
	rig.now_ns = rig.due_ns - 1;
	rig_turn(&rig);
	assert_int_equal(rig.due_ns, rig.now_ns + 1);
	assert_int_equal(web_requests(web), 1);
}

static const char not_json[] = "no\x1b[2J\n";

static void keeps_the_last_good_state(void **state)
{
	static const char *const one[] = { ONE, NULL }, *const half[] = { "{\"0\":", NULL },
				 *const none[] = { "{\"0\":{\"ENIs\":{}}}", NULL },
				 *const array[] = { "[\"eni-0a\"]", NULL },
				 *const no_blocks[] = { BLOCKS("[]"), NULL },
				 *const bad_blocks[] = { BLOCKS("{\"10.0.1.11/-1\":{}}"), NULL },
				 *const words[] = { not_json, NULL };
	static const struct {
		struct web_answer answer;
		const char *why;
	} cases[] = {
		{ { .status = 404, .pieces = one }, "status 404" },
		{ { .status = 500, .pieces = one }, "status 500" },
		{ { .status = 204 }, "status 204" },
		{ { .status = 302, .headers = { "Location: /v1/enis" }, .pieces = one },
		  "status 302" },
		{ { .pieces = words }, "the answer is not JSON" },
		{ { .pieces = half }, "the answer is not JSON" },
		{ { .pieces = NULL }, "the answer is not JSON" },
		{ { .pieces = none }, "the answer names no ENI" },
		{ { .pieces = array }, "the answer names no ENI" },
		{ { .pieces = no_blocks }, "a value of another type than expected" },
		{ { .pieces = bad_blocks }, "a block without a usable CIDR" },
		{ { .pieces = one, .is_cut = true }, "" },
		{ { .pieces = one, .fill = 64 << 20 }, "" },
	};
	cleanup_web struct web *web = serve(NULL);
	cleanup_rig struct rig rig = ask(web_url(web));

	(void)state;
	for_each_case(c, cases) {
		uint64_t good_ns, errors = rig_status(&rig).errors;
		size_t lines = log_lines();
		unsigned int requests;

		say(ONE);
		rig.due_ns = rig.now_ns + 600 * RIG_SECOND_NS;
		rig_next(&rig);
		good_ns = rig.now_ns;
		assert_true(rig_status(&rig).is_up);
		/* the end of the row before */
		assert_int_equal(log_lines(), lines + (c > cases));

		lines = log_lines();
		requests = web_requests(web);
		next = c->answer;
		for (unsigned int i = 1; i <= 3; i++) {
			rig_next(&rig);
			expect(&rig, ONE_TEXT, 1);
			assert_false(rig_status(&rig).is_up);
			assert_int_equal(rig_status(&rig).good_ns, good_ns);
			assert_int_equal(rig_status(&rig).errors, errors + i);
			assert_int_equal(rig_status(&rig).entries, 1);
			assert_int_equal(web_requests(web), requests + i);
		}
		assert_int_equal(log_lines(), lines + 1);
		assert_non_null(strstr(last_line(), "cannot ask ipamd at 'http://127.0.0.1:"));
		assert_non_null(strstr(last_line(), c->why));
	}
}

static void tells_each_cause_once_and_the_end(void **state)
{
	cleanup_web struct web *web = serve(NULL);
	cleanup_rig struct rig rig = ask(web_url(web));

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		next = (struct web_answer){ .status = i % 2 ? 404 : 500 };
		rig_round(&rig);
		rig.now_ns = rig.due_ns;
	}
	assert_int_equal(log_lines(), 2);
	/* more than it remembers */
	for (unsigned int i = 0; i < 20; i++) {
		next = (struct web_answer){ .status = 400 + i };
		rig_round(&rig);
		rig.now_ns = rig.due_ns;
	}
	assert_int_equal(log_lines(), 8);
	say(ONE);
	rig_round(&rig);
	rig_next(&rig);
	assert_int_equal(log_lines(), 9);
	assert_non_null(strstr(last_line(), "info: ipamd at 'http"));
	assert_non_null(strstr(last_line(), "' answers again"));
	/* and another row begins */
	next.status = 404;
	rig_next(&rig);
	assert_int_equal(log_lines(), 10);
}

static void asks_later_and_later_after_failures(void **state)
{
	cleanup_web struct web *web = serve(NULL);
	cleanup_rig struct rig rig = ask(web_url(web));
	uint64_t most_s = 1;

	(void)state;
	next.status = 500;
	for (unsigned int i = 0; i < 9; i++) {
		rig_round(&rig);
		assert_in_range(rig.due_ns - rig.now_ns, most_s * RIG_SECOND_NS / 2,
				most_s * RIG_SECOND_NS);
		rig.now_ns = rig.due_ns;
		most_s = most_s * 2 > 60 ? 60 : most_s * 2;
	}
	say(ONE);
	rig_round(&rig);
	assert_int_equal(rig.due_ns, rig.now_ns + 10 * RIG_SECOND_NS);
	next.status = 500;
	rig_next(&rig);
	assert_in_range(rig.due_ns - rig.now_ns, RIG_SECOND_NS / 2, RIG_SECOND_NS);
}

static void ends_a_round_that_takes_too_long(void **state)
{
	cleanup_web struct web *web = serve(NULL);
	cleanup_rig struct rig rig = ask(web_url(web));
	uint64_t begin_ns = rig.now_ns;

	(void)state;
	next.delay_ms = 60000;
	rig_turn(&rig);
	assert_int_equal(rig.due_ns, begin_ns + 10 * RIG_SECOND_NS);
	rig.now_ns = rig.due_ns - 1;
	rig_turn(&rig);
	assert_int_equal(rig_status(&rig).errors, 0);
	rig.now_ns++;
	rig_turn(&rig);
	assert_int_equal(rig_status(&rig).errors, 1);
	assert_non_null(strstr(last_line(), "not done in 10 s"));
	say(ONE);
	rig_next(&rig);
	expect(&rig, ONE_TEXT, 1);
}

static void comes_when_the_service_does(void **state)
{
	cleanup_rig struct rig rig = ask("unix:ipamd.sock");

	(void)state;
	rig_round(&rig);
	assert_false(rig_status(&rig).is_up);
	expect(&rig, "", 0);
	assert_int_equal(log_lines(), 1);
	assert_non_null(strstr(last_line(), "cannot ask ipamd at 'unix:ipamd.sock'"));
	{
		cleanup_web struct web *web = serve("ipamd.sock");

		rig_next(&rig);
		expect(&rig, ONE_TEXT, 1);
		assert_true(rig_status(&rig).is_up);
		assert_int_equal(web_requests(web), 1);
	}
	rig_next(&rig);
	assert_false(rig_status(&rig).is_up);
	expect(&rig, ONE_TEXT, 1);
}

static void refuses_a_url_that_is_none(void **state)
{
	cleanup_rig struct rig rig = ask("ftp://127.0.0.1");

	(void)state;
	rig_turn(&rig);
	assert_int_equal(rig_status(&rig).errors, 1);
	assert_true(rig.due_ns > rig.now_ns);
	assert_int_equal(log_lines(), 1);
}

static void tells_broken_parts_once(void **state)
{
	cleanup_web struct web *web = serve(NULL);
	cleanup_rig struct rig rig = ask(web_url(web));

	(void)state;
	say(ODD);
	rig_round(&rig);
	rig_next(&rig);
	expect(&rig, "eni-0a 0.0", 1);
	assert_true(rig_status(&rig).is_up);
	assert_int_equal(rig_status(&rig).errors, 4);
	assert_int_equal(log_lines(), 1);
	assert_non_null(strstr(last_line(), "a device number out of range"));
	say(ONE);
	rig_next(&rig);
	say(ODD);
	rig_next(&rig);
	assert_int_equal(rig_status(&rig).errors, 6);
	assert_int_equal(log_lines(), 2);
}

static void closes_while_it_asks(void **state)
{
	cleanup_web struct web *web = serve(NULL);
	cleanup_rig struct rig rig = ask(web_url(web));

	(void)state;
	next.delay_ms = 60000;
	rig_turn(&rig);
	assert_int_equal(fetcher_turn(rig.fetcher), 0);
	ipamd_supplier.close(take_ptr(rig.supplier));
	assert_int_equal(fetcher_turn(rig.fetcher), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(asks_over_tcp_and_unix_sockets),
		workdir_test(takes_a_url_that_ends_with_a_slash),
		workdir_test(is_not_asked_without_a_url),
		workdir_test(has_another_version_only_after_a_change),
		workdir_test(asks_nothing_before_it_is_time),
		workdir_test(keeps_the_last_good_state),
		workdir_test(tells_each_cause_once_and_the_end),
		workdir_test(asks_later_and_later_after_failures),
		workdir_test(ends_a_round_that_takes_too_long),
		workdir_test(comes_when_the_service_does),
		workdir_test(refuses_a_url_that_is_none),
		workdir_test(tells_broken_parts_once),
		workdir_test(closes_while_it_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
