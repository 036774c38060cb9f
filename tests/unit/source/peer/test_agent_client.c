// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "sink/web/local_socket.h"
#include "source/peer/agent_client.h"
#include "web.h"
#include "workdir.h"

static char path[128];

static const char *place(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", scratch_directory, name);
	return path;
}

static void answer(const struct web_request *request, struct web_answer *out, void *ctx)
{
	*out = *(const struct web_answer *)ctx;
	if (strcmp(request->url, "/v1/status") != 0)
		out->status = 418;
}

static void gives_the_whole_body(void **state)
{
	static const char *const pieces[] = { "{\"v\":1,", "\"level\":\"good\"}\n", NULL };
	struct web_answer given = { .pieces = pieces };
	const struct web_config config = { .socket_path = place("s"), answer, &given };
	cleanup_web struct web *web = web_open(&config);
	cleanup_agent_client struct agent_client *client = NULL;
	char error[AGENT_CLIENT_ERROR_SIZE] = "untouched";

	(void)state;
	assert_int_equal(agent_client_open(path, &client), 0);
	/* One client asks often. */
	for (int i = 0; i < 2; i++) {
		cleanup_free char *body = NULL;
		size_t size;

		assert_int_equal(agent_client_get(client, "/v1/status", &body, &size, error), 0);
		assert_string_equal(body, "{\"v\":1,\"level\":\"good\"}\n");
		assert_int_equal(size, strlen(body));
	}
	assert_string_equal(error, "untouched");
}

static void says_in_one_line_what_it_got_instead(void **state)
{
	static const char *const json[] = { "{\"v\":1,\"error\":\"only root may ask\"}", NULL };
	static const char *const words[] = { "not\nfound \x1b[31m", NULL };
	static const struct {
		struct web_answer answer;
		int err;
		const char *error;
	} cases[] = {
		{ { .status = 403, .pieces = json }, -EPROTO, "status 403: only root may ask" },
		{ { .status = 404, .pieces = words },
		  -EPROTO,
		  "status 404: not\\x0afound \\x1b[31m" },
		{ { .status = 500 }, -EPROTO, "status 500: " },
		{ { .status = 302, .pieces = words },
		  -EPROTO,
		  "status 302: not\\x0afound \\x1b[31m" },
		{ { .pieces = json, .is_cut = true }, -ECONNRESET, NULL },
		{ { .fill = AGENT_CLIENT_ANSWER_MAX + 1 }, -EFBIG, NULL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct web_answer given = c->answer;
		const struct web_config config = { .socket_path = place("s"), answer, &given };
		cleanup_web struct web *web = web_open(&config);
		cleanup_agent_client struct agent_client *client = NULL;
		char error[AGENT_CLIENT_ERROR_SIZE] = "";
		char *body = NULL;
		size_t size = 7;

		assert_int_equal(agent_client_open(path, &client), 0);
		assert_int_equal(agent_client_get(client, "/v1/status", &body, &size, error),
				 c->err);
		print_message("  %s\n", error);
		if (c->error)
			assert_string_equal(error, c->error);
		assert_true(*error && !strchr(error, '\n'));
		assert_null(body);
		assert_int_equal(size, 7);
		agent_client_close(take_ptr(client));
		web_close(take_ptr(web));
		unlink(path);
	}
}

static void tells_why_nobody_answers(void **state)
{
	static const char longest[] =
		"/0123456789012345678901234567890123456789012345678901234567890123456789"
		"012345678901234567890123456789012345678";
	struct local_socket left = { .fd = -1 };
	struct agent_client *client = NULL;

	(void)state;
	assert_int_equal(agent_client_open(place("none"), &client), -ENOENT);
	assert_int_equal(agent_client_open(longest, &client), -ENAMETOOLONG);
	assert_int_equal(local_socket_open(place("left"), &left), 0);
	close(take_fd(left.fd));
	assert_int_equal(agent_client_open(path, &client), -ECONNREFUSED);
	local_socket_close(&left);
	put_bytes(place("file"), "x", 1);
	assert_int_equal(agent_client_open(path, &client), -ECONNREFUSED);
	assert_null(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(gives_the_whole_body),
		workdir_test(says_in_one_line_what_it_got_instead),
		workdir_test(tells_why_nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
