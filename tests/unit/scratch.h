/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of each test's own, and one file in it. */
#pragma once

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

enum { SCRATCH_FILE_MAX = 4 << 20 };

static char scratch_directory[] = "/tmp/podip_test.XXXXXX";
static char scratch_path[PATH_MAX];

static inline int scratch_remove_one(const char *name, const struct stat *stat, int kind,
				     struct FTW *ftw)
{
	(void)stat;
	(void)kind;
	(void)ftw;
	return remove(name);
}

static inline int scratch_setup(void **state)
{
	(void)state;
	memcpy(strrchr(scratch_directory, '.'), ".XXXXXX", sizeof(".XXXXXX"));
	if (!mkdtemp(scratch_directory))
		return -1;
	snprintf(scratch_path, sizeof(scratch_path), "%s/file", scratch_directory);
	return 0;
}

static inline int scratch_teardown(void **state)
{
	(void)state;
	return nftw(scratch_directory, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void scratch_put(const char *text, size_t size)
{
	cleanup_fclose FILE *file = fopen(scratch_path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
}

/* What the file holds, NUL behind it. The caller frees it. */
static inline char *scratch_read(void)
{
	cleanup_fclose FILE *file = fopen(scratch_path, "r");
	char *text = malloc(SCRATCH_FILE_MAX);

	assert_non_null(file);
	assert_non_null(text);
	text[fread(text, 1, SCRATCH_FILE_MAX - 1, file)] = '\0';
	return text;
}

#define scratch_test(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
