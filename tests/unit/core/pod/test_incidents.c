// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/pod/incidents.h"

#define UID "8d2f3a51-7c1e-4f0b-9f58-0a6f1f0c2b77"

static const uint64_t second = 1000000000;

/* An ADD of shop/web-0 in a sandbox of its own, over after one second. */
static struct call add_at(uint64_t start_s)
{
	struct call call = {
		.start_ns = start_s * second,
		.duration_ns = second,
		.command = CALL_ADD,
		.plugin = "bridge",
		.ifname = "eth0",
		.pod = { .namespace = "shop", .name = "web-0", .uid = UID },
	};

	snprintf(call.pod.container_id, sizeof(call.pod.container_id), "sandbox-%llu",
		 (unsigned long long)start_s);
	return call;
}

static int fail_at(struct incidents *incidents, uint64_t start_s, enum reason reason,
		   const struct incident **out)
{
	const struct call call = add_at(start_s);

	return incidents_failed(incidents, &call, reason, out);
}

static bool succeed_at(struct incidents *incidents, uint64_t start_s)
{
	const struct call call = add_at(start_s);
	struct incident incident;

	return incidents_succeeded(incidents, &call, &incident);
}

static uint32_t waiting(const struct incidents *incidents)
{
	return incidents_stats(incidents).waiting;
}

static int setup(void **state)
{
	struct incidents *incidents = NULL;

	assert_int_equal(incidents_new(&incidents), 0);
	*state = incidents;
	return 0;
}

static int teardown(void **state)
{
	incidents_free(*state);
	return 0;
}

static void waits_from_the_first_add_until_it_succeeds(void **state)
{
	const struct call call = add_at(10), bare = { .pod.name = "web-1" };
	struct incident incident, before;

	memset(&incident, 0x5a, sizeof(incident));
	before = incident;
	assert_int_equal(incidents_begin(*state, &call), 0);
	assert_int_equal(waiting(*state), 1);
	assert_int_equal(incidents_stats(*state).oldest_ns, 10 * second);
	assert_false(incidents_succeeded(*state, &call, &incident));
	assert_memory_equal(&incident, &before, sizeof(incident));
	assert_int_equal(waiting(*state), 0);
	assert_int_equal(incidents_stats(*state).oldest_ns, 0);
	/* one that nobody knows, and one of which little is known */
	assert_false(incidents_succeeded(*state, &call, &incident));
	assert_int_equal(incidents_begin(*state, &bare), 0);
	assert_false(incidents_succeeded(*state, &bare, &incident));
	assert_memory_equal(&incident, &before, sizeof(incident));
	assert_int_equal(waiting(*state), 0);
}

static void is_one_incident_over_all_sandboxes_of_a_pod(void **state)
{
	const struct incident *now = NULL;
	const struct call last = add_at(36);
	struct incident incident;

	for (uint64_t at = 10; at < 36; at += 13) {
		const struct call call = add_at(at);

		assert_int_equal(incidents_begin(*state, &call), 0);
		assert_int_equal(fail_at(*state, at, REASON_EXHAUSTED, &now),
				 at == 10 ? INCIDENT_NEW : INCIDENT_QUIET);
		assert_string_equal(now->pod.container_id, call.pod.container_id);
		assert_int_equal(now->since_ns, 10 * second);
		assert_int_equal(now->last_ns, (at + 1) * second);
		assert_int_equal(now->failures, 1 + (at - 10) / 13);
		assert_int_equal(now->reason, REASON_EXHAUSTED);
		assert_int_equal(waiting(*state), 1);
	}

	assert_int_equal(incidents_begin(*state, &last), 0);
	assert_true(incidents_succeeded(*state, &last, &incident));
	assert_int_equal(incident.failures, 2);
	assert_int_equal(incident.since_ns, 10 * second);
	assert_int_equal(incident.last_ns, 37 * second);
	assert_int_equal(incident.reason, REASON_EXHAUSTED);
	assert_string_equal(incident.pod.container_id, "sandbox-36");
	assert_int_equal(waiting(*state), 0);

	/* the next one is new again */
	assert_int_equal(fail_at(*state, 50, REASON_EXHAUSTED, &now), INCIDENT_NEW);
	assert_int_equal(now->failures, 1);
}

static void fails_from_the_first_failure_to_the_end(void **state)
{
	const struct call call = add_at(10), later = add_at(23), nameless = { .start_ns = 1 };
	const struct incident *incident = NULL;
	struct call other = add_at(10);

	snprintf(other.pod.name, sizeof(other.pod.name), "web-1");
	assert_false(incidents_is_failing(*state, &call));
	assert_int_equal(incidents_begin(*state, &call), 0);
	assert_false(incidents_is_failing(*state, &call));
	fail_at(*state, 10, REASON_OTHER, &incident);
	assert_true(incidents_is_failing(*state, &call));
	assert_true(incidents_is_failing(*state, &later));
	assert_false(incidents_is_failing(*state, &other));
	assert_false(incidents_is_failing(*state, &nameless));
	assert_true(succeed_at(*state, 23));
	assert_false(incidents_is_failing(*state, &call));
}

static void begins_with_a_failure_whose_start_was_missed(void **state)
{
	const struct incident *incident = NULL;

	assert_int_equal(fail_at(*state, 10, REASON_LIMIT, &incident), INCIDENT_NEW);
	assert_int_equal(incident->since_ns, 10 * second);
	assert_int_equal(incident->last_ns, 11 * second);
	assert_int_equal(incident->failures, 1);
	assert_int_equal(incident->reason, REASON_LIMIT);
	assert_string_equal(incident->pod.name, "web-0");
}

static void is_told_again_when_the_reason_or_the_time_is_another(void **state)
{
	/* a failure is told at the end of its call: a second after its start */
	static const struct {
		uint64_t start_s;
		enum reason reason;
		int want;
	} steps[] = {
		{ 0, REASON_EXHAUSTED, INCIDENT_NEW },
		{ 12, REASON_EXHAUSTED, INCIDENT_QUIET },
		{ 24, REASON_TIMEOUT, INCIDENT_GOES_ON },
		{ 36, REASON_TIMEOUT, INCIDENT_QUIET },
		{ 48, REASON_EXHAUSTED, INCIDENT_GOES_ON },
		{ 347, REASON_EXHAUSTED, INCIDENT_QUIET },
		{ 348, REASON_EXHAUSTED, INCIDENT_GOES_ON },
		{ 350, REASON_EXHAUSTED, INCIDENT_QUIET },
		{ 647, REASON_EXHAUSTED, INCIDENT_QUIET },
		{ 700, REASON_EXHAUSTED, INCIDENT_GOES_ON },
		{ 999, REASON_EXHAUSTED, INCIDENT_QUIET },
		/* another clock's: earlier than what was told */
		{ 5, REASON_EXHAUSTED, INCIDENT_QUIET },
	};

	for_each_case(step, steps) {
		const struct incident *incident = NULL;

		print_message("  %llu s\n", (unsigned long long)step->start_s);
		assert_int_equal(fail_at(*state, step->start_s, step->reason, &incident),
				 step->want);
		assert_int_equal(incident->reason, step->reason);
		assert_int_equal(incident->failures, 1 + (step - steps));
	}
}

static void knows_a_pod_by_the_best_name_there_is(void **state)
{
	static const struct {
		struct pod pods[2];
		bool is_one;
	} cases[] = {
		{ { { "a", "x", "1", "5" }, { "a", "x", "2", "6" } }, true },
		{ { { "a", "x", "1", "5" }, { "b", "x", "1", "5" } }, false },
		{ { { "a", "x", "1", "5" }, { "a", "y", "1", "5" } }, false },
		{ { { "", "x", "", "5" }, { "", "x", "", "6" } }, true },
		{ { { "a", "", "1", "5" }, { "b", "", "1", "6" } }, true },
		{ { { "a", "", "1", "5" }, { "a", "", "2", "5" } }, false },
		{ { { "a", "", "", "5" }, { "b", "", "", "5" } }, true },
		{ { { "a", "", "", "5" }, { "a", "", "", "6" } }, false },
		{ { { "\xff\n", "%s", "", "" }, { "\xff\n", "%s", "", "" } }, true },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_incidents struct incidents *incidents = NULL;

		assert_int_equal(incidents_new(&incidents), 0);
		for_each_case(pod, c->pods) {
			const struct call call = { .pod = *pod };

			assert_int_equal(incidents_begin(incidents, &call), 0);
		}
		assert_int_equal(waiting(incidents), c->is_one ? 1 : 2);
	}
}

static void takes_the_longest_names(void **state)
{
	struct call call = add_at(10);

	memset(call.pod.namespace, 'n', sizeof(call.pod.namespace) - 1);
	memset(call.pod.name, 'p', sizeof(call.pod.name) - 1);
	assert_int_equal(incidents_begin(*state, &call), 0);
	call.pod.name[sizeof(call.pod.name) - 2] = 'q';
	assert_int_equal(incidents_begin(*state, &call), 0);
	assert_int_equal(waiting(*state), 2);
}

/* STATUS and GC are of no pod; a runtime that polls them is told of once, too. */
static void has_one_incident_of_a_plugin_whose_calls_are_of_no_pod(void **state)
{
	struct call call = { .command = CALL_STATUS, .plugin = "bridge", .start_ns = 1 };
	struct call other = { .command = CALL_STATUS, .plugin = "ptp", .start_ns = 1 };
	const struct incident *out = NULL;
	struct incident incident;

	assert_int_equal(incidents_failed(*state, &call, REASON_OTHER, &out), INCIDENT_NEW);
	assert_int_equal(incidents_failed(*state, &call, REASON_OTHER, &out), INCIDENT_QUIET);
	assert_int_equal(incidents_failed(*state, &other, REASON_OTHER, &out), INCIDENT_NEW);
	assert_int_equal(waiting(*state), 2);
	assert_true(incidents_succeeded(*state, &call, &incident));
	assert_int_equal(incident.failures, 2);
	call.command = CALL_GC;
	assert_false(incidents_is_failing(*state, &call));
	assert_true(incidents_is_failing(*state, &other));
}

/* Runtimes attach a pod's networks side by side, lo among them. */
static void waits_for_as_long_as_one_of_its_adds_is_under_way(void **state)
{
	struct call bridge = add_at(10), lo = add_at(10);
	struct incident incident;

	snprintf(lo.plugin, sizeof(lo.plugin), "loopback");
	snprintf(lo.ifname, sizeof(lo.ifname), "lo");
	assert_int_equal(incidents_begin(*state, &bridge), 0);
	assert_int_equal(incidents_begin(*state, &lo), 0);
	assert_false(incidents_succeeded(*state, &lo, &incident));
	assert_int_equal(waiting(*state), 1);

	/* A daemon that does not answer holds it for minutes. */
	incidents_expire(*state, 11 * second + INCIDENT_FORGET_NS);
	assert_int_equal(waiting(*state), 1);
	assert_false(incidents_succeeded(*state, &bridge, &incident));
	assert_int_equal(waiting(*state), 0);

	/* One whose end is never told is not waited for for ever. */
	assert_int_equal(incidents_begin(*state, &bridge), 0);
	incidents_expire(*state, 10 * second + INCIDENT_CALL_MAX_NS - 1);
	assert_int_equal(waiting(*state), 1);
	incidents_expire(*state, 10 * second + INCIDENT_CALL_MAX_NS);
	assert_int_equal(waiting(*state), 0);
}

static void ends_with_the_success_of_what_failed(void **state)
{
	struct call first = add_at(10), second_try = add_at(23);
	const struct incident *now = NULL;
	struct incident incident, before;

	memset(&incident, 0x5a, sizeof(incident));
	before = incident;
	snprintf(first.plugin, sizeof(first.plugin), "portmap");
	assert_int_equal(incidents_failed(*state, &first, REASON_OTHER, &now), INCIDENT_NEW);

	/* the plugin before it in the chain, and its own on another interface */
	assert_int_equal(incidents_begin(*state, &second_try), 0);
	assert_false(incidents_succeeded(*state, &second_try, &incident));
	snprintf(second_try.plugin, sizeof(second_try.plugin), "portmap");
	snprintf(second_try.ifname, sizeof(second_try.ifname), "net1");
	assert_false(incidents_succeeded(*state, &second_try, &incident));
	assert_memory_equal(&incident, &before, sizeof(incident));
	assert_int_equal(waiting(*state), 1);
	assert_int_equal(now->last_ns, 24 * second);
	assert_string_equal(now->pod.container_id, "sandbox-23");

	/* what failed last is what counts */
	assert_int_equal(incidents_failed(*state, &second_try, REASON_OTHER, &now), INCIDENT_QUIET);
	assert_false(incidents_succeeded(*state, &first, &incident));
	assert_true(incidents_succeeded(*state, &second_try, &incident));
	assert_int_equal(incident.failures, 2);
	assert_int_equal(waiting(*state), 0);
}

static void forgets_pods_that_are_not_tried_any_more(void **state)
{
	const struct incident *incident = NULL;
	struct call other = add_at(50);

	fail_at(*state, 10, REASON_EXHAUSTED, &incident);
	snprintf(other.pod.name, sizeof(other.pod.name), "web-1");
	assert_int_equal(incidents_begin(*state, &other), 0);

	incidents_expire(*state, 0);
	incidents_expire(*state, 131 * second - 1);
	assert_int_equal(waiting(*state), 2);
	incidents_expire(*state, 131 * second);
	assert_int_equal(waiting(*state), 1);
	assert_int_equal(incidents_stats(*state).oldest_ns, 50 * second);
	assert_false(succeed_at(*state, 140));

	/* one more try keeps it */
	other.start_ns = 168 * second;
	assert_int_equal(incidents_failed(*state, &other, REASON_OTHER, &incident), INCIDENT_NEW);
	incidents_expire(*state, 170 * second);
	assert_int_equal(waiting(*state), 1);
	assert_int_equal(incidents_stats(*state).oldest_ns, 50 * second);
	incidents_expire(*state, 288 * second);
	assert_int_equal(waiting(*state), 1);
	incidents_expire(*state, 289 * second);
	assert_int_equal(waiting(*state), 0);
}

static struct call numbered(uint32_t number)
{
	struct call call = add_at(1000 - number % 1000);

	snprintf(call.pod.name, sizeof(call.pod.name), "web-%u", number);
	return call;
}

static void refuses_more_pods_than_the_bound(void **state)
{
	const struct incident *const untouched = &(const struct incident){ 0 }, *out = untouched;
	struct incident incident;
	struct call call;

	for (uint32_t i = 0; i < INCIDENTS_MAX; i++) {
		call = numbered(i);
		assert_int_equal(incidents_begin(*state, &call), 0);
	}
	assert_int_equal(incidents_stats(*state).oldest_ns, second);

	call = numbered(INCIDENTS_MAX);
	assert_int_equal(incidents_begin(*state, &call), -ENOSPC);
	assert_int_equal(incidents_failed(*state, &call, REASON_OTHER, &out), -ENOSPC);
	assert_ptr_equal(out, untouched);
	assert_int_equal(waiting(*state), INCIDENTS_MAX);
	assert_int_equal(incidents_stats(*state).refused, 2);

	/* those that are there go on, and make room */
	call = numbered(7);
	assert_int_equal(incidents_begin(*state, &call), 0);
	assert_int_equal(incidents_failed(*state, &call, REASON_OTHER, &out), INCIDENT_NEW);
	assert_true(incidents_succeeded(*state, &call, &incident));
	call = numbered(INCIDENTS_MAX);
	assert_int_equal(incidents_begin(*state, &call), 0);
	assert_int_equal(incidents_stats(*state).refused, 2);
}

static void frees_what_is_not_there(void **state)
{
	(void)state;
	incidents_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(waits_from_the_first_add_until_it_succeeds),
		TEST(is_one_incident_over_all_sandboxes_of_a_pod),
		TEST(fails_from_the_first_failure_to_the_end),
		TEST(begins_with_a_failure_whose_start_was_missed),
		TEST(is_told_again_when_the_reason_or_the_time_is_another),
		TEST(takes_the_longest_names),
		TEST(has_one_incident_of_a_plugin_whose_calls_are_of_no_pod),
		TEST(waits_for_as_long_as_one_of_its_adds_is_under_way),
		TEST(ends_with_the_success_of_what_failed),
		TEST(forgets_pods_that_are_not_tried_any_more),
		TEST(refuses_more_pods_than_the_bound),
		cmocka_unit_test(knows_a_pod_by_the_best_name_there_is),
		cmocka_unit_test(frees_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
