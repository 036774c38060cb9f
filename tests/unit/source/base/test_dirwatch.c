// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/base/dirwatch.h"

enum { PATIENCE_MS = 10000, LOG_SIZE = 4096 };

static char directory[] = "/tmp/podip-dirwatch-XXXXXX";

static int enter(void **state)
{
	(void)state;
	return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	return chdir("/") || rmdir(directory);
}

static void put(const char *path)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs("x", file);
}

static void make(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

/* "0:name", "0:name?" while it may be half-written, "0:*" for the whole directory. */
static void note(void *ctx, size_t index, const char *name, bool is_whole)
{
	char *log = ctx;
	size_t used = strlen(log);

	snprintf(log + used, LOG_SIZE - used, "%zu:%s%s ", index, name ? name : "*",
		 is_whole ? "" : "?");
}

/* Everything the kernel has for us: what the test did is queued by now. */
static const char *changes(struct dirwatch *watch)
{
	static char log[LOG_SIZE];
	struct pollfd pollfd = { .fd = dirwatch_fd(watch), .events = POLLIN };

	log[0] = '\0';
	assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
	assert_int_equal(dirwatch_read(watch, note, log), 0);
	return log;
}

static bool is_quiet(struct dirwatch *watch)
{
	char log[LOG_SIZE] = "";

	assert_int_equal(dirwatch_read(watch, note, log), 0);
	return !log[0];
}

/* Directories that the kernel watches for us. */
static unsigned int watch_count(const struct dirwatch *watch)
{
	char path[64], line[256];
	unsigned int count = 0;
	cleanup_fclose FILE *file = NULL;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", dirwatch_fd(watch));
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		count += strncmp(line, "inotify ", strlen("inotify ")) == 0;
	return count;
}

static struct dirwatch *watch_of(const char *const *paths, size_t count)
{
	struct dirwatch *watch = NULL;

	assert_int_equal(dirwatch_open(paths, count, &watch), 0);
	assert_true(is_quiet(watch));
	return watch;
}

static void tells_each_file_that_changed(void **state)
{
	const char *const paths[] = { "a", "b" };
	cleanup_dirwatch struct dirwatch *watch = NULL;

	(void)state;
	make("a");
	make("b");
	watch = watch_of(paths, 2);

	put("a/one");
	assert_string_equal(changes(watch), "0:one? 0:one ");
	assert_int_equal(rename("a/one", "b/two"), 0);
	assert_string_equal(changes(watch), "0:one 1:two ");
	assert_int_equal(symlink("two", "b/link"), 0);
	assert_string_equal(changes(watch), "1:link? ");
	assert_int_equal(unlink("b/link"), 0);
	assert_int_equal(unlink("b/two"), 0);
	assert_string_equal(changes(watch), "1:link 1:two ");
	make("a/below");
	put("beside");
	assert_true(is_quiet(watch));

	unlink("beside");
	rmdir("a/below");
	rmdir("a");
	rmdir("b");
}

static void waits_for_a_directory_level_by_level(void **state)
{
	const char *const paths[] = { "a/b//c/", "a/z" };
	cleanup_dirwatch struct dirwatch *watch = watch_of(paths, 2);

	(void)state;
	make("a");
	assert_true(is_quiet(watch));
	make("a/b");
	assert_true(is_quiet(watch));
	make("a/b/c");
	assert_string_equal(changes(watch), "0:* ");
	assert_int_equal(watch_count(watch), 3); /* a, a/b, a/b/c */
	put("a/b/c/file");
	assert_string_equal(changes(watch), "0:file? 0:file ");
	make("a/z");
	assert_string_equal(changes(watch), "1:* ");
	put("a/z/file");
	assert_string_equal(changes(watch), "1:file? 1:file ");

	unlink("a/b/c/file");
	unlink("a/z/file");
	rmdir("a/z");
	rmdir("a/b/c");
	rmdir("a/b");
	rmdir("a");
	assert_non_null(strstr(changes(watch), "0:* "));
}

static void sees_levels_that_appear_all_at_once(void **state)
{
	const char *const paths[] = { "a/b/c" };
	cleanup_dirwatch struct dirwatch *watch = watch_of(paths, 1);

	(void)state;
	make("a");
	make("a/b");
	make("a/b/c");
	put("a/b/c/file");
	assert_string_equal(changes(watch), "0:* ");
	unlink("a/b/c/file");
	assert_string_equal(changes(watch), "0:file ");

	rmdir("a/b/c");
	rmdir("a/b");
	rmdir("a");
}

static void survives_a_directory_deleted_and_made_again(void **state)
{
	const char *const paths[] = { "a" };
	cleanup_dirwatch struct dirwatch *watch = NULL;

	(void)state;
	make("a");
	watch = watch_of(paths, 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rmdir("a"), 0);
		assert_string_equal(changes(watch), "0:* ");
		make("a");
		assert_string_equal(changes(watch), "0:* ");
		put("a/file");
		assert_string_equal(changes(watch), "0:file? 0:file ");
		unlink("a/file");
		assert_string_equal(changes(watch), "0:file ");
	}
	rmdir("a");
}

/* Its inode lives on with whoever has it open, and says nothing. */
static void survives_a_directory_deleted_while_open(void **state)
{
	const char *const paths[] = { "a" };
	cleanup_dirwatch struct dirwatch *watch = NULL;
	cleanup_fclose FILE *open = NULL;

	(void)state;
	make("a");
	open = fopen("a", "r");
	assert_non_null(open);
	watch = watch_of(paths, 1);
	assert_int_equal(rmdir("a"), 0);
	assert_string_equal(changes(watch), "0:* ");
	make("a");
	assert_string_equal(changes(watch), "0:* ");
	put("a/file");
	assert_string_equal(changes(watch), "0:file? 0:file ");

	unlink("a/file");
	rmdir("a");
}

static void follows_the_name_when_a_directory_is_replaced(void **state)
{
	const char *const paths[] = { "a" };
	cleanup_dirwatch struct dirwatch *watch = NULL;

	(void)state;
	make("a");
	make("new");
	put("new/file");
	watch = watch_of(paths, 1);
	assert_int_equal(rename("a", "old"), 0);
	assert_int_equal(rename("new", "a"), 0);
	assert_non_null(strstr(changes(watch), "0:* "));
	put("old/stray");
	assert_true(is_quiet(watch));
	assert_int_equal(watch_count(watch), 2); /* itself and the one above */
	unlink("a/file");
	assert_string_equal(changes(watch), "0:file ");

	unlink("old/stray");
	rmdir("old");
	rmdir("a");
}

static void waits_in_place_of_a_file_for_a_directory(void **state)
{
	const char *const paths[] = { "a/b" };
	cleanup_dirwatch struct dirwatch *watch = NULL;

	(void)state;
	put("a");
	watch = watch_of(paths, 1);
	unlink("a");
	assert_true(is_quiet(watch));
	make("a");
	make("a/b");
	assert_string_equal(changes(watch), "0:* ");
	rmdir("a/b");
	rmdir("a");
}

static void count_readings(void *ctx, size_t index, const char *name, bool is_whole)
{
	(void)index;
	(void)is_whole;
	*(unsigned int *)ctx += !name;
}

static unsigned long queue_limit(void)
{
	cleanup_fclose FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	char line[32] = "";

	return file && fgets(line, sizeof(line), file) ? strtoul(line, NULL, 10) : 0;
}

static void reads_all_anew_when_events_were_lost(void **state)
{
	const char *const paths[] = { "a" };
	cleanup_dirwatch struct dirwatch *watch = NULL;
	unsigned long limit = queue_limit();
	unsigned int readings = 0;

	(void)state;
	if (!limit || limit > 100000)
		skip();
	make("a");
	watch = watch_of(paths, 1);
	/* An event equal to the one before it is not queued: two names in turn. */
	for (unsigned long i = 0; i <= limit; i++)
		put(i % 2 ? "a/odd" : "a/even");
	assert_int_equal(dirwatch_read(watch, count_readings, &readings), 0);
	assert_int_equal(readings, 1);
	put("a/odd");
	assert_string_equal(changes(watch), "0:odd ");

	unlink("a/even");
	unlink("a/odd");
	rmdir("a");
}

static void refuses_more_directories_than_it_has_room_for(void **state)
{
	const char *const paths[DIRWATCH_MAX + 1] = { "a", "a", "a", "a", "a", "a", "a", "a", "a" };
	struct dirwatch *watch = NULL;

	(void)state;
	assert_int_equal(dirwatch_open(paths, DIRWATCH_MAX + 1, &watch), -E2BIG);
	assert_null(watch);
	dirwatch_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_each_file_that_changed),
		cmocka_unit_test(waits_for_a_directory_level_by_level),
		cmocka_unit_test(sees_levels_that_appear_all_at_once),
		cmocka_unit_test(survives_a_directory_deleted_and_made_again),
		cmocka_unit_test(survives_a_directory_deleted_while_open),
		cmocka_unit_test(follows_the_name_when_a_directory_is_replaced),
		cmocka_unit_test(waits_in_place_of_a_file_for_a_directory),
		cmocka_unit_test(reads_all_anew_when_events_were_lost),
		cmocka_unit_test(refuses_more_directories_than_it_has_room_for),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
