// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "source/base/processes.h"

enum { HOST = 4026531840, NOBODY = 65534 };

#define UID_A "8d2f3a51-7c1e-4f0b-9f58-0a6f1f0c2b77"
#define UID_B "11111111-2222-3333-4444-555555555555"
#define ID "3f9a1c5be07d42869afc13d0b6e78f2459c0d1e2f3a4b5c6d7e8f90112233445"
#define CGROUP_A "0::/kubepods/besteffort/pod" UID_A "/" ID "\n"
#define CGROUP_B "0::/kubepods/besteffort/pod" UID_B "/" ID "\n"
#define NO_POD "0::/system.slice/containerd.service\n"

static const char *in_scratch(const char *format, ...)
{
	static char path[PATH_MAX];
	size_t used = (size_t)snprintf(path, sizeof(path), "%s/", scratch_directory);
	va_list args;

	va_start(args, format);
	vsnprintf(path + used, sizeof(path) - used, format, args);
	va_end(args);
	return path;
}

static void put_text(const char *path, const char *text)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
}

/* NULL: there is no such file. */
static void put_process(const char *pid, const char *netns, const char *cgroup)
{
	assert_int_equal(mkdir(in_scratch("%s", pid), 0755), 0);
	assert_int_equal(mkdir(in_scratch("%s/ns", pid), 0755), 0);
	if (netns)
		assert_int_equal(symlink(netns, in_scratch("%s/ns/net", pid)), 0);
	if (cgroup)
		put_text(in_scratch("%s/cgroup", pid), cgroup);
}

/* "inum uid" of each namespace, separated by ", ", and "| seen refused dropped". */
static const char *scan(uint32_t host_inum)
{
	static char text[4096];
	struct processes processes;
	size_t used = 0;

	memset(&processes, 0x5a, sizeof(processes));
	assert_int_equal(processes_scan(scratch_directory, host_inum, &processes), 0);
	for (size_t i = 0; i < processes.count; i++) {
		const struct process_netns *netns = &processes.all[i];

		assert_true(netns->has_pod == (netns->pod.uid[0] != '\0'));
		assert_ptr_equal(processes_find(&processes, netns->inum), netns);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u %s", i ? ", " : "",
					 netns->inum, netns->has_pod ? netns->pod.uid : "-");
	}
	snprintf(text + used, sizeof(text) - used, " | %llu %llu %llu",
		 (unsigned long long)processes.seen, (unsigned long long)processes.refused,
		 (unsigned long long)processes.dropped);
	assert_null(processes_find(&processes, 1));
	assert_null(processes_find(&processes, UINT32_MAX));
	processes_clear(&processes);
	assert_null(processes.all);
	assert_int_equal(processes.count, 0);
	return text;
}

static void finds_the_pod_of_each_namespace(void **state)
{
	(void)state;
	put_process("1", "net:[4026531840]", "0::/init.scope\n");
	put_process("2", "net:[4026531840]", NULL); /* a kernel thread */
	put_process("900", "net:[4026532100]", CGROUP_B);
	put_process("1000", "net:[4026532200]", CGROUP_A);
	put_process("1001", "net:[4026532200]", CGROUP_A);
	put_process("4294967295", "net:[4026532000]", NO_POD);
	assert_string_equal(scan(HOST),
			    "4026532000 -, 4026532100 " UID_B ", 4026532200 " UID_A " | 6 0 0");
	assert_string_equal(scan(0), "4026531840 -, 4026532000 -, 4026532100 " UID_B
				     ", 4026532200 " UID_A " | 6 0 0");
}

static void names_the_container_of_the_first_process(void **state)
{
	struct processes processes;
	const struct process_netns *netns;

	(void)state;
	put_process("7", "net:[4026532100]", CGROUP_A);
	assert_int_equal(processes_scan(scratch_directory, HOST, &processes), 0);
	netns = processes_find(&processes, 4026532100);
	assert_non_null(netns);
	assert_string_equal(netns->pod.uid, UID_A);
	assert_string_equal(netns->pod.container_id, ID);
	processes_clear(&processes);
}

static void asks_the_first_three_processes_of_a_namespace(void **state)
{
	static const struct {
		const char
			*cgroups[4]; /* of processes 8, 9, 10 and 11: their names sort otherwise */
		const char *want;
	} cases[] = {
		{ { CGROUP_A, CGROUP_B, CGROUP_B, CGROUP_B }, UID_A },
		{ { NO_POD, CGROUP_A, CGROUP_B, CGROUP_B }, UID_A },
		{ { NULL, "", CGROUP_A, CGROUP_B }, UID_A },
		{ { NULL, NO_POD, "", CGROUP_A }, "-" },
		{ { NULL, NULL, NULL, NULL }, "-" },
	};
	static const char *const pids[] = { "8", "9", "10", "11" };

	(void)state;
	for_each_case(c, cases) {
		char want[64];

		for (size_t i = case_count(pids); i-- > 0;)
			put_process(pids[i], "net:[4026532100]", c->cgroups[i]);
		snprintf(want, sizeof(want), "4026532100 %s | 4 0 0", c->want);
		assert_string_equal(scan(HOST), want);
		scratch_teardown(state);
		scratch_setup(state);
	}
}

static void knows_the_first_three_of_many(void **state)
{
	enum { FIRST = 95, COUNT = 40 }; /* the order of their names is another one */

	(void)state;
	for (unsigned int third = 0; third < 2; third++) {
		for (unsigned int i = 0; i < COUNT; i++) {
			/* 7 has no divisor in common with COUNT */
			unsigned int at = i * 7 % COUNT;
			char pid[16];

			snprintf(pid, sizeof(pid), "%u", FIRST + at);
			put_process(pid, "net:[4026532100]",
				    at < 2 + third ? NO_POD : (at == 2 ? CGROUP_A : CGROUP_B));
		}
		assert_string_equal(scan(HOST), third ? "4026532100 - | 40 0 0"
						      : "4026532100 " UID_A " | 40 0 0");
		scratch_teardown(state);
		scratch_setup(state);
	}
}

static void takes_no_process_for_another(void **state)
{
	static const char *const names[] = { "self",
					     "01",
					     "0",
					     "-1",
					     "+1",
					     "1 ",
					     "1x",
					     "4294967296",
					     "99999999999999999999",
					     "sys",
					     "",
					     "0x10",
					     "1.",
					     "\xff"
					     "1" };

	(void)state;
	for_each_case(name, names)
		if (**name)
			put_process(*name, "net:[4026532100]", CGROUP_A);
	put_text(in_scratch("12"), "no directory");
	put_process("13", NULL, NULL); /* is ending */
	assert_int_equal(mkdir(in_scratch("14"), 0755), 0);
	assert_int_equal(symlink("15", in_scratch("15")), 0);
	assert_string_equal(scan(HOST), " | 0 0 0");
}

static void counts_links_that_name_no_namespace(void **state)
{
	static const char *const links[] = {
		"net:[]",
		"net:[0]",
		"net:[4294967296]",
		"net:[10000000000]",
		"net:[4026532100",
		"net:[4026532100x]",
		"net:4026532100",
		"mnt:[4026532100]",
		"x",
		"/proc/1/ns/net",
		"net:[00000000000000000000000000000000000004026532100]",
	};
	char pid[16], want[64];
	size_t count = 0;

	(void)state;
	for_each_case(link, links) {
		snprintf(pid, sizeof(pid), "%zu", 100 + count++);
		put_process(pid, *link, CGROUP_A);
	}
	put_process("200", NULL, NULL);
	put_text(in_scratch("200/ns/net"), "");
	put_process("201", "net:[4026532100]", CGROUP_A);
	/* It hides, but not in a pod. */
	put_process("202", "x", NO_POD);
	snprintf(want, sizeof(want), "4026532100 %s | %zu %zu 0", UID_A, count + 3, count + 1);
	assert_string_equal(scan(HOST), want);
}

static void counts_processes_that_it_may_not_look_at(void **state)
{
	bool is_root = geteuid() == 0;

	(void)state;
	put_process("10", "net:[4026532100]", CGROUP_A);
	put_process("11", "net:[4026532200]", CGROUP_A);
	put_process("12", "net:[4026532300]", CGROUP_A);
	assert_int_equal(chmod(in_scratch("."), 0755), 0);
	assert_int_equal(chmod(in_scratch("11"), 0), 0);
	assert_int_equal(chmod(in_scratch("12/cgroup"), 0), 0);
	if (is_root && seteuid(NOBODY) < 0)
		skip();
	assert_string_equal(scan(HOST), "4026532100 " UID_A ", 4026532300 - | 3 1 0");
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(in_scratch("11"), 0755), 0);
}

static void reads_what_fits_of_a_huge_cgroup_file(void **state)
{
	enum { HUGE_SIZE = 1 << 20 };
	cleanup_free char *huge = malloc(HUGE_SIZE);

	(void)state;
	assert_non_null(huge);
	memset(huge, '/', HUGE_SIZE - 1);
	huge[HUGE_SIZE - 1] = '\0';
	put_process("10", "net:[4026532100]", huge);
	put_process("11", "net:[4026532200]",
		    "\x7f"
		    "ELF\xff\n" CGROUP_B);
	memcpy(huge, "\n" CGROUP_A, sizeof("\n" CGROUP_A) - 1);
	put_process("12", "net:[4026532300]", huge);
	put_process("13", "net:[4026532400]", NULL);
	assert_int_equal(mkfifo(in_scratch("13/cgroup"), 0600), 0);
	put_process("14", "net:[4026532500]", NULL);
	assert_int_equal(mkdir(in_scratch("14/cgroup"), 0700), 0);
	assert_string_equal(scan(HOST), "4026532100 -, 4026532200 " UID_B ", 4026532300 " UID_A
					", 4026532400 -, 4026532500 - | 5 0 0");
}

static void bounds_the_namespaces(void **state)
{
	enum { MORE = 3 };
	struct processes processes;

	(void)state;
	for (uint32_t i = 1; i <= PROCESSES_NETNS_MAX + MORE; i++) {
		char pid[16], netns[32];

		snprintf(pid, sizeof(pid), "%u", i);
		snprintf(netns, sizeof(netns), "net:[%u]", i);
		put_process(pid, netns, NULL);
	}
	assert_int_equal(processes_scan(scratch_directory, 1, &processes), 0);
	assert_int_equal(processes.count, PROCESSES_NETNS_MAX);
	assert_int_equal(processes.seen, PROCESSES_NETNS_MAX + MORE);
	assert_int_equal(processes.dropped, MORE - 1);
	for (size_t i = 1; i < processes.count; i++)
		assert_true(processes.all[i - 1].inum < processes.all[i].inum);
	processes_clear(&processes);
}

static void leaves_the_output_alone_when_there_is_no_proc(void **state)
{
	static const struct {
		const char *path;
		int err;
	} cases[] = { { "/no/such", -ENOENT }, { "/dev/null", -ENOTDIR } };

	(void)state;
	for_each_case(c, cases) {
		struct processes got, want;

		memset(&got, 0x5a, sizeof(got));
		want = got;
		assert_int_equal(processes_scan(c->path, HOST, &got), c->err);
		assert_memory_equal(&got, &want, sizeof(got));
	}
}

static void finds_its_own_namespace_in_the_real_proc(void **state)
{
	struct processes processes;
	const struct process_netns *own;
	uint32_t inum;
	struct stat st;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	inum = (uint32_t)st.st_ino;
	assert_int_equal(processes_scan("/proc", 0, &processes), 0);
	own = processes_find(&processes, inum);
	assert_non_null(own);
	assert_int_equal(own->inum, inum);
	assert_true(processes.seen > 0);
	processes_clear(&processes);

	assert_int_equal(processes_scan("/proc", inum, &processes), 0);
	assert_null(processes_find(&processes, inum));
	processes_clear(&processes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(finds_the_pod_of_each_namespace),
		scratch_test(names_the_container_of_the_first_process),
		scratch_test(asks_the_first_three_processes_of_a_namespace),
		scratch_test(knows_the_first_three_of_many),
		scratch_test(takes_no_process_for_another),
		scratch_test(counts_links_that_name_no_namespace),
		scratch_test(counts_processes_that_it_may_not_look_at),
		scratch_test(reads_what_fits_of_a_huge_cgroup_file),
		scratch_test(bounds_the_namespaces),
		scratch_test(leaves_the_output_alone_when_there_is_no_proc),
		scratch_test(finds_its_own_namespace_in_the_real_proc),
	};

	/* Fifty thousand files take a disk its time. */
	if (access("/dev/shm", W_OK) == 0)
		snprintf(scratch_directory, sizeof(scratch_directory), "/dev/shm/podip.XXXXXX");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
