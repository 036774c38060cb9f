// SPDX-License-Identifier: Apache-2.0
/* What differs, and what does not. When it is told is test_leaks.c's business. */
#include "test.h"

#include "leak_story.h"

/* What is told in the end of what has gone on for long enough. */
static const char *told_of(struct leak_story *story)
{
	assert_string_equal(check_at(story, 1000), "");
	return check_at(story, 1000 + GRACE);
}

static void agrees_where_books_and_kernel_do(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	assert_string_equal(told_of(&story), "");
	story_books(&story, "10.9.0.0/24");
	living(&story, 101, 102);
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "fd00:9::5");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	story_lease(&story, "cni-cache", "10.9.0.5", "c1", 0);
	story_lease(&story, "host-local", "fd00:9::5", "c1", 0);
	assert_string_equal(told_of(&story), "");
	assert_int_equal(leaks_count(story.leaks), 0);
}

static void tells_of_a_lease_that_nobody_holds(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	hold(&story, 101, "10.9.0.5");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	story_lease(&story, "host-local", "10.9.0.6", "c2", 0);
	story_lease(&story, "ipam", "fd00:9::6", "c3", 0);
	story_lease(&story, "cni-cache", "10.9.0.4", "c4", 0);
	assert_string_equal(told_of(&story), "+ ipam_only 10.9.0.4 c4 since 1000\n"
					     "+ ipam_only 10.9.0.6 c2 since 1000\n"
					     "+ ipam_only fd00:9::6 c3 since 1000\n");
}

static void tells_once_of_an_address_in_several_books(void **state)
{
	static const struct {
		const char *sources[3], *best;
	} cases[] = {
		{ { "cni-cache", "ipam", "host-local" }, "host-local" },
		{ { "host-local", "cni-cache", "ipam" }, "host-local" },
		{ { "cni-cache", "ipam", "ipam" }, "ipam" },
		{ { "cni-cache", "someone", "someone" }, "cni-cache" },
		{ { "someone", "someone", "someone" }, "someone" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_story struct leak_story story;

		leak_story_open(&story);
		for (size_t i = 0; i < 3; i++)
			story_lease(&story, c->sources[i], "10.9.0.6", "c", 0);
		assert_string_equal(told_of(&story), "+ ipam_only 10.9.0.6 c since 1000\n");
		assert_int_equal(leaks_count(story.leaks), 1);
		assert_string_equal(leaks_at(story.leaks, 0)->lease.source, c->best);
	}
}

static void names_the_pod_that_another_source_knows(void **state)
{
	cleanup_story struct leak_story story;
	const struct pod *pod;
	struct lease *lease;

	(void)state;
	leak_story_open(&story);
	story_lease(&story, "host-local", "10.9.0.6", "c1", 0);
	lease = story_lease(&story, "cni-cache", "10.9.0.6", "c1", 0);
	strcpy(lease->pod.namespace, "shop");
	strcpy(lease->pod.name, "web-0");
	told_of(&story);
	pod = &leaks_at(story.leaks, 0)->pod;
	assert_string_equal(pod->container_id, "c1");
	assert_string_equal(pod->namespace, "shop");
	assert_string_equal(pod->name, "web-0");
	assert_string_equal(leaks_at(story.leaks, 0)->lease.pod.name, "");
}

static void leaves_out_leases_that_no_pod_can_hold(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_lease(&story, "host-local", "169.254.172.2", "c1", 0);
	story_lease(&story, "host-local", "fe80::1", "c1", 0);
	story_lease(&story, "host-local", "10.9.0.6", "c1", 0);
	assert_string_equal(told_of(&story), "+ ipam_only 10.9.0.6 c1 since 1000\n");
}

static void tells_of_holders_that_the_books_of_their_range_lack(void **state)
{
	static const struct {
		const char *books, *source, *told;
	} cases[] = {
		{ "10.9.0.0/24", NULL, "+ kernel_only 10.9.0.5 101 since 1000\n" },
		{ "10.9.0.0/24", "cni-cache", "+ kernel_only 10.9.0.5 101 since 1000\n" },
		{ "10.9.0.0/24", "ipam", "+ kernel_only 10.9.0.5 101 since 1000\n" },
		{ "10.9.0.0/24", "host-local", "" },
		{ "10.9.0.5/32", NULL, "+ kernel_only 10.9.0.5 101 since 1000\n" },
		{ "10.9.1.0/24", NULL, "" },
		{ NULL, NULL, "" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_story struct leak_story story;

		leak_story_open(&story);
		if (c->books)
			story_books(&story, c->books);
		hold(&story, 101, "10.9.0.5");
		if (c->source)
			story_lease(&story, c->source, "10.9.0.5", "c1", 0);
		assert_string_equal(told_of(&story), c->told);
	}
}

static void looks_at_all_books(void **state)
{
	cleanup_story struct leak_story story;
	struct prefix books[3];
	struct leaks_view view;

	(void)state;
	leak_story_open(&story);
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "fd00:9::5");
	hold(&story, 103, "10.9.3.5");
	prefix_parse("10.9.1.0/24", &books[0]);
	prefix_parse("10.9.0.0/24", &books[1]);
	prefix_parse("fd00:9::/64", &books[2]);
	view = story_view(&story, 1000);
	view.books = books;
	view.book_count = 3;
	view.grace_ns = 0;
	assert_int_equal(leaks_check(story.leaks, &view), 0);
	assert_string_equal(story.told, "+ kernel_only 10.9.0.5 101 since 1000\n"
					"+ kernel_only fd00:9::5 102 since 1000\n");
}

static void tells_of_a_namespace_in_which_nobody_lives(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	living(&story, 100, 102, 104);
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "10.9.0.6");
	hold(&story, 103, "10.9.0.7"); /* in no books */
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	story_lease(&story, "host-local", "10.9.0.6", "c2", 0);
	assert_string_equal(told_of(&story), "+ abandoned 10.9.0.5 c1 101 since 1000\n");
}

static void knows_nobody_as_abandoned_where_nobody_looked(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	hold(&story, 101, "10.9.0.5");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	assert_string_equal(told_of(&story), "");
	living(&story);
	assert_string_equal(told_of(&story), "+ abandoned 10.9.0.5 c1 101 since 1000\n");
}

static void tells_of_two_namespaces_with_one_address(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	hold(&story, 103, "10.9.0.5");
	hold(&story, 102, "10.9.0.5");
	hold(&story, 101, "10.9.0.5");
	hold(&story, 101, "10.9.0.6");
	hold_on(&story, 101, 3, "10.9.0.6");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	assert_string_equal(told_of(&story), "+ duplicate 10.9.0.5 101 and 102 since 1000\n");
	assert_null(leaks_at(story.leaks, 0)->lease.source);
}

static void is_not_abandoned_while_one_of_two_holders_lives(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "10.9.0.5");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	living(&story, 102);
	assert_string_equal(told_of(&story), "+ duplicate 10.9.0.5 101 and 102 since 1000\n");
	living(&story, 103);
	assert_string_equal(told_of(&story), "+ abandoned 10.9.0.5 c1 101 since 1000\n");
}

static void tells_of_all_that_is_wrong_with_one_address(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	story_books(&story, "10.9.0.0/24");
	living(&story);
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "10.9.0.5");
	story_lease(&story, "cni-cache", "10.9.0.5", "c1", 0);
	assert_string_equal(told_of(&story), "+ kernel_only 10.9.0.5 101 since 1000\n"
					     "+ abandoned 10.9.0.5 c1 101 since 1000\n"
					     "+ duplicate 10.9.0.5 101 and 102 since 1000\n");
}

static void counts_only_namespaces_of_this_node_as_holders(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	state_set_host(story.facts.state, FACTS_HOST, true);
	story_books(&story, "10.9.0.0/24");
	hold(&story, 101, "10.9.0.5");
	hold(&story, 102, "10.9.0.6");
	hold(&story, 103, "10.9.0.6");
	story_event(&story, "netns_own netns_inum=102");
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0);
	story_lease(&story, "host-local", "10.9.0.6", "c2", 0);
	assert_string_equal(told_of(&story), "+ ipam_only 10.9.0.5 c1 since 1000\n");
}

static void names_every_kind(void **state)
{
	static const char *const names[] = { "ipam_only", "kernel_only", "abandoned", "duplicate" };

	(void)state;
	assert_int_equal(case_count(names), LEAK_KIND_COUNT);
	for (unsigned int kind = 0; kind < LEAK_KIND_COUNT; kind++)
		assert_string_equal(leak_kind_name(kind), names[kind]);
}

/* What a pod does inside itself is no business of the node's. */
static void tells_of_a_duplicate_where_pods_are(void **state)
{
	static const struct {
		const char *cidr; /* the range; NULL: none */
		bool has_ranges, is_leased, has_other_lease, is_told;
	} cases[] = {
		{ NULL, false, false, true, true }, /* nobody knows of ranges */
		{ NULL, true, false, false, true }, /* there is nothing to go by */
		{ NULL, true, false, true, false },
		{ "10.9.0.0/24", true, false, true, true },
		{ "10.8.0.0/24", true, false, false, false },
		{ "10.8.0.0/24", true, true, false, true },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = { .name = "pods", .source = "cni" };
		const struct range_list list = { &range, c->cidr ? 1 : 0 };
		cleanup_range_table struct range_table *table = NULL;
		cleanup_story struct leak_story story;
		struct leaks_view view;

		leak_story_open(&story);
		if (c->cidr)
			assert_int_equal(prefix_parse(c->cidr, &range.cidr), 0);
		assert_int_equal(range_table_new(&list, 1, &table), 0);
		hold(&story, 101, "10.9.0.5");
		hold(&story, 102, "10.9.0.5");
		hold(&story, 103, "10.9.0.6");
		if (c->is_leased)
			story_lease(&story, "cni-cache", "10.9.0.5", "c1", 0);
		if (c->has_other_lease)
			story_lease(&story, "cni-cache", "10.9.0.6", "c2", 0);
		view = story_view(&story, 1000);
		view.ranges = c->has_ranges ? table : NULL;
		view.grace_ns = 0;
		assert_int_equal(leaks_check(story.leaks, &view), 0);
		assert_int_equal(!!strstr(story.told, "duplicate"), c->is_told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_a_duplicate_where_pods_are),
		cmocka_unit_test(agrees_where_books_and_kernel_do),
		cmocka_unit_test(tells_of_a_lease_that_nobody_holds),
		cmocka_unit_test(tells_once_of_an_address_in_several_books),
		cmocka_unit_test(names_the_pod_that_another_source_knows),
		cmocka_unit_test(leaves_out_leases_that_no_pod_can_hold),
		cmocka_unit_test(tells_of_holders_that_the_books_of_their_range_lack),
		cmocka_unit_test(looks_at_all_books),
		cmocka_unit_test(tells_of_a_namespace_in_which_nobody_lives),
		cmocka_unit_test(knows_nobody_as_abandoned_where_nobody_looked),
		cmocka_unit_test(tells_of_two_namespaces_with_one_address),
		cmocka_unit_test(is_not_abandoned_while_one_of_two_holders_lives),
		cmocka_unit_test(tells_of_all_that_is_wrong_with_one_address),
		cmocka_unit_test(counts_only_namespaces_of_this_node_as_holders),
		cmocka_unit_test(names_every_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
