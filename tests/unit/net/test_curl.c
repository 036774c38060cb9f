// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "net/curl.h"
#include "workdir.h"

/* Before libcurl is loaded, which lasts. */
static void says_that_there_is_none(void **state)
{
	static const struct {
		const char *name, *log;
	} cases[] = {
		{ "libpodip-none.so.4", "podip: warn: cannot load libcurl: libpodip-none.so.4: " },
		{ "libm.so.6", "podip: warn: cannot use libcurl: " }, /* lacks every function */
	};
	const struct curl_api *api = NULL;

	(void)state;
	for_each_case(c, cases) {
		assert_int_equal(curl_load(c->name, &api), -ENOSYS);
		assert_null(api);
		assert_non_null(strstr(last_line(), c->log));
	}
	assert_int_equal(log_lines(), 2);
}

static void loads_it_once(void **state)
{
	const struct curl_api *api = NULL, *again = NULL;

	(void)state;
	assert_int_equal(curl_load(CURL_LIBRARY, &api), 0);
	assert_int_equal(curl_load("libpodip-none.so.4", &again), 0);
	assert_ptr_equal(api, again);
	assert_non_null(api->free);
	assert_string_equal(logged(), "");
}

static void knows_what_a_code_means(void **state)
{
	static const struct {
		CURLcode code;
		int err;
	} cases[] = {
		{ CURLE_OK, 0 },
		{ CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH },
		{ CURLE_COULDNT_CONNECT, -ECONNREFUSED },
		{ CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT },
		{ CURLE_GOT_NOTHING, -ECONNRESET },
		{ CURLE_PEER_FAILED_VERIFICATION, -EPROTO },
		{ CURLE_OUT_OF_MEMORY, -EIO },
		{ CURLE_LDAP_INVALID_URL, -EIO },
	};
	const struct curl_api *api = NULL;
	CURL *easy = NULL;

	(void)state;
	assert_int_equal(curl_load(CURL_LIBRARY, &api), 0);
	assert_int_equal(curl_easy_open(api, &easy), 0);
	for_each_case(c, cases)
		assert_int_equal(curl_errno(api, easy, c->code), c->err);
	api->easy_cleanup(easy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(says_that_there_is_none),
		workdir_test(loads_it_once),
		cmocka_unit_test(knows_what_a_code_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
