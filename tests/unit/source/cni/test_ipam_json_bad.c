// SPDX-License-Identifier: Apache-2.0
/* Files that cannot be understood. */
#include "test.h"

#include "ipam_fixture.h"
#include "log.h"
#include "source/base/json.h"

/* Of a file that is read after GOOD was. */
static void check_bad(const char *text, const char *why)
{
	cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");
	char want[128];

	put_old(GOOD);
	assert_string_equal(leases_of(ipam), GOOD_LEASE);
	put_aged("ipam.json", text, FILE_S + 1);
	for (unsigned int i = 0; i < 2; i++) {
		assert_string_equal(leases_of(ipam), GOOD_LEASE);
		assert_false(ipam_json_stats(ipam).is_up);
		assert_int_equal(ipam_json_stats(ipam).errors, 1);
	}
	snprintf(want, sizeof(want), WARNING "%s, ignoring\n", why);
	assert_string_equal(last_line(), want);

	put_old(GOOD);
	assert_string_equal(leases_of(ipam), GOOD_LEASE);
	assert_true(ipam_json_stats(ipam).is_up);
	assert_int_equal(ipam_json_stats(ipam).errors, 1);
}

static void keeps_what_the_last_good_file_said(void **state)
{
	static const char version[] = "its version is not 'vpc-cni-ipam/1'";
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "not JSON" },
		{ "{", "not JSON" },
		{ GOOD "{", "not JSON" },
		{ "\x7f\x45\x4c\x46", "not JSON" },
		{ "[]", version },
		{ "{\"allocations\":[]}", version },
		{ "{\"version\":1,\"allocations\":[]}", version },
		{ "{\"version\":\"vpc-cni-ipam/2\",\"allocations\":[]}", version },
		{ "{\"version\":\"vpc-cni-ipam/1\"}", "not as expected" },
		{ "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":null}", "not as expected" },
		{ "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":{}}", "not as expected" },
	};

	(void)state;
	for_each_case(c, cases)
		check_bad(c->text, c->why);
	assert_int_equal(log_lines(), case_count(cases));
}

static void takes_no_more_values_than_memory_is_meant_for(void **state)
{
	cleanup_free char *text = calloc(1, 4 * JSON_VALUES_MAX);
	char *at = text;

	(void)state;
	assert_non_null(text);
	at = stpcpy(at, "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[{}");
	for (size_t i = 0; i < JSON_VALUES_MAX; i++)
		at = stpcpy(at, ",{}");
	stpcpy(at, "]}");
	check_bad(text, "too many values in it");
}

static void understands_a_file_as_a_whole_or_not_at_all(void **state)
{
	static const char *const cases[] = {
		"null",
		"[]",
		"{}", /* of no address */
		"{\"ipv4\":\"\"}",
		"{\"ipv4\":5}",
		"{\"ipv4\":\"10.0.208.256\"}",
		"{\"ipv4\":\"10.0.208.5/32\"}",
		"{\"ipv4\":\"fd00::5\"}",
		"{\"ipv6\":\"10.0.208.5\"}",
		"{\"ipv4\":\"" SIXTY "\"}",
		"{\"ipv4\":\"10.0.208.5\",\"networkName\":5}",
		"{\"ipv4\":\"10.0.208.5\",\"networkName\":\"" SIXTY "0123\"}",
		"{\"ipv4\":\"10.0.208.5\",\"containerID\":\"" SIXTY TEN TEN "\"}",
		"{\"ipv4\":\"10.0.208.5\",\"ifName\":\"0123456789012345\"}",
		"{\"ipv4\":\"10.0.208.5\",\"metadata\":5}",
		"{\"ipv4\":\"10.0.208.5\",\"metadata\":{\"k8sPodNamespace\":[]}}",
		"{\"ipv4\":\"10.0.208.5\",\"metadata\":{\"k8sPodName\":\"" SIXTY SIXTY SIXTY SIXTY
			TEN "0123\"}}",
		"{\"ipv4\":\"10.0.208.5\",\"allocationTimestamp\":\"5\"}",
		"{\"ipv4\":\"10.0.208.5\",\"allocationTimestamp\":1.7e18}",
	};

	(void)state;
	for_each_case(c, cases) {
		char text[1024];

		snprintf(text, sizeof(text), FILE_OF("{\"ipv4\":\"10.0.208.4\"},%s"), *c);
		check_bad(text, "not as expected");
	}
}

static void refuses_what_is_no_file(void **state)
{
	cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");

	(void)state;
	put_old(GOOD);
	assert_string_equal(leases_of(ipam), GOOD_LEASE);
	assert_int_equal(unlink("ipam.json") | mkfifo("ipam.json", 0600), 0);
	assert_string_equal(leases_of(ipam), GOOD_LEASE);
	assert_string_equal(last_line(), WARNING "not a regular file, ignoring\n");
	assert_int_equal(unlink("ipam.json"), 0);
	make_dir("ipam.json");
	assert_string_equal(leases_of(ipam), GOOD_LEASE);
	assert_int_equal(rmdir("ipam.json") | symlink("ipam.json", "ipam.json"), 0);
	assert_string_equal(leases_of(ipam), GOOD_LEASE);
	assert_false(ipam_json_stats(ipam).is_up);
	assert_int_equal(ipam_json_stats(ipam).errors, 3);
	assert_int_equal(log_lines(), 3);
}

static void survives_a_file_cut_anywhere(void **state)
{
	static const char good[] = GOOD;

	(void)state;
	for (size_t size = 0; size < sizeof(good) - 2; size++) {
		cleanup_ipam_json struct ipam_json *ipam = open_ipam("ipam.json");

		put_bytes("ipam.json", good, size);
		assert_string_equal(leases_of(ipam), "");
		assert_int_equal(ipam_json_stats(ipam).errors, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(keeps_what_the_last_good_file_said),
		workdir_test(takes_no_more_values_than_memory_is_meant_for),
		workdir_test(understands_a_file_as_a_whole_or_not_at_all),
		workdir_test(refuses_what_is_no_file),
		workdir_test(survives_a_file_cut_anywhere),
	};

	log_setup(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
