// SPDX-License-Identifier: Apache-2.0
/* A metadata service that is not there, is no service of version 2, or says odd things. */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "imds_fixture.h"

enum { FOREVER = 1000000 };

struct body {
	const char *bytes;
	size_t size;
};

#define TOKEN "/latest/api/token"
#define META "/latest/meta-data/"

/* What a round that is answered oddly says, tried three times; before and after it all is well. */
static void expect_failure(struct rig *rig, const char *path, struct web_answer odd,
			   const char *why)
{
	uint64_t good_ns, errors = rig_status(rig).errors;
	size_t lines;

	rig_next(rig);
	assert_true(rig_status(rig).is_up);
	good_ns = rig->now_ns;
	lines = log_lines();

	fake_be_odd(path, FOREVER, odd);
	/* The token is asked for by rounds that have none. */
	if (strcmp(path, TOKEN) == 0)
		fake.token_pieces[0] = fake.token_pieces[0][0] == 'a' ? "b" : "a";
	for (unsigned int i = 1; i <= 3; i++) {
		rig_next(rig);
		assert_false(rig_status(rig).is_up);
		assert_int_equal(rig_status(rig).good_ns, good_ns);
		assert_int_equal(rig_status(rig).errors, errors + i);
		assert_int_equal(rig_status(rig).entries, 6);
		assert_string_equal(enis_of(rig_capacity(rig)), ENI_A_TEXT "; " ENI_B_TEXT);
		assert_string_equal(ranges_of(rig_capacity(rig)), RANGES_TEXT);
		assert_string_equal(rig_capacity(rig)->zone, "eu-west-1b");
		assert_int_equal(rig_version(rig), 1);
	}
	assert_int_equal(log_lines(), lines + 1);
	assert_non_null(strstr(last_line(), "warn: cannot ask imds at 'http://127.0.0.1:"));
	if (!strstr(last_line(), why))
		fail_msg("'%s' is not in '%s'", why, last_line());

	fake.odd_times = 0;
	rig_next(rig);
	assert_true(rig_status(rig).is_up);
	assert_int_equal(log_lines(), lines + 2);
	assert_non_null(strstr(last_line(), "' answers again"));
}

static void keeps_the_last_good_state(void **state)
{
	static const char *const some[] = { "x", NULL }, *const blanks[] = { "\n", NULL },
				 *const two_lines[] = { "x\r\nX-Other: y", NULL },
				 *const cut_macs[] = { MAC_A "/\n0e:49:61", NULL },
				 *const bad_macs[] = { "../../token/\n0e:49:61:0f:c3:1g/", NULL };
	static const struct {
		const char *path;
		struct web_answer answer;
		const char *why;
	} cases[] = {
		{ TOKEN, { .status = 403 }, "status 403 to a token: the service is disabled" },
		{ TOKEN, { .status = 404 }, "status 404 to a token: no IMDSv2" },
		{ TOKEN, { .status = 405 }, "status 405 to a token" },
		{ TOKEN, { .status = 400 }, "status 400 to a token" },
		{ TOKEN, { .status = 302, .headers = { "Location: " META } }, "status 302" },
		{ TOKEN, { .pieces = NULL }, "a token that is none" },
		{ TOKEN, { .pieces = blanks }, "a token that is none" },
		{ TOKEN, { .pieces = two_lines }, "a token that is none" },
		{ TOKEN, { .pieces = some, .fill = 64 << 20 }, "" },
		{ META "instance-type", { .status = 401 }, "status 401 of 'instance-type'" },
		{ META "instance-type", { .status = 500 }, "status 500 of 'instance-type'" },
		{ META "placement/availability-zone", { .status = 429 }, "status 429" },
		{ META MACS, { .status = 404 }, "it names no ENI" },
		{ META MACS, { .pieces = NULL }, "it names no ENI" },
		{ META MACS, { .status = 301, .headers = { "Location: /" } }, "status 301" },
		{ META MACS, { .pieces = some, .is_cut = true }, "" },
		{ META MACS, { .pieces = some, .fill = 64 << 20 }, "" },
		{ META MACS, { .pieces = cut_macs }, "'0e:49:61' is no MAC address" },
		{ META MACS MAC_A "/interface-id", { .status = 503 }, "status 503 of 'network/" },
		{ META MACS MAC_B "/local-ipv4s", { .pieces = some, .is_cut = true }, "" },
		{ META MACS MAC_B "/local-ipv4s", { .fill = 16385 }, "" },
		{ META MACS MAC_B "/device-number", { .status = 500 }, "/device-number'" },
	};
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));
	unsigned int unknown;

	(void)state;
	rig_round(&rig);
	for_each_case(c, cases)
		expect_failure(&rig, c->path, c->answer, c->why);

	/* MAC addresses that are none: nothing of the kind is ever asked for. */
	unknown = fake.unknown;
	fake_be_odd(META MACS, FOREVER, (struct web_answer){ .pieces = bad_macs });
	rig_next(&rig);
	assert_false(rig_status(&rig).is_up);
	assert_string_equal(fake.last, META MACS);
	assert_int_equal(fake.unknown, unknown);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT "; " ENI_B_TEXT);
}

static void is_down_when_every_eni_goes_within_a_round(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake_set(MACS, MAC_B "/");
	rig_round(&rig);
	fake.gone_path = MACS MAC_B "/subnet-id";
	rig_next(&rig);
	assert_false(rig_status(&rig).is_up);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_B_TEXT);
	assert_non_null(strstr(last_line(), "it names no ENI"));
}

static void asks_for_two_tokens_a_round_at_most(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake_be_odd(META "instance-type", FOREVER, (struct web_answer){ .status = 401 });
	rig_round(&rig);
	assert_false(rig_status(&rig).is_up);
	assert_int_equal(fake.tokens, 2);
	assert_int_equal(web_requests(web), 4);
	/* The next round begins with the token that was refused, and gets two more. */
	rig_next(&rig);
	assert_int_equal(fake.tokens, 4);
	assert_int_equal(web_requests(web), 9);
	assert_int_equal(log_lines(), 1);
}

static void does_not_end_a_header_by_a_token(void **state)
{
	static const struct {
		const char *token;
		bool is_token;
	} cases[] = {
		{ "AQAEAHo7Gk1xTok==", true },
		{ "a", true },
		{ "~!", true },
		{ "", false },
		{ "a b", false },
		{ "a\n", false },
		{ "a\tb", false },
		{ "\x7f", false },
		{ "a\xc3\xbc", false },
	};
	static char longest[IMDS_TOKEN_SIZE], longer[IMDS_TOKEN_SIZE + 1];
	char token[IMDS_TOKEN_SIZE] = "before";

	(void)state;
	for_each_case(c, cases) {
		memcpy(token, "before", sizeof("before"));
		assert_int_equal(imds_parse_token(c->token, token), c->is_token ? 0 : -EINVAL);
		assert_string_equal(token, c->is_token ? c->token : "before");
	}
	memset(longest, 'a', sizeof(longest) - 1);
	memset(longer, 'a', sizeof(longer) - 1);
	assert_int_equal(imds_parse_token(longest, token), 0);
	assert_int_equal(imds_parse_token(longer, token), -EINVAL);
}

static void keeps_what_it_knew_when_no_range_is_usable(void **state)
{
	static const char *const keys[] = {
		MACS MAC_A "/subnet-ipv4-cidr-block",
		MACS MAC_A "/vpc-ipv4-cidr-blocks",
		MACS MAC_B "/subnet-ipv4-cidr-block",
		MACS MAC_B "/vpc-ipv4-cidr-blocks",
	};
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	rig_round(&rig);
	for (size_t i = 0; i < array_size(keys); i++)
		fake_set(keys[i], "10.0.1.0/-24");
	rig_next(&rig);
	assert_false(rig_status(&rig).is_up);
	assert_string_equal(ranges_of(rig_capacity(&rig)), RANGES_TEXT);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT "; " ENI_B_TEXT);
}

static void ends_a_round_after_a_minute(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake_be_odd(TOKEN, FOREVER, (struct web_answer){ .delay_ms = 60000 });
	rig_turn(&rig);
	assert_int_equal(rig.due_ns, rig.now_ns + 60 * RIG_SECOND_NS);
	rig.now_ns = rig.due_ns;
	rig_turn(&rig);
	assert_int_equal(rig_status(&rig).errors, 1);
	assert_non_null(strstr(last_line(), "not done in 60 s"));
	fake.odd_times = 0;
	rig_next(&rig);
	assert_true(rig_status(&rig).is_up);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT "; " ENI_B_TEXT);
}

static void is_down_where_there_is_no_service(void **state)
{
	char url[64];

	(void)state;
	{
		cleanup_web struct web *web = fake_open();

		snprintf(url, sizeof(url), "%s", web_url(web));
	}
	{
		cleanup_rig struct rig rig = ask_imds(url);

		for (unsigned int i = 0; i < 10; i++) {
			rig_round(&rig);
			assert_false(rig_status(&rig).is_up);
			assert_true(rig.due_ns - rig.now_ns <= 60 * RIG_SECOND_NS);
			rig.now_ns = rig.due_ns;
		}
		assert_int_equal(rig_status(&rig).good_ns, 0);
		assert_int_equal(rig_version(&rig), 0);
		assert_int_equal(log_lines(), 1);
	}
}

static void leaves_out_odd_values_and_keeps_the_rest(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake_set("instance-type", "<html>");
	fake_set("placement/availability-zone", NULL);
	fake_set(MACS MAC_B "/local-ipv4s", "100.64.0.9 100.64.0.300");
	rig_round(&rig);
	rig_next(&rig);
	assert_true(rig_status(&rig).is_up);
	assert_int_equal(rig_status(&rig).errors, 4);
	assert_string_equal(rig_capacity(&rig)->instance_type, "");
	assert_string_equal(rig_capacity(&rig)->zone, "");
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT "; " ENI_B_TEXT);
	assert_int_equal(rig_version(&rig), 1);
	assert_int_equal(log_lines(), 1);
	assert_non_null(strstr(last_line(), "cannot use all that imds at 'http"));
	assert_non_null(strstr(last_line(), "'<html>' as instance-type"));
}

/* Answers as many connections, one after the other, and leaves. */
static pid_t serve_bytes(const struct body *bodies, size_t count, char url[static 64])
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	cleanup_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t child;

	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	snprintf(url, 64, "http://127.0.0.1:%u", ntohs(address.sin_port));
	child = fork();
	if (child)
		return child;
	for (size_t i = 0; i < count; i++) {
		cleanup_close int peer = accept(fd, NULL, NULL);
		char request[4096];

		if (read(peer, request, sizeof(request)) < 0)
			_exit(1);
		dprintf(peer, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
			bodies[i].size);
		if (write(peer, bodies[i].bytes, bodies[i].size) < 0)
			_exit(1);
	}
	_exit(0);
}

static void refuses_nul_bytes(void **state)
{
	static const struct {
		struct body bodies[2];
		size_t count;
		const char *why;
	} cases[] = {
		{ { { "tok\0en", 6 } }, 1, "a token that is none" },
		{ { { "token", 5 }, { "m5.large\0", 9 } }, 2, "a NUL byte in 'instance-type'" },
	};

	(void)state;
	for_each_case(c, cases) {
		char url[64];
		pid_t child = serve_bytes(c->bodies, c->count, url);
		cleanup_rig struct rig rig = ask_imds(url);

		rig_round(&rig);
		assert_false(rig_status(&rig).is_up);
		assert_non_null(strstr(last_line(), c->why));
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
}

static void closes_while_it_asks(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	rig_turn(&rig);
	/* in the middle of an ENI, whose first keys it holds */
	while (!strstr(fake.last, "/vpc-ipv4-cidr-blocks")) {
		assert_int_equal(fetcher_turn(rig.fetcher), 0);
		rig_turn(&rig);
	}
	imds_supplier.close(take_ptr(rig.supplier));
	assert_int_equal(fetcher_turn(rig.fetcher), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(keeps_the_last_good_state),
		workdir_test(is_down_when_every_eni_goes_within_a_round),
		workdir_test(asks_for_two_tokens_a_round_at_most),
		workdir_test(does_not_end_a_header_by_a_token),
		workdir_test(keeps_what_it_knew_when_no_range_is_usable),
		workdir_test(ends_a_round_after_a_minute),
		workdir_test(is_down_where_there_is_no_service),
		workdir_test(leaves_out_odd_values_and_keeps_the_rest),
		workdir_test(refuses_nul_bytes),
		workdir_test(closes_while_it_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
