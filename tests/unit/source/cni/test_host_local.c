// SPDX-License-Identifier: Apache-2.0
/* Networks and their leases. What a file says is test_host_local_dir.c's business. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "log.h"
#include "source/cni/host_local.h"
#include "workdir.h"

static struct host_local *open_books(const char *path)
{
	struct host_local *books = NULL;

	assert_int_equal(host_local_open(path, &books), 0);
	return books;
}

/* "network address container interface", separated by ", " in the order of lease_compare(). */
static const char *leases_of(struct host_local *books)
{
	struct lease_list list = { 0 };
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	assert_int_equal(host_local_read(books, &list), 0);
	if (list.count)
		qsort(list.leases, list.count, sizeof(struct lease), lease_compare);
	assert_int_equal(host_local_stats(books).entries, list.count);
	for (size_t i = 0; i < list.count; i++) {
		const struct lease *lease = &list.leases[i];
		char ip[IP_TEXT_SIZE];

		ip_format(&lease->ip, ip);
		assert_string_equal(lease->source, "host-local");
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s %s %s",
					 i ? ", " : "", lease->network, ip, lease->pod.container_id,
					 lease->ifname);
	}
	lease_list_clear(&list);
	return text;
}

static void reads_the_leases_of_all_networks(void **state)
{
	cleanup_host_local struct host_local *books = open_books("networks");
	struct host_local_stats stats;
	struct lease_list list = { 0 };

	(void)state;
	make_dir("networks");
	assert_string_equal(leases_of(books), "");
	assert_true(host_local_stats(books).is_up);
	make_dir("networks/gke-pod-network");
	make_dir("networks/other");
	make_dir("networks/empty");
	make_dir("networks/.snapshot");
	put("networks/.snapshot/10.9.0.9", "c9");
	put("networks/file", "c9");
	put("networks/gke-pod-network/lock", "");
	put("networks/gke-pod-network/10.9.0.5", "c1\r\neth0");
	put("networks/gke-pod-network/fd00:9::5", "c1\r\neth0");
	put("networks/gke-pod-network/last_reserved_ip.0", "10.9.0.5");
	put("networks/other/10.9.0.5", "c2\r\nnet1");
	assert_string_equal(leases_of(books), "gke-pod-network 10.9.0.5 c1 eth0, "
					      "other 10.9.0.5 c2 net1, "
					      "gke-pod-network fd00:9::5 c1 eth0");
	assert_true(host_local_has_network(books, "gke-pod-network"));
	assert_true(host_local_has_network(books, "empty"));
	assert_false(host_local_has_network(books, "file"));
	assert_false(host_local_has_network(books, ".snapshot"));
	assert_false(host_local_has_network(books, "none"));

	age("networks/other/10.9.0.5", 1700000000);
	stats = host_local_stats(books);
	assert_true(stats.is_up);
	assert_int_equal(stats.entries, 3);
	assert_int_equal(stats.errors + stats.skipped, 0);
	assert_string_equal(logged(), "");

	assert_int_equal(host_local_read(books, &list), 0);
	for (size_t i = 0; i < list.count; i++) {
		if (strcmp(list.leases[i].network, "other") == 0)
			assert_int_equal(list.leases[i].since_ns, 1700000000LL * 1000000000);
		else
			assert_in_range(list.leases[i].since_ns, 1700000001LL * 1000000000,
					INT64_MAX);
		assert_string_equal(list.leases[i].pod.name, "");
	}
	lease_list_clear(&list);
}

static void follows_files_and_networks_that_come_and_go(void **state)
{
	cleanup_host_local struct host_local *books = open_books("networks");

	(void)state;
	make_dir("networks");
	make_dir("networks/a");
	make_dir("networks/b");
	make_dir("networks/c");
	put("networks/a/10.9.0.5", "c1");
	put("networks/b/10.9.1.5", "c2");
	put("networks/c/10.9.2.5", "c3");
	assert_string_equal(leases_of(books), "a 10.9.0.5 c1 , b 10.9.1.5 c2 , c 10.9.2.5 c3 ");
	put("networks/a/10.9.0.6", "c4");
	assert_int_equal(unlink("networks/b/10.9.1.5") | rmdir("networks/b"), 0);
	assert_string_equal(leases_of(books), "a 10.9.0.5 c1 , a 10.9.0.6 c4 , c 10.9.2.5 c3 ");
	assert_false(host_local_has_network(books, "b"));
	assert_true(host_local_has_network(books, "c"));
	assert_int_equal(unlink("networks/a/10.9.0.5"), 0);
	make_dir("networks/b");
	assert_string_equal(leases_of(books), "a 10.9.0.6 c4 , c 10.9.2.5 c3 ");
	assert_true(host_local_has_network(books, "b"));
	assert_string_equal(logged(), "");
}

static void appends_to_what_the_list_has(void **state)
{
	cleanup_host_local struct host_local *books = open_books("networks");
	struct lease_list list = { 0 };
	struct lease lease = { .source = LEASE_IPAM };

	(void)state;
	make_dir("networks");
	make_dir("networks/a");
	put("networks/a/10.9.0.5", "c1");
	assert_int_equal(lease_list_add(&list, &lease), 0);
	assert_int_equal(host_local_read(books, &list), 0);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.leases[0].source, "ipam");
	lease_list_clear(&list);
}

static void has_none_while_there_is_no_directory(void **state)
{
	cleanup_host_local struct host_local *books = open_books("var/networks");

	(void)state;
	assert_string_equal(leases_of(books), "");
	assert_false(host_local_stats(books).is_up);
	make_dir("var");
	make_dir("var/networks");
	make_dir("var/networks/a");
	put("var/networks/a/10.9.0.5", "c1");
	assert_string_equal(leases_of(books), "a 10.9.0.5 c1 ");
	assert_true(host_local_stats(books).is_up);
	assert_int_equal(rename("var", "old"), 0);
	assert_string_equal(leases_of(books), "");
	assert_false(host_local_stats(books).is_up);
	assert_false(host_local_has_network(books, "a"));
	assert_int_equal(host_local_stats(books).errors, 0);
	assert_string_equal(logged(), "");
}

static void keeps_the_leases_of_what_cannot_be_read(void **state)
{
	cleanup_host_local struct host_local *books = open_books("networks");

	(void)state;
	make_dir("networks");
	make_dir("networks/a");
	make_dir("networks/b");
	put("networks/a/10.9.0.5", "c1");
	put("networks/b/10.9.1.5", "c2");
	leases_of(books);

	assert_int_equal(rename("networks/b", "b"), 0);
	assert_int_equal(symlink("b", "networks/b"), 0); /* of itself */
	assert_int_equal(symlink("new", "networks/new"), 0);
	put("networks/a/10.9.0.6", "c3");
	for (unsigned int i = 1; i <= 2; i++) {
		assert_string_equal(leases_of(books),
				    "a 10.9.0.5 c1 , a 10.9.0.6 c3 , b 10.9.1.5 c2 ");
		assert_false(host_local_stats(books).is_up);
		assert_int_equal(host_local_stats(books).errors, i);
		assert_int_equal(log_lines(), 1);
	}
	assert_true(host_local_has_network(books, "b"));
	assert_false(host_local_has_network(books, "new"));

	assert_int_equal(rename("networks", "old"), 0);
	put("networks", "no directory");
	assert_string_equal(leases_of(books), "a 10.9.0.5 c1 , a 10.9.0.6 c3 , b 10.9.1.5 c2 ");
	assert_false(host_local_stats(books).is_up);
	assert_non_null(strstr(logged(), "'networks' of host-local: Not a directory"));

	assert_int_equal(unlink("networks") | rename("old", "networks") | unlink("networks/b"), 0);
	assert_string_equal(leases_of(books), "a 10.9.0.5 c1 , a 10.9.0.6 c3 ");
	assert_true(host_local_stats(books).is_up);
}

static void knows_no_network_that_it_has_never_read(void **state)
{
	cleanup_host_local struct host_local *books = open_books("networks");
	struct rlimit before, few;
	int free_fd = dup(STDIN_FILENO);

	(void)state;
	make_dir("networks");
	make_dir("networks/a");
	put("networks/a/10.9.0.5", "c1");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	/* enough for the directory of networks */
	few = (struct rlimit){ (rlim_t)free_fd + 1, before.rlim_max };
	close(free_fd);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_string_equal(leases_of(books), "");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_false(host_local_has_network(books, "a"));
	assert_false(host_local_stats(books).is_up);
	assert_non_null(strstr(logged(), "'networks/a' of host-local: Too many open files"));
	assert_string_equal(leases_of(books), "a 10.9.0.5 c1 ");
	assert_true(host_local_has_network(books, "a"));
	assert_true(host_local_stats(books).is_up);
}

static void bounds_networks_and_their_names(void **state)
{
	cleanup_host_local struct host_local *books = open_books("networks");
	char path[128], name[65];

	(void)state;
	memset(name, 'x', sizeof(name));
	make_dir("networks");
	for (unsigned int i = 1; i < HOST_LOCAL_NETWORKS_MAX; i++) {
		snprintf(path, sizeof(path), "networks/%u", i);
		make_dir(path);
	}
	snprintf(path, sizeof(path), "networks/%.63s", name);
	make_dir(path);
	snprintf(path, sizeof(path), "networks/%.64s", name);
	assert_string_equal(leases_of(books), "");
	snprintf(path, sizeof(path), "%.63s", name);
	assert_true(host_local_has_network(books, path));
	assert_int_equal(host_local_stats(books).errors + host_local_stats(books).skipped, 0);

	snprintf(path, sizeof(path), "networks/%.64s", name);
	make_dir(path);
	leases_of(books);
	assert_int_equal(host_local_stats(books).errors, 1);
	assert_non_null(strstr(logged(), "name is too long for a network"));

	make_dir("networks/one-more");
	make_dir("networks/another");
	leases_of(books);
	assert_int_equal(host_local_stats(books).errors, 2);
	assert_int_equal(host_local_stats(books).skipped, 2);
	assert_int_equal(log_lines(), 2);
	assert_true(host_local_stats(books).is_up);
}

static void fill(const char *network, unsigned int from, unsigned int count)
{
	char path[64];

	for (unsigned int i = from; i < from + count; i++) {
		snprintf(path, sizeof(path), "networks/%s/10.%u.%u.%u", network, i >> 16,
			 i >> 8 & 255, i & 255);
		put(path, "c1");
	}
}

static void bounds_leases_over_all_networks(void **state)
{
	cleanup_host_local struct host_local *books = open_books("networks");
	struct lease_list list = { 0 };
	struct lease lease = { .source = LEASE_IPAM };

	(void)state;
	make_dir("networks");
	make_dir("networks/a");
	make_dir("networks/b");
	fill("a", 0, 3);
	fill("b", 0, LEASES_MAX - 3);
	assert_int_equal(host_local_read(books, &list), 0);
	assert_int_equal(list.count, LEASES_MAX);
	assert_int_equal(host_local_stats(books).skipped, 0);
	fill("a", 3, 2);
	age("networks/b", 1700000000);
	list.count = 0;
	assert_int_equal(host_local_read(books, &list), 0);
	assert_int_equal(list.count, LEASES_MAX);
	assert_int_equal(host_local_stats(books).entries, LEASES_MAX);
	assert_int_equal(host_local_stats(books).skipped, 2);
	assert_int_equal(log_lines(), 1);

	/* another source was before it */
	list.count = 0;
	assert_int_equal(lease_list_add(&list, &lease), 0);
	assert_int_equal(host_local_read(books, &list), 0);
	assert_int_equal(list.count, LEASES_MAX);
	assert_int_equal(list.refused, 1);
	lease_list_clear(&list);
}

static void names_a_bad_file_once_however_often_it_is_read(void **state)
{
	cleanup_host_local struct host_local *books = open_books("networks");

	(void)state;
	make_dir("networks");
	make_dir("networks/a");
	put("networks/a/odd", "c1");
	put("networks/a/10.9.0.5", "\x7f\x02\x01");
	put("networks/a/10.9.0.6", "c2\r\neth0");
	assert_string_equal(leases_of(books), "a 10.9.0.5  , a 10.9.0.6 c2 eth0");
	assert_string_equal(leases_of(books), "a 10.9.0.5  , a 10.9.0.6 c2 eth0");
	assert_int_equal(host_local_stats(books).errors, 4);
	assert_true(host_local_stats(books).is_up);
	assert_int_equal(log_lines(), 2);
	age("networks/a", 1700000000);
	leases_of(books);
	leases_of(books);
	assert_int_equal(host_local_stats(books).errors, 6);
	assert_int_equal(log_lines(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(reads_the_leases_of_all_networks),
		workdir_test(follows_files_and_networks_that_come_and_go),
		workdir_test(appends_to_what_the_list_has),
		workdir_test(has_none_while_there_is_no_directory),
		workdir_test(keeps_the_leases_of_what_cannot_be_read),
		workdir_test(knows_no_network_that_it_has_never_read),
		workdir_test(bounds_networks_and_their_names),
		workdir_test(bounds_leases_over_all_networks),
		workdir_test(names_a_bad_file_once_however_often_it_is_read),
	};

	log_setup(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
