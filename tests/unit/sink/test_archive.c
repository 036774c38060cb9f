// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/report/ustar.h"
#include "sink/archive.h"

static char directory[] = "/tmp/podip-archive-XXXXXX";
static char path[64];

static int enter(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/a.tar.gz", directory);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static int remove_file(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static size_t unpack(char *out, size_t size)
{
	gzFile file = gzopen(path, "rb");
	int n;

	assert_non_null(file);
	n = gzread(file, out, (unsigned int)size);
	assert_true(n >= 0);
	assert_int_equal(gzclose(file), Z_OK);
	return (size_t)n;
}

static void writes_files_one_behind_the_other(void **state)
{
	static char text[16384];
	struct archive *archive;
	struct stat st;

	(void)state;
	assert_int_equal(archive_open(path, &archive), 0);
	assert_int_equal(archive_add(archive, "one", "first", 5), 0);
	assert_int_equal(archive_add(archive, "none", "", 0), 0);
	assert_int_equal(archive_add(archive, "../up", "", 0), -EINVAL);
	assert_int_equal(archive_add(archive, "two", "second", 6), 0);
	assert_int_equal(archive_finish(archive), 0);
	archive_close(archive);
	assert_int_equal(unpack(text, sizeof(text)), 7 * USTAR_BLOCK_SIZE);
	assert_string_equal(text, "one");
	assert_memory_equal(text + 512, "first\0\0", 7);
	assert_string_equal(text + 1024, "none");
	assert_string_equal(text + 1536, "two");
	assert_string_equal(text + 2048, "second");
	assert_int_equal(text[2560], 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void takes_no_file_that_is_there(void **state)
{
	struct archive *archive;
	FILE *file = fopen(path, "we");

	(void)state;
	assert_non_null(file);
	fclose(file);
	assert_int_equal(archive_open(path, &archive), -EEXIST);
	assert_int_equal(archive_open("/nowhere/a", &archive), -ENOENT);
}

static void leaves_nothing_of_one_that_is_given_up(void **state)
{
	struct archive *archive;

	(void)state;
	assert_int_equal(archive_open(path, &archive), 0);
	assert_int_equal(archive_add(archive, "one", "first", 5), 0);
	archive_close(archive);
	assert_int_equal(access(path, F_OK), -1);
}

static void bounds_what_is_in_it(void **state)
{
	size_t size = ARCHIVE_BYTES_MAX / 2;
	char *zeros = calloc(1, size);
	struct archive *archive;

	(void)state;
	assert_non_null(zeros);
	assert_int_equal(archive_open(path, &archive), 0);
	assert_int_equal(archive_add(archive, "one", zeros, size), 0);
	assert_int_equal(archive_add(archive, "two", zeros, size), -EFBIG);
	assert_int_equal(archive_add(archive, "small", "x", 1), 0);
	assert_int_equal(archive_finish(archive), 0);
	archive_close(archive);
	free(zeros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(writes_files_one_behind_the_other, remove_file),
		cmocka_unit_test_teardown(takes_no_file_that_is_there, remove_file),
		cmocka_unit_test_teardown(leaves_nothing_of_one_that_is_given_up, remove_file),
		cmocka_unit_test_teardown(bounds_what_is_in_it, remove_file),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
