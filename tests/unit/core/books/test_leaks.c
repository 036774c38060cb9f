// SPDX-License-Identifier: Apache-2.0
/* When a leak is told, and when it is over. What differs is test_leaks_kinds.c's business. */
#include "test.h"

#include "leak_story.h"

static void waits_for_the_grace_period(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_books(&story, "10.9.0.0/24");
	living(&story);
	assert_string_equal(check_at(&story, 900), "");
	hold(&story, 101, "10.9.0.5"); /* kernel only */
	hold(&story, 102, "10.9.0.6"); /* abandoned */
	hold(&story, 102, "10.9.0.7"); /* duplicate */
	hold(&story, 103, "10.9.0.7");
	story_lease(&story, "host-local", "10.9.0.4", "c1", 0); /* ipam only */
	story_lease(&story, "host-local", "10.9.0.6", "c2", 0);
	story_lease(&story, "host-local", "10.9.0.7", "c2", 0);
	assert_string_equal(check_at(&story, 1000), "");
	assert_int_equal(leaks_count(story.leaks), 0);
	assert_string_equal(check_at(&story, 1000 + GRACE - 1), "");
	assert_string_equal(check_at(&story, 1000 + GRACE),
			    "+ ipam_only 10.9.0.4 c1 since 1000\n"
			    "+ kernel_only 10.9.0.5 101 since 1000\n"
			    "+ abandoned 10.9.0.6 c2 102 since 1000\n"
			    "+ abandoned 10.9.0.7 c2 102 since 1000\n"
			    "+ duplicate 10.9.0.7 102 and 103 since 1000\n");
	assert_int_equal(leaks_count(story.leaks), 5);
}

static void tells_once_that_one_began_and_once_that_it_is_over(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_lease(&story, "host-local", "10.9.0.4", "c1", 0);
	story_lease(&story, "host-local", "10.9.0.5", "c2", 0);
	check_at(&story, 1000);
	assert_string_equal(check_at(&story, 1100), "+ ipam_only 10.9.0.4 c1 since 1000\n"
						    "+ ipam_only 10.9.0.5 c2 since 1000\n");
	assert_string_equal(check_at(&story, 1200), "");
	forget_leases(&story);
	story_lease(&story, "host-local", "10.9.0.5", "c2", 0);
	assert_string_equal(check_at(&story, 1300), "- ipam_only 10.9.0.4 c1 since 1000\n");
	assert_int_equal(leaks_count(story.leaks), 1);
	hold(&story, 101, "10.9.0.5");
	assert_string_equal(check_at(&story, 1400), "- ipam_only 10.9.0.5 c2 since 1000\n");
	assert_int_equal(leaks_count(story.leaks), 0);
	assert_string_equal(check_at(&story, 1500), "");
}

static void forgets_what_is_gone_before_it_was_told(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_lease(&story, "host-local", "10.9.0.4", "c1", 0);
	assert_string_equal(check_at(&story, 1000), "");
	forget_leases(&story);
	assert_string_equal(check_at(&story, 1020), "");
	story_lease(&story, "host-local", "10.9.0.4", "c1", 0);
	assert_string_equal(check_at(&story, 1029), "");
	assert_string_equal(check_at(&story, 1058), "");
	assert_string_equal(check_at(&story, 1059), "+ ipam_only 10.9.0.4 c1 since 1029\n");
}

static void trusts_the_age_of_a_file_at_the_start_alone(void **state)
{
	static const struct {
		int64_t since_ns, later_ns; /* told by this check */
		const char *at_first, *later;
	} cases[] = {
		{ 500, 1030, "+ ipam_only 10.9.0.4 c1 since 500\n", "" },
		{ 970, 1030, "+ ipam_only 10.9.0.4 c1 since 970\n", "" },
		{ 971, 1030, "", "+ ipam_only 10.9.0.4 c1 since 971\n" },
		{ 971, 1029, "", "" },
		{ 1000, 1030, "", "+ ipam_only 10.9.0.4 c1 since 1000\n" },
		{ 1005, 1030, "", "" }, /* the clock went back since */
		{ 1005, 1035, "", "+ ipam_only 10.9.0.4 c1 since 1000\n" },
		{ 5000, 1030, "", "+ ipam_only 10.9.0.4 c1 since 1000\n" },
		{ 0, 1030, "", "+ ipam_only 10.9.0.4 c1 since 1000\n" },
		{ -5, 1030, "", "+ ipam_only 10.9.0.4 c1 since 1000\n" },
		{ -5, 1029, "", "" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_story struct leak_story story;

		print_message("  since %lld\n", (long long)c->since_ns);
		leak_story_open(&story);
		story_lease(&story, "host-local", "10.9.0.4", "c1", c->since_ns);
		assert_string_equal(check_at(&story, 1000), c->at_first);
		assert_string_equal(check_at(&story, c->later_ns), c->later);
	}
}

static void lets_everything_else_wait_at_the_start(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_books(&story, "10.9.0.0/24");
	living(&story);
	hold(&story, 101, "10.9.0.5");
	hold(&story, 101, "10.9.0.6");
	hold(&story, 102, "10.9.0.6");
	story_lease(&story, "host-local", "10.9.0.6", "c1", 500);
	assert_string_equal(check_at(&story, 1000), "");
	/* old, but not there at the start */
	story_lease(&story, "host-local", "10.9.0.7", "c2", 500);
	assert_string_equal(check_at(&story, 1001), "");
	assert_string_equal(check_at(&story, 1030),
			    "+ kernel_only 10.9.0.5 101 since 1000\n"
			    "+ abandoned 10.9.0.6 c1 101 since 1000\n"
			    "+ duplicate 10.9.0.6 101 and 102 since 1000\n");
	assert_string_equal(check_at(&story, 1031), "+ ipam_only 10.9.0.7 c2 since 500\n");
}

static void waits_until_the_file_is_old_enough_too(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	living(&story);
	hold(&story, 101, "10.9.0.5");
	story_lease(&story, "host-local", "10.9.0.4", "c1", 900);
	story_lease(&story, "host-local", "10.9.0.5", "c2", 900);
	check_at(&story, 910);
	forget_leases(&story); /* and had again by the same sandboxes */
	story_lease(&story, "host-local", "10.9.0.4", "c1", 920);
	story_lease(&story, "host-local", "10.9.0.5", "c2", 925);
	assert_string_equal(check_at(&story, 949), "");
	assert_string_equal(check_at(&story, 950), "+ ipam_only 10.9.0.4 c1 since 900\n");
	assert_string_equal(check_at(&story, 955), "+ abandoned 10.9.0.5 c2 101 since 910\n");
}

static void tells_at_once_what_follows_from_a_told_one(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_books(&story, "10.9.0.0/24");
	living(&story);
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "10.9.0.6");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 500);
	story_lease(&story, "host-local", "10.9.0.6", "c2", 500);
	check_at(&story, 1000);
	assert_string_equal(check_at(&story, 1030), "+ abandoned 10.9.0.5 c1 101 since 1000\n"
						    "+ abandoned 10.9.0.6 c2 102 since 1000\n");
	end_netns(&story, 101);
	assert_string_equal(check_at(&story, 1040), "- abandoned 10.9.0.5 c1 101 since 1000\n"
						    "+ ipam_only 10.9.0.5 c1 since 500\n");
	forget_leases(&story);
	assert_string_equal(check_at(&story, 1050), "- ipam_only 10.9.0.5 c1 since 500\n"
						    "- abandoned 10.9.0.6 c2 102 since 1000\n"
						    "+ kernel_only 10.9.0.6 102 since 1050\n");
}

static void lets_wait_what_follows_from_an_untold_one(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	living(&story);
	hold(&story, 101, "10.9.0.5");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 500);
	check_at(&story, 1000);
	end_netns(&story, 101);
	assert_string_equal(check_at(&story, 1029), "");
	assert_string_equal(check_at(&story, 1058), "");
	assert_string_equal(check_at(&story, 1059), "+ ipam_only 10.9.0.5 c1 since 500\n");
}

/* In a full range, an address that is freed is handed out again at once. */
static void takes_another_sandbox_for_another_leak(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_lease(&story, "host-local", "10.9.0.4", "c1", 900);
	story_lease(&story, "host-local", "10.9.0.5", "c2", 0);
	assert_string_equal(check_at(&story, 1000), "+ ipam_only 10.9.0.4 c1 since 900\n");
	forget_leases(&story);
	story_lease(&story, "host-local", "10.9.0.4", "c3", 1019);
	story_lease(&story, "host-local", "10.9.0.5", "c4", 1019);
	assert_string_equal(check_at(&story, 1020), "- ipam_only 10.9.0.4 c1 since 900\n");
	assert_string_equal(check_at(&story, 1049), "");
	assert_string_equal(check_at(&story, 1050), "+ ipam_only 10.9.0.4 c3 since 1019\n"
						    "+ ipam_only 10.9.0.5 c4 since 1019\n");
}

static void takes_another_holder_for_another_leak(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_books(&story, "10.9.0.0/24");
	hold(&story, 101, "10.9.0.5");
	check_at(&story, 1000);
	assert_string_equal(check_at(&story, 1030), "+ kernel_only 10.9.0.5 101 since 1000\n");
	end_netns(&story, 101);
	hold(&story, 102, "10.9.0.5");
	assert_string_equal(check_at(&story, 1040), "- kernel_only 10.9.0.5 101 since 1000\n");
	assert_string_equal(check_at(&story, 1070), "+ kernel_only 10.9.0.5 102 since 1040\n");
}

/* A slow plugin: the address comes at last, and no process lives there yet. */
static void lets_wait_what_involves_somebody_new(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	living(&story);
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	check_at(&story, 1000);
	assert_string_equal(check_at(&story, 1030), "+ ipam_only 10.9.0.5 c1 since 1000\n");
	hold(&story, 101, "10.9.0.5");
	assert_string_equal(check_at(&story, 1040), "- ipam_only 10.9.0.5 c1 since 1000\n");
	assert_string_equal(check_at(&story, 1069), "");
	assert_string_equal(check_at(&story, 1070), "+ abandoned 10.9.0.5 c1 101 since 1040\n");
	/* another lease, and with it another leak */
	forget_leases(&story);
	story_lease(&story, "host-local", "10.9.0.5", "c2", 0);
	assert_string_equal(check_at(&story, 1080), "- abandoned 10.9.0.5 c1 101 since 1040\n");
	/* a second holder */
	assert_string_equal(check_at(&story, 1110), "+ abandoned 10.9.0.5 c2 101 since 1080\n");
	hold(&story, 102, "10.9.0.5");
	living(&story, 102);
	assert_string_equal(check_at(&story, 1120), "- abandoned 10.9.0.5 c2 101 since 1080\n");
	assert_string_equal(check_at(&story, 1150),
			    "+ duplicate 10.9.0.5 101 and 102 since 1120\n");
	/* no lease was in it */
	end_netns(&story, 101);
	end_netns(&story, 102);
	assert_string_equal(check_at(&story, 1160),
			    "- duplicate 10.9.0.5 101 and 102 since 1120\n");
	assert_string_equal(check_at(&story, 1190), "+ ipam_only 10.9.0.5 c2 since 1160\n");
}

static void lets_wait_what_a_told_one_goes_on_beside(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_books(&story, "10.9.0.0/24");
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "10.9.0.5");
	story_lease(&story, "host-local", "10.9.0.5", "", 0);
	check_at(&story, 1000);
	assert_string_equal(check_at(&story, 1030),
			    "+ duplicate 10.9.0.5 101 and 102 since 1000\n");
	forget_leases(&story);
	assert_string_equal(check_at(&story, 1040), "");
	assert_string_equal(check_at(&story, 1069), "");
	assert_string_equal(check_at(&story, 1070), "+ kernel_only 10.9.0.5 101 since 1040\n");
	/* a lease of nobody is none that either told of */
	story_lease(&story, "host-local", "10.9.0.5", "", 0);
	end_netns(&story, 101);
	end_netns(&story, 102);
	assert_string_equal(check_at(&story, 1080),
			    "- kernel_only 10.9.0.5 101 since 1040\n"
			    "- duplicate 10.9.0.5 101 and 102 since 1000\n");
	assert_string_equal(check_at(&story, 1110), "+ ipam_only 10.9.0.5  since 1080\n");
}

static void keeps_what_was_abandoned_while_nobody_looks(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	living(&story, 104);
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "10.9.0.6");
	hold(&story, 103, "10.9.0.7");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	story_lease(&story, "host-local", "10.9.0.6", "c2", 0);
	story_lease(&story, "host-local", "10.9.0.7", "c3", 0);
	check_at(&story, 1000);
	check_at(&story, 1030);
	assert_int_equal(leaks_count(story.leaks), 3);
	hold(&story, 105, "10.9.0.8");
	story_lease(&story, "host-local", "10.9.0.8", "c5", 0);
	check_at(&story, 1040);

	story_living(&story, NULL);
	story.leases.leases[2].pod.container_id[0] = 'd';
	end_netns(&story, 102);
	assert_string_equal(check_at(&story, 1100), "- abandoned 10.9.0.6 c2 102 since 1000\n"
						    "- abandoned 10.9.0.7 c3 103 since 1000\n"
						    "+ ipam_only 10.9.0.6 c2 since 1100\n");
	living(&story, 105);
	assert_string_equal(check_at(&story, 1110), "");
	living(&story, 101, 105);
	assert_string_equal(check_at(&story, 1140), "- abandoned 10.9.0.5 c1 101 since 1000\n"
						    "+ abandoned 10.9.0.7 d3 103 since 1110\n");
}

static void starts_again_when_the_clock_is_set_back(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_books(&story, "10.9.0.0/24");
	hold(&story, 101, "10.9.0.5");
	check_at(&story, 1000000);
	assert_string_equal(check_at(&story, 1000), "");
	assert_string_equal(check_at(&story, 1030), "+ kernel_only 10.9.0.5 101 since 1000\n");
	assert_string_equal(check_at(&story, 10), "");
	assert_int_equal(leaks_count(story.leaks), 1);
}

/* Leases outlive a reboot, and whoever frees them needs some time after it. */
static void lets_a_lease_from_before_the_boot_wait(void **state)
{
	static const struct {
		int64_t boot_ns, since_ns;
		const char *at_first;
	} cases[] = {
		{ 500, 500, "+ ipam_only 10.9.0.4 c1 since 500\n" },
		{ 500, 499, "" },
		{ 0, 499, "" }, /* no age is trusted */
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_story struct leak_story story;
		struct leaks_view view;

		leak_story_open(&story);
		story_lease(&story, "host-local", "10.9.0.4", "c1", c->since_ns);
		view = story_view(&story, 1000);
		view.boot_ns = c->boot_ns;
		assert_int_equal(leaks_check(story.leaks, &view), 0);
		assert_string_equal(story.told, c->at_first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_for_the_grace_period),
		cmocka_unit_test(tells_once_that_one_began_and_once_that_it_is_over),
		cmocka_unit_test(forgets_what_is_gone_before_it_was_told),
		cmocka_unit_test(trusts_the_age_of_a_file_at_the_start_alone),
		cmocka_unit_test(lets_everything_else_wait_at_the_start),
		cmocka_unit_test(waits_until_the_file_is_old_enough_too),
		cmocka_unit_test(tells_at_once_what_follows_from_a_told_one),
		cmocka_unit_test(lets_wait_what_follows_from_an_untold_one),
		cmocka_unit_test(takes_another_sandbox_for_another_leak),
		cmocka_unit_test(takes_another_holder_for_another_leak),
		cmocka_unit_test(lets_wait_what_involves_somebody_new),
		cmocka_unit_test(lets_wait_what_a_told_one_goes_on_beside),
		cmocka_unit_test(keeps_what_was_abandoned_while_nobody_looks),
		cmocka_unit_test(starts_again_when_the_clock_is_set_back),
		cmocka_unit_test(lets_a_lease_from_before_the_boot_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
