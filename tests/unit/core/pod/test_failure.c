// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/pod/failure.h"

static struct failure read_text(const char *text)
{
	struct failure failure;

	failure_read(text, strlen(text), false, &failure);
	return failure;
}

/* ---- text ---- */

static void takes_text_that_is_no_error_as_it_stands(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "" },
		{ "\n", "" },
		{ " \r\n\t\n", "" },
		{ "panic: oops\n\n", "panic: oops" },
		{ "panic: oops\r\n", "panic: oops" },
		{ "  two\nlines", "  two lines" },
		{ "null", "null" },
		{ "[]", "[]" },
		{ "{}", "{}" },
		{ "{\"code\":7}", "{\"code\":7}" },
		{ "{\"code\":7,\"msg\":8}", "{\"code\":7,\"msg\":8}" },
		{ "{\"code\":7,\"msg\":null}", "{\"code\":7,\"msg\":null}" },
		{ "{\"code\":7,\"msg\":\"a\"}x", "{\"code\":7,\"msg\":\"a\"}x" },
		{ "{\"code\":7,\"msg\":\"range is fu", "{\"code\":7,\"msg\":\"range is fu" },
		{ "log line\n{\"code\":7,\"msg\":\"a\"}", "log line {\"code\":7,\"msg\":\"a\"}" },
		{ "\xff\xfe{\"msg\":\"a\"}", "\xff\xfe{\"msg\":\"a\"}" }, /* the journal mends */
	};

	(void)state;
	for_each_case(c, cases) {
		const struct failure failure = read_text(c->text);

		assert_string_equal(failure.message, c->message);
		assert_false(failure.has_code);
		assert_int_equal(failure.code, 0);
		assert_false(failure.is_cut);
	}
}

static void keeps_msg_and_details_whatever_the_code_is(void **state)
{
	static const struct {
		const char *text;
		bool has_code;
		int64_t code;
		const char *message;
	} cases[] = {
		{ "{\"msg\":\"a\"}", false, 0, "a" },
		{ "{\"code\":\"7\",\"msg\":\"a\"}", false, 0, "a" },
		{ "{\"code\":7.5,\"msg\":\"a\"}", false, 0, "a" },
		{ "{\"code\":0,\"msg\":\"a\"}", true, 0, "a" },
		{ "{\"code\":-1,\"msg\":\"a\"}", true, -1, "a" },
		{ "{\"code\":9223372036854775807,\"msg\":\"a\"}", true, INT64_MAX, "a" },
		{ "{\"code\":7,\"msg\":\"a\",\"details\":\"b\"}", true, 7, "a; b" },
		{ "{\"code\":7,\"msg\":\"\",\"details\":\"b\"}", true, 7, "b" },
		{ "{\"code\":7,\"msg\":\"\",\"details\":\"\"}", true, 7, "" },
		{ "{\"code\":7,\"msg\":\"\"}", true, 7, "" },
		{ "{\"code\":7,\"msg\":\"a\",\"details\":{\"b\":1}}", true, 7, "a" },
		{ "{\"code\":7,\"msg\":\"a\",\"details\":null}", true, 7, "a" },
		{ "{\"code\":7,\"code\":8,\"msg\":\"a\",\"msg\":\"b\"}", true, 8, "b" },
		{ "{\"code\":7,\"msg\":\"caf\\u00e9\"}", true, 7, "caf\xc3\xa9" },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct failure failure = read_text(c->text);

		assert_string_equal(failure.message, c->message);
		assert_int_equal(failure.has_code, c->has_code);
		assert_int_equal(failure.code, c->code);
	}
}

/* A NUL would end it early, an escape reaches a terminal, and each would be six bytes of JSON. */
static void writes_a_blank_for_every_control_byte(void **state)
{
	static const struct {
		const char *text;
		size_t size; /* 0: to the NUL */
		const char *message;
	} cases[] = {
		{ "a\0b", 3, "a b" },
		{ "\0\0\0", 3, "" },
		{ "a\0\0", 3, "a" },
		{ "a\x1b[31mb\x7f"
		  "c",
		  9, "a [31mb c" },
		{ "{\"msg\":\"a\\u0000b\"}", 0, "a b" },
		{ "{\"msg\":\"a\\u0000\",\"details\":\"\\u0000b\"}", 0, "a;  b" },
		{ "{\"msg\":\"a\\n\\u001b]0;b\\u0007\\u007f\"}", 0, "a  ]0;b" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct failure failure;

		failure_read(c->text, c->size ? c->size : strlen(c->text), false, &failure);
		assert_string_equal(failure.message, c->message);
	}
}

static void cuts_what_is_too_long_and_says_so(void **state)
{
	enum { ROOM = FAILURE_MESSAGE_SIZE - 1 };
	static const struct {
		size_t msg, details;
		bool is_cut;
	} cases[] = {
		{ ROOM, 0, false },	{ ROOM + 1, 0, true }, { 100000, 100000, true },
		{ ROOM - 3, 1, false }, { ROOM - 3, 2, true }, { ROOM - 1, 1, true },
		{ 0, ROOM, false },	{ 0, ROOM + 1, true },
	};
	cleanup_free char *text = malloc(300000);

	(void)state;
	assert_non_null(text);
	for_each_case(c, cases) {
		struct failure failure;
		int size = sprintf(text, "{\"msg\":\"");

		memset(text + size, 'm', c->msg);
		size += (int)c->msg;
		size += sprintf(text + size, "\",\"details\":\"");
		memset(text + size, 'd', c->details);
		size += (int)c->details;
		size += sprintf(text + size, "\"}");

		failure_read(text, (size_t)size, false, &failure);
		assert_int_equal(failure.is_cut, c->is_cut);
		assert_true(strlen(failure.message) <= ROOM);
		if (c->is_cut)
			assert_int_equal(strlen(failure.message), ROOM);
		failure_read(text, (size_t)size, true, &failure);
		assert_true(failure.is_cut);
	}

	/* As it stands, too. */
	memset(text, 'x', 300000);
	for (size_t size = ROOM; size <= ROOM + 1; size++) {
		struct failure failure;

		failure_read(text, size, false, &failure);
		assert_int_equal(strlen(failure.message), ROOM);
		assert_int_equal(failure.is_cut, size > ROOM);
	}
}

static void survives_deep_nests(void **state)
{
	static const struct {
		char open;
		const char *before, *after;
	} cases[] = {
		{ '[', "", "" },
		{ '[', "{\"msg\":\"a\",\"details\":", "" },
		{ '{', "", "" },
	};
	enum { DEPTH = 100000 };
	cleanup_free char *text = malloc(DEPTH + 100);

	(void)state;
	assert_non_null(text);
	for_each_case(c, cases) {
		size_t size = strlen(c->before);
		struct failure failure;

		memcpy(text, c->before, size);
		memset(text + size, c->open, DEPTH);
		size += DEPTH;
		failure_read(text, size, false, &failure);
		assert_true(failure.is_cut);
		assert_int_equal(strlen(failure.message), FAILURE_MESSAGE_SIZE - 1);
	}
}

/* Any bytes, and what is left of an error wherever it is cut. */
static void survives_any_bytes(void **state)
{
	uint32_t seed = 20240229;
	static const char whole[] =
		"{\"code\":7,\"msg\":\"range\\nis \\u0000 full\",\"details\":\"caf\\u00e9\"}\n";

	(void)state;
	for (size_t size = 0; size < sizeof(whole); size++) {
		cleanup_free char *part = malloc(size + 1);
		struct failure failure;

		assert_non_null(part);
		memcpy(part, whole, size);
		failure_read(part, size, true, &failure);
		assert_true(failure.is_cut);
	}
	for (unsigned int i = 0; i < 2000; i++) {
		char bytes[64];
		struct failure failure;
		struct ip ip;

		for (size_t j = 0; j < sizeof(bytes); j++) {
			seed = seed * 1664525 + 1013904223;
			bytes[j] = (char)(seed >> 24);
		}
		failure_read(bytes, sizeof(bytes), false, &failure);
		for (const char *at = failure.message; *at; at++)
			assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
		reason_of(&(struct reason_rules){ 0 }, failure.message);
		failure_address(failure.message, &ip);
	}
}

/* ---- addresses ---- */

static void finds_the_first_address_of_a_message(void **state)
{
	static const struct {
		const char *message, *ip; /* NULL: none */
	} cases[] = {
		{ "failed to allocate for range 0: no IP addresses available in range set: "
		  "10.0.9.1-10.0.9.6",
		  "10.0.9.1" },
		{ "no IP addresses available in range set: fd00:9::1-fd00:9::ffff", "fd00:9::1" },
		{ "No IPs available in pools: [10.244.0.0/24]", "10.244.0.0" },
		{ "Could not allocate IP in range: ip: 192.168.2.225 / - 192.168.2.230 / range",
		  "192.168.2.225" },
		{ "failed to allocate for range 0: 10.0.9.5 has been allocated to 5f1c",
		  "10.0.9.5" },
		{ "10.0.9.5", "10.0.9.5" },
		{ "fd00::", "fd00::" },
		{ "cannot take 10.0.9.5.", "10.0.9.5" }, /* the end of a sentence */
		{ "10.0.9.5: in use", "10.0.9.5" },
		{ "fd00::5: in use", "fd00::5" },
		{ "fd00::: in use", "fd00::" },
		{ "10.0.9.5:443 is down, of 10.0.9.0/24", "10.0.9.0" }, /* a server's */
		{ "10.0.9.300, 10.0.9.4", "10.0.9.4" },
		{ "1.2.3 then 1.2.3.4.5 then 10.0.9.4", "10.0.9.4" },
		{ "v10.0.9.5 of plugin, 10.0.9.4", "10.0.9.4" },
		{ "std::bad_alloc", NULL }, /* not d::bad */
		{ "abc::def_ghi", NULL },
		{ "a::b in namespace::dead", "a::b" },
		{ "add cmd: failed to assign an IP address to container", NULL },
		{ "dead beef: code 999.", NULL },
		{ "::", "::" },
		{ "what:: ever", NULL },
		{ "", NULL },
		{ ":::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::", NULL },
		{ "5f1c0a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d0e0f 10.0.9.4",
		  "10.0.9.4" },
	};

	(void)state;
	for_each_case(c, cases) {
		char text[IP_TEXT_SIZE] = "none";
		struct ip ip = { 0 };

		if (failure_address(c->message, &ip))
			ip_format(&ip, text);
		if (strcmp(text, c->ip ? c->ip : "none") != 0)
			fail_msg("'%s' has '%s'", c->message, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_text_that_is_no_error_as_it_stands),
		cmocka_unit_test(keeps_msg_and_details_whatever_the_code_is),
		cmocka_unit_test(writes_a_blank_for_every_control_byte),
		cmocka_unit_test(cuts_what_is_too_long_and_says_so),
		cmocka_unit_test(survives_deep_nests),
		cmocka_unit_test(survives_any_bytes),
		cmocka_unit_test(finds_the_first_address_of_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
