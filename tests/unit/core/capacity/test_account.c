// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "core/capacity/account.h"
#include "core/state/uses.h"

#define SECOND 1000000000ULL

/* One address held by one netns, as a fact would tell of it. */
struct holder {
	struct netns netns;
	struct link link;
	struct address address;
};

static void hold(struct holder *holder, const char *ip)
{
	*holder = (struct holder){ 0 };
	holder->link.netns = &holder->netns;
	holder->address.link = &holder->link;
	assert_int_equal(ip_parse(ip, &holder->address.key.ip), 0);
}

static struct fact fact_of(const struct holder *holder, enum fact_kind kind, uint64_t time_ns)
{
	return (struct fact){ .kind = kind,
			      .time_ns = time_ns,
			      .netns = &holder->netns,
			      .link = &holder->link,
			      .address = &holder->address };
}

static struct account_note assign(struct account *account, const char *ip, uint64_t time_ns)
{
	struct account_note note;
	struct holder holder;
	struct fact fact;

	hold(&holder, ip);
	fact = fact_of(&holder, FACT_IP_ASSIGNED, time_ns);
	assert_int_equal(account_assigned(account, &fact, &note), 0);
	return note;
}

static struct account_note release_by(struct account *account, const char *ip, uint64_t time_ns,
				      const char *pod)
{
	struct account_note note;
	struct holder holder;
	struct fact fact;

	hold(&holder, ip);
	fact = fact_of(&holder, FACT_IP_RELEASED, time_ns);
	account_released(account, &fact, pod, &note);
	return note;
}

static struct account_note release(struct account *account, const char *ip, uint64_t time_ns)
{
	return release_by(account, ip, time_ns, NULL);
}

/* "10.0.0.0/8 10.9.0.0/16", sorted as the table sorts them. */
static void use_ranges(struct account *account, const char *cidrs)
{
	struct range ranges[8] = { 0 };
	struct range_list list = { .ranges = ranges };
	char copy[256], *rest = copy, *word;
	struct range_table *table;

	snprintf(copy, sizeof(copy), "%s", cidrs);
	while ((word = strsep(&rest, " ")) && *word) {
		struct range *range = &ranges[list.count++];

		snprintf(range->name, sizeof(range->name), "%s", word);
		range->source = "config";
		assert_int_equal(prefix_parse(word, &range->cidr), 0);
	}
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(account, table), 0);
}

static struct account *open_account(const char *cidrs)
{
	struct account *account;

	assert_int_equal(account_new(&account), 0);
	use_ranges(account, cidrs);
	return account;
}

static void check_usage(const struct usage *usage, uint64_t used, uint64_t assigned,
			uint64_t released)
{
	assert_int_equal(usage->used, used);
	assert_int_equal(usage->assigned, assigned);
	assert_int_equal(usage->released, released);
}

static void counts_in_the_narrowest_range_and_once_in_each_around_it(void **state)
{
	static const struct {
		const char *ip;
		int range;
		uint64_t used[4]; /* 10/8, 10.9/16, 10.9.0/24, fd00::/16 */
	} cases[] = {
		{ "10.9.0.5", 2, { 1, 1, 1, 0 } }, { "10.9.1.5", 1, { 2, 2, 1, 0 } },
		{ "10.8.0.5", 0, { 3, 2, 1, 0 } }, { "fd00::5", 3, { 3, 2, 1, 1 } },
		{ "10.9.0.6", 2, { 4, 3, 2, 1 } }, { "192.0.2.5", RANGE_NONE, { 4, 3, 2, 1 } },
	};
	cleanup_account struct account *account =
		open_account("10.0.0.0/8 10.9.0.0/16 10.9.0.0/24 fd00::/16");

	(void)state;
	for_each_case(c, cases) {
		struct account_note note = assign(account, c->ip, SECOND);

		assert_int_equal(note.range, c->range);
		if (c->range != RANGE_NONE)
			assert_ptr_equal(note.usage, account_usage(account, (size_t)c->range));
		for (size_t i = 0; i < case_count(c->used); i++)
			assert_int_equal(account_usage(account, i)->used, c->used[i]);
	}
	assert_int_equal(account_in_use(account), case_count(cases));

	assert_int_equal(release(account, "10.9.0.5", 2 * SECOND).range, 2);
	check_usage(account_usage(account, 0), 3, 4, 1);
	check_usage(account_usage(account, 1), 2, 3, 1);
	check_usage(account_usage(account, 2), 1, 2, 1);
	check_usage(account_usage(account, 3), 1, 1, 0);
}

static void counts_what_no_range_holds_by_family(void **state)
{
	cleanup_account struct account *account = open_account("10.9.0.0/16");
	struct account_note note;

	(void)state;
	note = assign(account, "192.0.2.5", SECOND);
	assert_int_equal(note.range, RANGE_NONE);
	assert_ptr_equal(note.usage, account_unranged(account, ACCOUNT_IPV4));
	assign(account, "192.0.2.6", SECOND);
	assign(account, "2001:db8::5", SECOND);
	note = release(account, "192.0.2.6", 2 * SECOND);
	assert_ptr_equal(note.usage, account_unranged(account, ACCOUNT_IPV4));
	check_usage(account_unranged(account, ACCOUNT_IPV4), 1, 2, 1);
	check_usage(account_unranged(account, ACCOUNT_IPV6), 1, 1, 0);
	check_usage(account_usage(account, 0), 0, 0, 0);
}

static void knows_which_pod_had_an_address_before(void **state)
{
	cleanup_account struct account *account = open_account("10.9.0.0/24");

	(void)state;
	assert_null(assign(account, "10.9.0.5", 1 * SECOND).previous_pod);
	release_by(account, "10.9.0.5", 2 * SECOND, "shop/web-0");
	assert_string_equal(assign(account, "10.9.0.5", 3 * SECOND).previous_pod, "shop/web-0");
	assert_null(assign(account, "10.9.0.6", 3 * SECOND).previous_pod);

	/* Whoever lets go last counts; that nobody knows who it was replaces who is known. */
	release_by(account, "10.9.0.5", 4 * SECOND, "shop/web-1");
	assert_string_equal(assign(account, "10.9.0.5", 5 * SECOND).previous_pod, "shop/web-1");
	release(account, "10.9.0.5", 6 * SECOND);
	assert_null(assign(account, "10.9.0.5", 7 * SECOND).previous_pod);
}

static void names_no_previous_pod_while_another_holds_the_address(void **state)
{
	cleanup_account struct account *account = open_account("10.9.0.0/24");

	(void)state;
	assign(account, "10.9.0.5", 1 * SECOND);
	release_by(account, "10.9.0.5", 2 * SECOND, "shop/web-0");
	assign(account, "10.9.0.5", 3 * SECOND);
	assert_null(assign(account, "10.9.0.5", 4 * SECOND).previous_pod);
}

static void uses_an_address_once_however_many_hold_it(void **state)
{
	cleanup_account struct account *account = open_account("10.9.0.0/16");

	(void)state;
	assign(account, "10.9.0.5", 1 * SECOND);
	assign(account, "10.9.0.5", 2 * SECOND);
	check_usage(account_usage(account, 0), 1, 2, 0);
	assert_int_equal(account_in_use(account), 1);

	release(account, "10.9.0.5", 3 * SECOND);
	check_usage(account_usage(account, 0), 1, 2, 1);
	assert_int_equal(account_remembered(account), 0);

	/* Still held: no re-use. */
	assert_int_equal(assign(account, "10.9.0.5", 4 * SECOND).reuse_ns, 0);
	release(account, "10.9.0.5", 5 * SECOND);
	release(account, "10.9.0.5", 6 * SECOND);
	check_usage(account_usage(account, 0), 0, 3, 3);
	assert_int_equal(account_in_use(account), 0);
	assert_int_equal(account_remembered(account), 1);
}

static void measures_from_the_last_release_to_the_next_assignment(void **state)
{
	cleanup_account struct account *account = open_account("10.0.0.0/8 10.9.0.0/16");

	(void)state;
	assert_int_equal(assign(account, "10.9.0.5", 1 * SECOND).reuse_ns, 0);
	release(account, "10.9.0.5", 10 * SECOND);
	assert_int_equal(assign(account, "10.9.0.6", 11 * SECOND).reuse_ns, 0);
	assert_int_equal(assign(account, "10.9.0.5", 13 * SECOND).reuse_ns, 3 * SECOND);
	assert_int_equal(account_remembered(account), 0);
	release(account, "10.9.0.5", 20 * SECOND);
	assert_int_equal(assign(account, "10.9.0.5", 27 * SECOND).reuse_ns, 7 * SECOND);

	for (size_t i = 0; i < 2; i++) {
		const struct histogram *reuse = &account_usage(account, i)->reuse;

		assert_int_equal(reuse->count, 2);
		assert_int_equal(reuse->buckets[3], 1); /* (1, 5] seconds */
		assert_int_equal(reuse->buckets[4], 1); /* (5, 10] */
		assert_true(reuse->sum > 9.999 && reuse->sum < 10.001);
	}
	assign(account, "192.0.2.5", 20 * SECOND);
	release(account, "192.0.2.5", 21 * SECOND);
	assign(account, "192.0.2.5", 22 * SECOND);
	assert_int_equal(account_unranged(account, ACCOUNT_IPV4)->reuse.count, 1);
	assert_int_equal(account_unranged(account, ACCOUNT_IPV6)->reuse.count, 0);
	assert_int_equal(account_usage(account, 0)->reuse.count, 2);
}

/* Sources have clocks of their own: one may be behind by a little. */
static void measures_no_reuse_that_ends_before_it_starts(void **state)
{
	cleanup_account struct account *account = open_account("10.9.0.0/16");

	(void)state;
	assign(account, "10.9.0.5", 1 * SECOND);
	release(account, "10.9.0.5", 10 * SECOND);
	assert_int_equal(assign(account, "10.9.0.5", 9 * SECOND).reuse_ns, 0);
	assert_int_equal(account_usage(account, 0)->reuse.count, 0);
	assert_int_equal(account_in_use(account), 1);
	assert_int_equal(account_remembered(account), 0);
}

static void measures_latency_of_the_first_of_a_family_alone(void **state)
{
	static const struct {
		const char *ip;
		bool is_first;
		uint64_t created_ns, time_ns, latency_ns;
	} cases[] = {
		{ "10.9.0.5", true, 1 * SECOND, 3 * SECOND, 2 * SECOND },
		{ "10.9.0.6", false, 1 * SECOND, 4 * SECOND, 0 },
		{ "fd00::5", true, 1 * SECOND, 2 * SECOND, 1 * SECOND },
		{ "10.9.0.7", true, TIME_UNKNOWN, 4 * SECOND, 0 },
		{ "10.9.0.8", true, 5 * SECOND, 4 * SECOND, 0 },
		{ "10.9.0.9", true, 4 * SECOND, 4 * SECOND, 0 },
	};
	cleanup_account struct account *account = open_account("");
	const struct histogram *ipv4 = account_latency(account, ACCOUNT_IPV4);
	const struct histogram *ipv6 = account_latency(account, ACCOUNT_IPV6);

	(void)state;
	for_each_case(c, cases) {
		struct account_note note;
		struct holder holder;
		struct fact fact;

		hold(&holder, c->ip);
		holder.netns.created_ns = c->created_ns;
		fact = fact_of(&holder, FACT_IP_ASSIGNED, c->time_ns);
		fact.first_of_family = c->is_first;
		assert_int_equal(account_assigned(account, &fact, &note), 0);
		assert_int_equal(note.latency_ns, c->latency_ns);
	}
	assert_int_equal(ipv4->count, 1);
	assert_true(ipv4->sum > 1.999 && ipv4->sum < 2.001);
	assert_int_equal(ipv4->buckets[10], 1); /* (1, 2.5] seconds */
	assert_int_equal(ipv6->count, 1);
	assert_int_equal(ipv6->buckets[9], 1); /* (0.5, 1] */
}

static void keeps_its_counters_when_ranges_change(void **state)
{
	cleanup_account struct account *account = open_account("10.9.0.0/16 10.9.1.0/24");

	(void)state;
	assign(account, "10.9.0.5", 1 * SECOND);
	assign(account, "10.9.1.5", 1 * SECOND);
	assign(account, "10.9.1.5", 1 * SECOND);
	assign(account, "192.0.2.5", 1 * SECOND);
	assign(account, "2001:db8::5", 1 * SECOND);
	release(account, "10.9.0.5", 2 * SECOND);
	assign(account, "10.9.0.5", 3 * SECOND);
	assign(account, "10.9.0.6", 3 * SECOND);
	release(account, "10.9.0.6", 3 * SECOND);

	/* A new one around, one inside, one elsewhere; the narrow one goes. */
	use_ranges(account, "10.0.0.0/8 10.9.0.0/16 10.9.0.0/24 192.0.2.0/24");
	check_usage(account_usage(account, 0), 2, 0, 0);
	check_usage(account_usage(account, 1), 2, 5, 2);
	check_usage(account_usage(account, 2), 1, 0, 0);
	check_usage(account_usage(account, 3), 1, 0, 0);
	check_usage(account_unranged(account, ACCOUNT_IPV4), 0, 1, 0);
	check_usage(account_unranged(account, ACCOUNT_IPV6), 1, 1, 0);
	assert_int_equal(account_usage(account, 1)->reuse.count, 1);
	assert_int_equal(account_usage(account, 2)->reuse.count, 0);
	assert_int_equal(account_in_use(account), 4);

	/* Without any, everything is outside. */
	use_ranges(account, "");
	assert_int_equal(account_unranged(account, ACCOUNT_IPV4)->used, 3);
	release(account, "10.9.1.5", 4 * SECOND);
	assert_int_equal(account_unranged(account, ACCOUNT_IPV4)->used, 3);
	release(account, "10.9.1.5", 4 * SECOND);
	assert_int_equal(account_unranged(account, ACCOUNT_IPV4)->used, 2);
	assert_int_equal(range_table_count(account_ranges(account)), 0);
}

static void forgets_the_oldest_of_too_many_releases(void **state)
{
	cleanup_account struct account *account = open_account("");
	char ip[IP_TEXT_SIZE];

	(void)state;
	for (unsigned int i = 0; i < USES_REMEMBERED_MAX + 2; i++) {
		snprintf(ip, sizeof(ip), "10.9.%u.%u", i / 256, i % 256);
		assign(account, ip, 1 * SECOND);
		release(account, ip, 2 * SECOND + i);
		assert_true(account_remembered(account) <= USES_REMEMBERED_MAX);
	}
	assert_int_equal(account_remembered(account), USES_REMEMBERED_MAX);
	assert_int_equal(account_in_use(account), 0);

	assert_int_equal(assign(account, "10.9.0.0", 3 * SECOND).reuse_ns, 0);
	assert_int_equal(assign(account, "10.9.0.1", 3 * SECOND).reuse_ns, 0);
	assert_int_equal(assign(account, "10.9.0.2", 3 * SECOND).reuse_ns, SECOND - 2);
	assert_int_equal(account_remembered(account), USES_REMEMBERED_MAX - 1);
	assert_int_equal(account_in_use(account), 3);
}

static void survives_releases_of_what_it_does_not_know(void **state)
{
	cleanup_account struct account *account = open_account("10.9.0.0/16");

	(void)state;
	assert_int_equal(release(account, "10.9.0.5", SECOND).range, 0);
	check_usage(account_usage(account, 0), 0, 0, 1);
	assign(account, "10.9.0.5", 2 * SECOND);
	release(account, "10.9.0.5", 3 * SECOND);
	release(account, "10.9.0.5", 4 * SECOND);
	check_usage(account_usage(account, 0), 0, 1, 3);
	assert_int_equal(account_remembered(account), 1);
	assert_int_equal(assign(account, "10.9.0.5", 5 * SECOND).reuse_ns, 2 * SECOND);
}

/* A release whose time nobody knows is still a release. */
static void survives_releases_without_a_time(void **state)
{
	cleanup_account struct account *account = open_account("10.9.0.0/16");

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(assign(account, "10.9.0.5", SECOND).reuse_ns, 0);
		assert_int_equal(account_remembered(account), 0);
		assert_int_equal(account_in_use(account), 1);
		release(account, "10.9.0.5", 0);
		assert_int_equal(account_remembered(account), 1);
		assert_int_equal(account_in_use(account), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_in_the_narrowest_range_and_once_in_each_around_it),
		cmocka_unit_test(counts_what_no_range_holds_by_family),
		cmocka_unit_test(knows_which_pod_had_an_address_before),
		cmocka_unit_test(names_no_previous_pod_while_another_holds_the_address),
		cmocka_unit_test(uses_an_address_once_however_many_hold_it),
		cmocka_unit_test(measures_from_the_last_release_to_the_next_assignment),
		cmocka_unit_test(measures_no_reuse_that_ends_before_it_starts),
		cmocka_unit_test(measures_latency_of_the_first_of_a_family_alone),
		cmocka_unit_test(keeps_its_counters_when_ranges_change),
		cmocka_unit_test(forgets_the_oldest_of_too_many_releases),
		cmocka_unit_test(survives_releases_of_what_it_does_not_know),
		cmocka_unit_test(survives_releases_without_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
