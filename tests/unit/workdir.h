/* SPDX-License-Identifier: Apache-2.0 */
/* Each test works in a directory of its own; what is logged lands in `log` there. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "scratch.h"

static int workdir_stderr;

static inline int workdir_enter(void **state)
{
	cleanup_close int log = -1;

	workdir_stderr = dup(STDERR_FILENO);
	if (workdir_stderr < 0 || scratch_setup(state) || chdir(scratch_directory))
		return -1;
	log = open("log", O_RDWR | O_CREAT | O_APPEND, 0600);
	return dup2(log, STDERR_FILENO) < 0;
}

static inline int workdir_leave(void **state)
{
	int err = dup2(workdir_stderr, STDERR_FILENO) < 0 || chdir("/");

	close(workdir_stderr);
	return scratch_teardown(state) || err;
}

#define workdir_test(test) cmocka_unit_test_setup_teardown(test, workdir_enter, workdir_leave)

/* All that was logged. */
static inline const char *logged(void)
{
	cleanup_fclose FILE *file = fopen("log", "r");
	static char text[1 << 17];

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	return text;
}

static inline size_t log_lines(void)
{
	size_t lines = 0;

	for (const char *at = logged(); *at; at++)
		lines += *at == '\n';
	return lines;
}

static inline const char *last_line(void)
{
	const char *text = logged(), *last = text;

	for (const char *at = text; *at; at++)
		last = at > text && at[-1] == '\n' ? at : last;
	return last;
}

/* Since when it seems to be as it is. */
static inline void age(const char *path, int64_t seconds)
{
	const struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static inline void make_dir(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static inline void put_bytes(const char *path, const char *bytes, size_t size)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
}

static inline void put(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

static inline void put_aged(const char *path, const char *text, int64_t seconds)
{
	put(path, text);
	age(path, seconds);
}
