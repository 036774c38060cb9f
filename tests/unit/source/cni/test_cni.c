// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "source/cni/cni.h"
#include "source/cni/cni_files.h"

enum { PATIENCE_MS = 10000 };

static char directory[] = "/tmp/podip-cni-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *walk)
{
	(void)st;
	(void)flag;
	return walk->level ? remove(path) : 0;
}

static int own_stderr;

/* Each test has the directory to itself, and what is logged in `log`. */
static int enter(void **state)
{
	cleanup_close int log = open("log", O_RDWR | O_CREAT | O_TRUNC, 0600);

	(void)state;
	return dup2(log, STDERR_FILENO) < 0 || mkdir("conf", 0700) || mkdir("cache", 0700);
}

static int leave(void **state)
{
	(void)state;
	return dup2(own_stderr, STDERR_FILENO) < 0 ||
	       nftw(".", remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int enter_all(void **state)
{
	(void)state;
	own_stderr = dup(STDERR_FILENO);
	return own_stderr < 0 || !mkdtemp(directory) || chdir(directory);
}

static int leave_all(void **state)
{
	(void)state;
	close(own_stderr);
	return chdir("/") || rmdir(directory);
}

static void put(const char *path, const char *text)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
}

static void put_conf(const char *path, const char *name, const char *subnets)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "{\"name\":\"%s\",\"plugins\":[{\"type\":\"ptp\",\"ipam\":{\"type\":", name);
	fprintf(file, "\"host-local\",\"ranges\":[[{\"subnet\":\"%s\"}]]}}]}", subnets);
}

/* A result as of aws-cni or ptp, whose sandbox is `sandbox`. */
static void put_result(const char *path, const char *sandbox)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "{\"kind\":\"cniCacheV1\",\"result\":{\"interfaces\":[{\"name\":\"veth0\"},");
	fprintf(file, "{\"name\":\"eth0\",\"sandbox\":\"%s\"}]}}", sandbox);
}

static struct cni *cni_of(const char *conf_dir, const char *host_root)
{
	const struct cni_config config = {
		.conf_dir = conf_dir,
		.cache_dir = "cache",
		.host_root = host_root,
	};
	struct cni *cni = NULL;

	assert_int_equal(cni_open(&config, &cni), 0);
	return cni;
}

static int refresh(struct cni *cni)
{
	struct pollfd pollfd = { .fd = cni_fd(cni), .events = POLLIN };

	assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
	return cni_refresh(cni);
}

/* Ranges as "name cidr usable", separated by ", ". */
static const char *ranges(const struct cni *cni)
{
	struct range_list list = cni_ranges(cni);
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < list.count; i++) {
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&list.ranges[i].cidr, cidr);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s %.0f",
					 i ? ", " : "", list.ranges[i].name, cidr,
					 range_usable(&list.ranges[i]));
	}
	return text;
}

static bool has_sandbox(const struct cni *cni, const char *path)
{
	const uint32_t *inodes;
	size_t count, found = 0;
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	inodes = cni_sandboxes(cni, &count);
	for (size_t i = 0; i < count; i++)
		found += inodes[i] == st.st_ino;
	assert_in_range(found, 0, 1);
	return found;
}

static size_t sandbox_count(const struct cni *cni)
{
	size_t count;

	cni_sandboxes(cni, &count);
	return count;
}

static size_t log_lines(void)
{
	cleanup_fclose FILE *file = fopen("log", "r");
	size_t lines = 0;
	int c;

	assert_non_null(file);
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	return lines;
}

static void reads_ranges_in_the_order_of_libcni(void **state)
{
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	put_conf("conf/20-b.conflist", "b", "10.8.1.0/27");
	put_conf("conf/10-gke-ptp.conflist", "gke-pod-network",
		 "10.8.0.0/24\"}],[{\"subnet\":\"fd00:8::/112");
	put_conf("conf/30-c.conf", "c", "10.8.0.0/24"); /* said already, by 10- */
	put_conf("conf/40-d.json", "d", "10.8.2.0/28");
	put_conf("conf/50-e.conflist.bak", "e", "10.8.3.0/24");
	put_conf("conf/README", "f", "10.8.4.0/24");
	put("conf/99-loopback.conf", "{\"type\":\"loopback\"}");
	assert_int_equal(mkdir("conf/60-dir.conf", 0700), 0);
	cni = cni_of("conf", "");
	assert_string_equal(ranges(cni),
			    "gke-pod-network 10.8.0.0/24 253, gke-pod-network fd00:8::/112 65534, "
			    "b 10.8.1.0/27 29, d 10.8.2.0/28 13");
	assert_int_equal(cni_stats(cni).files, 5);
	assert_int_equal(cni_stats(cni).errors, 0);
	assert_int_equal(log_lines(), 0);
	assert_int_equal(cni_refresh(cni), 0);
}

static void tells_when_ranges_change(void **state)
{
	cleanup_cni struct cni *cni = cni_of("conf", "");

	(void)state;
	assert_string_equal(ranges(cni), "");
	put_conf("conf/a.conf", "a", "10.8.0.0/24");
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "a 10.8.0.0/24 253");
	put_conf("conf/a.conf", "a", "10.8.0.0/24");
	assert_int_equal(refresh(cni), 0);
	put_conf("conf/b.conf", "b", "10.8.0.0/24");
	assert_int_equal(refresh(cni), 0);
	put_conf("conf/a.conf", "a", "10.8.0.0/24\",\"gateway\":\"10.9.0.1");
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "a 10.8.0.0/24 254");
	assert_int_equal(unlink("conf/a.conf"), 0);
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "b 10.8.0.0/24 253");
	assert_int_equal(rename("conf/b.conf", "conf/b.conf.off"), 0);
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "");
	assert_int_equal(cni_refresh(cni), 0);
}

static void collects_the_namespaces_that_results_name(void **state)
{
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	put_result("cache/net-c1-eth0", "/proc/self/ns/net");
	put_result("cache/net-c1-eth1", "/proc/self/ns/net");
	put_result("cache/net-gone-eth0", "/var/run/netns/podip-no-such-namespace");
	put_result("cache/net-odd-eth0", "/etc/passwd"); /* exists, but is no namespace */
	cni = cni_of("conf", "");
	assert_int_equal(sandbox_count(cni), 1);
	assert_true(has_sandbox(cni, "/proc/self/ns/net"));

	put_result("cache/net-c2-eth0", "/proc/self/ns/mnt");
	assert_int_equal(refresh(cni), CNI_SANDBOXES_CHANGED);
	assert_int_equal(sandbox_count(cni), 2);
	assert_true(has_sandbox(cni, "/proc/self/ns/mnt"));
	assert_int_equal(unlink("cache/net-c1-eth0"), 0);
	assert_int_equal(refresh(cni), 0);
	assert_int_equal(unlink("cache/net-c1-eth1"), 0);
	assert_int_equal(refresh(cni), CNI_SANDBOXES_CHANGED);
	assert_int_equal(sandbox_count(cni), 1);
	assert_false(has_sandbox(cni, "/proc/self/ns/net"));
	assert_int_equal(cni_stats(cni).errors, 0);
}

static void looks_for_namespaces_under_the_hosts_root(void **state)
{
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	assert_int_equal(mkdir("root", 0700) | mkdir("root/run", 0700) | mkdir("root/var", 0700),
			 0);
	assert_int_equal(symlink("/no/such/run", "root/var/run"), 0);
	assert_int_equal(symlink("/proc/self/ns/net", "root/run/cni-1"), 0);
	put_result("cache/net-c1-eth0", "/var/run/cni-1");
	put_result("cache/net-c2-eth0", "/proc/self/ns/mnt"); /* not under this root */
	cni = cni_of("conf", "root");
	assert_int_equal(sandbox_count(cni), 1);
	assert_true(has_sandbox(cni, "/proc/self/ns/net"));
}

static void counts_each_bad_file_and_logs_it_once(void **state)
{
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	put_conf("conf/good.conf", "good", "10.8.0.0/24");
	put("conf/cut.conf", "{\"name\":\"x\",\"ipam\":{\"type\":\"host-lo");
	put("conf/empty.conf", "");
	put("conf/binary.conf", "\x7f"
				"ELF");
	put("conf/wrong.conf",
	    "{\"name\":\"x\",\"ipam\":{\"type\":\"host-local\",\"subnet\":\"x\"}}");
	assert_int_equal(mkfifo("conf/fifo.conf", 0600), 0);
	assert_int_equal(symlink("loop.conf", "conf/loop.conf"), 0);
	assert_int_equal(symlink("nowhere", "conf/dangling.conf"), 0);
	put("conf/huge.conf", "{}");
	assert_int_equal(truncate("conf/huge.conf", CNI_FILE_MAX + 1), 0);
	put("cache/cut", "{\"kind\":");
	cni = cni_of("conf", "");
	assert_string_equal(ranges(cni), "good 10.8.0.0/24 253");
	assert_int_equal(cni_stats(cni).files, 1);
	assert_int_equal(cni_stats(cni).errors, 7);
	assert_int_equal(cni_stats(cni).skipped, 1);
	assert_int_equal(log_lines(), 8);

	put("conf/cut.conf", "{");
	assert_int_equal(refresh(cni), 0);
	assert_int_equal(cni_stats(cni).errors, 8);
	assert_int_equal(log_lines(), 8);
}

static void keeps_what_a_file_said_until_it_is_good_again(void **state)
{
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	put_conf("conf/a.conf", "a", "10.8.0.0/24");
	cni = cni_of("conf", "");
	put("conf/a.conf", "{");
	assert_int_equal(refresh(cni), 0);
	assert_string_equal(ranges(cni), "a 10.8.0.0/24 253");
	assert_int_equal(cni_stats(cni).files, 0);
	assert_int_equal(cni_stats(cni).bad, 1);
	put_conf("conf/a.conf", "b", "10.8.1.0/24");
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "b 10.8.1.0/24 253");
	put("conf/a.conf", "{");
	refresh(cni);
	assert_int_equal(cni_stats(cni).errors, 2);
	assert_int_equal(log_lines(), 2);
	unlink("conf/a.conf");
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_int_equal(cni_stats(cni).bad, 0);
}

static void does_not_call_a_file_bad_while_it_is_written(void **state)
{
	cleanup_cni struct cni *cni = cni_of("conf", "");
	FILE *file = fopen("conf/a.conf", "w");

	(void)state;
	assert_non_null(file);
	fputs("{\"name\":\"a\",\"ipam\":{\"type\":\"host-local\",", file);
	fflush(file);
	assert_int_equal(refresh(cni), 0);
	fputs("\"subnet\":\"10.8.0.0/24\"}}", file);
	fclose(file);
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_int_equal(cni_stats(cni).errors, 0);
	assert_int_equal(log_lines(), 0);
}

static void takes_a_file_linked_or_moved_in(void **state)
{
	cleanup_cni struct cni *cni = cni_of("conf", "");

	(void)state;
	put_conf("a", "a", "10.8.0.0/24");
	put_conf("b", "b", "10.8.1.0/24");
	put_conf("c", "c", "10.8.2.0/24");
	assert_int_equal(rename("a", "conf/a.conf"), 0);
	assert_int_equal(link("b", "conf/b.conf"), 0);
	assert_int_equal(symlink("../c", "conf/c.conf"), 0);
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "a 10.8.0.0/24 253, b 10.8.1.0/24 253, c 10.8.2.0/24 253");
}

static void waits_for_a_directory_and_survives_its_replacement(void **state)
{
	cleanup_cni struct cni *cni = cni_of("etc/cni/net.d", "");

	(void)state;
	assert_string_equal(ranges(cni), "");
	assert_int_equal(mkdir("etc", 0700), 0);
	assert_int_equal(refresh(cni), 0);
	assert_int_equal(mkdir("etc/cni", 0700) | mkdir("etc/cni/net.d", 0700), 0);
	put_conf("etc/cni/net.d/a.conf", "a", "10.8.0.0/24");
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "a 10.8.0.0/24 253");

	assert_int_equal(rename("etc/cni/net.d", "etc/cni/old"), 0);
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "");
	assert_int_equal(mkdir("etc/cni/net.d", 0700), 0);
	put_conf("etc/cni/net.d/b.conf", "b", "10.8.1.0/24");
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(ranges(cni), "b 10.8.1.0/24 253");
}

static void bounds_files_and_ranges(void **state)
{
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	for (unsigned int i = 0; i < CNI_FILES_MAX + 2; i++) {
		char path[64], subnet[32];

		snprintf(path, sizeof(path), "conf/%u.conf", i);
		snprintf(subnet, sizeof(subnet), "10.%u.%u.0/24", i / 256, i % 256);
		put_conf(path, "many", subnet);
	}
	cni = cni_of("conf", "");
	assert_int_equal(cni_ranges(cni).count, RANGE_MAX);
	assert_int_equal(cni_stats(cni).files, CNI_FILES_MAX);
	assert_int_equal(cni_stats(cni).skipped, 2);
	assert_int_equal(cni_stats(cni).dropped_ranges, CNI_FILES_MAX - RANGE_MAX);
	assert_int_equal(log_lines(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_ranges_in_the_order_of_libcni),
		TEST(tells_when_ranges_change),
		TEST(collects_the_namespaces_that_results_name),
		TEST(looks_for_namespaces_under_the_hosts_root),
		TEST(counts_each_bad_file_and_logs_it_once),
		TEST(keeps_what_a_file_said_until_it_is_good_again),
		TEST(does_not_call_a_file_bad_while_it_is_written),
		TEST(takes_a_file_linked_or_moved_in),
		TEST(waits_for_a_directory_and_survives_its_replacement),
		TEST(bounds_files_and_ranges),
	};

	log_setup(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, enter_all, leave_all);
}
