// SPDX-License-Identifier: Apache-2.0
/*
 * What cni tells of pods. Of ranges and files: test_cni.c.
 */
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "scratch.h"
#include "source/cni/cni.h"

enum { PATIENCE_MS = 10000 };

static int enter(void **state)
{
	return scratch_setup(state) || chdir(scratch_directory) || mkdir("conf", 0700) ||
	       mkdir("cache", 0700);
}

static int leave(void **state)
{
	return chdir("/") || scratch_teardown(state);
}

static void put(const char *path, const char *text)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
}

/* A file that was last written at that second. */
static void put_result(const char *path, time_t second, const char *text)
{
	const struct timespec times[] = { { .tv_sec = second }, { .tv_sec = second } };

	put("new", text);
	assert_int_equal(utimensat(AT_FDCWD, "new", times, 0), 0);
	assert_int_equal(rename("new", path), 0);
}

#define RESULT(id, name, sandbox, ...)                                                     \
	"{\"kind\":\"cniCacheV1\",\"containerId\":\"" id "\",\"ifName\":\"eth0\","         \
	"\"networkName\":\"net\",\"cniArgs\":[[\"K8S_POD_NAMESPACE\",\"shop\"],"           \
	"[\"K8S_POD_NAME\",\"" name "\"]],\"result\":{\"interfaces\":[{\"name\":\"eth0\"," \
	"\"sandbox\":\"" sandbox "\"}],\"ips\":[" __VA_ARGS__ "]}}"
#define IP(text) "{\"address\":\"" text "/24\"}"

static struct cni *cni_of(const char *host_root)
{
	const struct cni_config config = {
		.conf_dir = "conf",
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

struct text {
	char at[2048];
	size_t used;
};

#define print(text, ...)                                             \
	((text)->used += (size_t)snprintf((text)->at + (text)->used, \
					  sizeof((text)->at) - (text)->used, __VA_ARGS__))

static void print_pod(const struct cni_pod *pod, void *ctx)
{
	struct text *text = ctx;

	print(text, "%s%s/%s %s %s %s %lld", text->used ? ", " : "", pod->pod.namespace,
	      pod->pod.name, pod->pod.container_id, pod->network, pod->ifname,
	      (long long)(pod->since_ns / 1000000000));
	for (size_t i = 0; i < pod->ip_count; i++) {
		char ip[IP_TEXT_SIZE];

		ip_format(&pod->ips[i], ip);
		print(text, " %s", ip);
	}
	print(text, " %zu%s", pod->netns_count, pod->is_gone ? " gone" : "");
}

/* Results as "namespace/name container network ifname second addresses namespaces [gone]". */
static const char *results(const struct cni *cni)
{
	static struct text text;

	text.used = 0;
	text.at[0] = '\0';
	cni_each_result(cni, print_pod, &text);
	return text.at;
}

static void tells_of_results_the_oldest_first(void **state)
{
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	put_result("cache/a", 30, RESULT("c1", "web-0", "/proc/self/ns/net", IP("10.0.0.5")));
	put_result("cache/b", 10, RESULT("c2", "web-1", "0", IP("10.0.0.5") "," IP("fd00::5")));
	put_result("cache/c", 20, RESULT("c3", "web-2", "/proc/self/ns/mnt"));
	/* Nothing is said of a pod, or nothing at all. */
	put("cache/d", "{\"netns\":\"/proc/self/ns/uts\",\"networkName\":\"net\"}");
	put("cache/e", "{");
	put_result("cache/f", 40, "{\"result\":{\"ip4\":{\"ip\":\"10.0.0.9/24\"}}}");
	put_result("cache/g", 50, "{\"containerId\":\"c4\"}");
	cni = cni_of("");
	assert_string_equal(results(cni), "shop/web-1 c2 net eth0 10 10.0.0.5 fd00::5 0, "
					  "shop/web-2 c3 net eth0 20 1, "
					  "shop/web-0 c1 net eth0 30 10.0.0.5 1, "
					  "/    40 10.0.0.9 0, / c4   50 0");
}

static void find_netns(const struct cni_pod *pod, void *ctx)
{
	*(struct cni_pod *)ctx = *pod;
}

static void finds_each_namespace_once(void **state)
{
	cleanup_cni struct cni *cni = NULL;
	struct cni_pod pod = { 0 };
	struct stat st;

	(void)state;
	put("cache/a",
	    "{\"containerId\":\"c1\",\"netns\":\"/proc/thread-self/ns/net\",\"result\":"
	    "{\"interfaces\":[{\"sandbox\":\"/proc/self/ns/net\"},"
	    "{\"sandbox\":\"/proc/self/ns/mnt\"},{\"sandbox\":\"/proc/self/ns/no-such\"}]}}");
	cni = cni_of("");
	cni_each_result(cni, find_netns, &pod);
	assert_int_equal(pod.netns_count, 2);
	assert_false(pod.is_gone);
	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	assert_int_equal(pod.netns[0], st.st_ino);
	assert_int_equal(stat("/proc/self/ns/mnt", &st), 0);
	assert_int_equal(pod.netns[1], st.st_ino);
}

static void knows_a_result_that_outlived_its_pod(void **state)
{
	static const struct {
		const char *root, *sandbox, *want;
	} cases[] = {
		{ "", "/proc/self/ns/net", "1" },
		{ "", "/proc/self/ns/no-such", "0 gone" },
		{ "", "/no-such", "0 gone" },
		{ "", "/etc/passwd", "0 gone" }, /* exists, but is no namespace */
		{ "", "/no/such", "0" }, /* it may be where we do not see */
		{ "", "/etc/passwd/no", "0" },
		{ "", "no-path", "0" },
		{ "root", "/proc/self/ns/net", "0" },
		{ "root", "/run/netns/no-such", "0 gone" },
		{ "root", "/run/netns/pod", "1" },
		/* the link /var/run leads astray, to where something else is or to nowhere */
		{ "root", "/var/run/netns/no-such", "0 gone" },
		{ "root", "/var/run/netns/pod", "1" },
		{ "root", "/var/run/no-netns/pod", "0" },
		{ "astray", "/var/run/netns/file", "0 gone" },
		{ "astray", "/var/run/netns/pod", "1" },
		{ "astray", "/var/run/netns-too/no-such", "0 gone" },
	};
	static const char *const directories[] = {
		"root",	  "root/run",	"root/run/netns",   "root/var",
		"astray", "astray/run", "astray/run/netns", "astray/var"
	};

	(void)state;
	for_each_case(directory, directories)
		assert_int_equal(mkdir(*directory, 0700), 0);
	assert_int_equal(symlink("/no/such/run", "root/var/run"), 0);
	assert_int_equal(symlink("..", "astray/var/run"), 0);
	assert_int_equal(symlink("/proc/self/ns/net", "root/run/netns/pod"), 0);
	assert_int_equal(symlink("/proc/self/ns/net", "astray/run/netns/pod"), 0);
	assert_int_equal(mkdir("astray/netns", 0700) | mkdir("astray/netns-too", 0700), 0);
	put("astray/netns/file", "");
	for_each_case(c, cases) {
		cleanup_cni struct cni *cni = NULL;
		char text[512], want[64];

		print_message("  %s%s\n", c->root, c->sandbox);
		snprintf(text, sizeof(text), RESULT("c1", "web-0", "%s", IP("10.0.0.5")),
			 c->sandbox);
		put_result("cache/a", 7, text);
		cni = cni_of(c->root);
		snprintf(want, sizeof(want), "shop/web-0 c1 net eth0 7 10.0.0.5 %s", c->want);
		assert_string_equal(results(cni), want);
	}
}

static void tells_when_results_change(void **state)
{
	cleanup_cni struct cni *cni = cni_of("");

	(void)state;
	assert_string_equal(results(cni), "");
	put_result("cache/a", 7, RESULT("c1", "web-0", "0", IP("10.0.0.5")));
	assert_int_equal(refresh(cni), CNI_RESULTS_CHANGED);
	assert_string_equal(results(cni), "shop/web-0 c1 net eth0 7 10.0.0.5 0");
	assert_int_equal(cni_refresh(cni), 0);

	/* the same once more */
	put_result("cache/a", 7, RESULT("c1", "web-0", "0", IP("10.0.0.5")));
	assert_int_equal(refresh(cni), 0);
	assert_string_equal(results(cni), "shop/web-0 c1 net eth0 7 10.0.0.5 0");

	put_result("cache/a", 7, RESULT("c1", "web-0", "/proc/self/ns/net", IP("10.0.0.6")));
	assert_int_equal(refresh(cni), CNI_RESULTS_CHANGED | CNI_SANDBOXES_CHANGED);
	assert_string_equal(results(cni), "shop/web-0 c1 net eth0 7 10.0.0.6 1");
	put_result("cache/a", 8, RESULT("c1", "web-0", "/proc/self/ns/net", IP("10.0.0.6")));
	assert_int_equal(refresh(cni), CNI_RESULTS_CHANGED);

	/* no longer good, and good again */
	put("cache/a", "[]");
	assert_int_equal(refresh(cni), CNI_RESULTS_CHANGED | CNI_SANDBOXES_CHANGED);
	assert_string_equal(results(cni), "");
	put_result("cache/a", 9, "{\"containerId\":\"c1\"}");
	assert_int_equal(refresh(cni), CNI_RESULTS_CHANGED);
	put("cache/b", "{}");
	put("conf/a.conf", "{\"name\":\"n\",\"ipam\":{\"type\":\"host-local\","
			   "\"subnet\":\"10.0.0.0/24\"}}");
	assert_int_equal(refresh(cni), CNI_RANGES_CHANGED);
	assert_string_equal(results(cni), "/ c1   9 0");

	assert_int_equal(unlink("cache/a"), 0);
	assert_int_equal(refresh(cni), CNI_RESULTS_CHANGED);
	assert_int_equal(unlink("cache/b"), 0);
	assert_int_equal(refresh(cni), 0);
	assert_string_equal(results(cni), "");
}

static void tells_when_the_directory_of_results_is_another_one(void **state)
{
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	put_result("cache/a", 7, RESULT("c1", "web-0", "0", IP("10.0.0.5")));
	put_result("cache/b", 8, RESULT("c2", "web-1", "0", IP("10.0.0.6")));
	cni = cni_of("");
	assert_int_equal(cni_refresh(cni), 0);
	assert_int_equal(rename("cache", "old"), 0);
	assert_int_equal(mkdir("cache", 0700), 0);
	put_result("cache/b", 8, RESULT("c2", "web-1", "0", IP("10.0.0.6")));
	assert_int_equal(refresh(cni), CNI_RESULTS_CHANGED);
	assert_string_equal(results(cni), "shop/web-1 c2 net eth0 8 10.0.0.6 0");
}

static void makes_a_lease_of_every_address(void **state)
{
	cleanup_cni struct cni *cni = NULL;
	const struct lease any = { .source = "ipam" };
	struct lease_list list = { 0 };
	char ip[IP_TEXT_SIZE];

	(void)state;
	put_result("cache/a", 30, RESULT("c1", "web-0", "0", IP("10.0.0.5") "," IP("fd00::5")));
	put_result("cache/b", 20, RESULT("c2", "web-1", "/no-such", IP("10.0.0.6")));
	put_result("cache/c", 10, RESULT("c3", "web-2", "0"));
	cni = cni_of("");
	assert_int_equal(cni_leases(cni, &list), 0);
	assert_int_equal(list.count, 3);
	qsort(list.leases, list.count, sizeof(list.leases[0]), lease_compare);
	for (size_t i = 0; i < list.count; i++) {
		const struct lease *lease = &list.leases[i];
		bool is_first = strcmp(lease->pod.name, "web-0") == 0;

		ip_format(&lease->ip, ip);
		assert_string_equal(lease->source, "cni-cache");
		assert_string_equal(lease->network, "net");
		assert_string_equal(lease->ifname, "eth0");
		assert_string_equal(lease->pod.container_id, is_first ? "c1" : "c2");
		assert_int_equal(lease->since_ns, is_first ? 30000000000 : 20000000000);
	}
	ip_format(&list.leases[2].ip, ip);
	assert_string_equal(list.leases[0].pod.name, list.leases[2].pod.name);
	assert_string_equal(list.leases[1].pod.name, "web-1");
	assert_string_equal(ip, "fd00::5");

	while (list.count < LEASES_MAX)
		lease_list_add(&list, &any);
	assert_int_equal(cni_leases(cni, &list), 0);
	assert_int_equal(list.count, LEASES_MAX);
	assert_int_equal(list.refused, 3);
	lease_list_clear(&list);
}

static void counts_addresses_past_the_bound(void **state)
{
	static const char text[] = RESULT(
		"c1", "web-0", "0",
		IP("10.0.0.1") "," IP("10.0.0.2") "," IP("10.0.0.3") "," IP("10.0.0.4") "," IP(
			"10.0.0.5") "," IP("10.0.0.6") "," IP("10.0.0.7") "," IP("10.0.0.8") "," IP("10.0.0.9"));
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	put("cache/a", text);
	put("cache/b", text);
	cni = cni_of("");
	assert_int_equal(cni_stats(cni).dropped_ips, 2);
	put("cache/a", "{}");
	refresh(cni);
	assert_int_equal(cni_stats(cni).dropped_ips, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_of_results_the_oldest_first),
		TEST(finds_each_namespace_once),
		TEST(knows_a_result_that_outlived_its_pod),
		TEST(tells_when_results_change),
		TEST(tells_when_the_directory_of_results_is_another_one),
		TEST(makes_a_lease_of_every_address),
		TEST(counts_addresses_past_the_bound),
	};

	log_setup(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
