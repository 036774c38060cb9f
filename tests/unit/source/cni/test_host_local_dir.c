// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "log.h"
#include "source/cni/host_local_dir.h"
#include "workdir.h"

#define ID "3f9a1c5be07d42869afc13d0b6e78f2459c0d1e2f3a4b5c6d7e8f90112233445"
#define TEN "0123456789"
#define SEVENTY_NINE TEN TEN TEN TEN TEN TEN TEN "012345678"

struct fixture {
	struct complaints complaints;
	struct host_local_dir dir;
};

static void clear_fixture(struct fixture *fixture)
{
	host_local_dir_clear(&fixture->dir);
	complaints_clear(&fixture->complaints);
}
#define cleanup_fixture cleanup(clear_fixture)

static int read_dir(struct fixture *fixture, const char *path, size_t limit)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	fixture->complaints.whose = "host-local";
	return host_local_dir_read(path, &st, limit, &fixture->complaints, &fixture->dir);
}

static const struct host_local_entry *entry_of(const struct fixture *fixture, const char *text)
{
	static const struct host_local_entry none = { .container_id = "none" };
	struct ip ip;

	assert_int_equal(ip_parse(text, &ip), 0);
	for (size_t i = 0; i < fixture->dir.count; i++) {
		if (ip_compare(&fixture->dir.entries[i].ip, &ip) == 0)
			return &fixture->dir.entries[i];
	}
	return &none;
}

static void reads_every_shape_of_a_file(void **state)
{
	static const struct {
		const char *text, *id, *ifname;
	} cases[] = {
		{ ID "\r\neth0", ID, "eth0" },
		{ ID "\r\neth0\n", ID, "eth0" },
		{ ID "\r\neth0\r\n", ID, "eth0" },
		{ ID "\neth0", ID, "eth0" },
		{ ID, ID, "" }, /* of older versions */
		{ ID "\n", ID, "" },
		{ ID "\r\n", ID, "" }, /* of no interface */
		{ "some.id_of-1\r\nnet1", "some.id_of-1", "net1" },
		{ SEVENTY_NINE "\r\n012345678901234", SEVENTY_NINE, "012345678901234" },
	};

	(void)state;
	make_dir("net");
	for_each_case(c, cases) {
		cleanup_fixture struct fixture fixture = { 0 };
		const struct host_local_entry *entry;

		put_aged("net/10.9.0.5", c->text, 1700000000);
		assert_int_equal(read_dir(&fixture, "net", 9), 0);
		entry = entry_of(&fixture, "10.9.0.5");
		assert_string_equal(entry->container_id, c->id);
		assert_string_equal(entry->ifname, c->ifname);
		assert_int_equal(entry->since_ns, 1700000000LL * 1000000000);
		assert_int_equal(fixture.complaints.errors, 0);
	}
	assert_string_equal(logged(), "");
}

static void takes_what_a_file_does_not_say_for_a_lease_of_nobody(void **state)
{
	static const struct {
		const char *text;
		size_t size; /* 0: all of the text */
	} cases[] = {
		{ "\r\neth0", 0 },
		{ " " ID, 0 },
		{ ID " ", 0 },
		{ ID "\teth0", 0 },
		{ ID "\r\neth0\r\nmore", 0 },
		{ ID "\r\neth0 ", 0 },
		{ ID "\0\r\neth0", sizeof(ID "\0\r\neth0") - 1 },
		{ ID "\r\neth0\0", sizeof(ID "\r\neth0\0") - 1 },
		{ "\x7f\x45\x4c\x46\x02\x01\x01", 0 },
		{ "\x1b[2J", 0 },
		{ ID "\x7f", 0 },
		{ "b\xc3\xbc-1", 0 },
		{ SEVENTY_NINE "9", 0 },
		{ ID "\r\n0123456789012345", 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_fixture struct fixture fixture = { 0 };
		const struct host_local_entry *entry;
		char dir[16], path[64], said[128];

		snprintf(dir, sizeof(dir), "net%u", (unsigned int)(c - cases));
		snprintf(path, sizeof(path), "%s/10.9.0.5", dir);
		make_dir(dir);
		put_bytes(path, c->text, c->size ? c->size : strlen(c->text));
		age(path, 1700000000);
		snprintf(said, sizeof(said), "'%s' of host-local: it is no container id", path);
		assert_int_equal(read_dir(&fixture, dir, 9), 0);
		entry = entry_of(&fixture, "10.9.0.5");
		assert_string_equal(entry->container_id, "");
		assert_string_equal(entry->ifname, "");
		assert_int_equal(entry->since_ns, 1700000000LL * 1000000000);
		assert_int_equal(fixture.complaints.errors, 1);
		assert_non_null(strstr(logged(), said));
	}
}

static void reads_no_more_of_a_file_than_its_bound(void **state)
{
	cleanup_fixture struct fixture fixture = { 0 };
	char text[HOST_LOCAL_FILE_MAX + 1] = ID "\r\neth0";

	(void)state;
	make_dir("net");
	memset(text + strlen(text), '\n', sizeof(text) - strlen(text));
	put_bytes("net/10.9.0.5", text, HOST_LOCAL_FILE_MAX);
	put_bytes("net/10.9.0.6", text, HOST_LOCAL_FILE_MAX + 1);
	put("net/10.9.0.7", "");
	assert_int_equal(truncate("net/10.9.0.7", 1LL << 40), 0);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_string_equal(entry_of(&fixture, "10.9.0.5")->ifname, "eth0");
	assert_string_equal(entry_of(&fixture, "10.9.0.6")->container_id, "");
	assert_string_equal(entry_of(&fixture, "10.9.0.7")->container_id, "");
	assert_int_equal(fixture.complaints.errors, 2);
	assert_non_null(strstr(logged(), "'net/10.9.0.6' of host-local: too large, ignoring"));
}

static void skips_host_locals_own_files_and_complains_of_others(void **state)
{
	cleanup_fixture struct fixture fixture = { 0 };

	(void)state;
	make_dir("net");
	put("net/lock", "");
	put("net/last_reserved_ip.1", "fd00::5");
	put("net/10.9.0.5", ID "\r\neth0");
	put("net/fd00::5", ID "\r\neth0");
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_int_equal(fixture.dir.count, 2);
	assert_string_equal(entry_of(&fixture, "fd00::5")->container_id, ID);
	assert_int_equal(fixture.complaints.errors, 0);

	put("net/10.9.0.256", ID);
	put("net/10.9.0.6.swp", ID);
	put("net/locks", ID);
	put("net/last_reserved_ip", ID);
	make_dir("net/sub");
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_int_equal(fixture.dir.count, 2);
	assert_int_equal(fixture.complaints.errors, 5);
	assert_int_equal(log_lines(), 5);
	assert_non_null(strstr(logged(), "'net/10.9.0.256' of host-local: its name is no address"));
}

static void knows_an_address_as_taken_by_whatever_has_its_name(void **state)
{
	cleanup_fixture struct fixture fixture = { 0 };

	(void)state;
	make_dir("net");
	make_dir("net/10.9.0.5");
	assert_int_equal(mkfifo("net/10.9.0.6", 0600), 0);
	assert_int_equal(symlink("10.9.0.7", "net/10.9.0.7"), 0);
	put("lease", ID "\r\neth0");
	assert_int_equal(symlink("../lease", "net/10.9.0.8"), 0);
	assert_int_equal(symlink("nowhere", "net/10.9.0.9"), 0); /* as one that has just gone */
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_int_equal(fixture.dir.count, 4);
	assert_int_equal(fixture.complaints.errors, 3);
	assert_string_equal(entry_of(&fixture, "10.9.0.5")->container_id, "");
	assert_string_equal(entry_of(&fixture, "10.9.0.6")->container_id, "");
	assert_string_equal(entry_of(&fixture, "10.9.0.7")->container_id, "");
	assert_string_equal(entry_of(&fixture, "10.9.0.8")->container_id, ID);
	assert_string_equal(entry_of(&fixture, "10.9.0.9")->container_id, "none");
	assert_non_null(strstr(logged(), "'net/10.9.0.6' of host-local: not a regular file"));
}

static void waits_for_what_a_new_file_will_say(void **state)
{
	cleanup_fixture struct fixture fixture = { 0 };

	(void)state;
	make_dir("net");
	put("net/10.9.0.5", "");
	age("net", 1700000000);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_string_equal(entry_of(&fixture, "10.9.0.5")->container_id, "");
	assert_int_equal(fixture.complaints.errors, 0);

	/* which changes no directory */
	put("net/10.9.0.5", ID "\r\neth0");
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_string_equal(entry_of(&fixture, "10.9.0.5")->container_id, ID);

	put_aged("net/10.9.0.5", "", 1700000000);
	age("net", 1700000001);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_int_equal(fixture.complaints.errors, 1);
	assert_string_equal(logged(), "podip: warn: cannot use 'net/10.9.0.5' of host-local: it is "
				      "empty, ignoring\n");
}

static void opens_nothing_while_the_directory_does_not_change(void **state)
{
	cleanup_fixture struct fixture fixture = { 0 };

	(void)state;
	make_dir("net");
	put("net/10.9.0.5", "c1");
	put("net/odd", "");
	age("net", 1700000000);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	put("net/10.9.0.5", "c2");
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_string_equal(entry_of(&fixture, "10.9.0.5")->container_id, "c1");
	assert_int_equal(fixture.complaints.errors, 1);

	/* to the nanosecond */
	utimensat(AT_FDCWD, "net", (const struct timespec[]){ { 0 }, { 1700000000, 1 } }, 0);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_string_equal(entry_of(&fixture, "10.9.0.5")->container_id, "c2");
	assert_int_equal(fixture.complaints.errors, 2);
	assert_int_equal(log_lines(), 1);

	age("net", 1700000001);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	put("net/10.9.0.5", "c3");
	age("net", 1700000000);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_string_equal(entry_of(&fixture, "10.9.0.5")->container_id, "c3");

	assert_int_equal(rename("net", "old"), 0);
	make_dir("net");
	put("net/10.9.0.6", "c3");
	age("net", 1700000000);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_int_equal(fixture.dir.count, 1);
	assert_string_equal(entry_of(&fixture, "10.9.0.6")->container_id, "c3");
}

static void reads_a_directory_again_that_has_just_changed(void **state)
{
	static const int64_t ages[] = { 0, 1, -1000000 };

	(void)state;
	make_dir("net");
	for_each_case(seconds, ages) {
		cleanup_fixture struct fixture fixture = { 0 };
		int64_t now = time(NULL);

		put("net/10.9.0.5", "c1");
		age("net", now - *seconds);
		assert_int_equal(read_dir(&fixture, "net", 9), 0);
		/* within the same tick of the clock */
		put("net/10.9.0.5", "c2");
		age("net", now - *seconds);
		assert_int_equal(read_dir(&fixture, "net", 9), 0);
		assert_string_equal(entry_of(&fixture, "10.9.0.5")->container_id, "c2");
	}
}

static void knows_no_time_that_64_bits_do_not_hold(void **state)
{
	static const struct {
		int64_t seconds, since_ns;
	} cases[] = {
		{ -5, 0 },
		{ 0, 0 },
		{ 1, 1000000000 },
		{ 4102444800, 4102444800000000000 },
		{ INT64_MAX / 1000000000, 0 },
	};

	(void)state;
	make_dir("net");
	for_each_case(c, cases) {
		cleanup_fixture struct fixture fixture = { 0 };
		struct stat st;

		put_aged("net/10.9.0.5", "c1", c->seconds);
		assert_int_equal(stat("net/10.9.0.5", &st), 0);
		if (st.st_mtim.tv_sec != c->seconds)
			continue; /* nor does this file system */
		assert_int_equal(read_dir(&fixture, "net", 9), 0);
		assert_int_equal(entry_of(&fixture, "10.9.0.5")->since_ns, c->since_ns);
	}
}

static void skips_files_past_its_limit(void **state)
{
	cleanup_fixture struct fixture fixture = { 0 };
	char path[64];

	(void)state;
	make_dir("net");
	for (unsigned int i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "net/10.9.0.%u", i);
		put(path, "c1");
	}
	assert_int_equal(read_dir(&fixture, "net", 200), 0);
	assert_int_equal(fixture.dir.count, 200);
	assert_int_equal(fixture.complaints.skipped, 0);
	assert_int_equal(read_dir(&fixture, "net", 197), 0);
	assert_int_equal(fixture.dir.count, 197);
	assert_int_equal(fixture.complaints.skipped, 3);
	assert_int_equal(log_lines(), 1);
}

static void keeps_what_it_had_where_a_directory_cannot_be_read(void **state)
{
	cleanup_fixture struct fixture fixture = { 0 };
	struct rlimit before, few;
	int free_fd;

	(void)state;
	make_dir("net");
	put("net/10.9.0.5", "c1");
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	put("net/10.9.0.6", "c2");

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	free_fd = dup(STDIN_FILENO);
	close(free_fd);
	/* none for the directory, and one */
	for (int limit = free_fd; limit <= free_fd + 1; limit++) {
		few = (struct rlimit){ (rlim_t)limit, before.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		assert_int_equal(read_dir(&fixture, "net", 9), -EMFILE);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		assert_int_equal(fixture.dir.count, 1);
	}
	assert_int_equal(fixture.complaints.errors, 0);
	assert_int_equal(read_dir(&fixture, "net", 9), 0);
	assert_int_equal(fixture.dir.count, 2);
}

static int stop_at_b(const char *name, void *ctx)
{
	unsigned int *calls = ctx;

	++*calls;
	return strcmp(name, "b") == 0 ? -EPROTO : 0;
}

static void lists_names_until_one_fails(void **state)
{
	unsigned int calls = 0;

	(void)state;
	make_dir("net");
	put("net/.c", "");
	assert_int_equal(host_local_each("net", stop_at_b, &calls), 0);
	assert_int_equal(calls, 1);
	put("net/b", "");
	assert_int_equal(host_local_each("net", stop_at_b, &calls), -EPROTO);
	assert_int_equal(host_local_each("none", stop_at_b, &calls), -ENOENT);
	assert_int_equal(host_local_each("net/b", stop_at_b, &calls), -ENOTDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(reads_every_shape_of_a_file),
		workdir_test(takes_what_a_file_does_not_say_for_a_lease_of_nobody),
		workdir_test(reads_no_more_of_a_file_than_its_bound),
		workdir_test(skips_host_locals_own_files_and_complains_of_others),
		workdir_test(knows_an_address_as_taken_by_whatever_has_its_name),
		workdir_test(waits_for_what_a_new_file_will_say),
		workdir_test(opens_nothing_while_the_directory_does_not_change),
		workdir_test(reads_a_directory_again_that_has_just_changed),
		workdir_test(knows_no_time_that_64_bits_do_not_hold),
		workdir_test(skips_files_past_its_limit),
		workdir_test(keeps_what_it_had_where_a_directory_cannot_be_read),
		workdir_test(lists_names_until_one_fails),
	};

	log_setup(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
