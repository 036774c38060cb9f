// SPDX-License-Identifier: Apache-2.0
#include "log.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "core/base/text.h"

enum { MESSAGE_SIZE = 1024 };

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static enum log_level log_level = LOG_LEVEL_INFO;
static enum log_format log_format = LOG_FORMAT_TEXT;

void log_setup(enum log_level level, enum log_format format)
{
	static char line[BUFSIZ];

	log_level = level;
	log_format = format;
	/* One write() a line, so that lines of several processes do not mix. */
	setvbuf(stderr, line, _IOLBF, sizeof(line));
}

bool log_is_on(enum log_level level)
{
	return level <= log_level;
}

int log_level_parse(const char *text, enum log_level *out)
{
	for (unsigned int i = 0; i < array_size(level_names); i++) {
		if (!strcmp(text, level_names[i])) {
			*out = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Names in a message come from outside and must not forge lines or steer the terminal. */
static void put_text(const char *text)
{
	while (*text) {
		size_t size = text_char_size(text);

		if (size && !text_is_control(text)) {
			fwrite(text, 1, size, stderr);
		} else {
			size = size ? size : 1;
			for (size_t i = 0; i < size; i++)
				fprintf(stderr, "\\x%02x", (unsigned char)text[i]);
		}
		text += size;
	}
	putc('\n', stderr);
}

static void put_message(enum log_level level, const char *message)
{
	char wall[TEXT_TIME_SIZE];
	struct timespec now;
	json_t *line;

	if (log_format == LOG_FORMAT_TEXT) {
		fprintf(stderr, "podip: %s: ", level_names[level]);
		put_text(message);
		return;
	}

	clock_gettime(CLOCK_REALTIME, &now);
	text_time((int64_t)now.tv_sec * 1000000000 + now.tv_nsec, wall);
	line = json_pack("{s:s, s:s, s:o}", "ts", wall, "level", level_names[level], "message",
			 text_to_json(message));
	if (line && !json_dumpf(line, stderr, JSON_COMPACT | JSON_ENSURE_ASCII))
		putc('\n', stderr);
	json_decref(line);
}

static void __attribute__((format(printf, 3, 0)))
write_args(enum log_level level, int err, const char *fmt, va_list args)
{
	char message[MESSAGE_SIZE];
	int size;

	if (!log_is_on(level))
		return;

	size = vsnprintf(message, sizeof(message), fmt, args);
	if (size < 0)
		return;
	if (err && (size_t)size < sizeof(message))
		snprintf(message + size, sizeof(message) - (size_t)size, ": %s", strerror(-err));
	put_message(level, message);
}

void log_write(enum log_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_args(level, 0, fmt, args);
	va_end(args);
}

int log_err(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_args(LOG_LEVEL_ERROR, err, fmt, args);
	va_end(args);
	return err;
}
