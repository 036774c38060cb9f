// SPDX-License-Identifier: Apache-2.0
/* What is read, and when. What is refused is test_ipam_json_bad.c's business. */
#include "test.h"

#include <sys/resource.h>

#include "ipam_fixture.h"
#include "log.h"

static void reads_what_aws_cni_writes(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ GOOD, GOOD_LEASE },
		{ FILE_OF(""), "" },
		{ FILE_OF("{" KEY("c1") ",\"ipv6\":\"2600:1f14::5\",\"allocationTimestamp\":"
					"1700000000000000000,\"metadata\":{}}"),
		  "2600:1f14::5 aws-cni c1 eth0 / 1700000000000000000" },
		/* one of either family */
		{ FILE_OF("{" KEY("c1") ",\"ipv6\":\"2600:1f14::5\",\"ipv4\":\"10.0.208.5\"}"),
		  "10.0.208.5 aws-cni c1 eth0 / 1750000000000000000, "
		  "2600:1f14::5 aws-cni c1 eth0 / 1750000000000000000" },
		{ FILE_OF("{" KEY("c1") ",\"ipv6\":\"\",\"ipv4\":\"10.0.208.5\"}"),
		  "10.0.208.5 aws-cni c1 eth0 / 1750000000000000000" },
		/* taken over from the container runtime, without a pod */
		{ FILE_OF("{\"networkName\":\"_migrated-from-cri\",\"containerID\":\"c1\","
			  "\"ifName\":\"unknown\",\"ipv4\":\"10.0.208.5\",\"metadata\":{}},"
			  "{\"ipv4\":\"10.0.208.6\",\"more\":[{}]}"),
		  "10.0.208.5 _migrated-from-cri c1 unknown / 1750000000000000000, "
		  "10.0.208.6    / 1750000000000000000" },
		{ FILE_OF("{" KEY(
			  "c1") ",\"ipv4\":\"10.0.208.5\",\"metadata\":{\"k8sPodNamespace\":"
				"\"shop\",\"k8sPodName\":\"b\xc3\xbc\\n\","
				"\"interfacesCount\":2}}"),
		  "10.0.208.5 aws-cni c1 eth0 shop/b\xc3\xbc\n 1750000000000000000" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");

		put_old(c->text);
		assert_string_equal(leases_of(ipam), c->want);
		assert_true(ipam_json_stats(ipam).is_up);
		assert_int_equal(ipam_json_stats(ipam).errors, 0);
	}
	assert_string_equal(logged(), "");
}

static void believes_only_a_plausible_time(void **state)
{
	static const struct {
		const char *time;
		int64_t since_ns;
	} cases[] = {
		{ "1700000000123456789", 1700000000123456789 },
		{ "1420070400000000000", 1420070400000000000 },
		{ "1420070399999999999", FILE_S * 1000000000LL },
		{ "1751000000000000000", FILE_S * 1000000000LL },
		{ "1750000001000000000", 1750000001000000000 },
		{ "1750000001000000001", FILE_S * 1000000000LL },
		{ "1700000000", FILE_S * 1000000000LL }, /* seconds */
		{ "0", FILE_S * 1000000000LL },
		{ "-6795364578871345152", FILE_S * 1000000000LL },
		{ "9223372036854775807", FILE_S * 1000000000LL },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");
		char text[512], want[128];

		snprintf(text, sizeof(text),
			 FILE_OF("{" KEY(
				 "c1") ",\"ipv4\":\"10.0.208.5\",\"allocationTimestamp\":%s}"),
			 c->time);
		snprintf(want, sizeof(want), "10.0.208.5 aws-cni c1 eth0 / %lld",
			 (long long)c->since_ns);
		put_old(text);
		assert_string_equal(leases_of(ipam), want);
	}
}

static void knows_no_time_from_a_file_without(void **state)
{
	cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");

	(void)state;
	put_aged("ipam.json", GOOD, -5);
	assert_string_equal(leases_of(ipam), "10.0.208.14 aws-cni " ID " eth0 shop/web-0 0");
}

static void has_none_while_there_is_no_file(void **state)
{
	cleanup_ipam_json struct ipam_json *ipam = open_ipam("aws-node/ipam.json");

	(void)state;
	assert_string_equal(leases_of(ipam), "");
	assert_false(ipam_json_stats(ipam).is_up);
	make_dir("aws-node");
	put("aws-node/ipam.json", GOOD);
	assert_string_equal(leases_of(ipam), GOOD_LEASE);
	assert_true(ipam_json_stats(ipam).is_up);
	assert_int_equal(unlink("aws-node/ipam.json"), 0);
	assert_string_equal(leases_of(ipam), "");
	assert_false(ipam_json_stats(ipam).is_up);
	assert_int_equal(ipam_json_stats(ipam).errors, 0);
	assert_string_equal(logged(), "");
}

static void reads_a_file_once_a_change(void **state)
{
	cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");

	(void)state;
	put_old(FILE_OF("{\"ipv4\":\"10.0.208.5\"}"));
	assert_string_equal(leases_of(ipam), "10.0.208.5    / 1750000000000000000");
	/* looks the same */
	put_old(FILE_OF("{\"ipv4\":\"10.0.208.6\"}"));
	assert_string_equal(leases_of(ipam), "10.0.208.5    / 1750000000000000000");
	/* another size */
	put_old(FILE_OF("{\"ipv4\":\"10.0.208.16\"}"));
	assert_string_equal(leases_of(ipam), "10.0.208.16    / 1750000000000000000");
	/* another time */
	put_aged("ipam.json", FILE_OF("{\"ipv4\":\"10.0.208.17\"}"), FILE_S + 1);
	assert_string_equal(leases_of(ipam), "10.0.208.17    / 1750000001000000000");
	/* another file */
	put_aged("new", FILE_OF("{\"ipv4\":\"10.0.208.18\"}"), FILE_S + 1);
	assert_int_equal(rename("new", "ipam.json"), 0);
	assert_string_equal(leases_of(ipam), "10.0.208.18    / 1750000001000000000");
	/* and of a bad one */
	put_old(FILE_OF("{\"ipv4\":\"10.0.208.19\",\"ipv6\":0}"));
	assert_string_equal(leases_of(ipam), "10.0.208.18    / 1750000001000000000");
	put_old(FILE_OF("{\"ipv4\":\"10.0.208.19\",\"ipv9\":0}"));
	assert_string_equal(leases_of(ipam), "10.0.208.18    / 1750000001000000000");
	assert_false(ipam_json_stats(ipam).is_up);
}

static void reads_a_file_again_that_has_just_changed(void **state)
{
	cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");
	int64_t now = time(NULL);
	char want[64];

	(void)state;
	for (unsigned int i = 5; i <= 7; i++) {
		char text[128];

		snprintf(text, sizeof(text), FILE_OF("{\"ipv4\":\"10.0.208.%u\"}"), i);
		put_aged("ipam.json", text, now);
		snprintf(want, sizeof(want), "10.0.208.%u    / %lld", i,
			 (long long)now * 1000000000);
		assert_string_equal(leases_of(ipam), want);
	}
	/* but names it once */
	put_aged("ipam.json", FILE_OF("{\"ipv4\":\"10.0.208.x\"}"), now);
	for (unsigned int i = 0; i < 3; i++)
		assert_string_equal(leases_of(ipam), want);
	assert_int_equal(ipam_json_stats(ipam).errors, 1);
	assert_int_equal(log_lines(), 1);
}

static void tries_again_what_was_not_the_files_fault(void **state)
{
	cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");
	struct rlimit before, few;
	int free_fd;

	(void)state;
	put_old(GOOD);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	free_fd = dup(STDIN_FILENO);
	close(free_fd);
	few = (struct rlimit){ (rlim_t)free_fd, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_string_equal(leases_of(ipam), "");
	assert_string_equal(leases_of(ipam), "");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_false(ipam_json_stats(ipam).is_up);
	assert_int_equal(ipam_json_stats(ipam).errors, 1);
	assert_int_equal(log_lines(), 1);
	assert_string_equal(leases_of(ipam), GOOD_LEASE);
	assert_true(ipam_json_stats(ipam).is_up);
}

static void put_many(size_t count)
{
	cleanup_fclose FILE *file = fopen("ipam.json", "w");

	assert_non_null(file);
	fputs("{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[", file);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%s{\"ipv4\":\"10.0.%zu.%zu\"}", i ? "," : "", i / 256, i % 256);
	fputs("]}", file);
}

static void bounds_the_file_and_its_leases(void **state)
{
	cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");
	struct lease_list list = { 0 };

	(void)state;
	put_many(LEASES_MAX + 7);
	for (unsigned int i = 0; i < 2; i++) {
		list.count = 0;
		assert_int_equal(ipam_json_read(ipam, &list), 0);
		assert_int_equal(list.count, LEASES_MAX);
		assert_int_equal(list.refused, 0);
		assert_int_equal(ipam_json_stats(ipam).skipped, 7);
		assert_int_equal(log_lines(), 1);
	}
	assert_true(ipam_json_stats(ipam).is_up);
	assert_int_equal(ipam_json_read(ipam, &list), 0);
	assert_int_equal(list.count, LEASES_MAX);
	assert_int_equal(list.refused, LEASES_MAX);
	lease_list_clear(&list);

	put_old(FILE_OF(""));
	assert_int_equal(truncate("ipam.json", IPAM_JSON_MAX + 1), 0);
	age("ipam.json", FILE_S);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(ipam_json_read(ipam, &list), 0);
	lease_list_clear(&list);
	assert_false(ipam_json_stats(ipam).is_up);
	assert_int_equal(ipam_json_stats(ipam).skipped, 8);
	assert_int_equal(ipam_json_stats(ipam).errors, 0);
	assert_int_equal(log_lines(), 2);
	assert_string_equal(last_line(), WARNING "too large, ignoring\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(reads_what_aws_cni_writes),
		workdir_test(believes_only_a_plausible_time),
		workdir_test(knows_no_time_from_a_file_without),
		workdir_test(has_none_while_there_is_no_file),
		workdir_test(reads_a_file_once_a_change),
		workdir_test(reads_a_file_again_that_has_just_changed),
		workdir_test(tries_again_what_was_not_the_files_fault),
		workdir_test(bounds_the_file_and_its_leases),
	};

	log_setup(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
