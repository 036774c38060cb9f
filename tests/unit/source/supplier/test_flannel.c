// SPDX-License-Identifier: Apache-2.0
/*
 * flannel's file while it comes, changes and goes. As for the loop, a turn follows
 * whatever the test does.
 */
#include "test.h"

#include <poll.h>
#include <stdlib.h>

#include "flannel_fixture.h"
#include "log.h"
#include "workdir.h"

#define PATH "run/flannel/subnet.env"
#define WARNING "podip: warn: cannot read '" PATH "' of flannel: "

static const uint64_t second_ns = 1000000000;

static void *open_flannel(const char *path)
{
	const struct supplier_settings settings = { .flannel_file = path,
						    .period_ns = 30 * second_ns };
	const struct supplier_config config = { .settings = &settings };
	void *flannel = NULL;

	assert_int_equal(flannel_supplier.open(&config, &flannel), 0);
	assert_non_null(flannel);
	return flannel;
}

/* What it says after what the test did. */
static const char *says(void *flannel)
{
	assert_true(flannel_supplier.turn(flannel, 5 * second_ns) == SUPPLIER_NEVER);
	return ranges_of(flannel_supplier.capacity(flannel), "flannel");
}

static bool is_readable(void *flannel)
{
	struct pollfd pollfd = { .fd = flannel_supplier.fd(flannel), .events = POLLIN };

	return poll(&pollfd, 1, 0) == 1;
}

static struct supplier_status status_of(void *flannel)
{
	return flannel_supplier.status(flannel);
}

static void make_dirs(void)
{
	make_dir("run");
	make_dir("run/flannel");
}

/* As flanneld does it. */
static void replace(const char *text)
{
	put("run/flannel/.subnet.env", text);
	assert_int_equal(rename("run/flannel/.subnet.env", PATH), 0);
}

static void is_not_asked_without_a_path(void **state)
{
	static const char *const paths[] = { NULL, "" };

	(void)state;
	for_each_case(path, paths) {
		const struct supplier_settings settings = { .flannel_file = *path };
		const struct supplier_config config = { .settings = &settings };
		void *flannel = NULL;

		assert_int_equal(flannel_supplier.open(&config, &flannel), 1);
		assert_null(flannel);
	}
	flannel_supplier.close(NULL);
	assert_string_equal(logged(), "");
}

static void is_a_source_of_its_own_that_needs_no_network(void **state)
{
	(void)state;
	assert_string_equal(flannel_supplier.name, "flannel");
	assert_false(flannel_supplier.needs_network);
}

static void reads_a_file_that_is_there_at_start(void **state)
{
	void *flannel;

	(void)state;
	make_dirs();
	put(PATH, GOOD);
	flannel = open_flannel(PATH);
	assert_string_equal(ranges_of(flannel_supplier.capacity(flannel), "flannel"), "");
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_true(status_of(flannel).is_up);
	assert_int_equal(status_of(flannel).entries, 2);
	assert_int_equal(status_of(flannel).errors, 0);
	assert_true(status_of(flannel).good_ns == 5 * second_ns);
	assert_int_equal(flannel_supplier.version(flannel), 1);
	assert_string_equal(logged(), "");
	flannel_supplier.close(flannel);
}

static void finds_the_directory_in_any_path(void **state)
{
	static const char *const names[] = { "subnet.env", "./subnet.env", "/", NULL };

	(void)state;
	put("subnet.env", GOOD);
	for (unsigned int i = 0; names[i]; i++) {
		char path[PATH_MAX];
		void *flannel;

		snprintf(path, sizeof(path), "%s%s", names[i][0] == '/' ? scratch_directory : "",
			 names[i][0] == '/' ? "/subnet.env" : names[i]);
		put("subnet.env", GOOD);
		flannel = open_flannel(path);
		assert_string_equal(says(flannel), GOOD_RANGES);
		put("subnet.env", "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.73.1/24\n");
		assert_true(is_readable(flannel));
		assert_string_equal(says(flannel), "flannel 10.5.73.0/24 node -1 0, "
						   "flannel-network 10.5.0.0/16 cluster 0 24");
		flannel_supplier.close(flannel);
	}
}

static void waits_for_a_directory_and_a_file(void **state)
{
	void *flannel = open_flannel(PATH);

	(void)state;
	assert_string_equal(says(flannel), "");
	assert_false(status_of(flannel).is_up);
	assert_true(status_of(flannel).good_ns == 0);
	assert_int_equal(flannel_supplier.version(flannel), 0);
	assert_false(is_readable(flannel));
	make_dirs();
	assert_string_equal(says(flannel), "");
	replace(GOOD);
	assert_true(is_readable(flannel));
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_true(status_of(flannel).is_up);
	assert_int_equal(status_of(flannel).errors, 0);
	assert_string_equal(logged(), "");
	flannel_supplier.close(flannel);
}

static void says_nothing_when_the_file_is_gone(void **state)
{
	void *flannel;

	(void)state;
	make_dirs();
	replace(GOOD);
	flannel = open_flannel(PATH);
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_int_equal(unlink(PATH), 0);
	assert_string_equal(says(flannel), "");
	assert_false(status_of(flannel).is_up);
	assert_int_equal(status_of(flannel).entries, 0);
	assert_int_equal(flannel_supplier.version(flannel), 2);
	replace(GOOD);
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_int_equal(flannel_supplier.version(flannel), 3);
	/* with its directory */
	assert_int_equal(rename("run", "away"), 0);
	assert_string_equal(says(flannel), "");
	assert_int_equal(rename("away", "run"), 0);
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_int_equal(status_of(flannel).errors, 0);
	assert_string_equal(logged(), "");
	flannel_supplier.close(flannel);
}

static void grows_its_version_with_what_it_says_alone(void **state)
{
	void *flannel;

	(void)state;
	make_dirs();
	replace(GOOD);
	flannel = open_flannel(PATH);
	assert_string_equal(says(flannel), GOOD_RANGES);
	replace(GOOD "FLANNEL_MTU=1400\n");
	put("run/flannel/other", "FLANNEL_NETWORK=1\n");
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_int_equal(flannel_supplier.version(flannel), 1);
	replace(GOOD "FLANNEL_SUBNET=10.5.73.1/24\n");
	assert_string_equal(says(flannel), "flannel 10.5.73.0/24 node -1 0, "
					   "flannel-network 10.5.0.0/16 cluster 0 24");
	assert_int_equal(flannel_supplier.version(flannel), 2);
	flannel_supplier.close(flannel);
}

static void keeps_what_it_knew_while_the_file_is_bad(void **state)
{
	static char huge[FLANNEL_FILE_MAX + 1];
	void *flannel;

	(void)state;
	make_dirs();
	replace(GOOD);
	flannel = open_flannel(PATH);
	assert_string_equal(says(flannel), GOOD_RANGES);
	for (unsigned int i = 1; i <= 3; i++) {
		replace("FLANNEL_NETWORK=10.6.0.0/16\n");
		assert_string_equal(says(flannel), GOOD_RANGES);
		assert_false(status_of(flannel).is_up);
		assert_int_equal(status_of(flannel).entries, 2);
		assert_int_equal(status_of(flannel).errors, i);
		assert_true(status_of(flannel).good_ns == 5 * second_ns);
		assert_string_equal(logged(), WARNING "not as expected, ignoring\n");
	}
	/* each cause once, whatever their order */
	for (unsigned int i = 0; i < 2; i++) {
		put_bytes(PATH, huge, sizeof(huge));
		assert_string_equal(says(flannel), GOOD_RANGES);
		replace("");
		assert_string_equal(says(flannel), GOOD_RANGES);
	}
	assert_int_equal(log_lines(), 2);
	assert_string_equal(last_line(), WARNING "too large, ignoring\n");
	assert_int_equal(status_of(flannel).errors, 7);
	assert_int_equal(flannel_supplier.version(flannel), 1);

	replace(GOOD);
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_true(status_of(flannel).is_up);
	assert_string_equal(last_line(), "podip: info: can read '" PATH "' of flannel again\n");
	assert_int_equal(log_lines(), 3);
	replace(GOOD);
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_int_equal(log_lines(), 3);
	/* and once more when it fails once more */
	replace("");
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_int_equal(log_lines(), 4);
	flannel_supplier.close(flannel);
}

static void is_silent_about_a_file_that_is_being_written(void **state)
{
	cleanup_fclose FILE *file = NULL;
	void *flannel;

	(void)state;
	make_dirs();
	flannel = open_flannel(PATH);
	assert_string_equal(says(flannel), "");
	file = fopen(PATH, "w");
	assert_non_null(file);
	assert_string_equal(says(flannel), "");
	fputs("FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.72.1/2", file);
	fflush(file);
	assert_string_equal(says(flannel), "");
	assert_int_equal(status_of(flannel).errors, 0);
	assert_string_equal(logged(), "");
	fputs("4\n", file);
	fclose(take_ptr(file));
	assert_string_equal(says(flannel), GOOD_RANGES);
	assert_true(status_of(flannel).is_up);
	flannel_supplier.close(flannel);
}

static void reads_a_file_that_was_linked_to_its_place(void **state)
{
	void *flannel;

	(void)state;
	make_dirs();
	put("run/flannel/real", GOOD);
	flannel = open_flannel(PATH);
	assert_string_equal(says(flannel), "");
	assert_int_equal(symlink("real", PATH), 0);
	assert_string_equal(says(flannel), GOOD_RANGES);
	flannel_supplier.close(flannel);
}

static void does_not_hang_on_what_is_no_file(void **state)
{
	void *flannel;

	(void)state;
	make_dirs();
	assert_int_equal(mkfifo(PATH, 0600), 0);
	flannel = open_flannel(PATH);
	assert_string_equal(says(flannel), "");
	assert_string_equal(logged(), WARNING "not a regular file, ignoring\n");
	assert_int_equal(unlink(PATH), 0);
	assert_string_equal(says(flannel), "");
	make_dir(PATH);
	assert_string_equal(says(flannel), "");
	flannel_supplier.close(flannel);
}

static void tries_again_later_what_is_not_the_files_fault(void **state)
{
	uint64_t now_ns = 5 * second_ns, next_ns;
	void *flannel;

	(void)state;
	make_dirs();
	replace(GOOD);
	flannel = open_flannel(PATH);
	assert_string_equal(says(flannel), GOOD_RANGES);
	/* A name that is its own target: ELOOP, as would be EACCES for others than root. */
	assert_int_equal(unlink(PATH), 0);
	assert_int_equal(symlink("subnet.env", PATH), 0);
	for (unsigned int i = 1; i <= 12; i++) {
		next_ns = flannel_supplier.turn(flannel, now_ns);
		assert_true(next_ns >= now_ns + second_ns / 2);
		assert_true(next_ns <= now_ns + 60 * second_ns);
		/* not before */
		assert_true(flannel_supplier.turn(flannel, next_ns - 1) == next_ns);
		assert_int_equal(status_of(flannel).errors, i);
		now_ns = next_ns;
	}
	assert_string_equal(ranges_of(flannel_supplier.capacity(flannel), "flannel"), GOOD_RANGES);
	assert_int_equal(log_lines(), 1);
	/* At once when it is another one. */
	replace(GOOD);
	assert_true(flannel_supplier.turn(flannel, now_ns - 1) == SUPPLIER_NEVER);
	assert_true(status_of(flannel).is_up);
	flannel_supplier.close(flannel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(is_not_asked_without_a_path),
		workdir_test(is_a_source_of_its_own_that_needs_no_network),
		workdir_test(reads_a_file_that_is_there_at_start),
		workdir_test(finds_the_directory_in_any_path),
		workdir_test(waits_for_a_directory_and_a_file),
		workdir_test(says_nothing_when_the_file_is_gone),
		workdir_test(grows_its_version_with_what_it_says_alone),
		workdir_test(keeps_what_it_knew_while_the_file_is_bad),
		workdir_test(is_silent_about_a_file_that_is_being_written),
		workdir_test(reads_a_file_that_was_linked_to_its_place),
		workdir_test(does_not_hang_on_what_is_no_file),
		workdir_test(tries_again_later_what_is_not_the_files_fault),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
