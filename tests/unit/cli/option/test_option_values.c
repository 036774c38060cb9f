// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/option/option_values.h"
#include "log.h"
#include "sink/log/log_live.h"

static void reads_a_duration_as_go_writes_it(void **state)
{
	static const struct {
		const char *text;
		uint64_t want; /* 0: rejected */
	} cases[] = {
		{ "30s", 30000000000 },
		{ "1m30s", 90000000000 },
		{ "500ms", 500000000 },
		{ "100ms", 100000000 },
		{ "100000us", 100000000 },
		{ "100000\u00b5s", 100000000 },
		{ "100000000ns", 100000000 },
		{ "1.5h", 5400000000000 },
		{ "0.25s", 250000000 },
		{ "1.s", 1000000000 },
		{ "1h1m1s1ms", 3661001000000 },
		{ "24h", 86400000000000 },
		{ "23h60m", 86400000000000 },
		{ "24h1ns", 0 },
		{ "99ms", 0 },
		{ "0", 0 },
		{ "0s", 0 },
		{ "", 0 },
		{ "30", 0 },
		{ "s", 0 },
		{ "30 s", 0 },
		{ " 30s", 0 },
		{ "30s ", 0 },
		{ "-30s", 0 },
		{ "+30s", 0 },
		{ ".5s", 0 },
		{ "1.2.3s", 0 },
		{ "1e1s", 0 },
		{ "0x10s", 0 },
		{ "infs", 0 },
		{ "nans", 0 },
		{ "1d", 86400000000000 },
		{ "2d", 0 },
		{ "5x", 0 },
		{ "30S", 0 },
		{ "99999999999999999999999999999999h", 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		uint64_t got = 7;

		print_message("  '%s'\n", c->text);
		assert_int_equal(option_period(c->text, &got), c->want ? 0 : -EINVAL);
		assert_int_equal(got, c->want ? c->want : 7);
	}
}

static void takes_only_numeric_addresses_to_listen_on(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ ":9465", 0 },
		{ ":0", 0 },
		{ ":65535", 0 },
		{ "127.0.0.1:80", 0 },
		{ "[::1]:80", 0 },
		{ "[::]:80", 0 },
		{ "[::ffff:10.0.0.1]:80", 0 },
		{ "", -EINVAL },
		{ ":", -EINVAL },
		{ "80", -EINVAL },
		{ ":65536", -EINVAL },
		{ ":000080", -EINVAL },
		{ ":-1", -EINVAL },
		{ ":80 ", -EINVAL },
		{ "::1:80", -EINVAL },
		{ "[127.0.0.1]:80", -EINVAL },
		{ "[::1:80", -EINVAL },
		{ "[]:80", -EINVAL },
		{ "127.0.0.256:80", -EINVAL },
		{ "localhost:80", -EINVAL },
		{ "http://127.0.0.1:80", -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct option_list list = { 0 };

		print_message("  '%s'\n", c->text);
		assert_int_equal(option_listen_item(c->text, &list), c->err);
		assert_int_equal(list.count, c->err ? 0 : 1);
		if (!c->err)
			assert_string_equal(list.items[0], c->text);
		free(list.items[0]);
	}
}

static void reads_names_and_leaves_the_field_alone_otherwise(void **state)
{
	enum option_backend backend = OPTION_BACKEND_COUNT;
	enum log_level level = LOG_LEVEL_COUNT;
	enum log_format format = LOG_FORMAT_TEXT;

	(void)state;
	assert_int_equal(option_backend("xdp", &backend), -EINVAL);
	assert_int_equal(backend, OPTION_BACKEND_COUNT);
	assert_int_equal(option_backend("auto", &backend), 0);
	assert_int_equal(backend, OPTION_BACKEND_AUTO);
	assert_int_equal(option_backend("fentry", &backend), 0);
	assert_int_equal(backend, OPTION_BACKEND_FENTRY);
	assert_int_equal(option_backend("kprobe", &backend), 0);
	assert_int_equal(backend, OPTION_BACKEND_KPROBE);
	assert_int_equal(option_log_level("INFO", &level), -EINVAL);
	assert_int_equal(level, LOG_LEVEL_COUNT);
	assert_int_equal(option_log_level("warn", &level), 0);
	assert_int_equal(level, LOG_LEVEL_WARN);
	assert_int_equal(option_log_format("", &format), -EINVAL);
	assert_int_equal(option_log_format("json", &format), 0);
	assert_int_equal(format, LOG_FORMAT_JSON);
}

static void measures_how_far_a_typing_error_is(void **state)
{
	static const char LONG[] =
		"0123456789012345678901234567890123456789012345678901234567890123X";
	static const struct {
		const char *a, *b;
		size_t want;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "node", "node", 0 },
		{ "nod", "node", 1 },
		{ "noode", "node", 1 },
		{ "mode", "node", 1 },
		{ "ndoe", "node", 2 },
		{ "kitten", "sitting", 3 },
		{ LONG + 1, LONG + 1, 0 },
		{ LONG, LONG, SIZE_MAX },
		{ "", LONG, SIZE_MAX },
	};

	(void)state;
	for_each_case(c, cases) {
		assert_int_equal(option_distance(c->a, c->b), c->want);
		assert_int_equal(option_distance(c->b, c->a), c->want);
	}
}

static void takes_a_place_to_ask_at(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: rejected */
		bool is_socket_taken;
	} cases[] = {
		{ "auto", "auto", true },
		{ "off", "off", true },
		{ "http://127.0.0.1:61679", "http://127.0.0.1:61679", true },
		{ "https://[fd00::1]:6443/", "https://[fd00::1]:6443", true },
		{ "HTTP://host/base", "HTTP://host/base", true },
		{ "http://", NULL, false },
		{ "http:///path", NULL, false },
		{ "ftp://host", NULL, false },
		{ "host:80", NULL, false },
		{ "http://host/?q=1", NULL, false },
		{ "http://host/#part", NULL, false },
		{ "http://ho st", NULL, false },
		{ "", NULL, false },
		{ "Auto", NULL, false },
		{ "unix:path", NULL, false },
		{ "unix:/run/a.sock", NULL, true },
	};

	(void)state;
	for_each_case(c, cases) {
		char *place = NULL, *or_socket = NULL;

		print_message("  '%s'\n", c->text);
		assert_int_equal(option_place(c->text, &place), c->want ? 0 : -EINVAL);
		if (c->want)
			assert_string_equal(place, c->want);
		assert_int_equal(option_place_or_socket(c->text, &or_socket),
				 c->is_socket_taken ? 0 : -EINVAL);
		if (c->is_socket_taken && !c->want)
			assert_string_equal(or_socket, c->text);
		free(place);
		free(or_socket);
	}
}

static void takes_names_of_sources_alone(void **state)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "cni", 0 },	 { "imds", 0 },		{ "config", 0 },     { "IMDS", -EINVAL },
		{ "", -EINVAL }, { "cgroup", -EINVAL }, { "cni ", -EINVAL },
	};
	struct option_list list = { 0 };

	(void)state;
	for_each_case(c, cases) {
		print_message("  '%s'\n", c->text);
		assert_int_equal(option_source_item(c->text, &list), c->want);
	}
	assert_int_equal(list.count, 3);
	for (size_t i = 0; i < list.count; i++)
		free(list.items[i]);
}

static void takes_a_path_that_fits_a_socket(void **state)
{
	static const char longest[] =
		"/012345678901234567890123456789012345678901234567890123456789012345678901234567890"
		"1234567890123456789012345";
	static const struct {
		const char *text;
		bool is_taken;
	} cases[] = {
		{ "/run/podip/podip.sock", true },
		{ "off", true },
		{ "/x", true },
		{ longest, true },
		{ "", false },
		{ "/", false },
		{ "/run/", false },
		{ "run/podip.sock", false },
		{ "on", false },
		{ "unix:/run/x", false },
	};
	char *too_long = NULL;

	(void)state;
	assert_int_equal(sizeof(longest) - 1, 107);
	for_each_case(c, cases) {
		char *socket = NULL;

		print_message("  '%s'\n", c->text);
		assert_int_equal(option_socket(c->text, &socket), c->is_taken ? 0 : -EINVAL);
		if (c->is_taken)
			assert_string_equal(socket, c->text);
		else
			assert_null(socket);
		free(socket);
	}
	assert_true(asprintf(&too_long, "%sx", longest) > 0);
	assert_int_equal(option_socket(too_long, NULL), -EINVAL);
	free(too_long);
}

static void takes_what_the_event_log_may_be_told(void **state)
{
	static const struct {
		int (*parse)(const char *text, void *field);
		const char *text;
		uint64_t want;
		int err;
	} cases[] = {
		{ option_age, "24h", 86400000000000, 0 },
		{ option_age, "365d", 365 * 86400000000000, 0 },
		{ option_age, "1s", 1000000000, 0 },
		{ option_age, "366d", 0, -EINVAL },
		{ option_age, "999ms", 0, -EINVAL },
		{ option_sync, "1s", 1000000000, 0 },
		{ option_sync, "10ms", 10000000, 0 },
		{ option_sync, "always", LOG_SYNC_ALWAYS, 0 },
		{ option_sync, "never", LOG_SYNC_NEVER, 0 },
		{ option_sync, "0s", 0, -EINVAL },
		{ option_sync, "9ms", 0, -EINVAL },
		{ option_sync, "2h", 0, -EINVAL },
		{ option_sync, "Always", 0, -EINVAL },
		{ option_file_size, "64M", 64 << 20, 0 },
		{ option_file_size, "256K", 256 << 10, 0 },
		{ option_file_size, "1T", 1ULL << 40, 0 },
		{ option_file_size, "255K", 0, -EINVAL },
		{ option_file_size, "2T", 0, -EINVAL },
		{ option_total_size, "1M", 1 << 20, 0 },
		{ option_total_size, "16T", 16ULL << 40, 0 },
		{ option_total_size, "1023K", 0, -EINVAL },
		{ option_total_size, "17T", 0, -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		uint64_t got = 7;

		print_message("  '%s'\n", c->text);
		assert_int_equal(c->parse(c->text, &got), c->err);
		assert_true(got == (c->err ? 7 : c->want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_the_event_log_may_be_told),
		cmocka_unit_test(reads_a_duration_as_go_writes_it),
		cmocka_unit_test(takes_only_numeric_addresses_to_listen_on),
		cmocka_unit_test(reads_names_and_leaves_the_field_alone_otherwise),
		cmocka_unit_test(measures_how_far_a_typing_error_is),
		cmocka_unit_test(takes_a_place_to_ask_at),
		cmocka_unit_test(takes_names_of_sources_alone),
		cmocka_unit_test(takes_a_path_that_fits_a_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
