// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "log.h"

enum { OUTPUT_SIZE = 4096 };

static int saved = -1;
static int pipe_fds[2];

/* Between these two stderr is a pipe. */
static void capture(enum log_level level, enum log_format format)
{
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK), 0);
	saved = dup(STDERR_FILENO);
	dup2(pipe_fds[1], STDERR_FILENO);
	log_setup(level, format);
}

static void release(char out[static OUTPUT_SIZE])
{
	ssize_t n;

	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(pipe_fds[1]);
	n = read(pipe_fds[0], out, OUTPUT_SIZE - 1);
	close(pipe_fds[0]);
	assert_true(n >= 0);
	out[n] = '\0';
}

static void writes_lines_of_text(void **state)
{
	char got[OUTPUT_SIZE];
	int err;

	(void)state;
	capture(LOG_LEVEL_DEBUG, LOG_FORMAT_TEXT);
	log_info("listens on '%s'", ":9100");
	log_warn("w");
	log_debug("%d", 7);
	err = log_err(-ENOENT, "cannot open '%s'", "x");
	release(got);
	assert_int_equal(err, -ENOENT);
	assert_string_equal(got, "podip: info: listens on ':9100'\n"
				 "podip: warn: w\n"
				 "podip: debug: 7\n"
				 "podip: error: cannot open 'x': No such file or directory\n");
}

static void leaves_out_what_is_below_its_level(void **state)
{
	static const struct {
		enum log_level level;
		const char *want;
	} cases[] = {
		{ LOG_LEVEL_ERROR, "podip: error: e: Input/output error\n" },
		{ LOG_LEVEL_WARN, "podip: error: e: Input/output error\npodip: warn: w\n" },
		{ LOG_LEVEL_INFO,
		  "podip: error: e: Input/output error\npodip: warn: w\npodip: info: i\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		char got[OUTPUT_SIZE];

		capture(c->level, LOG_FORMAT_TEXT);
		log_err(-EIO, "e");
		log_warn("w");
		log_info("i");
		log_debug("d");
		release(got);
		assert_string_equal(got, c->want);
		assert_true(log_is_on(c->level));
		assert_false(log_is_on(c->level + 1));
	}
}

static void lets_no_name_forge_a_line(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "a\nb", "podip: info: a\\x0ab\n" },
		{ "\x1b[2J\x7f", "podip: info: \\x1b[2J\\x7f\n" },
		{ "\xff\xc3", "podip: info: \\xff\\xc3\n" },
		{ "\xc2\x9b"
		  "2J",
		  "podip: info: \\xc2\\x9b2J\n" },
		{ "caf\xc3\xa9", "podip: info: caf\xc3\xa9\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		char got[OUTPUT_SIZE];

		capture(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
		log_info("%s", c->name);
		release(got);
		assert_string_equal(got, c->want);
	}
}

static void writes_lines_of_json(void **state)
{
	char got[OUTPUT_SIZE];
	const char *ts, *level, *message;
	int64_t wall_ns;
	json_t *root;

	(void)state;
	capture(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
	log_err(-EIO, "bad '%s'", "\"a\n\xff");
	release(got);
	assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);

	root = json_loads(got, 0, NULL);
	assert_int_equal(json_unpack(root, "{s:s, s:s, s:s !}", "ts", &ts, "level", &level,
				     "message", &message),
			 0);
	assert_int_equal(text_time_parse(ts, &wall_ns), 0);
	assert_string_equal(level, "error");
	assert_string_equal(message, "bad '\"a\n" TEXT_REPLACEMENT "': Input/output error");
	json_decref(root);
}

static void cuts_a_message_that_is_too_long(void **state)
{
	char got[OUTPUT_SIZE], message[2000];

	(void)state;
	memset(message, 'x', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	capture(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	log_err(-EIO, "%s", message);
	log_info("next");
	release(got);
	assert_int_equal(strspn(got + strlen("podip: error: "), "x"), 1023);
	assert_non_null(strstr(got, "x\npodip: info: next\n"));
}

static void knows_the_names_of_its_levels(void **state)
{
	static const struct {
		const char *text;
		int err;
		enum log_level want;
	} cases[] = {
		{ "error", 0, LOG_LEVEL_ERROR },       { "warn", 0, LOG_LEVEL_WARN },
		{ "info", 0, LOG_LEVEL_INFO },	       { "debug", 0, LOG_LEVEL_DEBUG },
		{ "", -EINVAL, LOG_LEVEL_COUNT },      { "INFO", -EINVAL, LOG_LEVEL_COUNT },
		{ "info ", -EINVAL, LOG_LEVEL_COUNT },
	};

	(void)state;
	for_each_case(c, cases) {
		enum log_level got = LOG_LEVEL_COUNT;

		assert_int_equal(log_level_parse(c->text, &got), c->err);
		assert_int_equal(got, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_lines_of_text),
		cmocka_unit_test(leaves_out_what_is_below_its_level),
		cmocka_unit_test(lets_no_name_forge_a_line),
		cmocka_unit_test(writes_lines_of_json),
		cmocka_unit_test(cuts_a_message_that_is_too_long),
		cmocka_unit_test(knows_the_names_of_its_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
