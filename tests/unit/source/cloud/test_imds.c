// SPDX-License-Identifier: Apache-2.0
/* What is asked and understood. What goes wrong is test_imds_bad.c's business. */
#include "test.h"

#include <errno.h>

#include "imds_fixture.h"

static void reads_a_node(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	assert_int_equal(rig_version(&rig), 0);
	rig_round(&rig);
	assert_string_equal(ranges_of(rig_capacity(&rig)), RANGES_TEXT);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT "; " ENI_B_TEXT);
	assert_string_equal(rig_capacity(&rig)->instance_type, "m5.large");
	assert_string_equal(rig_capacity(&rig)->zone, "eu-west-1b");
	assert_string_equal(rig_capacity(&rig)->node_pool, "");
	assert_int_equal(rig_capacity(&rig)->max_pods, 0);
	assert_int_equal(rig_version(&rig), 1);
	assert_true(rig_status(&rig).is_up);
	assert_int_equal(rig_status(&rig).entries, 6);
	assert_int_equal(rig_status(&rig).errors, 0);
	assert_int_equal(rig_status(&rig).good_ns, rig.now_ns);
	assert_int_equal(rig.due_ns, rig.now_ns + 60 * RIG_SECOND_NS);
	/* a token, and nothing without it or that is not known */
	assert_string_equal(fake.ttl, "21600");
	assert_int_equal(fake.tokens, 1);
	assert_int_equal(fake.refused, 0);
	assert_int_equal(fake.unknown, 0);
	assert_int_equal(web_requests(web), 1 + 3 + 2 * IMDS_KEY_COUNT);
	assert_string_equal(logged(), "");
}

static void asks_once_in_a_minute_or_in_six_periods(void **state)
{
	static const struct {
		const char *url;
		uint64_t period_s, want_s;
	} cases[] = {
		{ "", 10, 60 }, { "/", 59, 60 }, { "", 90, 90 }, { "", 0, 60 }, { "", 1, 6 }
	};
	cleanup_web struct web *web = fake_open();

	(void)state;
	for_each_case(c, cases) {
		char url[128];
		const struct supplier_settings settings = {
			.imds_url = url,
			.period_ns = c->period_s * RIG_SECOND_NS,
		};

		snprintf(url, sizeof(url), "%s%s", web_url(web), c->url);
		{
			cleanup_rig struct rig rig = rig_open(&imds_supplier, &settings);

			memset(url, 'x', sizeof(url)); /* it has a copy */
			rig_round(&rig);
			assert_true(rig_status(&rig).is_up);
			assert_int_equal(rig.due_ns, rig.now_ns + c->want_s * RIG_SECOND_NS);
		}
	}
	assert_int_equal(fake.unknown, 0);
}

static void is_not_asked_without_a_url(void **state)
{
	static const char *const urls[] = { NULL, "" };
	static char huge[1000];

	(void)state;
	for_each_case(url, urls) {
		const struct supplier_settings settings = { .imds_url = *url };
		const struct supplier_config config = { .settings = &settings };
		void *out = &huge;

		assert_int_equal(imds_supplier.open(&config, &out), 1);
		assert_ptr_equal(out, &huge);
	}
	assert_string_equal(logged(), "");

	memset(huge, 'x', sizeof(huge) - 1);
	{
		const struct supplier_settings settings = { .imds_url = huge };
		const struct supplier_config config = { .settings = &settings };
		void *out = NULL;

		assert_int_equal(imds_supplier.open(&config, &out), -ENAMETOOLONG);
		assert_null(out);
	}
	assert_int_equal(log_lines(), 1);
}

static void follows_enis_that_come_and_go(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake_set(MACS, MAC_A "/");
	rig_round(&rig);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT);
	assert_int_equal(rig_capacity(&rig)->range_count, 3);
	rig_next(&rig);
	assert_int_equal(rig_version(&rig), 1);
	fake_set(MACS, MAC_A "/\n" MAC_B "/\n");
	rig_next(&rig);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT "; " ENI_B_TEXT);
	assert_string_equal(ranges_of(rig_capacity(&rig)), RANGES_TEXT);
	assert_int_equal(rig_version(&rig), 2);
	fake_set(MACS MAC_A "/local-ipv4s", "10.0.1.10");
	rig_next(&rig);
	assert_int_equal(rig_capacity(&rig)->enis.block_count, 1);
	assert_int_equal(rig_version(&rig), 3);
	fake_set(MACS, MAC_A "/");
	rig_next(&rig);
	assert_int_equal(rig_capacity(&rig)->enis.eni_count, 1);
	assert_int_equal(rig_capacity(&rig)->range_count, 3);
	assert_int_equal(rig_version(&rig), 4);
	assert_int_equal(rig_status(&rig).errors, 0);
	/* one token for all of them */
	assert_int_equal(fake.tokens, 1);
	assert_string_equal(logged(), "");
}

static void leaves_out_an_eni_that_goes_within_a_round(void **state)
{
	static const char *const paths[] = {
		MACS,
		MACS MAC_B "/interface-id",
		MACS MAC_B "/subnet-id",
		MACS MAC_B "/ipv4-prefix",
	};
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	for_each_case(path, paths) {
		fake.gone_path = *path;
		fake.is_gone = false;
		rig_round(&rig);
		assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT);
		assert_int_equal(rig_capacity(&rig)->range_count, 3);
		assert_int_equal(rig_status(&rig).errors, 0);
		rig.now_ns = rig.due_ns;
	}
	/* It was there all the time. */
	fake.gone_path = MACS MAC_B "/device-number";
	fake.is_gone = false;
	rig_round(&rig);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT "; " ENI_B_TEXT);
}

static void does_not_ask_further_about_an_eni_that_is_gone(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake.gone_path = MACS;
	rig_round(&rig);
	assert_int_equal(web_requests(web), 1 + 3 + IMDS_KEY_COUNT + 1);
}

static void does_not_take_the_keys_of_one_eni_for_anothers(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake_set(MACS, MAC_B "/\n" MAC_A "/");
	rig_round(&rig);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_B_TEXT "; " ENI_A_TEXT);
}

static void reads_ipv6_ranges(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake_set(MACS, MAC_A "/");
	fake_set(MACS MAC_A "/subnet-ipv6-cidr-blocks", "2600:1f14:0:1::/64");
	fake_set(MACS MAC_A "/vpc-ipv6-cidr-blocks", "2600:1f14::/56 2600:1f15::/56");
	rig_round(&rig);
	assert_string_equal(
		ranges_of(rig_capacity(&rig)),
		"subnet-0a 10.0.1.0/24 subnet 5, subnet-0a 2600:1f14:0:1::/64 subnet 5, "
		"vpc-0a 10.0.0.0/16 cluster 0, vpc-0a 100.64.0.0/16 cluster 0, "
		"vpc-0a 2600:1f14::/56 cluster 0, vpc-0a 2600:1f15::/56 cluster 0");
}

static void takes_a_new_token_when_the_old_one_is_refused(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	rig_round(&rig);
	fake.token_pieces[0] = "another-token";
	rig_next(&rig);
	assert_int_equal(fake.tokens, 2);
	assert_int_equal(fake.refused, 1);
	assert_true(rig_status(&rig).is_up);
	assert_int_equal(rig_status(&rig).errors, 0);
	/* in the middle of a round: the key is asked for again */
	fake_be_odd("/latest/meta-data/" MACS MAC_A "/local-ipv4s", 1,
		    (struct web_answer){ .status = 401 });
	rig_next(&rig);
	assert_int_equal(fake.tokens, 3);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT "; " ENI_B_TEXT);
	assert_int_equal(rig_version(&rig), 1);
	assert_string_equal(logged(), "");
}

static void takes_a_new_token_before_the_old_one_ends(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));
	uint64_t begin_ns = rig.now_ns;

	(void)state;
	rig_round(&rig);
	rig.now_ns = begin_ns + 20939 * RIG_SECOND_NS;
	rig_round(&rig);
	assert_int_equal(fake.tokens, 1);
	rig.now_ns = begin_ns + 21000 * RIG_SECOND_NS;
	rig_round(&rig);
	assert_int_equal(fake.tokens, 2);
	/* and that one is as good for as long */
	rig.now_ns += 20999 * RIG_SECOND_NS;
	rig_round(&rig);
	assert_int_equal(fake.tokens, 2);
	assert_int_equal(fake.refused, 0);
}

/* Five more than there is room for; no ENI has one of them but MAC_A, the first. */
static const char *many_macs(void)
{
	enum { MANY = ENIS_MAX + 5, LINE = 19 };
	static char list[MANY * LINE + 1];

	for (size_t i = 0; i < MANY; i++)
		snprintf(list + i * LINE, LINE + 1, "0e:00:00:00:%02zx:01/\n", i);
	memcpy(list, MAC_A, strlen(MAC_A));
	return list;
}

static void tells_once_what_it_has_no_room_for(void **state)
{
	cleanup_web struct web *web = fake_open();
	cleanup_rig struct rig rig = ask_imds(web_url(web));

	(void)state;
	fake_set(MACS, many_macs());
	rig_round(&rig);
	rig_next(&rig);
	assert_string_equal(enis_of(rig_capacity(&rig)), ENI_A_TEXT);
	assert_int_equal(rig_capacity(&rig)->enis.dropped, 5);
	assert_int_equal(log_lines(), 1);
	assert_non_null(strstr(last_line(), "no room for 5 parts of what imds at 'http"));
	fake_set(MACS, MAC_A "/");
	rig_next(&rig);
	fake_set(MACS, many_macs());
	rig_next(&rig);
	assert_int_equal(log_lines(), 2);
}

static void keeps_as_many_enis_as_there_is_room_for(void **state)
{
	char macs[ENIS_MAX][IMDS_MAC_SIZE];
	struct poll_result result = { 0 };
	const char *list = many_macs();

	(void)state;
	assert_int_equal(imds_parse_macs(list, macs, &result), ENIS_MAX);
	assert_int_equal(result.capacity.enis.dropped, 5);
	assert_int_equal(result.errors, 0);
	assert_string_equal(macs[0], MAC_A);
	assert_string_equal(macs[ENIS_MAX - 1], "0e:00:00:00:7f:01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(reads_a_node),
		workdir_test(asks_once_in_a_minute_or_in_six_periods),
		workdir_test(is_not_asked_without_a_url),
		workdir_test(follows_enis_that_come_and_go),
		workdir_test(leaves_out_an_eni_that_goes_within_a_round),
		workdir_test(does_not_ask_further_about_an_eni_that_is_gone),
		workdir_test(does_not_take_the_keys_of_one_eni_for_anothers),
		workdir_test(reads_ipv6_ranges),
		workdir_test(takes_a_new_token_when_the_old_one_is_refused),
		workdir_test(takes_a_new_token_before_the_old_one_ends),
		workdir_test(tells_once_what_it_has_no_room_for),
		workdir_test(keeps_as_many_enis_as_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
