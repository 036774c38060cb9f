// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>

#include "core/alert/alerts.h"
#include "core/books/leaks.h"
#include "core/pod/call_counts.h"
#include "record_line.h"
#include "retold.h"

#define S 1000000000ULL

struct world {
	struct retold *retold;
	struct account *account;
	uint64_t now_ns;
	struct metrics_input input; /* of measure() */
};

static void world_open(struct world *world)
{
	*world = (struct world){ .now_ns = 1000 * S };
	assert_int_equal(retold_new(&world->retold), 0);
	assert_int_equal(account_new(&world->account), 0);
}

static void world_close(struct world *world)
{
	retold_free(world->retold);
	account_free(world->account);
}
#define cleanup_world __attribute__((__cleanup__(world_close)))

static int tell(struct world *world, const char *rest)
{
	struct record_line line;

	world->now_ns += S;
	record_line_read(1, world->now_ns, rest, &line);
	return retold_record(world->retold, &line.record);
}

static const struct metrics_input *measure(struct world *world)
{
	world->input = (struct metrics_input){ 0 };
	retold_measure(world->retold, world->account, world->now_ns, &world->input);
	return &world->input;
}

static int tell_failure(struct world *world, const char *pod, unsigned int count,
			const char *reason)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "'type':'cni.failed','command':'ADD','plugin':'bridge','ifname':'eth0',"
		 "'namespace':'shop','pod':'%s','duration_ns':5,'reason':'%s','count':%u,"
		 "'range':'a'",
		 pod, reason, count);
	return tell(world, text);
}

static void counts_calls_by_what_they_were(void **state)
{
	cleanup_world struct world world;
	const struct call_counts *counts;

	(void)state;
	world_open(&world);
	assert_int_equal(tell(&world, "'type':'cni.add','command':'ADD','plugin':'bridge',"
				      "'duration_ns':2000000"),
			 0);
	assert_int_equal(tell(&world, "'type':'cni.add','command':'ADD','plugin':'bridge',"
				      "'duration_ns':3000000"),
			 0);
	assert_int_equal(tell(&world, "'type':'cni.del','command':'DEL','plugin':'ptp',"
				      "'duration_ns':1"),
			 0);
	assert_int_equal(tell_failure(&world, "w", 1, "exhausted"), 0);
	counts = measure(&world)->call_counts;
	assert_int_equal(counts->kind_count, 3);
	assert_int_equal(counts->kinds[0].duration.count, 2);
	assert_true(counts->kinds[0].duration.sum > 0.0049);
	assert_string_equal(counts->kinds[1].plugin, "ptp");
	assert_int_equal(counts->kinds[2].result, CALL_ERROR);
	assert_int_equal(counts->failures[REASON_EXHAUSTED], 1);
	assert_int_equal(counts->failed_adds[REASON_EXHAUSTED], 1);
	assert_int_equal(counts->incident_count, 1);
	assert_string_equal(counts->incidents[0].range, "a");
}

static void counts_failures_that_were_not_told_with_those_that_were(void **state)
{
	cleanup_world struct world world;
	const uint64_t *failures;

	(void)state;
	world_open(&world);
	assert_int_equal(tell_failure(&world, "w", 1, "exhausted"), 0);
	assert_int_equal(tell_failure(&world, "w", 9, "timeout"), 0);
	assert_int_equal(tell_failure(&world, "w", 12, "timeout"), 0);
	/* another pod that was failing before the log began: of that nothing is known */
	assert_int_equal(tell_failure(&world, "v", 70, "other"), 0);
	failures = measure(&world)->call_counts->failures;
	assert_int_equal(failures[REASON_EXHAUSTED], 8);
	assert_int_equal(failures[REASON_TIMEOUT], 4);
	assert_int_equal(failures[REASON_OTHER], 1);
	assert_int_equal(world.input.call_counts->incident_count, 1);
	assert_int_equal(world.input.waiting, 2);

	assert_int_equal(tell(&world, "'type':'cni.add','command':'ADD','plugin':'bridge',"
				      "'ifname':'eth0','namespace':'shop','pod':'w','count':15,"
				      "'duration_ns':1"),
			 0);
	assert_int_equal(measure(&world)->call_counts->failures[REASON_TIMEOUT], 7);
	assert_int_equal(world.input.waiting, 1);
	/* its next failure is an incident of its own */
	assert_int_equal(tell_failure(&world, "w", 1, "other"), 0);
	assert_int_equal(measure(&world)->call_counts->failures[REASON_OTHER], 2);
	assert_int_equal(measure(&world)->call_counts->failures[REASON_TIMEOUT], 7);
}

static void begins_anew_where_the_count_does(void **state)
{
	cleanup_world struct world world;

	(void)state;
	world_open(&world);
	assert_int_equal(tell_failure(&world, "w", 1, "exhausted"), 0);
	assert_int_equal(tell_failure(&world, "w", 5, "exhausted"), 0);
	assert_int_equal(tell_failure(&world, "w", 1, "exhausted"), 0);
	assert_int_equal(tell_failure(&world, "w", 2, "exhausted"), 0);
	assert_int_equal(measure(&world)->call_counts->failures[REASON_EXHAUSTED], 7);
	assert_int_equal(measure(&world)->call_counts->incidents[0].count, 2);
	assert_true(world.input.oldest_wait_s < 2);
}

static void waits_with_a_failing_pod_until_it_must_be_gone(void **state)
{
	cleanup_world struct world world;

	(void)state;
	world_open(&world);
	assert_int_equal(tell_failure(&world, "w", 1, "exhausted"), 0);
	world.now_ns += 400 * S;
	assert_int_equal(measure(&world)->waiting, 1);
	assert_true(world.input.oldest_wait_s > 399 && world.input.oldest_wait_s < 401);
	world.now_ns += 100 * S;
	assert_int_equal(measure(&world)->waiting, 0);
}

static void lists_leaks_that_are_not_over(void **state)
{
	cleanup_world struct world world;

	(void)state;
	world_open(&world);
	for (int i = 0; i < 2; i++) { /* told twice is one */
		tell(&world, "'type':'ip.leaked','ip':'10.0.0.9','reason':'ipam_only'");
		tell(&world, "'type':'ip.leaked','ip':'10.0.0.3','reason':'kernel_only'");
		tell(&world, "'type':'ip.duplicate','ip':'10.0.0.3','reason':'duplicate'");
		tell(&world, "'type':'ip.leaked','ip':'10.0.0.1','reason':'abandoned'");
	}
	tell(&world, "'type':'ip.leak_cleared','ip':'10.0.0.3','reason':'kernel_only'");
	tell(&world, "'type':'ip.leak_cleared','ip':'10.0.0.3','reason':'ipam_only'");
	assert_int_equal(leaks_count(measure(&world)->leaks), 3);
	assert_int_equal(leaks_at(world.input.leaks, 0)->kind, LEAK_ABANDONED);
	assert_int_equal(leaks_at(world.input.leaks, 1)->kind, LEAK_DUPLICATE);
	assert_int_equal(leaks_at(world.input.leaks, 2)->kind, LEAK_IPAM_ONLY);
}

static void bounds_its_leaks(void **state)
{
	cleanup_world struct world world;

	(void)state;
	world_open(&world);
	for (unsigned int i = 0; i < LEAKS_MAX + 3; i++) {
		char text[128];

		snprintf(text, sizeof(text),
			 "'type':'ip.leaked','ip':'10.1.%u.%u','reason':'ipam_only'", i / 256,
			 i % 256);
		world.now_ns = S;
		assert_int_equal(tell(&world, text), 0);
	}
	assert_int_equal(leaks_count(measure(&world)->leaks), LEAKS_MAX);
	assert_string_equal(world.input.losses[0].cause, "replay_full");
	assert_int_equal(world.input.losses[0].count, 3);
}

static void knows_which_alerts_fire(void **state)
{
	static const char fires[] = "'type':'alert.firing','alert':'PodipRangeExhausted',"
				    "'range':'a','cidr':'10.0.0.0/26'";
	cleanup_world struct world world;

	(void)state;
	world_open(&world);
	tell(&world, fires);
	tell(&world, fires);
	tell(&world, "'type':'alert.firing','alert':'PodipAgentBlind'");
	assert_int_equal(alerts_level(measure(&world)->alerts, ALERT_RANGE_EXHAUSTED, "a"),
			 ALERT_FIRING);
	assert_int_equal(alerts_level(world.input.alerts, ALERT_AGENT_BLIND, ""), ALERT_FIRING);
	assert_int_equal(alerts_level(world.input.alerts, ALERT_SANDBOX_WAITING, ""), ALERT_OK);
	tell(&world, "'type':'alert.resolved','alert':'PodipRangeExhausted','range':'a',"
		     "'cidr':'10.0.0.0/26'");
	assert_int_equal(alerts_level(measure(&world)->alerts, ALERT_RANGE_EXHAUSTED, "a"),
			 ALERT_OK);
	assert_int_equal(alerts_level(world.input.alerts, ALERT_AGENT_BLIND, ""), ALERT_FIRING);
}

static void adds_up_losses_by_cause(void **state)
{
	cleanup_world struct world world;

	(void)state;
	world_open(&world);
	tell(&world, "'type':'events.lost','reason':'ring_full','count':5");
	tell(&world, "'type':'events.lost','reason':'other'");
	tell(&world, "'type':'events.lost','reason':'ring_full','count':7");
	assert_int_equal(tell(&world, "'type':'events.lost','count':7"), -EINVAL);
	assert_int_equal(measure(&world)->loss_count, 2);
	assert_string_equal(world.input.losses[0].cause, "ring_full");
	assert_int_equal(world.input.losses[0].count, 12);
	assert_int_equal(world.input.losses[1].count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_calls_by_what_they_were),
		cmocka_unit_test(counts_failures_that_were_not_told_with_those_that_were),
		cmocka_unit_test(begins_anew_where_the_count_does),
		cmocka_unit_test(waits_with_a_failing_pod_until_it_must_be_gone),
		cmocka_unit_test(lists_leaks_that_are_not_over),
		cmocka_unit_test(bounds_its_leaks),
		cmocka_unit_test(knows_which_alerts_fire),
		cmocka_unit_test(adds_up_losses_by_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
