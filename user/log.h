/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's own log, on stderr: key facts in one line, quoted 'values', lower
 * case. Only edges and the agent log; the core returns errors.
 */
#pragma once

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT
};
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

void log_setup(enum log_level level, enum log_format format);
bool log_is_on(enum log_level level);
/* "error", "warn", "info", "debug"; -EINVAL. */
int log_level_parse(const char *text, enum log_level *out);

void log_write(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Error with ": strerror(-err)" behind it. Gives err back: return log_err(err, ...). */
int log_err(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warn(...) log_write(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)
