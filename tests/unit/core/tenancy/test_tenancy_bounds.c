// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "core/tenancy/tenancy_lookup.h"
#include "core/tenancy/tenancy_store.h"
#include "tenancy_story.h"

/* One second each, with one between, from second 10 on. */
static void tell_tenancies(struct tenancies *tenancies, unsigned int count)
{
	for (unsigned int i = 0; i < count * 2; i++) {
		struct record record = record_init(i % 2 ? RECORD_IP_RELEASED : RECORD_IP_ASSIGNED);

		record.seq = i + 1;
		record.wall_ns = (10 + (int64_t)i) * STORY_NS_PER_S;
		record.ip = "10.0.0.5";
		record.netns = 7;
		assert_int_equal(tenancies_put(tenancies, &record), 0);
	}
	tenancies_end(tenancies);
}

static void leaves_out_what_does_not_answer(void **state)
{
	static const struct {
		int64_t at;
		int64_t holder, before, after; /* from; 0 none */
	} cases[] = {
		{ 10, 10, 0, 12 },	    { 12, 12, 10, 14 },
		{ 13, 0, 12, 14 },	    { 40000, 40000, 39998, 40002 },
		{ 40001, 0, 40000, 40002 },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct tenancy_query query = story_query(c->at * STORY_NS_PER_S);
		struct tenancies *tenancies;
		struct tenancy_answer answer;

		print_message("  at %lld\n", (long long)c->at);
		assert_int_equal(tenancies_new(&query, &tenancies), 0);
		tell_tenancies(tenancies, 2 * TENANCIES_MAX);
		answer = tenancy_lookup(tenancies);
		assert_true(tenancies_count(tenancies) <= TENANCIES_MAX);
		assert_int_equal(tenancies_count(tenancies) + tenancies_log(tenancies)->left_out,
				 2 * TENANCIES_MAX);
		assert_int_equal(answer.holder_count, c->holder != 0);
		if (c->holder)
			assert_int_equal(answer.holders[0]->from_ns, c->holder * STORY_NS_PER_S);
		assert_int_equal(answer.before ? answer.before->from_ns : 0,
				 c->before * STORY_NS_PER_S);
		assert_int_equal(answer.after ? answer.after->from_ns : 0,
				 c->after * STORY_NS_PER_S);
		tenancies_free(tenancies);
	}
}

/* A pod that nobody could have: each record is of another namespace, and none is released. */
static void is_bounded_by_what_never_ends(void **state)
{
	const struct tenancy_query query = story_query(0);
	struct tenancies *tenancies;

	(void)state;
	assert_int_equal(tenancies_new(&query, &tenancies), 0);
	for (unsigned int i = 0; i < TENANCIES_MAX + 10; i++) {
		struct record record = record_init(RECORD_IP_ASSIGNED);

		record.seq = i + 1;
		record.wall_ns = i;
		record.ip = "10.0.0.5";
		record.netns = i;
		assert_int_equal(tenancies_put(tenancies, &record), 0);
	}
	tenancies_end(tenancies);
	assert_int_equal(tenancies_log(tenancies)->left_out, TENANCIES_MAX / 4);
	assert_int_equal(tenancies_at(tenancies, 0)->netns, TENANCIES_MAX / 4);
	tenancies_free(tenancies);
}

/* Namespaces whose pod nobody knows come and go; the one that is asked about came first. */
static void keeps_a_pod_among_many_that_nobody_knows(void **state)
{
	const struct tenancy_query query = { .pod = "web-1" };
	struct tenancies *tenancies;

	(void)state;
	assert_int_equal(tenancies_new(&query, &tenancies), 0);
	for (unsigned int i = 0; i < 2 * TENANCIES_MAX; i++) {
		struct record record = record_init(i % 2 ? RECORD_IP_RELEASED : RECORD_IP_ASSIGNED);

		record.seq = i + 1;
		record.wall_ns = i;
		record.ip = "10.0.0.5";
		record.netns = i / 2;
		record.pod = i < 2 ? "web-1" : NULL;
		assert_int_equal(tenancies_put(tenancies, &record), 0);
	}
	tenancies_end(tenancies);
	assert_int_equal(tenancies_count(tenancies), 1);
	assert_int_equal(tenancies_log(tenancies)->left_out, 0);
	tenancies_free(tenancies);
}

static void leaves_out_the_oldest_failures(void **state)
{
	const struct tenancy_query query = { .pod = "web-1" };
	const struct tenancy_failures *failures;
	struct tenancies *tenancies;

	(void)state;
	assert_int_equal(tenancies_new(&query, &tenancies), 0);
	for (unsigned int i = 0; i < TENANCY_FAILURES_MAX + 1; i++) {
		struct record record = record_init(RECORD_CNI_FAILED);

		record.seq = i + 1;
		record.wall_ns = i;
		record.pod = "web-1";
		assert_int_equal(tenancies_put(tenancies, &record), 0);
	}
	tenancies_end(tenancies);
	failures = tenancies_failures(tenancies);
	assert_int_equal(failures->count, TENANCY_FAILURES_MAX * 3 / 4 + 1);
	assert_int_equal(failures->items[0].moment.seq, TENANCY_FAILURES_MAX / 4 + 1);
	assert_int_equal(tenancies_log(tenancies)->left_out, TENANCY_FAILURES_MAX / 4);
	tenancies_free(tenancies);
}

static void counts_spans_that_do_not_fit(void **state)
{
	struct tenancy tenancy = { 0 };

	(void)state;
	for (int i = 0; i < TENANCY_SPANS_MAX + 3; i++)
		tenancy_add_span(&tenancy, (struct tenancy_span){ .from_ns = i });
	assert_int_equal(tenancy.span_count, TENANCY_SPANS_MAX);
	assert_int_equal(tenancy.spans_left_out, 3);
}

/* Any order, any time, any namespace: it ends, within its bounds, and claims no holder twice. */
static void survives_any_order_of_records(void **state)
{
	static const enum record_type types[] = { RECORD_AGENT_STARTED, RECORD_AGENT_GAP,
						  RECORD_AGENT_STOPPED, RECORD_IP_ASSIGNED,
						  RECORD_IP_RELEASED,	RECORD_IP_ASSIGNED,
						  RECORD_IP_RELEASED,	RECORD_EVENTS_LOST,
						  RECORD_NETNS_FREED,	RECORD_TYPE_COUNT };
	static const int64_t times[] = { 0, 1, 5, INT64_MIN, INT64_MAX, 1000000000000 };
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 200; round++) {
		const struct tenancy_query query = story_query(times[round % case_count(times)]);
		struct tenancies *tenancies;

		assert_int_equal(tenancies_new(&query, &tenancies), 0);
		for (int i = 0; i < 100; i++) {
			struct record record =
				record_init(types[(seed = seed * 1103515245 + 12345) / 65536 %
						  case_count(types)]);

			record.seq = seed % 7 ? (uint64_t)i : seed;
			record.wall_ns = times[seed / 65536 % case_count(times)];
			record.mono_ns = seed % 3 ? seed : RECORD_ABSENT;
			record.boot_id = seed % 5 ? "b" : NULL;
			record.netns = seed / 1024 % 3;
			record.initial = seed / 512 % 2;
			record.ip = "10.0.0.5";
			assert_int_equal(tenancies_put(tenancies, &record), 0);
		}
		tenancies_end(tenancies);
		assert_true(tenancy_lookup(tenancies).holder_count <= TENANCY_HOLDERS_MAX);
		tenancies_free(tenancies);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_out_what_does_not_answer),
		cmocka_unit_test(is_bounded_by_what_never_ends),
		cmocka_unit_test(keeps_a_pod_among_many_that_nobody_knows),
		cmocka_unit_test(leaves_out_the_oldest_failures),
		cmocka_unit_test(counts_spans_that_do_not_fit),
		cmocka_unit_test(survives_any_order_of_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
