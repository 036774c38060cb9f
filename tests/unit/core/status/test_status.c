// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alert/alerts.h"
#include "core/books/leaks.h"
#include "core/capacity/enis.h"
#include "core/capacity/supply.h"
#include "core/forecast/forecast.h"
#include "core/metrics/alert_view.h"
#include "core/pod/call_counts.h"
#include "core/status/status.h"
#include "facts.h"

#define S 1000000000LL

enum { NOW_S = 1709210000, START_S = NOW_S - 1000, MONO_S = 5000 };

static const uint32_t limits[] = { 16, 32, 64 };

/* A node of one pod range, whose block is full, as is a small subnet, and an address in no range.
 */
struct world {
	struct state *state;
	struct account *account;
	struct alerts *alerts;
	struct alert_scene scene;
	struct call_counts counts;
	struct supply supply;
	struct metrics_input input;
	struct status status;
};

static void on_fact(const struct fact *fact, void *ctx)
{
	struct account_note note;

	if (fact->kind == FACT_IP_ASSIGNED)
		assert_int_equal(account_assigned(ctx, fact, &note), 0);
	else if (fact->kind == FACT_IP_RELEASED)
		account_released(ctx, fact, NULL, &note);
}

static void use_ranges(struct account *account)
{
	static const struct {
		const char *name, *cidr, *source;
		enum range_scope scope;
		double reserved;
		uint8_t node_prefix;
		uint32_t max_pods;
	} rows[] = {
		{ "pods", "10.9.0.0/16", "config", RANGE_SCOPE_CLUSTER, 0, 28, 0 },
		{ "block", "10.9.0.0/30", "cni", RANGE_SCOPE_NODE, 2, 0, 8 },
		{ "empty", "10.8.0.0/24", "config", RANGE_SCOPE_SUBNET, 5, 0, 0 },
		{ "wide", "10.7.0.0/16", "config", RANGE_SCOPE_SUBNET, 5, 0, 0 },
		{ "six", "fd00:9::/64", "config", RANGE_SCOPE_SUBNET, 0, 0, 0 },
		{ "tight", "10.6.0.0/31", "config", RANGE_SCOPE_SUBNET, 1, 0, 0 },
	};
	struct range ranges[case_count(rows)] = { 0 };
	const struct range_list list = { ranges, case_count(rows) };
	struct range_table *table;

	for (size_t i = 0; i < case_count(rows); i++) {
		ranges[i].source = rows[i].source;
		ranges[i].scope = rows[i].scope;
		ranges[i].reserved = rows[i].reserved;
		ranges[i].node_prefix = rows[i].node_prefix;
		ranges[i].max_pods = rows[i].max_pods;
		snprintf(ranges[i].name, sizeof(ranges[i].name), "%s", rows[i].name);
		assert_int_equal(prefix_parse(rows[i].cidr, &ranges[i].cidr), 0);
	}
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(account, table), 0);
}

static void feed(struct world *world)
{
	static const char *const lines[] = {
		"netns_add netns_inum=101 time_ns=1000000000",
		"addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.1/30",
		"addr_add netns_inum=101 ifindex=2 addr=192.0.2.5/24",
		"addr_add netns_inum=101 ifindex=2 addr=10.6.0.1/31",
		"netns_add netns_inum=102 time_ns=1000000000",
		"addr_add netns_inum=102 ifindex=2 ifname=eth0 addr=10.9.0.2/30",
		"netns_add netns_inum=103 time_ns=1000000000",
	};
	struct facts reader = { 0 };

	for_each_case(line, lines) {
		const struct event event = facts_event(&reader, *line, strlen(*line));

		assert_int_equal(state_apply(world->state, &event), 0);
	}
}

static void world_open(struct world *world)
{
	const struct alert_rules rules = alert_rules_default();

	*world = (struct world){
		.input = { .backend = "fentry",
			   .version = "1.2.3",
			   .revision = "0123456789ab",
			   .reconcile_at_s = NOW_S - 12.5,
			   .wall_offset_ns = (NOW_S - MONO_S) * S,
			   .log.written = 7,
			   .process = { .start_s = START_S } },
	};
	assert_int_equal(account_new(&world->account), 0);
	assert_int_equal(state_new(limits, on_fact, world->account, &world->state), 0);
	assert_int_equal(alerts_new(&rules, &world->alerts), 0);
	state_set_host(world->state, FACTS_HOST, false);
	use_ranges(world->account);
	feed(world);
	world->input.state = world->state;
	world->input.account = world->account;
	world->scene.view.walk_period_s = 30;
}

static void world_close(struct world *world)
{
	status_clear(&world->status);
	alerts_free(world->alerts);
	state_free(world->state);
	account_free(world->account);
	supply_clear(&world->supply);
}

static const struct status *take_status(struct world *world)
{
	status_clear(&world->status);
	assert_int_equal(status_take(&world->input, "node-1", NOW_S * S, &world->status), 0);
	return &world->status;
}

static const struct status_range *range_of(const struct status *status, const char *name)
{
	for (size_t i = 0; i < status->range_count; i++)
		if (!strcmp(status->ranges[i].name, name))
			return &status->ranges[i];
	fail_msg("no range '%s'", name);
	return NULL;
}

static void ignore_alert(const struct alert *alert, void *ctx)
{
	(void)alert;
	(void)ctx;
}

/* ---- ranges ---- */

static void lists_the_fullest_range_first_and_the_wider_of_equal_ones_last(void **state)
{
	static const char *const order[] = { "tight", "block", "pods",	  "empty",
					     "wide",  "six",   "unranged" };
	const struct status *status;
	struct world world;

	(void)state;
	world_open(&world);
	status = take_status(&world);
	assert_int_equal(status->range_count, case_count(order));
	assert_int_equal(status->ranges_left_out, 0);
	for (size_t i = 0; i < case_count(order); i++)
		assert_string_equal(status->ranges[i].name, order[i]);
	world_close(&world);
}

static void says_of_a_range_what_the_metrics_say(void **state)
{
	const struct status_range *range;
	struct world world;

	(void)state;
	world_open(&world);
	range = range_of(take_status(&world), "block");
	assert_string_equal(range->cidr, "10.9.0.0/30");
	assert_string_equal(range->scope, "node");
	assert_string_equal(range->source, "cni");
	assert_true(range->is_v4);
	assert_true(range->capacity == 4 && range->reserved == 2 && range->usable == 2);
	assert_true(range->used == 2 && range->free == 0 && range->utilization == 1);
	assert_true(range->assigned_total == 2 && range->released_total == 0);
	range = range_of(&world.status, "pods");
	assert_true(range->used == 2 && range->free == 65534 && range->node_blocks == 4096);
	range = range_of(&world.status, "six");
	assert_false(range->is_v4);
	assert_true(range->capacity == 0x1p64);
	world_close(&world);
}

static void does_not_know_what_nobody_told(void **state)
{
	const struct status *status;
	struct world world;

	(void)state;
	world_open(&world);
	world.input.reconcile_at_s = 0;
	status = take_status(&world);
	for (size_t i = 0; i < status->range_count; i++) {
		const struct status_range *range = &status->ranges[i];

		assert_true(isnan(range->attached) && isnan(range->assigned));
		assert_true(isnan(range->warm) && isnan(range->cooldown) && isnan(range->leaked));
		assert_true(isnan(range->time_to_exhaustion_s) && isnan(range->confidence));
		assert_true(isnan(range->headroom) && isnan(range->assign_per_s));
		assert_true(isnan(range->node_blocks) == !!strcmp(range->name, "pods"));
	}
	assert_true(isnan(range_of(status, "unranged")->capacity));
	assert_true(isnan(range_of(status, "unranged")->utilization));
	assert_true(range_of(status, "unranged")->used == 1);
	assert_string_equal(range_of(status, "unranged")->cidr, "");
	assert_true(isnan(status->max_pods) && isnan(status->duplicates));
	assert_true(isnan(status->reconcile_age_s));
	assert_true(isnan(status->failures[REASON_OTHER]) && isnan(status->incidents[0]));
	world_close(&world);
}

static void tells_of_forecasts_and_of_what_is_attached(void **state)
{
	struct forecast_answer forecasts[6];
	struct eni_sums sums[6] = { 0 };
	const struct status *status;
	struct world world;
	size_t block;

	(void)state;
	world_open(&world);
	for (size_t i = 0; i < case_count(forecasts); i++)
		forecasts[i] = (struct forecast_answer){ .headroom = NAN, .seconds = 1 };
	for (block = 0;
	     strcmp(range_table_at(account_ranges(world.account), block)->name, "block");)
		block++;
	forecasts[block] = (struct forecast_answer){ .is_known = true,
						     .seconds = 3600.5,
						     .confidence = 0.75,
						     .headroom = -2,
						     .assign_per_s = 0.25 };
	sums[block] = (struct eni_sums){ .attached = 20, .assigned = 3, .warm = 1, .cooldown = 14 };
	world.supply.enis.has_addresses = true;
	world.supply.max_pods = 110;
	world.input.forecasts = forecasts;
	world.input.range_sums = sums;
	world.input.supply = &world.supply;
	status = take_status(&world);
	assert_true(range_of(status, "block")->time_to_exhaustion_s == 3600.5);
	assert_true(range_of(status, "block")->confidence == 0.75);
	assert_true(range_of(status, "block")->headroom == -2);
	assert_true(range_of(status, "block")->assign_per_s == 0.25);
	assert_true(range_of(status, "block")->attached == 20);
	assert_true(range_of(status, "block")->cooldown == 14);
	assert_true(isnan(range_of(status, "pods")->time_to_exhaustion_s));
	assert_true(isnan(range_of(status, "pods")->assign_per_s));
	assert_true(isnan(range_of(status, "pods")->attached));
	assert_true(status->max_pods == 110);
	world_close(&world);
}

static void ignore_leak(const struct leak *leak, bool is_over, void *ctx)
{
	(void)leak;
	(void)is_over;
	(void)ctx;
}

static void counts_lost_addresses_in_each_range_around_them(void **state)
{
	static const char *const ips[] = { "10.9.0.3", "10.9.7.7", "203.0.113.1" };
	struct lease leases[case_count(ips)] = { 0 };
	struct leaks_view view = {
		.leases = leases, .lease_count = case_count(ips), .boot_ns = 1, .now_ns = 9
	};
	cleanup_leaks struct leaks *leaks = NULL;
	const struct status *status;
	struct world world;

	(void)state;
	for (size_t i = 0; i < case_count(ips); i++) {
		leases[i] = (struct lease){ .source = "host-local", .since_ns = 1 };
		assert_int_equal(ip_parse(ips[i], &leases[i].ip), 0);
	}
	world_open(&world);
	view.inventory = state_inventory(world.state);
	assert_int_equal(leaks_new(ignore_leak, NULL, &leaks), 0);
	assert_int_equal(leaks_check(leaks, &view), 0);
	world.input.leaks = leaks;
	status = take_status(&world);
	assert_true(range_of(status, "block")->leaked == 1);
	assert_true(range_of(status, "pods")->leaked == 2);
	assert_true(range_of(status, "empty")->leaked == 0);
	assert_true(status->duplicates == 0);
	world_close(&world);
}

/* ---- the node ---- */

static void tells_of_the_node_and_its_agent(void **state)
{
	const struct status *status;
	struct world world;

	(void)state;
	world_open(&world);
	world.input.waiting = 3;
	world.input.oldest_wait_s = 61.5;
	world.input.unattributed = 2;
	world.input.losses[0].cause = "malformed";
	world.input.losses[1].cause = "ring_full_link";
	world.input.losses[1].count = 4;
	world.input.loss_count = 2;
	world.input.call_counts = &world.counts;
	call_counts_failure(&world.counts, CALL_ADD, REASON_EXHAUSTED);
	call_counts_failure(&world.counts, CALL_ADD, REASON_EXHAUSTED);
	call_counts_incident(&world.counts, "block", REASON_EXHAUSTED);
	call_counts_incident(&world.counts, "pods", REASON_EXHAUSTED);
	status = take_status(&world);
	assert_string_equal(status->node, "node-1");
	assert_string_equal(status->version, "1.2.3");
	assert_string_equal(status->revision, "0123456789ab");
	assert_string_equal(status->backend, "fentry");
	assert_int_equal(status->wall_ns, NOW_S * S);
	assert_true(status->started_s == START_S && status->reconcile_age_s == 12.5);
	assert_true(status->namespaces == 3 && status->namespaces_without_address == 1);
	assert_true(status->waiting == 3 && status->oldest_wait_s == 61.5);
	assert_true(status->unattributed == 2 && status->records_written == 7);
	assert_int_equal(status->loss_count, 1);
	assert_string_equal(status->losses[0].cause, "ring_full_link");
	assert_true(status->losses[0].count == 4);
	assert_true(status->failures[REASON_EXHAUSTED] == 2 && status->failures[REASON_OTHER] == 0);
	assert_true(status->incidents[REASON_EXHAUSTED] == 2);
	world_close(&world);
}

static void tells_of_sources_as_far_as_they_are_asked(void **state)
{
	const struct status *status;
	struct world world;

	(void)state;
	world_open(&world);
	world.input.sources[0] = (struct metrics_source){ "config", true, true, 2, 0, -1, 0 };
	world.input.sources[1] = (struct metrics_source){ "ipamd", true, false, 1, 4, 12.5, 1 };
	world.input.sources[2] = (struct metrics_source){ "gce", false, false, 0, 0, -1, -1 };
	world.input.source_count = 3;
	world.input.alert_scene = &world.scene;
	world.scene.up[0] = "ipamd";
	world.scene.up_count = 1;
	status = take_status(&world);
	assert_int_equal(status->source_count, 3);
	assert_true(status->sources[0].is_up && status->sources[0].was_up);
	assert_true(status->sources[0].entries == 2 && isnan(status->sources[0].age_s));
	assert_true(!status->sources[1].is_up && status->sources[1].was_up);
	assert_true(status->sources[1].errors == 4 && status->sources[1].age_s == 12.5);
	assert_false(status->sources[2].is_asked || status->sources[2].was_up);
	assert_true(isnan(status->sources[2].entries) && isnan(status->sources[2].errors));
	world_close(&world);
}

static void lists_firing_and_critical_alerts_first(void **state)
{
	const struct alerts_range ranges[] = {
		{ "full", "10.0.0.0/24", RANGE_SCOPE_SUBNET, false, 10, 10, -1, -1 },
		{ "filling", "10.1.0.0/24", RANGE_SCOPE_SUBNET, false, 85, 100, -1, -1 },
	};
	const struct alerts_view view = { .ranges = ranges, .range_count = 2 };
	static const struct {
		const char *alert, *range, *severity;
		bool is_firing;
	} want[] = {
		{ "PodipRangeExhausted", "full", "critical", true },
		{ "PodipRangeFilling", "full", "warning", true },
		{ "PodipRangeFilling", "filling", "warning", true },
		{ "PodipRangeFillingCritical", "full", "critical", false },
	};
	struct alert_rules rules = alert_rules_default();
	const struct status *status;
	struct world world;

	(void)state;
	world_open(&world);
	rules.of[ALERT_RANGE_EXHAUSTED].for_ns = 0;
	rules.of[ALERT_RANGE_FILLING].for_ns = 0;
	alerts_set_rules(world.alerts, &rules);
	assert_int_equal(
		alerts_evaluate(world.alerts, &view, (MONO_S - 60) * S, ignore_alert, NULL), 0);
	world.input.alerts = world.alerts;
	status = take_status(&world);
	assert_int_equal(status->alert_count, case_count(want));
	for (size_t i = 0; i < case_count(want); i++) {
		assert_string_equal(status->alerts[i].alert, want[i].alert);
		assert_string_equal(status->alerts[i].range, want[i].range);
		assert_string_equal(status->alerts[i].severity, want[i].severity);
		assert_int_equal(status->alerts[i].is_firing, want[i].is_firing);
		assert_true(status->alerts[i].since_ns == (NOW_S - 60) * S);
	}
	world.input.wall_offset_ns = 0;
	assert_true(take_status(&world)->alerts[0].since_ns == 0);
	world_close(&world);
}

static void leaves_out_the_least_of_too_many_alerts(void **state)
{
	struct alerts_range ranges[STATUS_ALERTS_MAX + 10];
	char names[case_count(ranges)][16];
	const struct alerts_view view = { .ranges = ranges, .range_count = case_count(ranges) };
	struct alert_rules rules = alert_rules_default();
	const struct status *status;
	struct world world;

	(void)state;
	for (size_t i = 0; i < case_count(ranges); i++) {
		snprintf(names[i], sizeof(names[i]), "r%zu", i);
		ranges[i] = (struct alerts_range){ names[i],
						   names[i],
						   RANGE_SCOPE_SUBNET,
						   false,
						   i + 1 == case_count(ranges) ? 10 : 8,
						   10,
						   -1,
						   -1 };
	}
	world_open(&world);
	rules.of[ALERT_RANGE_EXHAUSTED].for_ns = 0;
	alerts_set_rules(world.alerts, &rules);
	assert_int_equal(alerts_evaluate(world.alerts, &view, S, ignore_alert, NULL), 0);
	world.input.alerts = world.alerts;
	status = take_status(&world);
	assert_int_equal(status->alert_count, STATUS_ALERTS_MAX);
	/* Each is filling; the last one is filling critically, too, and exhausted. */
	assert_int_equal(status->alerts_left_out, 12);
	assert_string_equal(status->alerts[0].alert, "PodipRangeExhausted");
	assert_string_equal(status->alerts[0].range, "r265");
	world_close(&world);
}

/* ---- levels ---- */

static void expect_level(struct world *world, enum status_level level, const char *why)
{
	const struct status *status = take_status(world);

	assert_string_equal(status->why, why);
	assert_int_equal(status->level, level);
}

static void is_good_where_nothing_is_wrong(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	expect_level(&world, STATUS_GOOD, "");
	/* Full by design, and nobody wants more. */
	world.input.alerts = world.alerts;
	world.input.alert_scene = &world.scene;
	world.input.waiting = 1;
	world.input.log.lost = 3;
	expect_level(&world, STATUS_GOOD, "");
	assert_string_equal(status_level_name(STATUS_GOOD), "good");
	assert_string_equal(status_level_name(STATUS_WARNING), "warning");
	assert_string_equal(status_level_name(STATUS_CRITICAL), "critical");
	assert_null(status_level_name(STATUS_LEVEL_COUNT));
	world_close(&world);
}

static void is_critical_once_somebody_wants_an_address_of_a_full_range(void **state)
{
	struct alerts_view view = { .waiting = 1, .oldest_wait_s = 59 };
	struct world world;

	(void)state;
	world_open(&world);
	world.input.alerts = world.alerts;
	assert_int_equal(alerts_evaluate(world.alerts, &view, S, ignore_alert, NULL), 0);
	expect_level(&world, STATUS_GOOD, "");
	view.failures[REASON_TIMEOUT] = 1;
	assert_int_equal(alerts_evaluate(world.alerts, &view, 2 * S, ignore_alert, NULL), 0);
	expect_level(&world, STATUS_GOOD, "");
	view.failures[REASON_EXHAUSTED] = 1;
	assert_int_equal(alerts_evaluate(world.alerts, &view, 3 * S, ignore_alert, NULL), 0);
	expect_level(&world, STATUS_CRITICAL,
		     "range 'block' (10.9.0.0/30) has no address left, and pods need one");
	/* Another pod's end gives one back. The subnet's addresses are others' to count. */
	assert_int_equal(
		state_apply(world.state, &(struct event){ .kind = EVENT_NETNS_DEL,
							  .netns_inum = 102,
							  .netns_cookie = 102 + FACTS_COOKIE }),
		0);
	expect_level(&world, STATUS_GOOD, "");
	world_close(&world);
}

static void is_as_bad_as_the_worst_alert_that_fires(void **state)
{
	const struct alerts_range range = {
		"r", "10.0.0.0/24", RANGE_SCOPE_SUBNET, false, 85, 100, -1, -1
	};
	struct alerts_view view = { .ranges = &range, .range_count = 1 };
	struct alert_rules rules = alert_rules_default();
	struct world world;

	(void)state;
	world_open(&world);
	world.input.alerts = world.alerts;
	assert_int_equal(alerts_evaluate(world.alerts, &view, S, ignore_alert, NULL), 0);
	expect_level(&world, STATUS_GOOD, ""); /* it is pending */
	rules.of[ALERT_RANGE_FILLING].for_ns = 0;
	rules.of[ALERT_ALLOCATION_FAILING].for_ns = 0;
	alerts_set_rules(world.alerts, &rules);
	assert_int_equal(alerts_evaluate(world.alerts, &view, 2 * S, ignore_alert, NULL), 0);
	expect_level(&world, STATUS_WARNING, "PodipRangeFilling fires for range 'r'");
	view.failures[REASON_OTHER] = 1;
	assert_int_equal(alerts_evaluate(world.alerts, &view, 3 * S, ignore_alert, NULL), 0);
	expect_level(&world, STATUS_CRITICAL, "PodipAllocationFailing fires");
	rules.of[ALERT_ALLOCATION_FAILING].severity = ALERT_SEVERITY_INFO;
	rules.of[ALERT_RANGE_FILLING].severity = ALERT_SEVERITY_INFO;
	alerts_set_rules(world.alerts, &rules);
	expect_level(&world, STATUS_GOOD, "");
	world_close(&world);
}

static void warns_of_an_agent_that_is_degraded(void **state)
{
	static const struct {
		const char *backend_limit;
		double walked_ago_s; /* 0: never */
		bool is_source_down, is_log_failing;
		const char *why;
	} cases[] = {
		{ NULL, 90, false, false, "" },
		{ NULL, 91, false, false,
		  "the kernel was not walked for 91 s, where it is every 30 s" },
		{ NULL, 0, false, false,
		  "the kernel was not walked for 1000 s, where it is every 30 s" },
		{ NULL, 1, true, false, "source 'ipamd' was up and is down" },
		{ NULL, 1, false, true, "the event log cannot be written" },
		{ "no names", 1, false, false, "backend 'fentry' is limited: no names" },
		{ "no names", 91, true, true,
		  "the kernel was not walked for 91 s, where it is every 30 s" },
	};
	struct world world;

	(void)state;
	world_open(&world);
	world.input.alert_scene = &world.scene;
	world.scene.up[0] = "ipamd";
	world.scene.up_count = 1;
	world.input.sources[0] = (struct metrics_source){ "gce", true, false, 0, 0, -1, -1 };
	world.input.source_count = 2;
	for_each_case(c, cases) {
		world.input.sources[1] =
			(struct metrics_source){ "ipamd", true, !c->is_source_down, 0, 0, -1, -1 };
		world.input.reconcile_at_s = c->walked_ago_s > 0 ? NOW_S - c->walked_ago_s : 0;
		world.input.log.failing = c->is_log_failing;
		world.input.backend_limit = c->backend_limit;
		expect_level(&world, *c->why ? STATUS_WARNING : STATUS_GOOD, c->why);
	}
	world.input.reconcile_at_s = NOW_S - 1;
	world.input.log.failing = 0;
	world.input.backend_limit = NULL;
	world.input.degradations[0] =
		(struct metrics_degradation){ "load", "CAP_BPF", "no program", false };
	world.input.degradations[1] =
		(struct metrics_degradation){ "x", "CAP_SYSLOG", "no triggers", true };
	world.input.degradation_count = 2;
	world.input.sources[1].is_up = true;
	expect_level(&world, STATUS_WARNING, "CAP_SYSLOG is missing: no triggers");
	world.input.degradations[1].capability = NULL;
	expect_level(&world, STATUS_WARNING, "no triggers");
	world.input.degradations[1].is_degraded = false;
	expect_level(&world, STATUS_GOOD, "");
	/* Before anybody judged it is not known how often it is due. */
	world.scene.view.walk_period_s = 0;
	world.input = (struct metrics_input){ .state = world.state,
					      .account = world.account,
					      .backend = "fentry",
					      .version = "",
					      .revision = "",
					      .alert_scene = &world.scene };
	expect_level(&world, STATUS_GOOD, "");
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_the_fullest_range_first_and_the_wider_of_equal_ones_last),
		cmocka_unit_test(says_of_a_range_what_the_metrics_say),
		cmocka_unit_test(does_not_know_what_nobody_told),
		cmocka_unit_test(tells_of_forecasts_and_of_what_is_attached),
		cmocka_unit_test(counts_lost_addresses_in_each_range_around_them),
		cmocka_unit_test(tells_of_the_node_and_its_agent),
		cmocka_unit_test(tells_of_sources_as_far_as_they_are_asked),
		cmocka_unit_test(lists_firing_and_critical_alerts_first),
		cmocka_unit_test(leaves_out_the_least_of_too_many_alerts),
		cmocka_unit_test(is_good_where_nothing_is_wrong),
		cmocka_unit_test(is_critical_once_somebody_wants_an_address_of_a_full_range),
		cmocka_unit_test(is_as_bad_as_the_worst_alert_that_fires),
		cmocka_unit_test(warns_of_an_agent_that_is_degraded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
