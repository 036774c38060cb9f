// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "log.h"
#include "source/base/token.h"
#include "source/kube/kube_api.h"
#include "source/supplier/supplier.h"
#include "workdir.h"

#define QUERY "?fieldSelector=metadata.name%3D"

static void makes_urls_of_what_the_settings_say(void **state)
{
	static const struct {
		const char *url, *node, *version, *want;
	} cases[] = {
		{ "https://10.96.0.1:443", "node-1", "",
		  "https://10.96.0.1:443/api" QUERY "node-1&limit=1" },
		{ "https://10.96.0.1:443//", "Node_1.a~b", "",
		  "https://10.96.0.1:443/api" QUERY "Node_1.a~b&limit=1" },
		{ "HTTPS://[fd00::1]/proxy/", "a", "",
		  "HTTPS://[fd00::1]/proxy/api" QUERY "a&limit=1" },
		{ "http://127.0.0.1:8001", "a", "12",
		  "http://127.0.0.1:8001/api" QUERY
		  "a&watch=true&allowWatchBookmarks=true&timeoutSeconds=299&resourceVersion=12" },
		{ "http://x", "a&b=c/d?e#f%20 \"\n\x7f\xc3\xbc,+", "",
		  "http://x/api" QUERY
		  "a%26b%3Dc%2Fd%3Fe%23f%2520%20%22%0A%7F%C3%BC%2C%2B&limit=1" },
		{ "http://x", "a", "1&limit=9",
		  "http://x/api" QUERY
		  "a&watch=true&allowWatchBookmarks=true&timeoutSeconds=299&resourceVersion=1%26"
		  "limit%3D9" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct supplier_settings settings = { .kubernetes_url = c->url, .node = c->node };
		cleanup_free char *url = NULL;
		struct kube_api api;

		assert_int_equal(kube_api_init(&settings, "/api", &api), 0);
		url = kube_api_url(&api, c->version, 299);
		assert_string_equal(url, c->want);
		assert_null(api.ca_file);
		kube_api_clear(&api);
	}
	assert_string_equal(logged(), "");
}

static void refuses_settings_that_cannot_be_asked(void **state)
{
	static const struct {
		const char *url, *node;
		int err;
	} cases[] = {
		{ NULL, "a", 1 },
		{ "", "a", 1 },
		{ "10.96.0.1", "a", -EINVAL },
		{ "ftp://10.96.0.1", "a", -EINVAL },
		{ "file:///etc/passwd", "a", -EINVAL },
		{ "httpsx://h", "a", -EINVAL },
		{ "https://h/?a=b", "a", -EINVAL },
		{ "https://h/#a", "a", -EINVAL },
		{ "https://h", "", -EINVAL },
		{ "https://h", NULL, -EINVAL },
	};
	size_t lines = 0;

	(void)state;
	for_each_case(c, cases) {
		struct supplier_settings settings = { .kubernetes_url = c->url, .node = c->node };
		struct kube_api api = { .ca_file = "as before" };

		assert_int_equal(kube_api_init(&settings, "/api", &api), c->err);
		assert_string_equal(api.ca_file, "as before");
		lines += c->err < 0;
		assert_int_equal(log_lines(), lines);
	}
}

static void reads_the_token_of_the_file(void **state)
{
	static char longest[TOKEN_MAX + 1], header[TOKEN_MAX + 64];
	static const struct {
		const char *text;
		size_t size; /* 0: all of it */
		int err;
		const char *want;
	} cases[] = {
		{ "abc.def-_~+/=", 0, 0, "Authorization: Bearer abc.def-_~+/=" },
		{ " \r\n\tabc\t\r\n ", 0, 0, "Authorization: Bearer abc" },
		{ "", 0, -EINVAL, NULL },
		{ " \n", 0, -EINVAL, NULL },
		{ "a b", 0, -EINVAL, NULL },
		{ "a\nb", 0, -EINVAL, NULL },
		{ "a\x7f", 0, -EINVAL, NULL },
		{ "a\xc3\xbc", 0, -EINVAL, NULL },
		{ "a\0b", 3, -EINVAL, NULL },
		{ "ab\0", 3, -EINVAL, NULL },
		{ "\0ab", 3, -EINVAL, NULL },
		{ longest, TOKEN_MAX, 0, header },
		{ longest, TOKEN_MAX + 1, -EFBIG, NULL },
	};
	struct supplier_settings settings = { .kubernetes_url = "https://h",
					      .node = "a",
					      .kubernetes_token_file = "token",
					      .kubernetes_ca_file = "ca" };
	struct kube_api api;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	snprintf(header, sizeof(header), "Authorization: Bearer %.*s", TOKEN_MAX, longest);
	assert_int_equal(kube_api_init(&settings, "/api", &api), 0);
	assert_string_equal(api.ca_file, "ca");
	for_each_case(c, cases) {
		char untouched[] = "";
		char *text = untouched;

		put_bytes("token", c->text, c->size ? c->size : strlen(c->text));
		assert_int_equal(kube_api_authorization(&api, &text), c->err);
		if (c->err) {
			assert_ptr_equal(text, untouched);
			continue;
		}
		assert_string_equal(text, c->want);
		free(text);
	}
	assert_string_equal(logged(), "");
	kube_api_clear(&api);
}

static void has_no_token_without_a_file_and_over_http(void **state)
{
	static const struct {
		const char *url, *file;
		int err;
		bool is_there;
	} cases[] = {
		{ "https://h", "token", 0, true }, { "https://h", "missing", 0, false },
		{ "https://h", "", 0, false },	   { "https://h", NULL, 0, false },
		{ "HTTPS://h", "token", 0, true }, { "http://h", "token", 0, false },
		{ "HTTP://h", "token", 0, false }, { "https://h", ".", -EISDIR, false },
	};

	(void)state;
	put("token", "abc");
	for_each_case(c, cases) {
		struct supplier_settings settings = { .kubernetes_url = c->url,
						      .node = "a",
						      .kubernetes_token_file = c->file };
		char *text = NULL;
		struct kube_api api;

		assert_int_equal(kube_api_init(&settings, "/api", &api), 0);
		assert_int_equal(kube_api_authorization(&api, &text), c->err);
		assert_int_equal(text != NULL, c->is_there);
		free(text);
		kube_api_clear(&api);
	}
	assert_int_equal(log_lines(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(makes_urls_of_what_the_settings_say),
		workdir_test(refuses_settings_that_cannot_be_asked),
		workdir_test(reads_the_token_of_the_file),
		workdir_test(has_no_token_without_a_file_and_over_http),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
